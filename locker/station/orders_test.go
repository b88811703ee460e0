package station

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"cubby/locker/ledger"
	"cubby/locker/money"
	"cubby/locker/orders"
)

// What is known of an order's customer goes with its time, from every file; the order
// itself later, and both are found again by nothing.
func TestAnOrderIsForgottenWithItsTime(t *testing.T) {
	const planted = "PLANTED-REFERENCE"
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		r := start(t, dir) // which keeps orders for 100 days
		ctx := context.Background()
		put := func(id string, days int) orders.Order {
			t.Helper()
			delivered := time.Now().UTC().AddDate(0, 0, -days).Add(90 * time.Minute)
			o, outcome, err := r.PutOrder(ctx, id, orders.Order{
				Shop: "acme", Currency: "EUR", Channel: orders.Online, Ordered: delivered, Delivered: &delivered,
				Tax:      money.Method{Per: money.PerLine, How: money.HalfUp, Inclusive: true},
				Lines:    []orders.Line{{ID: "1", SKU: "A", Title: "a thing", Quantity: 1}},
				Customer: orders.Customer{CustomerRef: planted},
			}, orders.Proof{Postcode: "10115", Phone: "+49 30 123456"}, ledger.Condition{}, "key:test")
			if err != nil || outcome != orders.Created {
				t.Fatal(outcome, err)
			}
			return o
		}
		o := put("SO-1", 30)
		put("SO-2", 100)
		if found(t, dir, planted) == nil || found(t, dir, "10115") != nil {
			t.Error("the reference is in no file from the beginning, or the postcode in one")
		}
		if !o.ProvedBy(r.cfg.Keys.Mark, "3456") || o.ProvedBy(r.cfg.Keys.Mark, "10116") {
			t.Error("the order is proved by what it should not be, or not by what it should")
		}
		time.Sleep(time.Hour + time.Minute)
		synctest.Wait()
		if kept, err := r.store.Order(ctx, "SO-1"); err != nil || kept.CustomerRef != planted {
			t.Errorf("before its time is over it is %+v, %v", kept, err)
		}
		time.Sleep(time.Hour)
		synctest.Wait()
		if in := found(t, dir, planted); in != nil {
			t.Errorf("after 30 days the reference is still in %q", in)
		}
		if kept, err := r.store.Order(ctx, "SO-1"); err != nil || kept.CustomerRef != "" || kept.PostcodeHash == "" {
			t.Errorf("after 30 days it is %+v, %v", kept, err)
		}
		if _, err := r.store.Order(ctx, "SO-2"); ledger.CodeOf(err) != ledger.NotFound {
			t.Errorf("after 100 days: %v", err)
		}
		page, _, err := r.store.Orders(ctx, orders.Filter{Scan: "A"})
		if len(page) != 1 || page[0].ID != "SO-1" || err != nil {
			t.Errorf("found by its article: %v, %v", page, err)
		}
		r.stop()
	})
}
