package kit

import (
	"image"
	"image/color"
	"image/draw"

	"cubby/locker/view"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
)

// A DoorFace is how a door is drawn on a wall that shows how all doors are doing: a
// light ground, and a form in a strong colour, for whoever cannot tell colours apart.
type DoorFace struct {
	Ground, Ink color.NRGBA
	Shape       string // drawing of assets
	Open        bool   // drawn as an open door
}

// mostTouched is how many doors a wall may have whose doors are touched at once: more
// are never large enough for a finger.
const mostTouched = 200

// NewStateWall draws a wall with a face for each door. A door is touched where all
// are large enough for a finger, or else its column, or a few columns, first. A mouse
// points at any door at once. touched is told the door's number.
func NewStateWall(look Look, wall view.Wall, picks *Picks, faces map[string]DoorFace, here string,
	touched func(number string)) fyne.CanvasObject {
	if picks.Near() {
		wall = part(wall, picks.from, picks.to)
	}
	if picks.to == picks.from+1 {
		return doorKeys(look, wall, faces, touched)
	}
	if wall.WidthMM <= 0 || wall.HeightMM <= 0 {
		return Space(0, 0)
	}
	whole := wall.HeightMM
	wall = folded(wall, look.Size.Width, look.Size.Height/2)
	t := &touchWall{folded: wall.HeightMM > whole,
		drawnWall: drawnWall{look: look, wall: wall, column: -1, flat: true, faces: faces}}
	if len(wall.Doors) <= mostTouched {
		for _, d := range wall.Doors {
			t.doors = append(t.doors, NewButton(look, Area, "", "", func() { touched(d.Number) }))
		}
	}
	t.addColumns(func(from, to int) { picks.Look(from, to) })
	for i := range t.columns {
		area := &t.columns[i]
		area.button.Aim(func(at fyne.Position) {
			if number := t.doorAt(at.Add(area.button.Position())); number != "" {
				touched(number)
			}
		})
	}
	return t.over("", Accent, here)
}

// mostFolds is into how many pieces a wide wall is cut, and folded is how much lies
// between them, in mm.
const (
	mostFolds = 6
	foldMM    = 150
)

// folded cuts a wall that is much wider than its room into pieces, which lie below
// each other, as many as make its doors largest.
func folded(wall view.Wall, width, height float32) view.Wall {
	columns := 0
	for _, d := range wall.Doors {
		columns = max(columns, d.Column+1)
	}
	scale := func(n int) float32 {
		tall := n*wall.HeightMM + (n-1)*foldMM
		return min(width/float32(wall.WidthMM)*float32(n), height/float32(tall))
	}
	n := 1
	for more := 2; more <= min(mostFolds, columns/2); more++ {
		if scale(more) > 1.2*scale(n) {
			n = more
		}
	}
	if n == 1 {
		return wall
	}
	per := (columns + n - 1) / n
	out := view.Wall{HeightMM: n*wall.HeightMM + (n-1)*foldMM}
	for piece := range n {
		cut := part(wall, piece*per, min((piece+1)*per, columns))
		top := piece * (wall.HeightMM + foldMM)
		for _, d := range cut.Doors {
			d.TopMM += top
			out.Doors = append(out.Doors, d)
		}
		if cut.Screen.WidthMM > 0 {
			out.Screen = cut.Screen
			out.Screen.TopMM += top
		}
		out.WidthMM = max(out.WidthMM, cut.WidthMM)
	}
	return out
}

// doorAt is the door at a place of the drawing; empty: none.
func (t *touchWall) doorAt(at fyne.Position) string {
	for _, d := range t.wall.Doors {
		x, y := t.x0+float32(d.LeftMM)*t.k, t.y0+float32(d.TopMM)*t.k
		if at.X >= x && at.Y >= y && at.X < x+float32(d.WidthMM)*t.k && at.Y < y+float32(d.HeightMM)*t.k {
			return d.Number
		}
	}
	return ""
}

