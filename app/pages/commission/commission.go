// Package commission has the one page of commissioning. It shows whatever
// question the core asks.
package commission

import (
	"slices"
	"strconv"

	"cubby/app/kit"
	"cubby/app/pages"
	"cubby/app/words"
	"cubby/locker/view"

	"fyne.io/fyne/v2"
)

// Room is the page.
func Room() pages.Room {
	return pages.Room{
		Name:  "commission",
		Steps: map[view.Step]pages.Drawer{view.StepCommission: pages.Func(draw)},
		Labels: map[string]string{
			"fit.cancel": "clear", "fit.leave_now": "clear", "fit.go_on": "again",
		},
	}
}

// A sheet is the question with what it is drawn from.
type sheet struct {
	pages.Sheet
	view.Commission
}

// draw asks a technician what the core asks. Every question looks alike:
// what is asked, what was found, and beneath it the answers.
func draw(from pages.Sheet) pages.Page {
	if from.View.Commission == nil {
		return pages.Unavailable(from)
	}
	s := sheet{from, *from.View.Commission}
	c := s.Commission
	p := pages.Plan{Mark: stepMarks[c.Step], Lead: s.message(c.Ask)}
	if p.Mark == "" {
		p.Mark, p.Title = "wrench", s.Say("fit.title.other")
	} else {
		p.Title = s.Say("fit.title." + c.Step)
	}
	if c.Refused != nil {
		p.Alert = s.message(*c.Refused)
	}
	s.answers(&p)
	switch {
	case c.Step == "leave", c.Step == "away":
		p.Tone, p.Figure = pages.Warn, pages.Scene("pause", kit.Warn)
	case c.Step == "done":
		p.Notes, p.Figure = s.brief(), s.end(&p)
	case c.Step == "begin":
		p.Figure = firstSteps
	case c.Free == "door":
		s.findDoor(&p)
	case c.Free == "draft":
		s.drawWall(&p)
	case c.Free != "":
		s.typeNumber(&p)
	case c.Step == "wall":
		p.Notes, p.Figure = s.brief(), pages.Wall("", kit.Accent)
	case s.View.Door() != "":
		p.Plate, p.Figure = s.View.Door(), pages.Wall(s.View.Door(), kit.Accent)
		p.Notes = s.brief()
	case len(c.Told) > 0:
		p.Figure = func(pages.Sheet) fyne.CanvasObject { return s.found() }
	case c.Step == "working":
		p.Figure = pages.Scene("pause", kit.Accent)
	default:
		p.Figure = pages.Wall("", kit.Accent)
	}
	return pages.Compose(s.Sheet, p)
}

// stepMarks are the drawings beside the questions.
var stepMarks = map[string]string{
	"begin": "wrench", "inside": "parcel", "working": "clock", "lines": "scan", "close": "door",
	"pulse": "door-open",
	"moved": "hand", "hand": "hand", "shut": "door", "wall": "keypad", "draw": "keypad", "size": "keypad",
	"walk": "door-open", "write": "receipt", "done": "tick", "leave": "help", "away": "clock",
}

// message says a sentence of the core's. One that this screen does not know is
// shown in the core's own words.
func (s sheet) message(m view.Message) string {
	data := words.Data{}
	for name, value := range m.Data {
		data[name] = value
	}
	if len(m.Parts) > 0 {
		list := s.message(m.Parts[0])
		for _, part := range m.Parts[1:] {
			list = s.Words.Say("fit.list", words.Data{"First": list, "Next": s.message(part)})
		}
		data["List"] = list
	}
	if m.ID == "" {
		return s.Words.Say("fit.refused", words.Data{"Why": m.Text})
	}
	if said := s.Words.Say("fit."+m.ID, data); said != "fit."+m.ID {
		return said
	}
	return m.Text
}

