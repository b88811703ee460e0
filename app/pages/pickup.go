package pages

import (
	"strings"

	"cubby/app/kit"
	"cubby/locker/view"

	"fyne.io/fyne/v2"
)

// customerPIN is how many digits a customer's PIN has.
const customerPIN = 8

func pickupEnter(s Sheet) Page {
	return enter(s, "pickup_enter", "scan", customerPIN, false)
}

// enter is the page on which a code is shown or a PIN is typed. least is how
// many digits the shortest PIN has; the page's messages begin with id.
func enter(s Sheet, id, drawing string, least int, hidden bool) Page {
	p := plan{mark: "scan", title: s.say(id + ".title"), choices: []choice{{view.ActBack, "", kit.Quiet}}}
	pad := s.View.Allows(view.ActPIN) && s.Digits != nil && s.Digits.Max() > 0
	switch {
	case pad && s.scanner():
		p.lead = s.say(id + ".lead")
	case pad:
		p.mark = "keypad"
		p.lead = s.say(id + ".lead_no_scanner")
	default:
		p.lead = s.say(id + ".lead_scan")
	}
	if !pad {
		p.figure = scene(drawing, kit.Accent)
		return compose(s, p)
	}
	if s.scanner() {
		p.aside = picture(s.Look, drawing, kit.Accent)
	}
	slots := kit.NewSlots(s.Look, s.Digits, hidden)
	send := kit.NewButton(s.Look, kit.Primary, "tick", s.say(id+".pin"), func() { s.Do(view.ActPIN, s.Digits.String()) })
	ready := func() { send.Enable(s.Digits.Len() >= min(least, s.Digits.Max())) }
	ready()
	s.Digits.OnChange(func() {
		slots.Show()
		ready()
		if s.Typed != nil {
			s.Typed()
		}
	})
	p.submit = send
	p.figure = func(s Sheet) fyne.CanvasObject {
		keys := kit.NewPad(s.Look, s.Digits)
		if s.Look.Portrait { // low, where everyone can reach it
			return kit.Column(s.Look.U(3), kit.Spring(), slots, keys)
		}
		return kit.Column(s.Look.U(2), slots, kit.Fill(keys))
	}
	return compose(s, p)
}

func pickupRefused(s Sheet) Page {
	again := []choice{
		{view.ActStartPickup, "action.try_again", kit.Primary}, {view.ActBack, "", kit.Quiet},
	}
	switch s.View.Reason {
	case view.ReasonWait:
		return compose(s, plan{
			tone: warn, mark: "clock", title: s.say("pickup_refused.wait_title"),
			lead: s.say("pickup_refused.wait"), retry: true, figure: scene("scan", kit.Accent), choices: again,
		})
	case view.ReasonOnHold:
		return compose(s, plan{
			tone: warn, mark: "help", title: s.say("pickup_refused.hold_title"),
			lead: s.say("pickup_refused.hold"), more: s.say("pickup_refused.hold_more"), figure: scene("pause", kit.Warn),
			choices: []choice{{view.ActBack, "", kit.Primary}, {view.ActStartPickup, "idle.pickup", kit.Quiet}},
		})
	case view.ReasonDoorOpen, view.ReasonDoorTaken:
		lead := s.say("pickup_refused.door")
		if s.View.Reason == view.ReasonDoorTaken {
			lead = s.say("pickup_refused.door_taken")
		}
		return compose(s, plan{
			tone: warn, plate: s.View.OpenDoor, title: s.Words.Say("pickup_refused.door_title", s.open()),
			lead: lead, figure: wallOf(s.View.OpenDoor, kit.Warn), choices: again,
		})
	default:
		return compose(s, plan{
			tone: warn, mark: "help", title: s.say("pickup_refused.title"),
			lead: s.say("pickup_refused.not_valid"), more: s.say("pickup_refused.not_valid_more"),
			figure: scene("scan", kit.Warn), choices: again,
		})
	}
}

func pickupOpening(s Sheet) Page {
	return compose(s, plan{
		plate: s.View.Door, big: true, mark: "clock", title: s.say("pickup_opening.title"), lead: s.say("pickup_opening.lead"),
		figure: wallOf(s.View.Door, kit.Accent),
	})
}

func pickupOpen(s Sheet) Page {
	p := plan{plate: s.View.Door, big: true, mark: "door-open", title: s.say("pickup_open.title"), lead: s.say("pickup_open.lead")}
	mark := kit.Accent
	if n := min(s.View.LeftOpen, 3); n > 0 {
		stage := "pickup_open.left" + string('0'+rune(n))
		p.title, p.lead = s.say(stage+"_title"), s.say(stage)
		p.tone, mark = warn, kit.Warn
	}
	p.choices = []choice{{view.ActFinish, "pickup_open.does_not_close", kit.Quiet}}
	p.figure = wallOf(s.View.Door, mark)
	return compose(s, p)
}

func pickupCheck(s Sheet) Page {
	p := plan{
		tone: warn, plate: s.View.Door, title: s.say("pickup_check.title"), lead: s.say("pickup_check.lead"),
		figure: wallOf(s.View.Door, kit.Warn),
		choices: []choice{
			{view.ActOpenAgain, "pickup_check.open_again", kit.Primary},
			{view.ActTaken, "pickup_check.taken", kit.Secondary},
		},
	}
	if s.View.Reason == view.ReasonNotSeen {
		p.title, p.lead = s.say("pickup_check.not_seen_title"), s.say("pickup_check.not_seen")
	}
	return compose(s, p)
}

