package returns_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"
	"time"

	"cubby/locker/door"
	"cubby/locker/ledger"
	"cubby/locker/orders"
	"cubby/locker/parcel"
	"cubby/locker/people"
	"cubby/locker/returns"
	"cubby/locker/view"
	"cubby/locker/visit"
	"cubby/locker/wall"

	"pgregory.net/rapid"
)

// A history is two stations and a centre that grants leases and answers what was taken on
// condition. pick chooses a number below n.
type history struct {
	sites  [2]*site
	online [2]bool
	orders []string
	pick   func(n int) int
	told   [2]map[string]map[string]int // by order and line: what the centre has told of elsewhere
	at     string                       // the step that was taken last
}

func newHistory(pick func(int) int) *history {
	h := &history{sites: [2]*site{newSite("s1"), newSite("s2")}, online: [2]bool{true, true}, pick: pick}
	for i := range h.told {
		h.told[i] = map[string]map[string]int{}
		h.sites[i].settings.Rules = usual([]int64{0, 3000, 20_000}[pick(3)])
	}
	for n := range 1 + pick(2) {
		id := fmt.Sprintf("O-%d", n+1)
		o := h.order(n)
		h.orders = append(h.orders, id)
		for i, s := range h.sites {
			if err := s.try(orders.Put{ID: id, Order: o}); err != nil {
				panic(err)
			}
			h.told[i][id] = map[string]int{}
		}
	}
	return h
}

func (h *history) order(n int) orders.Order {
	o := orderR("")
	o.Receipt = fmt.Sprintf("RC-%d", n)
	sum := int64(0)
	for i := range o.Lines {
		l := &o.Lines[i]
		l.Quantity = 1 + h.pick(3)
		l.UnitPrice = int64(1 + h.pick(5000))
		l.Discount = int64(h.pick(int(l.UnitPrice)))
		sum += l.UnitPrice*int64(l.Quantity) - l.Discount
		switch h.pick(4) {
		case 0, 1:
			l.Lease = &orders.Lease{Site: "s1", Until: dawn.AddDate(0, 1, 0)}
		case 2:
			l.Lease = &orders.Lease{Site: "s2", Until: dawn.AddDate(0, 1, 0)}
		}
	}
	first := sum * int64(h.pick(100)) / 100
	o.Tenders[0].Amount, o.Tenders[1].Amount = first, sum-first
	if first == 0 {
		o.Tenders = o.Tenders[1:]
	}
	if sum == first {
		o.Tenders = o.Tenders[:1]
	}
	return o
}

// known says whether an error is an answer of the rules.
func known(err error) bool {
	var r *ledger.Refusal
	return err == nil || errors.As(err, &r)
}

func (h *history) step() error {
	i := h.pick(2)
	s := h.sites[i]
	s.now = s.now.Add(time.Duration(1+h.pick(600)) * time.Second)
	h.sites[1-i].now = s.now
	s.centre = h.online[i]
	by := []people.Doer{ann, sue, sam}[h.pick(3)]
	var do visit.Command
	switch k := h.pick(16); k {
	case 0:
		h.online[i] = !h.online[i]
	case 1, 2, 3:
		h.exchangeNews()
	case 4, 5:
		do = h.request(by)
	case 6:
		for range 1 + h.pick(12) {
			s.now = s.now.Add(time.Second)
			if err := h.kiosk(s); !known(err) {
				return err
			}
		}
		return nil
	case 15:
		return h.restarted(s)
	default:
		all := s.cases()
		if len(all) == 0 {
			return nil
		}
		do = h.onCase(s, by, all[h.pick(len(all))], k)
	}
	if do == nil {
		return nil
	}
	h.at = fmt.Sprintf("%s: %T%+v", s.settings.Site, do, do)
	if err := s.try(do); !known(err) {
		return err
	}
	return nil
}

func (h *history) request(by people.Doer) visit.Command {
	r := returns.Request{By: by, Channel: returns.AtCounter, Order: h.orders[h.pick(len(h.orders))],
		Prefer: []string{"original", "gift_card", "exchange"}[h.pick(3)]}
	if h.pick(3) == 0 {
		r.Channel = returns.AtLocker
	}
	for range 1 + h.pick(2) {
		r.Items = append(r.Items, returns.Ask{Line: []string{"A", "B"}[h.pick(2)], Quantity: 1 + h.pick(3),
			Reason: []string{"changed_mind", "faulty", "too_small"}[h.pick(3)]})
	}
	return r
}

