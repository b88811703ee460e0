package kit

import (
	"image/color"

	"cubby/locker/view"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
)

// NewWall draws the front of the station to scale, with one door marked by
// colour, a thick outline and its number, and the place of this screen marked
// by here ("You are here"). mark is Accent for a door to use and Warn for one
// that must be closed. A door that is not on the wall marks nothing.
func NewWall(look Look, wall view.Wall, door string, mark color.NRGBA, here string) *fyne.Container {
	if wall.WidthMM <= 0 || wall.HeightMM <= 0 {
		return Over(Space(0, 0))
	}
	return (&drawnWall{look: look, wall: wall, column: -1}).draw(door, mark, here)
}

// draw makes the objects and the layout of a wall.
func (d *drawnWall) draw(door string, mark color.NRGBA, here string) *fyne.Container {
	look, wall := d.look, d.wall
	d.frame = NewGround(Sand, look.U(1.5))
	d.objects = append(d.objects, d.frame)
	if d.faces != nil {
		d.face = canvas.NewRaster(d.paint)
		d.objects = append(d.objects, d.face)
	}
	for _, place := range wall.Doors {
		d.add(place, place.Number == door, mark)
	}
	if wall.Screen.WidthMM > 0 {
		d.addScreen(here)
	}
	// The marked door lies over its neighbours.
	for _, dd := range d.doors {
		if dd.marked {
			d.objects = append(d.objects, dd.box, dd.number)
		}
	}
	c := &fyne.Container{Objects: d.objects}
	c.Layout = &arranged{
		height: d.height,
		width:  func() float32 { return look.U(30) },
		place:  d.place,
	}
	return c
}

type drawnDoor struct {
	at     view.Door
	box    *Ground
	number *canvas.Text
	marked bool
}

type drawnWall struct {
	look    Look
	wall    view.Wall
	column  int                 // drawn in another colour; -1: none
	flat    bool                // the mark stays within its door
	faces   map[string]DoorFace // how doors are drawn by number, all in one picture; nil: each by itself
	face    *canvas.Raster
	objects []fyne.CanvasObject
	frame   *Ground
	doors   []drawnDoor
	screen  *Ground
	pin     fyne.CanvasObject
	here    *canvas.Text
	tag     *Ground
}

func (d *drawnWall) add(at view.Door, marked bool, mark color.NRGBA) {
	if d.faces != nil {
		d.addFaced(at)
		return
	}
	box := NewGround(Card, d.look.U(0.75)).Edge(Stone, 1)
	number := canvas.NewText(at.Number, InkSoft)
	number.Alignment = fyne.TextAlignCenter
	if at.Column == d.column {
		box.Fill(AccentWash).Edge(Accent, 2)
	}
	if marked {
		box.Fill(mark).Edge(Ink, 4)
		number.Color, number.TextStyle.Bold = OnAccent, true
	} else {
		d.objects = append(d.objects, box, number)
	}
	d.doors = append(d.doors, drawnDoor{at, box, number, marked})
}

func (d *drawnWall) addScreen(here string) {
	d.screen = NewGround(Ink, d.look.U(0.75))
	d.pin = Icon("pin-here", OnAccent)
	d.tag = NewGround(Ink, d.look.U(7))
	d.here = canvas.NewText(here, OnAccent)
	d.here.TextStyle.Bold = true
	d.here.TextSize = d.look.Small()
	d.here.Alignment = fyne.TextAlignCenter
	d.objects = append(d.objects, d.screen, d.pin, d.tag, d.here)
}

// below is the room under the wall for the words at the screen's place.
func (d *drawnWall) below() float32 {
	if d.screen == nil {
		return 0
	}
	return d.look.U(7)
}

func (d *drawnWall) height(w float32) float32 {
	h := w * float32(d.wall.HeightMM) / float32(d.wall.WidthMM)
	return min(h, d.look.U(60)) + d.below()
}

// scale is how many pixels a millimetre has when the wall is as large as it
// fits, and where its upper left corner is. It is 0 when there is no room.
func (d *drawnWall) scale(s fyne.Size) (k, x0, y0 float32) {
	room := s.Height - d.below()
	edge := d.look.U(1)
	k = min((s.Width-2*edge)/float32(d.wall.WidthMM), (room-2*edge)/float32(d.wall.HeightMM))
	if k <= 0 {
		return 0, 0, 0
	}
	return k, (s.Width - float32(d.wall.WidthMM)*k) / 2, (room - float32(d.wall.HeightMM)*k) / 2
}

