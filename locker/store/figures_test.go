package store

import (
	"fmt"
	"testing"
	"time"

	"cubby/locker/ledger"
	"cubby/locker/orders"
	"cubby/locker/returns"
	"cubby/locker/returns/figures"
)

// Figures are of orders of the time, wherever in the file they are; what is given back, not
// there or only asked for has not come back.
func TestReturnsAreCountedFromTheFile(t *testing.T) {
	s := open(t, t.TempDir())
	ch := ledger.NewState(ledger.NewMemory(nil))
	for i := range 2*rowsAtOnce + 1 {
		o := soldOn(fmt.Sprintf("SO-%04d", i), 1+i%20)
		o.Lines[0].Supplier, o.Lines[0].Quantity = "north", 2
		o.Cancelled = i == 400
		orders.Orders.Put(ch, o.ID, o)
	}
	at := func(day, hour int) *time.Time {
		d := time.Date(2026, 3, day, hour, 0, 0, 0, time.UTC)
		return &d
	}
	put := func(id, order string, state returns.State, dropped, decided *time.Time, items ...returns.Item) {
		for i := range items {
			items[i].N, items[i].Line, items[i].Quantity = i+1, "1", 1
		}
		returns.Cases.Put(ch, id, returns.Case{
			ID: id, Order: order, State: state, Items: items, Dropped: dropped, DecidedAt: decided,
		})
	}
	faulty := returns.Item{Reason: "faulty", Moment: "after_grading"}
	small := returns.Item{Reason: "too_small", Moment: "at_drop"}
	gone, given := faulty, faulty
	gone.Result, given.Decision = returns.NotThere, returns.GiveBack
	put("R-1", "SO-0000", returns.Closed, at(5, 9), at(5, 12), faulty, small, gone, given)
	put("R-2", "SO-0021", returns.Authorised, nil, nil, small)           // has not been brought
	put("R-3", "SO-0399", returns.Settling, at(6, 9), at(7, 9), small)   // of the last page of rows
	put("R-4", "SO-0019", returns.Closed, at(6, 9), at(6, 10), small)    // sold on the 20th
	put("R-5", "SO-0001", returns.DroppedOff, at(12, 0), nil, faulty)    // after the time
	put("R-6", "SO-0002", returns.Cancelled, at(5, 9), at(5, 9), faulty) // came to nothing
	pay := func(id, of string, state returns.RefundState, ordered, ended *time.Time) {
		returns.Refunds.Put(ch, id, returns.Refund{
			ID: id, Case: of, Kind: "card", State: state, Amount: 100, Currency: "EUR", Ordered: *ordered,
			Ended: ended,
		})
	}
	pay("f-1", "R-1", returns.Completed, at(5, 12), at(5, 13))
	pay("f-2", "R-1", returns.Completed, at(5, 12), at(6, 9))
	pay("f-3", "R-1", returns.Replaced, at(5, 12), at(5, 14))
	pay("f-4", "R-3", returns.Completed, at(7, 9), at(7, 9))
	pay("f-5", "R-3", returns.Pending, at(7, 9), nil)
	inOne(t, s, func(tx *Tx) { tx.Save(ch.Changes()) })

	f, err := s.ReturnFigures(t.Context(), *at(1, 0), *at(12, 0))
	if err != nil {
		t.Fatal(err)
	}
	// The first 11 days of 20: 20 orders of each, of which one was cancelled; and the last one.
	if f.Sold != 2*20*11 || f.Back != 3 || f.Dropped != 3 {
		t.Errorf("%d of %d, %d returns", f.Back, f.Sold, f.Dropped)
	}
	if len(f.ByReason) != 2 || f.ByReason[0].Name != "faulty" || f.ByReason[0].Back != 2 ||
		f.BySupplier[0].Sold != f.Sold {
		t.Errorf("%+v", f)
	}
	if f.ToMoney != (figures.Spread{Count: 1, P50: 86400, P90: 86400, P95: 86400, Most: 86400}) {
		t.Errorf("to money: %+v", f.ToMoney)
	}
	day, err := s.Reconciliation(t.Context(), *at(6, 12), time.UTC)
	if err != nil || len(day.Refunds) != 1 || day.Refunds[0].ID != "f-2" {
		t.Errorf("%+v, %v", day, err)
	}
	if day, err = s.Reconciliation(t.Context(), *at(7, 12), time.UTC); err != nil || len(day.Sums) != 2 ||
		day.Totals[0].Waiting != 100 || day.Totals[0].Completed != 100 {
		t.Errorf("%+v, %v", day, err)
	}
}
