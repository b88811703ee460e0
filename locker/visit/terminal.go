package visit

import (
	"cmp"
	"reflect"
	"slices"

	"cubby/locker/view"
	"cubby/locker/wall"
)

// Kiosk is the terminal at the wall. A station that names no terminals has just
// this one.
const Kiosk = "kiosk"

// at names the terminal of a visit.
func (v Visit) at() string { return cmp.Or(v.Terminal, Kiosk) }

// attend turns to the visit at a terminal. What is under way at another one is
// put down as it is.
func (t *Turn) attend(terminal string) {
	if terminal == t.terminal {
		return
	}
	t.putDown()
	t.takeUp(terminal)
}

func (t *Turn) takeUp(terminal string) {
	t.terminal = terminal
	t.Visit, _ = Visits.Get(t.State, terminal)
	t.Visit.Excluded = slices.Clone(t.Visit.Excluded)
	t.before = t.Visit
}

// putDown writes down where the visit is now, if that changed.
func (t *Turn) putDown() {
	if t.Visit.ID != "" && !reflect.DeepEqual(t.Visit, t.before) {
		t.Emit(&Stepped{Visit: t.Visit})
	}
}

// visits lists all visits, the one that is attended to as it is now.
func (t *Turn) visits() (all []Visit) {
	if t.Visit.ID != "" {
		all = append(all, t.Visit)
	}
	for _, v := range Visits.All(t.State) {
		if v.at() != t.terminal {
			all = append(all, v)
		}
	}
	return all
}

// EveryVisit attends to one visit after the other.
func (t *Turn) EveryVisit(do func()) {
	for _, v := range t.visits() {
		t.attend(v.at())
		do()
	}
}

// AttendWhere attends to the first visit that is meant, if there is one.
func (t *Turn) AttendWhere(meant func(Visit) bool) {
	if all := t.visits(); len(all) > 0 {
		if i := slices.IndexFunc(all, meant); i >= 0 {
			t.attend(all[i].at())
		}
	}
}

// attendOpening attends to whoever waits for an opening.
func (t *Turn) attendOpening(id string) {
	t.AttendWhere(func(v Visit) bool { return v.Opening == id })
}

// attendDoor attends to whoever a movement of a door concerns: the one who has it
// open, or else the one who still stands before the page that says that it did
// not open.
func (t *Turn) attendDoor(compartment string) {
	waits := func(is func(wall.Opening) bool) func(Visit) bool {
		return func(v Visit) bool {
			o, ok := wall.Openings.Get(t.State, v.Opening)
			return ok && o.Compartment == compartment && is(o)
		}
	}
	t.AttendWhere(waits(wall.Opening.Failed))
	t.AttendWhere(waits(wall.Opening.UnderWay))
}

// Elsewhere reports whether somebody at another terminal attends to an opening.
func (t *Turn) Elsewhere(o wall.Opening) bool {
	return slices.ContainsFunc(t.visits(), func(v Visit) bool { return v.at() != t.terminal && v.Opening == o.ID })
}

// waitFor names the door that has to be closed first: by whoever is told, or by
// somebody at another terminal.
func (t *Turn) WaitFor(s view.Step, open string) {
	why := view.ReasonDoorOpen
	if o, ok := t.UnderWay(open); ok && t.Elsewhere(o) {
		why = view.ReasonDoorTaken
	}
	t.Show(s, why)
	t.Visit.OpenDoor = open
}
