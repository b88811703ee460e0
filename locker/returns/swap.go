package returns

import (
	"slices"

	"cubby/locker/ledger"
	"cubby/locker/parcel"
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

// exchangeable reports whether a new item may be announced for a return: one alone, and
// while something of it may still be exchanged.
func exchangeable(s *ledger.State, id string) bool {
	c, ok := Cases.Get(s, id)
	return ok && !c.State.Over() && c.exchanges() && (c.Swap == nil || c.Swap.Parcel == "" ||
		over(s, c.Swap.Parcel))
}

// over reports whether the customer does not get a parcel any more.
func over(s *ledger.State, id string) bool {
	p, ok := parcel.Parcels.Get(s, id)
	return !ok || p.State == parcel.Cancelled || p.State == parcel.Missing
}

// exchanges reports whether something of it is, or may still be, given for a new item.
func (c Case) exchanges() bool {
	return slices.ContainsFunc(c.Items, func(i Item) bool { return i.Decision == "" || i.Decision == Exchange })
}

// newItemStands reports whether the customer has the new item of an exchange, or may get it:
// what is held is given to nobody.
func newItemStands(s *ledger.State, c Case) bool {
	if c.Swap == nil || c.Swap.Parcel == "" || over(s, c.Swap.Parcel) {
		return false
	}
	p, _ := parcel.Parcels.Get(s, c.Swap.Parcel)
	return p.OnHold == nil
}

// awaitsReturn reports whether the new item of a return has to wait: the old one is not in,
// not agreed to, or staff have to find it first; something is to be paid; or the customer
// has had money instead.
func awaitsReturn(s *ledger.State, id string) bool {
	c, ok := Cases.Get(s, id)
	return ok && (c.Dropped == nil || c.Conditional || c.Swap != nil && !c.Swap.Settled || !c.exchanges() ||
		c.unsure() && slices.ContainsFunc(c.Items, func(i Item) bool { return i.Decision != Exchange }))
}

// notBoth refuses money for what a new item was exchanged for: with it the customer would
// have both.
func (c Settle) notBoth(t *visit.Turn, r Case) error {
	counter := c.Decision == Exchange && c.Swap != nil
	if !counter && !c.Decision.Pays() || !newItemStands(t.State, r) {
		return nil
	}
	if !counter && slices.ContainsFunc(r.Items, func(i Item) bool {
		return i.N != c.Item && i.Decision == Exchange
	}) {
		return nil
	}
	return ledger.Refuse(ledger.Conflict, "exchanged",
		"parcel %s is the new item of this return: decide first what it is exchanged for; or cancel it, or hold it",
		r.Swap.Parcel).At("/decision")
}
