package pages

import (
	"cubby/app/kit"
	"cubby/app/words"
	"cubby/locker/view"

	"fyne.io/fyne/v2"
)

// Says is what all templates have in common: the words of a page by their names,
// its tone, and its buttons.
type Says struct {
	Words   string // the page says Words.title and Words.lead, unless named below
	Title   string
	Lead    string
	More    string // smaller, below
	Alert   string // a sentence that must be seen
	Tone    Tone
	Mark    string // icon beside the title
	Buttons []Button
	Last    bool // the main button is farthest from where it usually is
	Retry   bool // count down until it can be tried again
	// Data fills more gaps of the sentences than that of the door; nil: none.
	Data func(s Sheet) words.Data
}

// plan says the words.
func (t Says) plan(s Sheet) Plan {
	say := s.Say
	if t.Data != nil {
		data := t.Data(s)
		if _, ok := data["Door"]; !ok {
			data["Door"] = s.Door()
		}
		say = func(id string) string { return s.Words.Say(id, data) }
	}
	return t.said(say)
}

func (t Says) said(say func(id string) string) Plan {
	text := func(own, usual string) string {
		switch {
		case own != "":
			return say(own)
		case usual != "" && t.Words != "":
			return say(t.Words + "." + usual)
		}
		return ""
	}
	return Plan{
		Tone: t.Tone, Mark: t.Mark, Title: text(t.Title, "title"), Lead: text(t.Lead, "lead"),
		More:  text(t.More, ""),
		Alert: text(t.Alert, ""), Buttons: t.Buttons, Last: t.Last, Retry: t.Retry,
	}
}

// Offers are the actions that the buttons of a page are for.
func (t Says) Offers() (names []view.ActionName) {
	for _, b := range t.Buttons {
		names = append(names, b.Action)
	}
	return names
}

// By chooses the page by what the view says.
type By func(s Sheet) Drawer

// Draw draws the one that was chosen.
func (b By) Draw(s Sheet) Page { return b(s).Draw(s) }

// A Reason chooses the page by the view's reason; Plain is for one that is not
// in the list, or that the screen does not know.
type Reason struct {
	Plain Drawer
	Of    map[view.Reason]Drawer
}

// Draw draws the one that was chosen.
func (r Reason) Draw(s Sheet) Page {
	if d, ok := r.Of[s.View.Reason]; ok {
		return d.Draw(s)
	}
	return r.Plain.Draw(s)
}

// A Message says something, with a drawing beside it.
type Message struct {
	Says
	Scene string // a drawing by name, as in assets
	Shade Tone   // its colour
}

// Draw makes the page.
func (m Message) Draw(s Sheet) Page {
	p := m.plan(s)
	if m.Scene != "" {
		p.Figure = Scene(m.Scene, m.Shade.Strong())
	}
	return Compose(s, p)
}

// A Door is about a door: its number, large, and where it is on the wall.
type Door struct {
	Says
	Big   bool // the number is the main sight
	Other bool // it is the door that must be closed first
}

// Draw makes the page.
func (d Door) Draw(s Sheet) Page {
	p, number := d.plan(s), s.Door()
	if d.Other {
		p, number = d.said(s.SayOpen), s.OpenDoor()
	}
	p.Plate, p.Big, p.Figure = number, d.Big, Wall(number, d.Tone.Strong())
	return Compose(s, p)
}

// A Keypad is where a code is shown to the scanner or a PIN is typed. Its words
// are Words.title, .lead, .lead_no_scanner, .lead_scan and .pin (the button).
type Keypad struct {
	Words   string
	Scene   string // what is shown to the scanner
	Least   int    // digits of the shortest PIN
	Hidden  bool   // digits are shown as dots
	Only    bool   // there is nothing to scan
	Buttons []Button
	Tells   func(s Sheet, p *Plan) // what else is said; nil: nothing
}

