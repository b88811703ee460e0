package locker

import (
	"time"

	"cubby/locker/door"
	"cubby/locker/ledger"
	"cubby/locker/view"
)

// settleAfter is how long a restarted core waits for the first reading of a
// door before it calls an interrupted opening one that must be checked; and how
// long past its last moment an order may go without an answer.
const settleAfter = 8 * time.Second

// Tick does what has become due. Between ticks nothing happens by itself.
func (Tick) decide(t *turn) error {
	t.look()
	t.expire()
	t.settle()
	t.everyVisit(func() {
		v := &t.visit
		if v.row().reminds && !v.OpenSince.IsZero() {
			t.remind()
		} else if !v.TimeoutAt.IsZero() && !t.Now.Before(v.TimeoutAt) {
			t.timeOut()
		}
	})
	return nil
}

// expire ends the time of parcels whose deadline has passed.
func (t *turn) expire() {
	for _, p := range deadlines.Until(t.state, t.today()) {
		if c, _ := t.Compartment(p.Compartment); c.Allocation == Occupied && t.isOver(p) {
			t.emit(&ParcelExpired{of(p), p.Compartment, *p.Deadline})
		}
	}
}

// settle gives up on outcomes that do not come.
func (t *turn) settle() {
	for _, o := range outcomes.Until(t.state, t.Now) {
		t.attendOpening(o.ID)
		if o.State == Interrupted {
			t.checkOpening(o)
		} else {
			t.emit(&OpeningEnded{OfDoor{o.Compartment, o.ID}, door.Uncertain, true})
			t.noOpen(o, view.ReasonUnknown)
		}
	}
}

// remind asks to close the door, louder each time, and in the end leaves the
// open door to staff.
func (t *turn) remind() {
	v := &t.visit
	open := t.Now.Sub(v.OpenSince)
	stage := 0
	for i, after := range leftOpenStages {
		if open >= after {
			stage = i + 1
		}
	}
	last := len(leftOpenStages) + 1
	if open >= t.Policy.DoorTimeout-lastCall {
		stage = last
	}
	if stage > v.LeftOpen {
		v.LeftOpen = stage
		t.emit(&DoorLeftOpen{OfDoor{v.Compartment, v.Opening}, stage})
	}
	switch {
	case v.LeftOpen < last:
	case v.TimeoutAt.IsZero():
		v.TimeoutAt = t.Now.Add(max(lastCall, t.Policy.DoorTimeout-open))
	case !t.Now.Before(v.TimeoutAt):
		t.abandon()
	}
}

// abandon ends a visit whose door stands open. What the door closes on later
// is decided when it closes.
func (t *turn) abandon() {
	if t.visit.Kind == CourierVisit && t.visit.Retake == view.ReasonBroken {
		t.outOfService(t.visit.Compartment)
	}
	t.leaveOpen()
	t.end("left_open")
}

// leaveOpen leaves the open door of the visit to staff. Others are served again.
func (t *turn) leaveOpen() {
	if o, ok := t.Opening(t.visit.Opening); ok && o.State == IsOpen && !o.Abandoned {
		t.emit(&OpeningAbandoned{OfDoor: OfDoor{o.Compartment, o.ID}})
	}
}

// NextTick returns when something becomes due, or the zero time when nothing will.
func NextTick(source ledger.Source, env Env) time.Time {
	w := NewWorld(source)
	var next time.Time
	today := w.Calendar().Now(env.Clock)
	due := func(at time.Time) {
		if !at.IsZero() && (next.IsZero() || at.Before(next)) {
			next = at
		}
	}
	due(outcomes.Next(w.state))
	if deadline := deadlines.Next(w.state); !deadline.IsZero() {
		due(env.Now.Add(deadline.Sub(today)))
	}
	for _, v := range w.Visits() {
		due(v.TimeoutAt)
		if env.Now.Before(v.RetryAt) {
			due(v.RetryAt) // the page offers to try again from then on
		}
		if v.row().reminds {
			if v.LeftOpen < len(leftOpenStages) {
				due(v.OpenSince.Add(leftOpenStages[v.LeftOpen]))
			}
			if v.TimeoutAt.IsZero() {
				due(v.OpenSince.Add(env.Policy.DoorTimeout - lastCall))
			}
		}
	}
	return next
}

// Start takes up what an earlier run left behind. No door is opened.
func (c Start) decide(t *turn) error {
	t.emit(&StationStarted{Boot: c.Boot, Version: c.Version})
	t.look()
	believed := !t.Calendar().Standing(t.Clock).Doubted
	was, now := t.Guard(), t.Guard()
	for _, g := range []*Guard{&now.Customer, &now.Courier} {
		*g = g.restarted(t.Now, t.Policy.FreePINTries, believed) // pulling the plug does not shorten the wait
	}
	if now != was {
		t.emit(&GuardChanged{now})
	}
	t.everyVisit(t.takeUpAgain)
	return nil
}

// takeUpAgain goes on with a visit after a restart.
func (t *turn) takeUpAgain() {
	v := &t.visit
	if v.Print == view.PrintBusy {
		v.Print = view.PrintFailed // the job was in the memory of the run before
	}
	switch {
	case v.doorStep():
		// The doors' first readings decide; the reminders begin again.
		if !v.OpenSince.IsZero() {
			v.OpenSince, v.LeftOpen, v.TimeoutAt = t.Now, 0, time.Time{}
		}
		if o, ok := t.Opening(v.Opening); !ok || !o.UnderWay() {
			t.end("finished")
		}
	case t.Now.Before(v.TimeoutAt):
		t.startClock()
	default:
		t.timeOut()
	}
}
