package locker

import (
	"time"

	"cubby/locker/door"
	"cubby/locker/view"
)

// orderLife is how long after its commit an order may still drive a lock.
const orderLife = 10 * time.Second

// intend commits to one opening and orders it from the hardware.
func (t *turn) intend(purpose Purpose, compartment, parcel string, attempt int) {
	id := t.NewID()
	box, _ := t.Compartment(compartment)
	notAfter := t.Now.Add(orderLife)
	t.emit(&OpeningIntended{OfDoor: OfDoor{compartment, id}, Parcel: parcel, Purpose: purpose, Attempt: attempt,
		NotAfter: notAfter, WasClosed: box.Door == door.Closed, Visit: t.visit.ID, Actor: t.visit.Actor})
	t.Orders = append(t.Orders, door.Order{Opening: id, Compartment: compartment, NotAfter: notAfter})
	t.visit.Opening, t.visit.Compartment, t.visit.Parcel = id, compartment, parcel
	if purpose == ForDeposit || purpose == ForUndo {
		t.step(view.StepCourierOpening, view.ReasonNone)
	} else {
		t.step(view.StepPickupOpening, view.ReasonNone)
	}
}

// inVisit reports whether the opening belongs to the visit that is here now.
func (t *turn) inVisit(o Opening) bool { return t.visit.ID != "" && t.visit.Opening == o.ID }

func (c EndOpening) decide(t *turn) error {
	o, ok := t.Opening(c.Opening)
	if !ok || o.State != Intended {
		return nil // told twice, or settled by the door meanwhile
	}
	t.emit(&OpeningEnded{OfDoor{o.Compartment, o.ID}, c.Result, c.Pulsed})
	switch c.Result {
	case door.ConfirmedOpen:
		if box, _ := t.Compartment(o.Compartment); box.Door != door.Open {
			t.emit(&DoorOpened{OfDoor{o.Compartment, o.ID}, c.At})
		}
		t.doorOpen(o)
	case door.Stuck:
		if o.Attempt == 1 && t.inVisit(o) && !t.courierRemoved() {
			// The door is known to be closed, so a second pulse is not a blind one.
			t.intend(o.Purpose, o.Compartment, o.Parcel, 2)
			return nil
		}
		t.noOpen(o, view.ReasonStuck)
	case door.Unanswered:
		if c.Pulsed { // it fell silent with the pulse: the door may have opened, and closed again, unseen
			t.noOpen(o, view.ReasonUnknown)
		} else {
			t.noOpen(o, view.ReasonUnanswered)
		}
	case door.Refused:
		if c.Rest > 0 {
			t.noOpen(o, view.ReasonRest)
			if t.inVisit(o) {
				t.visit.RetryAt = t.Now.Add(c.Rest)
			}
		} else {
			t.noOpen(o, view.ReasonUnanswered)
		}
	default:
		t.noOpen(o, view.ReasonUnknown)
	}
	return nil
}

// doorOpen moves on when the door of an opening has been seen open.
func (t *turn) doorOpen(o Opening) {
	if p, ok := t.Parcel(o.Parcel); ok && p.Compartment == o.Compartment {
		switch {
		case o.Purpose == ForDeposit && p.State == Booked:
			t.emit(&DepositStarted{of(p), o.Compartment})
		case o.Purpose == ForPickup && p.State == Stored: // it opened late, after we had given up
			t.emit(&PickupAuthorised{of(p), o.Compartment, "late"})
		}
	}
	if !t.inVisit(o) || o.Failed() && !(t.waitsFor(o) && t.stillMeant(o)) {
		t.unattended(o)
		return
	}
	switch o.Purpose {
	case ForDeposit:
		t.step(view.StepCourierOpen, view.ReasonNone)
	case ForUndo:
		t.visit.Retake = view.ReasonUndo
		t.step(view.StepCourierRetake, view.ReasonUndo)
	default:
		t.step(view.StepPickupOpen, view.ReasonNone)
	}
	t.visit.OpenSince = t.Now
}

// noOpen ends an attempt that led to no open door, or to one that nobody can
// tell of. Nothing changes hands, and what the person may do next depends on who
// it is. Where the door may have opened staff are told to look.
func (t *turn) noOpen(o Opening, why view.Reason) {
	p, _ := t.Parcel(o.Parcel)
	unknown := why == view.ReasonUnknown
	switch {
	case o.Purpose == ForPickup && p.State == Collecting:
		t.emit(&PickupAborted{of(p), o.Compartment, string(why), unknown})
	case o.Purpose == ForUndo && p.State == Stored && unknown:
		t.emit(&ParcelToCheck{of(p), o.Compartment, string(why)})
	case o.Purpose == ForReopen && unknown:
		t.unseen(o.Compartment)
	case o.Purpose == ForReopen:
		t.emit(&CompartmentFreed{OfDoor{Compartment: o.Compartment}, ByInference})
	}
	if !t.inVisit(o) {
		t.endDeposit(o, string(why))
		return
	}
	if o.Purpose == ForDeposit || o.Purpose == ForUndo {
		t.step(view.StepCourierNoOpen, why)
	} else {
		t.step(view.StepNoOpen, why)
	}
}

// unseen keeps a compartment for staff whose door may have been opened.
func (t *turn) unseen(compartment string) {
	t.emit(&CompartmentQuarantined{OfDoor{Compartment: compartment}, "nobody could see whether its door opened", ContentsUnknown})
}

// giveUpDeposit leaves the parcel with the courier and the compartment as it
// deserves: free when its lock is well, with staff to look at it when not, or
// when the parcel may be in.
func (t *turn) giveUpDeposit(p Parcel, compartment, why string) {
	c, _ := t.Compartment(compartment)
	t.emit(&DepositFailure{of(p), compartment, why})
	switch {
	case c.Allocation == Reserved && why == string(view.ReasonUnknown):
		t.unseen(compartment)
	case c.Allocation == Reserved:
		t.emit(&CompartmentFreed{OfDoor{Compartment: compartment}, ByInference}) // a jammed lock keeps it from being offered
	}
}
