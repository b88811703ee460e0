package wall

import (
	"time"

	"cubby/locker/door"
	"cubby/locker/ledger"
)

// openingsKept is how many openings of a compartment are remembered; the log
// keeps all.
const openingsKept = 3

// putOpening remembers an opening, and forgets the oldest of its compartment
// that have ended.
func putOpening(s *ledger.State, o Opening) {
	Openings.Put(s, o.ID, o)
	all := OpeningsOf(s, o.Compartment)
	for i := len(all) - 1; i >= openingsKept && !all[i].UnderWay(); i-- {
		Openings.Delete(s, all[i].ID)
	}
}

// Change changes a compartment; it does nothing when it was taken off the wall.
func Change(s *ledger.State, number string, change func(*Compartment)) {
	Compartments.Change(s, number, change)
}

// Unbind takes a parcel's name off the compartment it leaves.
func Unbind(s *ledger.State, number, parcel string) {
	Change(s, number, func(c *Compartment) {
		if c.Parcel == parcel {
			c.Parcel = ""
		}
	})
}

// Seal notes that a parcel is behind a door, as far as is known.
func Seal(s *ledger.State, number, parcel string) {
	Change(s, number, func(c *Compartment) {
		if c.Parcel == parcel {
			c.Sealed = true
		}
	})
}

func openingIs(s *ledger.State, at time.Time, id string, state OpeningState) {
	changeOpening(s, id, func(o *Opening) { o.State, o.Since = state, at })
}

func changeOpening(s *ledger.State, id string, change func(*Opening)) {
	if o, ok := Openings.Get(s, id); ok {
		change(&o)
		putOpening(s, o)
	}
}

// alarm tells all doors of a bank whether one of them is forced.
func alarm(s *ledger.State, number string) {
	at, _ := Compartments.Get(s, number)
	forced, bank := false, []Compartment{}
	for _, c := range Compartments.All(s) {
		if c.Bank == at.Bank {
			forced = forced || c.Forced
			bank = append(bank, c)
		}
	}
	for _, c := range bank {
		if c.BankAlarm != forced {
			Change(s, c.Number, func(c *Compartment) { c.BankAlarm = forced })
		}
	}
}

func doorIs(s *ledger.State, number string, state door.State, at time.Time) {
	Change(s, number, func(c *Compartment) {
		c.Door, c.LastKnown, c.DoorSince = state, state, &at
		if state == door.Closed {
			c.LeftOpen = false
		}
		if state == door.Open {
			c.Sealed = false
			if c.LockSince != nil {
				c.LockSince = &at // somebody could reach what is inside
			}
		}
		if c.Lock == LockUnreachable {
			c.Lock, c.LockSince = LockIdle, nil
		}
	})
}

// intended notes that an opening inherits the doubt of those before it: its own
// order may end without a pulse.
func intended(s *ledger.State, at time.Time, f *OpeningIntended) {
	unseen := false
	for _, o := range OpeningsOf(s, f.Compartment) {
		unseen = unseen || o.Unseen
	}
	putOpening(s, Opening{
		ID: f.Opening, Compartment: f.Compartment, Parcel: f.Parcel, Visit: f.Visit, Actor: f.Actor,
		Purpose: f.Purpose, Attempt: f.Attempt, State: Intended, At: at, NotAfter: f.NotAfter, Since: at,
		WasClosed: f.WasClosed, Unseen: unseen,
	})
	Change(s, f.Compartment, func(c *Compartment) {
		c.Lock = LockPulsing
		switch {
		case f.Purpose == ForReopen:
			c.Allocation, c.Reason = Reserved, "looked into again after a pickup"
		case f.Purpose == ForInspection && c.Allocation == Free:
			c.Allocation, c.Reason = Reserved, "staff look into it"
		case f.Purpose == ForGoods && c.Allocation == Free:
			c.Allocation, c.Reason = Reserved, "staff put goods in"
		case f.Purpose == ForRemote && c.Allocation == Free:
			c.Allocation, c.Reason = Reserved, "the centre has it opened"
		}
	})
}

func openingEnded(s *ledger.State, at time.Time, f *OpeningEnded) {
	state := DidNotOpen
	Change(s, f.Compartment, func(c *Compartment) {
		switch f.Result {
		case door.ConfirmedOpen:
			state = IsOpen
			c.Lock, c.Openings = LockFired, c.Openings+1
		case door.Stuck:
			c.Lock, c.Failures = LockJammed, c.Failures+1
		case door.Refused:
			c.Lock = LockIdle
		default:
			c.Lock, c.Failures = LockUnreachable, c.Failures+1
		}
		if c.Lock != LockJammed && c.Lock != LockUnreachable {
			c.LockSince = nil
		} else if c.LockSince == nil {
			c.LockSince = &at
		}
	})
	changeOpening(s, f.Opening, func(o *Opening) { o.Undriven, o.Unseen = !f.Pulsed, o.Unseen || f.Pulsed })
	if f.Result == door.ConfirmedOpen || f.Result == door.Stuck || f.Result == door.Refused && f.Pulsed {
		seenClosed(s, f.Compartment) // it was read after the pulse: open, or closed
	}
	openingIs(s, at, f.Opening, state)
}

// toCheck notes an opening nobody can tell the outcome of. Its door was read
// closed since when that is what is known of it.
func toCheck(s *ledger.State, at time.Time, f *OpeningToCheck) {
	c, _ := Compartments.Get(s, f.Compartment)
	changeOpening(s, f.Opening, func(o *Opening) { o.Unseen = c.Door != door.Closed })
	openingIs(s, at, f.Opening, ToCheck)
	Change(s, f.Compartment, func(c *Compartment) { c.Lock, c.LockSince = LockIdle, nil })
}

// seenClosed takes the doubt off a door that is read closed.
func seenClosed(s *ledger.State, compartment string) {
	for _, o := range OpeningsOf(s, compartment) {
		if o.Unseen {
			changeOpening(s, o.ID, func(o *Opening) { o.Unseen = false })
		}
	}
}

// started forgets what only a running core can know.
func started(s *ledger.State, at time.Time) {
	for _, n := range Compartments.Keys(s) {
		Change(s, n, func(c *Compartment) {
			c.Door, c.Presence, c.DoorSince = door.Unknown, door.PresenceUnknown, &at
			if c.Lock == LockPulsing || c.Lock == LockUnreachable {
				c.Lock = LockIdle
			}
			if c.LockSince = nil; c.Lock == LockJammed {
				c.LockSince = &at
			}
		})
		for _, o := range OpeningsOf(s, n) {
			if o.State == Intended {
				openingIs(s, at, o.ID, Interrupted)
			}
		}
	}
}
