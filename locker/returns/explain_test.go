package returns_test

import (
	"fmt"
	"testing"

	"cubby/locker/ledger"
	"cubby/locker/money"
	"cubby/locker/orders"
	"cubby/locker/returns"
	"cubby/locker/returns/policy"
)

// Explanations come some lines at a time, so that doors do not wait for them.
func TestALargeOrderIsExplainedLineByLine(t *testing.T) {
	s := newSite("berlin")
	ch := s.state()
	o := orders.Order{
		ID: "O1", Shop: "acme", Currency: "EUR", Country: "DE", Channel: orders.Online, Ordered: dawn.AddDate(0, 0, -9),
		Tax: money.Method{Per: money.PerLine, How: money.HalfUp, Inclusive: true},
	}
	for i := range 47 {
		o.Lines = append(o.Lines, orders.Line{
			ID: fmt.Sprint(i), SKU: "A", Title: "A", Quantity: 2, UnitPrice: 100, FinalSale: i == 46,
		})
	}
	orders.Orders.Put(ch, o.ID, o)
	s.merge(ch.Changes())
	ask := func(q policy.Inquiry) (all []policy.Told, turns int, err error) {
		for n := -1; n != len(all); turns++ {
			n = len(all)
			c := returns.Explain{Inquiry: q, From: n, Into: &all}
			if _, err := s.rules.Decide(s.Memory, c, s.env()); err != nil {
				return nil, 0, err
			}
		}
		return all, turns, nil
	}
	all, turns, err := ask(policy.Inquiry{Order: "O1"})
	if err != nil || len(all) != 47 || turns != 4 {
		t.Fatalf("%d lines in %d turns, %v", len(all), turns, err)
	}
	for i, l := range all {
		if l.Line != fmt.Sprint(i) || l.Quantity != 2 || l.Left != 2 || !l.Eligible || l.Refund != 200 ||
			l.Reason != "changed_mind" || len(l.Because) < 2 {
			t.Errorf("line %d: %+v", i, l)
		}
	}
	if v := all[46]; v.Ground != "withdrawal" { // the shop would not take it
		t.Errorf("final sale: %+v", v)
	}
	one, _, err := ask(policy.Inquiry{Order: "O1", Line: "7", Quantity: 1, Reason: "faulty", Back: "counter"})
	if err != nil || len(one) != 1 || one[0].Refund != 100 || one[0].Reason != "faulty" {
		t.Errorf("%+v, %v", one, err)
	}
	for _, q := range []policy.Inquiry{{Order: "O2"}, {Order: "O1", Line: "99"}} {
		if _, _, err := ask(q); ledger.CodeOf(err) != ledger.NotFound {
			t.Errorf("%+v: %v", q, err)
		}
	}
}
