package vendure

import (
	"strings"
	"testing"
	"time"

	"cubby/locker/parcel"
	"cubby/locker/returns"
	"cubby/sync/connect/vendure/shoptest"
	"cubby/sync/hub"
)

func notes(o shoptest.Order, words string) (n int) {
	for _, e := range o.History.Items {
		if strings.Contains(e.Data.Note, words) {
			n++
		}
	}
	return n
}

// The connector against a shop that really runs. What stations tell is told by the test.
func TestAgainstAShop(t *testing.T) {
	shop := shoptest.Open(t, "high-street")
	for name, run := range map[string]func(t *testing.T, shop *shoptest.Shop){
		"lost answers and crashes":  everyAnswerIsLostOnce,
		"not collected":             notCollectedInTime,
		"refunds by a person":       aRefundThatAPersonSettles,
		"cancelled while it is in":  cancelledWhileItLiesThere,
		"called off at the centre":  calledOffAtTheCentre,
		"the shop is away":          theShopIsAway,
		"two hubs on one database":  onlyOneWorksForAShop,
		"the session ends":          theSessionEnds,
		"fulfilled by hand already": fulfilledByHandAlready,
	} {
		t.Run(name, func(t *testing.T) { run(t, shop) })
	}
}

// Whatever the shop was asked to do it has done when the answer is lost and the connector
// starts anew: all of it happens once.
func everyAnswerIsLostOnce(t *testing.T, shop *shoptest.Shop) {
	w := openWorld(t, shop)
	w.wire.lose = true
	before := shop.Stock("high-street", "JACKET-1").OnHand
	o := shop.Buy("high-street", shoptest.Article{SKU: "JACKET-1", Quantity: 3})
	w.turns(6, true)
	w.is(o.ID, Accepted)
	if p, err := w.Parcel(t.Context(), w.station, o.Code); err != nil || p.Labels[0] != o.Code || !p.Contact {
		t.Fatalf("announced as %+v, %v", p, err)
	}
	w.parcel("announced", o.Code)
	w.parcel("stored", o.Code, "compartment", "12")
	w.turns(12, true)
	w.is(o.ID, Ready)
	w.parcel("collected", o.Code)
	w.turns(12, true)
	w.is(o.ID, Delivered)
	now := shop.Order(o.ID)
	if now.State != "Delivered" || len(now.Fulfillments) != 1 ||
		now.Fulfillments[0].TrackingCode != w.station+"/12" {
		t.Errorf("the order is %+v", now)
	}
	known, err := w.Order(t.Context(), o.Code)
	must(t, err)
	if !strings.Contains(string(known.Body), `"delivered"`) || known.Total != 3*4999 {
		t.Errorf("the hub has %+v", known)
	}
	line, payment := o.Lines[0].ID, o.Payments[0].ID
	w.back("R-1", o.Code, line, 1, returns.LikeNew, returns.RestockHere,
		returns.RefundOrdered{Tender: payment, Amount: 4999})
	w.back("R-2", o.Code, line, 1, returns.Damaged, returns.Recycle,
		returns.RefundOrdered{Tender: payment, Amount: 2000})
	w.turns(30, true)
	now = shop.Order(o.ID)
	sums := map[int64]string{}
	for _, r := range now.Payments[0].Refunds {
		if sums[r.Total] != "" {
			t.Errorf("paid back twice: %+v", now.Payments[0].Refunds)
		}
		sums[r.Total] = r.State
	}
	if len(sums) != 2 || sums[4999] != "Settled" || sums[2000] != "Settled" {
		t.Errorf("refunds: %v", sums)
	}
	if n := shop.Stock("high-street", "JACKET-1").OnHand; now.Lines[0].Quantity != 2 || n != before-2 {
		t.Errorf("one of three is back in stock: %+v, %d of %d", now.Lines, n, before)
	}
	// A note whose answer was lost may be there twice: it is found by its words.
	if n := notes(now, "R-2, item 1"); n != 1 {
		t.Errorf("%d notes of what was damaged", n)
	}
	waiting, _, err := w.Refunds(t.Context(), hub.RefundFilter{Order: o.Code})
	must(t, err)
	for _, r := range waiting {
		if r.Told != "completed" {
			t.Errorf("the hub says %q of refund %s", r.Told, r.ID)
		}
	}
	if w.wire.lost < 8 {
		t.Errorf("only %d answers were lost", w.wire.lost)
	}
	if log := w.log.String(); strings.Contains(log, shoptest.Password) || strings.Contains(log, "Zebedee") {
		t.Errorf("the log says %s", log)
	}
}

