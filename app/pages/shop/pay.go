package shop

import (
	"cubby/app/kit"
	"cubby/app/pages"
	"cubby/app/words"
	"cubby/locker/view"

	"fyne.io/fyne/v2"
)

// tenders asks how it is paid, below what it costs and where it is had.
func tenders(s pages.Sheet) pages.Page {
	v, l := s.View.OfShop(), s.Look
	p := pages.Plan{
		Mark: "receipt", Title: s.Say("shop_pay.title"), Small: true, Buttons: []pages.Button{pages.Back},
		More: s.Say("shop_pay.guest"),
	}
	if s.View.Reason == view.ReasonPayAway {
		p.Alert = s.Say("shop_pay.away")
	}
	if v.Place != nil {
		p.Lead = sentences(named(s, *v.Place), promise(s, *v.Place))
	}
	p.Figure = func(pages.Sheet) fyne.CanvasObject {
		column := []fyne.CanvasObject{total(s), kit.Space(0, l.U(2))}
		for i, tender := range v.Tenders {
			kind := kit.Secondary
			if i == 0 {
				kind = kit.Primary
			}
			b := kit.NewButton(l, kind, tenderIcons[tender], pages.Word(s, "shop.tender.", tender),
				func() { s.Do(view.ActPick, tender) })
			b.Enable(s.View.Allows(view.ActPick))
			column = append(column, kit.Tall(l.Main(14), b))
		}
		return kit.Column(l.U(2), append(column, kit.Spring())...)
	}
	return pages.Compose(s, p)
}

var tenderIcons = map[string]string{"phone": "scan", "terminal": "receipt", "counter": "counter"}

// paying shows the code that a phone pays with, or what the terminal does.
func paying(s pages.Sheet) pages.Page {
	v, l := s.View.OfShop(), s.Look
	p := pages.Plan{
		Mark: "receipt", Title: s.Say("shop_paying.title"), Small: !l.Portrait,
		Buttons: []pages.Button{{Action: view.ActCallOff, Label: "shop_paying.call_off", Kind: kit.Quiet}},
	}
	if v.Order != "" {
		p.More = say(s, "shop.order", words.Data{"Order": v.Order})
	}
	pay := v.Payment
	if pay == nil {
		return pages.Compose(s, p)
	}
	sum := kit.NewText(words.Money(s.Words, pay.Amount), l.U(9), true, kit.Accent).Centred()
	switch {
	case pay.Tender == "terminal":
		p.Lead, p.Figure = s.Say("shop_paying.terminal"), figure(l, sum, kit.Scene("counter", kit.Ink,
			kit.Accent))
	case pay.URL == "":
		p.Lead, p.Figure = s.Say("shop_paying.asking"), figure(l, sum, kit.Scene("pause", kit.Ink,
			kit.Accent))
	default:
		p.Lead = s.Say("shop_paying.phone")
		side := l.U(70)
		if !l.Portrait {
			side = l.U(46)
		}
		p.Figure = func(pages.Sheet) fyne.CanvasObject {
			column := []fyne.CanvasObject{sum}
			if qr, err := kit.NewQR(pay.URL, side); err == nil {
				column = append(column, kit.Hug(kit.Edged(kit.Card, kit.Stone, l.Radius(), l.U(2), l.U(2),
					qr), 0.5))
			} else {
				column = append(column, kit.NewText(pay.URL, l.Body(), true, kit.Ink))
			}
			return kit.Middle(kit.Column(l.U(2), column...))
		}
	}
	return pages.Compose(s, p)
}

func figure(l kit.Look, sum, drawing fyne.CanvasObject) func(pages.Sheet) fyne.CanvasObject {
	return func(pages.Sheet) fyne.CanvasObject {
		return kit.Column(l.U(2), sum, kit.Fill(kit.Bounded(drawing, l.U(100), l.U(64))))
	}
}

// limbo says that nobody can say yet whether it is paid, and that nobody is asked twice.
func limbo(s pages.Sheet) pages.Page {
	v := s.View.OfShop()
	p := pages.Plan{
		Tone: pages.Warn, Mark: "clock", Title: s.Say("shop_limbo.title"), Lead: s.Say("shop_limbo.lead"),
		Alert: s.Say("shop_limbo.not_again"), Figure: slip, Buttons: []pages.Button{
			{Action: view.ActFinish, Label: "shop_limbo.go",
				Kind: kit.Quiet},
		},
	}
	if !s.Look.Portrait { // what must not be done again is said above
		p.Small, p.Lead = true, ""
	}
	if v.Order != "" {
		p.More = say(s, "shop_limbo.number", words.Data{"Order": v.Order})
	}
	return pages.Compose(s, p)
}

// unpaid says why it is not paid.
func unpaid(s pages.Sheet) pages.Drawer {
	m := pages.Message{Says: pages.Says{
		Words: "shop_unpaid", Tone: pages.Warn, Mark: "receipt", Buttons: []pages.Button{
			{Action: view.ActTryAgain, Label: "shop_unpaid.again", Kind: kit.Primary},
			{Action: view.ActCart, Label: "shop_unpaid.cart", Kind: kit.Secondary},
			{Action: view.ActFinish, Label: "shop_unpaid.leave", Kind: kit.Quiet},
		},
	}, Scene: "pause", Shade: pages.Warn}
	switch r := s.View.Reason; r {
	case view.ReasonPayDeclined, view.ReasonPayOver, view.ReasonPayGone, view.ReasonPayAway,
		view.ReasonPayAmount,
		view.ReasonNoneLeft:
		m.Lead = "shop_unpaid." + string(r)
	}
	return m
}

