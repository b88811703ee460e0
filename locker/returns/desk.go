package returns

import (
	"slices"

	"cubby/locker/ledger"
	"cubby/locker/orders"
	"cubby/locker/returns/policy"
	"cubby/locker/visit"
)

// What the pages of the staff ask.

// Open are the returns that are not over.
func Open(s *ledger.State) []Case { return openCases.Find(s, ledger.Open) }

// RefundsOf are the refunds of a return.
func RefundsOf(s *ledger.State, id string) []Refund { return refundsOfCase.Find(s, id) }

// MayCancel reports whether a return comes to nothing when it is cancelled: nothing was
// brought, or it goes back over the counter before anybody has looked at it.
func (c Case) MayCancel() bool {
	if len(c.Bags) > 0 {
		return false
	}
	untouched := !slices.ContainsFunc(
		c.Items,
		func(i Item) bool { return i.Result != "" || i.Decision != "" },
	)
	return c.State == Requested || c.State == Authorised ||
		c.State == DroppedOff && c.Channel == AtCounter && untouched
}

// Risk weighs the reasons to look at a return closer.
func (c Case) Risk() policy.Level {
	switch len(c.Signals) {
	case 0:
		return policy.Low
	case 1:
		return policy.Medium
	}
	return policy.High
}

// MayClose reports whether nothing is left to do for a return but to close it.
func (c Case) MayClose(s *ledger.State) bool {
	return c.State == Decided || c.State == Settling && paidUp(s, c)
}

// Payable reports whether an amount can go back the way an order was paid.
func Payable(s *ledger.State, o orders.Order, amount int64) bool {
	_, short := split(s, o, amount)
	return short == 0
}

// Standard is where the shop's rules send an item of its grade.
func Standard(s *ledger.State, env visit.Env, c Case, i Item) Disposition {
	return defaultPlace(env, s, c, i)
}

// TheOrder finds the one order that a text names, and whether by its gift receipt; or else
// all orders with an article.
func TheOrder(s *ledger.State, text string) (all []orders.Order, gift bool) {
	o, by := lookFor(s, text)
	switch by {
	case byNothing:
		return nil, false
	case byThing:
		return orders.Find(s, text), false
	}
	return []orders.Order{o}, by == byGift
}
