package staff

import (
	"cubby/app/kit"
	"cubby/app/pages"
	"cubby/locker/view"

	"fyne.io/fyne/v2"
)

// Lengths of what is typed, in characters.
const (
	longestQuery  = 64
	longestName   = 60
	longestReason = 200
)

// form is a page on which one text is typed.
func form(s pages.Sheet, words, mark string, most, lines int) pages.Page {
	f := pages.Form{
		Says: pages.Says{Title: words + ".title", Mark: mark, Buttons: []pages.Button{pages.Back}},
		Fields: func(pages.Sheet) []pages.Field {
			return []pages.Field{{Name: "text", Label: words + ".text", Letters: true, Max: most,
				Bytes: most, Lines: lines}}
		},
		Action: view.ActType, Send: words + ".send",
		Tells: func(s pages.Sheet, p *pages.Plan) {
			tells(s, p)
			doing := s.View.OfStaff().Doing
			p.Title, p.Lead, p.More = asked(s, words, doing), s.Say(words+".lead"), about(s)
			if id := words + "." + doing + "_lead"; s.Words.Has(id) {
				p.Lead = s.Say(id)
			}
			if !s.Look.Portrait && (p.More != "" || p.Alert != "" || p.News != "" || s.View.OfStaff().Practice) {
				p.Lead = "" // the keyboard needs the room
			}
		},
	}
	return f.Draw(s)
}

func find(s pages.Sheet) pages.Page {
	if s.View.OfStaff().Loading {
		p := begin(s, "staff_find", "find")
		empty(s, &p, "", true)
		return pages.Compose(s, p)
	}
	return form(s, "staff_find", "find", longestQuery, 2)
}

func newcomer(s pages.Sheet) pages.Page {
	return form(s, "staff_new", "person", longestName, 2)
}

func why(s pages.Sheet) pages.Page {
	return form(s, "staff_why", "help", longestReason, 5)
}

var counter = pages.Keypad{
	Words: "staff_counter", Scene: "scan", Least: customerPIN, Buttons: []pages.Button{pages.Back},
	Tells: func(s pages.Sheet, p *pages.Plan) {
		tells(s, p)
		switch s.View.Reason {
		case view.ReasonNone, view.ReasonRefused:
		case view.ReasonWait:
			p.Alert, p.Retry = s.Say("staff_counter.wait"), true
		case view.ReasonSecond, view.ReasonSecondWrong:
			p.Alert = s.Say("staff_counter." + string(s.View.Reason))
		default:
			p.Alert = s.Say("staff_counter.no_code")
		}
	},
}

// second asks for somebody else.
var second = pages.Keypad{
	Words: "staff_second", Scene: "badge", Least: staffPIN, Hidden: true, Buttons: []pages.Button{pages.Back},
	Tells: func(s pages.Sheet, p *pages.Plan) {
		tells(s, p)
		switch r := s.View.Reason; r {
		case view.ReasonNone, view.ReasonRefused:
		case view.ReasonSamePerson, view.ReasonMayNot, view.ReasonNotValid:
			p.Alert = s.Say("staff_second." + string(r))
		case view.ReasonWait:
			p.Alert, p.Retry = s.Say("staff_second.wait"), true
		default:
			p.Alert = s.Say("staff.refused")
		}
		if p.Alert == "" {
			p.More = about(s) // else there is no room for it
		}
	},
}

// confirm asks whether it is meant. Yes lies where no button of the page before was:
// on the left, or on an upright panel above all that hands know.
func confirm(s pages.Sheet) pages.Page {
	staff, l := s.View.OfStaff(), s.Look
	p := begin(s, "staff_confirm", "help")
	p.Tone, p.Last = pages.Warn, true
	p.Title = asked(s, "staff_confirm", staff.Doing)
	var yes *kit.TouchButton
	if s.View.Allows(view.ActYes) {
		label := s.Say("staff_confirm.yes")
		if staff.Doing != "" {
			label = pages.Word(s, "staff.op.", staff.Doing)
		}
		yes = kit.NewButton(l, kit.Primary, "tick", label, func() { s.Do(view.ActYes, "") })
	}
	if !l.Portrait {
		if yes != nil {
			p.Submit = yes
		}
		confirmed(s, &p)
		return pages.Compose(s, p)
	}
	confirmed(s, &p)
	if figure := p.Figure; yes != nil {
		room := kit.Space(0, max(0, pages.Foot(s, p)-calm*l.Size.Height))
		p.Figure = func(s pages.Sheet) fyne.CanvasObject {
			return kit.Column(0, kit.Fill(figure(s)), yes,
				room)
		}
	}
	return pages.Compose(s, p)
}

// confirmed shows what a question is about.
func confirmed(s pages.Sheet, p *pages.Plan) {
	if !empty(s, p, "", len(s.View.OfStaff().Facts) == 0) {
		table(s, p)
	}
}

// secret shows a badge and a PIN, once.
func secret(s pages.Sheet) pages.Page {
	staff, l := s.View.OfStaff(), s.Look
	p := begin(s, "staff_secret", "badge")
	p.Tone = pages.Good
	if staff.Badge == "" && staff.PIN == "" {
		empty(s, &p, "", true)
		return pages.Compose(s, p)
	}
	p.Lead, p.More = s.Say("staff_secret.lead"), about(s) // of whom
	p.Buttons = []pages.Button{
		{Action: view.ActFinish, Label: "staff_secret.done", Kind: kit.Primary},
		{Action: view.ActBack, Label: "staff_secret.done", Kind: kit.Primary},
	}
	p.Figure = func(s pages.Sheet) fyne.CanvasObject {
		var slip []fyne.CanvasObject
		if staff.Badge != "" {
			side := l.U(84)
			if !l.Portrait {
				side = l.U(44)
			}
			if qr, err := kit.NewQR(staff.Badge, side); err == nil {
				slip = append(slip, qr, kit.NewText(s.Say("staff_secret.badge"), l.Body(), false,
					kit.InkSoft).Centred())
			}
		}
		if staff.PIN != "" {
			slip = append(slip,
				kit.NewText(s.Say("staff_secret.pin"), l.Body(), false, kit.InkSoft).Centred(),
				kit.NewText(kit.Grouped(staff.PIN), l.U(8), true, kit.Ink).Centred())
		}
		return kit.Middle(kit.Edged(kit.Card, kit.Sand, l.Radius(), l.U(3), l.U(3),
			kit.Column(l.U(1), slip...)))
	}
	return pages.Compose(s, p)
}
