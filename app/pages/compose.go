package pages

import (
	"cmp"
	"image/color"

	"cubby/app/kit"
	"cubby/app/words"
	"cubby/locker/view"

	"fyne.io/fyne/v2"
)

// A Tone is the mood of a page.
type Tone uint8

// The tones and their colours.
const (
	Calm Tone = iota // the accent
	Good             // it worked
	Warn             // please act
)

// Strong is the colour of what a page is about, in its tone.
func (t Tone) Strong() color.NRGBA {
	strong, _ := t.colours()
	return strong
}

func (t Tone) colours() (strong, wash color.NRGBA) {
	switch t {
	case Good:
		return kit.Good, kit.GoodWash
	case Warn:
		return kit.Warn, kit.WarnWash
	default:
		return kit.Accent, kit.AccentWash
	}
}

// A Plan says what is on a page, in sentences that are already said; Compose
// decides where. Most pages need none: a template makes it from data.
type Plan struct {
	Tone    Tone
	Mark    string // icon beside the title
	Plate   string // a door's number beside the title, instead of the mark
	Big     bool   // the plate is the page's main sight, as large as it fits
	Title   string
	Small   bool // the title is, where much lies below it
	Lead    string
	More    string
	Alert   string            // one sentence that must be seen
	News    string            // the same, and it is good news
	Aside   fyne.CanvasObject // beside the figure, or above it on a portrait panel
	Figure  func(s Sheet) fyne.CanvasObject
	Wide    bool    // the figure has the whole width, on a landscape panel too
	Share   float32 // of the width that the words have on a landscape panel; 0: half
	Buttons []Button
	Drawn   []view.ActionName  // offered in the figure, and by no button
	Last    bool               // the main button is farthest from where it usually is, see the page
	Submit  *kit.TouchButton   // the main button of a page with a pad
	Extra   []*kit.TouchButton // more buttons, before those of the choices
	Notes   fyne.CanvasObject  // below the words
	Retry   bool               // count down until it can be tried again
	Input   Input              // what a keyboard types into; nil: nothing
}

// Compose lays a plan out for the panel: one column on a portrait panel, words
// left and figure right on a landscape one, and the buttons at the bottom, where
// everyone can reach them.
func Compose(s Sheet, p Plan) Page {
	l := s.Look
	page := Page{Input: p.Input, Submit: p.Submit}
	text := sentences(s, p)
	if wait, soon, now := s.View.RetryInMs, "retry.in", "retry.now"; p.Retry &&
		(wait > 0 || s.View.GoesOnInMs > 0) {
		if wait <= 1 && s.View.GoesOnInMs > 0 {
			wait, soon, now = s.View.GoesOnInMs, "goes_on.in", "goes_on.now"
		}
		line := kit.NewText("", l.Lead(), true, kit.Warn)
		page.Retry = func(seconds int) {
			if seconds <= 0 {
				line.Set(s.Say(now))
				return
			}
			line.Set(s.Words.Say(soon, words.Data{"Time": Clock(seconds)}))
		}
		page.Retry(Seconds(wait - 1)) // 1 is told of a moment that has passed
		text = append(text, line)
	}
	var figure fyne.CanvasObject
	if p.Figure != nil {
		figure = p.Figure(s)
	}
	if p.Big {
		strong, _ := p.Tone.colours()
		p.Aside = doorPlate(l, p.Plate, strong)
	}
	if p.Big && l.Portrait { // the door comes first, close to the words about it
		text, p.Aside = append(text, p.Aside), nil
	}
	page.Object = framed(s, arrange(s, text, p.Aside, figure, buttons(s, p), p))
	return page
}

// sentences are the words of a plan, from top to bottom.
func sentences(s Sheet, p Plan) []fyne.CanvasObject {
	l := s.Look
	text := []fyne.CanvasObject{head(s, p)}
	if p.Alert != "" {
		text = append(text, banner(l, p.Alert, Warn))
	}
	if p.News != "" {
		text = append(text, banner(l, p.News, Good))
	}
	if p.Lead != "" {
		text = append(text, kit.NewText(p.Lead, l.Lead(), false, kit.Ink))
	}
	if p.More != "" {
		text = append(text, kit.NewText(p.More, l.Body(), false, kit.InkSoft))
	}
	if p.Notes != nil {
		text = append(text, p.Notes)
	}
	return text
}

