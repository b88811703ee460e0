package wall

import (
	"cmp"
	"fmt"
	"time"

	"cubby/locker/door"
	"cubby/locker/ledger"
)

// Facts about openings, doors and compartments.

// OpeningIntended is committed before the lock is driven. No fact, no pulse.
type OpeningIntended struct {
	OfDoor
	Parcel   string    `json:"parcel_id,omitempty"`
	Purpose  Purpose   `json:"purpose"`
	Attempt  int       `json:"attempt"`
	NotAfter time.Time `json:"not_after"`
	// WasClosed: the door was known to be closed when this was decided.
	WasClosed bool   `json:"was_closed"`
	Visit     string `json:"visit,omitempty"`
	Actor     string `json:"actor"`
}

func (OpeningIntended) Type() string { return "opening.intended" }

func (f *OpeningIntended) Apply(s *ledger.State, at time.Time) {
	intended(s, at, f)
}

// OpeningEnded: what the hardware found out of it.
type OpeningEnded struct {
	OfDoor
	Result door.Result `json:"result"`
	Pulsed bool        `json:"pulsed"`
}

func (OpeningEnded) Type() string { return "opening.ended" }

func (f *OpeningEnded) Apply(s *ledger.State, at time.Time) {
	openingEnded(s, at, f)
}

// OpeningAdopted: a door found open is taken for an opening whose outcome was not known.
type OpeningAdopted struct{ OfDoor }

func (OpeningAdopted) Type() string { return "opening.adopted" }

func (f *OpeningAdopted) Apply(s *ledger.State, at time.Time) {
	openingIs(s, at, f.Opening, IsOpen)
	Change(s, f.Compartment, func(c *Compartment) {
		c.Lock, c.LockSince, c.Openings = LockFired, nil, c.Openings+1
	})
}

// OpeningToCheck: nobody can say what happened; staff must look.
type OpeningToCheck struct {
	OfDoor
	Parcel string `json:"parcel_id,omitempty"`
}

func (OpeningToCheck) Type() string { return "opening.to_check" }

func (f *OpeningToCheck) Apply(s *ledger.State, at time.Time) {
	toCheck(s, at, f)
}

// OpeningAbandoned: its visit ended while the door stood open.
// Unattended: it had ended before the door was seen open. Elsewhere: there was none, for
// somebody at no terminal has opened the door.
type OpeningAbandoned struct {
	OfDoor
	Unattended bool `json:"unattended,omitempty"`
	Elsewhere  bool `json:"elsewhere,omitempty"`
}

func (OpeningAbandoned) Type() string { return "opening.abandoned" }

func (f *OpeningAbandoned) Apply(s *ledger.State, at time.Time) {
	changeOpening(s, f.Opening, func(o *Opening) {
		o.Abandoned, o.WasClosed = true, o.WasClosed && !f.Unattended
	})
}

// OpeningRejoined: the bearer came back to the door an earlier visit left open.
type OpeningRejoined struct {
	OfDoor
	Visit  string `json:"visit"`
	Parcel string `json:"parcel_id,omitempty"` // what it is for from now on, when that is another
}

func (OpeningRejoined) Type() string { return "opening.rejoined" }

func (f *OpeningRejoined) Apply(s *ledger.State, at time.Time) {
	changeOpening(s, f.Opening, func(o *Opening) {
		o.Visit, o.Abandoned, o.Parcel = f.Visit, false, cmp.Or(f.Parcel, o.Parcel)
		o.WasClosed = o.WasClosed && o.Purpose == ForPickup
		o.Purpose = ForPickup
	})
}

// DoorOpened: the door was seen open.
type DoorOpened struct {
	OfDoor
	At time.Time `json:"at"`
}

func (DoorOpened) Type() string { return "door.opened" }

func (f *DoorOpened) Apply(s *ledger.State, at time.Time) {
	doorIs(s, f.Compartment, door.Open, f.At)
	changeOpening(s, f.Opening, func(o *Opening) { o.OpenedAt = f.At })
}

// DoorClosed: the door was seen closed again.
type DoorClosed struct {
	OfDoor
	Presence door.Presence `json:"presence"`
	At       time.Time     `json:"at"`
}

func (DoorClosed) Type() string { return "door.closed" }

func (f *DoorClosed) Apply(s *ledger.State, at time.Time) {
	doorIs(s, f.Compartment, door.Closed, f.At)
	Change(s, f.Compartment, func(c *Compartment) { c.Presence = f.Presence })
	seenClosed(s, f.Compartment)
	if f.Opening != "" {
		openingIs(s, at, f.Opening, Done)
	}
}

// DoorForced: it opened without an order.
type DoorForced struct {
	OfDoor
	At time.Time `json:"at"`
}

func (DoorForced) Type() string { return "door.forced_open" }

func (f *DoorForced) Apply(s *ledger.State, at time.Time) {
	doorIs(s, f.Compartment, door.Open, f.At)
	Change(s, f.Compartment, func(c *Compartment) { c.Forced = true })
	alarm(s, f.Compartment)
}

// DoorAlarmCleared: somebody has looked after a forced door. What lies behind it, and
// what it is meant for, stay as they are.
type DoorAlarmCleared struct {
	OfDoor
	Reason string `json:"reason"`
	By     string `json:"by,omitempty"` // id of who of the staff it was
}

func (DoorAlarmCleared) Type() string { return "door.alarm_cleared" }

