package locker

import (
	"fmt"
	"slices"
	"time"

	"pgregory.net/rapid"

	"cubby/locker/calendar"
	"cubby/locker/door"
	"cubby/locker/label"
	"cubby/locker/view"
)

// plainWorld is the whole state in maps: what the store and the station's
// memory are together, without either.
type plainWorld struct {
	numbers      []string
	parcels      map[string]Parcel
	recipients   map[string]Recipient
	credentials  map[string]Credential
	couriers     map[string]CourierRecord
	keys         map[string]KeyRecord
	compartments map[string]Compartment
	openings     map[string]Opening
	order        []string // ids of openings, oldest first
	visit        Visit
	guard        Guards
	calendar     calendar.Calendar
}

func newPlainWorld(boxes ...Compartment) *plainWorld {
	w := &plainWorld{parcels: map[string]Parcel{}, recipients: map[string]Recipient{}, credentials: map[string]Credential{},
		couriers: map[string]CourierRecord{}, keys: map[string]KeyRecord{}, compartments: map[string]Compartment{}, openings: map[string]Opening{}}
	for _, b := range boxes {
		w.numbers = append(w.numbers, b.Number)
		w.compartments[b.Number] = b
	}
	return w
}

func (w *plainWorld) merge(ch Changes) {
	for id, p := range ch.Parcels {
		w.parcels[id] = p
	}
	for id, r := range ch.Recipients {
		w.recipients[id] = r
		if r == (Recipient{}) {
			delete(w.recipients, id)
		}
	}
	for h, c := range ch.Credentials {
		w.credentials[h] = c
	}
	for id, c := range ch.Couriers {
		w.couriers[id] = c
	}
	for n, k := range ch.Keys {
		w.keys[n] = k
	}
	for n, c := range ch.Compartments {
		w.compartments[n] = c
	}
	for id, o := range ch.Openings {
		if _, ok := w.openings[id]; !ok {
			w.order = append(w.order, id)
		}
		w.openings[id] = o
	}
	if ch.Visit != nil {
		w.visit = *ch.Visit
	}
	if ch.Guard != nil {
		w.guard = *ch.Guard
	}
	if ch.Calendar != nil {
		w.calendar = *ch.Calendar
	}
}

func (w *plainWorld) Parcel(id string) (Parcel, bool) { p, ok := w.parcels[id]; return p, ok }
func (w *plainWorld) ByLabel(keys []string) (all []Parcel) {
	for _, p := range w.parcels {
		if means(p, keys) {
			all = append(all, p)
		}
	}
	return all
}
func (w *plainWorld) Announced(id string, keys []string) (known *Parcel, others []Parcel) {
	for _, p := range w.parcels {
		if p.ID == id {
			known = &p
		} else if means(p, keys) {
			others = append(others, p)
		}
	}
	return known, others
}
func means(p Parcel, keys []string) bool {
	for text := range p.allLabels {
		if slices.Contains(keys, label.Key(text)) || slices.Contains(label.Keys(text), keys[0]) {
			return true
		}
	}
	return false
}
func (w *plainWorld) Recipient(id string) *Recipient {
	if r, ok := w.recipients[id]; ok {
		return &r
	}
	return nil
}
func (w *plainWorld) Credential(h string) (Credential, bool) { c, ok := w.credentials[h]; return c, ok }
func (w *plainWorld) CredentialsOf(parcel string) (all []Credential) {
	for _, c := range w.credentials {
		if c.Parcel == parcel {
			all = append(all, c)
		}
	}
	return all
}
func (w *plainWorld) Courier(id string) (CourierRecord, bool) { c, ok := w.couriers[id]; return c, ok }
func (w *plainWorld) CourierByHash(h string) (found CourierRecord, ok bool) {
	for _, c := range w.couriers {
		if (c.BadgeHash == h || c.PINHash == h || c.CardHash == h) && (!ok || !c.Removed) {
			found, ok = c, true
		}
	}
	return found, ok
}
func (w *plainWorld) Key(n string) (KeyRecord, bool) { k, ok := w.keys[n]; return k, ok }
func (w *plainWorld) Compartment(n string) (Compartment, bool) {
	c, ok := w.compartments[n]
	return c, ok
}
func (w *plainWorld) Numbers() []string                 { return w.numbers }
func (w *plainWorld) Opening(id string) (Opening, bool) { o, ok := w.openings[id]; return o, ok }
func (w *plainWorld) OpeningsOf(n string) (all []Opening) {
	for _, id := range slices.Backward(w.order) {
		if o := w.openings[id]; o.Compartment == n && (o.UnderWay() || len(all) < 3) {
			all = append(all, o)
		}
	}
	return all
}
func (w *plainWorld) Visit() (Visit, bool)        { return w.visit, w.visit.ID != "" }
func (w *plainWorld) Guard() Guards               { return w.guard }
func (w *plainWorld) Calendar() calendar.Calendar { return w.calendar }

// stage is a station played by hand: a plain world, a clock, and everything
// that was decided.
type stage struct {
	*plainWorld
	now    time.Time
	clock  func() calendar.Reading // nil: all clocks say now
	policy Policy
	ids    int
	facts  []Fact
	times  []time.Time // of the facts
	orders []door.Order
}

func testPolicy() Policy {
	return Policy{PickupHours: 48, FreePINTries: 3, PageTimeout: time.Minute, CourierTimeout: 2 * time.Minute,
		DoorTimeout: 2 * time.Minute, Thanks: 10 * time.Second, MaxExtensions: 10, CourierReceipt: true, Languages: []string{"en", "zh-Hans"}}
}

