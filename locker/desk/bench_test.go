package desk

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"cubby/locker/care"
	"cubby/locker/customers"
	"cubby/locker/door"
	"cubby/locker/ledger"
	"cubby/locker/orders"
	"cubby/locker/parcel"
	"cubby/locker/people"
	"cubby/locker/returns"
	"cubby/locker/shop"
	"cubby/locker/stock"
	"cubby/locker/view"
	"cubby/locker/visit"
	"cubby/locker/wall"
)

// bench is a station with the rules alone: a kiosk, a desk, four doors of one bank, two
// parcels behind doors 1 (stored) and 2 (expired), and staff of every role.
type bench struct {
	*ledger.Memory
	rules *visit.Rules
	now   time.Time
	ids   int
	facts []ledger.Fact
	times []time.Time // when each of them happened
	sent  []ledger.Effect
	last  visit.Decision
	fresh *visit.Secret // for the next deposit
	taken returns.Settings
	keeps parcel.Settings
	ready bool // a printer works
	known bool // records of customers are kept
}

const atDesk = "desk"

func newBench(t testing.TB) *bench {
	b := &bench{
		Memory: emptyWall(),
		rules: visit.NewRules(people.Room, Room, returns.Room, parcel.Room, orders.Room, stock.Room, care.Room,
			shop.Room),
		taken: returns.Settings{Site: "s1", Sole: true, Zone: time.UTC, Digits: digits, Rules: bothShops()},
		now:   time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC),
	}
	b.do(t, "", visit.Start{Boot: "1"})
	for _, role := range []people.Role{
		people.Associate, people.Technician, people.Supervisor, people.Manager,
	} {
		b.hire(t, string(role), role)
	}
	for i, id := range []string{"p1", "p2"} {
		b.do(t, "", parcel.Announce{
			ID: id, Announcement: parcel.Announcement{
				OrderID: "order-" + id, Recipient: &parcel.Recipient{Name: "Ada Quill", Phone: "+44 1"},
			}, Outcome: new(parcel.Outcome), Now: new(parcel.Parcel),
		})
		number := fmt.Sprint(i + 1)
		b.do(t, "", happens{func(t *visit.Turn) {
			p, _ := parcel.Parcels.Get(t.State, id)
			of := parcel.OfParcel{ParcelID: p.ID, OrderID: p.OrderID, Label: p.Label}
			t.Emit(&parcel.ParcelBooked{OfParcel: of, Compartment: number})
			t.Emit(&parcel.DepositStarted{OfParcel: of, Compartment: number})
			t.Emit(&parcel.ParcelStored{
				OfParcel: of, Compartment: number, Deadline: b.now.Add(72 * time.Hour),
				Hashes: parcel.StoredHashes{Code: "code-" + id, PIN: "pin-" + id},
			})
			if id == "p2" {
				t.Emit(&parcel.ParcelExpired{OfParcel: of, Compartment: number, Deadline: b.now})
			}
		}})
	}
	for _, n := range []string{"1", "2", "3", "4"} {
		b.see(t, n, door.Closed)
	}
	return b
}

func emptyWall() *ledger.Memory {
	m := ledger.NewMemory(nil)
	for _, n := range []string{"1", "2", "3", "4"} {
		m.Set(wall.Compartments.Spec, ledger.Row{Key: n, Value: wall.NewCompartment(wall.Compartment{
			Number: n, Size: "M", Bank: "main", Inner: wall.Box{Width: 400, Height: 190, Depth: 500},
		})})
	}
	return m
}

// happens emits facts that other tests show how they come about.
type happens struct{ what func(*visit.Turn) }

func (s happens) Decide(t *visit.Turn) error {
	s.what(t)
	return nil
}

func (b *bench) hire(t testing.TB, id string, role people.Role) {
	b.do(t, "", people.AddEmployee{By: people.Tools, Record: people.EmployeeRecord{
		Employee: people.Employee{ID: id, Name: "Name of " + id, Role: role}, BadgeHash: "badge-" + id,
		PINHash: "staff-pin-" + id,
	}})
}

func (b *bench) env(terminal string) visit.Env {
	env := visit.Env{
		Now: b.now, Terminal: terminal, Fresh: b.fresh, Prints: b.ready,
		NewID: func() string { b.ids++; return fmt.Sprintf("id-%d", b.ids) },
		Policy: visit.Policy{
			PickupHours: 72, FreePINTries: 5, PageTimeout: time.Minute, CourierTimeout: 2 * time.Minute,
			StaffTimeout: time.Minute, DeskTimeout: 5 * time.Minute, DoorTimeout: 2 * time.Minute,
			Thanks:        12 * time.Second,
			MaxExtensions: 10, Languages: []string{"en", "zh-Hans"}, Desks: []string{atDesk},
			Rooms: map[string]any{"returns": b.taken, "parcel": b.keeps},
		},
	}
	if b.known {
		env.Policy.Rooms["customers"] = customers.Settings{Asked: true}
		env.Mark = func(kind, text string) string { return kind + text }
		env.Clock.Wall = b.now
	}
	return env
}

