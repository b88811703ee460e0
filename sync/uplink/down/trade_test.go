package down

import (
	"testing"

	"cubby/locker/ledger"
	"cubby/locker/orders"
	"cubby/locker/returns"
	"cubby/locker/stock"
)

func TestLeasesAndWhatCameElsewhere(t *testing.T) {
	w := newWorld(t)
	w.takes("orders", "SO-1", anOrder, "order.accepted")
	const lease = `{"site":"s-2","until":"2026-03-02T00:00:00Z"}`
	w.takes("leases", "SO-1/1", lease, "order.lease_granted")
	w.takes("leases", "SO-1/1", lease)
	w.takes("leases", "SO-1/1", "")
	w.takes("came", "SO-1/1", `{"quantity":1}`, "order.returned_elsewhere")
	w.takes("came", "SO-1/1", `{"quantity":1}`)
	o, _ := orders.Get(w.state(), "SO-1")
	if l := o.Lines[0]; l.Lease == nil || l.Lease.Site != "s-2" || l.ReturnedElsewhere != 1 {
		t.Errorf("the line is %+v", l)
	}
	w.refuses("came", "SO-1/1", `{"quantity":3}`, "out-of-range", "/quantity")
	w.refuses("came", "SO-1/1", `{}`, "never-less", "/quantity")
	w.refuses("came", "SO-1/7", `{"quantity":1}`, "unknown-line", "/line")
	w.refuses("came", "SO-2/1", `{"quantity":1}`, "no-such-order", "")
	w.refuses("leases", "SO-1", lease, "id", "/id")
	w.refuses("leases", "SO-1/1", `{"site":"s-2"}`, "missing-member", "/until")
	w.refuses("leases", "SO-1/1", `{"site":"s-2","until":"tomorrow"}`, "wrong-type", "/until")
}

func TestAConditionalReturnIsAnswered(t *testing.T) {
	w := newWorld(t)
	put := func(c returns.Case) {
		s := w.state()
		returns.Cases.Put(s, c.ID, c)
		w.Merge(s.Changes())
	}
	put(returns.Case{ID: "RM-1", Order: "SO-1", State: returns.DroppedOff, Conditional: true})
	put(returns.Case{ID: "RM-2", Order: "SO-1", State: returns.Requested})
	w.takes("returns", "RM-1", `{"agreed":true}`, "return.authorised")
	w.takes("returns", "RM-1", `{"agreed":true}`)
	w.takes("returns", "RM-2", `{"agreed":false,"reason":"it was returned elsewhere"}`, "return.declined")
	w.takes("returns", "RM-2", `{"agreed":false,"reason":"it was returned elsewhere"}`)
	w.refuses("returns", "RM-2", `{"agreed":false}`, "missing-member", "/reason")
	w.refuses("returns", "RM-2", `{}`, "missing-member", "/agreed")
	w.refuses("returns", "RM-3", `{"agreed":true}`, "no-such-return", "")
}

func TestARefundIsSettled(t *testing.T) {
	w := newWorld(t)
	s := w.state()
	returns.Refunds.Put(s, "rf-1", returns.Refund{ID: "rf-1", State: returns.Pending, Amount: 700,
		Currency: "EUR"})
	returns.Refunds.Put(s, "rf-2", returns.Refund{ID: "rf-2", State: returns.Pending, Amount: 700,
		Currency: "EUR"})
	w.Merge(s.Changes())
	const paid = `{"state":"completed","amount":700,"currency":"EUR","reference":"pi_1"}`
	w.takes("refunds", "rf-1", paid, "refund.completed")
	w.takes("refunds", "rf-1", paid)
	w.takes("refunds", "rf-2", `{"state":"completed","amount":800,"currency":"EUR"}`, "refund.failed")
	w.refuses("refunds", "rf-1", `{"state":"completed","amount":800,"currency":"EUR"}`, "refund-final", "")
	w.refuses("refunds", "rf-1", `{"state":"lost","amount":1,"currency":"EUR"}`, "out-of-bounds", "/state")
	w.refuses("refunds", "rf-1", `{"state":"completed","currency":"EUR"}`, "missing-member", "/amount")
}

func TestALeaseOfStockIsAnsweredAndTakenWhenItIsConfirmed(t *testing.T) {
	w := newWorld(t)
	const offer, confirmed = `{"number":1,"units":4,"until":"2036-03-02T00:00:00Z"}`,
		`{"number":1,"units":4,"until":"2036-03-02T00:00:00Z","confirmed":true}`
	w.takes("stock_leases", "A-1", offer, "stock.lease_changed")
	w.takes("stock_leases", "A-1", offer)
	w.takes("stock_leases", "A-1", confirmed, "stock.lease_changed")
	w.takes("stock_leases", "A-1", confirmed)
	if l := stock.LeaseOf(w.state(), "A-1"); l.Left != 4 || l.Number != 1 || l.Offer != nil {
		t.Errorf("the lease is %+v", l)
	}
	w.takes("stock_leases", "A-1", "")
	w.takes("stock_leases", "A-1", `{"number":2,"units":1,"until":"2036-03-02T00:00:00Z"}`,
		"stock.lease_changed")
	w.takes("stock_leases", "A-1", "", "stock.lease_changed")
	w.refuses("stock_leases", "A-1", `{"number":3,"units":0,"until":"2036-03-02T00:00:00Z"}`,
		"out-of-range", "/units")
	w.refuses("stock_leases", "A-1", `{"number":3,"units":1}`, "missing-member", "/until")
	w.refuses("stock_leases", "a\nb", offer, "sku", "")
}

func TestStockComesToWhatTheCentreSays(t *testing.T) {
	w := newWorld(t)
	onHand := func() int { return stock.Of(ledger.NewState(w.Memory), "A-1").OnHand }
	for _, c := range []struct {
		doc   string
		facts []string
		want  int
	}{
		{`{"on_hand":7}`, []string{"stock.moved"}, 7},
		{`{"on_hand":7}`, nil, 7},
		{`{"on_hand":0}`, []string{"stock.moved"}, 0},
		{`{"on_hand":250000}`, []string{"stock.moved", "stock.moved", "stock.moved"}, 250_000},
	} {
		w.takes("stock", "A-1", c.doc, c.facts...)
		if got := onHand(); got != c.want {
			t.Errorf("%s: %d on hand", c.doc, got)
		}
	}
	w.takes("stock", "A-1", "")
	w.refuses("stock", "A-1", `{"on_hand":-1}`, "out-of-range", "/on_hand")
	w.refuses("stock", "A-1", `{}`, "missing-member", "/on_hand")
	w.refuses("stock", "a\nb", `{"on_hand":1}`, "sku", "")
}
