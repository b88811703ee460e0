package shop_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"cubby/locker/shop"
	"cubby/locker/shop/payment"
	"cubby/locker/shop/price"
	"cubby/locker/stock"
	"cubby/locker/view"
	"cubby/locker/visit"

	"pgregory.net/rapid"
)

// walk goes through pages: each step is an action and its value.
type walk []struct {
	name  view.ActionName
	value string
}

func (w *store) walks(t rapid.TB, all walk) {
	t.Helper()
	for _, a := range all {
		w.act(t, a.name, a.value)
	}
}

// pages are how each page is come to, by somebody who has just touched the idle page.
var pages = map[view.Step]walk{
	view.StepShopHome:    nil,
	view.StepShopList:    {{view.ActPick, "tea"}},
	view.StepShopSearch:  {{view.ActSearch, ""}},
	view.StepShopProduct: {{view.ActPick, "tea"}, {view.ActPick, "TEA"}},
	view.StepShopCart:    {{view.ActPick, "tea"}, {view.ActPick, "TEA"}, {view.ActAdd, ""}},
	view.StepShopCoupon: {
		{view.ActPick, "tea"}, {view.ActPick, "TEA"}, {view.ActAdd, ""}, {view.ActCoupon, ""},
	},
	view.StepShopPlace: {
		{view.ActPick, "tea"}, {view.ActPick, "TEA"}, {view.ActAdd, ""}, {view.ActCheckout, ""},
	},
	view.StepShopPay: {
		{view.ActPick, "tea"}, {view.ActPick, "TEA"}, {view.ActAdd, ""}, {view.ActCheckout, ""},
		{view.ActPick, "locker_now"},
	},
	view.StepShopPaying: {
		{view.ActPick, "tea"}, {view.ActPick, "TEA"}, {view.ActAdd, ""}, {view.ActCheckout, ""},
		{view.ActPick, "locker_now"}, {view.ActPick, "phone"},
	},
}

func TestBackLeadsToWhereOneCameFrom(t *testing.T) {
	for page, want := range map[view.Step][]view.Step{
		view.StepShopHome:    {view.StepIdle},
		view.StepShopList:    {view.StepShopList, view.StepShopHome, view.StepIdle},
		view.StepShopSearch:  {view.StepShopHome},
		view.StepShopProduct: {view.StepShopList, view.StepShopList, view.StepShopHome},
		view.StepShopCart:    {view.StepShopList},
		view.StepShopCoupon:  {view.StepShopCart, view.StepShopList},
		view.StepShopPlace:   {view.StepShopCart},
		view.StepShopPay:     {view.StepShopPlace, view.StepShopCart},
	} {
		w := newStore(t)
		w.put(t, "TEA", stock.Door, "1", 1)
		w.act(t, view.ActStartShop, "")
		w.walks(t, pages[page])
		w.at(t, page, view.ReasonNone)
		for _, next := range want {
			w.act(t, view.ActBack, "")
			w.at(t, next, view.ReasonNone)
		}
	}
}

// Whoever goes away at any page leaves nothing behind: neither units that are held, nor a
// sale that somebody waits for.
func TestAPageThatNobodyActsOnFreesWhatItHeld(t *testing.T) {
	for page, way := range pages {
		w := newStore(t)
		w.put(t, "TEA", stock.Door, "1", 1)
		w.act(t, view.ActStartShop, "")
		w.walks(t, way)
		w.at(t, page, view.ReasonNone)
		if held := len(w.held()); (held == 1) != (len(way) > 2) {
			t.Errorf("%s holds %d", page, held)
		}
		w.wait(t, payFor+2*time.Minute)
		if page == view.StepShopPaying {
			w.says(t, closed)
		}
		w.at(t, view.StepIdle, view.ReasonNone)
		if len(w.held()) != 0 || stock.ATP(w.state(), "TEA", w.now) != 1 {
			t.Errorf("%s: held is %+v", page, w.held())
		}
		for _, sale := range w.sales() {
			if sale.State != shop.Cancelled {
				t.Errorf("%s: the sale is %s", page, sale.State)
			}
		}
	}
}

