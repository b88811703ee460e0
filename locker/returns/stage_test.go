package returns_test

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"testing"
	"time"

	"cubby/locker/calendar"
	"cubby/locker/door"
	"cubby/locker/ledger"
	"cubby/locker/money"
	"cubby/locker/orders"
	"cubby/locker/parcel"
	"cubby/locker/people"
	"cubby/locker/returns"
	"cubby/locker/returns/policy"
	"cubby/locker/stock"
	"cubby/locker/view"
	"cubby/locker/visit"
	"cubby/locker/wall"

	"pgregory.net/rapid"
)

// site is a station played by hand.
type site struct {
	*ledger.Memory
	rules    *visit.Rules
	now      time.Time
	settings returns.Settings
	desk     bool
	centre   bool
	told     map[string]bool // by collection and id: what the centre has told of
	ids      int
	facts    []ledger.Fact
	effects  []ledger.Effect
}

var dawn = time.Date(2026, 12, 4, 9, 0, 0, 0, time.UTC)

func newSite(name string) *site {
	s := &site{
		Memory: ledger.NewMemory(nil), now: dawn,
		rules: visit.NewRules(people.Room, returns.Room, parcel.Room, orders.Room, stock.Room),
		settings: returns.Settings{
			Taken: true, Site: name, Zone: time.UTC, Points: map[string]int{"box": 10},
		},
	}
	state := ledger.NewState(s.Memory)
	for i, mm := range []int{100, 100, 300} {
		n := strconv.Itoa(i + 1)
		wall.Compartments.Put(state, n, wall.Compartment{
			Number: n, Size: strconv.Itoa(mm), Inner: wall.Box{
				Width: 400, Height: mm, Depth: 500,
			}, Bank: "main",
			Door: door.Closed, LastKnown: door.Closed, Lock: wall.LockIdle, Allocation: wall.Free,
			Contents: wall.ContentsEmpty,
		})
	}
	for id, role := range map[string]people.Role{
		"ann": people.Associate, "sue": people.Supervisor, "sam": people.Supervisor,
	} {
		people.Staff.Put(state, id, people.EmployeeRecord{Employee: people.Employee{
			ID: id, Name: id, Role: role,
		}})
	}
	s.merge(state.Changes())
	return s
}

func (s *site) merge(all ledger.Changes) {
	for spec, rows := range all {
		for key, v := range rows {
			s.Set(spec, ledger.Row{Key: key, Value: v})
		}
	}
}

func (s *site) state() *ledger.State { return ledger.NewState(s.Memory) }

func (s *site) env() visit.Env {
	env := visit.Env{
		Now: s.now, Clock: calendar.Reading{Wall: s.now, Boot: "b", Uptime: s.now.Sub(dawn)},
		Policy: visit.Policy{
			PickupHours: 48, FreePINTries: 3, PageTimeout: time.Minute, DoorTimeout: 2 * time.Minute,
			Thanks: 10 * time.Second, MaxExtensions: 10, Languages: []string{"en"}, RecipientDays: 30,
			Rooms: map[string]any{"returns": s.settings}, Desks: []string{"desk"},
		},
		NewID: func() string { s.ids++; return fmt.Sprintf("id-%s-%d", s.settings.Site, s.ids) },
		Mark: func(kind, text string) string {
			sum := sha256.Sum256([]byte(kind + "\x00" + text))
			return hex.EncodeToString(sum[:])
		},
		Centre: s.centre, Prints: true,
		FromCentre: func(_ *ledger.State, what, id string) bool { return s.told[what+"/"+id] },
		Fresh: &visit.Secret{
			Code: fmt.Sprint("c", s.ids), CodeHash: fmt.Sprint("c", s.ids), PINHash: fmt.Sprint("p", s.ids),
		},
	}
	if s.desk {
		env.Terminal = "desk"
	}
	return env
}

func (s *site) try(c visit.Command) error {
	d, err := s.rules.Decide(s.Memory, c, s.env())
	if err != nil {
		return err
	}
	s.merge(d.Changes)
	s.facts, s.effects = append(s.facts, d.Facts...), append(s.effects, d.Effects...)
	return nil
}

func (s *site) do(t rapid.TB, c visit.Command) {
	t.Helper()
	if err := s.try(c); err != nil {
		t.Fatalf("%T %+v: %v", c, c, err)
	}
}

// refused wants a refusal with this slug.
func (s *site) refused(t rapid.TB, c visit.Command, slug string) {
	t.Helper()
	err := s.try(c)
	var r *ledger.Refusal
	if !errors.As(err, &r) || r.Slug != slug {
		t.Fatalf("%T %+v: %v, want the refusal %s", c, c, err, slug)
	}
}

func (s *site) view() view.View { return s.rules.ViewOf(s.Memory, s.env()) }

// act touches what the page offers.
func (s *site) act(t rapid.TB, name view.ActionName, value string) {
	t.Helper()
	v := s.view()
	if !v.Allows(name) {
		t.Fatalf("the page %s (%s) does not offer %s but %v", v.Step, v.Reason, name, v.Actions)
	}
	s.now = s.now.Add(time.Second)
	s.do(t, visit.Do{Action: view.Action{Visit: v.Visit, Name: name, Value: value}})
}

