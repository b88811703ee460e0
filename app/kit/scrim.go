package kit

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"
)

// A Scrim dims what lies behind it and takes all touches meant for that.
type Scrim struct {
	widget.BaseWidget
	ground *Ground
	tap    func()
	gate   *Gate
	down   bool // the finger came down here, not on a page that has gone since
}

// NewScrim makes a scrim; touching it calls tap.
func NewScrim(look Look, shade color.NRGBA, tap func()) *Scrim {
	v := &Scrim{ground: NewGround(shade, 0), tap: tap, gate: look.Gate}
	v.ExtendBaseWidget(v)
	return v
}

// MouseDown is the finger coming down; the scrim acts when it is lifted.
func (v *Scrim) MouseDown(*desktop.MouseEvent) { v.down = v.gate.Open() }

// MouseUp is the finger lifted.
func (v *Scrim) MouseUp(*desktop.MouseEvent) {
	if v.down {
		v.down = false
		v.tap()
	}
}

// CreateRenderer is called by the toolkit.
func (v *Scrim) CreateRenderer() fyne.WidgetRenderer { return widget.NewSimpleRenderer(v.ground) }
