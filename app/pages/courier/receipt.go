package courier

import (
	"slices"

	"cubby/app/kit"
	"cubby/app/pages"
	"cubby/app/words"
	"cubby/locker/view"

	"fyne.io/fyne/v2"
)

// receiptPage shows the receipt of the last deposit, with its code.
func receiptPage(s pages.Sheet) pages.Page {
	p := pages.Plan{
		Tone: pages.Good, Mark: "receipt", Title: s.Say("courier_receipt.title"),
		Lead: s.Say("courier_receipt.lead_plain"),
		Buttons: []pages.Button{
			{Action: view.ActPrint, Kind: kit.Secondary}, {Action: view.ActFinish, Kind: kit.Secondary},
			{Action: view.ActBack, Kind: kit.Primary},
		},
		Last: true, // not "back" where "print" was
	}
	if s.View.OfCourier().Print == view.PrintBusy { // it keeps its place, or a second touch would lie on another button
		b := kit.NewButton(s.Look, kit.Secondary, printIcon, s.Say("action.print"), nil)
		b.Enable(false)
		p.Extra = append(p.Extra, b)
	}
	p.More, p.Alert = paper(s)
	if s.View.Parcel() != "" && s.Door() != "" {
		p.Lead = s.Words.Say("courier_receipt.lead", words.Data{"Parcel": s.View.Parcel(), "Door": s.Door()})
	}
	p.Figure = receipt
	return pages.Compose(s, p)
}

// paper says how printing the receipt goes: a line, or what must be seen.
func paper(s pages.Sheet) (line, alert string) {
	well := !slices.Contains(s.View.Notices, view.NoticeNoPrinter)
	switch {
	case s.View.OfCourier().Print == view.PrintBusy && !well:
		return "", s.Say("courier_receipt.waiting")
	case s.View.OfCourier().Print == view.PrintBusy:
		return s.Say("courier_receipt.printing"), ""
	case s.View.OfCourier().Print == view.PrintDone:
		return s.Say("courier_receipt.printed"), ""
	case s.View.OfCourier().Print == view.PrintFailed:
		return "", s.Say("courier_receipt.not_printed")
	case !well:
		return s.Say("courier_receipt.no_printer"), ""
	}
	return "", ""
}

// receipt is a slip of paper with the code and the PIN.
func receipt(s pages.Sheet) fyne.CanvasObject {
	l := s.Look
	var slip []fyne.CanvasObject
	if s.View.OfCourier().Code != "" {
		side := l.U(84)
		if !l.Portrait {
			side = l.U(48)
		}
		if qr, err := kit.NewQR(s.View.OfCourier().Code, side); err == nil {
			slip = append(
				slip,
				qr,
				kit.NewText(s.Say("courier_receipt.scan"), l.Body(), false, kit.InkSoft).Centred(),
			)
		}
	}
	if s.View.OfCourier().PIN != "" {
		if len(slip) > 0 {
			slip = append(
				slip,
				kit.NewText(s.Say("courier_receipt.pin"), l.Body(), false, kit.InkSoft).Centred(),
			)
		}
		slip = append(slip, kit.NewText(kit.Grouped(s.View.OfCourier().PIN), l.U(8), true, kit.Ink).Centred())
	}
	return kit.Middle(kit.Edged(kit.Card, kit.Sand, l.Radius(), l.U(3), l.U(3), kit.Column(l.U(1), slip...)))
}
