package pages

import (
	"image/color"

	"cubby/app/kit"
	"cubby/locker/view"

	"fyne.io/fyne/v2"
)

// A Kind of doors on a live wall has one colour, and a line in the legend.
type Kind struct {
	Label string // name of a message
	Tone  Tone
	Doors []string // numbers
}

// A Live wall shows how all doors are doing. Touching one, or its column first
// where doors are too small for a finger, sends Action with its number.
type Live struct {
	Says
	Kinds  func(s Sheet) []Kind
	Action view.ActionName
}

// Offers are the actions of its buttons and of its doors.
func (v Live) Offers() []view.ActionName { return append(v.Says.Offers(), v.Action) }

// Draw makes the page.
func (v Live) Draw(s Sheet) Page {
	p, l := v.plan(s), s.Look
	p.Wide = true
	picks := s.Picks
	if picks == nil {
		picks = kit.NewPicks(nil)
	}
	tints := map[string]color.NRGBA{}
	var legend []fyne.CanvasObject
	for _, kind := range v.Kinds(s) {
		for _, number := range kind.Doors {
			tints[number] = kind.Tone.Strong()
		}
		side := l.U(3)
		legend = append(legend, kit.Fill(kit.Row(
			l.U(1),
			kit.Middle(
				kit.Sized(kit.Panel(kind.Tone.Strong(), l.U(0.75), 0, 0, kit.Space(side, side)), side, side),
			),
			kit.Fill(kit.Middle(kit.NewText(s.Say(kind.Label), l.Small(), false, kit.Ink))),
		)))
	}
	p.Notes = kit.Row(l.U(2), legend...)
	if picks.Near() {
		p.Extra = append(p.Extra, kit.NewButton(l, kit.Secondary, "back", s.Say("live.whole"), picks.Whole))
	}
	p.Figure = func(s Sheet) fyne.CanvasObject {
		return kit.NewLiveWall(l, s.View.Wall, picks, tints, s.Say("wall.here"), func(number string) {
			if s.View.Allows(v.Action) {
				s.Do(v.Action, number)
			}
		})
	}
	return Compose(s, p)
}
