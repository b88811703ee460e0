package shop

import (
	"strconv"

	"cubby/app/kit"
	"cubby/app/pages"
	"cubby/app/words"
	"cubby/locker/view"

	"fyne.io/fyne/v2"
)

// cart lists what is bought, what the offers take off, and what it costs.
func cart(s pages.Sheet) pages.Page {
	v, l := s.View.OfShop(), s.Look
	gift := pages.Button{Action: view.ActGift, Label: "shop_cart.gift", Kind: kit.Secondary}
	if v.Gift {
		gift.Label, gift.Kind = "shop_cart.gift_on", kit.Chosen
	}
	p := pages.Plan{
		Mark: "basket", Title: s.Say("shop_cart.title"), Small: true, Share: 0.4,
		Buttons: []pages.Button{
			{Action: view.ActCheckout, Label: "shop_cart.checkout", Kind: kit.Primary},
			{Action: view.ActCoupon, Label: "shop_cart.coupon", Kind: kit.Secondary}, gift,
			{Action: view.ActShopHome, Label: "shop_cart.more", Kind: kit.Secondary}, pages.Back,
		},
	}
	switch r := s.View.Reason; r {
	case view.ReasonNoneLeft, view.ReasonPriceMoved, view.ReasonCartFull:
		p.Alert = s.Say("shop_cart." + string(r))
	}
	if len(v.Lines) == 0 {
		p.Lead, p.Figure = s.Say("shop_cart.empty"), pages.Scene("pause", kit.Accent)
		return pages.Compose(s, p)
	}
	sum := total(s)
	if l.Portrait {
		rows, _ := pages.Parts(s, &p, l.U(1), kit.HeightFor(sum, l.Size.Width-2*l.U(7))+l.U(2), len(v.Lines),
			func(i int, _ bool) fyne.CanvasObject { return line(s, v.Lines[i], true) })
		p.Figure = func(pages.Sheet) fyne.CanvasObject {
			return kit.Column(l.U(1), append(rows, kit.Spring(), sum)...)
		}
		return pages.Compose(s, p)
	}
	p.Notes = sum
	pages.Parts(s, &p, l.U(1), 0, len(v.Lines), func(i int, _ bool) fyne.CanvasObject {
		return line(s,
			v.Lines[i], true)
	})
	return pages.Compose(s, p)
}

// line is a number of equal things. counts: there are buttons for one more and one less.
func line(s pages.Sheet, one view.ShopLine, counts bool) fyne.CanvasObject {
	l := s.Look
	side := l.U(10)
	title := kit.NewText(pages.Clean(one.Title), l.Body(), true, kit.Ink).Cut().First(2)
	price := []fyne.CanvasObject{kit.Hug(kit.NewLine(words.Money(s.Words, one.Total), l.Body(), true,
		kit.Ink), 1)}
	if one.Total != one.Price {
		was := say(s, "shop_cart.was", words.Data{"Amount": words.Money(s.Words, one.Price)})
		price = append(price, kit.Hug(kit.NewLine(was, l.Small(), false, kit.InkSoft), 1))
	}
	row := []fyne.CanvasObject{kit.Middle(kit.Sized(photo(s, one.Picture, "parcel", pages.SmallPicture),
		side, side))}
	if counts && s.View.Allows(view.ActOneMore) {
		key := func(name view.ActionName, icon string, on bool) fyne.CanvasObject {
			b := kit.NewButton(l, kit.Secondary, icon, "", func() { s.Do(name, one.Value) })
			b.Enable(on)
			return kit.Middle(kit.Sized(b, l.Target(9), l.Target(9)))
		}
		number := kit.NewText(strconv.Itoa(one.Quantity), l.Lead(), true, kit.Ink).Centred()
		row = append(row, kit.Fill(kit.Middle(title)), key(view.ActOneLess, "minus", true),
			kit.Middle(kit.Sized(number, l.U(7), l.U(8))), key(view.ActOneMore, "plus",
				one.Quantity < one.Most))
	} else {
		count := kit.NewText(say(s, "shop.pieces", words.Data{"Count": one.Quantity}), l.Small(), false,
			kit.InkSoft)
		row = append(row, kit.Fill(kit.Middle(kit.Column(0, title, count.Cut()))))
	}
	row = append(row, kit.Middle(kit.Column(0, price...)))
	return kit.Edged(kit.Card, kit.Sand, l.Radius(), l.U(2), l.U(1), kit.Row(l.U(2), row...))
}