// done is the receipt: the number of the order, and the code by which it is had.
func done(s pages.Sheet) pages.Page {
	v := s.View.OfShop()
	p := pages.Plan{
		Tone: pages.Good, Mark: "tick", Title: s.Say("shop_done.title"), Small: !s.Look.Portrait, Last: true,
		Figure: slip, Buttons: []pages.Button{
			{Action: view.ActFinish, Label: "action.close", Kind: kit.Primary},
		},
	}
	if v.Place != nil {
		p.Lead = say(s, "shop_done."+v.Place.Kind, words.Data{"Name": pages.Clean(v.Place.Name)})
		if v.Place.Kind != "locker_now" {
			p.More = promise(s, *v.Place)
		}
	}
	if v.Payment != nil && v.Payment.Tender == "counter" {
		p.Alert = s.Say("shop_done.pay_counter")
	}
	return pages.Compose(s, p)
}

// slip is the number of the order with its code, to be taken along as a picture.
func slip(s pages.Sheet) fyne.CanvasObject {
	v, l := s.View.OfShop(), s.Look
	if v.Order == "" {
		return kit.Spring()
	}
	var rows []fyne.CanvasObject
	side := l.U(60)
	if !l.Portrait {
		side = l.U(40)
	}
	if v.Code != "" {
		if qr, err := kit.NewQR(v.Code, side); err == nil {
			rows = append(rows, qr)
		}
	}
	rows = append(rows, kit.NewText(s.Say("shop.order_number"), l.Small(), false, kit.InkSoft).Centred(),
		kit.NewLine(v.Order, l.U(7), true, kit.Ink).Centred())
	if v.Total != nil {
		rows = append(rows, kit.NewText(amount(s, v.Total), l.Lead(), true, kit.Ink).Centred())
	}
	return kit.Middle(kit.Edged(kit.Card, kit.Sand, l.Radius(), l.U(3), l.U(3), kit.Column(l.U(1), rows...)))
}

// status says how an order is, to whoever has shown its code.
func status(s pages.Sheet) pages.Page {
	v, l := s.View.OfShop(), s.Look
	p := pages.Plan{
		Mark: "receipt", Title: say(s, "shop.order", words.Data{"Order": v.Order}), Small: true,
		Lead: pages.Word(s, "shop.state.", v.State), Buttons: []pages.Button{
			{Action: view.ActFinish, Label: "action.close", Kind: kit.Primary},
		},
	}
	if v.Place != nil && v.State != "handed_over" && v.State != "cancelled" {
		p.More = sentences(named(s, *v.Place), promise(s, *v.Place))
	}
	if v.Back != nil {
		p.Alert = say(s, "shop_status.back", words.Data{"Amount": amount(s, v.Back)})
	}
	pages.Parts(s, &p, l.U(1), 0, len(v.Lines), func(i int, _ bool) fyne.CanvasObject {
		return line(s,
			v.Lines[i], false)
	})
	return pages.Compose(s, p)
}

// refused says why nothing can be bought.
func refused(s pages.Sheet) pages.Drawer {
	m := pages.Message{Says: pages.Says{
		Words: "shop_refused", Tone: pages.Warn, Mark: "basket", Buttons: []pages.Button{
			{Action: view.ActFinish, Label: "action.close", Kind: kit.Primary},
		},
	}, Scene: "pause", Shade: pages.Warn}
	switch r := s.View.Reason; r {
	case view.ReasonNoPrice, view.ReasonShopClosed:
		m.Lead = "shop_refused." + string(r)
	}
	return m
}

// goods is where staff scan what they put behind doors for sale.
func goods(s pages.Sheet) pages.Page {
	v := s.View.OfShop()
	f := pages.Form{
		Says: pages.Says{Words: "goods_enter", Mark: "basket", Buttons: []pages.Button{pages.Back}},
		Fields: func(pages.Sheet) []pages.Field {
			return []pages.Field{{Name: "text", Label: "goods_enter.text", Letters: true, Max: 64, Lines: 1}}
		},
		Action: view.ActType, Send: "goods_enter.send", Bare: true,
		Tells: func(s pages.Sheet, p *pages.Plan) {
			switch r := s.View.Reason; r {
			case view.ReasonNotFound, view.ReasonNoDoor, view.ReasonNoPrice:
				p.Alert = s.Say("goods_enter." + string(r))
			case view.ReasonGoodsStored:
				p.News = say(s, "goods_enter.stored", words.Data{"Title": pages.Clean(v.Text),
					"Door": s.Door()})
			}
		},
	}
	return f.Draw(s)
}

// goodsOpen is the page of the open door.
func goodsOpen(s pages.Sheet) pages.Drawer {
	d := pages.Door{Says: pages.Says{
		Words: "goods_open", Mark: "basket", Buttons: []pages.Button{
			{Action: view.ActTooBig, Kind: kit.Secondary}, {Action: view.ActOccupied, Kind: kit.Secondary},
			pages.Back,
		}, Data: func(s pages.Sheet) words.Data {
			v := s.View.OfShop()
			title := ""
			if v.Product != nil {
				title = pages.Clean(v.Product.Title)
			}
			return words.Data{"Title": title}
		},
	}, Big: true}
	if s.View.LeftOpen() > 0 {
		d.Tone = pages.Warn
	}
	return d
}
