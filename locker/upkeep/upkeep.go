package upkeep

import (
	"cubby/locker/ledger"
	"cubby/locker/visit"
	"cubby/locker/wall"
)

type (
	// RestoreDoor returns a compartment to use: somebody has looked, it is empty
	// and sound. An expired parcel that was in it is with staff from then on.
	RestoreDoor struct{ Compartment, Reason string }
	// TakeOutOfService withdraws a compartment from deposits.
	TakeOutOfService struct{ Compartment, Reason string }
)

func (c RestoreDoor) Decide(t *visit.Turn) error {
	box, ok := wall.Compartments.Get(t.State, c.Compartment)
	if !ok {
		return noSuchDoor()
	}
	if done, err := t.Restore(box, c.Reason); done || err != nil {
		return err
	}
	if o, ok := t.UnderWay(c.Compartment); ok && !o.Abandoned {
		return ledger.Refuse(ledger.Conflict, "door-in-use", "the door is in use; wait until the visit has ended")
	}
	if box.Allocation == wall.Free && !box.Forced && box.Lock != wall.LockJammed {
		return nil
	}
	t.Emit(&wall.DoorRestored{OfDoor: wall.OfDoor{Compartment: c.Compartment}, Reason: c.Reason})
	return nil
}

func (c TakeOutOfService) Decide(t *visit.Turn) error {
	box, ok := wall.Compartments.Get(t.State, c.Compartment)
	if !ok {
		return noSuchDoor()
	}
	switch box.Allocation {
	case wall.OutOfService:
		return nil
	case wall.Free, wall.Quarantine:
		t.Emit(&wall.DoorOutOfService{OfDoor: wall.OfDoor{Compartment: c.Compartment}, Reason: c.Reason})
		return nil
	}
	return ledger.Refuse(ledger.Conflict, "door-in-use",
		"the compartment is %s; take it out of service when it is free", box.Allocation)
}

func noSuchDoor() *ledger.Refusal {
	return ledger.Refuse(ledger.NotFound, "no-such-compartment", "there is no compartment with this number")
}
