package pages

import (
	"cubby/app/kit"

	"fyne.io/fyne/v2"
)

// A Figure is a number that staff look at.
type Figure struct {
	Label string
	Value string // with its unit
	Tone  Tone   // Calm says nothing about it
}

// Figures shows numbers on tiles.
type Figures struct {
	Says
	Tiles func(s Sheet) []Figure
}

// Draw makes the page.
func (f Figures) Draw(s Sheet) Page {
	p := f.plan(s)
	p.Wide = true
	p.Figure = func(s Sheet) fyne.CanvasObject {
		across := 4
		if s.Look.Portrait {
			across = 2
		}
		tiles := f.Tiles(s)
		var rows []fyne.CanvasObject
		for i := 0; i < len(tiles); i += across {
			var row []fyne.CanvasObject
			for j := range across {
				if i+j < len(tiles) {
					row = append(row, kit.Fill(tile(s.Look, tiles[i+j])))
				} else {
					row = append(row, kit.Spring())
				}
			}
			rows = append(rows, kit.Row(s.Look.U(2), row...))
		}
		return kit.Column(s.Look.U(2), append(rows, kit.Spring())...)
	}
	return Compose(s, p)
}

func tile(l kit.Look, f Figure) fyne.CanvasObject {
	ink, ground := kit.Ink, kit.Card
	if f.Tone != Calm {
		ink, ground = f.Tone.colours()
	}
	return kit.Edged(ground, kit.Sand, l.Radius(), l.U(2.5), l.U(2), kit.Column(l.U(0.5),
		kit.NewText(f.Value, l.U(8), true, ink), kit.NewText(f.Label, l.Small(), false, kit.Ink)))
}
