package visit

import (
	"time"

	"cubby/locker/door"
	"cubby/locker/ledger"
	"cubby/locker/view"
	"cubby/locker/wall"
)

// Decide does what has become due. Between ticks nothing happens by itself.
func (Tick) Decide(t *Turn) error {
	t.look()
	t.tick()
	t.settle()
	t.EveryVisit(func() {
		v := &t.Visit
		if t.Page().Reminds && !v.OpenSince.IsZero() {
			t.remind()
		} else if !v.TimeoutAt.IsZero() && !t.Now.Before(v.TimeoutAt) {
			t.timeOut()
		}
	})
	return nil
}

// tick has the rooms do what has become due.
func (t *Turn) tick() {
	for _, r := range t.rules.rooms {
		if r.Tick != nil {
			r.Tick(t)
		}
	}
}

// settle gives up on outcomes that do not come.
func (t *Turn) settle() {
	for _, o := range wall.Outcomes.Until(t.State, t.Now) {
		t.attendOpening(o.ID)
		if o.State == wall.IsOpen { // for nobody at a terminal who could be asked to close it
			t.Emit(&wall.DoorLeftOpen{
				OfDoor: wall.OfDoor{
					Compartment: o.Compartment, Opening: o.ID,
				}, Stage: len(leftOpenStages) + 1,
			})
		} else if o.State == wall.Interrupted {
			t.checkOpening(o)
		} else {
			t.Emit(&wall.OpeningEnded{
				OfDoor: wall.OfDoor{
					Compartment: o.Compartment, Opening: o.ID,
				}, Result: door.Uncertain, Pulsed: true,
			})
			t.noOpen(o, view.ReasonUnknown)
		}
	}
}

// remind asks to close the door, louder each time, and in the end leaves the
// open door to staff.
func (t *Turn) remind() {
	v := &t.Visit
	open := t.Now.Sub(v.OpenSince)
	stage := 0
	for i, after := range leftOpenStages {
		if open >= after {
			stage = i + 1
		}
	}
	last := len(leftOpenStages) + 1
	if open >= t.Policy.DoorTimeout-LastCall {
		stage = last
	}
	if stage > v.LeftOpen {
		v.LeftOpen, v.Helping = stage, false // what is asked has to be seen
		t.Emit(&wall.DoorLeftOpen{
			OfDoor: wall.OfDoor{Compartment: v.Compartment, Opening: v.Opening}, Stage: stage,
		})
	}
	switch {
	case v.LeftOpen < last:
	case v.TimeoutAt.IsZero():
		v.TimeoutAt = t.Now.Add(max(LastCall, t.Policy.DoorTimeout-open))
	case !t.Now.Before(v.TimeoutAt):
		t.abandon()
	}
}

// abandon ends a visit whose door stands open. What the door closes on later
// is decided when it closes.
func (t *Turn) abandon() {
	if left := t.Page().Abandoned; left != nil {
		left(t)
	}
	t.leaveOpen()
	t.End("left_open")
}

// leaveOpen leaves the open door of the visit to staff. Others are served again.
func (t *Turn) leaveOpen() {
	if o, ok := wall.Openings.Get(t.State, t.Visit.Opening); ok && o.State == wall.IsOpen && !o.Abandoned {
		t.Emit(&wall.OpeningAbandoned{OfDoor: wall.OfDoor{Compartment: o.Compartment, Opening: o.ID}})
	}
}

// NextTick returns when something becomes due, or the zero time when nothing will.
func (r *Rules) NextTick(source ledger.Source, env Env) time.Time {
	s := ledger.NewState(source)
	var next time.Time
	due := func(at time.Time) {
		if !at.IsZero() && (next.IsZero() || at.Before(next)) {
			next = at
		}
	}
	due(wall.Outcomes.Next(s))
	for _, room := range r.rooms {
		if room.Next != nil {
			due(room.Next(s, env))
		}
	}
	for _, v := range Visits.All(s) {
		due(v.TimeoutAt)
		if v.Waits(env) {
			due(v.RetryAt) // the page offers to try again from then on
		}
		due(v.GoesOnAt)
		if r.Page(v).Reminds {
			if v.LeftOpen < len(leftOpenStages) {
				due(v.OpenSince.Add(leftOpenStages[v.LeftOpen]))
			}
			if v.TimeoutAt.IsZero() {
				due(v.OpenSince.Add(env.Policy.DoorTimeout - LastCall))
			}
		}
	}
	return next
}

// Decide takes up what an earlier run left behind. No door is opened.
func (c Start) Decide(t *Turn) error {
	t.Emit(&wall.StationStarted{Boot: c.Boot, Version: c.Version})
	t.Kept = CalendarNow.Read(t.State)
	t.look()
	believed := !CalendarNow.Read(t.State).Standing(t.Clock).Doubted
	for _, r := range t.rules.rooms {
		if r.Start != nil {
			r.Start(t, believed)
		}
	}
	t.EveryVisit(t.takeUpAgain)
	return nil
}

// takeUpAgain goes on with a visit after a restart.
func (t *Turn) takeUpAgain() {
	v := &t.Visit
	if v.Print == view.PrintBusy {
		v.Print = view.PrintFailed // the job was in the memory of the run before
	}
	switch {
	case t.rules.waitsForDoor(*v):
		// The doors' first readings decide; the reminders begin again.
		if !v.OpenSince.IsZero() {
			v.OpenSince, v.LeftOpen, v.TimeoutAt = t.Now, 0, time.Time{}
		}
		if o, ok := wall.Openings.Get(t.State, v.Opening); !ok || !o.UnderWay() {
			t.End("finished")
		}
	case t.Now.Before(v.TimeoutAt):
		t.StartClock()
	case t.Page().Clock == WaitAnswer:
	default:
		t.timeOut()
	}
}