func (b *bench) try(terminal string, c visit.Command) error {
	b.last = visit.Decision{}
	d, err := b.rules.Decide(b.Memory, c, b.env(terminal))
	if err != nil {
		return err
	}
	b.Merge(d.Changes)
	b.facts, b.last = append(b.facts, d.Facts...), d
	for range d.Facts {
		b.times = append(b.times, b.now)
	}
	b.sent = append(b.sent, d.Effects...)
	return nil
}

func (b *bench) do(t testing.TB, terminal string, c visit.Command) {
	t.Helper()
	if err := b.try(terminal, c); err != nil {
		t.Fatalf("%+v: %v", c, err)
	}
}

func (b *bench) state() *ledger.State { return ledger.NewState(b.Memory) }

func (b *bench) view(terminal string) view.View { return b.rules.ViewOf(b.Memory, b.env(terminal)) }

// act does what a person does on the page that is shown.
func (b *bench) act(terminal string, name view.ActionName, value string) error {
	v := b.view(terminal)
	return b.try(terminal, visit.Do{Action: view.Action{
		Terminal: terminal, Visit: v.Visit, Name: name, Value: value, Step: v.Step, Door: v.Door(),
		Parcel: v.Parcel(),
	}})
}

func (b *bench) must(t testing.TB, terminal string, name view.ActionName, value string) {
	t.Helper()
	if err := b.act(terminal, name, value); err != nil {
		t.Fatalf("%s %q on %s: %v", name, value, b.view(terminal).Step, err)
	}
}

func (b *bench) badge(t testing.TB, terminal, of string) {
	t.Helper()
	b.do(t, terminal, visit.Present{BadgeHash: "badge-" + of, Presented: "badge"})
}

func (b *bench) pin(t testing.TB, terminal, hash string) {
	t.Helper()
	v := b.view(terminal)
	b.do(t, terminal, visit.TypePIN{
		Visit: v.Visit, Step: v.Step, PINHash: hash, CourierHash: hash, StaffHash: hash,
	})
}

func (b *bench) see(t testing.TB, number string, s door.State) {
	t.Helper()
	b.do(t, "", visit.SeeDoor{Seen: door.Seen{Compartment: number, State: s, At: b.now}})
}

// opens lets the last order open its door.
func (b *bench) opens(t testing.TB) string {
	t.Helper()
	for _, e := range slices.Backward(b.sent) {
		if o, ok := e.(door.Order); ok {
			b.pass(time.Second)
			b.do(t, "", visit.EndOpening{Ended: door.Ended{
				Opening: o.Opening, Compartment: o.Compartment, Result: door.ConfirmedOpen,
				Pulsed: true, At: b.now,
			}})
			return o.Compartment
		}
	}
	t.Fatal("nothing was ordered")
	return ""
}

// ends tells how the last order ended.
func (b *bench) ends(t testing.TB, how door.Result) {
	t.Helper()
	for _, e := range slices.Backward(b.sent) {
		if o, ok := e.(door.Order); ok {
			b.pass(time.Second)
			b.do(t, "", visit.EndOpening{Ended: door.Ended{
				Opening: o.Opening, Compartment: o.Compartment, Result: how,
				Pulsed: how == door.Stuck, At: b.now,
			}})
			return
		}
	}
	t.Fatal("nothing was ordered")
}

func (b *bench) pass(d time.Duration) { b.now = b.now.Add(d) }

func (b *bench) wants(t testing.TB, terminal string, step view.Step) view.View {
	t.Helper()
	v := b.view(terminal)
	if v.Step != step {
		t.Fatalf("%q shows %s (%s, %+v), want %s", terminal, v.Step, v.Reason, v.OfStaff().Said, step)
	}
	return v
}

func (b *bench) told(factType string) (n int) {
	for _, f := range b.facts {
		if f.Type() == factType {
			n++
		}
	}
	return n
}

func (b *bench) parcel(id string) parcel.Parcel {
	p, _ := parcel.Parcels.Get(b.state(), id)
	return p
}

func (b *bench) door(number string) wall.Compartment {
	c, _ := wall.Compartments.Get(b.state(), number)
	return c
}

func takeToCounter(id string) visit.Command {
	return parcel.TakeToCounter{By: people.Tools, Parcel: id, Reason: "expired"}
}