func (h *history) onCase(s *site, by people.Doer, c returns.Case, k int) visit.Command {
	item := 1 + h.pick(len(c.Items))
	it, _ := c.Item(item)
	switch k {
	case 7:
		return returns.Drop{By: by, Case: c.ID}
	case 8, 9:
		g := returns.Grading{By: by, Case: c.ID, Item: item,
			Result: returns.Grades[h.pick(len(returns.Grades))],
			Note:   "seen", Loss: h.pick(101)}
		if h.pick(2) == 0 {
			g.Quantity = 1 + h.pick(it.Quantity)
		}
		return g
	case 10, 11:
		d := returns.Settle{By: by, Case: c.ID, Item: item, Reason: "so",
			Decision: returns.Decisions[h.pick(len(returns.Decisions))]}
		if h.pick(3) == 0 {
			amount := int64(h.pick(int(it.Share) + 2))
			d.Amount = &amount
		}
		if d.Decision == returns.Exchange && h.pick(2) == 0 {
			d.Swap = &returns.Swap{
				Title: "New", SKU: "NEW", Price: int64(h.pick(6000)), Settled: h.pick(2) == 0,
			}
		}
		return d
	case 12:
		return returns.End{
			By: by, Case: c.ID, State: []returns.State{returns.Closed, returns.Cancelled}[h.pick(2)],
		}
	case 13:
		if all := s.refunds(); len(all) > 0 {
			r := all[h.pick(len(all))]
			switch h.pick(4) {
			case 0:
				return returns.RetryRefund{By: sue, ID: r.ID}
			case 1:
				return returns.RedirectRefund{By: sue, ID: r.ID, Kind: "gift_card"}
			}
			return returns.AnswerRefund{
				ID: r.ID, State: []string{"completed", "failed", "approved", "unknown"}[h.pick(4)],
			}
		}
	case 14:
		if len(c.Bags) > 0 {
			return parcel.TakeToCounter{By: ann, Parcel: c.Bags[h.pick(len(c.Bags))].Parcel, Reason: "round"}
		}
	}
	return nil
}

// kiosk plays a step of whoever stands at the kiosk.
func (h *history) kiosk(s *site) error {
	v := s.view()
	h.at = s.settings.Site + " kiosk " + string(v.Step)
	if n := v.Door(); v.Step == view.StepReturnOpening {
		for i := len(s.effects) - 1; i >= 0; i-- {
			if o, ok := s.effects[i].(door.Order); ok && o.Compartment == n {
				results := []door.Result{
					door.ConfirmedOpen, door.ConfirmedOpen, door.Stuck, door.Unanswered, door.Uncertain,
				}
				return s.try(visit.EndOpening{Ended: door.Ended{Opening: o.Opening, Compartment: n,
					Result: results[h.pick(len(results))], Pulsed: true, At: s.now}})
			}
		}
	}
	if n := v.Door(); n != "" && (v.Step == view.StepReturnOpen || v.Step == view.StepReturnRetake) &&
		h.pick(2) == 0 {
		presences := []door.Presence{door.Present, door.Empty, door.PresenceUnknown}
		return s.try(visit.SeeDoor{Seen: door.Seen{
			Compartment: n, State: door.Closed, Presence: presences[h.pick(3)], At: s.now,
		}})
	}
	if v.Step == view.StepIdle {
		return s.try(visit.Present{Text: fmt.Sprintf("RC-%d", h.pick(len(h.orders))), Presented: "label"})
	}
	name := v.Actions[h.pick(len(v.Actions))]
	if v.Allows(view.ActPick) && h.pick(4) > 0 {
		name = view.ActPick
	}
	value := ""
	switch {
	case name == view.ActLanguage:
		value = "en"
	case name == view.ActPick && len(v.Return.Ways) > 0:
		value = v.Return.Ways[h.pick(len(v.Return.Ways))].Value
	case name == view.ActPick && len(v.Return.Lines) > 0:
		value = v.Return.Lines[h.pick(len(v.Return.Lines))].Value
	case name == view.ActPick && len(v.Return.Reasons) > 0:
		value = v.Return.Reasons[h.pick(len(v.Return.Reasons))].Value
	case name == view.ActPick:
		value = fmt.Sprint(1 + h.pick(3))
	case name == view.ActType:
		value = "text=words"
	}
	if err := s.try(visit.Do{Action: view.Action{Visit: v.Visit, Name: name, Value: value}}); !known(err) {
		return err
	}
	return s.try(visit.Tick{})
}

