package core

import (
	"context"

	"cubby/locker/ledger"
	"cubby/locker/shop"
	"cubby/locker/shop/payment"
)

// finished finds attempts to pay that nobody is asked about any more.
type finished struct {
	sale func(ctx context.Context, attempt string) (shop.Sale, error)
	warn func(text string, more ...any)
}

// find is what is to be asked about an attempt; false: there is none with this id.
func (f finished) find(ctx context.Context, attempt string) (e payment.Errand, ok bool) {
	sale, err := f.sale(ctx, attempt)
	if err != nil {
		if ledger.CodeOf(err) != ledger.NotFound {
			f.warn("a notice of a payment provider is not followed", "attempt", attempt, "error", err)
		}
		return e, false
	}
	for _, a := range sale.Payment.Attempts {
		if a.ID == attempt {
			return payment.Errand{Order: sale.ID, Attempt: a, Do: payment.DoGet}, true
		}
	}
	return e, false
}
