package locker

import (
	"slices"
	"time"

	"cubby/locker/view"
)

// A step is what one page of a visit is to the rules: what it offers and what
// that does, what a scan means on it, and what happens when nobody acts.
type step struct {
	// acts are the buttons, in the order in which the page offers them.
	acts []act
	// scan says what a scan means; nil: see arriving.
	scan func(c Present, t *turn) error
	// keeps reports that a scan that opens nothing leaves this page as it is. It
	// belongs to arriving.
	keeps func(c Present, v Visit) bool
	// clock is how long the page waits for a person.
	clock clock
	// timeOut does what is left to do when nobody has acted. The visit ends then
	// as "timed_out".
	timeOut func(*turn)
	// thanks: the page ends a visit that was complete.
	thanks bool
	// reminds: its door stands open, and the person is asked to close it.
	reminds bool
	// shows adds to the view what this page needs.
	shows func(w World, v Visit, out *view.View)
}

// An act is one button of a page. when reports whether it is offered; nil: always.
type act struct {
	name view.ActionName
	do   func(*turn)
	when func(w World, v Visit, env Env) bool
}

// A clock is how long a page waits.
type clock int

const (
	waitPerson  clock = iota // Policy.PageTimeout, with a warning
	waitCourier              // Policy.CourierTimeout, with a warning
	waitDoor                 // the door decides, see remind
	waitThanks               // Policy.Thanks
	waitRead                 // as thanks, and long enough to read what happens with the door
)

// steps are all pages that the rules know.
var steps map[view.Step]step

func init() { // the rows name functions that look into the table
	steps = map[view.Step]step{}
	for _, rows := range []map[view.Step]step{idleSteps, pickupSteps, courierSteps} {
		for name, row := range rows {
			steps[name] = row
		}
	}
}

var idleSteps = map[view.Step]step{
	view.StepIdle: {
		acts: []act{{name: view.ActStartPickup, do: startPickup}, {name: view.ActStartCourier, do: startCourier}},
		shows: func(w World, _ Visit, out *view.View) {
			out.Notices, out.OpenDoor = notices(w)
		},
	},
}

// row is the row of the page that a visit is on.
func (v Visit) row() step {
	if v.Step == "" {
		return steps[view.StepIdle]
	}
	return steps[v.Step]
}

// doorStep reports whether the visit waits for a door and so does not time out
// like a page does.
func (v Visit) doorStep() bool { return v.row().clock == waitDoor }

// Do is refused as stale when the page does not offer the action any more, so
// that a late touch never means something else than what was on the button.
func (c Do) decide(t *turn) error {
	if c.Action.Visit != t.visit.ID || !c.Meant(ViewOf(t.state, t.Env)) || !slices.Contains(t.allowed(), c.Name) {
		return staleAction()
	}
	switch c.Name {
	case view.ActLanguage:
		return t.speak(c.Value)
	case view.ActMoreTime:
		used := t.visit.Extensions + 1
		t.startClock()
		t.visit.Extensions = used
		return nil
	}
	for _, a := range t.visit.row().acts {
		if a.name == c.Name && a.do != nil {
			a.do(t)
			return nil
		}
	}
	return staleAction() // taken by a command of its own, as a PIN is
}

// allowed lists what can be done on the page that is shown.
func (t *turn) allowed() []view.ActionName { return allowedActions(t.World, t.visit, t.Env) }

func allowedActions(w World, v Visit, env Env) []view.ActionName {
	offered := []view.ActionName{view.ActLanguage}
	for _, a := range v.row().acts {
		if a.when == nil || a.when(w, v, env) {
			offered = append(offered, a.name)
		}
	}
	if !v.WarnAt.IsZero() && v.Extensions < env.Policy.MaxExtensions {
		offered = append(offered, view.ActMoreTime)
	}
	return offered
}

// waiting reports whether the page says that it can be tried again in a moment.
func waiting(v Visit, env Env) bool { return env.Now.Before(v.RetryAt) }

func (t *turn) speak(tag string) error {
	if !slices.Contains(t.Policy.Languages, tag) {
		return Refuse(Invalid, "language", "this station speaks %v", t.Policy.Languages).At("/value")
	}
	if t.visit.ID == "" {
		t.begin(Arrived)
		t.step(view.StepIdle, view.ReasonNone)
	}
	t.visit.Language = tag
	if !t.visit.TimeoutAt.IsZero() && !t.visit.doorStep() {
		t.startClock() // somebody is here
	}
	return nil
}

// step moves the visit to a page and starts that page's clock.
func (t *turn) step(s view.Step, why view.Reason) {
	v := &t.visit
	v.Step, v.Reason, v.OpenDoor = s, why, ""
	v.Extensions, v.LeftOpen = 0, 0
	v.Print, v.PrintJob = "", ""
	v.RetryAt = time.Time{}
	t.startClock()
}

// stepAtDoor moves to another page about the same open door. It has been open,
// and its closing asked for, as long as before.
func (t *turn) stepAtDoor(s view.Step, why view.Reason) {
	since, asked := t.visit.OpenSince, t.visit.LeftOpen
	t.step(s, why)
	t.visit.OpenSince, t.visit.LeftOpen = since, asked
}

func (t *turn) startClock() {
	v := &t.visit
	v.TimeoutAt, v.WarnAt = time.Time{}, time.Time{}
	warns := func(after time.Duration) {
		v.TimeoutAt = t.Now.Add(after)
		v.WarnAt = v.TimeoutAt.Add(-warnBefore)
	}
	switch v.row().clock {
	case waitDoor:
	case waitThanks:
		v.TimeoutAt = t.Now.Add(t.Policy.Thanks)
	case waitRead:
		v.TimeoutAt = t.Now.Add(max(t.Policy.Thanks, tellLeft))
	case waitCourier:
		warns(t.Policy.CourierTimeout)
	default:
		warns(t.Policy.PageTimeout)
	}
}

// timeOut leaves a page nobody acts on.
func (t *turn) timeOut() {
	row := t.visit.row()
	if row.thanks {
		t.finishVisit()
		return
	}
	if row.timeOut != nil {
		row.timeOut(t)
	}
	t.end("timed_out")
}

func (t *turn) finishVisit() { t.end("finished") }

func startPickup(t *turn) {
	t.begin(PickupVisit)
	t.step(view.StepPickupEnter, view.ReasonNone)
}

func startCourier(t *turn) {
	t.begin(CourierVisit)
	t.step(view.StepCourierEnter, view.ReasonNone)
}

// showPad says how many digits a PIN has.
func showPad(_ World, _ Visit, out *view.View) { out.PINDigits = pinDigits }

// showNoDoor leaves out the door of the page before.
func showNoDoor(_ World, _ Visit, out *view.View) { out.Door = "" }
