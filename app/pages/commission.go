package pages

import (
	"slices"
	"strconv"

	"cubby/app/kit"
	"cubby/app/words"
	"cubby/locker/view"

	"fyne.io/fyne/v2"
)

// commission asks a technician what the core asks. Every question looks alike:
// what is asked, what was found, and beneath it the answers.
func commission(s Sheet) Page {
	c := s.View.Commission
	if c == nil {
		return unavailable(s)
	}
	p := plan{mark: stepMarks[c.Step], lead: s.message(c.Ask)}
	if p.mark == "" {
		p.mark, p.title = "wrench", s.say("fit.title.other")
	} else {
		p.title = s.say("fit.title." + c.Step)
	}
	if c.Refused != nil {
		p.alert = s.message(*c.Refused)
	}
	s.answers(&p)
	switch {
	case c.Step == "leave", c.Step == "away":
		p.tone, p.figure = warn, scene("pause", kit.Warn)
	case c.Step == "done":
		p.notes, p.figure = s.brief(), s.end(&p)
	case c.Step == "begin":
		p.figure = firstSteps
	case c.Free == "door":
		s.findDoor(&p)
	case c.Free == "draft":
		s.drawWall(&p)
	case c.Free != "":
		s.typeNumber(&p)
	case c.Step == "wall":
		p.notes, p.figure = s.brief(), wallOf("", kit.Accent)
	case s.View.Door != "":
		p.plate, p.figure = s.View.Door, wallOf(s.View.Door, kit.Accent)
		p.notes = s.brief()
	case len(c.Told) > 0:
		p.figure = func(s Sheet) fyne.CanvasObject { return s.told() }
	case c.Step == "working":
		p.figure = scene("pause", kit.Accent)
	default:
		p.figure = wallOf("", kit.Accent)
	}
	return compose(s, p)
}

// stepMarks are the drawings beside the questions.
var stepMarks = map[string]string{
	"begin": "wrench", "inside": "parcel", "working": "clock", "lines": "scan", "close": "door", "pulse": "door-open",
	"moved": "hand", "hand": "hand", "shut": "door", "wall": "keypad", "draw": "keypad", "size": "keypad",
	"walk": "door-open", "write": "receipt", "done": "tick", "leave": "help", "away": "clock",
}

