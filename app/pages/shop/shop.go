// Package shop has the pages of somebody who buys something. They show what the payload
// says and decide nothing: prices, offers, and what can be had are for the rules.
package shop

import (
	"strconv"
	"strings"

	"cubby/app/kit"
	"cubby/app/pages"
	"cubby/app/words"
	"cubby/locker/view"

	"fyne.io/fyne/v2"
)

// Lengths of what is typed, in characters.
const (
	longestSearch = 40
	longestCoupon = 40
)

// Room are the pages.
func Room() pages.Room {
	return pages.Room{
		Name:  "shop",
		Steps: steps,
		Icons: map[view.ActionName]string{
			view.ActStartShop: "basket", view.ActSearch: "find", view.ActAdd: "plus", view.ActCart: "basket",
			view.ActCoupon: "coupon", view.ActGift: "gift", view.ActCheckout: "next", view.ActCallOff: "back",
			view.ActShopHome: "back", view.ActGoodsIn: "basket",
		},
		Labels: map[string]string{"shop_cart.gift_on": "tick"},
		Heard:  map[view.Heard]string{view.HeardNotValid: "heard.not_valid_shop"},
	}
}

var steps = map[view.Step]pages.Drawer{
	view.StepShopHome:    pages.Func(home),
	view.StepShopSearch:  pages.Func(search),
	view.StepShopList:    pages.Func(list),
	view.StepShopProduct: pages.Func(product),
	view.StepShopCart:    pages.Func(cart),
	view.StepShopCoupon:  pages.Func(coupon),
	view.StepShopPlace:   pages.Func(places),
	view.StepShopPay:     pages.Func(tenders),
	view.StepShopPaying:  pages.Func(paying),
	view.StepShopLimbo:   pages.Func(limbo),
	view.StepShopUnpaid:  pages.By(unpaid),
	view.StepShopDone:    pages.Func(done),
	view.StepShopStatus:  pages.Func(status),
	view.StepShopRefused: pages.By(refused),

	view.StepGoodsEnter:   pages.Func(goods),
	view.StepGoodsOpening: pages.Door{Says: pages.Says{Words: "goods_opening", Mark: "clock"}, Big: true},
	view.StepGoodsOpen:    pages.By(goodsOpen),
	view.StepGoodsCheck: pages.Door{Says: pages.Says{
		Words: "goods_check", Tone: pages.Warn, Buttons: []pages.Button{
			{Action: view.ActInside, Kind: kit.Primary}, {Action: view.ActOpenAgain, Kind: kit.Secondary},
			{Action: view.ActBack, Label: "goods_check.not_in", Kind: kit.Quiet},
		},
	}},
	view.StepGoodsNoOpen: pages.Door{Says: pages.Says{
		Title: "no_open.title", Lead: "goods_no_open.lead", Tone: pages.Warn, Retry: true,
		Buttons: []pages.Button{
			{Action: view.ActTryAgain, Kind: kit.Primary}, {Action: view.ActOtherDoor, Kind: kit.Secondary},
			pages.Back,
		},
	}},
}

// basket is the button that leads to the cart, with how many things are in it.
var basket = pages.Button{Action: view.ActCart, Label: "shop.cart", Kind: kit.Secondary}

// say says a sentence with data.
func say(s pages.Sheet, id string, data words.Data) string { return s.Words.Say(id, data) }

// amount writes money; nothing for none.
func amount(s pages.Sheet, m *view.Money) string {
	if m == nil {
		return ""
	}
	return words.Money(s.Words, *m)
}

// inCart says how many things are in the cart, and what they cost.
func inCart(s pages.Sheet) string {
	v := s.View.OfShop()
	if v.Count == 0 {
		return ""
	}
	return say(s, "shop.in_cart", words.Data{"Count": v.Count, "Amount": amount(s, v.Total)})
}

// photo is the picture of something for sale, on white, in a square.
func photo(s pages.Sheet, hash, icon string, size int) fyne.CanvasObject {
	l := s.Look
	if hash == "" || s.Pictures == nil {
		return kit.Panel(kit.Paper, l.Radius(), l.U(3), l.U(3), kit.Photo("", nil, icon))
	}
	return kit.Panel(kit.Card, l.Radius(), l.U(1), l.U(1), kit.Photo(hash+strconv.Itoa(size),
		s.Pictures(hash, size), icon))
}

// grid puts cards beside and below each other, all equally large.
func grid(gap float32, across, down int, cards []fyne.CanvasObject) fyne.CanvasObject {
	var rows []fyne.CanvasObject
	for y := range down {
		var row []fyne.CanvasObject
		for x := range across {
			if i := y*across + x; i < len(cards) {
				row = append(row, kit.Fill(cards[i]))
			} else {
				row = append(row, kit.Spring())
			}
		}
		rows = append(rows, kit.Fill(kit.Row(gap, row...)))
	}
	return kit.Column(gap, rows...)
}

// touched lays a button over a card.
func touched(s pages.Sheet, card fyne.CanvasObject, name view.ActionName, value string) fyne.CanvasObject {
	least := s.Look.Target(12)
	if !s.View.Allows(name) {
		return kit.Tall(least, card)
	}
	return kit.Tall(least, card, kit.NewButton(s.Look, kit.Area, "", "", func() { s.Do(name, value) }))
}

// sentences joins what there is, with dots between.
func sentences(all ...string) string {
	var said []string
	for _, one := range all {
		if one != "" {
			said = append(said, one)
		}
	}
	return strings.Join(said, " · ")
}