func (f *DoorAlarmCleared) Apply(s *ledger.State, at time.Time) {
	Change(s, f.Compartment, func(c *Compartment) { c.Forced = false })
	alarm(s, f.Compartment)
}

// DoorUnknown: its board does not answer any more.
type DoorUnknown struct{ OfDoor }

func (DoorUnknown) Type() string { return "door.unknown" }

func (f *DoorUnknown) Apply(s *ledger.State, at time.Time) {
	Change(s, f.Compartment, func(c *Compartment) {
		c.Door, c.Presence, c.DoorSince = door.Unknown, door.PresenceUnknown, &at
	})
}

// DoorSeen: a reading that tells nothing new but where the door is.
type DoorSeen struct {
	OfDoor
	State    door.State    `json:"state"`
	Presence door.Presence `json:"presence"`
}

func (DoorSeen) Type() string    { return "door.seen" }
func (DoorSeen) Published() bool { return false }

func (f *DoorSeen) Apply(s *ledger.State, at time.Time) {
	doorIs(s, f.Compartment, f.State, at)
	Change(s, f.Compartment, func(c *Compartment) { c.Presence = f.Presence })
	if f.State == door.Closed {
		seenClosed(s, f.Compartment)
	}
	if f.Opening != "" && f.State == door.Closed {
		changeOpening(s, f.Opening, func(o *Opening) { o.WasClosed = o.WasClosed || o.State == Intended })
	}
}

// DoorLeftOpen: somebody was reminded to close it.
type DoorLeftOpen struct {
	OfDoor
	Stage int `json:"stage"` // 1, 2, 3
}

func (DoorLeftOpen) Type() string { return "door.left_open" }

func (f *DoorLeftOpen) Apply(s *ledger.State, at time.Time) {
	Change(s, f.Compartment, func(c *Compartment) { c.LeftOpen = true })
	changeOpening(s, f.Opening, func(o *Opening) { o.Reminded = true })
}

// CompartmentFreed: it may be offered again.
type CompartmentFreed struct {
	OfDoor
	Evidence Evidence `json:"evidence"`
}

func (CompartmentFreed) Type() string { return "compartment.freed" }

func (f *CompartmentFreed) Apply(s *ledger.State, at time.Time) {
	Change(s, f.Compartment, func(c *Compartment) {
		c.Allocation, c.Reason, c.Parcel, c.Contents, c.Evidence = Free, "", "", ContentsEmpty, f.Evidence
	})
}

// CompartmentQuarantined: nobody may use it until staff have looked.
type CompartmentQuarantined struct {
	OfDoor
	Reason   string   `json:"reason"`
	Contents Contents `json:"contents"`
}

func (CompartmentQuarantined) Type() string { return "compartment.quarantined" }

func (f *CompartmentQuarantined) Apply(s *ledger.State, at time.Time) {
	Change(s, f.Compartment, func(c *Compartment) {
		c.Allocation, c.Reason, c.Contents, c.Evidence = Quarantine, f.Reason, f.Contents, ByInference
	})
}

// DoorOutOfService: staff or a courier withdrew it from deposits.
type DoorOutOfService struct {
	OfDoor
	Reason string `json:"reason"`
	By     string `json:"by,omitempty"` // id of who of the staff it was
}

func (DoorOutOfService) Type() string { return "door.out_of_service" }

func (f *DoorOutOfService) Apply(s *ledger.State, at time.Time) {
	Change(s, f.Compartment, func(c *Compartment) { c.Allocation, c.Reason = OutOfService, f.Reason })
}

// DoorRestored: somebody looked and found it fit for use and empty.
type DoorRestored struct {
	OfDoor
	Reason string `json:"reason"`
	By     string `json:"by,omitempty"` // id of who of the staff it was
}

func (DoorRestored) Type() string { return "door.restored" }

func (f *DoorRestored) Apply(s *ledger.State, at time.Time) {
	Change(s, f.Compartment, func(c *Compartment) {
		c.Allocation, c.Reason, c.Parcel, c.Forced = Free, "", "", false
		c.Lock, c.LockSince = LockIdle, nil
		c.Contents, c.Evidence = ContentsEmpty, ByHuman
	})
	alarm(s, f.Compartment)
}

// LockDriven is committed before a lock is driven without the station, see DriveLock.
type LockDriven struct {
	Line        string `json:"line"`
	Board       int    `json:"board"`
	Lock        int    `json:"lock"` // from 1
	Compartment string `json:"compartment,omitempty"`
}

// Type of the fact.
func (LockDriven) Type() string { return "lock.driven" }

// Subject is the board, as devices are named.
func (f LockDriven) Subject() string { return fmt.Sprintf("devices/bus %s board %d", f.Line, f.Board) }

// Apply: open from now on says nothing of force, also when nobody lives to say so.
func (f *LockDriven) Apply(s *ledger.State, at time.Time) {
	Change(s, f.Compartment, func(c *Compartment) { c.LastKnown = door.Unknown })
}

// Published is true: the feed tells it.
func (LockDriven) Published() bool { return true }

// StationStarted: the core came up. Doors are unknown until they are read.
type StationStarted struct {
	Boot    string `json:"boot"`    // the machine's boot id
	Version string `json:"version"` // of the program
}

func (StationStarted) Type() string    { return "station.started" }
func (StationStarted) Subject() string { return "station" }
func (StationStarted) Published() bool { return true }

func (f *StationStarted) Apply(s *ledger.State, at time.Time) {
	started(s, at)
}
