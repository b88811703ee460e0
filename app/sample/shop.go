package sample

import (
	"time"

	"cubby/locker/view"
)

func euros(minor int64) *view.Money { return &view.Money{Minor: minor, Currency: "EUR"} }

// shops are the pages of somebody who buys something.
func shops(add func(string, view.Step, func(*view.View))) {
	titles := []string{
		"Linen tea towel", "Beeswax candle, small", "Enamel mug with blue rim", "Wooden spoon made of cherry",
		"Notebook with squared paper, 192 pages", "Umbrella", "Bamboo toothbrush", "Canvas bag",
	}
	var products []view.ShopProduct
	for i, title := range titles {
		one := view.ShopProduct{
			Value: "CUB-00" + string(rune('1'+i)), Title: title, Price: euros(int64(390 + 210*i)), Left: i,
			Picture: "",
		}
		switch {
		case i%3 == 1:
			one.Doors = []string{"14"}
		case i%3 == 2:
			one.Counter = i
		}
		products = append(products, one)
	}
	var categories []view.ShopCategory
	for i, title := range []string{
		"Kitchen", "Bathroom", "Writing and drawing", "Out and about", "Play", "Food and drink", "Light",
		"Garden",
	} {
		categories = append(categories, view.ShopCategory{Value: "c" + string(rune('1'+i)), Title: title,
			Count: 5 + i})
	}
	add("idle-shop", view.StepIdle, func(v *view.View) {
		v.Visit, v.TimeoutInMs, v.WarnInMs = "", 0, 0
		acts(v, view.ActStartPickup, view.ActStartBearer, view.ActStartCourier, view.ActStartShop)
	})
	add("idle-shop-returns", view.StepIdle, func(v *view.View) {
		v.Visit, v.TimeoutInMs, v.WarnInMs = "", 0, 0
		acts(v, view.ActStartPickup, view.ActStartBearer, view.ActStartCourier, view.ActStartReturn,
			view.ActStartShop)
	})
	basket := func(v *view.View) { v.Shop.Count, v.Shop.Total = 3, euros(2160) }
	add("shop_home", view.StepShopHome, func(v *view.View) {
		v.Shop.Categories = categories
		v.Heard, v.HeardInMs = view.HeardNotValid, 5000
		acts(v, view.ActSearch, view.ActPick, view.ActBack)
	})
	add("shop_home-no-scanner", view.StepShopHome, func(v *view.View) {
		v.Shop.Categories, v.Notices = categories[:3], []view.Notice{view.NoticeNoScanner}
		acts(v, view.ActSearch, view.ActPick, view.ActBack)
	})
	add("shop_home-cart", view.StepShopHome, func(v *view.View) {
		v.Shop.Categories = categories[:5]
		basket(v)
		acts(v, view.ActSearch, view.ActPick, view.ActCart, view.ActBack)
	})
	add("shop_list", view.StepShopList, func(v *view.View) {
		v.Shop.Category, v.Shop.Products, v.Shop.At, v.Shop.Of, v.Shop.Found = "Kitchen", products, 1, 3, 19
		acts(v, view.ActSearch, view.ActPick, view.ActTurn, view.ActBack)
	})
	add("shop_list-found", view.StepShopList, func(v *view.View) {
		v.Shop.Text, v.Shop.Products, v.Shop.At, v.Shop.Of, v.Shop.Found = "wood", products[:3], 1, 1, 3
		basket(v)
		acts(v, view.ActSearch, view.ActPick, view.ActCart, view.ActBack)
	})
	add("shop_list-none", view.StepShopList, func(v *view.View) {
		v.Shop.Text, v.Shop.At, v.Shop.Of = "xylophone", 1, 1
		acts(v, view.ActSearch, view.ActBack)
	})
	add("shop_search", view.StepShopSearch, func(v *view.View) {
		acts(v, view.ActType, view.ActBack)
	})
	add("shop_search-typed", view.StepShopSearch, func(v *view.View) {
		v.Shop.Text, v.Shop.Products, v.Shop.Found = "ca", products[:4], 11
		acts(v, view.ActType, view.ActPick, view.ActYes, view.ActBack)
	})
	full := products[1]
	full.Text = "Made by hand from the wax of bees of this region. It burns for about eight hours, and " +
		"smells faintly of honey. Please do not leave it alone."
	full.Rating, full.Reviews, full.Source, full.Before, full.Chosen = 465, 212, "Honest Reviews",
		euros(790), 1
	full.Variants = []view.ShopVariant{
		{Value: "CUB-002", Title: "small", Here: true, Shown: true}, {Value: "CUB-102", Title: "medium",
			Here: true},
		{Value: "CUB-202", Title: "large"},
	}
	product := func(name string, why view.Reason, one view.ShopProduct, may ...view.ActionName) {
		add(name, view.StepShopProduct, func(v *view.View) {
			v.Reason, v.Shop.Product, v.Shop.About = why, &one, one.Value
			basket(v)
			if len(one.Variants) > 1 {
				acts(v, view.ActPick)
			}
			acts(v, append(may, view.ActCart, view.ActBack)...)
		})
	}
	product("shop_product", view.ReasonNone, full, view.ActAdd)
	far := products[3]
	far.Doors, far.Counter = nil, 0
	product("shop_product-elsewhere", view.ReasonNone, far, view.ActAdd)
	plain := products[2]
	plain.Age = 18
	product("shop_product-age", view.ReasonNone, plain, view.ActAdd)
	gone := products[0]
	product("shop_product-gone", view.ReasonNoneLeft, gone)
	unpriced := products[4]
	unpriced.Price = nil
	product("shop_product-no-price", view.ReasonNone, unpriced)

	lines := []view.ShopLine{
		{Value: "CUB-002", Title: titles[1], Quantity: 2, Most: 4, Price: *euros(1200), Total: *euros(1080)},
		{Value: "CUB-003", Title: titles[2], Quantity: 1, Most: 1, Price: *euros(810), Total: *euros(810)},
		{Value: "CUB-005", Title: titles[4], Quantity: 1, Most: 9, Price: *euros(1230), Total: *euros(1230)},
	}
	cart := func(v *view.View) {
		v.Shop.Lines, v.Shop.Count, v.Shop.Total, v.Shop.Saved = lines, 4, euros(3120), euros(120)
		v.Shop.Offers = []view.ShopOffer{
			{Title: "Ten percent off candles", Won: true, Off: euros(120)},
			{Title: "Free gift", Why: "spend", More: euros(880)},
			{Title: "Three for two on writing", Why: "units", Count: 2},
			{Title: "A candle less", Why: "better"}, {Title: "For opening day", Why: "alone"},
		}
	}
	all := []view.ActionName{view.ActCheckout, view.ActOneMore, view.ActOneLess, view.ActCoupon, view.ActGift,
		view.ActShopHome, view.ActBack}
	add("shop_cart", view.StepShopCart, func(v *view.View) {
		cart(v)
		acts(v, all...)
	})
	for _, why := range []view.Reason{view.ReasonNoneLeft, view.ReasonPriceMoved, view.ReasonCartFull} {
		add(named("shop_cart", why), view.StepShopCart, func(v *view.View) {
			cart(v)
			v.Reason, v.Shop.Gift = why, true
			acts(v, all...)
		})
	}
	add("shop_cart-empty", view.StepShopCart, func(v *view.View) {
		acts(v, view.ActShopHome, view.ActBack)
	})
	for _, why := range []view.Reason{view.ReasonNone, view.ReasonNoCoupon} {
		add(named("shop_coupon", why), view.StepShopCoupon, func(v *view.View) {
			v.Reason = why
			acts(v, view.ActType, view.ActBack)
		})
	}
	ready := time.Date(2026, 9, 14, 18, 30, 0, 0, time.Local)
	until := ready.Add(3 * time.Hour)
	places := []view.ShopPlace{
		{Value: "locker_now", Kind: "locker_now"}, {Value: "counter", Kind: "counter", Ready: &ready},
		{Value: "locker_later", Kind: "locker_later", Ready: &ready},
		{Value: "kerbside", Kind: "kerbside", Ready: &ready},
		{Value: "locker_other:north", Kind: "locker_other", Name: "North Gate", Ready: &until},
		{Value: "ship_home", Kind: "ship_home", Ready: &ready, Until: &until},
	}
	add("shop_place", view.StepShopPlace, func(v *view.View) {
		cart(v)
		v.Shop.Places = places
		acts(v, view.ActPick, view.ActBack)
	})
	add("shop_place-age", view.StepShopPlace, func(v *view.View) {
		cart(v)
		v.Reason = view.ReasonAge
		for i, p := range places {
			if p.Why = "age"; i == 1 || i == 3 {
				p.Why = ""
			}
			if i == 0 {
				p.Why = "not_all"
			}
			if i == 2 {
				p.Why = "no_door"
			}
			v.Shop.Places = append(v.Shop.Places, p)
		}
		acts(v, view.ActPick, view.ActBack)
	})
	for _, why := range []view.Reason{view.ReasonNone, view.ReasonPayAway} {
		add(named("shop_pay", why), view.StepShopPay, func(v *view.View) {
			cart(v)
			v.Reason, v.Shop.Place, v.Shop.Tenders = why, &places[1], []string{"phone", "terminal", "counter"}
			acts(v, view.ActPick, view.ActBack)
		})
	}
	bought := func(v *view.View, place int) {
		v.Shop.Order, v.Shop.About, v.Shop.Total = "S-7K3M-9QPX", "S-7K3M-9QPX", euros(3120)
		v.Shop.Place, v.Shop.State = &places[place], "paid"
	}
	paying := func(name, tender, url string) {
		add(name, view.StepShopPaying, func(v *view.View) {
			bought(v, 0)
			v.Shop.State = "placed"
			v.Shop.Payment = &view.ShopPayment{Tender: tender, URL: url, State: "SHOWN", Amount: *euros(3120)}
			acts(v, view.ActCallOff)
		})
	}
	paying("shop_paying", "phone", "https://pay.example.com/p/8f2c9a31d7e64b05a1c2")
	paying("shop_paying-asking", "phone", "")
	paying("shop_paying-terminal", "terminal", "")
	add("shop_limbo", view.StepShopLimbo, func(v *view.View) {
		bought(v, 0)
		v.Shop.Code = "K7Q2M4ZPXA63RWT5NE9HVD8JBS"
		acts(v, view.ActFinish)
	})
	for _, why := range []view.Reason{
		view.ReasonNone, view.ReasonPayDeclined, view.ReasonPayOver, view.ReasonPayGone, view.ReasonPayAway,
		view.ReasonPayAmount, view.ReasonNoneLeft,
	} {
		add(named("shop_unpaid", why), view.StepShopUnpaid, func(v *view.View) {
			bought(v, 0)
			v.Reason = why
			if why != view.ReasonNoneLeft {
				acts(v, view.ActTryAgain)
			}
			acts(v, view.ActCart, view.ActFinish)
		})
	}
	for i, p := range places {
		add("shop_done-"+p.Kind, view.StepShopDone, func(v *view.View) {
			bought(v, i)
			v.Shop.Code = "K7Q2M4ZPXA63RWT5NE9HVD8JBS"
			if p.Kind == "counter" {
				v.Shop.Payment = &view.ShopPayment{Tender: "counter", State: "SHOWN", Amount: *euros(3120)}
			}
			acts(v, view.ActFinish)
		})
	}
	add("shop_done-told", view.StepShopDone, func(v *view.View) {
		bought(v, 5)
		v.Shop.Place = &view.ShopPlace{Kind: "ship_home"}
		acts(v, view.ActFinish)
	})
	for i, state := range view.ShopStates {
		add("shop_status-"+state, view.StepShopStatus, func(v *view.View) {
			bought(v, i%len(places))
			v.Shop.Lines, v.Shop.State = lines, state
			if state == "cancelled" {
				v.Shop.Back = euros(3120)
			}
			acts(v, view.ActFinish)
		})
	}
	for _, why := range []view.Reason{view.ReasonNone, view.ReasonNoPrice, view.ReasonShopClosed} {
		add(named("shop_refused", why), view.StepShopRefused, func(v *view.View) {
			v.Reason = why
			acts(v, view.ActFinish)
		})
	}
	for _, why := range []view.Reason{
		view.ReasonNone, view.ReasonNotFound, view.ReasonNoDoor, view.ReasonNoPrice, view.ReasonGoodsStored,
	} {
		add(named("goods_enter", why), view.StepGoodsEnter, func(v *view.View) {
			if v.Reason = why; why == view.ReasonGoodsStored {
				v.Shop.Text, v.Shop.Door = titles[2], "14"
			}
			acts(v, view.ActType, view.ActBack)
		})
	}
	add("goods_opening", view.StepGoodsOpening, func(v *view.View) { v.Shop.Door = "14" })
	add("goods_open", view.StepGoodsOpen, func(v *view.View) {
		v.Shop.Door, v.Shop.Product = "14", &products[2]
		acts(v, view.ActTooBig, view.ActOccupied, view.ActBack)
	})
	add("goods_check", view.StepGoodsCheck, func(v *view.View) {
		v.Shop.Door, v.Shop.Product = "14", &products[2]
		acts(v, view.ActInside, view.ActOpenAgain, view.ActBack)
	})
	add("goods_no_open", view.StepGoodsNoOpen, func(v *view.View) {
		v.Shop.Door, v.Shop.Product, v.Reason = "14", &products[2], view.ReasonStuck
		acts(v, view.ActTryAgain, view.ActOtherDoor, view.ActBack)
	})
}
