package locker

import (
	"time"

	"cubby/locker/door"
)

// apply projects one fact onto the entities it is about. It is the only place
// where they change, so that replaying the log gives the same entities.
func apply(w World, ch *Changes, f Fact, at time.Time) {
	a := applying{w, ch, at}
	switch f := f.(type) {
	case *ParcelAnnounced:
		a.announced(f)
	case *ParcelCancelled:
		a.parcel(f.ParcelID, func(p *Parcel) { p.State, p.EndedAt, p.OnHold = Cancelled, &at, nil })
	case *ParcelBooked:
		a.parcel(f.ParcelID, func(p *Parcel) { p.State, p.Compartment, p.FailedReason = Booked, f.Compartment, "" })
		a.compartment(f.Compartment, func(c *Compartment) { c.Allocation, c.Reason, c.Parcel = Reserved, "", f.ParcelID })
	case *DepositStarted:
		a.parcel(f.ParcelID, func(p *Parcel) { p.State = Depositing })
	case *ParcelStored:
		a.stored(f)
	case *DepositFailure:
		a.depositFailed(f)
	case *PickupAuthorised:
		a.parcel(f.ParcelID, func(p *Parcel) { p.State = Collecting })
	case *PickupAborted:
		a.parcel(f.ParcelID, func(p *Parcel) { p.State, p.ToCheck = Stored, p.ToCheck || f.ToCheck })
	case *ParcelCollected:
		a.collected(f)
	case *ParcelToCheck:
		a.parcel(f.ParcelID, func(p *Parcel) { p.ToCheck = true })
	case *ParcelHeld:
		a.held(f)
	case *ParcelReleased:
		a.parcel(f.ParcelID, func(p *Parcel) { p.OnHold = nil })
	case *ParcelExpired:
		a.parcel(f.ParcelID, func(p *Parcel) { p.State = Expired })
	case *ParcelCounterHeld:
		a.parcel(f.ParcelID, func(p *Parcel) { p.State, p.Compartment, p.ToCheck = CounterHeld, "", false })
		a.unbind(f.Compartment, f.ParcelID)
		a.credentials(f.ParcelID, Revoked)

	case *OpeningIntended:
		a.intended(f)
	case *OpeningEnded:
		a.openingEnded(f)
	case *OpeningAdopted:
		a.opening(f.Opening, IsOpen)
		a.compartment(f.Compartment, func(c *Compartment) { c.Lock, c.Openings = LockFired, c.Openings+1 })
	case *OpeningToCheck:
		a.toCheck(f)
	case *OpeningAbandoned:
		a.change(f.Opening, func(o *Opening) { o.Abandoned, o.WasClosed = true, o.WasClosed && !f.Unattended })
	case *OpeningRejoined:
		a.change(f.Opening, func(o *Opening) {
			o.Visit, o.Abandoned = f.Visit, false
			o.WasClosed = o.WasClosed && o.Purpose == ForPickup
			o.Purpose = ForPickup
		})

	case *LockDriven:
		// Open from now on says nothing of force, also when nobody lives to say so.
		a.compartment(f.Compartment, func(c *Compartment) { c.LastKnown = door.Unknown })
	case *DoorOpened:
		a.door(f.Compartment, door.Open, f.At)
		a.change(f.Opening, func(o *Opening) { o.OpenedAt = f.At })
	case *DoorForced:
		a.door(f.Compartment, door.Open, f.At)
		a.compartment(f.Compartment, func(c *Compartment) { c.Forced = true })
		a.alarm(f.Compartment)
	case *DoorAlarmCleared:
		a.compartment(f.Compartment, func(c *Compartment) { c.Forced = false })
		a.alarm(f.Compartment)
	case *DoorClosed:
		a.door(f.Compartment, door.Closed, f.At)
		a.compartment(f.Compartment, func(c *Compartment) { c.Presence = f.Presence })
		a.seenClosed(f.Compartment)
		if f.Opening != "" {
			a.opening(f.Opening, Done)
		}
	case *DoorUnknown:
		a.compartment(f.Compartment, func(c *Compartment) { c.Door, c.Presence, c.DoorSince = door.Unknown, door.PresenceUnknown, &at })
	case *DoorSeen:
		a.door(f.Compartment, f.State, at)
		a.compartment(f.Compartment, func(c *Compartment) { c.Presence = f.Presence })
		if f.State == door.Closed {
			a.seenClosed(f.Compartment)
		}
		if f.Opening != "" && f.State == door.Closed {
			a.change(f.Opening, func(o *Opening) { o.WasClosed = o.WasClosed || o.State == Intended })
		}
	case *DoorLeftOpen:
		a.compartment(f.Compartment, func(c *Compartment) { c.LeftOpen = true })

	case *CompartmentFreed:
		a.compartment(f.Compartment, func(c *Compartment) {
			c.Allocation, c.Reason, c.Parcel, c.Contents, c.Evidence = Free, "", "", ContentsEmpty, f.Evidence
		})
	case *CompartmentQuarantined:
		a.compartment(f.Compartment, func(c *Compartment) {
			c.Allocation, c.Reason, c.Contents, c.Evidence = Quarantine, f.Reason, f.Contents, ByInference
		})
	case *DoorOutOfService:
		a.compartment(f.Compartment, func(c *Compartment) { c.Allocation, c.Reason = OutOfService, f.Reason })
	case *DoorRestored:
		a.compartment(f.Compartment, func(c *Compartment) {
			c.Allocation, c.Reason, c.Parcel, c.Forced, c.Lock = Free, "", "", false, LockIdle
			c.Contents, c.Evidence = ContentsEmpty, ByHuman
		})
		a.alarm(f.Compartment)

	case *StationStarted:
		a.started()
	case *VisitStepped:
		v := f.Visit
		ch.Visit = &v
	case *VisitEnded:
		ch.Visit = &Visit{}
	case *GuardChanged:
		g := f.Guard
		ch.Guard = &g
	case *CalendarKept:
		c := f.Calendar
		ch.Calendar = &c
	case *CourierAdded:
		put(&ch.Couriers, f.ID, CourierRecord{Courier{ID: f.ID, Name: f.Name, Created: f.At}, f.Hashes.Badge, f.Hashes.PIN, f.Hashes.Card})
	case *CourierRemoved:
		if c, ok := w.Courier(f.ID); ok {
			c.Removed = true
			put(&ch.Couriers, f.ID, c)
		}
	case *KeyAdded:
		put(&ch.Keys, f.Name, KeyRecord{Key{Name: f.Name, Scopes: f.Scopes, Created: f.At}, f.Hash.SHA256})
	case *KeyRevoked:
		if k, ok := w.Key(f.Name); ok {
			k.Revoked = true
			put(&ch.Keys, f.Name, k)
		}
	}
}

