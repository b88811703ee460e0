package locker

import (
	"cubby/locker/door"
	"cubby/locker/ledger"
	"fmt"
	"time"
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

	// LockDriven is the fact of a DriveLock.
	LockDriven struct {
		Line        string `json:"line"`
		Board       int    `json:"board"`
		Lock        int    `json:"lock"` // from 1
		Compartment string `json:"compartment,omitempty"`
	}
)

// Type of the fact.
func (LockDriven) Type() string { return "lock.driven" }

// Subject is the board, as devices are named.
func (f LockDriven) Subject() string { return fmt.Sprintf("devices/bus %s board %d", f.Line, f.Board) }

// Apply: open from now on says nothing of force, also when nobody lives to say so.
func (f *LockDriven) Apply(s *ledger.State, at time.Time) {
	applying{World{s}, s, at}.compartment(f.Compartment, func(c *Compartment) { c.LastKnown = door.Unknown })
}

// Published is true: the feed tells it.
func (LockDriven) Published() bool { return true }

func (c DriveLock) decide(t *turn) error {
	t.emit(&LockDriven{c.Line, c.Board, c.Lock, c.Compartment})
	return nil
}

func (c LookInside) decide(t *turn) error {
	for _, n := range t.Numbers() {
		box, _ := t.Compartment(n)
		switch p, ok := t.Parcel(box.Parcel); {
		case box.Allocation == Free || box.Allocation == SoftReserved:
			t.emit(&CompartmentQuarantined{OfDoor{Compartment: n}, "to be looked into: " + c.Why, ContentsUnknown})
		case ok && p.State.Inside() && p.Compartment == n && !p.ToCheck:
			t.emit(&ParcelToCheck{of(p), n, "database_restored"})
		}
	}
	return nil
}

// A door that stands open when the station is back was not forced. Whether its
// parcel is still there nobody knows.
func (c SayOpened) decide(t *turn) error {
	box, ok := t.Compartment(c.Compartment)
	if !ok {
		return nil
	}
	t.emit(&DoorOpened{OfDoor{Compartment: c.Compartment}, t.Now})
	if p, ok := t.Parcel(box.Parcel); ok && p.State.Inside() && !p.ToCheck {
		t.emit(&ParcelToCheck{of(p), box.Number, "commissioning"})
	}
	return nil
}