func (s *site) scan(t rapid.TB, text string) {
	t.Helper()
	s.now = s.now.Add(time.Second)
	s.do(t, visit.Present{Text: text, Label: text, Presented: "label"})
}

func (s *site) at(t rapid.TB, step view.Step) view.View {
	t.Helper()
	v := s.view()
	if v.Step != step {
		t.Fatalf("the page is %s (%s), want %s", v.Step, v.Reason, step)
	}
	return v
}

// opens lets the hardware open the door that is waited for.
func (s *site) opens(t rapid.TB) string {
	t.Helper()
	for i := len(s.effects) - 1; i >= 0; i-- {
		if o, ok := s.effects[i].(door.Order); ok {
			s.now = s.now.Add(time.Second)
			s.do(t, visit.EndOpening{Ended: door.Ended{
				Opening: o.Opening, Compartment: o.Compartment, Result: door.ConfirmedOpen,
				Pulsed: true, At: s.now,
			}})
			return o.Compartment
		}
	}
	t.Fatal("no door was ordered")
	return ""
}

// closes has somebody close a door; present is what the sensor says.
func (s *site) closes(t rapid.TB, number string, present door.Presence) {
	t.Helper()
	s.now = s.now.Add(8 * time.Second)
	s.do(t, visit.SeeDoor{Seen: door.Seen{
		Compartment: number, State: door.Closed, Presence: present, At: s.now,
	}})
}

func (s *site) cases() []returns.Case {
	var all []returns.Case
	for _, f := range s.facts {
		if f, ok := f.(*returns.CaseRequested); ok {
			c, _ := returns.Cases.Get(s.state(), f.Case)
			all = append(all, c)
		}
	}
	return all
}

func (s *site) refunds() (all []returns.Refund) {
	for _, f := range s.facts {
		if f, ok := f.(*returns.RefundOrdered); ok {
			r, _ := returns.Refunds.Get(s.state(), f.Refund)
			all = append(all, r)
		}
	}
	return all
}

func at(s string) time.Time {
	at, err := time.Parse("2006-01-02 15:04", s)
	if err != nil {
		panic(err)
	}
	return at
}

// orderR is the order of the table of cases: A 60 and B 40, less 10; paid 30 with a gift
// card and 60 with a card.
func orderR(lease string) orders.Order {
	delivered := at("2026-12-02 10:00")
	o := orders.Order{
		Shop: "acme", Currency: "EUR", Channel: orders.Online, Country: "DE", Ordered: at("2026-11-28 10:00"),
		Delivered: &delivered, Receipt: "RC-1001",
		Tax: money.Method{Per: money.PerLine, How: money.HalfUp, Inclusive: true},
		Lines: []orders.Line{
			{
				ID: "A", SKU: "SHIRT", Title: "Shirt", Quantity: 1, UnitPrice: 6000, Discount: 600,
				TaxRate: 190000,
			},
			{
				ID: "B", SKU: "BELT", Title: "Belt", Quantity: 1, UnitPrice: 4000, Discount: 400,
				TaxRate: 190000,
			},
		},
		Tenders: []orders.Tender{
			{ID: "t1", Kind: orders.GiftCard, Amount: 3000, Reference: "GC1"},
			{ID: "t2", Kind: orders.Card, Amount: 6000, Reference: "pi_1"},
		},
	}
	for i := range o.Lines {
		if lease != "" {
			o.Lines[i].Lease = &orders.Lease{Site: lease, Until: at("2027-03-01 00:00")}
		}
	}
	return o
}

func (s *site) put(t rapid.TB, id string, o orders.Order) {
	t.Helper()
	s.do(t, orders.Put{ID: id, Order: o})
}

// usual are rules by which money comes at once up to a limit.
func usual(most int64) map[string]policy.Rules {
	r := policy.Default()
	r.Instant = []policy.Instant{{Named: policy.Named{Name: "instant"}, Risk: policy.Low, Most: most}}
	return map[string]policy.Rules{"acme": r}
}

func amounts(t *testing.T, s *site) map[string]int64 {
	t.Helper()
	all := map[string]int64{}
	for _, r := range s.refunds() {
		if r.State != returns.Replaced {
			all[r.Kind] += r.Amount
		}
	}
	return all
}

// collect has staff take the bags of a case out of their doors.
func (s *site) collect(t rapid.TB, c returns.Case) {
	t.Helper()
	for _, b := range c.Bags {
		s.do(t, parcel.TakeToCounter{By: people.Doer{ID: "ann"}, Parcel: b.Parcel, Reason: "round"})
	}
}

// pays has whoever pays complete every refund.
func (s *site) pays(t rapid.TB) {
	t.Helper()
	for _, r := range s.refunds() {
		if r.State == returns.Pending || r.State == returns.Approved {
			s.do(t, returns.AnswerRefund{ID: r.ID, State: "completed", Provider: "test", Answer: "ok"})
		}
	}
}

func (s *site) tick(t rapid.TB) {
	t.Helper()
	s.do(t, visit.Tick{})
}