// restarted has a station begin anew, from what its log says.
func (h *history) restarted(s *site) error {
	h.at = s.settings.Site + " starts anew"
	return s.try(visit.Start{Boot: fmt.Sprint("b", s.ids), Version: "test"})
}

// exchangeNews is the centre at work with the stations that are online: what was accepted
// firmly at one is told to the other, and what waits for an answer gets one.
func (h *history) exchangeNews() {
	for i, s := range h.sites {
		if !h.online[i] {
			continue
		}
		for _, id := range h.orders {
			for _, line := range []string{"A", "B"} {
				h.tell(1-i, id, line, firm(s, id, line))
			}
		}
		for _, c := range s.cases() {
			if c.Conditional && c.Order != "" && !c.State.Over() {
				h.answer(i, c)
			}
		}
	}
}

// firm is how many units of a line a station has accepted for good.
func firm(s *site, order, line string) (units int) {
	for _, c := range s.cases() {
		for _, i := range c.Items {
			if c.Order == order && i.Line == line && !c.Conditional && c.Claims(i) {
				units += i.Quantity
			}
		}
	}
	return units
}

func (h *history) tell(i int, order, line string, units int) bool {
	if !h.online[i] {
		return false
	}
	if h.told[i][order][line] == units {
		return true
	}
	err := h.sites[i].try(orders.ToldReturnedElsewhere{Order: order, Line: line, Quantity: units})
	if err == nil {
		h.told[i][order][line] = units
	}
	return err == nil
}

// answer agrees to what was taken on condition if nobody else can have taken it: the site
// with the lease has to be told first.
func (h *history) answer(i int, c returns.Case) {
	s, other := h.sites[i], h.sites[1-i]
	o, _ := orders.Get(s.state(), c.Order)
	want := map[string]int{}
	for _, it := range c.Items {
		if c.Claims(it) {
			want[it.Line] += it.Quantity
		}
	}
	agree := true
	for line, units := range want {
		l, _ := o.Line(line)
		here, there := firm(s, o.ID, line), firm(other, o.ID, line)
		if here+there+units > l.Quantity || !h.tell(1-i, o.ID, line, here+units) {
			agree = false
		}
	}
	var r *ledger.Refusal
	err := s.try(returns.Answer{Case: c.ID, Agree: agree, Reason: "came back elsewhere"})
	if err != nil && (!errors.As(err, &r) || r.Slug != "at-the-door") {
		panic(err)
	}
	for line := range want {
		h.tell(1-i, o.ID, line, firm(s, o.ID, line))
	}
}

// check holds what must hold after every step.
func (h *history) check() error {
	total := map[string]map[string]int64{}
	for _, s := range h.sites {
		state := s.state()
		for _, id := range h.orders {
			o, _ := orders.Get(state, id)
			for _, l := range o.Lines {
				if n := returns.Claimed(state, id, l.ID) + l.ReturnedElsewhere; n > l.Quantity {
					return fmt.Errorf("%s: %d of %d of %s %s", s.settings.Site, n, l.Quantity, id, l.ID)
				}
			}
			for _, p := range o.Tenders {
				if sum := returns.Refunded(state, id, p.ID); sum > p.Amount {
					return fmt.Errorf("%s: tender %s of %s gets %d of %d", s.settings.Site, p.ID, id,
						sum, p.Amount)
				}
			}
		}
		if err := h.checkMoney(s, total); err != nil {
			return err
		}
		if err := checkDoors(s); err != nil {
			return err
		}
	}
	for _, id := range h.orders {
		o, _ := orders.Get(h.sites[0].state(), id)
		for _, l := range o.Lines {
			if n := firm(h.sites[0], id, l.ID) + firm(h.sites[1], id, l.ID); n > l.Quantity {
				return fmt.Errorf("%s of %s has come back %d times and was bought %d times", l.ID, id,
					n, l.Quantity)
			}
			// Each station is exact. Of elsewhere it knows the number alone, so that over both the
			// units of a line that does not divide may differ by one minor unit.
			if paid := total[id][l.ID]; paid > o.Paid(l.ID)+1 {
				return fmt.Errorf("%s of %s gives back %d of %d", l.ID, id, paid, o.Paid(l.ID))
			}
		}
	}
	return nil
}

