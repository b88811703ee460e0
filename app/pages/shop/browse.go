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

// home shows the parts of the shop.
func home(s pages.Sheet) pages.Page {
	v, l := s.View.OfShop(), s.Look
	p := pages.Plan{
		Mark: "basket", Title: s.Say("shop_home.title"), Lead: s.Say("shop_home.lead"), Wide: true,
		Small: !l.Portrait,
		More:  inCart(s),
		Buttons: []pages.Button{
			{Action: view.ActSearch, Kind: kit.Primary}, basket, pages.Back,
		},
	}
	if !s.Scanner() {
		p.Lead = s.Say("shop_home.lead_no_scanner")
	}
	across, down := 2, 4
	if !l.Portrait {
		across, down = 4, 2
	}
	if n := len(v.Categories); n < across*down {
		down = max(1, (n+across-1)/across)
	}
	var cards []fyne.CanvasObject
	for _, c := range v.Categories {
		cards = append(cards, category(s, c))
	}
	p.Figure = func(pages.Sheet) fyne.CanvasObject { return grid(l.U(2), across, down, cards) }
	return pages.Compose(s, p)
}

func category(s pages.Sheet, c view.ShopCategory) fyne.CanvasObject {
	l := s.Look
	text := kit.Column(0,
		kit.NewText(pages.Clean(c.Title), l.Body(), true, kit.Ink).Cut().Centred().First(2),
		kit.NewText(say(s, "shop.products", words.Data{"Count": c.Count}), l.Small(), false, kit.InkSoft).
			Cut().Centred().First(1))
	picture := photo(s, c.Picture, "basket", pages.SmallPicture)
	whole := kit.Column(l.U(1), kit.Fill(picture), text)
	if !l.Portrait {
		whole = kit.Split(l.U(1.5), 0.4, picture, kit.Column(0, kit.Spring(), text, kit.Spring()))
	}
	card := kit.Edged(kit.Card, kit.Stone, l.Radius(), l.U(2), l.U(1.5), whole)
	return touched(s, card, view.ActPick, c.Value)
}

// list shows one page of products; large buttons go to the others.
func list(s pages.Sheet) pages.Page {
	v := s.View.OfShop()
	p := pages.Plan{
		Mark: "basket", Title: pages.Clean(v.Category), Wide: true, Small: true, More: inCart(s),
		Lead: say(s, "shop.products", words.Data{"Count": v.Found}),
		Buttons: []pages.Button{
			{Action: view.ActSearch, Kind: kit.Secondary}, basket, pages.Back,
		},
	}
	if v.Category == "" {
		p.Title = say(s, "shop_list.found", words.Data{"Text": pages.Clean(v.Text)})
	}
	if v.Of > 1 {
		p.Lead = sentences(p.Lead, say(s, "list.part", words.Data{"Part": v.At, "Parts": v.Of}))
		p.Extra = turners(s)
	}
	if len(v.Products) == 0 {
		p.Lead, p.Figure = s.Say("shop_list.none"), pages.Scene("pause", kit.Accent)
		return pages.Compose(s, p)
	}
	p.Figure = func(pages.Sheet) fyne.CanvasObject { return products(s, v.Products) }
	return pages.Compose(s, p)
}

// turners go through the pages that the core has.
func turners(s pages.Sheet) []*kit.TouchButton {
	v := s.View.OfShop()
	back := kit.NewButton(s.Look, kit.Secondary, "back", s.Say("list.back"), func() {
		s.Do(view.ActTurn,
			"back")
	})
	back.Enable(v.At > 1 && s.View.Allows(view.ActTurn))
	next := kit.NewButton(s.Look, kit.Secondary, "next", s.Say("list.next"), func() {
		s.Do(view.ActTurn,
			"next")
	})
	next.Enable(v.At < v.Of && s.View.Allows(view.ActTurn))
	return []*kit.TouchButton{back, next}
}

// products are cards, as many beside each other as the panel is wide.
func products(s pages.Sheet, all []view.ShopProduct) fyne.CanvasObject {
	across, down := 2, 4
	if !s.Look.Portrait {
		across, down = 4, 2
	}
	var cards []fyne.CanvasObject
	for _, one := range all {
		cards = append(cards, card(s, one))
	}
	return grid(s.Look.U(2), across, down, cards)
}

