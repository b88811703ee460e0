package returns

import (
	"strconv"
	"strings"

	"cubby/app/kit"
	"cubby/app/pages"
	"cubby/app/words"
	"cubby/locker/view"

	"fyne.io/fyne/v2"
)

// lines is the list of what was bought. What cannot come back can be picked too: that
// leads to why.
func lines(s pages.Sheet) pages.Page {
	all := s.View.OfReturn().Lines
	p := pages.Plan{
		Mark: "undo", Title: s.Say("return_lines.title"), Lead: s.Say("return_lines.lead"), Wide: true,
		Buttons: []pages.Button{
			{Action: view.ActYes, Label: "return_lines.go_on", Kind: kit.Primary}, pages.Back,
		},
	}
	order(s, &p)
	if !s.Look.Portrait { // the list needs the room
		p.Small = true
		if p.More != "" {
			p.Lead, p.More = "", s.Words.Say("fit.list", words.Data{"First": p.More, "Next": p.Lead})
		}
	}
	switch r := s.View.Reason; r {
	case view.ReasonLeasedThere, view.ReasonNotReturnable:
		p.Alert = s.Say("return_lines." + string(r))
	}
	if len(all) == 0 {
		p.Lead, p.Figure = s.Say("return_lines.none"), pages.Scene("pause", kit.Accent)
		return pages.Compose(s, p)
	}
	pages.Parts(s, &p, s.Look.U(1.5), 0, len(all), func(i int, _ bool) fyne.CanvasObject {
		return line(s, all[i])
	})
	return pages.Compose(s, p)
}

// order says of which order the page is.
func order(s pages.Sheet, p *pages.Plan) {
	if last := s.View.OfReturn().Order; last != "" {
		p.More = s.Words.Say("return.order", words.Data{"Order": last})
	}
}

// line is one thing that was bought, and a button all over it.
func line(s pages.Sheet, one view.ReturnLine) fyne.CanvasObject {
	l := s.Look
	ink, icon, ground, edge := kit.Ink, "parcel", kit.Card, kit.Stone
	strong, wash := kit.Accent, kit.AccentWash
	if !one.Eligible {
		ink, icon, ground, edge = kit.InkSoft, "shape-slash", kit.Paper, kit.Sand
		strong, wash = kit.InkSoft, kit.Paper
	}
	if one.Picked > 0 {
		icon, strong, wash = "tick", kit.Good, kit.GoodWash
	}
	side := l.U(7)
	mark := kit.Sized(kit.Panel(wash, side/2, l.U(1.5), l.U(1.5), kit.Icon(icon, strong)), side, side)
	title := kit.NewText(pages.Clean(one.Title), l.Body(), one.Eligible, ink).Cut().First(2)
	detail := kit.NewText(facts(s, one), l.Small(), false, kit.InkSoft).Cut()
	if !one.Eligible {
		detail.First(2)
	}
	row := []fyne.CanvasObject{
		kit.Middle(mark), kit.Fill(kit.Middle(kit.Column(0, title, detail))),
	}
	if one.Eligible && one.Each != nil {
		price := []fyne.CanvasObject{
			kit.Hug(kit.NewLine(words.Money(s.Words, *one.Each), l.Body(), true, kit.Ink), 1),
		}
		if one.Quantity > 1 {
			price = append(price, kit.Hug(kit.NewLine(s.Say("return.each"), l.Small(), false, kit.InkSoft), 1))
		}
		row = append(row, kit.Middle(kit.Column(0, price...)))
	}
	card := kit.Edged(ground, edge, l.Radius(), l.U(2.5), l.U(1), kit.Row(l.U(2.5), row...))
	return picked(s, card, view.ActPick, one.Value)
}

// picked lays a button over what can be picked.
func picked(s pages.Sheet, card fyne.CanvasObject, name view.ActionName, value string) fyne.CanvasObject {
	least := s.Look.Target(12)
	if !s.View.Allows(name) {
		return kit.Tall(least, card)
	}
	touch := kit.NewButton(s.Look, kit.Area, "", "", func() { s.Do(name, value) })
	return kit.Tall(least, card, touch)
}

