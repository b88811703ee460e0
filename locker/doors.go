package locker

import (
	"time"

	"cubby/locker/door"
	"cubby/locker/view"
)

func hours(n int) time.Duration { return time.Duration(n) * time.Hour }

func (c SeeDoor) decide(t *turn) error {
	box, ok := t.Compartment(c.Compartment)
	same := box.Door == c.State && box.Presence == c.Presence
	if !ok || same && (c.State != door.Closed || !t.isUnseen(c.Compartment)) {
		return nil
	}
	o, known := t.concerned(c.Compartment)
	switch {
	case c.State == door.Unknown:
		t.emit(&DoorUnknown{OfDoor{Compartment: c.Compartment}})
	case c.State == box.Door:
		t.emit(&DoorSeen{OfDoor{Compartment: c.Compartment}, c.State, c.Presence})
	case c.State == door.Open:
		t.seenOpen(c, box, o, known)
	default:
		t.seenClosed(c, box, o, known)
	}
	return nil
}

// concerned finds the opening a movement of this door belongs to.
func (t *turn) concerned(compartment string) (Opening, bool) {
	if o, ok := t.underWay(compartment); ok {
		return o, true
	}
	return t.late(compartment)
}

func (t *turn) seenOpen(c SeeDoor, box Compartment, o Opening, known bool) {
	at := OfDoor{Compartment: c.Compartment, Opening: o.ID}
	switch {
	case !known && box.LastKnown == door.Closed:
		t.emit(&DoorForced{at, c.At})
		t.forced(box)
	case !known:
		t.emit(&DoorSeen{at, door.Open, c.Presence}) // it stood open when we first looked, or still does
	case o.State == Intended: // the outcome of the order follows
		t.emit(&DoorOpened{at, c.At})
	case o.State == IsOpen:
		if box.LastKnown == door.Closed {
			t.emit(&DoorOpened{at, c.At})
		} else {
			t.emit(&DoorSeen{at, door.Open, c.Presence}) // still open
		}
	default: // interrupted, or given up too early
		t.emit(&DoorOpened{at, c.At})
		t.adopt(o)
	}
}

func (t *turn) seenClosed(c SeeDoor, box Compartment, o Opening, known bool) {
	at := OfDoor{Compartment: c.Compartment, Opening: o.ID}
	switch {
	case known && o.State == IsOpen:
		t.emit(&DoorClosed{at, c.Presence, c.At})
		t.doorClosed(o, c.Seen)
	case known && o.State == Interrupted:
		t.emit(&DoorSeen{at, door.Closed, c.Presence})
		t.checkOpening(o)
	case box.LastKnown == door.Open:
		t.emit(&DoorClosed{OfDoor{Compartment: c.Compartment}, c.Presence, c.At})
	default:
		t.emit(&DoorSeen{at, door.Closed, c.Presence})
	}
}

// forced deals with a door that opened without an order.
func (t *turn) forced(box Compartment) {
	if p, ok := t.Parcel(box.Parcel); ok && p.State.Inside() && !p.ToCheck {
		t.emit(&ParcelToCheck{of(p), box.Number, "door_forced"})
	}
	if box.Allocation == Free {
		t.emit(&CompartmentQuarantined{OfDoor{Compartment: box.Number}, "the door opened without an order", ContentsUnknown})
	}
}

// doorClosed moves on when the door of an opening has closed again.
func (t *turn) doorClosed(o Opening, seen door.Seen) {
	sensor := seen.Presence
	p, _ := t.Parcel(o.Parcel)
	here := t.inVisit(o)
	if o.Purpose != ForReopen && p.Compartment != o.Compartment {
		return // its parcel has gone another way since: nothing to learn from this door
	}
	switch {
	case here && (t.visit.Step == view.StepCourierRetake || t.visit.Step == view.StepCourierLeave):
		t.retaken(o, sensor)
	case o.Purpose == ForDeposit && p.State == Depositing:
		switch {
		case here && sensor == door.Empty:
			t.step(view.StepCourierCheck, view.ReasonNone)
			return
		case here && sensor != door.Present && o.flickered(seen.At):
			t.step(view.StepCourierCheck, view.ReasonNotSeen)
			return
		case here && sensor == door.Present:
			t.store(o, BySensor)
			return
		case here:
			t.store(o, ByInference)
			return
		}
		// The courier had gone while the door stood open: anybody may have been at it.
		t.emit(&DepositFailure{of(p), o.Compartment, "timeout"})
		t.emit(&CompartmentQuarantined{OfDoor{Compartment: o.Compartment}, "left open during a deposit", ContentsUnknown})
	case o.Purpose == ForPickup && p.State == Collecting:
		t.pickupClosed(o, p, seen, here)
	case o.Purpose == ForUndo && !here && !o.WasClosed && sensor != door.Present:
		if !p.ToCheck { // it opened when nobody waited for it any more
			t.emit(&ParcelToCheck{of(p), o.Compartment, "unknown"})
		}
	case o.Purpose == ForUndo && !here && sensor != door.Present:
		t.emit(&DepositFailure{of(p), o.Compartment, "courier_cancel"})
		t.emit(&CompartmentQuarantined{OfDoor{Compartment: o.Compartment}, "left open while a parcel was taken back", ContentsUnknown})
	case o.Purpose == ForReopen:
		if box, _ := t.Compartment(o.Compartment); box.Allocation == OutOfService {
			// Staff have withdrawn it meanwhile, and it stays so.
		} else if sensor == door.Present || !here {
			t.emit(&CompartmentQuarantined{OfDoor{Compartment: o.Compartment}, "something may have been left inside after a pickup", ContentsUnknown})
		} else {
			t.emit(&CompartmentFreed{OfDoor{Compartment: o.Compartment}, ByInference})
		}
		if here {
			t.step(view.StepPickupDone, view.ReasonNone)
		}
	}
}

