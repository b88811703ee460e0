package pages

import (
	"cmp"
	"strconv"

	"cubby/app/kit"
	"cubby/app/words"
	"cubby/locker/view"

	"fyne.io/fyne/v2"
)

// An Item is one line of a list to choose from.
type Item struct {
	Value  string // what is sent when it is touched
	Icon   string
	Title  string
	Detail string          // smaller, below the title
	Tone   Tone            // of the icon
	Still  bool            // it is there to be read, not to be touched
	Action view.ActionName // what touching it does; empty: what it does on the other lines
}

// A Choose is a list of which one thing is touched. A long list has parts, with
// buttons to go through them: nothing is scrolled by a finger.
type Choose struct {
	Says
	Items  func(s Sheet) []Item
	Action view.ActionName   // sent with the Value of what was touched
	Also   []view.ActionName // the actions of its lines that have one of their own
	None   string            // message of an empty list
}

// Offers are the actions of its buttons and of its lines.
func (c Choose) Offers() []view.ActionName {
	return append(append(c.Says.Offers(), c.Action), c.Also...)
}

// part is where the draft keeps which part of the list is shown, from 0.
const part = "part"

// Draw makes the page.
func (c Choose) Draw(s Sheet) Page {
	p, items := c.plan(s), c.Items(s)
	p.Drawn = c.Also
	per := 5
	if s.Look.Portrait {
		per = 8
	}
	parts := max(1, (len(items)+per-1)/per)
	at, _ := strconv.Atoi(s.Draft.Get(part))
	at = max(0, min(at, parts-1))
	items = items[min(at*per, len(items)):min((at+1)*per, len(items))]
	if len(items) == 0 && c.None != "" {
		p.Lead = s.Say(c.None)
	}
	p.Figure = func(s Sheet) fyne.CanvasObject {
		var lines []fyne.CanvasObject
		for _, item := range items {
			lines = append(lines, c.line(s, item))
		}
		return kit.Column(s.Look.U(1.5), append(lines, kit.Spring())...)
	}
	if parts > 1 {
		p.Notes = turner(s, at, parts)
	}
	return Compose(s, p)
}

// line is one thing of the list, and a button all over it.
func (c Choose) line(s Sheet, item Item) fyne.CanvasObject {
	l := s.Look
	strong, wash := item.Tone.colours()
	row := []fyne.CanvasObject{}
	if item.Icon != "" {
		side := l.U(7)
		row = append(
			row,
			kit.Middle(
				kit.Sized(
					kit.Panel(wash, side/2, l.U(1.5), l.U(1.5), kit.Icon(item.Icon, strong)),
					side,
					side,
				),
			),
		)
	}
	text := []fyne.CanvasObject{kit.NewText(item.Title, l.Body(), true, kit.Ink).Cut()}
	if item.Detail != "" {
		text = append(text, kit.NewText(item.Detail, l.Small(), false, kit.InkSoft).Cut())
	}
	row = append(row, kit.Fill(kit.Middle(kit.Column(0, text...))))
	card := kit.Edged(kit.Card, kit.Stone, l.Radius(), l.U(2.5), l.U(1), kit.Row(l.U(2.5), row...))
	action := cmp.Or(item.Action, c.Action)
	touch := kit.NewButton(l, kit.Area, "", "", func() { s.Do(action, item.Value) })
	if item.Still || !s.View.Allows(action) {
		return kit.Tall(l.Target(12), card)
	}
	return kit.Tall(l.Target(12), card, touch)
}

// turner goes through the parts of a list.
func turner(s Sheet, at, parts int) fyne.CanvasObject {
	l := s.Look
	turn := func(by int) func() {
		return func() {
			if s.Draft != nil {
				s.Draft.Turn(part, strconv.Itoa(at+by))
			}
		}
	}
	back := kit.NewButton(l, kit.Secondary, "back", s.Say("list.back"), turn(-1))
	back.Enable(at > 0)
	next := kit.NewButton(l, kit.Secondary, "", s.Say("list.next"), turn(1))
	next.Enable(at < parts-1)
	where := s.Words.Say("list.part", words.Data{"Part": at + 1, "Parts": parts})
	return kit.Column(
		l.U(1),
		kit.NewText(where, l.Small(), false, kit.InkSoft),
		kit.Split(l.U(2), 0.5, back, next),
	)
}
