package kit

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"
)

// A Veil dims what lies behind it and takes all touches meant for that.
type Veil struct {
	widget.BaseWidget
	ground *Ground
	tap    func()
	gate   *Gate
	down   bool // the finger came down here, not on a page that has gone since
}

// NewVeil makes a veil; touching it calls tap.
func NewVeil(look Look, shade color.NRGBA, tap func()) *Veil {
	v := &Veil{ground: NewGround(shade, 0), tap: tap, gate: look.Gate}
	v.ExtendBaseWidget(v)
	return v
}

// MouseDown is the finger coming down; the veil acts when it is lifted.
func (v *Veil) MouseDown(*desktop.MouseEvent) { v.down = v.gate.Open() }

// MouseUp is the finger lifted.
func (v *Veil) MouseUp(*desktop.MouseEvent) {
	if v.down {
		v.down = false
		v.tap()
	}
}

// CreateRenderer is called by the toolkit.
func (v *Veil) CreateRenderer() fyne.WidgetRenderer { return widget.NewSimpleRenderer(v.ground) }
