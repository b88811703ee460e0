package shop_test

import (
	"testing"
	"time"

	"cubby/locker/parcel"
	"cubby/locker/people"
	"cubby/locker/shop"
	"cubby/locker/shop/payment"
	"cubby/locker/stock"
	"cubby/locker/view"
)

var (
	declined = payment.Said{Status: payment.AtDeclined, Remote: "r"}
	closed   = payment.Said{Status: payment.AtClosed, Remote: "r"}
	opened   = payment.Said{Status: payment.AtOpen, Remote: "r", Page: "https://pay.example/1"}
)

// asks is a store where somebody waits for a QR code to pay for tea from door 1.
func asks(t *testing.T) *store {
	t.Helper()
	w := newStore(t)
	w.put(t, "TEA", stock.Door, "1", 1)
	w.into(t, "TEA")
	w.buys(t, "locker_now", "phone")
	w.says(t, opened)
	w.at(t, view.StepShopPaying, view.ReasonNone)
	return w
}

func TestWhyItIsNotPaidIsTold(t *testing.T) {
	back := payment.Said{Status: payment.AtPaid, Currency: "EUR", Captured: 1000, Refunded: 1000}
	dollars := payment.Said{Status: payment.AtPaid, Currency: "USD", Captured: 1000}
	for name, c := range map[string]struct {
		said  payment.Input
		why   view.Reason
		again bool // to pay once more is offered at once
	}{
		"declined":           {declined, view.ReasonPayDeclined, true},
		"over":               {payment.Said{Status: payment.AtExpired}, view.ReasonPayOver, true},
		"closed":             {closed, view.ReasonPayGone, true},
		"too little":         {paid(999), view.ReasonPayAmount, false},
		"too much":           {paid(1001), view.ReasonPayAmount, false},
		"it has gone back":   {back, view.ReasonPayAmount, true},
		"in another country": {dollars, view.ReasonPayAmount, false},
	} {
		w := asks(t)
		w.says(t, c.said)
		v := w.at(t, view.StepShopUnpaid, c.why)
		if v.Allows(view.ActTryAgain) != c.again {
			t.Errorf("%s: the page offers %v", name, v.Actions)
		}
		if sale := w.sale(t); sale.State != shop.Placed || len(w.held()) != 1 {
			t.Errorf("%s: the sale is %s, held is %+v", name, sale.State, w.held())
		}
		w.act(t, view.ActFinish, "")
		if sale := w.sale(t); sale.State != shop.Cancelled || sale.Reason != "left" || len(w.held()) != 0 {
			t.Errorf("%s: the sale is %s (%s), held is %+v", name, sale.State, sale.Reason, w.held())
		}
	}
}

func TestTheMoneyOfAWrongAmountGoesBackBeforeAnotherAttempt(t *testing.T) {
	w := asks(t)
	w.says(t, paid(999))
	a := w.last(t)
	w.says(t, payment.RefundSaid{ID: a.Refund.ID, Status: payment.BackDone, Amount: 999, Currency: "EUR"})
	w.act(t, view.ActTryAgain, "")
	w.at(t, view.StepShopPaying, view.ReasonNone)
	w.says(t, paid(1000))
	w.ticks(t)
	w.taken(t)
	sale := w.sale(t)
	if sale.State != shop.HandedOver || sale.Payment.Paid() != 1000 || !sale.Payment.Settled() {
		t.Errorf("the sale is %+v", sale)
	}
}

func TestPayingAgainWaitsForTheProvider(t *testing.T) {
	w := asks(t)
	w.act(t, view.ActCallOff, "")
	v := w.at(t, view.StepShopLimbo, view.ReasonNone) // it may be paid still
	if v.Allows(view.ActTryAgain) || w.asked[w.sale(t).ID][0].Do != payment.DoClose {
		t.Errorf("the page offers %v, asked is %+v", v.Actions, w.asked)
	}
	w.says(t, closed)
	w.at(t, view.StepShopUnpaid, view.ReasonPayGone)
	w.act(t, view.ActTryAgain, "")
	w.at(t, view.StepShopPaying, view.ReasonNone)
	if n := len(w.sale(t).Payment.Attempts); n != 2 {
		t.Fatalf("%d attempts", n)
	}
	w.says(t, paid(1000))
	first := w.sale(t).Payment.Attempts[0].ID // somebody pays the first QR code as well
	w.do(t, shop.Hear{By: people.Tools, Sale: w.sale(t).ID, Attempt: first, In: paid(1000)})
	sale := w.sale(t)
	if sale.Payment.Paid() != 1000 || sale.Payment.Attempts[0].State != payment.Duplicate ||
		sale.Payment.Attempts[0].Refund.Amount != 1000 {
		t.Errorf("paid twice: %+v", sale.Payment)
	}
	w.ticks(t)
	w.taken(t)
}

func TestAnUnknownOutcomeAndBack(t *testing.T) {
	w := newStore(t)
	w.put(t, "TEA", stock.Door, "1", 1)
	w.into(t, "TEA")
	w.buys(t, "locker_now", "phone")
	w.says(t, payment.Silent{})
	w.at(t, view.StepShopLimbo, view.ReasonNone)
	w.says(t, opened)
	w.at(t, view.StepShopPaying, view.ReasonNone)
	w.wait(t, payFor+time.Second) // its time is over, and nobody says how it went
	w.at(t, view.StepShopLimbo, view.ReasonNone)
	w.says(t, paid(1000))
	w.ticks(t)
	w.taken(t)
	if sale := w.sale(t); sale.State != shop.HandedOver || w.last(t).State != payment.PaidLate {
		t.Errorf("paid late: %+v", sale)
	}
}