func TestWhatIsNotLeftOrCostsMoreOrDoesNotFit(t *testing.T) {
	w := newStore(t)
	w.put(t, "TEA", stock.Shelf, "", 2)
	w.into(t, "TEA")
	w.terminal = "kiosk-2"
	w.into(t, "TEA")
	w.act(t, view.ActOneMore, "TEA") // the other holds the last one
	w.at(t, view.StepShopCart, view.ReasonNoneLeft)
	w.act(t, view.ActBack, "")
	w.do(t, visit.Present{Text: gtinOf("TEA"), Presented: "label"})
	v := w.at(t, view.StepShopProduct, view.ReasonNone)
	if v.Allows(view.ActAdd) || v.Shop.Product.Left != 1 {
		t.Errorf("the last one can be had twice: %+v", v.Shop.Product)
	}
	w.act(t, view.ActCart, "")
	w.act(t, view.ActOneLess, "TEA")
	if v := w.at(t, view.StepShopCart, view.ReasonNone); v.Allows(view.ActCheckout) || v.Shop.Count != 0 {
		t.Errorf("the empty cart is %+v", v.Shop)
	}
	w.terminal = ""
	w.act(t, view.ActOneMore, "TEA") // it is free again
	w.at(t, view.StepShopCart, view.ReasonNone)

	w.act(t, view.ActCheckout, "")
	w.act(t, view.ActPick, "counter")
	dearer := *w.prices
	dearer.Prices = append([]price.Price(nil), dearer.Prices...)
	for i := range dearer.Prices {
		dearer.Prices[i].Minor++
	}
	w.prices = &dearer
	w.act(t, view.ActPick, "phone")
	v = w.at(t, view.StepShopCart, view.ReasonPriceMoved)
	if v.Shop.Total.Minor != 2002 || len(w.sales()) != 0 {
		t.Errorf("the cart is %+v", v.Shop)
	}
	w.buys(t, "counter", "phone")
	if sale := w.sale(t); sale.Total != 2002 {
		t.Errorf("it costs %d", sale.Total)
	}
}

func TestACartHasThirtyLines(t *testing.T) {
	w := newStore(t)
	w.act(t, view.ActStartShop, "")
	for i := range 31 {
		sku := fmt.Sprintf("BULK-%02d", i)
		w.put(t, sku, stock.Shelf, "", 1)
		w.act(t, view.ActSearch, "")
		w.act(t, view.ActType, sku)
		w.act(t, view.ActPick, sku)
		w.act(t, view.ActAdd, "")
		if i < 30 {
			w.at(t, view.StepShopCart, view.ReasonNone)
			w.act(t, view.ActShopHome, "")
		}
	}
	if v := w.at(t, view.StepShopProduct, view.ReasonCartFull); v.Shop.Count != 30 {
		t.Errorf("%d are in the cart", v.Shop.Count)
	}
}

func TestALineHasNinetyNineUnits(t *testing.T) {
	w := newStore(t)
	w.put(t, "TEA", stock.Shelf, "", 200)
	w.into(t, "TEA")
	for range 98 {
		w.act(t, view.ActOneMore, "TEA")
		w.at(t, view.StepShopCart, view.ReasonNone)
	}
	w.act(t, view.ActOneMore, "TEA")
	w.at(t, view.StepShopCart, view.ReasonCartFull)
	w.do(t, visit.Present{Text: gtinOf("TEA"), Presented: "label"})
	w.act(t, view.ActAdd, "")
	if v := w.at(t, view.StepShopProduct, view.ReasonCartFull); v.Shop.Count != 99 {
		t.Errorf("%d are in the cart", v.Shop.Count)
	}
}

func TestACouponIsUsedOnceAndComesBackWithASaleThatWasNotPaid(t *testing.T) {
	w := newStore(t)
	w.put(t, "TEA", stock.Shelf, "", 5)
	coupon := func(want view.Step, why view.Reason) {
		t.Helper()
		w.into(t, "TEA")
		w.act(t, view.ActCoupon, "")
		w.act(t, view.ActType, " Five ")
		w.at(t, want, why)
	}
	coupon(view.StepShopCart, view.ReasonNone)
	w.terminal = "kiosk-2"
	coupon(view.StepShopCart, view.ReasonNone)
	w.buys(t, "counter", "phone")
	w.terminal = ""
	w.act(t, view.ActCheckout, "")
	w.act(t, view.ActPick, "counter")
	w.act(t, view.ActPick, "phone")
	if v := w.at(t, view.StepShopCart, view.ReasonPriceMoved); v.Shop.Total.Minor != 1000 {
		t.Errorf("the coupon was used by somebody else, and takes off: %+v", v.Shop.Total)
	}
	w.act(t, view.ActBack, "")
	w.act(t, view.ActBack, "")
	coupon(view.StepShopCoupon, view.ReasonNoCoupon)
	w.act(t, view.ActType, "six")
	w.at(t, view.StepShopCoupon, view.ReasonNoCoupon)
	w.wait(t, 2*time.Minute)

	w.terminal = "kiosk-2"
	w.says(t, declined)
	w.act(t, view.ActFinish, "")
	w.terminal = ""
	coupon(view.StepShopCart, view.ReasonNone)
}

