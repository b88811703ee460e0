// Package member has the pages of somebody who has a record here, or asks for one.
package member

import (
	"cubby/app/kit"
	"cubby/app/pages"
	"cubby/app/words"
	"cubby/locker/view"

	"fyne.io/fyne/v2"
)

// Room are the pages.
func Room() pages.Room {
	return pages.Room{
		Name:  "member",
		Steps: steps,
		Icons: map[view.ActionName]string{
			view.ActKnown: "person", view.ActHistory: "story", view.ActNewQR: "scan", view.ActRemember: "person",
		},
		Labels: map[string]string{"member_ask.no": "back", "member_ask.yes": "tick", "member_agree.yes": "tick"},
	}
}

var finish = pages.Button{Action: view.ActFinish, Label: "action.close", Kind: kit.Primary}

var steps = map[view.Step]pages.Drawer{
	view.StepMember:        pages.By(greeting),
	view.StepMemberKnown:   pages.Func(known),
	view.StepMemberHistory: pages.Func(history),
	view.StepMemberQR:      pages.Func(qr),
	view.StepMemberErase: pages.Message{Says: pages.Says{
		Words: "member_erase", More: "member_erase.more", Tone: pages.Warn, Mark: "warning", Last: true,
		Buttons: []pages.Button{
			{Action: view.ActYes, Label: "member_erase.yes", Kind: kit.Secondary},
			{Action: view.ActBack, Label: "member_erase.no", Kind: kit.Primary},
		},
	}, Scene: "pause", Shade: pages.Warn},
	view.StepMemberAsk: pages.Message{Says: pages.Says{
		Words: "member_ask", More: "member_ask.more", Mark: "person",
		Data: func(s pages.Sheet) words.Data { return words.Data{"Contact": contact(s)} },
		Buttons: []pages.Button{
			{Action: view.ActYes, Label: "member_ask.yes", Kind: kit.Primary},
			{Action: view.ActFinish, Label: "member_ask.no", Kind: kit.Secondary},
		},
	}, Scene: "badge"},
	view.StepMemberNeighbour: pages.Message{Says: pages.Says{
		Words: "member_neighbour", More: "member_neighbour.more", Mark: "people",
		Buttons: []pages.Button{pages.Back},
	}, Scene: "scan"},
	view.StepMemberAgree: pages.Message{Says: pages.Says{
		Words: "member_agree", More: "member_agree.more", Mark: "people",
		Data: func(s pages.Sheet) words.Data {
			if c := contact(s); c != "" {
				return words.Data{"Contact": c}
			}
			return words.Data{"Contact": s.Say("member_agree.somebody")} // who wants no messages
		},
		Buttons: []pages.Button{
			{Action: view.ActYes, Label: "member_agree.yes", Kind: kit.Primary},
			{Action: view.ActBack, Label: "member_ask.no", Kind: kit.Secondary},
		},
	}, Scene: "badge"},
	view.StepMemberGone: pages.Message{Says: pages.Says{
		Words: "member_gone", Tone: pages.Good, Mark: "tick", Buttons: []pages.Button{finish},
	}, Scene: "done", Shade: pages.Good},
}

func contact(s pages.Sheet) string { return pages.Clean(s.View.OfMember().Contact) }

// greeting says how many parcels are here, none of which opens by this code alone.
func greeting(s pages.Sheet) pages.Drawer {
	n := s.View.OfMember().Count
	m := pages.Message{Says: pages.Says{
		Words: "member", Mark: "person", Buttons: []pages.Button{
			finish, {Action: view.ActKnown, Label: "member.known", Kind: kit.Secondary},
		},
		Data: func(pages.Sheet) words.Data { return words.Data{"Count": n} },
	}, Scene: "scan"}
	if n == 0 {
		m.Lead, m.Data, m.Scene = "member.none", nil, "badge"
	}
	return m
}

// known is the list of what is kept, of which some lines are switches.
func known(s pages.Sheet) pages.Page {
	m := s.View.OfMember()
	p := pages.Plan{
		Mark: "person", Title: s.Say("member_known.title"), Lead: s.Say("member_known.lead"), Wide: true,
		Small: true,
		Buttons: []pages.Button{
			{Action: view.ActNewQR, Label: "member_known.qr", Kind: kit.Secondary},
			{Action: view.ActNeighbour, Label: "member_known.neighbour", Kind: kit.Secondary},
			{Action: view.ActHistory, Label: "member_known.more", Kind: kit.Secondary},
			finish,
		},
	}
	return lines(s, p, m.Lines)
}

// history is the rest of what is kept.
func history(s pages.Sheet) pages.Page {
	m := s.View.OfMember()
	p := pages.Plan{
		Mark: "story", Title: s.Say("member_history.title"), Lead: s.Say("member_history.lead"), Wide: true,
		Small:   true,
		Buttons: []pages.Button{{Action: view.ActPrint, Kind: kit.Secondary}, pages.Back, finish},
	}
	if m.Loading {
		p.Lead = s.Say("member_history.loading")
	}
	switch m.Print {
	case view.PrintBusy:
		p.Lead = s.Say("member_history.printing")
	case view.PrintDone:
		p.Lead = s.Say("member_history.printed")
	case view.PrintFailed:
		p.Lead = s.Say("member_history.not_printed")
	}
	return lines(s, p, m.Lines)
}