// message says a sentence of the core's. One that this screen does not know is
// shown in the core's own words.
func (s Sheet) message(m view.Message) string {
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
func (s Sheet) answers(p *plan) {
	c := s.View.Commission
	equal := c.Free == "door" || c.Step == "size"
	for i, choice := range c.Choices {
		kind := kit.Secondary
		if i == 0 && !equal {
			kind = kit.Primary
		}
		b := kit.NewButton(s.Look, kind, answerMarks[choice.Answer], s.message(choice.Label), func() { s.answer(choice.Answer) })
		if kind == kit.Primary {
			p.submit = b
		} else {
			p.extra = append(p.extra, b)
		}
	}
	switch c.Step {
	case "leave", "away":
		p.choices = []choice{{view.ActBack, "fit.go_on", kit.Primary}, {view.ActFinish, "fit.leave_now", kit.Secondary}}
	case "done":
		p.choices = []choice{{view.ActFinish, "action.close", kit.Primary}}
	default:
		p.choices = []choice{{view.ActFinish, "fit.cancel", kit.Quiet}}
	}
}

// answerMarks are the drawings on the answers.
var answerMarks = map[string]string{
	"ok": "tick", "yes": "tick", "keep": "tick", "write": "tick", "again": "again", "other": "again", "open": "door-open",
	"draw": "keypad", "back": "back", "none": "clear",
}

// answer sends one, if the question still takes any.
func (s Sheet) answer(text string) {
	if s.View.Allows(view.ActAnswer) {
		s.Do(view.ActAnswer, text)
	}
}

// findDoor has a door touched on the wall, or its number typed where the wall
// is not known or does not show it.
func (s Sheet) findDoor(p *plan) {
	picks := s.Picks
	if picks == nil {
		picks = kit.NewPicks(nil)
	}
	if picks.Typing() || len(s.View.Wall.Doors) == 0 {
		s.typeNumber(p)
		if len(s.View.Wall.Doors) > 0 {
			p.extra = append(p.extra, kit.NewButton(s.Look, kit.Secondary, "back", s.say("fit.touch_it"), picks.Whole))
		}
		return
	}
	p.more = s.say("fit.touch")
	if picks.Near() {
		p.more = s.say("fit.touch_door")
		p.extra = append(p.extra, kit.NewButton(s.Look, kit.Secondary, "back", s.say("fit.whole_wall"), picks.Whole))
	} else {
		p.extra = append(p.extra, kit.NewButton(s.Look, kit.Secondary, "keypad", s.say("fit.type_it"), func() { picks.Type(true) }))
	}
	p.notes = s.brief()
	p.figure = func(s Sheet) fyne.CanvasObject {
		return kit.NewDoorPicker(s.Look, s.View.Wall, picks, s.View.Door, kit.Accent, s.say("wall.here"), s.answer)
	}
}

// typeNumber shows the pad; the number is the answer.
func (s Sheet) typeNumber(p *plan) {
	digits := s.Digits
	if digits == nil {
		digits = kit.NewDigits(s.View.PINDigits)
	}
	slots := kit.NewSlots(s.Look, digits, false)
	send := kit.NewButton(s.Look, kit.Primary, "tick", s.say("fit.typed"), func() { s.answer(digits.String()) })
	ready := func() { send.Enable(digits.Len() > 0) }
	ready()
	digits.OnChange(func() {
		slots.Show()
		ready()
	})
	p.submit = send
	p.notes = s.brief()
	p.figure = func(s Sheet) fyne.CanvasObject {
		keys := kit.NewPad(s.Look, digits)
		if s.Look.Portrait {
			return kit.Column(s.Look.U(3), kit.Spring(), slots, keys)
		}
		return kit.Column(s.Look.U(2), slots, kit.Fill(keys))
	}
}

// drawWall has the wall changed with buttons, one thing at a time.
func (s Sheet) drawWall(p *plan) {
	c, l := s.View.Commission, s.Look
	if p.alert != "" {
		p.lead = "" // the wall needs the room
	}
	p.aside = kit.NewColumnPicker(l, s.View.Wall, c.Column-1, s.View.Door, func(column int) { s.answer("column " + strconv.Itoa(column+1)) })
	step := func(what string) func(int) {
		return func(by int) { s.answer(what + map[int]string{-1: " -", 1: " +"}[by]) }
	}
	door := s.say("fit.all_doors")
	if s.View.Door != "" {
		door = s.View.Door
	}
	rows := []fyne.CanvasObject{
		kit.NewStepper(l, s.say("fit.columns"), strconv.Itoa(c.Columns), step("columns")),
		kit.NewStepper(l, s.say("fit.column"), strconv.Itoa(c.Column), step("column")),
		kit.NewStepper(l, s.say("fit.doors"), strconv.Itoa(c.Doors), step("doors")),
	}
	more := []fyne.CanvasObject{kit.Fill(kit.NewButton(l, kit.Secondary, "", s.say("fit.new_size"), func() { s.answer("size new") }))}
	if c.Doors > 0 {
		rows = append(rows,
			kit.NewStepper(l, s.say("fit.door"), door, step("door")),
			kit.NewStepper(l, s.say("fit.size"), c.Size, step("size")))
	}
	if s.View.Door != "" {
		more = append(more, kit.Fill(kit.NewButton(l, kit.Secondary, "", s.say("fit.new_number"), func() { s.answer("number new") })))
	}
	rows = append(rows, kit.Row(l.U(2), more...))
	p.figure = func(s Sheet) fyne.CanvasObject { return kit.Column(l.U(1.25), rows...) }
}

// end is how it ended.
func (s Sheet) end(p *plan) func(Sheet) fyne.CanvasObject {
	if s.View.Commission.Ask.ID != "done.written" {
		return scene("pause", kit.Accent)
	}
	p.tone = good
	return scene("done", kit.Good)
}

// firstSteps tells in three drawings what will happen.
func firstSteps(s Sheet) fyne.CanvasObject {
	l := s.Look
	side := l.U(9)
	var rows []fyne.CanvasObject
	for _, step := range []struct{ icon, id string }{{"scan", "fit.step_look"}, {"door-open", "fit.step_open"}, {"receipt", "fit.step_write"}} {
		rows = append(rows, kit.Row(l.U(3),
			kit.Middle(kit.Sized(kit.Panel(kit.AccentWash, side/2, l.U(2.25), l.U(2.25), kit.Icon(step.icon, kit.Accent)), side, side)),
			kit.Fill(kit.Middle(kit.NewText(s.say(step.id), l.Body(), false, kit.Ink)))))
	}
	return kit.Middle(kit.Panel(kit.Card, l.U(4), l.U(4), l.U(4), kit.Column(l.U(3), rows...)))
}

// told is the list of what was found, the latest last.
func (s Sheet) told() fyne.CanvasObject {
	return kit.NewLatest(s.Look.U(2), s.rows(s.View.Commission.Told)...)
}

// briefly is how many of the latest findings stand beside a drawing.
const briefly = 3

// brief are the latest findings; nil when there is none.
func (s Sheet) brief() fyne.CanvasObject {
	told := s.View.Commission.Told
	if len(told) == 0 {
		return nil
	}
	return kit.Column(s.Look.U(2), s.rows(told[max(0, len(told)-briefly):])...)
}

func (s Sheet) rows(told []view.Message) (rows []fyne.CanvasObject) {
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
		"found.boards", "found.echo", "changed", "usual", "inverted", "first_locks", "last_locks", "first_number",
		"sensors", "sensors_inverted", "changed_places", "board", "proven",
	}
	trouble = []string{
		"found.problem", "found.junk", "garbled", "failed", "all_parcels", "no_change", "several", "stuck", "nothing", "no_sensor_cable",
		"many_changed", "other_board", "other_contact", "not_seen_close", "still_open", "wall_differs", "other_changed", "did_not_open",
		"not_said", "not_written", "not_proven", "parcel_to_check",
		"missing", "line_gone", "not_all", "restless", "none_since", "hot",
	}
)