// total is what it costs, what was saved, and why an offer was not given.
func total(s pages.Sheet) fyne.CanvasObject {
	v, l := s.View.OfShop(), s.Look
	var rows []fyne.CanvasObject
	most := 5
	if !l.Portrait {
		most = 2
	}
	for _, o := range v.Offers {
		if text := offer(s, o); text != "" {
			ink := kit.Good
			if !o.Won {
				ink = kit.InkSoft
			}
			rows = append(rows, kit.NewText(text, l.Small(), o.Won, ink).Cut().First(2))
		}
		if len(rows) == most {
			break
		}
	}
	sum := amount(s, v.Total)
	rows = append(rows, kit.Row(l.U(2), kit.Fill(kit.Middle(kit.NewText(s.Say("shop.total"), l.Lead(), true,
		kit.Ink))),
		kit.Middle(kit.NewLine(sum, l.U(9), true, kit.Accent))))
	if v.Saved != nil && v.Saved.Minor > 0 {
		rows = append(rows, kit.NewText(say(s, "shop.saved", words.Data{"Amount": amount(s, v.Saved)}),
			l.Body(), true,
			kit.Good))
	}
	return kit.Edged(kit.Card, kit.Stone, l.Radius(), l.U(3), l.U(2), kit.Column(l.U(0.5), rows...))
}

// offer says what a promotion takes off, or what is missing for it.
func offer(s pages.Sheet, o view.ShopOffer) string {
	title := pages.Clean(o.Title)
	if o.Won {
		return say(s, "shop.offer", words.Data{"Title": title, "Amount": amount(s, o.Off)})
	}
	id := "shop.lost." + o.Why
	if !s.Words.Has(id) {
		return ""
	}
	return say(s, id, words.Data{"Title": title, "Amount": amount(s, o.More), "Count": o.Count})
}

// coupon takes the code of a coupon, typed or scanned.
func coupon(s pages.Sheet) pages.Page {
	f := pages.Form{
		Says: pages.Says{Words: "shop_coupon", Mark: "coupon", Buttons: []pages.Button{pages.Back}},
		Fields: func(pages.Sheet) []pages.Field {
			return []pages.Field{{Name: "text", Label: "shop_coupon.text", Letters: true,
				Max: longestCoupon, Lines: 1}}
		},
		Action: view.ActType, Send: "shop_coupon.send", Bare: true,
		Tells: func(s pages.Sheet, p *pages.Plan) {
			if s.View.Reason == view.ReasonNoCoupon {
				p.Alert = s.Say("shop_coupon.no_coupon")
			}
		},
	}
	return f.Draw(s)
}

// places asks where it is to be had, each way with the moment that is promised.
func places(s pages.Sheet) pages.Page {
	v, l := s.View.OfShop(), s.Look
	p := pages.Plan{
		Mark: "pin-here", Title: s.Say("shop_place.title"), Small: true, Lead: s.Say("shop_place.lead"),
		Wide:    true,
		Buttons: []pages.Button{pages.Back},
	}
	if s.View.Reason == view.ReasonAge {
		p.Alert = s.Say("shop_place.age")
	}
	pages.Parts(s, &p, l.U(1.5), 0, len(v.Places), func(i int, _ bool) fyne.CanvasObject {
		return way(s, v.Places[i])
	})
	return pages.Compose(s, p)
}

// icons are the drawings of the ways to have something.
var icons = map[string]string{
	"locker_now": "door-open", "locker_later": "door", "locker_other": "parcel", "counter": "counter",
	"kerbside": "courier", "ship_home": "courier",
}

func way(s pages.Sheet, one view.ShopPlace) fyne.CanvasObject {
	l := s.Look
	strong, wash, ground, ink := kit.Accent, kit.AccentWash, kit.Card, kit.Ink
	if one.Why != "" {
		strong, wash, ground, ink = kit.InkSoft, kit.Paper, kit.Paper, kit.InkSoft
	}
	side := l.U(9)
	title := kit.NewText(named(s, one), l.Lead(), true, ink).Cut().First(1)
	detail := kit.NewText(promise(s, one), l.Body(), false, kit.InkSoft).Cut().First(2)
	row := kit.Row(l.U(3),
		kit.Middle(kit.Sized(kit.Panel(wash, side/2, l.U(2), l.U(2), kit.Icon(icons[one.Kind], strong)),
			side, side)),
		kit.Fill(kit.Middle(kit.Column(0, title, detail))))
	card := kit.Edged(ground, kit.Stone, l.Radius(), l.U(3), l.U(1.5), row)
	if one.Why != "" {
		return kit.Tall(l.Target(12), card)
	}
	return touched(s, card, view.ActPick, one.Value)
}

// named is a way by its name, with that of another station.
func named(s pages.Sheet, one view.ShopPlace) string {
	return say(s, "shop.place."+one.Kind, words.Data{"Name": pages.Clean(one.Name)})
}

// promise says when it can be had, or why not this way.
func promise(s pages.Sheet, one view.ShopPlace) string {
	switch {
	case one.Why != "":
		return pages.Word(s, "shop.not_here.", one.Why)
	case one.Kind == "locker_now":
		return s.Say("shop.promise.now")
	case one.Ready != nil && one.Until != nil:
		return say(s, "shop.promise.window", words.Data{
			"From": pages.When(s, *one.Ready), "Until": pages.When(s, *one.Until)})
	case one.Ready != nil:
		return say(s, "shop.promise.at", words.Data{"Time": pages.When(s, *one.Ready)})
	}
	return s.Say("shop.promise.told")
}
