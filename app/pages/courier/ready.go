package courier

import (
	"cubby/app/kit"
	"cubby/app/pages"
	"cubby/app/words"
	"cubby/locker/view"

	"fyne.io/fyne/v2"
)

// ready waits for the next label, and says why the last one was not taken.
func ready(s pages.Sheet) pages.Page {
	p := pages.Plan{
		Mark: "scan", Title: s.Say("courier_ready.title"), Lead: s.Say("courier_ready.lead"), Alert: refusal(s),
		Buttons: []pages.Button{
			{Action: view.ActFinish, Label: "courier_ready.finish", Kind: kit.Primary},
			{Action: view.ActReceipt, Label: "courier_ready.receipt", Kind: kit.Secondary},
			{Action: view.ActUndo, Label: "courier_ready.undo", Kind: kit.Secondary},
			pages.Back,
		},
	}
	if s.View.OfCourier().Count == 0 {
		p.Title = s.Say("courier_ready.title_first")
	}
	if !s.Scanner() {
		p.Tone, p.Lead = pages.Warn, s.Say("courier_ready.no_scanner")
	}
	drawing := pages.Picture(s.Look, "label", kit.Accent)
	p.Figure = func(s pages.Sheet) fyne.CanvasObject {
		if s.View.OfCourier().Count == 0 {
			return drawing
		}
		return kit.Column(s.Look.U(3), stored(s), kit.Fill(drawing))
	}
	return pages.Compose(s, p)
}

// stored is the card that says what has been done in this visit.
func stored(s pages.Sheet) fyne.CanvasObject {
	l := s.Look
	lines := []fyne.CanvasObject{
		kit.NewText(
			s.Words.Say("courier_ready.count", words.Data{"Count": s.View.OfCourier().Count}),
			l.Body(),
			true,
			kit.Ink,
		),
	}
	if s.View.OfCourier().Last != "" && s.View.OfCourier().LastAt != "" {
		data := words.Data{"Parcel": s.View.OfCourier().Last, "Door": s.View.OfCourier().LastAt}
		lines = append(lines, kit.NewText(s.Words.Say("courier_ready.last", data), l.Body(), false, kit.Ink))
	}
	if c := s.View.OfCourier(); c.Last != "" && c.LastShelf != "" {
		data := words.Data{"Parcel": c.Last, "Shelf": c.LastShelf}
		lines = append(lines, kit.NewText(s.Words.Say("courier_ready.last_shelf", data), l.Body(), false, kit.Ink))
	}
	side := l.U(6)
	return kit.Panel(kit.GoodWash, l.Radius(), l.U(3), l.U(2), kit.Row(l.U(3),
		kit.Middle(kit.Sized(kit.Icon("check", kit.Good), side, side)),
		kit.Fill(kit.Middle(kit.Column(0, lines...)))))
}

// refusal says why the last label was not taken; empty when it was.
func refusal(s pages.Sheet) string {
	switch r := s.View.Reason; r {
	case view.ReasonNone:
		return ""
	case view.ReasonUnknownLabel, view.ReasonAlreadyStored, view.ReasonCancelled, view.ReasonEnded,
		view.ReasonNoDoor, view.ReasonFull, view.ReasonTooLarge, view.ReasonNotLabel, view.ReasonMisread,
		view.ReasonAmbiguous, view.ReasonForCounter:
		return s.Say("courier_ready." + string(r))
	case view.ReasonDoorOpen, view.ReasonDoorTaken:
		return s.SayOpen("courier_ready." + string(r))
	default:
		return s.Say("courier_ready.refused")
	}
}
