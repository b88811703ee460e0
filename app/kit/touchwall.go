package kit

import (
	"image/color"
	"slices"

	"cubby/locker/view"

	"fyne.io/fyne/v2"
)

// Picks is where on a wall a person is looking for a door. It outlives the
// page, which is drawn anew with every touch, and is forgotten with the question.
type Picks struct {
	from, to int // the columns looked at, without to; both 0: the whole wall
	typing   bool
	change   func()
}

// NewPicks looks at the whole wall; change, if any, is told after every touch.
func NewPicks(change func()) *Picks { return &Picks{change: change} }

// Look looks at the columns from one on, up to another that is not among them.
func (p *Picks) Look(from, to int) { p.set(Picks{from: from, to: to}) }

// Whole looks at the whole wall again.
func (p *Picks) Whole() { p.set(Picks{}) }

// Type looks at the pad instead of the wall, or at the wall again.
func (p *Picks) Type(on bool) { p.set(Picks{typing: on}) }

// Typing reports whether a number is typed instead of touched.
func (p *Picks) Typing() bool { return p.typing }

// Near reports whether only a part of the wall is looked at.
func (p *Picks) Near() bool { return p.to > p.from }

func (p *Picks) set(to Picks) {
	to.change = p.change
	*p = to
	if p.change != nil {
		p.change()
	}
}

// NewDoorPicker draws a wall on which a door is found with a finger: it is
// touched where all doors are large enough for that, or else its column, or a
// few columns, are touched first. touched is told the door's number.
func NewDoorPicker(
	look Look,
	wall view.Wall,
	picks *Picks,
	door string,
	mark color.NRGBA,
	here string,
	touched func(number string),
) fyne.CanvasObject {
	if picks.Near() {
		wall = part(wall, picks.from, picks.to)
	}
	if picks.to == picks.from+1 {
		return doorKeys(look, wall, nil, touched)
	}
	if wall.WidthMM <= 0 || wall.HeightMM <= 0 {
		return Space(0, 0)
	}
	t := &touchWall{drawnWall: drawnWall{look: look, wall: wall, column: -1, flat: true}}
	for _, d := range wall.Doors {
		t.doors = append(t.doors, NewButton(look, Area, "", "", func() { touched(d.Number) }))
	}
	t.addColumns(func(from, to int) { picks.Look(from, to) })
	return t.over(door, mark, here)
}

// NewColumnPicker draws a wall with one column, and perhaps a door of it,
// marked. Touching a column names it, from 0; where columns are too narrow for a
// finger none can be touched.
func NewColumnPicker(
	look Look,
	wall view.Wall,
	column int,
	door string,
	touched func(column int),
) fyne.CanvasObject {
	if wall.WidthMM <= 0 || wall.HeightMM <= 0 {
		return Space(0, 0)
	}
	t := &touchWall{drawnWall: drawnWall{look: look, wall: wall, column: column, flat: true}, single: true}
	t.drawnWall.wall.Screen.WidthMM = 0
	t.addColumns(func(from, _ int) { touched(from) })
	return t.over(door, Accent, "")
}

// part is some columns of a wall.
func part(wall view.Wall, from, to int) view.Wall {
	left, right := wall.WidthMM, 0
	cut := view.Wall{HeightMM: wall.HeightMM}
	for _, d := range append([]view.Door{wall.Screen}, wall.Doors...) {
		if d.WidthMM > 0 && d.Column >= from && d.Column < to {
			left, right = min(left, d.LeftMM), max(right, d.LeftMM+d.WidthMM)
		}
	}
	for _, d := range wall.Doors {
		if d.Column >= from && d.Column < to {
			d.LeftMM -= left
			cut.Doors = append(cut.Doors, d)
		}
	}
	if s := wall.Screen; s.WidthMM > 0 && s.Column >= from && s.Column < to {
		s.LeftMM -= left
		cut.Screen = s
	}
	cut.WidthMM = max(0, right-left)
	return cut
}

// doorKeys are the doors of one column as keys, in their order.
func doorKeys(look Look, wall view.Wall, faces map[string]DoorFace, touched func(string)) fyne.CanvasObject {
	var keys []fyne.CanvasObject
	for _, d := range wall.Doors {
		face, faced := faces[d.Number]
		key := NewButton(look, Secondary, face.Shape, d.Number, func() { touched(d.Number) })
		if faced {
			key.Face(face)
		}
		keys = append(keys, key)
	}
	gap := look.U(1.5)
	across := func(s fyne.Size) (columns, rows int) {
		for columns = 1; ; columns++ {
			rows = (len(keys) + columns - 1) / columns
			if float32(rows)*(MinTarget+gap)-gap <= s.Height || columns >= len(keys) {
				return columns, rows
			}
		}
	}
	return &fyne.Container{Objects: keys, Layout: &arranged{
		height: func(float32) float32 { return MinTarget },
		width:  func() float32 { return MinTarget },
		place: func(s fyne.Size) {
			if len(keys) == 0 {
				return
			}
			columns, rows := across(s)
			w := (s.Width - gap*float32(columns-1)) / float32(columns)
			h := min((s.Height-gap*float32(rows-1))/float32(rows), look.Target(11))
			for i, k := range keys {
				put(k, float32(i/rows)*(w+gap), float32(i%rows)*(h+gap), w, h)
			}
		},
	}}
}