// A parcel that nobody has collected is taken out, waits, and goes back; all is paid back.
func notCollectedInTime(t *testing.T, shop *shoptest.Shop) {
	w := openWorld(t, shop)
	w.wire.lose = true
	before := shop.Stock("high-street", "SCARF-1")
	o := shop.Buy("high-street", shoptest.Article{SKU: "SCARF-1", Quantity: 2})
	w.turns(4, true)
	w.parcel("announced", o.Code)
	w.parcel("stored", o.Code, "compartment", "7", "deadline", w.now.Add(time.Hour).UTC().Format(time.RFC3339))
	w.turns(10, true)
	w.is(o.ID, Ready)
	w.now = w.now.Add(2 * time.Hour)
	w.parcel("expired", o.Code, "compartment", "7")
	w.parcel("counter_held", o.Code, "compartment", "7", "reason", "expired")
	w.turns(3, false)
	if p, _ := w.Parcel(t.Context(), w.station, o.Code); w.row(o.ID).Told != "" || p.Held {
		t.Fatal("its customer still has time")
	}
	w.now = w.now.Add(w.config.TakeBack)
	w.turns(3, true)
	if w.row(o.ID).Told != toldBack || shop.Order(o.ID).State != "Shipped" {
		t.Fatal("nothing is paid back before the station holds it")
	}
	w.parcel("held", o.Code)
	w.turns(20, true)
	w.is(o.ID, TakenBack)
	now := shop.Order(o.ID)
	if r := now.Payments[0].Refunds; now.State != "Cancelled" || len(r) != 1 || r[0].Total != o.TotalWithTax ||
		r[0].State != "Settled" {
		t.Errorf("the order is %+v", now)
	}
	if now := shop.Stock("high-street", "SCARF-1"); now != before {
		t.Errorf("stock %+v, was %+v", now, before)
	}
	if known, err := w.Order(t.Context(), o.Code); err != nil || !known.Cancelled {
		t.Errorf("at the hub it is %+v, %v", known, err)
	}
}

// Where the shop cannot pay back by itself the money waits for a person, and more than is
// left of a payment is not asked for.
func aRefundThatAPersonSettles(t *testing.T, shop *shoptest.Shop) {
	w := openWorld(t, shop)
	w.config.SettlePending = false
	w.restart()
	o := shop.Buy("high-street", shoptest.Article{SKU: "JACKET-1", Quantity: 1})
	w.turns(2, false)
	w.parcel("announced", o.Code)
	w.parcel("stored", o.Code, "compartment", "1")
	w.parcel("collected", o.Code)
	w.turns(2, false)
	w.is(o.ID, Delivered)
	w.back("R-3", o.Code, o.Lines[0].ID, 1, returns.LikeNew, returns.RestockHere,
		returns.RefundOrdered{Tender: o.Payments[0].ID, Amount: 4000})
	w.turns(2, false)
	told := func() string {
		all, _, err := w.Refunds(t.Context(), hub.RefundFilter{Order: o.Code})
		must(t, err)
		return all[len(all)-1].Told
	}
	if told() != "approved" {
		t.Errorf("while it waits the hub says %q", told())
	}
	id := shop.Order(o.ID).Payments[0].Refunds[0].ID
	var r struct{ ID string }
	must(t, shop.Do(`mutation($id: ID!) { settleRefund(input: { id: $id, transactionId: "BANK-1" }) {
		__typename ... on Refund { id } ... on ErrorResult { errorCode message } } }`,
		map[string]any{"id": id}, &r))
	w.turns(2, false)
	if told() != "completed" {
		t.Errorf("when it is paid the hub says %q", told())
	}
	w.tells(&returns.RefundOrdered{OfRefund: returns.OfRefund{Refund: "rf-more", Case: "R-3", Order: o.Code,
		Shop: "acme"}, Items: []int{1}, Tender: o.Payments[0].ID, Kind: "card", Amount: 1500, Currency: "EUR"})
	w.turns(2, false)
	if n := len(shop.Order(o.ID).Payments[0].Refunds); n != 1 {
		t.Errorf("%d refunds at the shop: more than was paid", n)
	}
}

// Cancelled at the shop while the parcel lies behind a door: nobody gets it any more, and
// staff take it out.
func cancelledWhileItLiesThere(t *testing.T, shop *shoptest.Shop) {
	w := openWorld(t, shop)
	o := shop.Buy("high-street", shoptest.Article{SKU: "SCARF-1", Quantity: 1})
	w.turns(2, false)
	w.parcel("announced", o.Code)
	w.parcel("stored", o.Code, "compartment", "3")
	w.turns(2, false)
	w.is(o.ID, Ready)
	shop.Cancel(o.ID)
	w.turns(3, false)
	if w.row(o.ID).Told != toldHold || notes(shop.Order(o.ID), "lies at station") != 1 {
		t.Fatalf("%+v %+v", w.row(o.ID), shop.Order(o.ID))
	}
	w.parcel("held", o.Code, "compartment", "3")
	w.turns(1, false)
	if known, _ := w.Order(t.Context(), o.Code); known.Cancelled {
		t.Error("the order is cancelled while its parcel is behind a door")
	}
	w.parcel("counter_held", o.Code, "compartment", "3", "reason", "cancelled")
	w.turns(2, false)
	w.is(o.ID, Ended)
	if known, err := w.Order(t.Context(), o.Code); err != nil || !known.Cancelled {
		t.Errorf("at the hub it is %+v, %v", known, err)
	}
}

