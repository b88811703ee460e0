package returns

import (
	"slices"

	"cubby/app/kit"
	"cubby/app/pages"
	"cubby/app/words"
	"cubby/locker/view"

	"fyne.io/fyne/v2"
)

// done is the receipt of a return: its number, the codes of its bags, what happens
// next.
func done(s pages.Sheet) pages.Page {
	r, l := s.View.OfReturn(), s.Look
	p := pages.Plan{
		Tone: pages.Good, Mark: "tick", Title: s.Say("return_done.title"), Small: !l.Portrait,
		Lead: s.Say("return_done.lead"), Last: true, // not "print" where "everything is in" was
		Buttons: []pages.Button{
			{Action: view.ActFinish, Label: "action.close", Kind: kit.Primary},
			{Action: view.ActPrint, Kind: kit.Secondary},
			{Action: view.ActYes, Label: "return_done.next_open", Kind: kit.Secondary},
		},
	}
	if len(r.Bags) == 0 { // it is kept, or collected at home
		p.Title = s.Say("return_done.no_bag")
	}
	if r.Print == view.PrintBusy { // it keeps its place, or a second touch would lie on another button
		b := kit.NewButton(l, kit.Secondary, "printer", s.Say("action.print"), nil)
		b.Enable(false)
		p.Extra = append(p.Extra, b)
	}
	p.Lead = follows(s)
	p.More, p.Alert = paper(s)
	if r.Next != "" {
		p.News = s.Words.Say("return_done.next", words.Data{"Door": r.Next})
	}
	p.Figure = receipt
	return pages.Compose(s, p)
}

// follows says what happens next, and the money that comes.
func follows(s pages.Sheet) string {
	r := s.View.OfReturn()
	lead := s.Say("return_done.lead")
	if len(r.Bags) == 0 {
		lead = s.Say("return_done.lead_no_bag")
	}
	if r.Conditional {
		return lead + "\n" + s.Say("return_done.conditional")
	}
	if chosen(r).Value == "exchange" && r.Next == "" {
		return lead + "\n" + s.Say("return_done.exchange")
	}
	if r.Total != nil && r.Total.Minor != 0 {
		money := "return_done.money"
		if r.When == "at_drop" { // it was ordered when the door closed
			money = "return_done.paid"
			if chosen(r).Value == "gift_card" {
				money = "return_done.gift_card"
			}
		}
		said := s.Words.Say(money, words.Data{"Amount": words.Money(s.Words, *r.Total)})
		if r.When == "at_drop" {
			return said
		}
		lead += "\n" + said
	}
	if w := when(s, r.When); w != "" {
		lead += " " + w
	}
	return lead
}

// paper says how printing the receipt goes: a line, or what must be seen.
func paper(s pages.Sheet) (line, alert string) {
	printing := s.View.OfReturn().Print
	well := !slices.Contains(s.View.Notices, view.NoticeNoPrinter)
	switch {
	case printing == view.PrintBusy && !well:
		return "", s.Say("courier_receipt.waiting")
	case printing == view.PrintBusy:
		return s.Say("courier_receipt.printing"), ""
	case printing == view.PrintDone:
		return s.Say("courier_receipt.printed"), ""
	case printing == view.PrintFailed:
		return "", s.Say("courier_receipt.not_printed")
	}
	return s.Say("return_done.keep"), ""
}

// receipt is a slip with the number of the return and the codes of its bags, large
// enough to be copied by hand.
func receipt(s pages.Sheet) fyne.CanvasObject {
	r, l := s.View.OfReturn(), s.Look
	var slip []fyne.CanvasObject
	side, most := l.U(60), 5
	if !l.Portrait {
		side, most = l.U(36), 3
	}
	if len(r.Bags) > 1 {
		side *= 0.75
	}
	if len(r.Bags) > most {
		most-- // for the line about the others
	}
	if r.Case != "" {
		if qr, err := kit.NewQR(r.Case, side); err == nil {
			slip = append(slip, qr)
		}
		slip = append(slip, kit.NewText(s.Say("return_done.case"), l.Small(), false, kit.InkSoft).Centred(),
			kit.NewLine(r.Case, l.U(7), true, kit.Ink).Centred())
	}
	if len(r.Bags) > 0 {
		slip = append(slip, kit.NewText(s.Words.Say("return_done.bags", words.Data{"Count": len(r.Bags)}),
			l.Small(), false, kit.InkSoft).Centred())
	}
	shown := r.Bags[:min(len(r.Bags), most)]
	for _, bag := range shown {
		slip = append(slip, kit.NewText(s.Words.Say("return_done.bag", words.Data{
			"Code": bag.Code, "Door": bag.Door}), l.U(5.5), true, kit.Ink).Cut().Centred())
	}
	if more := len(r.Bags) - len(shown); more > 0 {
		slip = append(slip, kit.NewText(s.Words.Say("return_done.more_bags", words.Data{"Count": more}),
			l.Small(), false, kit.InkSoft).Centred())
	}
	return kit.Middle(kit.Edged(kit.Card, kit.Sand, l.Radius(), l.U(3), l.U(3), kit.Column(l.U(1), slip...)))
}
