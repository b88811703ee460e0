package visit

import (
	"slices"
	"time"

	"cubby/locker/ledger"
	"cubby/locker/view"
	"cubby/locker/wall"
)

// A Room is one part of the domain: its facts and tables, the pages it brings, what
// its doors are opened for, and what it does when something happens that concerns
// all rooms. Members that a room does not need are left out.
type Room struct {
	ledger.Module

	// Steps are its pages. Several rooms may have buttons on the same page, as on the
	// idle page; the rest of a page belongs to one of them.
	Steps map[view.Step]Step
	// Purposes are what its doors are opened for.
	Purposes map[wall.Purpose]DoorPurpose

	// Arrive answers a scan on a page on which somebody may come. Rooms are asked in
	// their order until one knows what it is.
	Arrive func(t *Turn, c Present) (known bool, err error)
	// Barred reports whether the person who is here may not come in any more.
	Barred func(t *Turn) bool
	// Doubt marks what it has behind a door as to be looked after, for a reason.
	Doubt func(t *Turn, c wall.Compartment, why string)
	// Restore answers staff who want a door back in use, while the room has something
	// behind it: done, or a *ledger.Refusal, or neither.
	Restore func(t *Turn, c wall.Compartment, reason, by string) (done bool, err error)

	// Claims is how many units of a line of an order the room's cases hold: what has come
	// back here, and what is about to. Repays is what its refunds take of a tender, in minor
	// units. Busy reports whether a case of the order is open.
	Claims func(s *ledger.State, order, line string) int
	Repays func(s *ledger.State, order, tender string) int64
	Busy   func(s *ledger.State, order string) bool
	// HasCase reports whether there is a return of this number that a new item may still be
	// exchanged for. Awaits reports whether what comes back in it is not in yet, or not settled,
	// so that the new item stays where it is.
	HasCase func(s *ledger.State, number string) bool
	Awaits  func(s *ledger.State, number string) bool

	// Reach reports whether whoever a parcel is for needs a door within reach of everybody,
	// or prefers one, as they have let us know.
	Reach func(t *Turn, parcel string) (needs, prefers bool)

	// Ease has a visit follow what whoever has shown their own code has let us know. known: it
	// was one.
	Ease func(t *Turn, c Present) (known bool)

	// Start takes up what an earlier run of the core left behind. believed: the
	// machine's clock is.
	Start func(t *Turn, believed bool)
	// Tick does what has become due, and Next says when something will; zero: never.
	Tick func(t *Turn)
	Next func(s *ledger.State, env Env) time.Time
	// Corrected moves deadlines when the calendar has been corrected. What came since
	// unsure came while nobody vouched for it.
	Corrected func(t *Turn, by time.Duration, unsure time.Time)
	// After ends each command.
	After func(t *Turn)

	// Adds gives the view of one of its pages its kind and payload, before Shows of
	// the page.
	Adds func(s *ledger.State, v Visit, out *view.View)
}

// Rules are rooms that live together.
type Rules struct {
	Ledger *ledger.Catalogue // all their facts and tables

	rooms    []Room
	steps    map[view.Step]Step
	purposes map[wall.Purpose]DoorPurpose
}

// NewRules puts rooms together. The order is that in which they are asked.
func NewRules(rooms ...Room) *Rules {
	r := &Rules{
		rooms: append([]Room{idle}, rooms...), steps: map[view.Step]Step{},
		purposes: map[wall.Purpose]DoorPurpose{},
	}
	modules := []ledger.Module{wall.Module}
	for _, room := range r.rooms {
		modules = append(modules, room.Module)
		for name, row := range room.Steps {
			if known, ok := r.steps[name]; ok {
				row = known.with(row)
			}
			r.steps[name] = row
		}
		for name, purpose := range room.Purposes {
			r.purposes[name] = purpose
		}
	}
	r.Ledger = ledger.NewCatalogue(modules...)
	return r
}

