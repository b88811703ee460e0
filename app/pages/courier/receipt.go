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
	// it keeps its place, or a second touch would lie on another button
	if s.View.OfCourier().Print == view.PrintBusy {
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
	c := s.View.OfCourier()
	return pages.Slip(s, c.Code, c.PIN, "courier_receipt.scan", "courier_receipt.pin")
}
