package kit

import (
	"strconv"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"
)

// Ring counts seconds down. It paints only when the second it shows changes.
type Ring struct {
	widget.BaseWidget
	side  float32
	total int
	left  int
	track *canvas.Arc
	arc   *canvas.Arc
	text  *canvas.Text
}

// NewRing makes a ring of a side in pixels that is full at total seconds.
func NewRing(side float32, total int) *Ring {
	r := &Ring{side: side, total: max(1, total), left: total}
	r.track = canvas.NewArc(0, 360, 0.84, Sand)
	r.arc = canvas.NewArc(0, 360, 0.84, Warn)
	r.text = canvas.NewText(strconv.Itoa(total), Ink)
	r.text.TextStyle.Bold = true
	r.text.Alignment = fyne.TextAlignCenter
	r.text.TextSize = float32(int(side * 0.36))
	r.ExtendBaseWidget(r)
	return r
}

// Set shows the seconds that are left and reports whether anything was painted.
func (r *Ring) Set(left int) bool {
	left = max(0, left)
	if left == r.left {
		return false
	}
	r.left = left
	r.arc.EndAngle = 360 * float32(min(left, r.total)) / float32(r.total)
	r.text.Text = strconv.Itoa(left)
	r.Refresh()
	return true
}

// Left is the number the ring shows.
func (r *Ring) Left() int { return r.left }

// CreateRenderer is called by the toolkit.
func (r *Ring) CreateRenderer() fyne.WidgetRenderer { return &ringRenderer{r} }

type ringRenderer struct{ r *Ring }

func (d *ringRenderer) Layout(s fyne.Size) {
	side := min(s.Width, s.Height)
	x, y := (s.Width-side)/2, (s.Height-side)/2
	put(d.r.track, x, y, side, side)
	put(d.r.arc, x, y, side, side)
	h := d.r.text.MinSize().Height
	put(d.r.text, x, y+(side-h)/2, side, h)
}
func (d *ringRenderer) MinSize() fyne.Size { return fyne.NewSquareSize(d.r.side) }
func (d *ringRenderer) Refresh()           { canvas.Refresh(d.r) }
func (d *ringRenderer) Destroy()           {}
func (d *ringRenderer) Objects() []fyne.CanvasObject {
	return []fyne.CanvasObject{d.r.track, d.r.arc, d.r.text}
}
