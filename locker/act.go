package locker

import (
	"slices"

	"cubby/locker/door"
	"cubby/locker/view"
)

// Do is refused as stale when the page does not offer the action any more, so
// that a late touch never means something else than what was on the button.
func (c Do) decide(t *turn) error {
	if c.Action.Visit != t.visit.ID || !c.Meant(ViewOf(t.state, t.Env)) || !slices.Contains(t.allowed(), c.Name) {
		return staleAction()
	}
	v := &t.visit
	switch c.Name {
	case view.ActLanguage:
		return t.speak(c.Value)
	case view.ActMoreTime:
		used := v.Extensions + 1
		t.startClock()
		v.Extensions = used
	case view.ActStartPickup:
		t.begin(PickupVisit)
		t.step(view.StepPickupEnter, view.ReasonNone)
	case view.ActStartCourier:
		t.begin(CourierVisit)
		t.step(view.StepCourierEnter, view.ReasonNone)
	case view.ActBack:
		t.goBack()
	case view.ActFinish:
		t.finished()
	case view.ActTryAgain:
		t.tryAgain()
	case view.ActTaken:
		p, _ := t.Parcel(v.Parcel)
		t.collect(p, v.Compartment, ByHuman)
	case view.ActOpenAgain:
		purpose := ForReopen
		switch v.Step {
		case view.StepPickupCheck:
			purpose = ForPickup
		case view.StepCourierCheck:
			purpose = ForDeposit
		}
		v.Reopened = purpose == ForReopen
		t.intend(purpose, v.Compartment, v.Parcel, 1)
	case view.ActInside:
		o, _ := t.Opening(v.Opening)
		t.store(o, ByHuman)
	case view.ActTooBig:
		t.retake(view.ReasonTooBig)
	case view.ActBroken:
		t.retake(view.ReasonBroken)
	case view.ActOccupied:
		t.retake(view.ReasonOccupied)
	case view.ActUndo:
		t.undo()
	case view.ActOtherDoor:
		t.otherDoor()
	case view.ActReceipt:
		t.step(view.StepCourierReceipt, view.ReasonNone)
	case view.ActPrint:
		t.printReceipt()
	}
	return nil
}

// allowed lists what can be done on the page that is shown.
func (t *turn) allowed() []view.ActionName {
	return allowedActions(t.World, t.visit, t.Env)
}

func allowedActions(w World, v Visit, env Env) []view.ActionName {
	offered := []view.ActionName{view.ActLanguage}
	offer := func(a ...view.ActionName) { offered = append(offered, a...) }
	waiting := env.Now.Before(v.RetryAt)
	switch v.Step {
	case "", view.StepIdle:
		offer(view.ActStartPickup, view.ActStartCourier)
	case view.StepPickupEnter, view.StepCourierEnter:
		offer(view.ActPIN, view.ActBack)
	case view.StepPickupRefused, view.StepToCheck:
		offer(view.ActStartPickup, view.ActBack)
	case view.StepCourierRefused:
		offer(view.ActStartCourier, view.ActBack)
	case view.StepPickupOpen:
		if v.LeftOpen > 0 {
			offer(view.ActFinish) // the door does not close: leave it to us
		}
	case view.StepPickupLeft:
		offer(view.ActFinish, view.ActBack)
	case view.StepPickupCheck:
		offer(view.ActTaken)
		if p, _ := w.Parcel(v.Parcel); p.OnHold == nil {
			offer(view.ActOpenAgain)
		}
	case view.StepPickupDone:
		offer(view.ActFinish)
		if c, ok := w.Compartment(v.Compartment); ok && c.Offerable() && !v.Reopened {
			offer(view.ActOpenAgain)
		}
	case view.StepNoOpen:
		// While the page stands the parcel may expire or be held, and staff withdraw a compartment that is free.
		p, _ := w.Parcel(v.Parcel)
		c, _ := w.Compartment(v.Compartment)
		if !waiting && v.Reason != view.ReasonUnknown && (p.State == Stored && p.OnHold == nil || c.Allocation == Free) {
			offer(view.ActTryAgain)
		}
		offer(view.ActBack)
	case view.StepCourierReady:
		offer(view.ActFinish)
		if p, ok := w.Parcel(v.Last); ok && p.State == Stored {
			offer(view.ActUndo)
			if env.Policy.CourierReceipt {
				offer(view.ActReceipt)
			}
		}
	case view.StepCourierOpen:
		offer(view.ActTooBig, view.ActBroken, view.ActOccupied, view.ActUndo)
	case view.StepCourierCheck:
		offer(view.ActInside, view.ActOpenAgain, view.ActUndo)
	case view.StepCourierRetake:
		if o, ok := w.Opening(v.Opening); ok && o.Purpose == ForDeposit {
			offer(view.ActBack) // it goes in after all; nothing has followed yet
		}
		if v.Retake == view.ReasonBroken {
			offer(view.ActOtherDoor) // it does not even close
		}
	case view.StepCourierLeave:
		offer(view.ActBack, view.ActOtherDoor)
	case view.StepCourierNoOpen:
		p, _ := w.Parcel(v.Parcel)
		if !waiting && p.Compartment == v.Compartment && v.Reason != view.ReasonUnknown {
			offer(view.ActTryAgain)
		}
		if p.State != Stored {
			offer(view.ActOtherDoor)
		}
		offer(view.ActBack)
	case view.StepCourierReceipt:
		offer(view.ActBack)
		if env.CanPrint && v.Print != view.PrintBusy {
			offer(view.ActPrint)
		}
	case view.StepCourierDone:
		offer(view.ActFinish)
	}
	if !v.WarnAt.IsZero() && v.Extensions < env.Policy.MaxExtensions {
		offer(view.ActMoreTime)
	}
	return offered
}

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

