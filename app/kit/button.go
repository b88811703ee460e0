package kit

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"
)

// Drawing is the name of what is drawn before the label.
func (b *TouchButton) Drawing() string { return b.icon }

// Kind is how much a button asks for attention.
type Kind uint8

// The kinds of buttons. A page has at most one Primary.
const (
	Primary   Kind = iota // the one thing most people want to do here
	Secondary             // another thing to do
	Quiet                 // leaving, going back
	Key                   // a key of the PIN pad
	Chosen                // the current one of several; pressing it does nothing new
	Area                  // a part of a drawing; it is seen only under a finger
	Grave                 // another thing to do, which is not taken back easily
)

// slop is how far outside its edge a finger may be lifted and still count,
// in pixels (5 mm on the reference panel): fingers roll.
const slop float32 = 18

// wanders is in how many places a pointer is seen over a button before it is taken
// for a mouse. The pointer that a touch panel emulates is seen in one.
const wanders = 3

// TouchButton acts when a finger is lifted inside it, or just beside it. It
// shows no hover, takes no focus, and forgives a finger that trembles or slides.
//
// The toolkit sends the release to whatever lies under the finger then, and
// only a drag keeps its owner. So the button is all three: pressed, dragged
// and left, and decides by the last place it heard of.
type TouchButton struct {
	widget.BaseWidget
	label    string
	kind     Kind
	main     bool
	look     Look
	tap      func()
	disabled bool
	as       *DoorFace // drawn as this door; nil: as a button
	aim      func(at fyne.Position)
	hovered  int  // places where a pointer was seen that is no finger, since it came
	held     bool // a finger went down here and was not lifted yet
	pressed  bool // it looks so: the finger is where lifting it counts
	last     fyne.Position

	ground *Ground
	icon   string
	text   *Text
	face   *fyne.Container
	box    *fyne.Container
}

// The contracts with the toolkit, and with it alone.
var (
	_ desktop.Mouseable = (*TouchButton)(nil)
	_ desktop.Hoverable = (*TouchButton)(nil)
	_ fyne.Draggable    = (*TouchButton)(nil)
)

// NewButton makes a button; icon is the name of a drawing in assets, or empty.
func NewButton(look Look, kind Kind, icon, label string, tap func()) *TouchButton {
	b := &TouchButton{label: label, kind: kind, main: kind == Primary, look: look, tap: tap, icon: icon}
	b.ground = NewGround(Clear, look.Radius())
	b.face = Over(Space(0, 0))
	b.dress()
	b.ExtendBaseWidget(b)
	return b
}

// Face draws the button as a door.
func (b *TouchButton) Face(f DoorFace) {
	b.as = &f
	b.dress()
}

// Aim has a mouse do something else than a finger: it is told where it points. A
// mouse wanders over the button before it is pressed, and an emulated pointer jumps.
func (b *TouchButton) Aim(at func(fyne.Position)) { b.aim = at }

// Label is what stands on the button.
func (b *TouchButton) Label() string { return b.label }

// Kind is how much the button asks for attention.
func (b *TouchButton) Kind() Kind { return b.kind }

// Disabled reports whether the button ignores fingers.
func (b *TouchButton) Disabled() bool { return b.disabled }

// LeastTarget is the smallest edge in pixels this button may have on a page.
func (b *TouchButton) LeastTarget() float32 {
	if b.main {
		return MainTarget
	}
	return MinTarget
}

// Enable lets the button act or not; a button that does not act looks so.
func (b *TouchButton) Enable(on bool) {
	if b.disabled == !on {
		return
	}
	b.disabled = !on
	b.held, b.pressed = false, false
	b.dress()
	b.Refresh()
}

// Tap does what a finger does. It is here for tests and for tactile keys.
func (b *TouchButton) Tap() {
	if !b.disabled && b.tap != nil {
		b.tap()
	}
}

// Press does what a key does: like a finger it counts only when the page has been
// seen for a while.
func (b *TouchButton) Press() {
	if b.look.Gate.Open() {
		b.Tap()
	}
}

// colours are ground, edge and ink of a button as it is now.
func (b *TouchButton) colours() (ground, edge, ink color.NRGBA) {
	switch {
	case b.disabled:
		return Disabled, Disabled, OnDisabled
	case b.as != nil && b.pressed:
		return Sand, Ink, Ink
	case b.as != nil:
		return b.as.Ground, Stone, Ink
	case b.kind == Primary && b.pressed:
		return AccentDeep, AccentDeep, OnAccent
	case b.kind == Primary:
		return Accent, Accent, OnAccent
	case b.kind == Area && b.pressed:
		return Touched, Clear, Ink
	case b.kind == Area:
		return Clear, Clear, Ink
	case b.kind == Chosen:
		return Ink, Ink, OnAccent
	case b.pressed:
		return Sand, Stone, Ink
	case b.kind == Grave:
		return Card, Warn, Warn
	case b.kind == Quiet:
		return Clear, Clear, Ink
	default:
		return Card, Stone, Ink
	}
}

