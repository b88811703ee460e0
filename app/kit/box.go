package kit

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
)

// tall is an object or layout whose height depends on its width, as that of
// wrapped text does. The toolkit's MinSize cannot say this.
type tall interface{ HeightFor(width float32) float32 }

// HeightFor is the height an object needs when it is given a width.
func HeightFor(o fyne.CanvasObject, width float32) float32 {
	if t, ok := o.(tall); ok {
		return t.HeightFor(width)
	}
	if c, ok := o.(*fyne.Container); ok {
		if t, ok := c.Layout.(tall); ok {
			return t.HeightFor(width)
		}
	}
	return o.MinSize().Height
}

// arranged is a layout given by three functions over the children it was made with.
type arranged struct {
	height func(width float32) float32
	width  func() float32 // least width
	place  func(size fyne.Size)
	fill   bool // takes what is left over in a Column or Row
}

func (a *arranged) HeightFor(width float32) float32           { return a.height(width) }
func (a *arranged) Layout(_ []fyne.CanvasObject, s fyne.Size) { a.place(s) }
func (a *arranged) MinSize(_ []fyne.CanvasObject) fyne.Size {
	w := a.width()
	return fyne.NewSize(w, a.height(w))
}

func put(o fyne.CanvasObject, x, y, w, h float32) {
	o.Move(fyne.NewPos(x, y))
	o.Resize(fyne.NewSize(w, h))
}

func fills(o fyne.CanvasObject) bool {
	c, ok := o.(*fyne.Container)
	if !ok {
		return false
	}
	a, ok := c.Layout.(*arranged)
	return ok && a.fill
}

// around makes a box with one child and room on each side.
func around(o fyne.CanvasObject, left, top, right, bottom float32, fill bool) *fyne.Container {
	return container.New(&arranged{
		fill:   fill,
		height: func(w float32) float32 { return top + HeightFor(o, w-left-right) + bottom },
		width:  func() float32 { return left + o.MinSize().Width + right },
		place:  func(s fyne.Size) { put(o, left, top, s.Width-left-right, s.Height-top-bottom) },
	}, o)
}

// Inset leaves room on each side of an object.
func Inset(o fyne.CanvasObject, left, top, right, bottom float32) *fyne.Container {
	return around(o, left, top, right, bottom, false)
}

// Fill lets an object take the room that is left over in a Column or Row.
func Fill(o fyne.CanvasObject) *fyne.Container { return around(o, 0, 0, 0, 0, true) }

// Space is empty room.
func Space(w, h float32) fyne.CanvasObject {
	return container.New(&arranged{
		height: func(float32) float32 { return h },
		width:  func() float32 { return w },
		place:  func(fyne.Size) {},
	})
}

// Spring is empty room that takes what is left over.
func Spring() fyne.CanvasObject { return Fill(Space(0, 0)) }

// Sized gives an object a fixed size, in the middle of the room it gets.
func Sized(o fyne.CanvasObject, w, h float32) *fyne.Container {
	return container.New(&arranged{
		height: func(float32) float32 { return h },
		width:  func() float32 { return w },
		place: func(s fyne.Size) {
			put(o, (s.Width-w)/2, (s.Height-h)/2, w, h)
		},
	}, o)
}

// Tall gives an object at least a height, over the full width. What lies over it,
// a button of the kind Area for example, is as large and changes nothing.
func Tall(least float32, o fyne.CanvasObject, over ...fyne.CanvasObject) *fyne.Container {
	all := append([]fyne.CanvasObject{o}, over...)
	return container.New(&arranged{
		height: func(w float32) float32 { return max(least, HeightFor(o, w)) },
		width:  func() float32 { return o.MinSize().Width },
		place: func(s fyne.Size) {
			for _, o := range all {
				put(o, 0, 0, s.Width, s.Height)
			}
		},
	}, all...)
}

// Middle centres an object from top to bottom and gives it the full width.
func Middle(o fyne.CanvasObject) *fyne.Container {
	return container.New(&arranged{
		height: func(w float32) float32 { return HeightFor(o, w) },
		width:  func() float32 { return o.MinSize().Width },
		place: func(s fyne.Size) {
			h := HeightFor(o, s.Width)
			put(o, 0, (s.Height-h)/2, s.Width, h)
		},
	}, o)
}

// Hug gives an object no more than its least width; align is 0 for the left
// edge, 0.5 for the middle and 1 for the right edge.
func Hug(o fyne.CanvasObject, align float32) *fyne.Container {
	return container.New(&arranged{
		height: func(w float32) float32 { return HeightFor(o, min(w, o.MinSize().Width)) },
		width:  func() float32 { return o.MinSize().Width },
		place: func(s fyne.Size) {
			w := min(s.Width, o.MinSize().Width)
			put(o, (s.Width-w)*align, 0, w, s.Height)
		},
	}, o)
}

