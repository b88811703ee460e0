package console

import (
	"cmp"
	"math"
	"slices"
	"strconv"

	"cubby/locker/view"
	"cubby/sync/hub"
)

// A wall is drawn in pixels, so that its numbers stay readable on a small screen.
const (
	widestWall = 1080
	leastDoor  = 26 // height
)

// A drawing of a wall.
type drawing struct {
	W, H  int
	Cells []cell
	Panel *box // the screen
}

type box struct{ X, Y, W, H int }

// A cell is a door. Its state is told by its colour, by a sign and by a word.
type cell struct {
	box
	hub.Door
	State string // a word: free, reserved, occupied, blocked, unknown
	Sign  string
	Open  bool
}

// signs stand for states without colour.
var signs = map[string]string{
	"free": "○", "reserved": "◐", "occupied": "●", "blocked": "✕", "unknown": "?",
}

// stateOf is what can be done with a door.
func stateOf(d hub.Door) string {
	switch d.Allocation {
	case "free", "reserved", "occupied":
		return d.Allocation
	case "for_sale":
		return "occupied"
	case "quarantine", "out_of_service":
		return "blocked"
	}
	return "unknown"
}

// draw lays out a wall as the station has told of it, or its doors in rows where it has not.
func draw(w *view.Wall, doors []hub.Door) drawing {
	if w == nil || len(w.Doors) == 0 {
		w = rows(doors)
	}
	by := map[string]hub.Door{}
	for _, d := range doors {
		by[d.Number] = d
	}
	columns, lowest := map[int]bool{}, math.MaxInt
	for _, d := range w.Doors {
		columns[d.LeftMM] = true
		lowest = min(lowest, d.HeightMM)
	}
	if len(columns) == 0 || w.WidthMM <= 0 || w.HeightMM <= 0 {
		return drawing{}
	}
	width := len(columns) * min(max(widestWall/len(columns), 56), 96)
	across := float64(width) / float64(w.WidthMM)
	down := max(across*0.8, leastDoor/float64(max(lowest, 1)))
	place := func(d view.Door) box {
		px := func(mm int, scale float64) int { return int(math.Round(float64(mm) * scale)) }
		x, y := px(d.LeftMM, across), px(d.TopMM, down)
		return box{
			x + 1,
			y + 1,
			px(d.LeftMM+d.WidthMM, across) - x - 2,
			px(d.TopMM+d.HeightMM, down) - y - 2,
		}
	}
	out := drawing{W: width, H: int(math.Round(float64(w.HeightMM) * down))}
	for _, d := range w.Doors {
		known, ok := by[d.Number]
		if !ok {
			known = hub.Door{Number: d.Number}
		}
		c := cell{box: place(d), Door: known, State: stateOf(known), Open: known.Door == "open"}
		c.Sign = signs[c.State]
		out.Cells = append(out.Cells, c)
	}
	if w.Screen.WidthMM > 0 {
		b := place(w.Screen)
		out.Panel = &b
	}
	slices.SortFunc(out.Cells, func(a, b cell) int { return byNumber(a.Number, b.Number) })
	return out
}

// rows is a wall of doors of one size.
func rows(doors []hub.Door) *view.Wall {
	const width, height = 400, 200
	across := max(1, min(8, len(doors)))
	w := &view.Wall{WidthMM: across * width, HeightMM: (len(doors) + across - 1) / across * height}
	doors = slices.Clone(doors)
	slices.SortFunc(doors, func(a, b hub.Door) int { return byNumber(a.Number, b.Number) })
	for i, d := range doors {
		w.Doors = append(w.Doors, view.Door{Number: d.Number, LeftMM: i % across * width,
			TopMM: i / across * height, WidthMM: width, HeightMM: height})
	}
	return w
}

// byNumber orders doors as people count them.
func byNumber(a, b string) int {
	x, errX := strconv.Atoi(a)
	y, errY := strconv.Atoi(b)
	if errX == nil && errY == nil {
		return cmp.Compare(x, y)
	}
	return cmp.Compare(a, b)
}
