package visit

import (
	"cubby/locker/door"
	"cubby/locker/wall"
)

func (c SeeDoor) Decide(t *Turn) error {
	box, ok := wall.Compartments.Get(t.State, c.Compartment)
	same := box.Door == c.State && box.Presence == c.Presence
	if !ok || same && (c.State != door.Closed || !t.isUnseen(c.Compartment)) {
		return nil
	}
	t.attendDoor(c.Compartment)
	o, known := t.concerned(c.Compartment)
	switch {
	case c.State == door.Unknown:
		t.Emit(&wall.DoorUnknown{OfDoor: wall.OfDoor{Compartment: c.Compartment}})
	case c.State == box.Door:
		t.Emit(&wall.DoorSeen{OfDoor: wall.OfDoor{Compartment: c.Compartment}, State: c.State, Presence: c.Presence})
	case c.State == door.Open:
		t.seenOpen(c, box, o, known)
	default:
		t.seenClosed(c, box, o, known)
	}
	return nil
}

// concerned finds the opening a movement of this door belongs to.
func (t *Turn) concerned(compartment string) (wall.Opening, bool) {
	if o, ok := t.UnderWay(compartment); ok {
		return o, true
	}
	return t.late(compartment)
}

func (t *Turn) seenOpen(c SeeDoor, box wall.Compartment, o wall.Opening, known bool) {
	at := wall.OfDoor{Compartment: c.Compartment, Opening: o.ID}
	switch {
	case !known && box.LastKnown == door.Closed:
		t.Emit(&wall.DoorForced{OfDoor: at, At: c.At})
		t.forced(box)
	case !known:
		// it stood open when we first looked, or still does
		t.Emit(&wall.DoorSeen{OfDoor: at, State: door.Open, Presence: c.Presence})
	case o.State == wall.Intended: // the outcome of the order follows
		t.Emit(&wall.DoorOpened{OfDoor: at, At: c.At})
	case o.State == wall.IsOpen:
		if box.LastKnown == door.Closed {
			t.Emit(&wall.DoorOpened{OfDoor: at, At: c.At})
		} else {
			t.Emit(&wall.DoorSeen{OfDoor: at, State: door.Open, Presence: c.Presence}) // still open
		}
	default: // interrupted, or given up too early
		t.Emit(&wall.DoorOpened{OfDoor: at, At: c.At})
		t.adopt(o)
	}
}

func (t *Turn) seenClosed(c SeeDoor, box wall.Compartment, o wall.Opening, known bool) {
	at := wall.OfDoor{Compartment: c.Compartment, Opening: o.ID}
	switch {
	case known && o.State == wall.IsOpen:
		t.Emit(&wall.DoorClosed{OfDoor: at, Presence: c.Presence, At: c.At})
		t.doorClosed(o, c.Seen)
	case known && o.State == wall.Interrupted:
		t.Emit(&wall.DoorSeen{OfDoor: at, State: door.Closed, Presence: c.Presence})
		t.checkOpening(o)
	case box.LastKnown == door.Open:
		t.Emit(&wall.DoorClosed{OfDoor: wall.OfDoor{Compartment: c.Compartment}, Presence: c.Presence, At: c.At})
	default:
		t.Emit(&wall.DoorSeen{OfDoor: at, State: door.Closed, Presence: c.Presence})
	}
}

// forced deals with a door that opened without an order.
func (t *Turn) forced(box wall.Compartment) {
	t.Doubt(box, "door_forced")
	if box.Allocation == wall.Free {
		why := "the door opened without an order"
		t.Emit(&wall.CompartmentQuarantined{
			OfDoor: wall.OfDoor{Compartment: box.Number}, Reason: why, Contents: wall.ContentsUnknown,
		})
	}
}