// Column puts objects below each other, each over the full width. Objects made
// by Fill share the height that is left over.
func Column(gap float32, objects ...fyne.CanvasObject) *fyne.Container {
	gaps := gap * float32(max(0, len(objects)-1))
	return container.New(&arranged{
		height: func(w float32) float32 {
			h := gaps
			for _, o := range objects {
				h += HeightFor(o, w)
			}
			return h
		},
		width: func() float32 { return widest(objects) },
		place: func(s fyne.Size) {
			left, n := s.Height-gaps, 0
			for _, o := range objects {
				if fills(o) {
					n++
				} else {
					left -= HeightFor(o, s.Width)
				}
			}
			y := float32(0)
			for _, o := range objects {
				h := HeightFor(o, s.Width)
				if fills(o) {
					h = max(0, left/float32(n))
				}
				put(o, 0, y, s.Width, h)
				y += h + gap
			}
		},
	}, objects...)
}

func widest(objects []fyne.CanvasObject) float32 {
	w := float32(0)
	for _, o := range objects {
		w = max(w, o.MinSize().Width)
	}
	return w
}

// Row puts objects beside each other at their least width, all equally high.
// Objects made by Fill share the width that is left over.
func Row(gap float32, objects ...fyne.CanvasObject) *fyne.Container {
	gaps := gap * float32(max(0, len(objects)-1))
	widths := func(total float32) []float32 {
		left, n := total-gaps, 0
		ws := make([]float32, len(objects))
		for i, o := range objects {
			if fills(o) {
				n++
				continue
			}
			ws[i] = o.MinSize().Width
			left -= ws[i]
		}
		for i, o := range objects {
			if fills(o) {
				ws[i] = max(0, left/float32(n))
			}
		}
		return ws
	}
	return container.New(&arranged{
		height: func(w float32) float32 {
			h := float32(0)
			for i, cw := range widths(w) {
				h = max(h, HeightFor(objects[i], cw))
			}
			return h
		},
		width: func() float32 {
			w := gaps
			for _, o := range objects {
				w += o.MinSize().Width
			}
			return w
		},
		place: func(s fyne.Size) {
			x := float32(0)
			for i, w := range widths(s.Width) {
				put(objects[i], x, 0, w, s.Height)
				x += w + gap
			}
		},
	}, objects...)
}

// Split puts two objects beside each other; the left one gets share of the width.
func Split(gap, share float32, left, right fyne.CanvasObject) *fyne.Container {
	lw := func(w float32) float32 { return (w - gap) * share }
	return container.New(&arranged{
		height: func(w float32) float32 {
			return max(HeightFor(left, lw(w)), HeightFor(right, w-gap-lw(w)))
		},
		width: func() float32 { return left.MinSize().Width + gap + right.MinSize().Width },
		place: func(s fyne.Size) {
			a := lw(s.Width)
			put(left, 0, 0, a, s.Height)
			put(right, a+gap, 0, s.Width-gap-a, s.Height)
		},
	}, left, right)
}

// Panel is a rounded area with an object on it.
func Panel(fill color.NRGBA, radius, padX, padY float32, o fyne.CanvasObject) *fyne.Container {
	return Over(NewGround(fill, radius), Inset(o, padX, padY, padX, padY))
}

// Edged is a Panel with a thin line around it.
func Edged(fill, edge color.NRGBA, radius, padX, padY float32, o fyne.CanvasObject) *fyne.Container {
	return Over(NewGround(fill, radius).Edge(edge, 2), Inset(o, padX, padY, padX, padY))
}

// Over lays objects upon each other; the last one gives the height.
func Over(objects ...fyne.CanvasObject) *fyne.Container {
	top := objects[len(objects)-1]
	return container.New(&arranged{
		height: func(w float32) float32 { return HeightFor(top, w) },
		width:  func() float32 { return top.MinSize().Width },
		place: func(s fyne.Size) {
			for _, o := range objects {
				put(o, 0, 0, s.Width, s.Height)
			}
		},
	}, objects...)
}

// Bounded gives an object all the room there is up to a width and a height, in
// the middle.
func Bounded(o fyne.CanvasObject, w, h float32) *fyne.Container {
	return container.New(&arranged{
		height: func(float32) float32 { return min(h, w) * 0.3 },
		width:  func() float32 { return 0 },
		place: func(s fyne.Size) {
			bw, bh := min(w, s.Width), min(h, s.Height)
			put(o, (s.Width-bw)/2, (s.Height-bh)/2, bw, bh)
		},
	}, o)
}