// finished ends what the page is for. An open door is left to staff, which can
// be taken back on the next page.
func (t *turn) finished() {
	switch t.visit.Step {
	case view.StepCourierReady:
		t.visit.Last, t.visit.LastDoor = "", ""
		t.step(view.StepCourierDone, view.ReasonNone)
	case view.StepPickupOpen:
		t.stepAtDoor(view.StepPickupLeft, view.ReasonNone)
	default:
		t.end("finished")
	}
}

// goBack leaves the page for the one before it, or ends the visit.
func (t *turn) goBack() {
	switch t.visit.Step {
	case view.StepPickupLeft:
		t.stepAtDoor(view.StepPickupOpen, view.ReasonNone)
	case view.StepCourierRetake:
		t.visit.Retake = view.ReasonNone
		t.stepAtDoor(view.StepCourierOpen, view.ReasonNone)
	case view.StepCourierLeave:
		t.stepAtDoor(view.StepCourierRetake, t.visit.Retake)
	case view.StepCourierNoOpen:
		t.leaveDoor(string(t.visit.Reason))
		t.step(view.StepCourierReady, view.ReasonNone)
	case view.StepCourierReceipt:
		t.step(view.StepCourierReady, view.ReasonNone)
	default:
		t.end("finished")
	}
}

// stepAtDoor moves to another page about the same open door. It has been open,
// and its closing asked for, as long as before.
func (t *turn) stepAtDoor(s view.Step, why view.Reason) {
	since, asked := t.visit.OpenSince, t.visit.LeftOpen
	t.step(s, why)
	t.visit.OpenSince, t.visit.LeftOpen = since, asked
}

func (t *turn) tryAgain() {
	v := t.visit
	o, _ := t.Opening(v.Opening)
	p, _ := t.Parcel(v.Parcel)
	if o.Purpose == ForPickup && p.State == Stored {
		t.emit(&PickupAuthorised{of(p), v.Compartment, "again"})
	}
	t.intend(o.Purpose, v.Compartment, v.Parcel, 1)
}

// undo gives the courier his parcel back: the one in the open door, or the one
// stored last.
func (t *turn) undo() {
	switch t.visit.Step {
	case view.StepCourierOpen:
		t.retake(view.ReasonUndo)
		return
	case view.StepCourierCheck:
		t.kept()
		return
	}
	if other, blocked := t.otherOpenDoor(t.visit.LastDoor); blocked {
		t.step(view.StepCourierReady, view.ReasonDoorOpen)
		t.visit.OpenDoor = other
		return
	}
	t.intend(ForUndo, t.visit.LastDoor, t.visit.Last, 1)
}

// otherDoor leaves a door that does not open, or one that does not close. For
// the latter it asks once more.
func (t *turn) otherDoor() {
	v := t.visit
	o, _ := t.Opening(v.Opening)
	switch v.Step {
	case view.StepCourierRetake:
		t.stepAtDoor(view.StepCourierLeave, v.Reason)
		return
	case view.StepCourierLeave:
		t.emit(&OpeningAbandoned{OfDoor: OfDoor{o.Compartment, o.ID}})
		t.retaken(o, door.PresenceUnknown)
		return
	}
	t.leaveDoor(string(v.Reason))
	t.another(v.Parcel, v.Compartment, v.Reason)
}
