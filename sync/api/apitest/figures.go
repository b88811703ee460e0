package apitest

import (
	"context"
	"time"

	"cubby/locker/returns/figures"
)

// ReturnFigures are of three orders and one return.
func (c *Core) ReturnFigures(_ context.Context, from, to time.Time) (figures.Figures, error) {
	return figures.Of(from, to,
		[]figures.Sale{{Order: "O1", Line: "1", SKU: "=A", Supplier: "north", Units: 3, Elsewhere: 1}},
		[]figures.Return{{Order: "O1", Line: "1", Reason: "faulty", Units: 1}},
		[]figures.Stay{{Dropped: from, Decided: from.Add(time.Hour)}}), nil
}

// Reconciliation has one refund of each day.
func (c *Core) Reconciliation(_ context.Context, day time.Time,
	zone *time.Location) (figures.Reconciliation, error) {
	return figures.Reconcile(day, zone, []figures.Refund{{
		ID: "f-1", Case: "R-7K3M-9QPX", Order: "O1", Shop: "acme", Kind: "card", State: "completed", Amount: 1999,
		Currency: "EUR", Reference: "@re_1", Ordered: day.Add(time.Hour),
	}}), nil
}
