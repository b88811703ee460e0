package parcel

import (
	"time"

	"cubby/locker/ledger"
	"cubby/locker/view"
	"cubby/locker/visit"
	"cubby/locker/wall"
)

// A door that stays closed is worked on step by step, before the person's eyes: the
// automatic repeat, then each of rungs. A lock gets three pulses in 30 s, so that the fourth
// comes 30 s after the first at the earliest. It is over within a minute, and the parcel is
// stored all the while.

// A rung is one step: what the page asks the person to do, and the attempt that follows.
type rung struct {
	step    string // as DoorStuck says it
	shows   view.Reason
	attempt int // of the opening that follows
	waits   time.Duration
}

var rungs = []rung{
	{"push", view.ReasonStuck, 3, 6 * time.Second},
	{"pause", view.ReasonStuckPause, 4, 17 * time.Second},
	{"pull", view.ReasonStuckPull, 5, 8 * time.Second},
}

// How long a person waits for a lock board that did not answer, or for a lock that must
// rest, before it is tried again without being asked.
const (
	boardWait = 8 * time.Second
	mostRest  = 30 * time.Second
)

// DoorStuck: its door stayed closed, and the person before it is asked to do something.
// Steps: push, pause, pull, wait (for a board that does not answer), handed_over (no more is
// tried, and staff have to help).
type DoorStuck struct {
	OfParcel
	Compartment string `json:"compartment"`
	Step        string `json:"step"`
	Attempt     int    `json:"attempt"` // that has failed
}

// HandedOver is the last step with a door that stays closed.
const HandedOver = "handed_over"

// Type is the fact's name.
func (DoorStuck) Type() string { return "parcel.door_stuck" }

// Apply changes nothing: the door's own facts do.
func (*DoorStuck) Apply(*ledger.State, time.Time) {}

// Help is the next step with a door that did not open for the bearer of a code.
func (collecting) Help(t *visit.Turn, o wall.Opening, why view.Reason) (shown bool) {
	p, ok := Parcels.Get(t.State, o.Parcel)
	if !ok || p.State != Stored || p.Compartment != o.Compartment {
		return false
	}
	if p.Disputed != nil { // it is staff's in any case
		t.Show(view.StepCareCase, view.ReasonNone)
		return true
	}
	next, more := rungAfter(o.Attempt)
	switch {
	case why == view.ReasonStuck && more:
		t.Emit(&DoorStuck{of(p), o.Compartment, next.step, o.Attempt})
		t.Show(view.StepNoOpen, next.shows)
		t.Visit.GoesOnAt = t.Now.Add(next.waits)
	case why == view.ReasonUnanswered && o.Attempt == 1:
		t.Emit(&DoorStuck{of(p), o.Compartment, "wait", o.Attempt})
		t.Show(view.StepNoOpen, why)
		t.Visit.GoesOnAt = t.Now.Add(boardWait)
	case why == view.ReasonStuck, why == view.ReasonUnanswered:
		t.Emit(&DoorStuck{of(p), o.Compartment, HandedOver, o.Attempt})
		pauseAtOnce(t, p)
		t.Show(view.StepNoOpen, view.ReasonHandedOver)
	default:
		return false
	}
	return true
}

// rungAfter is the step after an attempt that failed.
func rungAfter(attempt int) (rung, bool) {
	for _, r := range rungs {
		if r.attempt > attempt {
			return r, true
		}
	}
	return rung{}, false
}

// attemptNow is which attempt follows from the page of a door that did not open.
func attemptNow(v visit.Visit, o wall.Opening) int {
	switch v.Reason {
	case view.ReasonRest: // nothing was driven
		return o.Attempt
	case view.ReasonStuck, view.ReasonStuckPause, view.ReasonStuckPull:
		if next, more := rungAfter(o.Attempt); more {
			return next.attempt
		}
	case view.ReasonUnanswered:
		return o.Attempt + 1
	}
	return 1
}

// goOn tries the doors again whose moment has come, for those who still stand there.
func goOn(t *visit.Turn) {
	t.EveryVisit(func() {
		v := &t.Visit
		if v.GoesOnAt.IsZero() || t.Now.Before(v.GoesOnAt) {
			return
		}
		late := t.Now.Sub(v.GoesOnAt) > tooLate
		v.GoesOnAt = time.Time{}
		if late || v.Step != view.StepNoOpen || !mayTryPickupAgain(t.State, *v, t.Env) {
			return
		}
		if _, busy := t.Blocked(v.Compartment); busy {
			v.GoesOnAt = t.Now.Add(whileBusy)
			return
		}
		tryAgain(t)
	})
}

// tooLate is when a moment was missed, as by a machine that has slept: nobody may stand there
// any more, and it is for them to touch.
const tooLate = 5 * time.Second

// whileBusy is how long somebody waits for a door beside this one before it is tried again.
const whileBusy = 2 * time.Second

// restBy goes on by itself once a lock has rested that must not rest for long.
func restBy(t *visit.Turn) {
	v := &t.Visit
	if v.Step == view.StepNoOpen && v.Reason == view.ReasonRest && v.GoesOnAt.IsZero() &&
		v.RetryAt.After(t.Now) && v.RetryAt.Sub(t.Now) <= mostRest {
		if o, _ := wall.Openings.Get(t.State, v.Opening); o.Purpose == wall.ForPickup && o.Attempt > 1 {
			v.GoesOnAt = v.RetryAt
		}
	}
}

// standStill keeps what an earlier run would have tried by itself for the person to touch:
// a start opens no door.
func standStill(t *visit.Turn) {
	t.EveryVisit(func() { t.Visit.GoesOnAt = time.Time{} })
}

// pauseAtOnce pauses the clock of a parcel whose bearer was here and could not be let in.
func pauseAtOnce(t *visit.Turn, p Parcel) {
	c, _ := wall.Compartments.Get(t.State, p.Compartment)
	why, since := c.Fault()
	if why == "" || !p.canPause() || settings(t.Policy).PauseAfter <= 0 {
		return
	}
	pause(t, p, why, t.Today().Add(-max(0, t.Now.Sub(since))))
}
