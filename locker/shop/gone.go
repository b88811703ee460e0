package shop

import (
	"cubby/locker/shop/payment"
	"cubby/locker/stock"
	"cubby/locker/visit"
)

// gone: somebody has left. What the cart held is free; a sale that nobody pays any more is
// called off, and the provider has to close what can still be paid.
func gone(t *visit.Turn, id string) {
	for _, sale := range Open(t.State) {
		if sale.Cart != id || sale.State != Placed {
			continue
		}
		if a, waits := sale.Payment.Waits(); waits {
			if a.Tender != payment.Cash { // who pays at the counter has left for it
				_ = hear(t, sale, a.ID, payment.Leave{})
			}
			return
		}
		cancel(t, sale.ID, "left")
		return
	}
	if r, _ := stock.Reservations.Get(t.State, id); !r.Committed() {
		_ = stock.Release(t, id, "left")
	}
}