func TestWhoNeedsAnAgeIsServedByStaff(t *testing.T) {
	w := newStore(t)
	w.put(t, "RUM", stock.Door, "1", 1)
	w.set.Others, w.set.HomeWindow = []shop.Other{{Station: "s", Name: "South"}}, time.Hour
	w.into(t, "RUM")
	w.act(t, view.ActCheckout, "")
	v := w.at(t, view.StepShopPlace, view.ReasonAge)
	for _, p := range v.Shop.Places {
		if staffed := p.Kind == "counter" || p.Kind == "kerbside"; staffed != (p.Why == "") {
			t.Errorf("%s: %q", p.Kind, p.Why)
		}
	}
	w.refused(t, w.touch(v, view.ActPick, "locker_now"), "stale-page")
	w.act(t, view.ActPick, "counter")
	w.act(t, view.ActPick, "phone")
	if sale := w.sale(t); sale.Age != 18 {
		t.Errorf("the age is %d", sale.Age)
	}
}

// Staff need two hours of those in which they are there.
func TestWhenItIsReadyIsPromised(t *testing.T) {
	for now, want := range map[string]string{
		"2026-12-01 09:00": "2026-12-01 11:00", "2026-12-01 16:59": "2026-12-01 18:59",
		"2026-12-01 17:01": "2026-12-02 09:01", "2026-12-01 17:40": "2026-12-02 09:40",
		"2026-12-01 23:00": "2026-12-02 11:00", "2026-12-02 06:00": "2026-12-02 11:00",
		"2026-12-05 17:40": "2026-12-07 09:40", // over a Sunday
	} {
		w := newStore(t)
		w.now = moment(now)
		w.put(t, "MUG", stock.Shelf, "", 1)
		w.set.Others, w.set.Transfer = []shop.Other{{Station: "s", Name: "South"}}, 3*time.Hour
		w.set.Home, w.set.HomeWindow = 24*time.Hour, 2*time.Hour
		w.into(t, "MUG")
		w.act(t, view.ActCheckout, "")
		seen := map[string]bool{}
		for _, p := range w.at(t, view.StepShopPlace, view.ReasonNone).Shop.Places {
			seen[p.Value] = true
			ready := moment(want)
			switch p.Value {
			case "locker_now":
				if p.Why != "not_all" || p.Ready != nil {
					t.Errorf("%s: %+v", now, p)
				}
				continue
			case "locker_other:s":
				ready = ready.Add(3 * time.Hour)
			case "ship_home":
				ready = ready.Add(24 * time.Hour)
				if !p.Until.Equal(ready.Add(2 * time.Hour)) {
					t.Errorf("%s: until %v", now, p.Until)
				}
			}
			if !p.Ready.Equal(ready) || p.Why != "" {
				t.Errorf("%s: %s is promised for %v (%s), not %v", now, p.Value, p.Ready, p.Why, ready)
			}
		}
		if len(seen) != 6 {
			t.Errorf("offered are %v", seen)
		}
	}
}

func moment(s string) time.Time {
	at, err := time.Parse("2006-01-02 15:04", s)
	if err != nil {
		panic(err)
	}
	return at
}

func TestNothingIsSoldWithoutPricesOrAfterTheirEnd(t *testing.T) {
	w := newStore(t)
	w.put(t, "TEA", stock.Shelf, "", 1)
	w.into(t, "TEA")
	w.act(t, view.ActCheckout, "")
	w.act(t, view.ActPick, "counter")
	w.prices.Until = w.now
	w.act(t, view.ActPick, "phone")
	w.at(t, view.StepShopCart, view.ReasonPriceMoved)
	w.act(t, view.ActBack, "")
	w.act(t, view.ActBack, "")
	w.act(t, view.ActStartShop, "")
	w.at(t, view.StepShopRefused, view.ReasonNoPrice)
	if len(w.sales()) != 0 {
		t.Errorf("sold: %+v", w.sales())
	}
}

func TestATenderWhoseProviderIsAwayIsNotOffered(t *testing.T) {
	w := newStore(t)
	away := map[payment.Tender]bool{payment.Phone: true}
	w.set.Away = func(one payment.Tender) bool { return away[one] }
	w.put(t, "TEA", stock.OnHand, "", 2)
	w.into(t, "TEA")
	w.act(t, view.ActCheckout, "")
	w.act(t, view.ActPick, string(shop.Counter))
	v := w.at(t, view.StepShopPay, view.ReasonPayAway)
	if !slices.Equal(v.Shop.Tenders, []string{"terminal", "counter"}) {
		t.Errorf("offered are %v", v.Shop.Tenders)
	}
	delete(away, payment.Phone)
	if v = w.view(); !slices.Contains(v.Shop.Tenders, "phone") {
		t.Errorf("offered are %v", v.Shop.Tenders)
	}
	away[payment.Terminal] = true
	w.refused(t, w.touch(v, view.ActPick, "terminal"), "stale-page")
	if len(w.sales()) != 0 {
		t.Error("there is a sale that nobody can pay")
	}
}