// dress builds the face anew for the present state.
func (b *TouchButton) dress() {
	ground, edge, ink := b.colours()
	b.ground.Fill(ground)
	if edge == ground {
		b.ground.Edge(edge, 0)
	} else {
		b.ground.Edge(edge, 2)
	}
	mark := Icon(b.icon, ink)
	if b.as != nil {
		mark = drawing(b.icon, b.as.Ink, OnAccent)
		if b.as.Open {
			b.ground.Edge(Ink, 6)
		}
	}
	l := b.look
	var inner fyne.CanvasObject
	size := l.Label()
	bold := b.kind == Primary || b.kind == Chosen
	if b.kind == Key {
		size, bold = l.U(6.5), true
	}
	side := size * 1.2
	switch {
	case b.label == "" && b.icon == "":
		inner = Space(0, 0)
	case b.label == "":
		inner = Middle(Sized(mark, side, side))
	case b.icon == "":
		b.text = NewText(b.label, size, bold, ink).Centred()
		inner = Middle(b.text)
	default:
		b.text = NewText(b.label, size, bold, ink)
		inner = Middle(labelled(Sized(mark, side, side), b.text, side, l.U(1.75)))
	}
	pad := l.U(3)
	if b.kind == Key || b.label == "" {
		pad = l.U(1)
	}
	b.face = Inset(inner, pad, l.U(1.5), pad, l.U(1.5))
	b.box = Over(b.ground, b.face)
	if s := b.Size(); s.Width > 0 {
		b.box.Resize(s)
	}
}

// labelled puts an icon and a label side by side in the middle; the label wraps
// when there is no room for it in one line.
func labelled(icon fyne.CanvasObject, text *Text, side, gap float32) *fyne.Container {
	c := &fyne.Container{Objects: []fyne.CanvasObject{icon, text}}
	room := func(w float32) float32 { return w - side - gap }
	c.Layout = &arranged{
		height: func(w float32) float32 { return max(side, text.HeightFor(room(w))) },
		width:  func() float32 { return side + gap + text.MinSize().Width },
		place: func(s fyne.Size) {
			w := text.OneLine()
			if w > room(s.Width) {
				w = room(s.Width)
			}
			x := (s.Width - side - gap - w) / 2
			h := text.HeightFor(w)
			put(icon, x, (s.Height-side)/2, side, side)
			put(text, x+side+gap, (s.Height-h)/2, w, h)
		},
	}
	return c
}

// HeightFor is the height the button wants at a width.
func (b *TouchButton) HeightFor(width float32) float32 {
	least := b.look.Target(10)
	if b.main {
		least = b.look.Main(14)
	}
	if b.kind == Chosen || b.kind == Key || b.kind == Area {
		least = MinTarget
	}
	return max(least, HeightFor(b.box, width))
}

// Natural is the width at which the label stays on one line.
func (b *TouchButton) Natural() float32 {
	w := 2 * b.look.U(3)
	if b.text != nil {
		w += b.text.OneLine()
	}
	if b.icon != "" {
		w += b.look.Label()*1.2 + b.look.U(1.75)
	}
	return max(w, b.LeastTarget())
}

// MouseDown is the finger coming down.
func (b *TouchButton) MouseDown(e *desktop.MouseEvent) {
	if b.disabled || e.Button != desktop.MouseButtonPrimary || !b.look.Gate.Open() {
		return
	}
	if b.look.Touched != nil {
		b.look.Touched()
	}
	b.last, b.held = e.Position, true
	b.show(true)
}

// MouseUp is the finger lifted, over this button or after a drag that began here.
func (b *TouchButton) MouseUp(e *desktop.MouseEvent) {
	b.last = e.Position
	b.lift()
}

// Dragged is the finger sliding; the button looks released while it is away.
func (b *TouchButton) Dragged(e *fyne.DragEvent) {
	b.last = e.Position
	b.show(b.held && b.under())
}

// DragEnd is the finger lifted where nothing takes touches.
func (b *TouchButton) DragEnd() { b.lift() }

// MouseIn shows nothing: there is no hovering on a touchscreen.
func (b *TouchButton) MouseIn(*desktop.MouseEvent) { b.hovered = 0 }

// MouseMoved shows nothing either.
func (b *TouchButton) MouseMoved(*desktop.MouseEvent) { b.hovered++ }

// MouseOut forgets a finger that left without a drag, whose release will go elsewhere.
func (b *TouchButton) MouseOut() {
	b.held = false
	b.show(false)
}

func (b *TouchButton) lift() {
	if !b.held {
		return
	}
	b.held = false
	b.show(false)
	mouse := b.hovered >= wanders
	b.hovered = 0
	switch {
	case !b.under():
	case mouse && b.aim != nil && !b.disabled:
		b.aim(b.last)
	default:
		b.Tap()
	}
}

// under reports whether the finger was last seen on the button or just beside it.
func (b *TouchButton) under() bool {
	s := b.Size()
	return b.last.X >= -slop && b.last.Y >= -slop && b.last.X <= s.Width+slop && b.last.Y <= s.Height+slop
}

func (b *TouchButton) show(pressed bool) {
	if b.pressed != pressed {
		b.pressed = pressed
		b.dress()
		b.Refresh()
	}
}

// CreateRenderer is called by the toolkit.
func (b *TouchButton) CreateRenderer() fyne.WidgetRenderer { return &buttonRenderer{b} }

type buttonRenderer struct{ b *TouchButton }

func (r *buttonRenderer) Layout(s fyne.Size) { r.b.box.Resize(s) }
func (r *buttonRenderer) MinSize() fyne.Size {
	w := max(r.b.LeastTarget(), r.b.box.MinSize().Width)
	return fyne.NewSize(w, r.b.HeightFor(w))
}
func (r *buttonRenderer) Refresh() {
	r.b.box.Resize(r.b.Size())
	canvas.Refresh(r.b)
}
func (r *buttonRenderer) Objects() []fyne.CanvasObject { return []fyne.CanvasObject{r.b.box} }
func (r *buttonRenderer) Destroy()                     {}
