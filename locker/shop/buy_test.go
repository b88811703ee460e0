package shop_test

import (
	"testing"
	"time"

	"cubby/locker/door"
	"cubby/locker/parcel"
	"cubby/locker/shop"
	"cubby/locker/shop/payment"
	"cubby/locker/stock"
	"cubby/locker/view"
)

// taken has the door that is ordered opened, emptied and closed.
func (w *store) taken(t *testing.T) (number string) {
	t.Helper()
	number = w.opens(t)
	w.at(t, view.StepPickupOpen, view.ReasonNone)
	w.closes(t, number, door.Empty)
	return number
}

func TestFromTheShelfToADoor(t *testing.T) {
	w := newStore(t)
	w.put(t, "TEA", stock.Door, "2", 1)
	w.act(t, view.ActStartShop, "")
	w.act(t, view.ActPick, "food")
	v := w.at(t, view.StepShopList, view.ReasonNone)
	if len(v.Shop.Products) != 3 || len(v.Shop.Categories) != 1 {
		t.Fatalf("the list shows %+v", v.Shop)
	}
	w.act(t, view.ActSearch, "")
	w.act(t, view.ActType, "green")
	w.act(t, view.ActPick, "TEA")
	if v := w.at(t, view.StepShopProduct, view.ReasonNone); v.Shop.Product.Left != 1 ||
		v.Shop.Product.Price.Minor != 1000 || len(v.Shop.Product.Doors) != 1 {
		t.Fatalf("the product is %+v", v.Shop.Product)
	}
	w.act(t, view.ActAdd, "")
	w.act(t, view.ActCoupon, "")
	w.act(t, view.ActType, "five")
	v = w.at(t, view.StepShopCart, view.ReasonNone)
	if v.Shop.Total.Minor != 500 || v.Shop.Saved.Minor != 500 {
		t.Fatalf("the cart is %+v", v.Shop)
	}
	w.buys(t, "locker_now", "phone")
	w.at(t, view.StepShopPaying, view.ReasonNone)
	sale := w.sale(t)
	if e := w.asked[sale.ID]; len(e) != 1 || e[0].Do != payment.DoCreate || sale.Total != 500 {
		t.Fatalf("asked is %+v for %d", e, sale.Total)
	}
	w.says(t, payment.Said{Status: payment.AtOpen, Page: "https://pay.example/1"})
	if v := w.at(t, view.StepShopPaying, view.ReasonNone); v.Shop.Payment.URL != "https://pay.example/1" {
		t.Fatalf("the page shows %+v", v.Shop.Payment)
	}
	w.says(t, paid(500))
	w.ticks(t)
	w.at(t, view.StepPickupOpening, view.ReasonNone)
	if n := w.taken(t); n != "2" {
		t.Fatalf("door %s opened", n)
	}
	sale = w.sale(t)
	l := w.level("TEA")
	if sale.State != shop.HandedOver || l.Here() != 0 || l.Committed != 0 || len(w.held()) != 0 {
		t.Fatalf("the sale is %+v, the level %+v, held is %+v", sale, l, w.held())
	}
	if p, _ := parcel.Parcels.Get(w.state(), sale.ID+"-1"); p.State != parcel.Collected {
		t.Fatalf("its parcel is %s", p.State)
	}
	w.wait(t, 25*time.Hour)
	w.shows(t, sale.Code)
	if v := w.at(t, view.StepShopStatus, view.ReasonNone); v.Shop.State != "handed_over" {
		t.Fatalf("the status is %+v", v.Shop)
	}
}
