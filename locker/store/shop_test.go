package store

import (
	"fmt"
	"testing"

	"cubby/locker/ledger"
	"cubby/locker/shop"
	"cubby/locker/shop/payment"
)

func TestSalesAreReadByNumberStateAndAttempt(t *testing.T) {
	s := open(t, t.TempDir())
	ch := ledger.NewState(nil)
	for i := range 5 {
		one := shop.Sale{ID: fmt.Sprint("S-", i), State: shop.Picking, Ordered: at.At, Rev: 1}
		if i == 3 {
			one.State = shop.Cancelled
		}
		one.Payment.Attempts = []payment.Attempt{
			{ID: fmt.Sprint("a-", i), State: payment.Failed}, {ID: fmt.Sprint("b-", i), State: payment.Paid},
		}
		shop.Sales.Put(ch, one.ID, one)
	}
	tx, err := s.Begin()
	if err != nil {
		t.Fatal(err)
	}
	tx.Save(ch.Changes())
	if err := tx.Commit(); err != nil {
		t.Fatal(err)
	}
	for _, id := range []string{"a-3", "b-3"} {
		if one, err := s.SaleOfAttempt(t.Context(), id); err != nil || one.ID != "S-3" {
			t.Errorf("attempt %s is of %q: %v", id, one.ID, err)
		}
	}
	if _, err := s.SaleOfAttempt(t.Context(), "c-3"); ledger.CodeOf(err) != ledger.NotFound {
		t.Errorf("a foreign attempt: %v", err)
	}
	if _, err := s.Sale(t.Context(), "S-9"); ledger.CodeOf(err) != ledger.NotFound {
		t.Errorf("a foreign sale: %v", err)
	}
	var seen []string
	for f := (shop.Filter{State: shop.Picking, Limit: 2}); ; {
		page, next, err := s.SalePage(t.Context(), f)
		if err != nil || len(page) > 2 {
			t.Fatalf("%d on a page: %v", len(page), err)
		}
		for _, one := range page {
			seen = append(seen, one.ID)
		}
		if f.After = next; next == "" {
			break
		}
	}
	if fmt.Sprint(seen) != "[S-0 S-1 S-2 S-4]" {
		t.Errorf("being picked are %v", seen)
	}
}
