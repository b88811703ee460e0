package shop_test

import (
	"testing"

	"cubby/locker/door"
	"cubby/locker/shop"
	"cubby/locker/shop/payment"
	"cubby/locker/stock"
	"cubby/locker/view"
	"cubby/locker/visit"
)

// The core dies after each step of a purchase. What it knows then by its log is what it knew,
// whoever buys is on the same page, and the provider is asked what it had to be asked.
func TestARestartAfterEachStepOfAPurchase(t *testing.T) {
	w := newStore(t)
	w.put(t, "TEA", stock.Door, "2", 1)
	for _, c := range []struct {
		name  string
		do    func(w *store)
		step  view.Step
		state shop.State
		ask   payment.Do // empty: nothing
	}{
		{"home", func(w *store) { w.act(t, view.ActStartShop, "") }, view.StepShopHome, "", ""},
		{"cart", func(w *store) {
			w.walks(t, pages[view.StepShopCart])
		}, view.StepShopCart, "", ""},
		{"coupon", func(w *store) {
			w.act(t, view.ActCoupon, "")
			w.act(t, view.ActType, "five")
		}, view.StepShopCart, "", ""},
		{"place", func(w *store) { w.act(t, view.ActCheckout, "") }, view.StepShopPlace, "", ""},
		{"tender", func(w *store) { w.act(t, view.ActPick, "locker_now") }, view.StepShopPay, "", ""},
		{"asked", func(w *store) {
			w.act(t, view.ActPick, "phone")
		}, view.StepShopPaying, shop.Placed, payment.DoCreate},
		{"shown", func(w *store) { w.says(t, opened) }, view.StepShopPaying, shop.Placed, payment.DoGet},
		{"called off", func(w *store) {
			w.act(t, view.ActCallOff, "")
		}, view.StepShopLimbo, shop.Placed, payment.DoClose},
		{"closed", func(w *store) { w.says(t, closed) }, view.StepShopUnpaid, shop.Placed, payment.DoGet},
		{"again", func(w *store) {
			w.act(t, view.ActTryAgain, "")
		}, view.StepShopPaying, shop.Placed, payment.DoCreate},
		{"too little", func(w *store) {
			w.says(t, paid(499))
		}, view.StepShopUnpaid, shop.Placed, payment.DoRefund},
		{"gone back", func(w *store) {
			w.says(t, payment.RefundSaid{
				ID: w.last(t).Refund.ID, Status: payment.BackDone, Amount: 499, Currency: "EUR",
			})
		}, view.StepShopUnpaid, shop.Placed, payment.DoGet},
		{"third", func(w *store) {
			w.act(t, view.ActTryAgain, "")
		}, view.StepShopPaying, shop.Placed, payment.DoCreate},
		{"paid", func(w *store) { w.says(t, paid(500)) }, view.StepShopPaying, shop.Paid, payment.DoGet},
		{"door", func(w *store) { w.do(t, visit.Tick{}) }, view.StepPickupOpening, shop.Ready, payment.DoGet},
		{"nobody saw it open", func(*store) {}, "", shop.Ready, payment.DoGet},
		{"code", func(w *store) {
			w.shows(t, w.sale(t).Code)
			w.opens(t)
		}, view.StepPickupOpen, shop.Ready, payment.DoGet},
		{"taken", func(w *store) { w.closes(t, "2", door.Empty) }, "", shop.HandedOver, payment.DoGet},
	} {
		c.do(w)
		was := w.view()
		w.restarts(t)
		v := w.view()
		if c.step != "" && v.Step != c.step || v.Step != was.Step || v.Visit != was.Visit {
			t.Fatalf("%s: the page is %s of visit %s and was %s of %s", c.name, v.Step, v.Visit, was.Step,
				was.Visit)
		}
		w.reads(t)
		if c.state == "" {
			if len(w.sales()) != 0 {
				t.Fatalf("%s: there is a sale", c.name)
			}
			continue
		}
		sale := w.sale(t)
		all := w.asked[sale.ID]
		if sale.State != c.state || len(all) == 0 || all[len(all)-1].Do != c.ask {
			t.Fatalf("%s: the sale is %s, and the provider is asked %+v", c.name, sale.State, all)
		}
	}
	if l := w.level("TEA"); l.Here() != 0 || len(w.held()) != 0 {
		t.Errorf("the level is %+v, held %+v", l, w.held())
	}
}
