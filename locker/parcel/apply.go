package parcel

import (
	"time"

	"cubby/locker/ledger"
	"cubby/locker/people"
	"cubby/locker/wall"
)

// changeParcel changes a parcel that is known, and counts its revision up.
func changeParcel(s *ledger.State, id string, change func(*Parcel)) {
	Parcels.Change(s, id, func(p *Parcel) {
		change(p)
		if p.State.Final() || p.State == DepositFailed || p.State == Missing {
			changeFactor(s, id, func(x *Factor) { *x = Factor{} })
		}
		if p.State != Stored && p.State != Collecting {
			p.Paused = nil // its time behind the door has ended, and the pause with it
		}
		if p.State != CounterHeld && p.Shelf != "" {
			Shelf.Delete(s, p.Shelf)
			p.Shelf = ""
		}
		if p.State != Expired && p.State != Collecting && p.State != Stored {
			p.RescueUntil = nil
		}
		p.Rev++
	})
}

func announced(s *ledger.State, at time.Time, f *ParcelAnnounced) {
	p := Parcel{ID: f.ParcelID, State: Announced, AnnouncedAt: at}
	if f.Changed {
		p, _ = Parcels.Get(s, f.ParcelID)
	}
	p.Label, p.Labels, p.OrderID, p.Dimensions, p.KeepUpright = f.Label, f.Labels, f.OrderID, f.Dimensions,
		f.KeepUpright
	p.WeightG, p.Accessible, p.PickupHours = f.WeightG, f.Accessible, f.PickupHours
	p.Valuable, p.Rotating = f.Valuable, f.Rotating
	if f.Deadline != nil {
		p.Deadline = f.Deadline
	}
	p.Direction, p.Case, p.ExchangeOf, p.Unannounced = f.Direction, f.Case, f.ExchangeOf, f.Unannounced
	p.AnnouncedBy = f.AnnouncedBy
	p.Rev++
	Parcels.Put(s, p.ID, p)
	if f.Tail != "" {
		changeFactor(s, p.ID, func(x *Factor) { x.Tail = f.Tail })
	}
	switch {
	case f.Recipient == nil:
	case *f.Recipient == (Recipient{}):
		Recipients.Delete(s, p.ID)
	default:
		Recipients.Put(s, p.ID, *f.Recipient)
	}
}

func stored(s *ledger.State, at time.Time, f *ParcelStored) {
	deadline := f.Deadline
	changeParcel(s, f.ParcelID, func(p *Parcel) {
		p.State, p.Compartment, p.Deadline, p.StoredAt = Stored, f.Compartment, &deadline, &at
		p.Code, p.Extensions, p.ExtendedHours, p.NoticedAt = nil, 0, 0, nil
	})
	wall.Change(s, f.Compartment, func(c *wall.Compartment) {
		c.Allocation, c.Reason, c.Parcel = wall.Occupied, "", f.ParcelID
		c.Contents, c.Evidence, c.Sealed = wall.ContentsPresent, f.Evidence, true
	})
	keepCredentials(s, f.ParcelID, f.Hashes)
	changeFactor(s, f.ParcelID, func(x *Factor) { *x = Factor{Tail: f.Tail, Form: f.PINForm} })
}

func keepCredentials(s *ledger.State, parcel string, h StoredHashes) {
	Credentials.Put(s, h.Code, Credential{h.Code, ByCode, parcel, Live})
	Credentials.Put(s, h.PIN, Credential{h.PIN, ByPIN, parcel, Live})
}

func collected(s *ledger.State, at time.Time, f *ParcelCollected) {
	changeParcel(s, f.ParcelID, func(p *Parcel) {
		p.State, p.Compartment, p.EndedAt, p.ToCheck, p.OnHold = Collected, "", &at, false, nil
	})
	wall.Unbind(s, f.Compartment, f.ParcelID)
	endCredentials(s, f.ParcelID, Used)
}

func depositFailed(s *ledger.State, f *DepositFailure) {
	changeParcel(s, f.ParcelID, func(p *Parcel) {
		p.State, p.Compartment, p.FailedReason, p.Deadline, p.StoredAt = DepositFailed, "", f.Reason, nil, nil
	})
	wall.Unbind(s, f.Compartment, f.ParcelID)
	endCredentials(s, f.ParcelID, Revoked)
}

func held(s *ledger.State, at time.Time, f *ParcelHeld) {
	changeParcel(s, f.ParcelID, func(p *Parcel) {
		h := Hold{Since: at, Kind: f.Kind, Reason: f.Reason, Centre: f.By == people.Centre.ID}
		if p.OnHold != nil { // told anew with another reason, or by another
			h.Since, h.Centre = p.OnHold.Since, h.Centre || p.OnHold.Centre
		}
		p.OnHold = &h
	})
}

// endCredentials ends what still opens the door of a parcel.
func endCredentials(s *ledger.State, parcel string, state CredentialState) {
	Delegations.Delete(s, parcel)
	for _, c := range credentialsOf.Find(s, parcel) {
		if c.State == Live && (c.Kind != BySale || state == Used) { // that is good for as long as the order
			c.State = state
			Credentials.Put(s, c.Hash, c)
		}
	}
}
