package shop_test

import (
	"strings"
	"testing"

	"cubby/locker/people"
	"cubby/locker/shop"
	"cubby/locker/stock"
)

func TestTheCustomerWaitsAtABay(t *testing.T) {
	w := newStore(t)
	w.put(t, "MUG", stock.Shelf, "", 2)
	w.into(t, "MUG")
	w.buys(t, string(shop.Kerbside), "counter")
	sale := w.sale(t)
	w.refused(t, shop.Here{Sale: "S-0000-0000", Bay: "3"}, "no-such-sale")
	for _, bay := range []string{"", strings.Repeat("b", 21), "3\n"} {
		w.refused(t, shop.Here{Sale: sale.ID, Bay: bay}, "bay")
	}
	w.do(t, shop.Here{By: people.Tools, Sale: sale.ID, Bay: "3"})
	told := len(w.log)
	w.do(t, shop.Here{By: people.Tools, Sale: sale.ID, Bay: "3"})
	if now := w.sale(t); now.Bay != "3" || len(w.log) != told {
		t.Errorf("it waits at %q, and %d facts were told twice", now.Bay, len(w.log)-told)
	}
	w.do(t, shop.Here{By: people.Tools, Sale: sale.ID, Bay: strings.Repeat("b", 20)})
	w.says(t, paid(800))
	w.do(t, shop.Pick{By: people.Tools, Sale: sale.ID, Line: "1", Short: true})
	w.refused(t, shop.Here{By: people.Tools, Sale: sale.ID, Bay: "4"}, "sale-over")
}

func TestNobodyWaitsForWhatIsNotBroughtOut(t *testing.T) {
	w := newStore(t)
	w.put(t, "MUG", stock.Shelf, "", 2)
	w.into(t, "MUG")
	w.buys(t, string(shop.Counter), "counter")
	w.refused(t, shop.Here{By: people.Tools, Sale: w.sale(t).ID, Bay: "3"}, "not-kerbside")
}