// facts say how many can come back and until when, or why none can.
func facts(s pages.Sheet, one view.ReturnLine) string {
	if !one.Eligible && one.Picked == 0 {
		if len(one.Because) > 0 {
			return because(s, one.Because[0])
		}
		return s.Say("return.not_this")
	}
	all := []string{s.Words.Say("return.left", words.Data{"Count": one.Left, "Quantity": one.Quantity})}
	if one.Picked > 0 {
		all[0] = s.Words.Say("return.picked", words.Data{"Picked": one.Picked, "Left": one.Left})
	}
	if one.Each == nil && one.Eligible {
		all = append(all, s.Say("return.no_money"))
	}
	if one.Until != nil {
		all = append(all, s.Words.Say("return.until", words.Data{"Day": pages.Until(s, *one.Until)}))
	}
	return strings.Join(all, " · ")
}

func because(s pages.Sheet, m view.Message) string { return pages.Told(s, m, "", "policy.") }

// sentences are sentences below each other.
func sentences(s pages.Sheet, all []view.Message) string {
	var lines []string
	for _, m := range all {
		lines = append(lines, because(s, m))
	}
	return strings.Join(lines, "\n")
}

// explained says why a line cannot come back, and until when or how it could have.
func explained(s pages.Sheet) pages.Page {
	r := s.View.OfReturn()
	p := pages.Plan{
		Tone: pages.Warn, Mark: "help", Title: s.Say("return_line.title"), Lead: s.Say("return_line.lead"),
		Buttons: []pages.Button{
			{Action: view.ActBack, Label: "return_line.back", Kind: kit.Primary},
		},
	}
	if r.Line == nil {
		return pages.Compose(s, p)
	}
	p.Lead, p.More = pages.Brief(pages.Clean(r.Line.Title), 3*mostTitle), s.Say("return_line.ask")
	all := r.Because
	if len(all) == 0 {
		all = r.Line.Because
	}
	p.Figure = func(s pages.Sheet) fyne.CanvasObject {
		l := s.Look
		var rows []fyne.CanvasObject
		for _, m := range all {
			rows = append(rows, kit.NewText(because(s, m), l.Body(), false, kit.Ink).Cut())
		}
		if len(rows) == 0 {
			rows = append(rows, kit.NewText(s.Say("return.not_this"), l.Body(), false, kit.Ink))
		}
		card := kit.Edged(kit.Card, kit.Stone, l.Radius(), l.U(4), l.U(3), kit.Column(l.U(2), rows...))
		return kit.Column(0, card, kit.Spring())
	}
	return pages.Compose(s, p)
}

// mostKeys is up to how many pieces there is a key for each number; more are typed.
const mostKeys = 12

// quantity asks how many come back.
func quantity(s pages.Sheet) pages.Page {
	most := s.View.OfReturn().Most
	if most > mostKeys {
		f := pages.Field{Label: "return_quantity.text", Max: len(strconv.Itoa(most))}
		page := typed("return_quantity", f, []pages.Button{pages.Back}, func(p *pages.Plan) {
			p.Lead = s.Words.Say("return_quantity.most", words.Data{"Most": most})
			about(s, p)
		})
		page.Action, page.Bare = view.ActPick, true
		return page.Draw(s)
	}
	p := pages.Plan{
		Mark: "parcel", Title: s.Say("return_quantity.title"), Lead: s.Say("return_quantity.lead"),
		Buttons: []pages.Button{pages.Back},
	}
	about(s, &p)
	p.Figure = func(s pages.Sheet) fyne.CanvasObject {
		across := 3
		if most <= 4 {
			across = most
		}
		var rows []fyne.CanvasObject
		for from := 1; from <= most; from += across {
			var row []fyne.CanvasObject
			for n := from; n < from+across; n++ {
				if n > most {
					row = append(row, kit.Spring())
					continue
				}
				number := strconv.Itoa(n)
				b := kit.NewButton(s.Look, kit.Key, "", number, func() { s.Do(view.ActPick, number) })
				b.Enable(s.View.Allows(view.ActPick))
				row = append(row, kit.Fill(kit.Tall(s.Look.Main(15), b)))
			}
			rows = append(rows, kit.Row(s.Look.U(2), row...))
		}
		keys := kit.Column(s.Look.U(2), rows...)
		return kit.Column(0, kit.Spring(), keys)
	}
	return pages.Compose(s, p)
}

