package returns_test

import (
	"testing"

	"cubby/locker/money"
	"cubby/locker/orders"
	"cubby/locker/returns"
)

// Cases 29 and 30 of the table: "the cheapest free" on 20 and 12, shared by price, gives back
// 12.50 or 7.50; a set of 50, 30 and 20 for 90 gives back 27 for the 30, and nothing of it
// alone where it comes back whole only.
func TestWhatADiscountTookOffStaysOff(t *testing.T) {
	s := newSite("berlin")
	for _, c := range []struct {
		prices   []int64
		discount int64
		whole    bool
		line     int
		refund   int64
		refused  string
	}{
		{[]int64{2000, 1200}, 1200, false, 0, 1250, ""}, {[]int64{2000, 1200}, 1200, false, 1, 750, ""},
		{[]int64{5000, 3000, 2000}, 1000, false, 1, 2700, ""},
		{[]int64{5000, 3000, 2000}, 1000, true, 1, 0, "bundle_whole"},
	} {
		o := orders.Order{
			ID: "O1", Shop: "acme", Currency: "EUR", Country: "DE", Channel: orders.Online,
			Ordered: dawn.AddDate(0, 0, -3),
			Tax:     money.Method{Per: money.PerLine, How: money.HalfUp, Inclusive: true},
		}
		for i, off := range money.Allocate(c.discount, c.prices) {
			o.Lines = append(o.Lines, orders.Line{
				ID: string(rune('1' + i)), SKU: "A", Title: "A", Quantity: 1, UnitPrice: c.prices[i], Discount: off,
				Bundle: "set", BundleWhole: c.whole,
			})
		}
		b := returns.Basis{Order: o, Channel: returns.AtCounter, At: dawn}
		asks := []returns.Ask{{Line: o.Lines[c.line].ID, Quantity: 1, Reason: "changed_mind"}}
		v := returns.Judge(s.state(), s.env(), b, asks)[0]
		if v.Refund != c.refund || v.Refused != c.refused {
			t.Errorf("%+v: %+v", c, v)
		}
		if !c.whole {
			continue
		}
		for i := range o.Lines {
			asks = append(asks, returns.Ask{Line: o.Lines[i].ID, Quantity: 1, Reason: "changed_mind"})
		}
		var all int64
		for _, v := range returns.Judge(s.state(), s.env(), b, asks[1:]) { // all of it
			all += v.Refund
		}
		if all != 9000 {
			t.Errorf("the whole set gives back %d", all)
		}
	}
}