func TestMoneyThatComesWhenTheCustomerHasLeft(t *testing.T) {
	for name, sold := range map[string]bool{"the goods are there": false, "they are sold": true} {
		w := asks(t)
		w.wait(t, payFor+30*time.Minute)
		w.at(t, view.StepIdle, view.ReasonNone)
		if len(w.held()) != 0 || w.sale(t).State != shop.Placed {
			t.Fatalf("%s: held is %+v, the sale %s", name, w.held(), w.sale(t).State)
		}
		late := w.sale(t)
		hear := func(in payment.Input) {
			w.do(t, shop.Hear{By: people.Tools, Sale: late.ID, Attempt: late.Payment.Attempts[0].ID, In: in})
			late, _ = shop.Sales.Get(w.state(), late.ID)
		}
		hear(payment.Silent{})
		if len(w.held()) != 0 {
			t.Errorf("%s: a provider that says nothing holds goods", name)
		}
		if sold {
			w.into(t, "TEA")
			w.buys(t, "locker_now", "phone")
			w.says(t, paid(1000))
			w.ticks(t)
			w.taken(t)
			w.wait(t, time.Minute)
		}
		hear(paid(1000))
		if sold {
			a := late.Payment.Attempts[0]
			if late.State != shop.Cancelled || late.Reason != "gone" || a.Refund.Amount != 1000 {
				t.Errorf("sold: the sale is %+v", late)
			}
			hear(payment.RefundSaid{ID: a.Refund.ID, Status: payment.BackDone, Amount: 1000, Currency: "EUR"})
			if !late.Payment.Settled() || late.Payment.Paid() != 0 || w.level("TEA").Here() != 0 {
				t.Errorf("the money is %+v", late.Payment)
			}
			continue
		}
		w.ticks(t)
		w.at(t, view.StepIdle, view.ReasonNone)
		w.shows(t, late.Code)
		w.taken(t)
		late, _ = shop.Sales.Get(w.state(), late.ID)
		if late.State != shop.HandedOver || w.level("TEA").Here() != 0 {
			t.Errorf("the sale is %+v", late)
		}
	}
}

func TestPaidAtTheCounter(t *testing.T) {
	w := newStore(t)
	w.put(t, "MUG", stock.Shelf, "", 2)
	w.into(t, "MUG")
	w.buys(t, "counter", "counter")
	w.at(t, view.StepShopDone, view.ReasonNone)
	w.wait(t, 2*time.Minute)
	w.at(t, view.StepIdle, view.ReasonNone)
	sale := w.sale(t)
	if len(w.held()) != 1 || len(w.asked[sale.ID]) != 0 || sale.State != shop.Placed {
		t.Fatalf("held is %+v, asked %+v, the sale %s", w.held(), w.asked, sale.State)
	}
	w.shows(t, sale.Code)
	w.at(t, view.StepShopStatus, view.ReasonNone)
	w.act(t, view.ActFinish, "")

	w.says(t, paid(800))
	if sale = w.sale(t); sale.State != shop.Picking || w.level("MUG").Committed != 1 {
		t.Fatalf("the sale is %+v", sale)
	}
	w.do(t, parcel.Shelve{By: people.Tools, Parcel: sale.ID, Place: "A1", Fresh: w.env().Fresh})
	if sale = w.sale(t); sale.State != shop.Ready || sale.Lines[0].State != shop.LineReady {
		t.Fatalf("the sale is %+v", sale)
	}
	w.do(t, parcel.HandOver{By: people.Tools, CodeHash: sale.Code})
	l := w.level("MUG")
	sale = w.sale(t)
	if sale.State != shop.HandedOver || l.Here() != 1 || l.Committed != 0 || len(w.held()) != 0 {
		t.Fatalf("the sale is %s, the level %+v, held is %+v", sale.State, l, w.held())
	}
	if err := w.try(parcel.HandOver{By: people.Tools, CodeHash: sale.Code}); err == nil {
		t.Error("it was handed over twice")
	}
}

func TestCashThatNobodyBrings(t *testing.T) {
	w := newStore(t)
	w.put(t, "MUG", stock.Shelf, "", 1)
	w.into(t, "MUG")
	w.buys(t, "counter", "counter")
	w.act(t, view.ActFinish, "")
	w.wait(t, 2*time.Hour-time.Minute)
	if len(w.held()) != 1 {
		t.Fatal("nothing is held before its time")
	}
	w.wait(t, 2*time.Minute)
	if sale := w.sale(t); sale.State != shop.Cancelled || len(w.held()) != 0 {
		t.Fatalf("the sale is %s, held is %+v", sale.State, w.held())
	}
	w.says(t, paid(800)) // and then somebody does
	if sale := w.sale(t); sale.State != shop.Cancelled || w.last(t).Refund.Amount != 800 {
		t.Errorf("the sale is %+v", sale)
	}
}

// What costs nothing is had at once.
func TestWhatCostsNothing(t *testing.T) {
	w := newStore(t)
	w.put(t, "TEA", stock.Door, "1", 1)
	w.prices.Promotions[0].Minor = 1000
	w.into(t, "TEA")
	w.act(t, view.ActCoupon, "")
	w.act(t, view.ActType, "FIVE")
	w.buys(t, "locker_now", "phone")
	w.ticks(t)
	w.taken(t)
	sale := w.sale(t)
	if sale.State != shop.HandedOver || sale.Total != 0 || len(sale.Payment.Attempts) != 0 {
		t.Errorf("the sale is %+v", sale)
	}
}