// answers puts a button for each choice on the page: the first is the usual
// one, but where it depends on what was seen none is.
func (s sheet) answers(p *pages.Plan) {
	c := s.Commission
	equal := c.Free == "door" || c.Step == "size"
	for i, choice := range c.Choices {
		kind := kit.Secondary
		if i == 0 && !equal {
			kind = kit.Primary
		}
		b := kit.NewButton(
			s.Look,
			kind,
			answerMarks[choice.Answer],
			s.message(choice.Label),
			func() { s.answer(choice.Answer) },
		)
		if kind == kit.Primary {
			p.Submit = b
		} else {
			p.Extra = append(p.Extra, b)
		}
	}
	switch c.Step {
	case "leave", "away":
		p.Buttons = []pages.Button{
			{Action: view.ActBack, Label: "fit.go_on", Kind: kit.Primary},
			{Action: view.ActFinish, Label: "fit.leave_now", Kind: kit.Secondary},
		}
	case "done":
		p.Buttons = []pages.Button{{Action: view.ActFinish, Label: "action.close", Kind: kit.Primary}}
	default:
		p.Buttons = []pages.Button{{Action: view.ActFinish, Label: "fit.cancel", Kind: kit.Quiet}}
	}
}

// answerMarks are the drawings on the answers.
var answerMarks = map[string]string{
	"ok": "tick", "yes": "tick", "keep": "tick", "write": "tick", "again": "again", "other": "again",
	"open": "door-open",
	"draw": "keypad", "back": "back", "none": "clear",
}

// answer sends one, if the question still takes any.
func (s sheet) answer(text string) {
	if s.View.Allows(view.ActAnswer) {
		s.Do(view.ActAnswer, text)
	}
}

// findDoor has a door touched on the wall, or its number typed where the wall
// is not known or does not show it.
func (s sheet) findDoor(p *pages.Plan) {
	picks := s.Picks
	if picks == nil {
		picks = kit.NewPicks(nil)
	}
	if picks.Typing() || len(s.View.Wall.Doors) == 0 {
		s.typeNumber(p)
		if len(s.View.Wall.Doors) > 0 {
			p.Extra = append(
				p.Extra,
				kit.NewButton(s.Look, kit.Secondary, "back", s.Say("fit.touch_it"), picks.Whole),
			)
		}
		return
	}
	p.More = s.Say("fit.touch")
	if picks.Near() {
		p.More = s.Say("fit.touch_door")
		p.Extra = append(
			p.Extra,
			kit.NewButton(s.Look, kit.Secondary, "back", s.Say("fit.whole_wall"), picks.Whole),
		)
	} else {
		typed := func() { picks.Type(true) }
		p.Extra = append(p.Extra, kit.NewButton(s.Look, kit.Secondary, "keypad", s.Say("fit.type_it"), typed))
	}
	p.Notes = s.brief()
	p.Figure = func(pages.Sheet) fyne.CanvasObject {
		return kit.NewDoorPicker(
			s.Look,
			s.View.Wall,
			picks,
			s.View.Door(),
			kit.Accent,
			s.Say("wall.here"),
			s.answer,
		)
	}
}

// typeNumber shows the pad; the number is the answer.
func (s sheet) typeNumber(p *pages.Plan) {
	digits := s.Digits
	if digits == nil {
		digits = kit.NewDigits(s.View.PINDigits())
	}
	some := func(typed int) bool { return typed > 0 }
	p.Submit, p.Figure = pages.Pad(s.Sheet, digits, s.Say("fit.typed"), false, some, s.answer)
	p.Input = pages.Typing(digits)
	p.Notes = s.brief()
}

// drawWall has the wall changed with buttons, one thing at a time.
func (s sheet) drawWall(p *pages.Plan) {
	c, l := s.Commission, s.Look
	if p.Alert != "" {
		p.Lead = "" // the wall needs the room
	}
	p.Aside = kit.NewColumnPicker(
		l,
		s.View.Wall,
		c.Column-1,
		s.View.Door(),
		func(column int) { s.answer("column " + strconv.Itoa(column+1)) },
	)
	step := func(what string) func(int) {
		return func(by int) { s.answer(what + map[int]string{-1: " -", 1: " +"}[by]) }
	}
	door := s.Say("fit.all_doors")
	if s.View.Door() != "" {
		door = s.View.Door()
	}
	rows := []fyne.CanvasObject{
		kit.NewStepper(l, s.Say("fit.columns"), strconv.Itoa(c.Columns), step("columns")),
		kit.NewStepper(l, s.Say("fit.column"), strconv.Itoa(c.Column), step("column")),
		kit.NewStepper(l, s.Say("fit.doors"), strconv.Itoa(c.Doors), step("doors")),
	}
	more := []fyne.CanvasObject{
		kit.Fill(kit.NewButton(l, kit.Secondary, "", s.Say("fit.new_size"), func() { s.answer("size new") })),
	}
	if c.Doors > 0 {
		rows = append(rows,
			kit.NewStepper(l, s.Say("fit.door"), door, step("door")),
			kit.NewStepper(l, s.Say("fit.size"), c.Size, step("size")))
	}
	if s.View.Door() != "" {
		more = append(
			more,
			kit.Fill(
				kit.NewButton(
					l,
					kit.Secondary,
					"",
					s.Say("fit.new_number"),
					func() { s.answer("number new") },
				),
			),
		)
	}
	rows = append(rows, kit.Row(l.U(2), more...))
	p.Figure = func(pages.Sheet) fyne.CanvasObject { return kit.Column(l.U(1.25), rows...) }
}

