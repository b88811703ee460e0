package pages

import (
	"strings"

	"cubby/app/kit"
	"cubby/locker/view"

	"fyne.io/fyne/v2"
)

// idle is what the station shows to nobody in particular.
func idle(s Sheet) Page {
	if s.View.Idle != nil && s.View.Idle.Desk {
		return desk(s)
	}
	l := s.Look
	lead, drawing := "idle.lead", "scan"
	if !s.Scanner() {
		lead, drawing = "idle.lead_no_scanner", "pause"
	}
	notices := notices(s)
	title := l.U(12)
	if (notices != "" || s.View.Announcement != "") && !l.Portrait {
		title = l.Title()
	}
	text := []fyne.CanvasObject{
		kit.NewText(s.Say("idle.title"), title, true, kit.Ink),
	}
	if l.Portrait || notices == "" || s.View.Announcement == "" { // or else there is no room for it
		text = append(text, kit.NewText(s.Say(lead), l.Lead(), false, kit.Ink))
	}
	if notices != "" {
		text = append(text, banner(l, notices, Warn))
	}
	if s.View.Announcement != "" {
		text = append(text, banner(l, s.View.Announcement, Calm))
	}
	hero := kit.Panel(kit.Card, l.U(4), l.U(4), l.U(3), kit.Column(l.U(3),
		kit.Fill(Picture(l, drawing, kit.Accent)), steps(s)))
	crowded := !l.Portrait && s.View.Allows(view.ActStartBearer) && s.View.Allows(view.ActStartReturn)
	begin := func(name view.ActionName, kind kit.Kind, icon, label string) fyne.CanvasObject {
		if crowded && kind != kit.Primary {
			icon = "" // four in a row: the words need the room
		}
		return kit.NewButton(l, kind, icon, s.Say(label), func() { s.Do(name, "") })
	}
	var main fyne.CanvasObject
	var rest []fyne.CanvasObject
	if s.View.Allows(view.ActStartPickup) {
		main = begin(view.ActStartPickup, kit.Primary, "keypad", "idle.pickup")
	}
	if s.View.Allows(view.ActStartBearer) {
		rest = append(rest, begin(view.ActStartBearer, kit.Secondary, "parcel", "idle.bearer"))
	}
	if s.View.Allows(view.ActStartShop) {
		rest = append(rest, begin(view.ActStartShop, kit.Secondary, "basket", "idle.shop"))
	}
	if s.View.Allows(view.ActStartReturn) {
		rest = append(rest, begin(view.ActStartReturn, kit.Secondary, "undo", "idle.return"))
	}
	if s.View.Allows(view.ActStartCourier) {
		rest = append(rest, begin(view.ActStartCourier, kit.Secondary, "courier", "idle.courier"))
	}
	bar := starts(l, main, rest)
	return Page{Object: arrange(s, text, nil, hero, bar, Plan{})}
}

// starts are the buttons that begin a visit: the main one above the others, or to the
// right of them.
func starts(l kit.Look, main fyne.CanvasObject, rest []fyne.CanvasObject) fyne.CanvasObject {
	switch {
	case main == nil && len(rest) == 0:
		return nil
	case !l.Portrait:
		var row []fyne.CanvasObject
		for i := len(rest) - 1; i >= 0; i-- {
			row = append(row, kit.Fill(rest[i]))
		}
		if main != nil {
			row = append(row, kit.Fill(main))
		}
		return kit.Row(l.U(2), row...)
	case len(rest) >= 2: // in pairs
		pairs := rest[: len(rest)%2 : len(rest)%2]
		for i := len(rest) % 2; i < len(rest); i += 2 {
			pairs = append(pairs, kit.Split(l.U(2), 0.5, rest[i], rest[i+1]))
		}
		rest = pairs
	}
	if main != nil {
		rest = append([]fyne.CanvasObject{main}, rest...)
	}
	return kit.Column(l.U(2), rest...)
}

// desk is the same at a desk: staff sign in there, and now and then somebody else
// collects or deposits.
func desk(s Sheet) Page {
	return Compose(s, Plan{
		Mark: "badge", Title: s.Say("idle.desk_title"), Lead: s.Say("idle.desk_lead"), Alert: notices(s),
		Figure: Scene("badge", kit.Accent),
		Buttons: []Button{
			{Action: view.ActStartStaff, Label: "idle.staff", Kind: kit.Primary},
			{Action: view.ActStartPickup, Label: "idle.desk_pickup", Kind: kit.Quiet},
			{Action: view.ActStartCourier, Label: "idle.courier", Kind: kit.Quiet},
		},
	})
}

// notices says what does not work at the moment, a line for each.
func notices(s Sheet) string {
	var lines []string
	for _, n := range s.View.Notices {
		switch n {
		case view.NoticeSomeDoors, view.NoticeNoScanner, view.NoticeNoDeposits, view.NoticeHelpAsked:
			lines = append(lines, s.Say("notice."+string(n)))
		case view.NoticeCloseTheDoor:
			lines = append(lines, s.SayOpen("notice.close_the_door"))
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
		if i == 0 && !s.Scanner() {
			icon = "keypad"
		}
		side := l.U(9)
		row = append(row, kit.Fill(kit.Column(
			l.U(1.5),
			kit.Sized(
				kit.Panel(kit.AccentWash, side/2, l.U(2.25), l.U(2.25), kit.Icon(icon, kit.Accent)),
				side,
				side,
			),
			kit.NewText(s.Say(step.id), l.Small(), false, kit.Ink).Centred(),
		)))
	}
	return kit.Row(l.U(2), row...)
}
