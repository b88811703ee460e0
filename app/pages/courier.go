package pages

import (
	"slices"

	"cubby/app/kit"
	"cubby/app/words"
	"cubby/locker/view"

	"fyne.io/fyne/v2"
)

// courierPIN is how many digits the shortest courier PIN has.
const courierPIN = 6

func courierEnter(s Sheet) Page {
	return enter(s, "courier_enter", "badge", courierPIN, true)
}

func courierRefused(s Sheet) Page {
	p := plan{
		tone: warn, mark: "badge", title: s.say("courier_refused.title"), lead: s.say("courier_refused.not_valid"),
		figure: scene("badge", kit.Warn),
		choices: []choice{
			{view.ActStartCourier, "action.try_again", kit.Primary}, {view.ActTryAgain, "", kit.Primary},
			{view.ActBack, "", kit.Quiet}, {view.ActFinish, "", kit.Quiet},
		},
	}
	if s.View.Reason == view.ReasonWait {
		p.mark, p.retry = "clock", true
		p.title, p.lead = s.say("courier_refused.wait_title"), s.say("courier_refused.wait")
	}
	return compose(s, p)
}

func courierReady(s Sheet) Page {
	p := plan{
		mark: "scan", title: s.say("courier_ready.title"), lead: s.say("courier_ready.lead"), alert: refusal(s),
		choices: []choice{
			{view.ActFinish, "courier_ready.finish", kit.Primary},
			{view.ActReceipt, "courier_ready.receipt", kit.Secondary},
			{view.ActUndo, "courier_ready.undo", kit.Secondary},
			{view.ActBack, "", kit.Quiet},
		},
	}
	if s.View.Count == 0 {
		p.title = s.say("courier_ready.title_first")
	}
	if !s.scanner() {
		p.tone, p.lead = warn, s.say("courier_ready.no_scanner")
	}
	drawing := picture(s.Look, "label", kit.Accent)
	p.figure = func(s Sheet) fyne.CanvasObject {
		if s.View.Count == 0 {
			return drawing
		}
		return kit.Column(s.Look.U(3), stored(s), kit.Fill(drawing))
	}
	return compose(s, p)
}

// stored is the card that says what has been done in this visit.
func stored(s Sheet) fyne.CanvasObject {
	l := s.Look
	lines := []fyne.CanvasObject{
		kit.NewText(s.Words.Say("courier_ready.count", words.Data{"Count": s.View.Count}), l.Body(), true, kit.Ink),
	}
	if s.View.Last != "" && s.View.LastAt != "" {
		data := words.Data{"Parcel": s.View.Last, "Door": s.View.LastAt}
		lines = append(lines, kit.NewText(s.Words.Say("courier_ready.last", data), l.Body(), false, kit.Ink))
	}
	side := l.U(6)
	return kit.Panel(kit.GoodWash, l.Radius(), l.U(3), l.U(2), kit.Row(l.U(3),
		kit.Middle(kit.Sized(kit.Icon("check", kit.Good), side, side)),
		kit.Fill(kit.Middle(kit.Column(0, lines...)))))
}

// refusal says why the last label was not taken; empty when it was.
func refusal(s Sheet) string {
	switch r := s.View.Reason; r {
	case view.ReasonNone:
		return ""
	case view.ReasonUnknownLabel, view.ReasonAlreadyStored, view.ReasonCancelled, view.ReasonEnded,
		view.ReasonNoDoor, view.ReasonTooLarge, view.ReasonNotLabel, view.ReasonMisread, view.ReasonAmbiguous:
		return s.say("courier_ready." + string(r))
	case view.ReasonDoorOpen, view.ReasonDoorTaken:
		return s.Words.Say("courier_ready."+string(r), s.open())
	default:
		return s.say("courier_ready.refused")
	}
}

func courierOpening(s Sheet) Page {
	return compose(s, plan{
		plate: s.View.Door, big: true, mark: "clock", title: s.say("courier_opening.title"), lead: s.say("courier_opening.lead"),
		figure: wallOf(s.View.Door, kit.Accent),
	})
}

func courierOpen(s Sheet) Page {
	p := plan{
		plate: s.View.Door, big: true, mark: "parcel", title: s.say("courier_open.title"), lead: s.say("courier_open.lead"),
		choices: []choice{
			{view.ActTooBig, "", kit.Secondary}, {view.ActOccupied, "", kit.Secondary},
			{view.ActBroken, "", kit.Secondary}, {view.ActUndo, "", kit.Secondary},
		},
	}
	mark := kit.Accent
	if s.View.LeftOpen > 0 {
		p.tone, mark = warn, kit.Warn
		p.title, p.lead = s.say("courier_open.left"), s.say("courier_open.left_lead")
	}
	p.figure = wallOf(s.View.Door, mark)
	return compose(s, p)
}

func courierCheck(s Sheet) Page {
	lead := "courier_check.lead"
	if s.View.Reason == view.ReasonNotSeen {
		lead = "courier_check.not_seen"
	}
	return compose(s, plan{
		tone: warn, plate: s.View.Door, title: s.say("courier_check.title"), lead: s.say(lead),
		figure: wallOf(s.View.Door, kit.Warn),
		choices: []choice{
			{view.ActOpenAgain, "", kit.Primary}, {view.ActInside, "", kit.Secondary}, {view.ActUndo, "courier_check.kept", kit.Secondary},
		},
	})
}