func lines(s pages.Sheet, p pages.Plan, all []view.MemberLine) pages.Page {
	pages.Parts(s, &p, s.Look.U(1.5), 0, len(all), func(i int, _ bool) fyne.CanvasObject {
		return line(s, all[i])
	})
	return pages.Compose(s, p)
}

// line is one thing that is kept; a button lies over it where it can be switched.
func line(s pages.Sheet, one view.MemberLine) fyne.CanvasObject {
	l := s.Look
	icon, strong, wash, ground := "shape-ring", kit.InkSoft, kit.Paper, kit.Card
	switch {
	case one.Kind == "erase":
		icon, strong, wash = "shape-cross", kit.Warn, kit.WarnWash
	case one.On:
		icon, strong, wash = "tick", kit.Good, kit.GoodWash
	case one.Value == "":
		icon = "shape-info"
	}
	side := l.U(6)
	mark := kit.Sized(kit.Panel(wash, side/2, l.U(1.2), l.U(1.2), kit.Icon(icon, strong)), side, side)
	title, detail := tells(s, one)
	text := []fyne.CanvasObject{kit.NewText(title, l.Body(), true, kit.Ink).Cut()}
	if detail != "" {
		text = append(text, kit.NewText(detail, l.Small(), false, kit.InkSoft).Cut())
	}
	row := []fyne.CanvasObject{kit.Middle(mark), kit.Fill(kit.Middle(kit.Column(0, text...)))}
	if one.At != nil {
		row = append(row,
			kit.Middle(kit.Hug(kit.NewLine(pages.When(s, *one.At), l.Small(), false, kit.InkSoft), 1)))
	}
	touchable := one.Value != "" && s.View.Allows(view.ActPick)
	if !touchable {
		ground = kit.Paper
	}
	card := kit.Edged(ground, kit.Stone, l.Radius(), l.U(2.5), l.U(1), kit.Row(l.U(2.5), row...))
	least := l.Target(10)
	if !touchable {
		return kit.Tall(least, card)
	}
	return kit.Tall(least, card, kit.NewButton(l, kit.Area, "", "", func() { s.Do(view.ActPick, one.Value) }))
}

// tells are the words of a line.
func tells(s pages.Sheet, one view.MemberLine) (title, detail string) {
	text := pages.Brief(pages.Clean(one.Text), 60)
	name := one.Name
	switch one.Kind {
	case "wish", "consent":
		title = pages.Word(s, "member."+one.Kind+".", name)
	case "said":
		title = pages.Word(s, "member.consent.", name)
		state := "withdrawn"
		if one.On {
			state = "given"
		}
		return title, s.Words.Say("member.said."+state, words.Data{"Where": pages.Word(s, "member.through.", text)})
	case "language":
		title = s.Say("member.line.language")
		if own, ok := s.Names(one.Text); ok {
			return title, own
		}
		if text == "" {
			text = s.Say("member.line.any_language")
		}
		return title, text
	case "channel":
		title = s.Say("member.line.channel")
		detail = pages.Word(s, "member.channel.", name)
		if text != "" {
			detail = s.Words.Say("fit.list", words.Data{"First": detail, "Next": text})
		}
		return title, detail
	case "parcel", "return", "order", "message":
		title = s.Words.Say("member.line."+one.Kind, words.Data{"Ref": text})
		return title, pages.Word(s, "member.state.", name)
	case "neighbour":
		title = pages.Word(s, "member.neighbour.", name)
		if text != "" {
			title = s.Words.Say("fit.list", words.Data{"First": title, "Next": text})
		}
		return title, s.Say("member.line.end_qr")
	case "qr":
		return s.Say("member.line.qr"), s.Say("member.line.end_qr")
	default:
		return pages.Word(s, "member.line.", one.Kind), text
	}
	if one.Kind == "consent" {
		detail = s.Say("member.withdrawn")
		if one.On {
			detail = s.Say("member.withdraw")
		}
	}
	return title, detail
}

// qr shows the new QR code.
func qr(s pages.Sheet) pages.Page {
	p := pages.Plan{
		Tone: pages.Good, Mark: "scan", Title: s.Say("member_qr.title"), Lead: s.Say("member_qr.lead"),
		More: s.Say("member_qr.more"), Last: true,
		Buttons: []pages.Button{
			{Action: view.ActFinish, Kind: kit.Secondary}, {Action: view.ActBack, Kind: kit.Primary},
		},
	}
	text := s.View.OfMember().QR
	if text == "" { // the core was started anew meanwhile
		p.Tone, p.Lead, p.More = pages.Warn, s.Say("member_qr.gone"), ""
		p.Figure = pages.Scene("pause", kit.Warn)
		return pages.Compose(s, p)
	}
	p.Figure = func(s pages.Sheet) fyne.CanvasObject {
		l := s.Look
		side := l.U(84)
		if !l.Portrait {
			side = l.U(52)
		}
		var slip []fyne.CanvasObject
		if code, err := kit.NewQR(text, side); err == nil {
			slip = append(slip, code)
		}
		return kit.Middle(kit.Edged(kit.Card, kit.Sand, l.Radius(), l.U(3), l.U(3), kit.Column(l.U(1), slip...)))
	}
	return pages.Compose(s, p)
}