// applying is one fact on its way onto the entities.
type applying struct {
	w  World
	ch *Changes
	at time.Time
}

func (ch *Changes) putOpening(o Opening) { put(&ch.Openings, o.ID, o) }

func (a applying) parcel(id string, change func(*Parcel)) {
	p, ok := a.w.Parcel(id)
	if !ok {
		return
	}
	change(&p)
	p.Rev++
	put(&a.ch.Parcels, id, p)
}

func (a applying) compartment(number string, change func(*Compartment)) {
	c, ok := a.w.Compartment(number)
	if !ok {
		return // taken off the wall since
	}
	change(&c)
	put(&a.ch.Compartments, number, c)
}

func (a applying) opening(id string, s OpeningState) {
	a.change(id, func(o *Opening) { o.State, o.Since = s, a.at })
}

func (a applying) change(opening string, change func(*Opening)) {
	if o, ok := a.w.Opening(opening); ok {
		change(&o)
		a.ch.putOpening(o)
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
	put(&a.ch.Parcels, p.ID, p)
	if f.Recipient != nil {
		put(&a.ch.Recipients, p.ID, *f.Recipient)
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
	put(&a.ch.Credentials, f.Hashes.Code, Credential{f.Hashes.Code, ByCode, f.ParcelID, Live})
	put(&a.ch.Credentials, f.Hashes.PIN, Credential{f.Hashes.PIN, ByPIN, f.ParcelID, Live})
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
			put(&a.ch.Credentials, c.Hash, c)
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