// card is one product: its picture, its name, what it costs, and where it is.
func card(s pages.Sheet, one view.ShopProduct) fyne.CanvasObject {
	l := s.Look
	text := []fyne.CanvasObject{kit.NewText(pages.Clean(one.Title), l.Body(), true, kit.Ink).Cut().First(2)}
	if one.Price != nil {
		price := kit.Row(l.U(1.5), kit.Hug(kit.NewLine(amount(s, one.Price), l.Lead(), true, kit.Accent),
			0), kit.Spring())
		text = append(text, price)
	}
	ink := kit.InkSoft
	if one.Left == 0 {
		ink = kit.Warn
	}
	text = append(text, kit.NewText(where(s, one), l.Small(), false, ink).Cut().First(1))
	picture := photo(s, one.Picture, "parcel", pages.SmallPicture)
	whole := kit.Column(l.U(0.5), append([]fyne.CanvasObject{kit.Fill(picture)}, text...)...)
	if !l.Portrait { // there is no height for both
		beside := kit.Column(l.U(0.5), text...)
		whole = kit.Split(l.U(1.5), 0.4, picture, kit.Column(0, kit.Spring(), beside, kit.Spring()))
	}
	return touched(s, kit.Edged(kit.Card, kit.Stone, l.Radius(), l.U(2), l.U(1.5), whole), view.ActPick,
		one.Value)
}

// where says in few words where one of a product can be had.
func where(s pages.Sheet, one view.ShopProduct) string {
	switch {
	case len(one.Doors) > 0:
		return s.Say("shop.here_now")
	case one.Counter > 0:
		return s.Say("shop.at_counter")
	case one.Left > 0:
		return s.Say("shop.elsewhere")
	}
	return s.Say("shop.gone")
}

// search finds products as somebody types. What was typed is sent with each letter, and the
// page stays.
func search(s pages.Sheet) pages.Page {
	v, l := s.View.OfShop(), s.Look
	draft := s.Draft
	if draft == nil {
		draft = kit.NewDraft(nil)
	}
	value := func() string {
		if draft.Has("text") {
			return draft.Get("text")
		}
		return v.Text
	}
	p := pages.Plan{Mark: "find", Title: s.Say("shop_search.title"), Small: true, Share: 0.42}
	typing := kit.NewText(value(), l.Body(), true, kit.Ink).Cut().First(1)
	box := kit.Tall(l.Target(9), kit.Edged(kit.Card, kit.Accent, l.Radius(), l.U(2), l.U(0.5),
		kit.Middle(typing)))
	set := func(text string) {
		if len([]rune(text)) > longestSearch {
			return
		}
		draft.Type("text", text)
		typing.Set(text)
		s.Do(view.ActType, strings.TrimSpace(text))
	}
	p.Input = letters{value, set}
	p.Buttons = []pages.Button{{Action: view.ActYes, Label: "shop_search.show", Kind: kit.Primary},
		pages.Back}
	keys := kit.NewKeyboard(l, s.Say("form.space"), value, func(t string) { set(value() + t) },
		func() { set(kit.WithoutLast(value())) })
	hits := found(s)
	if l.Portrait {
		p.Figure = func(pages.Sheet) fyne.CanvasObject {
			return kit.Column(l.U(2), box, kit.Fill(hits), keys)
		}
		return pages.Compose(s, p)
	}
	p.Notes = kit.Column(l.U(1.5), box, hits)
	p.Figure = func(pages.Sheet) fyne.CanvasObject { return kit.Column(0, kit.Spring(), keys) }
	return pages.Compose(s, p)
}

// letters has a keyboard type what is looked for.
type letters struct {
	value func() string
	set   func(string)
}

// Rune types a letter.
func (t letters) Rune(r rune) { t.set(t.value() + string(r)) }

// Back takes the last one back.
func (t letters) Back() { t.set(kit.WithoutLast(t.value())) }

// found are the first hits, below what is typed.
func found(s pages.Sheet) fyne.CanvasObject {
	v, l := s.View.OfShop(), s.Look
	most := 3
	if l.Portrait {
		most = 4
	}
	if len(v.Products) == 0 {
		id := "shop_search.lead"
		if v.Text != "" {
			id = "shop_list.none"
		}
		return kit.NewText(s.Say(id), l.Body(), false, kit.InkSoft)
	}
	rows := []fyne.CanvasObject{kit.NewText(say(s, "shop.products", words.Data{"Count": v.Found}), l.Small(),
		false, kit.InkSoft)}
	for _, one := range v.Products[:min(most, len(v.Products))] {
		side := l.U(9)
		row := kit.Row(l.U(2), kit.Middle(kit.Sized(photo(s, one.Picture, "parcel", pages.SmallPicture),
			side, side)),
			kit.Fill(kit.Middle(kit.NewText(pages.Clean(one.Title), l.Body(), true, kit.Ink).Cut().First(1))),
			kit.Middle(kit.NewLine(amount(s, one.Price), l.Body(), true, kit.Accent)))
		rows = append(rows, touched(s, kit.Edged(kit.Card, kit.Stone, l.Radius(), l.U(2), l.U(0.5), row),
			view.ActPick, one.Value))
	}
	return kit.Column(l.U(1), append(rows, kit.Spring())...)
}