// with adds the buttons of another room to a page. The rest is that of the room to
// which the page belongs.
func (s Step) with(other Step) Step {
	if s.bare() {
		s, other = other, s
	}
	s.Acts = append(slices.Clip(s.Acts), other.Acts...)
	return s
}

// bare reports whether there is nothing but buttons.
func (s Step) bare() bool {
	return s.Scan == nil && s.Keeps == nil && s.PIN == nil && s.TimeOut == nil && s.Abandoned == nil &&
		s.Shows == nil && s.Draws == nil
}

// Page is the row of the page that a visit is on.
func (r *Rules) Page(v Visit) Step {
	if v.Step == "" {
		return r.steps[view.StepIdle]
	}
	return r.steps[v.Step]
}

// waitsForDoor reports whether the visit waits for a door and so does not time out
// like a page does.
func (r *Rules) waitsForDoor(v Visit) bool { return r.Page(v).Clock == WaitDoor }

// barred reports whether the person who is here may not come in any more.
func (t *Turn) barred() bool {
	return slices.ContainsFunc(t.rules.rooms, func(r Room) bool { return r.Barred != nil && r.Barred(t) })
}

// Doubt has whoever has something behind a door mark it as to be looked after.
func (t *Turn) Doubt(c wall.Compartment, why string) {
	for _, r := range t.rules.rooms {
		if r.Doubt != nil {
			r.Doubt(t, c, why)
		}
	}
}

// Restore asks the rooms whether a door that they have something behind may be back
// in use. done: there is nothing left to do.
func (t *Turn) Restore(c wall.Compartment, reason, by string) (done bool, err error) {
	for _, r := range t.rules.rooms {
		if r.Restore == nil {
			continue
		}
		if done, err = r.Restore(t, c, reason, by); done || err != nil {
			return done, err
		}
	}
	return false, nil
}

// Claimed is how many units of a line of an order the rooms' cases hold, all together.
func (t *Turn) Claimed(order, line string) (units int) {
	for _, r := range t.rules.rooms {
		if r.Claims != nil {
			units += r.Claims(t.State, order, line)
		}
	}
	return units
}

// Repaid is what the rooms' refunds take of a tender of an order, all together.
func (t *Turn) Repaid(order, tender string) (minor int64) {
	for _, r := range t.rules.rooms {
		if r.Repays != nil {
			minor += r.Repays(t.State, order, tender)
		}
	}
	return minor
}

// Busy reports whether a case of an order is open in any room.
func (t *Turn) Busy(order string) bool {
	return slices.ContainsFunc(t.rules.rooms, func(r Room) bool {
		return r.Busy != nil && r.Busy(t.State, order)
	})
}

// Awaits reports whether the new item of an exchange has to wait for what comes back.
func (t *Turn) Awaits(number string) bool {
	return slices.ContainsFunc(t.rules.rooms, func(r Room) bool {
		return r.Awaits != nil && r.Awaits(t.State, number)
	})
}

// HasCase reports whether a return of this number takes part in exchanges still.
func (t *Turn) HasCase(number string) bool {
	return slices.ContainsFunc(t.rules.rooms, func(r Room) bool {
		return r.HasCase != nil && r.HasCase(t.State, number)
	})
}

// Reach reports whether whoever a parcel is for needs a door within reach of everybody, or
// prefers one, as any of the rooms knows.
func (t *Turn) Reach(parcel string) (needs, prefers bool) {
	for _, r := range t.rules.rooms {
		if r.Reach != nil {
			n, p := r.Reach(t, parcel)
			needs, prefers = needs || n, prefers || p
		}
	}
	return needs, prefers
}

// Ease has the visit follow what whoever has shown their own code has let us know. known: it
// was one.
func (t *Turn) Ease(c Present) (known bool) {
	return slices.ContainsFunc(t.rules.rooms, func(r Room) bool { return r.Ease != nil && r.Ease(t, c) })
}