// box is a healthy free compartment of one bank.
func box(number string, w, h, d int) Compartment {
	return Compartment{Number: number, Size: fmt.Sprint(h), Inner: Box{w, h, d}, Bank: "main", Door: door.Closed, LastKnown: door.Closed,
		Lock: LockIdle, Allocation: Free, Contents: ContentsEmpty}
}

// dawn is when all stories begin.
var dawn = time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)

func newStage(boxes ...Compartment) *stage {
	s := &stage{plainWorld: newPlainWorld(boxes...), now: dawn, policy: testPolicy()}
	s.couriers["k1"] = CourierRecord{Courier{ID: "k1", Name: "North"}, "badge-k1", "pin-k1", "card-k1"}
	return s
}

func (s *stage) env() Env {
	clock := calendar.Reading{Wall: s.now, Boot: "b", Uptime: s.now.Sub(dawn)}
	if s.clock != nil {
		clock = s.clock()
	}
	return Env{Now: s.now, Clock: clock, Policy: s.policy, NewID: func() string { s.ids++; return fmt.Sprintf("id%d", s.ids) },
		Fresh: &Secret{Code: fmt.Sprintf("code%d", s.ids), PIN: "12345678", CodeHash: fmt.Sprintf("code%d", s.ids), PINHash: fmt.Sprintf("pin%d", s.ids)}}
}

// try decides a command and takes over what follows.
func (s *stage) try(c Command) (Decision, error) {
	d, err := Decide(s, c, s.env())
	if err != nil {
		return d, err
	}
	s.merge(d.Changes)
	for _, f := range d.Facts {
		s.facts, s.times = append(s.facts, f), append(s.times, s.now)
	}
	s.orders = append(s.orders, d.Orders...)
	return d, nil
}

// do is try for what must not be refused.
func (s *stage) do(t rapid.TB, c Command) Decision {
	t.Helper()
	d, err := s.try(c)
	if err != nil {
		t.Fatalf("%T %+v: %v", c, c, err)
	}
	return d
}

func (s *stage) act(t rapid.TB, a view.ActionName) {
	t.Helper()
	s.do(t, Do{view.Action{Visit: s.visit.ID, Name: a}})
}

// order is the last order given to the hardware.
func (s *stage) order(t rapid.TB) door.Order {
	t.Helper()
	if len(s.orders) == 0 {
		t.Fatal("no door was ordered open")
	}
	return s.orders[len(s.orders)-1]
}

func (s *stage) ended(t rapid.TB, r door.Result) {
	t.Helper()
	o := s.order(t)
	if r == door.ConfirmedOpen {
		s.see(t, o.Compartment, door.Open, door.PresenceUnknown)
	}
	s.do(t, EndOpening{door.Ended{Opening: o.Opening, Compartment: o.Compartment, Result: r, Pulsed: r != door.Refused && r != door.Unanswered, At: s.now}})
}

// lost ends the opening with a board that has fallen silent with the pulse.
func (s *stage) lost(t rapid.TB) {
	t.Helper()
	o := s.order(t)
	s.do(t, EndOpening{door.Ended{Opening: o.Opening, Compartment: o.Compartment, Result: door.Unanswered, Pulsed: true, At: s.now}})
}

func (s *stage) see(t rapid.TB, number string, st door.State, p door.Presence) {
	t.Helper()
	if st == door.Closed {
		s.now = s.now.Add(tooBrief) // nobody is quicker
	}
	s.do(t, SeeDoor{door.Seen{Compartment: number, State: st, Presence: p, At: s.now}})
}

func (s *stage) announce(t rapid.TB, id string, d *Dimensions) {
	t.Helper()
	s.do(t, Announce{ID: id, Announcement: Announcement{Label: "L-" + id, Dimensions: d}})
}

// deposit plays a whole deposit and returns the door and the code's hash.
func (s *stage) deposit(t rapid.TB, id string) (number, codeHash string) {
	t.Helper()
	if s.visit.Step != view.StepCourierReady {
		s.do(t, Present{BadgeHash: "badge-k1", Presented: "badge"})
	}
	s.do(t, Present{Label: "L-" + id, Presented: "label"})
	s.ended(t, door.ConfirmedOpen)
	s.see(t, s.order(t).Compartment, door.Closed, door.PresenceUnknown)
	for _, c := range s.CredentialsOf(id) {
		if c.Kind == ByCode && c.State == Live {
			codeHash = c.Hash
		}
	}
	if codeHash == "" || s.parcels[id].State != Stored {
		t.Fatalf("parcel %s is %s after a deposit, code %q", id, s.parcels[id].State, codeHash)
	}
	s.act(t, view.ActFinish)
	s.act(t, view.ActFinish)
	return s.parcels[id].Compartment, codeHash
}

func (s *stage) at(t rapid.TB, step view.Step, why view.Reason) {
	t.Helper()
	got := s.visit.Step
	if s.visit.ID == "" {
		got = view.StepIdle
	}
	if got != step || s.visit.Reason != why {
		t.Fatalf("the screen is on %s (%q), want %s (%q)", got, s.visit.Reason, step, why)
	}
}

func (s *stage) told(factType string) int {
	n := 0
	for _, f := range s.facts {
		if f.Type() == factType {
			n++
		}
	}
	return n
}
