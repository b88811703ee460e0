package locker

import (
	"cubby/locker/door"
	"cubby/locker/ledger"
	"time"
)

// applying is one fact on its way onto the entities.
type applying struct {
	w  World
	s  *ledger.State
	at time.Time
}

// openingsKept is how many openings of a compartment are remembered; the log
// keeps all.
const openingsKept = 3

// putOpening remembers an opening, and forgets the oldest of its compartment
// that have ended.
func (a applying) putOpening(o Opening) {
	Openings.Put(a.s, o.ID, o)
	all := a.w.OpeningsOf(o.Compartment)
	for i := len(all) - 1; i >= openingsKept && !all[i].UnderWay(); i-- {
		Openings.Delete(a.s, all[i].ID)
	}
}

func (a applying) parcel(id string, change func(*Parcel)) {
	p, ok := a.w.Parcel(id)
	if !ok {
		return
	}
	change(&p)
	p.Rev++
	Parcels.Put(a.s, id, p)
}

func (a applying) compartment(number string, change func(*Compartment)) {
	c, ok := a.w.Compartment(number)
	if !ok {
		return // taken off the wall since
	}
	change(&c)
	Compartments.Put(a.s, number, c)
}

func (a applying) opening(id string, s OpeningState) {
	a.change(id, func(o *Opening) { o.State, o.Since = s, a.at })
}

func (a applying) change(opening string, change func(*Opening)) {
	if o, ok := a.w.Opening(opening); ok {
		change(&o)
		a.putOpening(o)
	}
}

// unbind takes the parcel's name off the compartment it leaves.
func (a applying) unbind(number, parcel string) {
	if c, ok := a.w.Compartment(number); ok && c.Parcel == parcel {
		a.compartment(number, func(c *Compartment) { c.Parcel = "" })
	}
}

// alarm tells all doors of a bank whether one of them is forced.
func (a applying) alarm(number string) {
	at, _ := a.w.Compartment(number)
	forced, bank := false, []string{}
	for _, n := range a.w.Numbers() {
		if c, _ := a.w.Compartment(n); c.Bank == at.Bank {
			forced = forced || c.Forced
			bank = append(bank, n)
		}
	}
	for _, n := range bank {
		if c, _ := a.w.Compartment(n); c.BankAlarm != forced {
			a.compartment(n, func(c *Compartment) { c.BankAlarm = forced })
		}
	}
}

func (a applying) door(number string, s door.State, at time.Time) {
	a.compartment(number, func(c *Compartment) {
		c.Door, c.LastKnown, c.DoorSince = s, s, &at
		if s == door.Closed {
			c.LeftOpen = false
		}
		if c.Lock == LockUnreachable {
			c.Lock = LockIdle
		}
	})
}

func (a applying) announced(f *ParcelAnnounced) {
	p := Parcel{ID: f.ParcelID, State: Announced, AnnouncedAt: a.at}
	if f.Changed {
		p, _ = a.w.Parcel(f.ParcelID)
	}
	p.Label, p.Labels, p.OrderID, p.Dimensions, p.KeepUpright = f.Label, f.Labels, f.OrderID, f.Dimensions, f.KeepUpright
	p.WeightG, p.Accessible, p.PickupHours = f.WeightG, f.Accessible, f.PickupHours
	if f.Deadline != nil {
		p.Deadline = f.Deadline
	}
	p.Rev++
	Parcels.Put(a.s, p.ID, p)
	switch {
	case f.Recipient == nil:
	case *f.Recipient == (Recipient{}):
		Recipients.Delete(a.s, p.ID)
	default:
		Recipients.Put(a.s, p.ID, *f.Recipient)
	}
}

func (a applying) stored(f *ParcelStored) {
	deadline := f.Deadline
	a.parcel(f.ParcelID, func(p *Parcel) {
		p.State, p.Compartment, p.Deadline, p.StoredAt = Stored, f.Compartment, &deadline, &a.at
	})
	a.compartment(f.Compartment, func(c *Compartment) {
		c.Allocation, c.Reason, c.Parcel = Occupied, "", f.ParcelID
		c.Contents, c.Evidence = ContentsPresent, f.Evidence
	})
	Credentials.Put(a.s, f.Hashes.Code, Credential{f.Hashes.Code, ByCode, f.ParcelID, Live})
	Credentials.Put(a.s, f.Hashes.PIN, Credential{f.Hashes.PIN, ByPIN, f.ParcelID, Live})
}

func (a applying) collected(f *ParcelCollected) {
	a.parcel(f.ParcelID, func(p *Parcel) {
		p.State, p.Compartment, p.EndedAt, p.ToCheck, p.OnHold = Collected, "", &a.at, false, nil
	})
	a.unbind(f.Compartment, f.ParcelID)
	a.credentials(f.ParcelID, Used)
}

// credentials ends what still opens the door of a parcel.
func (a applying) credentials(parcel string, s CredentialState) {
	for _, c := range a.w.CredentialsOf(parcel) {
		if c.State == Live {
			c.State = s
			Credentials.Put(a.s, c.Hash, c)
		}
	}
}

func (a applying) depositFailed(f *DepositFailure) {
	a.parcel(f.ParcelID, func(p *Parcel) {
		p.State, p.Compartment, p.FailedReason, p.Deadline, p.StoredAt = DepositFailed, "", f.Reason, nil, nil
	})
	a.unbind(f.Compartment, f.ParcelID)
	a.credentials(f.ParcelID, Revoked)
}

func (a applying) openingEnded(f *OpeningEnded) {
	state := DidNotOpen
	a.compartment(f.Compartment, func(c *Compartment) {
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
	})
	a.change(f.Opening, func(o *Opening) { o.Undriven, o.Unseen = !f.Pulsed, o.Unseen || f.Pulsed })
	if f.Result == door.ConfirmedOpen || f.Result == door.Stuck || f.Result == door.Refused && f.Pulsed {
		a.seenClosed(f.Compartment) // it was read after the pulse: open, or closed
	}
	a.opening(f.Opening, state)
}

// started forgets what only a running core can know.
func (a applying) started() {
	for _, n := range a.w.Numbers() {
		a.compartment(n, func(c *Compartment) {
			c.Door, c.Presence, c.DoorSince = door.Unknown, door.PresenceUnknown, &a.at
			if c.Lock == LockPulsing || c.Lock == LockUnreachable {
				c.Lock = LockIdle
			}
		})
		for _, o := range a.w.OpeningsOf(n) {
			if o.State == Intended {
				a.opening(o.ID, Interrupted)
			}
		}
	}
}
