package returns_test

import (
	"testing"
	"time"

	"cubby/locker/orders"
	"cubby/locker/returns"
)

// What was repaired and is faulty again pays money; before that a repair comes first.
func TestARepairThatHasFailedPaysMoney(t *testing.T) {
	s := newSite("berlin")
	ch := s.state()
	ordered := dawn.AddDate(0, -3, 0)
	o := orders.Order{
		ID: "O1", Shop: "acme", Currency: "EUR", Country: "DE", Channel: orders.InStore, Contract: orders.OnPremises,
		Ordered: ordered, Lines: []orders.Line{{ID: "1", SKU: "A", Title: "A", Quantity: 1, UnitPrice: 5400}},
		Tenders: []orders.Tender{{ID: "t", Kind: orders.Card, Amount: 5400}},
	}
	o.Tax.Inclusive = true
	orders.Orders.Put(ch, o.ID, o)
	ask := func() (refund int64, remedies []string) {
		b := returns.Basis{Order: o, Channel: returns.AtCounter, At: dawn}
		v := returns.Judge(ch, s.env(), b, []returns.Ask{{Line: "1", Quantity: 1, Reason: "faulty"}})[0]
		return v.Refund, v.Remedies
	}
	if refund, remedies := ask(); refund != 0 || remedies[0] != "exchange" {
		t.Errorf("before a repair: %d, %v", refund, remedies)
	}
	ended := dawn.Add(-24 * time.Hour)
	c := returns.Case{
		ID: "R-1", Order: "O1", State: returns.Decided, Requested: dawn.AddDate(0, 0, -9), Rev: 1,
		Items: []returns.Item{{N: 1, Line: "1", Quantity: 1, Decision: returns.Repair}},
	}
	returns.Cases.Put(ch, c.ID, c)
	if refund, _ := ask(); refund != 0 {
		t.Errorf("while it is repaired: %d", refund)
	}
	c.State, c.Ended = returns.Closed, &ended
	returns.Cases.Put(ch, c.ID, c)
	if refund, remedies := ask(); refund != 5400 || remedies[0] != "refund" {
		t.Errorf("after a repair: %d, %v", refund, remedies)
	}
}