// reasons asks why it comes back.
func reasons(s pages.Sheet) pages.Page {
	p := pages.Plan{
		Mark: "help", Title: s.Say("return_reason.title"), Lead: s.Say("return_reason.lead"), Wide: true,
		Buttons: []pages.Button{pages.Back},
	}
	about(s, &p)
	return choices(s, p, "return.reason.", "")
}

// packaging asks what is brought back without an order.
func packaging(s pages.Sheet) pages.Page {
	p := pages.Plan{
		Mark: "parcel", Title: s.Say("packaging.title"), Lead: s.Say("packaging.lead"), Wide: true,
		Buttons: []pages.Button{pages.Back},
	}
	return choices(s, p, "packaging.", "parcel")
}

// choices is a list of words to touch, in two columns where there is the width.
func choices(s pages.Sheet, p pages.Plan, group, icon string) pages.Page {
	all, l := s.View.OfReturn().Reasons, s.Look
	across := 1
	if !l.Portrait {
		across = 2
	}
	pages.Parts(s, &p, l.U(1.5), 0, (len(all)+across-1)/across, func(i int, _ bool) fyne.CanvasObject {
		var row []fyne.CanvasObject
		for j := i * across; j < (i+1)*across; j++ {
			if j >= len(all) {
				row = append(row, kit.Spring())
				continue
			}
			row = append(row, kit.Fill(choice(s, group, icon, all[j])))
		}
		return kit.Row(l.U(2), row...)
	})
	return pages.Compose(s, p)
}

func choice(s pages.Sheet, group, icon string, one view.ReturnReason) fyne.CanvasObject {
	l := s.Look
	word := reason(s, group, one)
	row := []fyne.CanvasObject{kit.Fill(kit.Middle(kit.NewText(word, l.Body(), true, kit.Ink).Cut().First(2)))}
	if icon != "" {
		side := l.U(7)
		row = append([]fyne.CanvasObject{kit.Middle(kit.Sized(kit.Icon(icon, kit.Accent), side, side))}, row...)
	}
	card := kit.Edged(kit.Card, kit.Stone, l.Radius(), l.U(3), l.U(1), kit.Row(l.U(2.5), row...))
	return picked(s, card, view.ActPick, one.Value)
}

// reason is the word of a reason: that of this screen, or the shop's own.
func reason(s pages.Sheet, group string, one view.ReturnReason) string {
	if id := group + one.Value; s.Words.Has(id) || one.Text == "" {
		return pages.Word(s, group, one.Value)
	}
	return pages.Clean(one.Text)
}

// counter says that this one is settled at the counter, and why.
func counter(s pages.Sheet) pages.Page {
	p := pages.Plan{
		Mark: "counter", Title: s.Say("return_counter.title"), Lead: s.Say("return_counter.lead"),
		More: sentences(s, s.View.OfReturn().Because), Figure: pages.Scene("badge", kit.Accent),
		Buttons: []pages.Button{
			{Action: view.ActFinish, Label: "action.close", Kind: kit.Primary},
		},
	}
	switch r := s.View.Reason; r {
	case view.ReasonNotReturnable, view.ReasonToPay, view.ReasonTooLargeHere, view.ReasonNoDoor,
		view.ReasonUndecided:
		p.Lead = s.Say("return_counter." + string(r))
	}
	return pages.Compose(s, p)
}
