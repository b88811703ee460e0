package locker

import (
	"time"

	"cubby/locker/door"
)

func hours(n int) time.Duration { return time.Duration(n) * time.Hour }

func (c SeeDoor) decide(t *turn) error {
	box, ok := t.Compartment(c.Compartment)
	same := box.Door == c.State && box.Presence == c.Presence
	if !ok || same && (c.State != door.Closed || !t.isUnseen(c.Compartment)) {
		return nil
	}
	t.attendDoor(c.Compartment)
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
