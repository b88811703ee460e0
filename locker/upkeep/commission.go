package upkeep

import (
	"cubby/locker/people"
	"cubby/locker/visit"
	"cubby/locker/wall"
)

// While a site is commissioned its locks are driven without the station. What
// happens to them is kept in the same log.
type (
	// DriveLock is committed before each pulse. Compartment is the one that has
	// the lock by the configuration; empty when none has.
	DriveLock struct {
		Line        string
		Board, Lock int
		Compartment string
	}
	// SayOpened: whoever stands in front of the wall says that this door has
	// opened, or its contact changed after a pulse.
	SayOpened struct{ Compartment string }

	// LookInside: nobody knows any more what lies behind the doors. None is offered
	// before somebody has looked.
	LookInside struct{ Why string }
)

func (c DriveLock) Decide(t *visit.Turn) error {
	t.Emit(&wall.LockDriven{Line: c.Line, Board: c.Board, Lock: c.Lock, Compartment: c.Compartment})
	return nil
}

func (c LookInside) Decide(t *visit.Turn) error {
	people.SpendFreeTries(t) // what was tried since the copy was made is not in it
	for _, n := range wall.Compartments.Keys(t.State) {
		box, _ := wall.Compartments.Get(t.State, n)
		if box.Allocation == wall.Free || box.Allocation == wall.SoftReserved {
			t.Emit(&wall.CompartmentQuarantined{
				OfDoor: wall.OfDoor{Compartment: n}, Reason: "to be looked into: " + c.Why,
				Contents: wall.ContentsUnknown,
			})
		} else {
			t.Doubt(box, "database_restored")
		}
	}
	return nil
}

// A door that stands open when the station is back was not forced. Whether its
// parcel is still there nobody knows.
func (c SayOpened) Decide(t *visit.Turn) error {
	box, ok := wall.Compartments.Get(t.State, c.Compartment)
	if !ok {
		return nil
	}
	t.Emit(&wall.DoorOpened{OfDoor: wall.OfDoor{Compartment: c.Compartment}, At: t.Now})
	t.Doubt(box, "commissioning")
	return nil
}
