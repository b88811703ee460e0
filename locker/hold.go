package locker

import (
	"time"

	"cubby/locker/door"
	"cubby/locker/ledger"
	"cubby/locker/view"
)

// A Hold keeps a parcel from its bearer: its code and PIN open nothing. The rest
// goes on, the clock of its deadline above all.
type Hold struct {
	Since  time.Time `json:"since"`
	Reason string    `json:"reason,omitempty"` // for staff; at most 200 characters
}

type (
	// HoldParcel keeps a parcel from its bearer until it is released.
	HoldParcel struct {
		ID, Reason string // the reason may be empty
		Condition  Condition
		Now        *Parcel // set to the parcel as it is afterwards when not nil
	}
	// ReleaseParcel ends a hold.
	ReleaseParcel struct {
		ID, Reason string
		Condition  Condition
		Now        *Parcel
	}

	// ParcelHeld: its code opens nothing from now on.
	ParcelHeld struct {
		OfParcel
		Compartment string `json:"compartment,omitempty"` // where it is
		Reason      string `json:"reason,omitempty"`
	}
	// ParcelReleased: its code opens again, unless it has expired meanwhile.
	ParcelReleased struct {
		OfParcel
		Compartment string `json:"compartment,omitempty"`
		Reason      string `json:"reason,omitempty"`
	}
)

func (ParcelHeld) Type() string { return "parcel.held" }

func (f *ParcelHeld) Apply(s *ledger.State, at time.Time) {
	applying{World{s}, s, at}.held(f)
}

func (ParcelReleased) Type() string { return "parcel.released" }

func (f *ParcelReleased) Apply(s *ledger.State, at time.Time) {
	applying{World{s}, s, at}.parcel(f.ParcelID, func(p *Parcel) { p.OnHold = nil })
}

// whyOnHold is why a valid code was refused, in the facts.
const whyOnHold = "on_hold"

// maxReason bounds a reason, in characters.
const maxReason = 200

func (c HoldParcel) decide(t *turn) error {
	p, err := t.holdable(c.ID, c.Reason, c.Condition)
	if err != nil {
		return err
	}
	defer setNow(t, c.ID, c.Now)
	if p.OnHold != nil && (c.Reason == "" || c.Reason == p.OnHold.Reason) {
		return nil // as it is already
	}
	switch p.State {
	case Collected:
		return Refuse(Conflict, "collected-already", "the parcel was collected at %s; it cannot be held", p.EndedAt.Format(time.RFC3339))
	case Cancelled:
		return Refuse(Conflict, "cancelled-already", "the parcel is cancelled; there is nothing to hold")
	case CounterHeld:
		return Refuse(Conflict, "with-staff", "staff have the parcel; ask them")
	}
	if err := t.doorAtRest(p); err != nil {
		return err
	}
	t.emit(&ParcelHeld{of(p), p.Compartment, c.Reason})
	t.everyVisit(func() {
		if t.visit.Step == view.StepNoOpen && t.visit.Parcel == p.ID {
			t.step(view.StepPickupRefused, view.ReasonOnHold) // whoever waits to try again is told
		}
	})
	return nil
}

func (c ReleaseParcel) decide(t *turn) error {
	p, err := t.holdable(c.ID, c.Reason, c.Condition)
	if err != nil {
		return err
	}
	defer setNow(t, c.ID, c.Now)
	if p.OnHold == nil {
		return nil
	}
	if err := t.doorAtRest(p); err != nil {
		return err
	}
	t.emit(&ParcelReleased{of(p), p.Compartment, c.Reason})
	return nil
}

// holdable reads the parcel that is to be held or released.
func (t *turn) holdable(id, reason string, cond Condition) (Parcel, error) {
	p, exists := t.Parcel(id)
	if !exists {
		return p, noSuchParcel()
	}
	if err := cond.check(p, true); err != nil {
		return p, err
	}
	if reason != "" {
		return p, CheckText(reason, maxReason, "reason", "/reason")
	}
	return p, nil
}

// doorAtRest refuses while the parcel's door is open or about to be: a hold that is
// accepted then could promise what is over already.
func (t *turn) doorAtRest(p Parcel) error {
	if p.Compartment == "" {
		return nil
	}
	box, _ := t.Compartment(p.Compartment)
	_, moving := t.underWay(p.Compartment)
	if moving || box.Door == door.Open || p.State == Booked || p.State == Depositing || p.State == Collecting {
		return Refuse(Conflict, "door-in-use", "door %s is open or about to be opened for this parcel, which is %s; "+
			"read it again in a moment, then decide anew", p.Compartment, p.State)
	}
	return nil
}

// refuseHeld tells the bearer of a valid code that the shop has to be asked.
func (t *turn) refuseHeld(p Parcel, by CredentialKind) {
	if t.refusedAlready(view.StepPickupRefused, view.ReasonOnHold) && t.toldEnough() {
		return
	}
	t.emit(&PickupRefused{Presented: string(by), Why: whyOnHold, Parcel: p.ID})
	if t.visit.Actor == "bearer" {
		t.beginAnew(PickupVisit) // whoever this is sees nothing of the one before
	} else {
		t.begin(PickupVisit)
	}
	t.refused(view.StepPickupRefused, view.ReasonOnHold)
}

func (a applying) held(f *ParcelHeld) {
	a.parcel(f.ParcelID, func(p *Parcel) {
		h := Hold{Since: a.at, Reason: f.Reason}
		if p.OnHold != nil {
			h.Since = p.OnHold.Since // told anew with another reason
		}
		p.OnHold = &h
	})
}
