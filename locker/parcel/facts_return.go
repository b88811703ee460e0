package parcel

import (
	"time"

	"cubby/locker/door"
	"cubby/locker/ledger"
	"cubby/locker/visit"
	"cubby/locker/wall"
)

// Facts about the bags of returns. They are parcels that have neither code nor deadline;
// the room of returns says when they come about.

// BagStored: the door has closed on a bag of a return.
type BagStored struct {
	OfParcel
	Case        string        `json:"case"`
	Compartment string        `json:"compartment"`
	Size        string        `json:"size"`
	Evidence    wall.Evidence `json:"evidence"` // that it is inside
}

func (BagStored) Type() string { return "parcel.bag_stored" }

func (f *BagStored) Apply(s *ledger.State, at time.Time) {
	changeParcel(s, f.ParcelID, func(p *Parcel) {
		p.State, p.Compartment, p.StoredAt = Stored, f.Compartment, &at
	})
	wall.Change(s, f.Compartment, func(c *wall.Compartment) {
		c.Allocation, c.Reason, c.Parcel = wall.Occupied, "", f.ParcelID
		c.Contents, c.Evidence, c.Sealed = wall.ContentsPresent, f.Evidence, true
	})
}

// BagReceived: staff have opened the bag of a return, to grade what is in it.
type BagReceived struct {
	OfParcel
	Case string `json:"case"`
	By   string `json:"by,omitempty"`
}

func (BagReceived) Type() string { return "parcel.bag_received" }

func (f *BagReceived) Apply(s *ledger.State, at time.Time) {
	changeParcel(s, f.ParcelID, func(p *Parcel) {
		p.State, p.EndedAt, p.OnHold, p.ToCheck = Received, &at, nil, false
	})
}

// Of names a parcel in a fact.
func Of(p Parcel) OfParcel { return of(p) }

// Collect hands a bag of a return to staff who have taken it out of its door.
func Collect(t *visit.Turn, p Parcel, by string) {
	box, _ := wall.Compartments.Get(t.State, p.Compartment)
	t.Emit(&ParcelCounterHeld{
		OfParcel: of(p), Compartment: p.Compartment, Reason: "round", KeepsCode: true, By: by,
	})
	switch {
	case box.Allocation != wall.Occupied: // it is kept from use for a reason of its own
	case box.Door == door.Closed && box.Lock != wall.LockJammed && !box.Forced:
		t.Emit(&wall.CompartmentFreed{
			OfDoor: wall.OfDoor{Compartment: box.Number}, Evidence: wall.ByHuman,
		})
	default:
		quarantine(t, box, "a returned bag was taken out of it")
	}
}

// Release ends the hold of the new item of an exchange, once the old one is back.
func Release(t *visit.Turn, p Parcel, reason string) {
	if p.OnHold != nil && p.OnHold.Reason == ForExchange && !p.State.Final() {
		t.Emit(&ParcelReleased{OfParcel: of(p), Compartment: p.Compartment, Reason: reason})
	}
}

// Give opens the door of the new item of an exchange for whoever has just brought the old
// one back.
func Give(t *visit.Turn, p Parcel) { LetIn(t, Right{Parcel: p.ID, By: "exchange"}) }
