package visit

import (
	"slices"
	"time"

	"cubby/locker/ledger"
	"cubby/locker/view"
)

// A Step is what one page of a visit is to the rules: what it offers and what
// that does, what a scan means on it, and what happens when nobody acts.
type Step struct {
	// Acts are the buttons, in the order in which the page offers them.
	Acts []Act
	// Scan says what a scan means; nil: the rooms are asked, see Room.Arrive.
	Scan func(c Present, t *Turn) error
	// Keeps reports that a scan that opens nothing leaves this page as it is.
	Keeps func(c Present, v Visit) bool
	// PIN takes a PIN from the pad; nil: there is none.
	PIN func(c TypePIN, t *Turn) error
	// Clock is how long the page waits for a person.
	Clock Clock
	// TimeOut does what is left to do when nobody has acted. The visit ends then
	// as "timed_out".
	TimeOut func(*Turn)
	// Thanks: the page ends a visit that was complete.
	Thanks bool
	// Reminds: its door stands open, and the person is asked to close it.
	Reminds bool
	// Abandoned does what is left to do when the person has gone from the open door.
	Abandoned func(*Turn)
	// NotOpened: the page says that its door did not open, so that it may still open
	// before the person's eyes.
	NotOpened bool
	// LeavesOpen: a visit that ends on this page leaves its door open to staff.
	LeavesOpen bool
	// Shows adds to the view, whose payload is there, what this page needs; Draws does the
	// same for what depends on the policy or the time.
	Shows func(s *ledger.State, v Visit, out *view.View)
	Draws func(s *ledger.State, v Visit, env Env, out *view.View)
}

// An Act is one button of a page, or what is picked or typed there. When reports
// whether it is offered; nil: always.
type Act struct {
	Name view.ActionName
	Do   func(*Turn)
	// With is what an action does that comes with a value, instead of Do. The value is
	// of the screen: nothing is known of it but its length.
	With func(t *Turn, value string) error
	When func(s *ledger.State, v Visit, env Env) bool
}

// Clock is how long a page waits.
type Clock int

// The clocks of pages.
const (
	WaitPerson    Clock = iota // Policy.PageTimeout, with a warning
	WaitCourier                // Policy.CourierTimeout, with a warning
	WaitDoor                   // the door decides, see Step.Reminds
	WaitElsewhere              // whatever goes on instead of this page has a clock, and ends it
	WaitAnswer                 // the same, and it goes on after a restart, too
	WaitThanks                 // Policy.Thanks
	WaitRead                   // as WaitThanks, and long enough to read what happens with the door
	WaitStaff                  // Policy.StaffTimeout, or at a desk Policy.DeskTimeout, with a warning
)

// idle is the room of the page that waits for people.
var idle = Room{Steps: map[view.Step]Step{
	view.StepIdle: {
		Shows: func(s *ledger.State, _ Visit, out *view.View) {
			out.Kind, out.Idle = view.KindIdle, &view.Idle{}
			out.Notices, out.Idle.OpenDoor = notices(s)
		},
	},
}, Module: Module}

// Page is the row of the page that is shown.
func (t *Turn) Page() Step { return t.rules.Page(t.Visit) }

// Decide is refused as stale when the page does not offer the action any more, so
// that a late touch never means something else than what was on the button.
func (c Do) Decide(t *Turn) error {
	offered := t.rules.offered(t.State, t.Visit, t.Env)
	if c.Action.Visit != t.Visit.ID || !c.Meant(t.rules.ViewOf(t.State, t.Env)) ||
		!slices.Contains(offered, c.Name) {
		return stalePage()
	}
	switch c.Name {
	case view.ActLanguage:
		return t.speak(c.Value)
	case view.ActHelp, view.ActHelpClose, view.ActCallStaff:
		t.help(c.Name)
		return nil
	case view.ActMoreTime:
		used := t.Visit.Extensions + 1
		t.StartClock()
		t.Visit.Extensions = used
		return nil
	}
	for _, a := range t.Page().Acts {
		switch {
		case a.Name != c.Name:
		case a.With != nil:
			return a.With(t, c.Value)
		case a.Do != nil:
			a.Do(t)
			return nil
		}
	}
	return stalePage() // taken by a command of its own, as a PIN is
}

