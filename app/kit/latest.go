package kit

import "fyne.io/fyne/v2"

// NewLatest is a list that grows at its end: it shows as many of its rows, the
// last ones, as there is room for.
func NewLatest(gap float32, rows ...fyne.CanvasObject) *fyne.Container {
	return &fyne.Container{Objects: rows, Layout: &arranged{
		height: func(float32) float32 { return 0 },
		width:  func() float32 { return widest(rows) },
		place: func(s fyne.Size) {
			room, first := s.Height, len(rows)
			for first > 0 {
				h := HeightFor(rows[first-1], s.Width)
				if h > room {
					break
				}
				room -= h + gap
				first--
			}
			y := float32(0)
			for i, r := range rows {
				if i < first {
					r.Hide()
					continue
				}
				r.Show()
				h := HeightFor(r, s.Width)
				put(r, 0, y, s.Width, h)
				y += h + gap
			}
		},
	}}
}

// NewStepper is a line that says something, with a button on each side of its
// end that makes it less and more.
func NewStepper(look Look, says, value string, step func(by int)) *fyne.Container {
	side := look.Target(8)
	less := NewButton(look, Secondary, "minus", "", func() { step(-1) })
	more := NewButton(look, Secondary, "plus", "", func() { step(1) })
	return Row(look.U(1.5),
		Fill(Middle(NewText(says, look.Body(), false, Ink))),
		Middle(NewLine(value, look.Body(), true, Ink)),
		Sized(less, side, side), Sized(more, side, side))
}