// addFaced adds a door that is painted with all others; only its number is an object.
func (d *drawnWall) addFaced(at view.Door) {
	number := canvas.NewText(at.Number, Ink)
	number.Alignment = fyne.TextAlignCenter
	number.TextStyle.Bold = true
	d.objects = append(d.objects, number)
	d.doors = append(d.doors, drawnDoor{at: at, number: number})
}

// placeNumber puts a number beside the form or below it, where it can be read.
func (d *drawnWall) placeNumber(dd drawnDoor, rect func(view.Door) (x, y, w, h float32)) {
	x, y, w, h := rect(dd.at)
	letters := float32(max(2, len(dd.at.Number)))
	var size float32
	if wide(w, h) {
		x, w = x+w*0.42, w*0.54
		size = min(h*0.6, w/letters*1.45, d.look.U(3.5))
	} else {
		y, h = y+h*0.5, h*0.5
		size = min(h*0.6, w/letters*1.4, d.look.U(3.5))
	}
	dd.number.Hidden = size < 14
	if dd.number.Hidden {
		return
	}
	dd.number.TextSize = float32(int(size))
	th := dd.number.MinSize().Height
	put(dd.number, x, y+(h-th)/2, w, th)
}

func wide(w, h float32) bool { return w > 1.2*h }

// paint makes the picture of all doors, w by h pixels.
func (d *drawnWall) paint(w, h int) image.Image {
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	kx, ky := float32(w)/float32(d.wall.WidthMM), float32(h)/float32(d.wall.HeightMM)
	for _, dd := range d.doors {
		at := dd.at
		r := image.Rect(
			int(float32(at.LeftMM)*kx), int(float32(at.TopMM)*ky),
			int(float32(at.LeftMM+at.WidthMM)*kx), int(float32(at.TopMM+at.HeightMM)*ky),
		).Inset(1)
		if !r.Empty() {
			paintDoor(img, r, d.faces[at.Number], !dd.number.Hidden)
		}
	}
	return img
}

// leastMark is how large a form is, in pixels, that has a mark upon it.
const leastMark = 20

// paintDoor paints one: its edge, its ground, and its form. One that is open has a
// dark edge, and its leaf as a dark bar on the side of the hinges.
func paintDoor(img *image.RGBA, r image.Rectangle, face DoorFace, numbered bool) {
	fill := func(r image.Rectangle, c color.NRGBA) {
		draw.Draw(img, r, image.NewUniform(c), image.Point{}, draw.Src)
	}
	ground, edge, line := face.Ground, Stone, 1
	if ground.A == 0 {
		ground = Card
	}
	if face.Open {
		edge, line = Ink, max(2, min(r.Dx(), r.Dy())/24)
	}
	fill(r, edge)
	inner := r.Inset(line)
	fill(inner, ground)
	if face.Open {
		leaf := inner
		leaf.Max.X = leaf.Min.X + max(3, inner.Dx()/8)
		fill(leaf, Ink)
		inner.Min.X = leaf.Max.X
	}
	room := inner
	if numbered && wide(float32(r.Dx()), float32(r.Dy())) {
		room.Max.X = room.Min.X + inner.Dx()*42/100
	} else if numbered {
		room.Max.Y = room.Min.Y + inner.Dy()*55/100
	}
	side := min(float32(min(room.Dx(), room.Dy()))*0.66, 44*density)
	mark := OnAccent
	if side < leastMark*density {
		mark = face.Ink
	}
	form := picture(face.Shape, face.Ink, mark, fyne.NewSquareSize(side/density))
	if face.Shape == "" || form == nil {
		return
	}
	b := form.Bounds()
	to := image.Pt(room.Min.X+(room.Dx()-b.Dx())/2, room.Min.Y+(room.Dy()-b.Dy())/2)
	draw.Draw(img, b.Add(to), form, b.Min, draw.Over)
}

// NewDoorSwatch is a small door with a face, for a legend.
func NewDoorSwatch(look Look, face DoorFace) fyne.CanvasObject {
	side := look.U(4.5)
	pic := canvas.NewRaster(func(w, h int) image.Image {
		img := image.NewRGBA(image.Rect(0, 0, w, h))
		paintDoor(img, img.Bounds(), face, false)
		return img
	})
	return Sized(pic, side, side)
}