func pickupDone(s Sheet) Page {
	p := plan{
		tone: good, mark: "tick", title: s.say("pickup_done.title"), lead: s.say("pickup_done.lead"),
		figure: scene("done", kit.Good), last: true, // not "open again" where "I have everything" was
		choices: []choice{
			{view.ActFinish, "action.close", kit.Primary},
			{view.ActOpenAgain, "pickup_done.open_again", kit.Secondary},
		},
	}
	if s.View.Allows(view.ActOpenAgain) && s.View.Door != "" {
		p.more = s.say("pickup_done.more")
	}
	return compose(s, p)
}

// pickupLeft says what happens to a door that does not close. Taking it back
// lies where it was said.
func pickupLeft(s Sheet) Page {
	return compose(s, plan{
		tone: warn, plate: s.View.Door, title: s.say("pickup_left.title"),
		lead: s.say("pickup_left.lead"), more: s.say("pickup_left.more"), figure: wallOf(s.View.Door, kit.Warn),
		choices: []choice{
			{view.ActFinish, "action.close", kit.Primary}, {view.ActBack, "pickup_left.back", kit.Secondary},
		},
	})
}

func noOpen(s Sheet) Page {
	p := plan{
		tone: warn, plate: s.View.Door, title: notOpened(s, "no_open.title"), lead: s.say("no_open.lead"),
		figure: wallOf(s.View.Door, kit.Warn), retry: true,
		choices: []choice{
			{view.ActTryAgain, "", kit.Primary}, {view.ActBack, "", kit.Quiet}, {view.ActFinish, "", kit.Quiet},
		},
	}
	switch r := s.View.Reason; r {
	case view.ReasonStuck, view.ReasonUnanswered, view.ReasonUnknown, view.ReasonRest:
		p.lead, p.more = s.say("no_open."+string(r)), s.say("no_open.safe")
	}
	return compose(s, p)
}

// notOpened is the title of a page about a door that is not known to be open,
// for customers and couriers alike. Only where nothing better is known of the
// reason it is the plain one, which says that the door did not open.
func notOpened(s Sheet, plain string) string {
	switch r := s.View.Reason; r {
	case view.ReasonUnknown, view.ReasonRest:
		return s.say("no_open." + string(r) + "_title")
	}
	return s.say(plain)
}

func toCheck(s Sheet) Page {
	return compose(s, plan{
		tone: warn, plate: s.View.Door, title: s.say("to_check.title"), lead: s.say("to_check.lead"), more: s.say("to_check.more"),
		figure: wallOf(s.View.Door, kit.Warn),
		choices: []choice{
			{view.ActStartPickup, "idle.pickup", kit.Primary}, {view.ActBack, "", kit.Quiet},
		},
	})
}

// idle is what the station shows to nobody in particular.
func idle(s Sheet) Page {
	l := s.Look
	lead, drawing := "idle.lead", "scan"
	if !s.scanner() {
		lead, drawing = "idle.lead_no_scanner", "pause"
	}
	notices := notices(s)
	title := l.U(12)
	if notices != "" && !l.Portrait {
		title = l.Title()
	}
	text := []fyne.CanvasObject{
		kit.NewText(s.say("idle.title"), title, true, kit.Ink),
		kit.NewText(s.say(lead), l.Lead(), false, kit.Ink),
	}
	if notices != "" {
		text = append(text, banner(l, notices))
	}
	hero := kit.Panel(kit.Card, l.U(4), l.U(4), l.U(3), kit.Column(l.U(3),
		kit.Fill(picture(l, drawing, kit.Accent)), steps(s)))
	var rows []fyne.CanvasObject
	if s.View.Allows(view.ActStartPickup) {
		rows = append(rows, kit.NewButton(l, kit.Primary, "keypad", s.say("idle.pickup"), func() { s.Do(view.ActStartPickup, "") }))
	}
	if s.View.Allows(view.ActStartCourier) {
		rows = append(rows, kit.NewButton(l, kit.Secondary, "courier", s.say("idle.courier"), func() { s.Do(view.ActStartCourier, "") }))
	}
	var bar fyne.CanvasObject
	switch {
	case len(rows) == 2 && !l.Portrait:
		bar = kit.Row(l.U(2), kit.Fill(rows[1]), kit.Fill(rows[0]))
	case len(rows) > 0:
		bar = kit.Column(l.U(2), rows...)
	}
	return Page{Object: arrange(s, text, nil, hero, bar)}
}

// notices says what does not work at the moment, a line for each.
func notices(s Sheet) string {
	var lines []string
	for _, n := range s.View.Notices {
		switch n {
		case view.NoticeSomeDoors, view.NoticeNoScanner, view.NoticeNoDeposits:
			lines = append(lines, s.say("notice."+string(n)))
		case view.NoticeCloseTheDoor:
			lines = append(lines, s.Words.Say("notice.close_the_door", s.open()))
		}
	}
	return strings.Join(lines, "\n")
}

// steps tells in three drawings how a parcel is collected.
func steps(s Sheet) fyne.CanvasObject {
	l := s.Look
	var row []fyne.CanvasObject
	for i, step := range []struct{ icon, id string }{
		{"scan", "idle.step_code"}, {"parcel", "idle.step_take"}, {"door", "idle.step_close"},
	} {
		icon := step.icon
		if i == 0 && !s.scanner() {
			icon = "keypad"
		}
		side := l.U(9)
		row = append(row, kit.Fill(kit.Column(l.U(1.5),
			kit.Sized(kit.Panel(kit.AccentWash, side/2, l.U(2.25), l.U(2.25), kit.Icon(icon, kit.Accent)), side, side),
			kit.NewText(s.say(step.id), l.Small(), false, kit.Ink).Centred())))
	}
	return kit.Row(l.U(2), row...)
}