// place puts the wall as large as it fits, centred from left to right.
func (d *drawnWall) place(s fyne.Size) {
	edge := d.look.U(1)
	k, x0, y0 := d.scale(s)
	if k == 0 {
		return
	}
	w, h := float32(d.wall.WidthMM)*k, float32(d.wall.HeightMM)*k
	put(d.frame, x0-edge, y0-edge, w+2*edge, h+2*edge)
	rect := func(at view.Door) (x, y, w, h float32) {
		return x0 + float32(
				at.LeftMM,
			)*k + 1, y0 + float32(
				at.TopMM,
			)*k + 1, float32(
				at.WidthMM,
			)*k - 2, float32(
				at.HeightMM,
			)*k - 2
	}
	if d.faces != nil {
		put(d.face, x0, y0, w, h)
	}
	for _, dd := range d.doors {
		if d.faces != nil {
			d.placeNumber(dd, rect)
		} else {
			d.placeDoor(dd, rect, s)
		}
	}
	d.hideUnderMark()
	if d.screen != nil {
		x, y, sw, sh := rect(d.wall.Screen)
		d.screen.radius = min(d.look.U(0.75), sw/8)
		put(d.screen, x, y, sw, sh)
		pin := min(sw, sh) * 0.5
		put(d.pin, x+(sw-pin)/2, y+(sh-pin)/2, pin, pin)
		size := d.here.MinSize()
		tw, th := size.Width+d.look.U(4), d.below()-d.look.U(1.5)
		tx := max(0, min(s.Width-tw, x+sw/2-tw/2))
		ty := y0 + h + edge + d.look.U(0.5)
		put(d.tag, tx, ty, tw, th)
		put(d.here, tx, ty+(th-size.Height)/2, tw, size.Height)
	}
}

func (d *drawnWall) placeDoor(dd drawnDoor, rect func(view.Door) (x, y, w, h float32), s fyne.Size) {
	x, y, w, h := rect(dd.at)
	dd.box.radius = min(d.look.U(0.75), w/8)
	put(dd.box, x, y, w, h)
	var size float32
	if dd.marked {
		// Never too small to read: on a large wall the mark grows over its neighbours.
		least := d.look.U(6)
		wide := max(least, NewLine(dd.at.Number, d.look.U(3.5), true, nil).OneLine()+d.look.U(1))
		if !d.flat && (w < wide || h < least) {
			nw, nh := max(w, wide, least*1.3), max(h, least)
			x = max(0, min(s.Width-nw, x-(nw-w)/2))
			y = max(0, min(s.Height-nh, y-(nh-h)/2))
			put(dd.box, x, y, nw, nh)
			w, h = nw, nh
		}
		size = max(d.look.U(3.5), min(h*0.7, w/float32(max(2, len(dd.at.Number)))*1.4, d.look.U(9)))
	}
	if !dd.marked || d.flat {
		size = min(h*0.6, w/float32(max(2, len(dd.at.Number)))*1.3, d.look.U(3.5))
		dd.number.Hidden = size < max(14, d.look.U(2)) // unreadable numbers are only noise
	}
	if dd.marked {
		size = SizeFor(dd.at.Number, size, w)
	}
	dd.number.TextSize = float32(int(size))
	th := dd.number.MinSize().Height
	put(dd.number, x, y+(h-th)/2, w, th)
}

// hideUnderMark takes away the numbers that the mark covers, which would show
// beside it in part.
func (d *drawnWall) hideUnderMark() {
	for _, mark := range d.doors {
		if !mark.marked || d.faces != nil {
			continue
		}
		from, to := mark.box.Position(), mark.box.Position().Add(mark.box.Size())
		for _, dd := range d.doors {
			at, end := dd.number.Position(), dd.number.Position().Add(dd.number.Size())
			if !dd.marked && at.X < to.X && end.X > from.X && at.Y < to.Y && end.Y > from.Y {
				dd.number.Hidden = true
			}
		}
	}
}