func calledOffAtTheCentre(t *testing.T, shop *shoptest.Shop) {
	w := openWorld(t, shop)
	o := shop.Buy("high-street", shoptest.Article{SKU: "SCARF-1", Quantity: 1})
	w.turns(2, false)
	must(t, w.CancelParcel(t.Context(), "user:ann", w.station, o.Code))
	w.parcel("announced", o.Code) // it was on its way
	w.parcel("cancelled", o.Code)
	w.turns(2, false)
	w.is(o.ID, Apart)
	if notes(shop.Order(o.ID), "called off") != 1 {
		t.Errorf("the shop has %+v", shop.Order(o.ID))
	}
	all, err := w.k.Troubles(t.Context(), "")
	must(t, err)
	if len(all) != 1 || all[0].Kind != "shop_differs" || all[0].Subject != "orders/"+o.Code {
		t.Errorf("troubles: %+v", all)
	}
	must(t, Done(t.Context(), w.Database(), "acme", o.Code))
	if all, err := w.k.Troubles(t.Context(), ""); err != nil || len(all) != 0 {
		t.Errorf("troubles: %+v %v", all, err)
	}
	if Done(t.Context(), w.Database(), "acme", o.Code) == nil {
		t.Error("dealt with twice")
	}
}

// While the shop is away orders are collected; it knows afterwards.
func theShopIsAway(t *testing.T, shop *shoptest.Shop) {
	w := openWorld(t, shop)
	o := shop.Buy("high-street", shoptest.Article{SKU: "SCARF-1", Quantity: 1})
	w.turns(2, false)
	w.is(o.ID, Accepted)
	w.wire.cut = true
	w.parcel("announced", o.Code)
	w.parcel("stored", o.Code, "compartment", "5")
	w.parcel("collected", o.Code)
	w.turns(30, false)
	all, err := w.k.Troubles(t.Context(), w.station)
	must(t, err)
	if len(all) != 1 || all[0].Kind != "shop_silent" {
		t.Errorf("troubles: %+v", all)
	}
	if r := w.row(o.ID); r.tries != 0 || r.Error != "" {
		t.Errorf("the order is blamed: %+v", r)
	}
	w.wire.cut = false
	w.turns(2, false)
	w.is(o.ID, Delivered)
	if f := shop.Order(o.ID).Fulfillments; len(f) != 1 || f[0].TrackingCode != w.station+"/5" {
		t.Errorf("where it was: %+v", f)
	}
	if all, _ := w.k.Troubles(t.Context(), ""); len(all) != 0 {
		t.Errorf("troubles: %+v", all)
	}
}

func onlyOneWorksForAShop(t *testing.T, shop *shoptest.Shop) {
	w := openWorld(t, shop)
	w.turns(1, false)
	other := New(w.config)
	if held, err := other.hold(t.Context()); held || err != nil {
		t.Errorf("the second holds it too: %v", err)
	}
	must(t, w.k.store.release(t.Context(), w.k.name))
	w.now = w.now.Add(time.Second)
	if held, err := other.hold(t.Context()); !held || err != nil {
		t.Errorf("it was let go, and the second does not hold it: %v", err)
	}
}

func theSessionEnds(t *testing.T, shop *shoptest.Shop) {
	w := openWorld(t, shop)
	w.config.Language = ""
	w.restart()
	w.turns(1, false)
	if w.k.language != "en" {
		t.Errorf("the shop speaks %q", w.k.language)
	}
	w.k.client.token = "ended"
	o := shop.Buy("high-street", shoptest.Article{SKU: "SCARF-1", Quantity: 1})
	w.turns(2, false)
	w.is(o.ID, Accepted)
	if p, err := w.Parcel(t.Context(), w.station, o.Code); err != nil || parcel.State(p.State) != hub.Sent {
		t.Errorf("%+v %v", p, err)
	}
}

// Somebody at the shop has fulfilled it before: what is there already is done.
func fulfilledByHandAlready(t *testing.T, shop *shoptest.Shop) {
	w := openWorld(t, shop)
	o := shop.Buy("high-street", shoptest.Article{SKU: "SCARF-1", Quantity: 2})
	w.turns(2, false)
	must(t, w.k.client.fulfil(t.Context(), []lineInput{{o.Lines[0].ID, 1}}, "by hand", "-"))
	w.parcel("announced", o.Code)
	w.parcel("stored", o.Code, "compartment", "5")
	w.parcel("collected", o.Code)
	w.turns(2, false)
	w.is(o.ID, Delivered)
	if now := shop.Order(o.ID); now.State != "Delivered" || len(now.Fulfillments) != 2 {
		t.Errorf("the order is %+v", now)
	}
}