// Free is the room that a plan leaves for its figure.
func Free(s Sheet, p Plan) fyne.Size {
	l := s.Look
	w := l.Size.Width - 2*l.U(7)
	h := l.Size.Height - kit.HeightFor(header(s), l.Size.Width) - l.U(3) - l.U(2) - StripHeight(l)
	if bar := buttons(s, p); bar != nil {
		h -= kit.HeightFor(bar, w) + l.U(1)
	}
	if l.Portrait || p.Wide {
		h -= kit.HeightFor(kit.Column(l.U(3), sentences(s, p)...), w) + l.U(4)
	} else {
		w = (w - l.U(5)) * (1 - cmp.Or(p.Share, 0.5))
	}
	return fyne.NewSize(w, h)
}

// Foot is where the figure of a plan ends, from the panel's upper edge.
func Foot(s Sheet, p Plan) float32 {
	l := s.Look
	foot := l.Size.Height - StripHeight(l) - l.U(2)
	if bar := buttons(s, p); bar != nil {
		foot -= kit.HeightFor(bar, l.Size.Width-2*l.U(7)) + l.U(1)
	}
	return foot
}

// Seconds rounds milliseconds up to whole seconds.
func Seconds(ms int64) int { return int((ms + 999) / 1000) }

func arrange(
	s Sheet,
	text []fyne.CanvasObject,
	aside, figure, bar fyne.CanvasObject,
	p Plan,
) fyne.CanvasObject {
	l := s.Look
	side := l.U(7)
	words := kit.Column(l.U(3), text...)
	var body fyne.CanvasObject
	switch {
	case l.Portrait:
		col := []fyne.CanvasObject{words}
		if aside != nil {
			col = append(col, kit.Fill(aside))
		}
		if figure != nil {
			if aside != nil {
				col = append(col, figure)
			} else {
				col = append(col, kit.Fill(figure))
			}
		}
		body = kit.Column(l.U(4), col...)
	case figure != nil && p.Wide:
		body = kit.Column(l.U(3), words, kit.Fill(figure))
	case figure != nil:
		left := words
		if aside != nil {
			left = kit.Column(l.U(3), words, kit.Fill(aside))
		}
		body = kit.Split(l.U(5), cmp.Or(p.Share, 0.5), left, figure)
	default:
		body = words
	}
	col := []fyne.CanvasObject{
		header(s),
		kit.Fill(kit.Inset(body, side, l.U(3), side, l.U(2))),
	}
	if bar != nil {
		col = append(col, kit.Inset(bar, side, l.U(1), side, 0))
	}
	return kit.Column(0, append(col, foot(s))...)
}

// foot says whom to call, below everything else. Staff are who helps, and need no telling.
func foot(s Sheet) fyne.CanvasObject {
	l := s.Look
	if s.View.Help == "" || s.View.Staff != nil {
		return kit.Space(0, StripHeight(l))
	}
	help := s.Words.Say("foot.help", words.Data{"Text": s.View.Help})
	line := kit.Middle(kit.NewText(help, l.Small(), false, kit.InkSoft).Centred().First(1))
	return kit.Sized(kit.Inset(line, l.U(7), 0, l.U(7), 0), l.Size.Width, StripHeight(l))
}

// StripHeight is the room at the foot of every page, where the strip of a
// running time-out appears without hiding anything.
func StripHeight(l kit.Look) float32 { return l.U(7) }

// head is the title with its mark or its door plate.
func head(s Sheet, p Plan) fyne.CanvasObject {
	l := s.Look
	size := l.Title()
	if p.Small {
		size = l.U(6.5)
	}
	title := kit.NewText(p.Title, size, true, kit.Ink)
	strong, wash := p.Tone.colours()
	var badge fyne.CanvasObject
	switch {
	// a longer one leaves no room for the title, which names it
	case p.Plate != "" && !p.Big && len(p.Plate) <= 4:
		badge = plate(l, p.Plate, strong)
	case p.Mark != "":
		side := l.U(12)
		badge = kit.Sized(kit.Panel(wash, side/2, l.U(3), l.U(3), kit.Icon(p.Mark, strong)), side, side)
	default:
		return title
	}
	return kit.Row(l.U(3.5), kit.Middle(badge), kit.Fill(kit.Middle(title)))
}

// plate is a door's number as large as it deserves.
func plate(l kit.Look, number string, ground color.NRGBA) fyne.CanvasObject {
	size := l.U(11)
	if len(number) > 3 {
		size = l.U(7)
	}
	return kit.Panel(ground, l.Radius(), l.U(3), l.U(0.5), kit.NewLine(number, size, true, kit.OnAccent))
}

