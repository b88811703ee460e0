package returns

import (
	"slices"
	"strconv"
	"strings"

	"cubby/app/kit"
	"cubby/app/pages"
	"cubby/app/words"
	"cubby/locker/view"

	"fyne.io/fyne/v2"
)

// offer shows what comes back and what money follows. Each way of paying back has a
// button: to touch it is to agree.
func offer(s pages.Sheet) pages.Page {
	r, l := s.View.OfReturn(), s.Look
	p := pages.Plan{
		Mark: "undo", Title: s.Say("return_offer.title"), Small: !l.Portrait, Share: 0.5,
		Buttons: []pages.Button{
			{Action: view.ActMore, Label: "return_offer.more", Kind: kit.Secondary}, lowDoor(r.Low),
			{Action: view.ActHome, Label: "return_offer.home", Kind: kit.Secondary}, pages.Back,
		},
	}
	if r.Conditional {
		p.Alert = s.Say("return_offer.conditional")
	}
	top := []fyne.CanvasObject{total(s)}
	bottom := ways(s)
	least := kit.HeightFor(kit.Column(l.U(1.5), append(slices.Clone(top), bottom...)...), room(s, p))
	if l.Portrait {
		rows, _ := pages.Parts(s, &p, l.U(1), least+l.U(4), len(r.Items), func(i int, _ bool) fyne.CanvasObject {
			return item(s, r.Items[i])
		})
		p.Figure = func(pages.Sheet) fyne.CanvasObject {
			column := append(slices.Clone(rows), top...)
			return kit.Column(l.U(1), append(append(column, kit.Spring()), bottom...)...)
		}
		return pages.Compose(s, p)
	}
	p.Notes = kit.Column(l.U(1), top...)
	least = kit.HeightFor(kit.Column(l.U(1.5), bottom...), room(s, p))
	rows, _ := pages.Parts(s, &p, l.U(1), least+l.U(1), len(r.Items), func(i int, _ bool) fyne.CanvasObject {
		return item(s, r.Items[i])
	})
	p.Figure = func(pages.Sheet) fyne.CanvasObject {
		return kit.Column(l.U(1), append(append(slices.Clone(rows), kit.Spring()), bottom...)...)
	}
	return pages.Compose(s, p)
}

// room is the width of the column that has the ways.
func room(s pages.Sheet, p pages.Plan) float32 { return pages.Free(s, p).Width }

// lowDoor is the switch for a door within reach of somebody who sits.
func lowDoor(on bool) pages.Button {
	if on {
		return pages.Button{Action: view.ActLowDoor, Label: "return_offer.low_on", Kind: kit.Chosen}
	}
	return pages.Button{Action: view.ActLowDoor, Label: "return_offer.low", Kind: kit.Secondary}
}

// total is what comes back, large, and how and when.
func total(s pages.Sheet) fyne.CanvasObject {
	r, l := s.View.OfReturn(), s.Look
	var lines []fyne.CanvasObject
	if r.Total != nil && r.Total.Minor != 0 {
		amount := words.Money(s.Words, *r.Total)
		wide := l.Size.Width/2 - l.U(12)
		if l.Portrait {
			wide = l.Size.Width - 2*l.U(11)
		}
		lines = append(lines, kit.NewText(s.Say("return_offer.total"), l.Small(), false, kit.InkSoft),
			kit.NewText(amount, kit.SizeFor(amount, l.U(12), wide), true, kit.Good))
	} else {
		lines = append(lines, kit.NewText(s.Say("return_offer.nothing"), l.Lead(), true, kit.Ink))
	}
	way := chosen(r)
	if len(way.Tenders) > 1 {
		for _, t := range way.Tenders {
			lines = append(lines, kit.NewText(s.Words.Say("return.tender_amount", words.Data{
				"Amount": words.Money(s.Words, t.Amount), "Tender": pages.Word(s, "return.tender.", t.Kind),
			}), l.Small(), false, kit.Ink).Cut())
		}
	}
	if way.Fee != nil && way.Fee.Minor != 0 {
		lines = append(lines, kit.NewText(s.Words.Say("return.fee", words.Data{
			"Amount": words.Money(s.Words, *way.Fee)}), l.Small(), false, kit.Ink).Cut())
	}
	if w := when(s, r.When); w != "" && !r.Conditional { // that is said already
		lines = append(lines, kit.NewText(w, l.Body(), false, kit.Ink).Cut())
	}
	most := 3
	if !l.Portrait {
		most = 1
	}
	if r.Conditional { // by the rules it would come otherwise
		most = 0
	}
	for _, m := range distinct(s, r.Because, most) {
		lines = append(lines, kit.NewText(m, l.Small(), false, kit.InkSoft).Cut().First(2))
	}
	return kit.Edged(kit.Card, kit.Stone, l.Radius(), l.U(3), l.U(2), kit.Column(l.U(0.5), lines...))
}

