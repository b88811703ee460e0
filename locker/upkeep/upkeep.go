package upkeep

import (
	"cubby/locker/ledger"
	"cubby/locker/people"
	"cubby/locker/visit"
	"cubby/locker/wall"
)

type (
	// RestoreDoor returns a compartment to use: somebody has looked, it is empty
	// and sound. An expired parcel that was in it is with staff from then on.
	RestoreDoor struct {
		By                  people.Doer
		Compartment, Reason string
	}
	// TakeOutOfService withdraws a compartment from deposits.
	TakeOutOfService struct {
		By                  people.Doer
		Compartment, Reason string
	}
	// EndAlarm ends the alarm of a door that was forced, and nothing else: what is
	// behind it stays bound to it and to be checked, and a free one stays in quarantine.
	EndAlarm struct {
		By                  people.Doer
		Compartment, Reason string
	}
)

func (c RestoreDoor) Decide(t *visit.Turn) error {
	if err := c.By.Must(t.State, people.RestoreDoor); err != nil {
		return err
	}
	box, ok := wall.Compartments.Get(t.State, c.Compartment)
	if !ok {
		return noSuchDoor()
	}
	if box.Forced {
		if err := c.By.Must(t.State, people.EndAlarm); err != nil {
			return err
		}
	}
	if done, err := t.Restore(box, c.Reason, c.By.ID); done || err != nil {
		return err
	}
	if o, ok := t.UnderWay(c.Compartment); ok && !o.Abandoned {
		return ledger.Refuse(ledger.Conflict, "door-in-use",
			"the door is in use; wait until the visit has ended")
	}
	if box.Allocation == wall.Free && !box.Forced && box.Lock != wall.LockJammed {
		return nil
	}
	t.Emit(&wall.DoorRestored{OfDoor: wall.OfDoor{Compartment: c.Compartment}, Reason: c.Reason, By: c.By.ID})
	return nil
}

func (c TakeOutOfService) Decide(t *visit.Turn) error {
	if err := c.By.Must(t.State, people.WithdrawDoor); err != nil {
		return err
	}
	box, ok := wall.Compartments.Get(t.State, c.Compartment)
	if !ok {
		return noSuchDoor()
	}
	switch box.Allocation {
	case wall.OutOfService:
		return nil
	case wall.Free, wall.Quarantine:
		t.Emit(&wall.DoorOutOfService{
			OfDoor: wall.OfDoor{Compartment: c.Compartment}, Reason: c.Reason, By: c.By.ID,
		})
		return nil
	}
	return ledger.Refuse(ledger.Conflict, "door-in-use",
		"the compartment is %s; take it out of service when it is free", box.Allocation)
}

func (c EndAlarm) Decide(t *visit.Turn) error {
	if err := c.By.Must(t.State, people.EndAlarm); err != nil {
		return err
	}
	box, ok := wall.Compartments.Get(t.State, c.Compartment)
	if !ok {
		return noSuchDoor()
	}
	if box.Forced {
		t.Emit(&wall.DoorAlarmCleared{
			OfDoor: wall.OfDoor{Compartment: c.Compartment}, Reason: c.Reason, By: c.By.ID,
		})
	}
	return nil
}

func noSuchDoor() *ledger.Refusal {
	return ledger.Refuse(ledger.NotFound, "no-such-compartment", "there is no compartment with this number")
}
