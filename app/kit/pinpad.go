package kit

import (
	"math/rand/v2"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"
)

// Digits is what has been typed on a pad. It outlives the page, which is drawn
// anew with every view, and is cleared when the visit or the step changes.
type Digits struct {
	typed  string
	max    int
	order  string // of the keys of a pad, the last one beside clear and backspace
	change func()
}

// NewDigits takes at most max digits.
func NewDigits(max int) *Digits { return &Digits{max: max, order: "1234567890"} }

// Shuffle gives the keys of a pad another order: whoever films a hand that types
// learns nothing from where it was.
func (d *Digits) Shuffle() {
	keys := []byte(d.order)
	rand.Shuffle(len(keys), func(i, j int) { keys[i], keys[j] = keys[j], keys[i] })
	d.order = string(keys)
}

// Like gives the keys of a pad the order they have for other digits.
func (d *Digits) Like(other *Digits) { d.order = other.order }

// String is what has been typed.
func (d *Digits) String() string { return d.typed }

// Len is how many digits have been typed.
func (d *Digits) Len() int { return len(d.typed) }

// Max is how many digits fit.
func (d *Digits) Max() int { return d.max }

// Add types one digit; a full entry ignores it.
func (d *Digits) Add(digit byte) {
	if len(d.typed) < d.max {
		d.set(d.typed + string(digit))
	}
}

// Back takes the last digit away.
func (d *Digits) Back() {
	if len(d.typed) > 0 {
		d.set(d.typed[:len(d.typed)-1])
	}
}

// Clear takes all digits away.
func (d *Digits) Clear() { d.set("") }

// OnChange sets who is told after every change; there is one at a time.
func (d *Digits) OnChange(f func()) { d.change = f }

func (d *Digits) set(s string) {
	if s == d.typed {
		return
	}
	d.typed = s
	if d.change != nil {
		d.change()
	}
}

// NewPad makes the twelve keys: 1 to 9, clear, 0, backspace, or the digits in the
// order in which they were shuffled. The labels for clear and backspace are
// drawings, so the pad needs no language.
func NewPad(look Look, d *Digits) *fyne.Container {
	var keys []fyne.CanvasObject
	key := func(k byte) fyne.CanvasObject {
		return NewButton(look, Key, "", string(k), func() { d.Add(k) })
	}
	last := len(d.order) - 1
	for i := range last {
		keys = append(keys, key(d.order[i]))
	}
	keys = append(keys,
		NewButton(look, Key, "clear", "", d.Clear), key(d.order[last]),
		NewButton(look, Key, "backspace", "", d.Back))
	gap := look.U(1.75)
	cell := func(s fyne.Size) (w, h float32) {
		return (s.Width - 2*gap) / 3, (s.Height - 3*gap) / 4
	}
	return &fyne.Container{Objects: keys, Layout: &arranged{
		height: func(w float32) float32 {
			key := max(MinTarget, min((w-2*gap)/3*0.62, look.U(15)))
			return 4*key + 3*gap
		},
		width: func() float32 { return 3*look.Target(10) + 2*gap },
		place: func(s fyne.Size) {
			w, h := cell(s)
			for i, k := range keys {
				put(k, float32(i%3)*(w+gap), float32(i/3)*(h+gap), w, h)
			}
		},
	}}
}

// Slots shows typed digits in groups of four. Hidden digits are shown as dots.
type Slots struct {
	widget.BaseWidget
	look   Look
	digits *Digits
	hidden bool
	boxes  []*Ground
	marks  []*canvas.Text
}

// NewSlots makes one slot for each digit that fits.
func NewSlots(look Look, d *Digits, hidden bool) *Slots {
	s := &Slots{look: look, digits: d, hidden: hidden}
	for range d.Max() {
		s.boxes = append(s.boxes, NewGround(Card, look.U(1.25)))
		mark := canvas.NewText("", Ink)
		mark.TextStyle.Bold = true
		mark.Alignment = fyne.TextAlignCenter
		s.marks = append(s.marks, mark)
	}
	s.fill()
	s.ExtendBaseWidget(s)
	return s
}

// Show draws what is typed now.
func (s *Slots) Show() {
	s.fill()
	s.Refresh()
}

func (s *Slots) fill() {
	typed := s.digits.String()
	for i, m := range s.marks {
		s.boxes[i].Edge(Stone, 2)
		m.Text = ""
		if i < len(typed) {
			m.Text = typed[i : i+1]
			if s.hidden {
				m.Text = "•"
			}
		}
		if i == len(typed) {
			s.boxes[i].Edge(Accent, 4)
		}
	}
}

// HeightFor is the height of a row of slots.
func (s *Slots) HeightFor(float32) float32 { return s.look.U(11) }

// CreateRenderer is called by the toolkit.
func (s *Slots) CreateRenderer() fyne.WidgetRenderer { return &slotsRenderer{s} }

type slotsRenderer struct{ s *Slots }

func (r *slotsRenderer) Layout(size fyne.Size) {
	n := len(r.s.boxes)
	if n == 0 {
		return
	}
	gap, group, together := r.s.look.U(1), r.s.look.U(3), 4
	if n == 10 { // a PIN of six digits, and four of a phone
		together = 6
	}
	room := size.Width - gap*float32(n-1) - group*float32((n-1)/together)
	w := min(room/float32(n), r.s.look.U(10))
	x := (size.Width - (w*float32(n) + size.Width - room - 0)) / 2
	x = max(0, x)
	for i := range n {
		if i > 0 {
			x += w + gap
			if i%together == 0 {
				x += group
			}
		}
		put(r.s.boxes[i], x, 0, w, size.Height)
		m := r.s.marks[i]
		m.TextSize = min(r.s.look.U(7), w*0.9)
		h := fyne.MeasureText("0", m.TextSize, m.TextStyle).Height
		put(m, x, (size.Height-h)/2, w, h)
	}
}

func (r *slotsRenderer) MinSize() fyne.Size {
	n := float32(len(r.s.boxes))
	return fyne.NewSize(n*r.s.look.U(5)+(n-1)*r.s.look.U(1)+r.s.look.U(3), r.s.look.U(11))
}

func (r *slotsRenderer) Refresh() {
	r.Layout(r.s.Size())
	canvas.Refresh(r.s)
}

func (r *slotsRenderer) Objects() []fyne.CanvasObject {
	var out []fyne.CanvasObject
	for _, b := range r.s.boxes {
		out = append(out, b)
	}
	for _, m := range r.s.marks {
		out = append(out, m)
	}
	return out
}

func (r *slotsRenderer) Destroy() {}

// Grouped writes digits in groups of four, as a PIN is shown to people; six in two halves.
func Grouped(digits string) string {
	var groups []string
	if len(digits) == 6 {
		return digits[:3] + " " + digits[3:]
	}
	for len(digits) > 4 {
		groups = append(groups, digits[:4])
		digits = digits[4:]
	}
	return strings.Join(append(groups, digits), " ")
}
