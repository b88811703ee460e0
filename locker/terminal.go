package locker

import (
	"cmp"
	"reflect"
	"slices"

	"cubby/locker/view"
)

// Kiosk is the terminal at the wall. A station that names no terminals has just
// this one.
const Kiosk = "kiosk"

// at names the terminal of a visit.
func (v Visit) at() string { return cmp.Or(v.Terminal, Kiosk) }

// attend turns to the visit at a terminal. What is under way at another one is
// put down as it is.
func (t *turn) attend(terminal string) {
	if terminal == t.terminal {
		return
	}
	t.putDown()
	t.takeUp(terminal)
}

func (t *turn) takeUp(terminal string) {
	t.terminal = terminal
	t.visit, _ = Visits.Get(t.state, terminal)
	t.visit.Excluded = slices.Clone(t.visit.Excluded)
	t.before = t.visit
}

// putDown writes down where the visit is now, if that changed.
func (t *turn) putDown() {
	if t.visit.ID != "" && !reflect.DeepEqual(t.visit, t.before) {
		t.emit(&VisitStepped{Visit: t.visit})
	}
}

// visits lists all visits, the one that is attended to as it is now.
func (t *turn) visits() (all []Visit) {
	if t.visit.ID != "" {
		all = append(all, t.visit)
	}
	for _, v := range Visits.All(t.state) {
		if v.at() != t.terminal {
			all = append(all, v)
		}
	}
	return all
}

// everyVisit attends to one visit after the other.
func (t *turn) everyVisit(do func()) {
	for _, v := range t.visits() {
		t.attend(v.at())
		do()
	}
}

// attendWhere attends to the first visit that is meant, if there is one.
func (t *turn) attendWhere(meant func(Visit) bool) {
	if all := t.visits(); len(all) > 0 {
		if i := slices.IndexFunc(all, meant); i >= 0 {
			t.attend(all[i].at())
		}
	}
}

// attendOpening attends to whoever waits for an opening.
func (t *turn) attendOpening(id string) {
	t.attendWhere(func(v Visit) bool { return v.Opening == id })
}

// attendDoor attends to whoever a movement of a door concerns: the one who has it
// open, or else the one who still stands before the page that says that it did
// not open.
func (t *turn) attendDoor(compartment string) {
	waits := func(is func(Opening) bool) func(Visit) bool {
		return func(v Visit) bool {
			o, ok := t.Opening(v.Opening)
			return ok && o.Compartment == compartment && is(o)
		}
	}
	t.attendWhere(waits(Opening.Failed))
	t.attendWhere(waits(Opening.UnderWay))
}

// elsewhere reports whether somebody at another terminal attends to an opening.
func (t *turn) elsewhere(o Opening) bool {
	return slices.ContainsFunc(t.visits(), func(v Visit) bool { return v.at() != t.terminal && v.Opening == o.ID })
}

// waitFor names the door that has to be closed first: by whoever is told, or by
// somebody at another terminal.
func (t *turn) waitFor(s view.Step, open string) {
	why := view.ReasonDoorOpen
	if o, ok := t.underWay(open); ok && t.elsewhere(o) {
		why = view.ReasonDoorTaken
	}
	t.step(s, why)
	t.visit.OpenDoor = open
}
