package parcel

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"pgregory.net/rapid"

	"cubby/locker/calendar"
	"cubby/locker/door"
	"cubby/locker/label"
	"cubby/locker/ledger"
	"cubby/locker/people"
	"cubby/locker/view"
	"cubby/locker/visit"
	"cubby/locker/wall"
)

// plainWorld is the whole state in maps: what the store and the station's
// memory are together, without either.
type plainWorld struct {
	numbers      []string
	parcels      map[string]Parcel
	recipients   map[string]Recipient
	credentials  map[string]Credential
	tokens       map[string]UsedToken
	factors      map[string]Factor
	delegations  map[string]Delegation
	shelf        map[string]OnShelf
	couriers     map[string]people.CourierRecord
	staff        map[string]people.EmployeeRecord
	keys         map[string]people.KeyRecord
	consumers    map[string]people.Consumer
	compartments map[string]wall.Compartment
	openings     map[string]wall.Opening
	order        []string               // ids of openings, oldest first
	visit        visit.Visit            // at the kiosk
	elsewhere    map[string]visit.Visit // at other terminals
	guard        people.Guards
	calls        map[string]visit.Call
	calendar     calendar.Calendar
	others       map[*ledger.Spec]map[string]any // of rooms that know this one
}

func newPlainWorld(boxes ...wall.Compartment) *plainWorld {
	w := &plainWorld{parcels: map[string]Parcel{}, recipients: map[string]Recipient{},
		credentials: map[string]Credential{}, tokens: map[string]UsedToken{}, factors: map[string]Factor{},
		delegations: map[string]Delegation{},
		shelf:       map[string]OnShelf{},
		couriers:    map[string]people.CourierRecord{}, staff: map[string]people.EmployeeRecord{},
		keys:      map[string]people.KeyRecord{},
		consumers: map[string]people.Consumer{}, compartments: map[string]wall.Compartment{},
		calls: map[string]visit.Call{}, openings: map[string]wall.Opening{}, elsewhere: map[string]visit.Visit{},
		others: map[*ledger.Spec]map[string]any{}}
	for _, b := range boxes {
		w.numbers = append(w.numbers, b.Number)
		w.compartments[b.Number] = b
	}
	return w
}

func (w *plainWorld) merge(ch ledger.Changes) {
	ch.Each(func(spec *ledger.Spec, r ledger.Row) {
		if spec == wall.Openings.Spec {
			w.order = slices.DeleteFunc(w.order, func(id string) bool { return id == r.Key && r.Value == nil })
			if _, ok := w.openings[r.Key]; !ok && r.Value != nil {
				w.order = append(w.order, r.Key)
			}
		}
		switch spec {
		case Parcels.Spec:
			keep(w.parcels, r)
		case Recipients.Spec:
			keep(w.recipients, r)
		case Credentials.Spec:
			keep(w.credentials, r)
		case Tokens.Spec:
			keep(w.tokens, r)
		case Factors.Spec:
			keep(w.factors, r)
		case visit.Calls.Spec:
			keep(w.calls, r)
		case Delegations.Spec:
			keep(w.delegations, r)
		case Shelf.Spec:
			keep(w.shelf, r)
		case people.Couriers.Spec:
			keep(w.couriers, r)
		case people.Staff.Spec:
			keep(w.staff, r)
		case people.Keys.Spec:
			keep(w.keys, r)
		case people.Consumers.Spec:
			keep(w.consumers, r)
		case wall.Compartments.Spec:
			keep(w.compartments, r)
		case wall.Openings.Spec:
			keep(w.openings, r)
		case visit.Visits.Spec:
			if r.Key == visit.Kiosk {
				w.visit, _ = r.Value.(visit.Visit)
			} else {
				keep(w.elsewhere, r)
			}
		case people.PINGuard.Spec:
			w.guard, _ = r.Value.(people.Guards)
		case visit.CalendarNow.Spec:
			w.calendar, _ = r.Value.(calendar.Calendar)
		default:
			if w.others[spec] == nil {
				w.others[spec] = map[string]any{}
			}
			keep(w.others[spec], r)
		}
	})
}

// means reports whether a label with these keys may mean the parcel.
func means(p Parcel, keys []string) bool {
	for text := range p.allLabels {
		if slices.Contains(keys, label.Key(text)) || slices.Contains(label.Keys(text), keys[0]) {
			return true
		}
	}
	return false
}

func keep[V any](m map[string]V, r ledger.Row) {
	if r.Value == nil {
		delete(m, r.Key)
	} else {
		m[r.Key] = r.Value.(V)
	}
}

func rows[V any](m map[string]V) []ledger.Row {
	all := make([]ledger.Row, 0, len(m))
	for _, key := range slices.Sorted(maps.Keys(m)) {
		all = append(all, ledger.Row{Key: key, Value: m[key]})
	}
	return all
}

