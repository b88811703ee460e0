package members_test

import (
	"fmt"
	"testing"
	"time"

	"cubby/locker"
	"cubby/locker/calendar"
	"cubby/locker/customers"
	"cubby/locker/door"
	"cubby/locker/ledger"
	"cubby/locker/parcel"
	"cubby/locker/people"
	"cubby/locker/view"
	"cubby/locker/visit"
	"cubby/locker/wall"
)

var dawn = time.Date(2026, 3, 1, 8, 0, 0, 0, time.UTC)

// A town is a station with a wall of two doors, of which 2 is larger and within reach.
type town struct {
	*testing.T
	*ledger.Memory
	now    time.Time
	set    customers.Settings
	pickup parcel.Settings

	valuable bool // parcels are announced so
	policy   visit.Policy
	ids      int
	facts    []ledger.Fact
	orders   []door.Order
	asked    []ledger.Effect
}

func newTown(t *testing.T) *town {
	w := &town{T: t, Memory: ledger.NewMemory(nil), now: dawn,
		set: customers.Settings{Asked: true, QROpens: true, Country: "+49"},
		policy: visit.Policy{PickupHours: 48, FreePINTries: 3, PageTimeout: time.Minute, CourierTimeout: time.Minute,
			DoorTimeout: 2 * time.Minute, Thanks: 10 * time.Second, MaxExtensions: 10, RecipientDays: 10,
			Languages: []string{"en", "zh-Hans"}},
	}
	s := ledger.NewState(w.Memory)
	for i, number := range []string{"1", "2"} {
		wall.Compartments.Put(s, number, wall.Compartment{
			Number: number, Inner: wall.Box{Width: 400, Height: 100 * (i + 1), Depth: 500}, Bank: "main",
			Accessible: number == "2", Door: door.Closed, LastKnown: door.Closed, Lock: wall.LockIdle,
			Allocation: wall.Free, Contents: wall.ContentsEmpty, Presence: door.PresenceUnknown,
		})
	}
	people.Couriers.Put(s, "k1", people.CourierRecord{
		Courier: people.Courier{ID: "k1", Name: "North"}, BadgeHash: "badge"})
	w.Merge(s.Changes())
	return w
}

func mark(kind, text string) string { return kind + "|" + text }

func (w *town) env() visit.Env {
	w.policy.Rooms = map[string]any{"customers": w.set, "parcel": w.pickup}
	return visit.Env{
		Now: w.now, Mark: mark, Policy: w.policy,
		Clock: calendar.Reading{Wall: w.now, Uptime: w.now.Sub(dawn), Boot: "b", Synced: true},
		NewID: func() string { w.ids++; return fmt.Sprintf("id%d", w.ids) },
		Fresh: &visit.Secret{Code: "fresh", PIN: "1", CodeHash: fmt.Sprintf("fresh%d", w.ids),
			PINHash: fmt.Sprintf("pin%d", w.ids), Short: "1", ShortHash: fmt.Sprintf("short%d", w.ids)},
	}
}

func (w *town) try(c visit.Command) error {
	d, err := locker.Station.Decide(w.Memory, c, w.env())
	if err == nil {
		w.Merge(d.Changes)
		w.facts = append(w.facts, d.Facts...)
		w.orders = append(w.orders, visit.EffectsOf[door.Order](d)...)
		w.asked = d.Effects
	}
	return err
}

func (w *town) do(c visit.Command) {
	w.Helper()
	if err := w.try(c); err != nil {
		w.Fatalf("%T %+v: %v", c, c, err)
	}
}

func (w *town) state() *ledger.State { return ledger.NewState(w.Memory) }
func (w *town) view() view.View      { return locker.Station.ViewOf(w.Memory, w.env()) }

func (w *town) at(step view.Step) view.View {
	w.Helper()
	v := w.view()
	if v.Step != step {
		w.Fatalf("the page is %s (%s), not %s", v.Step, v.Reason, step)
	}
	return v
}

func (w *town) act(name view.ActionName, value string) {
	w.Helper()
	w.do(visit.Do{Action: view.Action{Visit: w.view().Visit, Name: name, Value: value}})
}

func (w *town) shows(hash string)  { w.do(visit.Present{CodeHash: hash, Presented: "code"}) }
func (w *town) member(hash string) { w.do(visit.Present{CodeHash: hash, Presented: "member"}) }

// ends waits until nobody is at the kiosk.
func (w *town) ends() {
	w.now = w.now.Add(10 * time.Minute)
	w.do(visit.Tick{})
	w.at(view.StepIdle)
}

// ana has a record, and a QR code.
func (w *town) ana(wishes ...string) {
	w.Helper()
	w.do(customers.Keep{ID: "a", Asked: customers.Asked{Through: "shop", Text: "v1"}, New: customers.New{
		Contact: customers.Contact{Email: "ana@example.org"}, Channel: customers.ByEmail, Language: "zh-Hans",
		Wishes: wishes}})
	w.do(customers.MakeQR{ID: "a", Through: "shop", Fresh: &visit.Secret{CodeHash: "qr-a"}})
}

// brought has a parcel for somebody brought. Its code is its id in capitals.
func (w *town) brought(id, email string) (number string) {
	w.Helper()
	return w.broughtTo(id, parcel.Recipient{Email: email})
}

func (w *town) broughtTo(id string, who parcel.Recipient) (number string) {
	w.Helper()
	w.do(parcel.Announce{ID: id, Announcement: parcel.Announcement{Recipient: &who, Valuable: w.valuable}})
	w.do(visit.Present{BadgeHash: "badge", Presented: "badge"})
	w.do(visit.Present{Label: id, Presented: "label"})
	o := w.orders[len(w.orders)-1]
	see := func(st door.State) {
		w.do(visit.SeeDoor{Seen: door.Seen{
			Compartment: o.Compartment, State: st, Presence: door.PresenceUnknown, At: w.now}})
	}
	see(door.Open)
	w.do(visit.EndOpening{Ended: door.Ended{
		Opening: o.Opening, Compartment: o.Compartment, Result: door.ConfirmedOpen, Pulsed: true, At: w.now}})
	w.now = w.now.Add(wall.TooBrief) // nobody is quicker
	see(door.Closed)
	if p, _ := parcel.Parcels.Get(w.state(), id); p.State != parcel.Stored {
		w.Fatalf("%s is %s", id, p.State)
	}
	w.act(view.ActFinish, "")
	w.act(view.ActFinish, "")
	return o.Compartment
}

// codeOf is the hash of the code of the parcel that was brought last.
func (w *town) codeOf(id string) (hash string) {
	for _, f := range w.facts {
		if f, ok := f.(*parcel.ParcelStored); ok && f.ParcelID == id {
			hash = f.Hashes.Code
		}
	}
	return hash
}