// offered lists what can be done on the page that a visit is on.
func (r *Rules) offered(s *ledger.State, v Visit, env Env) []view.ActionName {
	all := []view.ActionName{view.ActLanguage}
	help, covered := r.helpActs(s, v, env)
	for _, a := range r.Page(v).Acts {
		if !covered && (a.When == nil || a.When(s, v, env)) {
			all = append(all, a.Name)
		}
	}
	all = append(all, help...)
	if !v.WarnAt.IsZero() && v.Extensions < env.Policy.MaxExtensions {
		all = append(all, view.ActMoreTime)
	}
	return all
}

// Waits reports whether the page says that it can be tried again in a moment.
func (v Visit) Waits(env Env) bool { return env.Now.Before(v.RetryAt) }

func (t *Turn) speak(tag string) error {
	if !slices.Contains(t.Policy.Languages, tag) {
		return ledger.Refuse(ledger.Invalid, "language", "this station speaks %v",
			t.Policy.Languages).At("/value")
	}
	if t.Visit.ID == "" {
		t.Begin(Arrived)
		t.Show(view.StepIdle, view.ReasonNone)
	}
	t.Visit.Language = tag
	if !t.Visit.TimeoutAt.IsZero() && !t.rules.waitsForDoor(t.Visit) {
		t.StartClock() // somebody is here
	}
	return nil
}

// Show moves the visit to a page and starts that page's clock.
func (t *Turn) Show(s view.Step, why view.Reason) {
	v := &t.Visit
	v.Step, v.Reason, v.OpenDoor, v.Helping, v.Told = s, why, "", false, view.Told{}
	v.Extensions, v.LeftOpen = 0, 0
	v.Print, v.PrintJob, v.Picture, v.Camera = "", "", "", ""
	v.RetryAt, v.GoesOnAt = time.Time{}, time.Time{}
	t.StartClock()
}

// ShowAtDoor moves to another page about the same open door. It has been open,
// and its closing asked for, as long as before.
func (t *Turn) ShowAtDoor(s view.Step, why view.Reason) {
	since, asked := t.Visit.OpenSince, t.Visit.LeftOpen
	t.Show(s, why)
	t.Visit.OpenSince, t.Visit.LeftOpen = since, asked
}

// StartClock has the page wait anew.
func (t *Turn) StartClock() {
	v := &t.Visit
	v.TimeoutAt, v.WarnAt = time.Time{}, time.Time{}
	warns := func(after time.Duration) {
		if v.Slow {
			after *= 2
		}
		v.TimeoutAt = t.Now.Add(after)
		v.WarnAt = v.TimeoutAt.Add(-warnBefore)
	}
	clock := t.Page().Clock
	if v.Helping && (clock == WaitThanks || clock == WaitRead) {
		clock = WaitPerson // help is read
	}
	switch clock {
	case WaitDoor, WaitElsewhere, WaitAnswer:
	case WaitThanks:
		v.TimeoutAt = t.Now.Add(t.Policy.Thanks)
	case WaitRead:
		v.TimeoutAt = t.Now.Add(max(t.Policy.Thanks, TellLeft))
	case WaitCourier:
		warns(t.Policy.CourierTimeout)
	case WaitStaff:
		if slices.Contains(t.Policy.Desks, t.terminal) {
			warns(t.Policy.DeskTimeout)
		} else {
			warns(t.Policy.StaffTimeout)
		}
	default:
		warns(t.Policy.PageTimeout)
	}
}

// timeOut leaves a page nobody acts on.
func (t *Turn) timeOut() {
	row := t.Page()
	if row.Thanks {
		t.Finish()
		return
	}
	if row.TimeOut != nil {
		row.TimeOut(t)
	}
	t.End("timed_out")
}