// product shows one thing: what it is, what it costs, and where it is.
func product(s pages.Sheet) pages.Page {
	v, l := s.View.OfShop(), s.Look
	p := pages.Plan{
		Small: true, Share: 0.55, Buttons: []pages.Button{
			{Action: view.ActAdd, Label: "shop_product.add", Kind: kit.Primary}, basket, pages.Back,
		},
	}
	if v.Product == nil {
		p.Title, p.Figure = s.Say("shop_list.none"), pages.Scene("pause", kit.Accent)
		return pages.Compose(s, p)
	}
	one := *v.Product
	p.Title = pages.Clean(one.Title)
	if s.View.Reason == view.ReasonNoneLeft {
		p.Alert = s.Say("shop_product.none_left")
	}
	facts := []fyne.CanvasObject{}
	if one.Price != nil {
		facts = append(facts, kit.NewText(amount(s, one.Price), l.U(9), true, kit.Accent))
	} else {
		facts = append(facts, kit.NewText(s.Say("shop_product.no_price"), l.Lead(), true, kit.Warn))
	}
	if one.Before != nil {
		facts = append(facts, kit.NewText(say(s, "shop_product.before", words.Data{"Amount": amount(s,
			one.Before)}),
			l.Small(), false, kit.InkSoft))
	}
	facts = append(facts, kit.NewText(place(s, one), l.Body(), true, kit.Ink))
	small := []string{}
	if one.Detail != "" && len(one.Variants) < 2 {
		small = append(small, pages.Clean(one.Detail))
	}
	if one.Age > 0 {
		small = append(small, say(s, "shop_product.age", words.Data{"Age": one.Age}))
	}
	if one.Reviews > 0 {
		small = append(small, say(s, "shop_product.reviews", words.Data{
			"Stars": strconv.FormatFloat(float64(one.Rating)/100, 'f', 1, 64), "Count": one.Reviews,
			"Source": pages.Clean(one.Source)}))
	}
	if one.Chosen > 0 {
		small = append(small, say(s, "shop_product.chosen", words.Data{"Count": one.Chosen}))
	}
	for _, text := range small {
		facts = append(facts, kit.NewText(text, l.Small(), false, kit.InkSoft).Cut().First(2))
	}
	if one.Text != "" {
		facts = append(facts, kit.NewText(pages.Clean(one.Text), l.Body(), false, kit.Ink).Cut().First(5))
	}
	if len(one.Variants) > 1 {
		facts = append(facts, variants(s, one.Variants))
	}
	picture := photo(s, one.Picture, "parcel", pages.LargePicture)
	if l.Portrait {
		p.Figure = func(pages.Sheet) fyne.CanvasObject {
			return kit.Column(l.U(2), kit.Fill(picture), kit.Column(l.U(1), facts...))
		}
		return pages.Compose(s, p)
	}
	p.Notes = kit.Column(l.U(1), facts...)
	p.Figure = func(pages.Sheet) fyne.CanvasObject { return picture }
	return pages.Compose(s, p)
}

// place says where one can be had, with the door or how many there are.
func place(s pages.Sheet, one view.ShopProduct) string {
	switch {
	case len(one.Doors) > 0:
		return say(s, "shop_product.door", words.Data{"Door": one.Doors[0]})
	case one.Counter > 0:
		return say(s, "shop_product.counter", words.Data{"Count": one.Counter})
	case one.Left > 0:
		return say(s, "shop_product.elsewhere", words.Data{"Count": one.Left})
	}
	return s.Say("shop.gone")
}

// variants are buttons, two or three beside each other.
func variants(s pages.Sheet, all []view.ShopVariant) fyne.CanvasObject {
	l, across := s.Look, 3
	if !l.Portrait {
		across = 2
	}
	var rows []fyne.CanvasObject
	for from := 0; from < len(all) && from < 4*across; from += across {
		var row []fyne.CanvasObject
		for i := from; i < from+across; i++ {
			if i >= len(all) {
				row = append(row, kit.Spring())
				continue
			}
			one, kind := all[i], kit.Secondary
			if one.Shown {
				kind = kit.Chosen
			}
			b := kit.NewButton(l, kind, "", pages.Clean(one.Title), func() { s.Do(view.ActPick, one.Value) })
			row = append(row, kit.Fill(b))
		}
		rows = append(rows, kit.Row(l.U(1.5), row...))
	}
	return kit.Column(l.U(1), rows...)
}