// checkMoney holds that refunds of a case are those of its items, each paid once.
func (h *history) checkMoney(s *site, total map[string]map[string]int64) error {
	of := map[string]map[int]int64{}
	for _, r := range s.refunds() {
		if r.State == returns.Replaced || r.Twice {
			continue
		}
		if of[r.Case] == nil {
			of[r.Case] = map[int]int64{}
		}
		for _, n := range r.Items {
			of[r.Case][n] += r.Amount
		}
	}
	for _, c := range s.cases() {
		for _, i := range c.Items {
			if got := of[c.ID][i.N]; got != 0 && got != i.Amount || got == 0 && i.Paid ||
				got > i.Share && !c.Unverified {
				return fmt.Errorf("%s: item %d of %s is worth %d, decided %d, ordered %d",
					s.settings.Site, i.N, c.ID, i.Share, i.Amount, got)
			}
			if total[c.Order] == nil {
				total[c.Order] = map[string]int64{}
			}
			total[c.Order][i.Line] += of[c.ID][i.N]
		}
	}
	return nil
}

// checkDoors holds that every bag is in one place, and every place knows its bag.
func checkDoors(s *site) error {
	state := s.state()
	for _, box := range wall.Compartments.All(state) {
		p, ok := parcel.Parcels.Get(state, box.Parcel)
		if box.Parcel != "" && (!ok || p.Compartment != box.Number) {
			return fmt.Errorf("door %s says %s, which is at %q", box.Number, box.Parcel, p.Compartment)
		}
	}
	for _, c := range s.cases() {
		for _, b := range c.Bags {
			p, ok := parcel.Parcels.Get(state, b.Parcel)
			if !ok || p.Case != c.ID {
				return fmt.Errorf("bag %s of %s is of %q", b.Parcel, c.ID, p.Case)
			}
			if p.Compartment != "" {
				if box, _ := wall.Compartments.Get(state, p.Compartment); box.Parcel != p.ID {
					return fmt.Errorf("bag %s is at door %s, which has %q", p.ID, p.Compartment, box.Parcel)
				}
			}
		}
	}
	return nil
}

func (h *history) play(steps int) error {
	for n := range steps {
		err := h.step()
		if err == nil || known(err) {
			err = h.check()
		}
		if err != nil {
			return fmt.Errorf("step %d (%s): %w", n, h.at, err)
		}
	}
	return nil
}

func TestNothingComesBackTwiceInAnyHistory(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		h := newHistory(func(n int) int { return rapid.IntRange(0, n-1).Draw(t, "pick") })
		if err := h.play(60); err != nil {
			t.Fatal(err)
		}
		for _, s := range h.sites {
			if err := replays(s); err != nil {
				t.Fatal(err)
			}
		}
	})
}

// replays holds that the log alone says what cases and refunds are.
func replays(s *site) error {
	again := ledger.NewState(ledger.NewMemory(nil))
	for _, f := range s.facts {
		f.Apply(again, dawn)
	}
	state := s.state()
	for _, c := range s.cases() {
		back, _ := returns.Cases.Get(again, c.ID)
		if back.State != c.State || len(back.Items) != len(c.Items) || !slices.EqualFunc(back.Items, c.Items,
			func(a, b returns.Item) bool { return reflect.DeepEqual(a, b) }) {
			return fmt.Errorf("%s replays as %+v, not %+v", c.ID, back, c)
		}
	}
	for _, r := range s.refunds() {
		back, _ := returns.Refunds.Get(again, r.ID)
		now, _ := returns.Refunds.Get(state, r.ID)
		if back.State != now.State || back.Amount != now.Amount {
			return fmt.Errorf("refund %s replays as %s", r.ID, back.State)
		}
	}
	return nil
}

// A station that ignores leases is found out.
func TestAnIgnoredLeaseIsFound(t *testing.T) {
	began := time.Now()
	for seed := range uint64(2000) {
		r := rand.New(rand.NewPCG(seed, 1))
		h := newHistory(r.IntN)
		for _, s := range h.sites {
			s.settings.Sole = true
		}
		if err := h.play(60); err != nil {
			t.Logf("found with seed %d after %v: %v", seed, time.Since(began).Round(time.Millisecond), err)
			return
		}
	}
	t.Fatal("no history shows that a lease was ignored")
}
