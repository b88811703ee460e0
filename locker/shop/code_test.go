package shop_test

import (
	"testing"
	"time"

	"cubby/locker/door"
	"cubby/locker/parcel"
	"cubby/locker/people"
	"cubby/locker/shop"
	"cubby/locker/shop/payment"
	"cubby/locker/stock"
	"cubby/locker/view"
	"cubby/locker/visit"
)

func TestTheCodeOfASaleInEachState(t *testing.T) {
	w := newStore(t)
	w.put(t, "MUG", stock.Shelf, "", 1)
	w.into(t, "MUG")
	w.buys(t, "locker_later", "phone")
	w.says(t, opened)
	code := w.sale(t).Code
	shows := func(state shop.State, step view.Step) {
		t.Helper()
		w.terminal = "kiosk-2"
		defer func() { w.terminal = "" }()
		w.shows(t, code)
		if v := w.view(); v.Step != step || v.Shop != nil && v.Shop.State != string(state) {
			t.Fatalf("%s: the page is %s (%s): %+v", state, v.Step, v.Reason, v.Shop)
		}
		if w.sale(t).State != state {
			t.Fatalf("the sale is %s, want %s", w.sale(t).State, state)
		}
		if step == view.StepShopStatus {
			w.act(t, view.ActFinish, "")
		}
	}
	shows(shop.Placed, view.StepShopStatus)
	w.says(t, paid(800))
	w.at(t, view.StepShopDone, view.ReasonNone)
	w.act(t, view.ActFinish, "")
	shows(shop.Picking, view.StepShopStatus)
	w.do(t, parcel.Shelve{By: people.Tools, Parcel: w.sale(t).ID, Place: "A1", Fresh: w.env().Fresh})
	shows(shop.Ready, view.StepPickupRefused) // it says where it is
	w.wait(t, 2*time.Minute)
	w.do(t, parcel.HandOver{By: people.Tools, CodeHash: code})
	shows(shop.HandedOver, view.StepShopStatus)
	w.wait(t, 30*time.Hour)
	shows(shop.HandedOver, view.StepShopStatus)
	w.shows(t, "a code of nobody")
	w.at(t, view.StepPickupRefused, view.ReasonNotValid)

	w = asks(t)
	code = w.sale(t).Code
	w.says(t, declined)
	w.act(t, view.ActFinish, "")
	shows(shop.Cancelled, view.StepShopStatus)
}

// Three units behind two doors, and a mug behind a third: all are had with one code, one door
// after the other.
func TestSeveralLinesBehindSeveralDoors(t *testing.T) {
	w := newStore(t)
	w.put(t, "TEA", stock.Door, "1", 2)
	w.put(t, "TEA", stock.Door, "2", 1)
	w.put(t, "MUG", stock.Door, "4", 1)
	w.into(t, "TEA", "MUG")
	w.act(t, view.ActCheckout, "")
	for _, p := range w.view().Shop.Places {
		if p.Kind == "locker_now" && p.Why != "" { // the single one lies behind door 2
			t.Errorf("one unit and a mug: %+v", p)
		}
	}
	w.act(t, view.ActBack, "")
	w.act(t, view.ActOneMore, "TEA")
	w.act(t, view.ActOneMore, "TEA")
	w.buys(t, "locker_now", "phone")
	w.says(t, payment.Said{Status: payment.AtOpen})
	w.wait(t, payFor+30*time.Minute) // what was held is free, and is held anew when it is paid
	w.says(t, paid(3800))
	w.ticks(t)
	sale := w.sale(t)
	if sale.State != shop.Ready || len(sale.Lines[0].Parcels) != 2 || len(sale.Lines[1].Parcels) != 1 {
		t.Fatalf("the sale is %+v", sale)
	}
	if l := w.level("TEA"); l.Here() != 0 || len(w.held()) != 0 {
		t.Fatalf("the level is %+v, held %+v", l, w.held())
	}
	doors := map[string]bool{}
	w.shows(t, sale.Code)
	for range 3 {
		for _, item := range w.view().OfPickup().List {
			if w.view().Step == view.StepPickupChoose && !item.Done {
				w.act(t, view.ActPick, item.Value)
			}
		}
		if w.sale(t).State != shop.Ready {
			t.Fatalf("the sale is %s after %d doors", w.sale(t).State, len(doors))
		}
		doors[w.taken(t)] = true
	}
	if sale = w.sale(t); sale.State != shop.HandedOver || len(doors) != 3 {
		t.Errorf("the sale is %s, opened were %v", sale.State, doors)
	}
}

// What lies behind a door that cannot be read any more is fetched by staff, and both parts
// are had with the one code.
func TestADoorThatCannotBeOpenedAfterThePayment(t *testing.T) {
	w := newStore(t)
	w.put(t, "TEA", stock.Door, "1", 1)
	w.put(t, "MUG", stock.Door, "4", 1)
	w.into(t, "TEA", "MUG")
	w.buys(t, "locker_now", "phone")
	w.do(t, visit.SeeDoor{Seen: door.Seen{Compartment: "4", State: door.Unknown, At: w.now}})
	w.says(t, paid(1800))
	w.ticks(t)
	w.at(t, view.StepShopDone, view.ReasonNone)
	sale := w.sale(t)
	if sale.State != shop.Picking || sale.Lines[0].State != shop.LineReady ||
		sale.Lines[1].State != shop.LinePicking {
		t.Fatalf("the sale is %+v", sale)
	}
	w.shows(t, sale.Code)
	if n := w.taken(t); n != "1" || w.sale(t).State != shop.Picking {
		t.Fatalf("door %s opened, and the sale is %s", n, w.sale(t).State)
	}
	w.do(t, parcel.Shelve{By: people.Tools, Parcel: sale.ID, Place: "A1", Fresh: w.env().Fresh})
	if sale = w.sale(t); sale.State != shop.Ready || sale.Lines[1].State != shop.LineReady {
		t.Fatalf("the sale is %+v", sale)
	}
	w.do(t, parcel.HandOver{By: people.Tools, CodeHash: sale.Code})
	if sale = w.sale(t); sale.State != shop.HandedOver || w.level("MUG").Here() != 0 || len(w.held()) != 0 {
		t.Errorf("the sale is %s, the level %+v, held %+v", sale.State, w.level("MUG"), w.held())
	}
}

// What is put behind a door for whoever has bought it is had with the code of the sale.
func TestWhatStaffPutBehindADoorForASale(t *testing.T) {
	w := newStore(t)
	w.put(t, "MUG", stock.Shelf, "", 1)
	w.into(t, "MUG")
	w.buys(t, "locker_later", "phone")
	w.says(t, paid(800))
	w.act(t, view.ActFinish, "")
	sale := w.sale(t)
	w.do(t, people.AddCourier{
		Record: people.CourierRecord{Courier: people.Courier{ID: "c", Name: "Cora"}, BadgeHash: "badge-cora"},
	})
	w.do(t, visit.Present{BadgeHash: "badge-cora", Presented: "badge"})
	w.do(t, visit.Present{Label: sale.ID, Presented: "label"})
	w.closes(t, w.opens(t), door.Present)
	if sale = w.sale(t); sale.State != shop.Ready {
		t.Fatalf("the sale is %s, the page %s", sale.State, w.view().Step)
	}
	w.wait(t, 5*time.Minute)
	w.shows(t, sale.Code)
	w.taken(t)
	if sale = w.sale(t); sale.State != shop.HandedOver || w.level("MUG").Here() != 0 || len(w.held()) != 0 {
		t.Errorf("the sale is %s, held %+v", sale.State, w.held())
	}
}