// tooBrief is how long a door stands open at least when somebody reaches into
// it. A contact that reads open for less may belong to a lock whose pulse was
// longer than it was thought to be, or to one that rattles.
const tooBrief = 1500 * time.Millisecond

// flickered reports whether a door has closed sooner than anybody can have
// reached into it, or may have. Only the hardware's times count: a commit may
// be slow, and what came in meanwhile is decided all at once. With a clock that
// was set back, or a door that was not seen to open, it may have.
func (o Opening) flickered(closed time.Time) bool {
	return o.OpenedAt.IsZero() || closed.Sub(o.OpenedAt) < tooBrief
}

func (t *turn) pickupClosed(o Opening, p Parcel, seen door.Seen, here bool) {
	sensor, unproven := seen.Presence, !o.WasClosed || o.flickered(seen.At)
	switch {
	case sensor == door.Present && here:
		t.step(view.StepPickupCheck, view.ReasonNone)
	case sensor == door.Present:
		t.emit(&PickupAborted{of(p), o.Compartment, "not_taken", true})
	case unproven && sensor != door.Empty && here:
		t.step(view.StepPickupCheck, view.ReasonNotSeen)
	case unproven && sensor != door.Empty:
		t.emit(&PickupAborted{of(p), o.Compartment, "not_seen", true})
	case here:
		evidence := ByInference
		if sensor == door.Empty {
			evidence = BySensor
		}
		t.collect(p, o.Compartment, evidence)
	default:
		t.emit(&ParcelCollected{of(p), o.Compartment, ByInference})
		t.emit(&CompartmentQuarantined{OfDoor{Compartment: o.Compartment}, "left open after a pickup", ContentsUnknown})
	}
}

// collect hands the parcel over and frees its compartment.
func (t *turn) collect(p Parcel, compartment string, evidence Evidence) {
	t.emit(&ParcelCollected{of(p), compartment, evidence})
	t.emit(&CompartmentFreed{OfDoor{Compartment: compartment}, evidence})
	t.step(view.StepPickupDone, view.ReasonNone)
}

// checkOpening settles an opening nobody can tell the outcome of: the parcel
// stays bound to its door, the door is given to nobody else, the bearer may
// present the code again, and staff are told to look.
func (t *turn) checkOpening(o Opening) {
	t.emit(&OpeningToCheck{OfDoor{o.Compartment, o.ID}, o.Parcel})
	p, _ := t.Parcel(o.Parcel)
	switch {
	case o.Purpose == ForPickup && p.State == Collecting:
		t.emit(&PickupAborted{of(p), o.Compartment, "interrupted", true})
	case o.Purpose == ForDeposit && p.State == Booked:
		t.emit(&DepositFailure{of(p), o.Compartment, "interrupted"})
		t.emit(&CompartmentQuarantined{OfDoor{Compartment: o.Compartment}, "an opening was interrupted", ContentsUnknown})
	case o.Purpose == ForDeposit && p.State == Depositing:
		t.abandonDeposit(p, o.Compartment, "interrupted")
	case o.Purpose == ForUndo && p.State == Stored:
		t.emit(&ParcelToCheck{of(p), o.Compartment, "interrupted"})
	case o.Purpose == ForReopen:
		t.emit(&CompartmentQuarantined{OfDoor{Compartment: o.Compartment}, "an opening was interrupted", ContentsUnknown})
	}
	if !t.inVisit(o) {
		return
	}
	if t.visit.Kind == CourierVisit {
		t.visit.Last, t.visit.LastDoor = "", ""
		t.step(view.StepCourierNoOpen, view.ReasonUnknown)
		return
	}
	t.step(view.StepToCheck, view.ReasonNone)
}

func (c RestoreDoor) decide(t *turn) error {
	box, ok := t.Compartment(c.Compartment)
	if !ok {
		return noSuchDoor()
	}
	if box.Parcel != "" {
		if p, ok := t.Parcel(box.Parcel); ok && p.State == Expired {
			t.emit(&ParcelCounterHeld{of(p), box.Number, c.Reason})
			t.emit(&DoorRestored{OfDoor{Compartment: c.Compartment}, c.Reason})
			return nil
		} else if ok && p.Compartment == box.Number && box.Forced {
			t.emit(&DoorAlarmCleared{OfDoor{Compartment: c.Compartment}, c.Reason})
			return nil
		} else if ok && p.Compartment == box.Number {
			return Refuse(Conflict, "parcel-inside", "parcel %s is bound to this door; it has to leave first", p.ID)
		}
	}
	if o, ok := t.underWay(c.Compartment); ok && !o.Abandoned {
		return Refuse(Conflict, "door-in-use", "the door is in use; wait until the visit has ended")
	}
	if box.Allocation == Free && !box.Forced && box.Lock != LockJammed {
		return nil
	}
	t.emit(&DoorRestored{OfDoor{Compartment: c.Compartment}, c.Reason})
	return nil
}

func (c TakeOutOfService) decide(t *turn) error {
	box, ok := t.Compartment(c.Compartment)
	if !ok {
		return noSuchDoor()
	}
	switch box.Allocation {
	case OutOfService:
		return nil
	case Free, Quarantine:
		t.emit(&DoorOutOfService{OfDoor{Compartment: c.Compartment}, c.Reason})
		return nil
	}
	return Refuse(Conflict, "door-in-use", "the compartment is %s; take it out of service when it is free", box.Allocation)
}

func noSuchDoor() *Refusal {
	return Refuse(NotFound, "no-such-compartment", "there is no compartment with this number")
}