func courierRetake(s Sheet) Page {
	p := plan{
		tone: warn, plate: s.View.Door, big: true, mark: "undo", title: s.say("courier_retake.title"), lead: s.say("courier_retake.lead"),
		figure: wallOf(s.View.Door, kit.Warn),
		choices: []choice{
			{view.ActBack, "courier_retake.not_so", kit.Secondary},
			{view.ActOtherDoor, "courier_retake.does_not_close", kit.Quiet},
		},
	}
	switch r := s.View.Reason; r {
	case view.ReasonTooBig, view.ReasonBroken, view.ReasonOccupied, view.ReasonUndo:
		p.lead = s.say("courier_retake." + string(r))
	}
	return compose(s, p)
}

// courierLeave asks before a second door is opened while this one stands open.
// Going back lies where the question came from.
func courierLeave(s Sheet) Page {
	return compose(s, plan{
		tone: warn, plate: s.View.Door, title: s.say("courier_leave.title"), lead: s.say("courier_leave.lead"),
		figure: wallOf(s.View.Door, kit.Warn), last: true,
		choices: []choice{
			{view.ActBack, "courier_leave.back", kit.Primary}, {view.ActOtherDoor, "courier_leave.other", kit.Secondary},
		},
	})
}

func courierNoOpen(s Sheet) Page {
	p := plan{
		tone: warn, plate: s.View.Door, title: notOpened(s, "courier_no_open.title"), lead: s.say("courier_no_open.lead"),
		figure: wallOf(s.View.Door, kit.Warn), retry: true,
		choices: []choice{
			{view.ActTryAgain, "", kit.Primary}, {view.ActOtherDoor, "", kit.Secondary}, {view.ActBack, "", kit.Quiet},
		},
	}
	key := "courier_no_open."
	if !s.View.Allows(view.ActOtherDoor) { // a parcel is being given back: it is behind this door
		key += "back_"
		p.lead = s.say("courier_no_open.back")
	}
	switch r := s.View.Reason; r {
	case view.ReasonStuck, view.ReasonUnanswered, view.ReasonUnknown, view.ReasonRest:
		p.lead = s.say(key + string(r))
	}
	return compose(s, p)
}

func courierReceipt(s Sheet) Page {
	p := plan{
		tone: good, mark: "receipt", title: s.say("courier_receipt.title"), lead: s.say("courier_receipt.lead_plain"),
		choices: []choice{{view.ActPrint, "", kit.Secondary}, {view.ActFinish, "", kit.Secondary}, {view.ActBack, "", kit.Primary}},
		last:    true,
	}
	if s.View.Print == view.PrintBusy { // it keeps its place, or a second touch would lie on another button
		b := kit.NewButton(s.Look, kit.Secondary, icons[view.ActPrint], s.say("action.print"), nil)
		b.Enable(false)
		p.extra = append(p.extra, b)
	}
	p.more, p.alert = paper(s)
	if s.View.Parcel != "" && s.View.Door != "" {
		p.lead = s.Words.Say("courier_receipt.lead", words.Data{"Parcel": s.View.Parcel, "Door": s.View.Door})
	}
	p.figure = receipt
	return compose(s, p)
}

// paper says how printing the receipt goes: a line, or what must be seen.
func paper(s Sheet) (line, alert string) {
	well := !slices.Contains(s.View.Notices, view.NoticeNoPrinter)
	switch {
	case s.View.Print == view.PrintBusy && !well:
		return "", s.say("courier_receipt.waiting")
	case s.View.Print == view.PrintBusy:
		return s.say("courier_receipt.printing"), ""
	case s.View.Print == view.PrintDone:
		return s.say("courier_receipt.printed"), ""
	case s.View.Print == view.PrintFailed:
		return "", s.say("courier_receipt.not_printed")
	case !well:
		return s.say("courier_receipt.no_printer"), ""
	}
	return "", ""
}

// receipt is a slip of paper with the code and the PIN.
func receipt(s Sheet) fyne.CanvasObject {
	l := s.Look
	var slip []fyne.CanvasObject
	if s.View.Code != "" {
		side := l.U(84)
		if !l.Portrait {
			side = l.U(48)
		}
		if qr, err := kit.NewQR(s.View.Code, side); err == nil {
			slip = append(slip, qr, kit.NewText(s.say("courier_receipt.scan"), l.Body(), false, kit.InkSoft).Centred())
		}
	}
	if s.View.PIN != "" {
		if len(slip) > 0 {
			slip = append(slip, kit.NewText(s.say("courier_receipt.pin"), l.Body(), false, kit.InkSoft).Centred())
		}
		slip = append(slip, kit.NewText(kit.Grouped(s.View.PIN), l.U(8), true, kit.Ink).Centred())
	}
	return kit.Middle(kit.Edged(kit.Card, kit.Sand, l.Radius(), l.U(3), l.U(3), kit.Column(l.U(1), slip...)))
}

func courierDone(s Sheet) Page {
	lead := s.say("courier_done.none")
	if s.View.Count > 0 {
		lead = s.Words.Say("courier_done.lead", words.Data{"Count": s.View.Count})
	}
	return compose(s, plan{
		tone: good, mark: "tick", title: s.say("courier_done.title"), lead: lead,
		figure:  scene("done", kit.Good),
		choices: []choice{{view.ActFinish, "action.close", kit.Primary}},
	})
}