// Draw makes the page.
func (k Keypad) Draw(s Sheet) Page {
	p := Plan{Mark: "scan", Title: s.Say(k.Words + ".title"), Buttons: k.Buttons}
	if k.Tells != nil {
		k.Tells(s, &p)
	}
	pad := s.View.Allows(view.ActPIN) && s.Digits != nil && s.Digits.Max() > 0
	switch {
	case k.Only:
		p.Mark, p.Lead = "keypad", s.Say(k.Words+".lead")
	case pad && s.Scanner():
		p.Lead = s.Say(k.Words + ".lead")
	case pad:
		p.Mark = "keypad"
		p.Lead = s.Say(k.Words + ".lead_no_scanner")
	default:
		p.Lead = s.Say(k.Words + ".lead_scan")
	}
	if !pad {
		p.Figure = Scene(k.Scene, kit.Accent)
		return Compose(s, p)
	}
	if p.Retry {
		p.Lead = "" // what has to wait, and what does not, is said already
	}
	if s.Scanner() && p.Alert == "" && !k.Only { // else there is no room for it
		p.Aside = Picture(s.Look, k.Scene, kit.Accent)
	}
	enough := func(typed int) bool { return typed >= min(k.Least, s.Digits.Max()) }
	p.Input = Typing(s.Digits)
	p.Submit, p.Figure = Pad(
		s,
		s.Digits,
		s.Say(k.Words+".pin"),
		k.Hidden,
		enough,
		func(digits string) { s.Do(view.ActPIN, digits) },
	)
	return Compose(s, p)
}

// Typing has a keyboard type digits.
func Typing(d *kit.Digits) Input { return typedDigits{d} }

// typedDigits has a keyboard type on a pad.
type typedDigits struct{ *kit.Digits }

// Rune types a digit.
func (d typedDigits) Rune(r rune) {
	if r >= '0' && r <= '9' {
		d.Add(byte(r))
	}
}

// Pad is the pad with its slots, and the button that sends what was typed.
func Pad(s Sheet, digits *kit.Digits, label string, hidden bool, enough func(typed int) bool,
	send func(digits string)) (*kit.TouchButton, func(Sheet) fyne.CanvasObject) {
	slots := kit.NewSlots(s.Look, digits, hidden)
	button := kit.NewButton(s.Look, kit.Primary, "tick", label, func() { send(digits.String()) })
	ready := func() { button.Enable(enough(digits.Len())) }
	ready()
	digits.OnChange(func() {
		slots.Show()
		ready()
		if s.Typed != nil {
			s.Typed()
		}
	})
	return button, func(s Sheet) fyne.CanvasObject {
		keys := kit.NewPad(s.Look, digits)
		if s.Look.Portrait { // low, where everyone can reach it
			return kit.Column(s.Look.U(3), kit.Spring(), slots, keys)
		}
		return kit.Column(s.Look.U(2), slots, kit.Fill(keys))
	}
}

// A Fact is a line of a page: what it is, and its value.
type Fact struct{ Label, Value string }

// A Confirm asks before something is done, and shows what it is about. The
// buttons are the answers.
type Confirm struct {
	Says
	Facts func(s Sheet) []Fact
}

// Draw makes the page.
func (c Confirm) Draw(s Sheet) Page {
	p := c.plan(s)
	p.Figure = func(s Sheet) fyne.CanvasObject {
		l := s.Look
		var lines []fyne.CanvasObject
		for _, f := range c.Facts(s) {
			lines = append(lines, kit.Column(
				0,
				kit.NewText(
					f.Label,
					l.Small(),
					false,
					kit.InkSoft,
				),
				kit.NewText(f.Value, l.Lead(), true, kit.Ink),
			))
		}
		card := kit.Edged(kit.Card, kit.Stone, l.Radius(), l.U(4), l.U(4), kit.Column(l.U(3), lines...))
		return kit.Column(0, card, kit.Spring())
	}
	return Compose(s, p)
}
