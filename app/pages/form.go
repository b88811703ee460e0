package pages

import (
	"net/url"
	"strings"
	"unicode"
	"unicode/utf8"

	"cubby/app/kit"
	"cubby/locker/view"

	"fyne.io/fyne/v2"
)

// A Field is one thing that is typed into a form.
type Field struct {
	Name    string // of the value that is sent
	Label   string // name of a message
	Value   string // what is there at first
	Letters bool   // else digits
	Max     int    // longest text, in characters
	Bytes   int    // the same in bytes; 0: as many as it takes
	Lines   int    // lines that are seen at once; 0: as many as there are at first
	May     bool   // it may stay empty
}

// A Form has fields. One of them is being typed, with a keyboard or a pad of its
// own; touching another goes on there. What is sent is all fields, encoded as the
// query of an address (name=value&...).
type Form struct {
	Says
	Fields func(s Sheet) []Field
	Action view.ActionName
	Send   string                 // message on the button
	Bare   bool                   // there is one field, and what is sent is its text alone
	Tells  func(s Sheet, p *Plan) // what else is said; nil: nothing
}

// Offers are the actions of its buttons, and that of sending it.
func (f Form) Offers() []view.ActionName { return append(f.Says.Offers(), f.Action) }

// mostSent is how many bytes the value of an action may have, as the core takes it.
const mostSent = 512

// typedText has a keyboard type into a field.
type typedText struct {
	letters bool
	value   func() string
	set     func(text string)
}

// Rune types a letter.
func (t typedText) Rune(r rune) {
	if t.letters && unicode.IsPrint(r) || r >= '0' && r <= '9' {
		t.set(t.value() + string(r))
	}
}

// Back takes the last one back.
func (t typedText) Back() { t.set(kit.WithoutLast(t.value())) }

// field is where the draft keeps which field is being typed.
const field = "field"

// Draw makes the page.
func (f Form) Draw(s Sheet) Page {
	p, l, fields := f.plan(s), s.Look, f.Fields(s)
	if f.Tells != nil {
		f.Tells(s, &p)
	}
	draft := s.Draft
	if draft == nil {
		draft = kit.NewDraft(nil)
	}
	value := func(one Field) string {
		if draft.Has("=" + one.Name) {
			return draft.Get("=" + one.Name)
		}
		return one.Value
	}
	all := func() url.Values {
		values := url.Values{}
		for _, one := range fields {
			values.Set(one.Name, strings.TrimSpace(value(one)))
		}
		return values
	}
	send := kit.NewButton(l, kit.Primary, "tick", s.Say(f.Send), func() {
		if f.Bare {
			s.Do(f.Action, strings.TrimSpace(value(fields[0])))
			return
		}
		s.Do(f.Action, all().Encode())
	})
	ready := func() {
		whole := s.View.Allows(f.Action)
		for _, one := range fields {
			whole = whole && (one.May || strings.TrimSpace(value(one)) != "")
		}
		send.Enable(whole)
	}
	ready()
	p.Submit, p.Share = send, 0.42 // the keyboard has ten keys beside each other
	at := 0
	for i, one := range fields {
		if one.Name == draft.Get(field) {
			at = i
		}
	}
	var lines []fyne.CanvasObject
	var typing *kit.Text
	for i, one := range fields {
		line, text := f.line(s, one, value(one), i == at, func() { draft.Turn(field, one.Name) })
		lines = append(lines, line)
		if i == at {
			typing = text
		}
	}
	p.Notes = kit.Column(l.U(1.5), lines...)
	if len(fields) > 0 {
		one := fields[at]
		set := func(text string) {
			before := value(one)
			if utf8.RuneCountInString(text) > one.Max || one.Bytes > 0 && len(text) > one.Bytes {
				return
			}
			draft.Type("="+one.Name, text)
			if len(all().Encode()) > mostSent && len(text) > len(before) {
				draft.Type("="+one.Name, before)
				return
			}
			typing.Set(text)
			ready()
			if s.Typed != nil {
				s.Typed()
			}
		}
		p.Figure = f.keys(one, func() string { return value(one) }, set)
		p.Input = typedText{one.Letters, func() string { return value(one) }, set}
	}
	return Compose(s, p)
}

// line is one field: its label above what is typed.
func (f Form) line(
	s Sheet,
	one Field,
	value string,
	typing bool,
	touched func(),
) (fyne.CanvasObject, *kit.Text) {
	l := s.Look
	edge := kit.Stone
	if typing {
		edge = kit.Accent
	}
	text := kit.NewText(value, l.Body(), true, kit.Ink).Cut().Last(one.Lines)
	label := kit.NewText(s.Say(one.Label), l.Small(), false, kit.InkSoft).Cut()
	content, height := kit.Middle(kit.Column(0, label, text)), l.Target(11)
	if one.Lines > 0 {
		content, height = kit.Column(0, label, text, kit.Spring()), l.U(8)+l.Body()*1.32*float32(one.Lines)
	}
	card := kit.Edged(kit.Card, edge, l.Radius(), l.U(2), l.U(0.5), content)
	if typing {
		return kit.Tall(height, card), text
	}
	return kit.Tall(height, card, kit.NewButton(l, kit.Area, "", "", touched)), text
}

// keys are the keyboard or the pad of the field that is being typed.
func (f Form) keys(one Field, value func() string, set func(text string)) func(Sheet) fyne.CanvasObject {
	return func(s Sheet) fyne.CanvasObject {
		var keys fyne.CanvasObject
		if one.Letters {
			keys = kit.NewKeyboard(
				s.Look,
				s.Say("form.space"),
				value,
				func(text string) { set(value() + text) },
				func() { set(kit.WithoutLast(value())) },
			)
		} else {
			digits := kit.NewDigits(one.Max)
			for _, d := range value() {
				digits.Add(byte(d))
			}
			digits.OnChange(func() { set(digits.String()) })
			keys = kit.NewPad(s.Look, digits)
		}
		return kit.Column(0, kit.Spring(), keys)
	}
}
