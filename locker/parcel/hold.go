package parcel

import (
	"cmp"
	"time"

	"cubby/locker/door"
	"cubby/locker/ledger"
	"cubby/locker/people"
	"cubby/locker/plain"
	"cubby/locker/view"
	"cubby/locker/visit"
	"cubby/locker/wall"
)

// A Hold keeps a parcel from its bearer: its code and PIN open nothing. The clock of its
// deadline stands still meanwhile where the policy says so.
type Hold struct {
	Since  time.Time `json:"since"`
	Kind   string    `json:"kind,omitempty"`   // "customs", "fee", "identity"; empty: the shop's own
	Reason string    `json:"reason,omitempty"` // for staff; at most 200 characters
	Centre bool      `json:"centre,omitempty"` // the centre keeps it
}

type (
	// HoldParcel keeps a parcel from its bearer until it is released.
	HoldParcel struct {
		By         people.Doer
		ID, Reason string // the reason may be empty
		Kind       string // see Hold; "shop" is the empty one
		Condition  ledger.Condition
		Now        *Parcel // set to the parcel as it is afterwards when not nil
	}
	// ReleaseParcel ends a hold.
	ReleaseParcel struct {
		By         people.Doer
		ID, Reason string
		Condition  ledger.Condition
		Now        *Parcel
	}

	// ParcelHeld: its code opens nothing from now on.
	ParcelHeld struct {
		OfParcel
		Compartment string `json:"compartment,omitempty"` // where it is
		Kind        string `json:"kind,omitempty"`        // see Hold
		Reason      string `json:"reason,omitempty"`
		By          string `json:"by,omitempty"` // id of who of the staff it was
	}
	// ParcelReleased: its code opens again, unless it has expired meanwhile.
	ParcelReleased struct {
		OfParcel
		Compartment string `json:"compartment,omitempty"`
		Reason      string `json:"reason,omitempty"`
		By          string `json:"by,omitempty"`
	}
)

func (ParcelHeld) Type() string { return "parcel.held" }

func (f *ParcelHeld) Apply(s *ledger.State, at time.Time) {
	held(s, at, f)
}

func (ParcelReleased) Type() string { return "parcel.released" }

func (f *ParcelReleased) Apply(s *ledger.State, at time.Time) {
	changeParcel(s, f.ParcelID, func(p *Parcel) { p.OnHold = nil })
}

// maxReason bounds a reason, in characters.
const maxReason = 200

func (c HoldParcel) Decide(t *visit.Turn) error {
	p, err := holdable(t, c.By, c.ID, c.Reason, c.Condition)
	if err != nil {
		return err
	}
	if c.Kind, err = kindOfHold(c.Kind); err != nil {
		return err
	}
	defer setNow(t, c.ID, c.Now)
	if h := p.OnHold; h != nil {
		c.Reason, c.Kind = cmp.Or(c.Reason, h.Reason), cmp.Or(c.Kind, h.Kind)
		if c.Reason == h.Reason && c.Kind == h.Kind && (h.Centre || c.By != people.Centre) {
			return nil // as it is already
		}
	}
	switch p.State {
	case Collected:
		return ledger.Refuse(ledger.Conflict, "collected-already",
			"the parcel was collected at %s; it cannot be held",
			p.EndedAt.Format(time.RFC3339))
	case Cancelled:
		return ledger.Refuse(ledger.Conflict, "cancelled-already",
			"the parcel is cancelled; there is nothing to hold")
	case CounterHeld:
		return ledger.Refuse(ledger.Conflict, "with-staff", "staff have the parcel; ask them")
	case Missing:
		return writtenOff(p)
	case Redirected, Returned:
		return goneAlready(p)
	}
	if err := doorAtRest(t, p); err != nil {
		return err
	}
	t.Emit(&ParcelHeld{of(p), p.Compartment, c.Kind, c.Reason, c.By.ID})
	t.EveryVisit(func() {
		if t.Visit.Step == view.StepNoOpen && t.Visit.Parcel == p.ID {
			t.Show(view.StepPickupRefused, p.holdReason()) // whoever waits to try again is told
		}
	})
	return nil
}

func (c ReleaseParcel) Decide(t *visit.Turn) error {
	p, err := holdable(t, c.By, c.ID, c.Reason, c.Condition)
	if err != nil {
		return err
	}
	defer setNow(t, c.ID, c.Now)
	if p.OnHold == nil {
		return nil
	}
	if kind := p.OnHold.Kind; (kind == ForCustoms || kind == ForFee) && c.By.ID != "" && c.By != people.Centre {
		return ledger.Refuse(ledger.Conflict, "not-paid",
			"%s; the shop's system or the centre releases it once that is settled", p.OnHold.Says())
	}
	if p.ExchangeOf != "" && t.Awaits(p.ExchangeOf) {
		return ledger.Refuse(ledger.Conflict, "exchange-waits",
			"it is the new item of return %s, which is not in yet or not settled; it is released by itself then",
			p.ExchangeOf)
	}
	if err := doorAtRest(t, p); err != nil {
		return err
	}
	t.Emit(&ParcelReleased{of(p), p.Compartment, c.Reason, c.By.ID})
	return nil
}

// holdable reads the parcel that is to be held or released.
func holdable(t *visit.Turn, by people.Doer, id, reason string, cond ledger.Condition) (Parcel, error) {
	if err := by.Must(t.State, people.HoldParcels); err != nil {
		return Parcel{}, err
	}
	p, exists := Parcels.Get(t.State, id)
	if !exists {
		return p, noSuchParcel()
	}
	if err := cond.Check("parcel", p.Rev, true); err != nil {
		return p, err
	}
	if reason != "" {
		return p, plain.Check(reason, maxReason, "reason", "/reason")
	}
	return p, nil
}

// doorAtRest refuses while the parcel's door is open or about to be: a hold that is
// accepted then could promise what is over already.
func doorAtRest(t *visit.Turn, p Parcel) error {
	if p.Compartment == "" {
		return nil
	}
	box, _ := wall.Compartments.Get(t.State, p.Compartment)
	_, moving := t.UnderWay(p.Compartment)
	if moving || box.Door == door.Open || p.State == Booked || p.State == Depositing ||
		p.State == Collecting {
		return ledger.Refuse(ledger.Conflict,
			"door-in-use", "door %s is open or about to be opened for this parcel, which is %s; "+
				"read it again in a moment, then decide anew", p.Compartment, p.State)
	}
	return nil
}

// refuseBearer tells the bearer of a valid code who has to be asked. Whoever has other parcels
// to go on with is told so in their list.
func refuseBearer(t *visit.Turn, p Parcel, by CredentialKind, reason view.Reason) {
	if refusedInList(t, p, by, reason) {
		return
	}
	if t.RefusedAlready(view.StepPickupRefused, reason) && t.ToldEnough() {
		return
	}
	t.Emit(&PickupRefused{Presented: string(by), Why: string(reason), Parcel: p.ID})
	if t.Visit.Actor == "bearer" {
		t.BeginAnew(PickupVisit) // whoever this is sees nothing of the one before
	} else {
		t.Begin(PickupVisit)
	}
	t.Refused(view.StepPickupRefused, reason)
	t.Visit.Parcel = p.ID // where it is, is told on the page
}