// table lists all rows of a table.
func (w *plainWorld) table(spec *ledger.Spec) []ledger.Row {
	switch spec {
	case Parcels.Spec:
		return rows(w.parcels)
	case Recipients.Spec:
		return rows(w.recipients)
	case Credentials.Spec:
		return rows(w.credentials)
	case Tokens.Spec:
		return rows(w.tokens)
	case Factors.Spec:
		return rows(w.factors)
	case visit.Calls.Spec:
		return rows(w.calls)
	case Delegations.Spec:
		return rows(w.delegations)
	case Shelf.Spec:
		return rows(w.shelf)
	case people.Couriers.Spec:
		return rows(w.couriers)
	case people.Staff.Spec:
		return rows(w.staff)
	case people.Keys.Spec:
		return rows(w.keys)
	case people.Consumers.Spec:
		return rows(w.consumers)
	case wall.Compartments.Spec:
		all := make([]ledger.Row, len(w.numbers))
		for i, n := range w.numbers {
			all[i] = ledger.Row{Key: n, Value: w.compartments[n]}
		}
		return all
	case wall.Openings.Spec:
		all := make([]ledger.Row, len(w.order))
		for i, id := range w.order {
			all[i] = ledger.Row{Key: id, Value: w.openings[id]}
		}
		return all
	case visit.Visits.Spec:
		all := rows(w.elsewhere)
		if w.visit.ID != "" {
			all = append(all, ledger.Row{Key: visit.Kiosk, Value: w.visit})
		}
		return all
	case people.PINGuard.Spec:
		return []ledger.Row{{Key: spec.Name(), Value: w.guard}}
	case visit.CalendarNow.Spec:
		return []ledger.Row{{Key: spec.Name(), Value: w.calendar}}
	}
	return rows(w.others[spec])
}

func (w *plainWorld) Row(spec *ledger.Spec, key string) (any, bool) {
	switch spec {
	case Parcels.Spec:
		return at(w.parcels, key)
	case Recipients.Spec:
		return at(w.recipients, key)
	case Credentials.Spec:
		return at(w.credentials, key)
	case Tokens.Spec:
		return at(w.tokens, key)
	case Factors.Spec:
		return at(w.factors, key)
	case visit.Calls.Spec:
		return at(w.calls, key)
	case Delegations.Spec:
		return at(w.delegations, key)
	case Shelf.Spec:
		return at(w.shelf, key)
	case people.Couriers.Spec:
		return at(w.couriers, key)
	case people.Staff.Spec:
		return at(w.staff, key)
	case people.Keys.Spec:
		return at(w.keys, key)
	case people.Consumers.Spec:
		return at(w.consumers, key)
	case wall.Compartments.Spec:
		return at(w.compartments, key)
	case wall.Openings.Spec:
		return at(w.openings, key)
	case visit.Visits.Spec:
		if key == visit.Kiosk {
			return w.visit, w.visit.ID != ""
		}
		return at(w.elsewhere, key)
	case people.PINGuard.Spec, visit.CalendarNow.Spec:
		return w.table(spec)[0].Value, true
	}
	return at(w.others[spec], key)
}

func (w *plainWorld) Due(spec *ledger.Spec) []ledger.Row {
	all := slices.DeleteFunc(w.table(spec), func(r ledger.Row) bool { return spec.DueAt(r.Value).IsZero() })
	slices.SortStableFunc(all, func(a, b ledger.Row) int { return spec.DueAt(a.Value).Compare(spec.DueAt(b.Value)) })
	return all
}

func at[V any](m map[string]V, key string) (any, bool) { v, ok := m[key]; return v, ok }

func (w *plainWorld) Rows(spec *ledger.Spec, index, text string) []ledger.Row {
	return slices.DeleteFunc(w.table(spec), func(r ledger.Row) bool {
		return index != "" && !spec.Finds(index, text, r)
	})
}

func (w *plainWorld) Parcel(id string) (Parcel, bool) { return Parcels.Get(ledger.NewState(w), id) }
func (w *plainWorld) Recipient(id string) *Recipient  { return recipientOf(ledger.NewState(w), id) }
func (w *plainWorld) CredentialsOf(parcel string) []Credential {
	return credentialsOf.Find(ledger.NewState(w), parcel)
}
func (w *plainWorld) Calendar() calendar.Calendar { return w.calendar }
func (w *plainWorld) Numbers() []string           { return w.numbers }
func (w *plainWorld) OpeningsOf(n string) []wall.Opening {
	return wall.OpeningsOf(ledger.NewState(w), n)
}

// stage is a station played by hand: a plain world, a clock, and everything
// that was decided.
type stage struct {
	*plainWorld
	now      time.Time
	clock    func() calendar.Reading // nil: all clocks say now
	policy   visit.Policy
	terminal string // where people are; empty: at the kiosk
	full     bool   // what the centre has not seen has no room for more
	ids      int
	fresh    int // codes made so far
	facts    []ledger.Fact
	times    []time.Time // of the facts
	orders   []door.Order
}