// home asks whether it is collected at home, and says what comes back then.
func home(s pages.Sheet) pages.Page {
	p := pages.Plan{
		Mark: "courier", Title: s.Say("return_home.title"), Lead: s.Say("return_home.lead"), Small: !s.Look.Portrait,
		Buttons: []pages.Button{
			{Action: view.ActYes, Label: "return_home.yes", Kind: kit.Primary}, pages.Back,
		},
		Figure: pages.Scene("label", kit.Accent),
	}
	if s.View.OfReturn().Total != nil {
		p.Figure = func(s pages.Sheet) fyne.CanvasObject { return kit.Column(0, total(s), kit.Spring()) }
	}
	return pages.Compose(s, p)
}

// distinct are the first of some sentences, each of them once.
func distinct(s pages.Sheet, all []view.Message, most int) (said []string) {
	for _, m := range all {
		if text := because(s, m); len(said) < most && !slices.Contains(said, text) {
			said = append(said, text)
		}
	}
	return said
}

// chosen is the way whose amounts are shown: the one that was picked, or the first.
func chosen(r view.Return) view.ReturnWay {
	for _, way := range r.Ways {
		if way.Value == r.Way {
			return way
		}
	}
	if len(r.Ways) > 0 {
		return r.Ways[0]
	}
	return view.ReturnWay{}
}

func when(s pages.Sheet, word string) string {
	if slices.Contains(view.ReturnWhens, word) {
		return s.Say("return.when." + word)
	}
	return ""
}

// ways are the buttons that agree, the first of them large.
func ways(s pages.Sheet) (all []fyne.CanvasObject) {
	r := s.View.OfReturn()
	if !s.View.Allows(view.ActPick) {
		return nil
	}
	keeps := !slices.ContainsFunc(r.Items, func(i view.ReturnItem) bool { return !i.Keep })
	paired := !s.Look.Portrait && len(r.Ways) > 2
	for i, way := range r.Ways {
		kind, icon := kit.Secondary, ""
		if i == 0 {
			kind, icon = kit.Primary, "door-open"
			if keeps {
				icon = "tick"
			}
		}
		all = append(all, kit.NewButton(s.Look, kind, icon, agree(s, way, keeps, paired && i > 0), func() {
			s.Do(view.ActPick, way.Value)
		}))
	}
	if n := len(all); paired { // the last two beside each other
		all = append(all[:n-2], kit.Split(s.Look.U(1.5), 0.5, all[n-2], all[n-1]))
	}
	return all
}

// agree is what stands on the button of a way: the money, where it goes, and what
// happens then, unless it has to be brief.
func agree(s pages.Sheet, way view.ReturnWay, keeps, brief bool) string {
	if id := "return.way." + way.Value; s.Words.Has(id) {
		return s.Words.Say(id, words.Data{
			"Amount": words.Money(s.Words, way.Amount), "List": tenders(s, way.Tenders),
			"Money": way.Amount.Minor != 0, "Keep": keeps, "Brief": brief,
		})
	}
	return pages.Word(s, "return.way.", way.Value)
}

// tenders names where money goes back to: your card and gift card.
func tenders(s pages.Sheet, all []view.ReturnTender) string {
	var names []string
	for _, t := range all {
		if name := pages.Word(s, "return.tender.", t.Kind); !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	switch len(names) {
	case 1:
		return names[0]
	case 2:
		return s.Words.Say("return.and", words.Data{"First": names[0], "Next": names[1]})
	}
	return s.Say("return.as_paid")
}

// item is one thing of the return.
func item(s pages.Sheet, one view.ReturnItem) fyne.CanvasObject {
	l := s.Look
	title := pages.Clean(one.Title)
	if one.Quantity > 1 {
		title = s.Words.Say("return.pieces", words.Data{"Number": strconv.Itoa(one.Quantity), "Title": title})
	}
	detail := []string{}
	if one.Reason != "" {
		detail = append(detail, reason(s, "return.reason.", view.ReturnReason{Value: one.Reason, Text: one.ReasonText}))
	}
	if one.Keep {
		detail = append(detail, s.Say("return.keep"))
	}
	text := []fyne.CanvasObject{kit.NewText(title, l.Body(), true, kit.Ink).Cut().First(1)}
	if len(detail) > 0 {
		text = append(text, kit.NewText(strings.Join(detail, " · "), l.Small(), false, kit.InkSoft).Cut())
	}
	row := []fyne.CanvasObject{kit.Fill(kit.Middle(kit.Column(0, text...)))}
	amount := s.Say("return.no_money")
	if one.Amount != nil {
		amount = words.Money(s.Words, *one.Amount)
	}
	row = append(row, kit.Middle(kit.NewLine(amount, l.Body(), true, kit.Ink)))
	return kit.Edged(kit.Card, kit.Sand, l.Radius(), l.U(2.5), l.U(1), kit.Row(l.U(2.5), row...))
}
