package returns

import (
	"cubby/locker/ledger"
	"cubby/locker/people"
	"cubby/locker/plain"
	"cubby/locker/visit"
)

// TellSwap is what the centre says of an exchange: what the customer gets, what is to be paid
// for it beyond what comes back, and whether that was paid. A new item that waits behind a
// door opens for nobody before.
type TellSwap struct {
	By        people.Doer
	Case      string
	Swap      Swap // its Parcel is not looked at: a parcel says itself what it is exchanged for
	Condition ledger.Condition
}

// Decide notes it. What is paid stays paid.
func (c TellSwap) Decide(t *visit.Turn) error {
	r, err := open(t, c.By, people.DecideReturns, c.Case, c.Condition)
	if err != nil {
		return err
	}
	s := c.Swap
	if r.State.Over() {
		return wrongState(r, "nothing is exchanged any more")
	}
	for _, n := range []struct {
		at     string
		amount int64
	}{{"/price", s.Price}, {"/to_pay", s.ToPay}} {
		if n.amount < 0 || n.amount > mostAmount {
			return ledger.Refuse(ledger.Invalid, "amount", "must be 0 to %d minor units", int64(mostAmount)).
				At(n.at)
		}
	}
	if err := plain.Check(s.Title, 200, "title", "/title"); err != nil {
		return err
	}
	was := Swap{}
	if r.Swap != nil {
		was = *r.Swap
	}
	s.Parcel, s.Settled = was.Parcel, s.Settled || s.ToPay == 0
	if was.Settled && was.ToPay > 0 && (s.ToPay != was.ToPay || !s.Settled) {
		return ledger.Refuse(ledger.Conflict, "paid-already", "%d was paid for the new item already", was.ToPay).
			At("/to_pay")
	}
	if s != was {
		t.Emit(&SwapSet{r.of(), s, c.By.ID})
		release(t, r.ID)
	}
	return nil
}
