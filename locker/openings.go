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
	t.Effects = append(t.Effects, door.Order{Opening: id, Compartment: compartment, NotAfter: notAfter})
	t.visit.Opening, t.visit.Compartment, t.visit.Parcel = id, compartment, parcel
	t.step(purposes[purpose].pages().opening, view.ReasonNone)
}

// inVisit reports whether the opening belongs to the visit that is here now.
func (t *turn) inVisit(o Opening) bool { return t.visit.ID != "" && t.visit.Opening == o.ID }

func (c EndOpening) decide(t *turn) error {
	o, ok := t.Opening(c.Opening)
	if !ok || o.State != Intended {
		return nil // told twice, or settled by the door meanwhile
	}
	t.attendOpening(o.ID)
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

// unseen keeps a compartment for staff whose door may have been opened.
func (t *turn) unseen(compartment string) {
	t.emit(&CompartmentQuarantined{OfDoor{Compartment: compartment}, "nobody could see whether its door opened", ContentsUnknown})
}

// doorOpen moves on when the door of an opening has been seen open.
func (t *turn) doorOpen(o Opening) {
	purpose := purposes[o.Purpose]
	purpose.opened(t, o)
	if !t.inVisit(o) || o.Failed() && !(t.waitsFor(o) && purpose.stillMeant(t, o)) {
		t.unattended(o)
		return
	}
	purpose.showOpen(t)
	t.visit.OpenSince = t.Now
}

// doorClosed moves on when the door of an opening has closed again.
func (t *turn) doorClosed(o Opening, seen door.Seen) {
	purposes[o.Purpose].closed(t, o, seen, t.inVisit(o))
}

// noOpen ends an attempt that led to no open door, or to one that nobody can
// tell of. Nothing changes hands, and what the person may do next depends on who
// it is. Where the door may have opened staff are told to look.
func (t *turn) noOpen(o Opening, why view.Reason) {
	purpose := purposes[o.Purpose]
	purpose.notOpened(t, o, why, t.inVisit(o))
	if t.inVisit(o) {
		t.step(purpose.pages().notOpened, why)
	}
}

// checkOpening settles an opening nobody can tell the outcome of: what it was for
// stays bound to its door, the door is given to nobody else, and staff are told
// to look.
func (t *turn) checkOpening(o Opening) {
	t.emit(&OpeningToCheck{OfDoor{o.Compartment, o.ID}, o.Parcel})
	purpose := purposes[o.Purpose]
	purpose.interrupted(t, o)
	if t.inVisit(o) {
		purpose.showInterrupted(t)
	}
}

// again opens a door once more from the page that offers it, unless somebody has
// another one of its bank open meanwhile.
func (t *turn) again(purpose Purpose, compartment, parcel string) bool {
	if _, busy := t.otherOpenDoor(compartment); busy {
		t.Heard = view.HeardBusy
		return false
	}
	t.intend(purpose, compartment, parcel, 1)
	return true
}