// A touchWall is a drawn wall with invisible buttons upon it. Which of them
// there are is decided when its size is known.
type touchWall struct {
	drawnWall
	doors   []*TouchButton // for each door, or none
	columns []columnArea
	single  bool    // one column at a time, or none
	folded  bool    // pieces of the wall lie below each other
	k       float32 // pixels of a millimetre, and where the wall's upper left corner is
	x0, y0  float32
	pick    func(from, to int)
}

// A columnArea is touched for a column, and for those to its right that are
// too narrow for a button of their own.
type columnArea struct {
	button      *TouchButton
	left, right int // mm
	top, foot   int // the same
	column, to  int
}

func (t *touchWall) addColumns(pick func(from, to int)) {
	t.pick = pick
	for _, d := range t.wall.Doors {
		at := -1
		for i, a := range t.columns {
			if a.column == d.Column {
				at = i
			}
		}
		if at < 0 {
			at = len(t.columns)
			t.columns = append(t.columns, columnArea{
				left: d.LeftMM, right: d.LeftMM, top: d.TopMM, foot: d.TopMM, column: d.Column,
			})
		}
		a := &t.columns[at]
		a.left, a.right = min(a.left, d.LeftMM), max(a.right, d.LeftMM+d.WidthMM)
		a.top, a.foot = min(a.top, d.TopMM), max(a.foot, d.TopMM+d.HeightMM)
	}
	slices.SortFunc(t.columns, func(a, b columnArea) int { return a.column - b.column })
	for i := range t.columns {
		a := &t.columns[i]
		a.button = NewButton(t.look, Area, "", "", func() { t.pick(a.column, a.to) })
	}
}

// over lays the buttons upon the drawing.
func (t *touchWall) over(door string, mark color.NRGBA, here string) fyne.CanvasObject {
	drawing := t.draw(door, mark, here)
	objects := []fyne.CanvasObject{drawing}
	for _, b := range t.doors {
		objects = append(objects, b)
	}
	for _, a := range t.columns {
		objects = append(objects, a.button)
	}
	return &fyne.Container{Objects: objects, Layout: &arranged{
		height: t.height,
		width:  func() float32 { return t.look.U(30) },
		place: func(s fyne.Size) {
			drawing.Hidden = s.Height < t.below()+t.look.U(10) // a smear tells nothing
			put(drawing, 0, 0, s.Width, s.Height)
			t.placeAreas(s)
		},
	}}
}

func (t *touchWall) placeAreas(s fyne.Size) {
	k, x0, y0 := t.scale(s)
	t.k, t.x0, t.y0 = k, x0, y0
	large := k > 0 && len(t.doors) > 0
	for _, d := range t.wall.Doors {
		large = large && float32(d.WidthMM)*k >= MinTarget && float32(d.HeightMM)*k >= MinTarget
	}
	for i, b := range t.doors {
		b.Hidden = !large
		d := t.wall.Doors[i]
		put(b, x0+float32(d.LeftMM)*k, y0+float32(d.TopMM)*k, float32(d.WidthMM)*k, float32(d.HeightMM)*k)
	}
	for i := 0; i < len(t.columns); {
		a, next := &t.columns[i], i+1
		end := i // of its piece of the wall
		for end < len(t.columns) && (!t.folded || t.columns[end].left >= a.left) {
			end++
		}
		right, top, foot := a.right, a.top, a.foot
		// The last of them takes what would be too narrow alone.
		for !t.single && next < end &&
			(float32(right-a.left)*k < MinTarget || float32(t.columns[end-1].right-right)*k < MinTarget) {
			one := t.columns[next]
			one.button.Hidden = true
			right, top, foot = one.right, min(top, one.top), max(foot, one.foot)
			next++
		}
		if !t.folded {
			top, foot = 0, t.wall.HeightMM
		}
		a.to = t.columns[next-1].column + 1
		a.button.Hidden = large || float32(foot-top)*k < MinTarget || float32(right-a.left)*k < MinTarget
		put(a.button, x0+float32(a.left)*k, y0+float32(top)*k, float32(right-a.left)*k, float32(foot-top)*k)
		i = next
	}
}