func testPolicy() visit.Policy {
	return visit.Policy{PickupHours: 48, FreePINTries: 3, PageTimeout: time.Minute, CourierTimeout: 2 * time.Minute,
		DoorTimeout: 2 * time.Minute, Thanks: 10 * time.Second, MaxExtensions: 10, CourierReceipt: true,
		Languages: []string{"en", "zh-Hans"}}
}

// box is a healthy free compartment of one bank.
func box(number string, w, h, d int) wall.Compartment {
	return wall.Compartment{Number: number, Size: fmt.Sprint(h), Inner: wall.Box{
		Width: w, Height: h, Depth: d,
	}, Bank: "main", Door: door.Closed, LastKnown: door.Closed,
		Lock: wall.LockIdle, Allocation: wall.Free, Contents: wall.ContentsEmpty}
}

// dawn is when all stories begin.
var dawn = time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)

func newStage(boxes ...wall.Compartment) *stage {
	s := &stage{plainWorld: newPlainWorld(boxes...), now: dawn, policy: testPolicy()}
	s.couriers["k1"] = people.CourierRecord{
		Courier: people.Courier{ID: "k1", Name: "North"}, BadgeHash: "badge-k1", PINHash: "pin-k1", CardHash: "card-k1",
	}
	return s
}

func (s *stage) env() visit.Env {
	clock := calendar.Reading{Wall: s.now, Boot: "b", Uptime: s.now.Sub(dawn)}
	if s.clock != nil {
		clock = s.clock()
	}
	return visit.Env{Now: s.now, Clock: clock, Terminal: s.terminal, Policy: s.policy, Full: s.full,
		Mark:  func(kind, text string) string { return kind + "|" + text },
		NewID: func() string { s.ids++; return fmt.Sprintf("id%d", s.ids) },
		Fresh: &visit.Secret{
			Code: fmt.Sprintf("code%d", s.fresh), PIN: "12345678", CodeHash: fmt.Sprintf("code%d", s.fresh),
			PINHash: fmt.Sprintf("pin%d", s.fresh), Short: "123456", ShortHash: fmt.Sprintf("short%d", s.fresh),
			Rotating: "KEY",
		}}
}

// try decides a command and takes over what follows.
func (s *stage) try(c visit.Command) (visit.Decision, error) {
	d, err := station.Decide(s, c, s.env())
	if err != nil {
		return d, err
	}
	s.merge(d.Changes)
	for _, f := range d.Facts {
		s.facts, s.times = append(s.facts, f), append(s.times, s.now)
		switch f.(type) {
		case *ParcelStored, *CodeReissued, *ParcelShelved:
			s.fresh++
		}
	}
	s.orders = append(s.orders, visit.EffectsOf[door.Order](d)...)
	return d, nil
}

// do is try for what must not be refused.
func (s *stage) do(t rapid.TB, c visit.Command) visit.Decision {
	t.Helper()
	d, err := s.try(c)
	if err != nil {
		t.Fatalf("%T %+v: %v", c, c, err)
	}
	return d
}

func (s *stage) act(t rapid.TB, a view.ActionName) {
	t.Helper()
	s.do(t, visit.Do{Action: view.Action{Visit: s.visit.ID, Name: a}})
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
	s.do(t, visit.EndOpening{Ended: door.Ended{
		Opening: o.Opening, Compartment: o.Compartment, Result: r, Pulsed: r != door.Refused &&
			r != door.Unanswered, At: s.now,
	}})
}

// lost ends the opening with a board that has fallen silent with the pulse.
func (s *stage) lost(t rapid.TB) {
	t.Helper()
	o := s.order(t)
	s.do(t, visit.EndOpening{Ended: door.Ended{
		Opening: o.Opening, Compartment: o.Compartment, Result: door.Unanswered, Pulsed: true, At: s.now,
	}})
}

func (s *stage) see(t rapid.TB, number string, st door.State, p door.Presence) {
	t.Helper()
	if st == door.Closed {
		s.now = s.now.Add(wall.TooBrief) // nobody is quicker
	}
	s.do(t, visit.SeeDoor{Seen: door.Seen{Compartment: number, State: st, Presence: p, At: s.now}})
}

func (s *stage) announce(t rapid.TB, id string, d *wall.Dimensions) {
	t.Helper()
	s.do(t, Announce{ID: id, Announcement: Announcement{Label: "L-" + id, Dimensions: d}})
}

// deposit plays a whole deposit and returns the door and the code's hash.
func (s *stage) deposit(t rapid.TB, id string) (number, codeHash string) {
	t.Helper()
	if s.visit.Step != view.StepCourierReady {
		s.do(t, visit.Present{BadgeHash: "badge-k1", Presented: "badge"})
	}
	s.do(t, visit.Present{Label: "L-" + id, Presented: "label"})
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

// station is the rooms under test; those that know this one are added by tests from outside.
var (
	station   = visit.NewRules(people.Room, Room)
	closeCase func(number string) visit.Command // looks into what its bearer said of a parcel
)

// With plays with further rooms.
func With(closes func(number string) visit.Command, further ...visit.Room) {
	station, closeCase = visit.NewRules(append([]visit.Room{people.Room, Room}, further...)...), closes
}
