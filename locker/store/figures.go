package store

import (
	"context"
	"fmt"
	"time"

	"cubby/locker/orders"
	"cubby/locker/returns"
	"cubby/locker/returns/figures"
)

// rowsAtOnce bounds what is read in one look at the file, so that none lasts long.
const rowsAtOnce = 200

// each reads all rows of a table, in the order of their ids.
func each[T any](ctx context.Context, s *Store, table string, id func(T) string, use func(T)) error {
	query := fmt.Sprintf("SELECT id, doc, sum FROM %s WHERE id > ? ORDER BY id LIMIT %d", table, rowsAtOnce)
	for after, n := "", rowsAtOnce; n == rowsAtOnce; {
		n = 0
		err := eachDoc(ctx, s, table, query, func(one T) {
			n++
			use(one)
			after = id(one)
		}, after)
		if err != nil {
			return err
		}
	}
	return nil
}

// ReturnFigures counts what came back of orders made from a moment until before another,
// and how long the returns took that were dropped then.
func (s *Store) ReturnFigures(ctx context.Context, from, to time.Time) (figures.Figures, error) {
	in := func(at time.Time) bool { return !at.Before(from) && at.Before(to) }
	var sales []figures.Sale
	err := each(ctx, s, "orders", func(o orders.Order) string { return o.ID }, func(o orders.Order) {
		if o.Cancelled || !in(o.Ordered) {
			return
		}
		for _, l := range o.Lines {
			sales = append(sales, figures.Sale{
				Order: o.ID, Line: l.ID, SKU: l.SKU, Supplier: l.Supplier, Units: l.Quantity,
				Elsewhere: l.ReturnedElsewhere,
			})
		}
	})
	if err != nil {
		return figures.Figures{}, err
	}
	paid := map[string]time.Time{} // when the last refund of a case was; zero: one is not
	err = each(ctx, s, "refunds", func(r returns.Refund) string { return r.ID }, func(r returns.Refund) {
		at, seen := paid[r.Case]
		switch {
		case r.State == returns.Replaced:
		case r.State != returns.Completed || r.Ended == nil:
			paid[r.Case] = time.Time{}
		case !seen || !at.IsZero() && r.Ended.After(at):
			paid[r.Case] = *r.Ended
		}
	})
	if err != nil {
		return figures.Figures{}, err
	}
	var back []figures.Return
	var stays []figures.Stay
	err = each(ctx, s, "return_cases", func(c returns.Case) string { return c.ID }, func(c returns.Case) {
		switch c.State {
		case returns.Declined, returns.Cancelled, returns.Expired:
			return
		}
		if c.Dropped == nil {
			return
		}
		atDrop := len(c.Items) > 0
		for _, i := range c.Items {
			atDrop = atDrop && (i.Moment == "at_drop" || i.Keep)
			if c.Claims(i) {
				back = append(back, figures.Return{Order: c.Order, Line: i.Line, Reason: i.Reason, Units: i.Quantity})
			}
		}
		if in(*c.Dropped) {
			stay := figures.Stay{Dropped: *c.Dropped, Paid: paid[c.ID], AtDrop: atDrop}
			if c.DecidedAt != nil {
				stay.Decided = *c.DecidedAt
			}
			stays = append(stays, stay)
		}
	})
	return figures.Of(from, to, sales, back, stays), err
}

// Reconciliation lists the refunds of a day of a zone.
func (s *Store) Reconciliation(ctx context.Context, day time.Time,
	zone *time.Location) (figures.Reconciliation, error) {
	var all []figures.Refund
	near := func(at time.Time) bool { d := at.Sub(day); return -48*time.Hour < d && d < 48*time.Hour }
	err := each(ctx, s, "refunds", func(r returns.Refund) string { return r.ID }, func(r returns.Refund) {
		if !near(r.Ordered) && (r.Ended == nil || !near(*r.Ended)) {
			return
		}
		all = append(all, figures.Refund{
			ID: r.ID, Case: r.Case, Order: r.Order, Shop: r.Shop, Tender: r.Tender, Kind: r.Kind, Provider: r.Provider,
			State: string(r.State), Amount: r.Amount, Currency: r.Currency, Reference: r.Answer, Ordered: r.Ordered,
			Ended: r.Ended,
		})
	})
	return figures.Reconcile(day, zone, all), err
}