// doorPlate is the door's number on a drawing of a door, for the moment when a
// person turns from the screen to the wall.
func doorPlate(l kit.Look, number string, ground color.NRGBA) fyne.CanvasObject {
	w, h := l.U(62), l.U(34)
	if l.Portrait {
		w = l.Size.Width - 2*l.U(7)
	}
	size := kit.SizeFor(number, l.U(24), w-l.U(14))
	handle := kit.Panel(kit.OnAccent, l.U(0.75), 0, 0, kit.Space(l.U(1.5), l.U(9)))
	face := kit.Row(0,
		kit.Space(l.U(5.5), 0),
		kit.Fill(kit.Middle(kit.NewText(number, size, true, kit.OnAccent).Centred())),
		kit.Middle(handle), kit.Space(l.U(4), 0))
	return kit.Middle(kit.Hug(kit.Sized(kit.Panel(ground, l.U(3), 0, 0, face), w, h), 0))
}

// banner is a sentence that must be seen.
func banner(l kit.Look, sentence string, t Tone) fyne.CanvasObject {
	side := l.U(5)
	icon := map[Tone]string{Good: "check", Warn: "warning", Calm: "bell"}[t]
	strong, wash := t.colours()
	return kit.Panel(wash, l.Radius(), l.U(3), l.U(2), kit.Row(l.U(2.5),
		kit.Middle(kit.Sized(kit.Icon(icon, strong), side, side)),
		kit.Fill(kit.Middle(kit.NewText(sentence, l.Body(), true, kit.Ink).Cut()))))
}

// HeaderHeight is how high the header of a page is.
func HeaderHeight(s Sheet) float32 { return kit.HeightFor(header(s), s.Look.Size.Width) }

// header is the station's name and the languages, on every page.
func header(s Sheet) fyne.CanvasObject {
	l := s.Look
	mark := l.U(5.5)
	logo := kit.Sized(
		kit.Panel(kit.Ink, l.U(1.25), l.U(0.9), l.U(0.9), kit.Icon("parcel", kit.OnAccent)),
		mark,
		mark,
	)
	row := []fyne.CanvasObject{
		kit.Middle(logo),
		kit.Fill(kit.Middle(kit.NewText(s.View.Station, l.Small(), true, kit.Ink).First(1))),
	}
	who := signedIn(s)
	if !l.Portrait {
		row = append(row, who...)
	}
	if h := helpButton(s); h != nil {
		row = append(row, h)
	}
	if tongues := languages(s); tongues != nil {
		row = append(row, kit.Middle(tongues))
	} else {
		row = append(row, kit.Space(0, l.Target(8))) // so that the page below does not move
	}
	top := kit.Inset(kit.Row(l.U(2), row...), l.U(7), l.U(3), l.U(7), l.U(2))
	rows := []fyne.CanvasObject{top}
	if l.Portrait && len(who) > 0 {
		rows = append(rows, kit.Inset(kit.Row(l.U(2), who...), l.U(7), 0, l.U(7), l.U(2)))
	}
	if s.View.OfStaff().Practice {
		rows = append(rows, practice(s))
	}
	return kit.Column(0, rows...)
}

// languages offers every language there is a translation for.
func languages(s Sheet) fyne.CanvasObject {
	if !s.View.Allows(view.ActLanguage) {
		return nil
	}
	var row []fyne.CanvasObject
	for _, tag := range s.View.Languages {
		name, ok := s.Names(tag)
		if !ok {
			continue
		}
		kind := kit.Secondary
		if tag == s.View.Language {
			kind = kit.Chosen
		}
		b := kit.NewButton(s.Look, kind, "", name, func() { s.Do(view.ActLanguage, tag) })
		row = append(row, kit.Sized(b, b.Natural(), s.Look.Target(8)))
	}
	if len(row) < 2 {
		return nil // nothing to choose
	}
	return kit.Row(s.Look.U(1.5), row...)
}

// Wall draws the wall with a door marked.
func Wall(door string, mark color.NRGBA) func(Sheet) fyne.CanvasObject {
	return func(s Sheet) fyne.CanvasObject {
		return kit.NewWall(s.Look, s.View.Wall, door, mark, s.Say("wall.here"))
	}
}

// Scene draws an illustration as large as it fits.
func Scene(name string, accent color.NRGBA) func(Sheet) fyne.CanvasObject {
	return func(s Sheet) fyne.CanvasObject { return Picture(s.Look, name, accent) }
}

// Picture is the illustration alone.
func Picture(l kit.Look, name string, accent color.NRGBA) fyne.CanvasObject {
	img := kit.Scene(name, kit.Ink, accent)
	return kit.Bounded(img, l.U(100), l.U(64))
}