// end is how it ended.
func (s sheet) end(p *pages.Plan) func(pages.Sheet) fyne.CanvasObject {
	if s.Ask.ID != "done.written" {
		return pages.Scene("pause", kit.Accent)
	}
	p.Tone = pages.Good
	return pages.Scene("done", kit.Good)
}

// firstSteps tells in three drawings what will happen.
func firstSteps(s pages.Sheet) fyne.CanvasObject {
	l := s.Look
	side := l.U(9)
	var rows []fyne.CanvasObject
	for _, step := range []struct{ icon, id string }{
		{"scan", "fit.step_look"}, {"door-open", "fit.step_open"}, {"receipt", "fit.step_write"},
	} {
		rows = append(rows, kit.Row(
			l.U(3),
			kit.Middle(
				kit.Sized(
					kit.Panel(kit.AccentWash, side/2, l.U(2.25), l.U(2.25), kit.Icon(step.icon, kit.Accent)),
					side,
					side,
				),
			),
			kit.Fill(kit.Middle(kit.NewText(s.Say(step.id), l.Body(), false, kit.Ink))),
		))
	}
	return kit.Middle(kit.Panel(kit.Card, l.U(4), l.U(4), l.U(4), kit.Column(l.U(3), rows...)))
}

// found is the list of what was found, the latest last.
func (s sheet) found() fyne.CanvasObject {
	return kit.NewLatest(s.Look.U(2), s.rows(s.Told)...)
}

// briefly is how many of the latest findings stand beside a drawing.
const briefly = 3

// brief are the latest findings; nil when there is none.
func (s sheet) brief() fyne.CanvasObject {
	told := s.Told
	if len(told) == 0 {
		return nil
	}
	return kit.Column(s.Look.U(2), s.rows(told[max(0, len(told)-briefly):])...)
}

func (s sheet) rows(told []view.Message) (rows []fyne.CanvasObject) {
	l := s.Look
	size := l.Small()
	if l.Portrait {
		size = l.Body()
	}
	for _, m := range told {
		mark, ink := "help", kit.InkSoft
		switch {
		case slices.ContainsFunc(m.Parts, func(p view.Message) bool { return p.ID == "board.unproven" }):
			mark, ink = "warning", kit.Warn
		case slices.Contains(wellFound, m.ID):
			mark, ink = "check", kit.Good
		case slices.Contains(trouble, m.ID):
			mark, ink = "warning", kit.Warn
		}
		side := l.U(4.5)
		rows = append(rows, kit.Row(l.U(2),
			kit.Middle(kit.Sized(kit.Icon(mark, ink), side, side)),
			kit.Fill(kit.Middle(kit.NewText(s.message(m), size, false, kit.Ink)))))
	}
	return rows
}

// What was found is good news, or something to look after, or neither.
var (
	wellFound = []string{
		"found.boards", "found.echo", "changed", "usual", "inverted", "first_locks", "last_locks",
		"first_number",
		"sensors", "sensors_inverted", "changed_places", "board", "proven",
	}
	trouble = []string{
		"found.problem", "found.junk", "garbled", "failed", "all_parcels", "no_change", "several", "stuck",
		"nothing", "no_sensor_cable",
		"many_changed", "other_board", "other_contact", "not_seen_close", "still_open", "wall_differs",
		"other_changed", "did_not_open",
		"not_said", "not_written", "not_proven", "parcel_to_check",
		"missing", "line_gone", "not_all", "restless", "none_since", "hot",
	}
)
