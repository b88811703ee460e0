package parcel

import (
	"time"

	"cubby/locker/ledger"
	"cubby/locker/visit"
)

// Decide ends a parcel that will not come.
func (c Cancel) Decide(t *visit.Turn) error {
	p, exists := Parcels.Get(t.State, c.ID)
	if !exists {
		return noSuchParcel()
	}
	if err := c.Condition.Check("parcel", p.Rev, true); err != nil {
		return err
	}
	defer setNow(t, c.ID, c.Now)
	if p.Direction == BroughtBack {
		return bagOfReturn(p)
	}
	switch p.State {
	case Cancelled:
		return nil
	case Announced, DepositFailed:
		t.Emit(&ParcelCancelled{of(p)})
		return nil
	case CounterHeld:
		return ledger.Refuse(ledger.Conflict, "with-staff", "staff have the parcel; ask them")
	case Missing:
		return writtenOff(p)
	case Redirected, Returned:
		return goneAlready(p)
	case Collected:
		return ledger.Refuse(ledger.Conflict, "collected-already",
			"the parcel was collected at %s; it cannot be cancelled", p.EndedAt.Format(time.RFC3339))
	}
	return ledger.Refuse(ledger.Conflict, "inside-already",
		"the parcel is %s at door %s; it cannot be cancelled before it has been taken out", p.State,
		p.Compartment)
}

func noSuchParcel() *ledger.Refusal {
	return ledger.Refuse(ledger.NotFound, "no-such-parcel", "there is no parcel with this id here")
}
