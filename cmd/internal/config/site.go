package config

import (
	"cubby/hardware"
	"cubby/locker/view"
)

// A door covers its opening by 10 mm on every side.
const doorOverlapMM = 20

// The reach from a wheelchair, to a door's lower edge above ground.
const (
	reachFromMM = 380
	reachToMM   = 1220
)

// A Compartment is one door with the space behind it. Lengths are millimetres.
type Compartment struct {
	Number string // as painted on the door
	Size   string

	WidthMM, HeightMM, DepthMM int // inside

	Column        int // 0 is leftmost, seen from the front
	TopMM, LeftMM int // the door's upper left corner on the wall
	DoorWidthMM   int
	DoorHeightMM  int
	Accessible    bool // set aside for people who need it
	Low           bool // its lower edge can be reached from a wheelchair

	Bus   string
	Board int
	Lock  int
}

type screenPlace struct {
	column, left, top, width, height int
}

// Compartments lists every door, column by column, each from top to bottom.
func (c *Config) Compartments() []Compartment {
	return append([]Compartment(nil), c.compartments...)
}

func (c *Config) size(name string) *Size {
	for i := range c.Sizes {
		if c.Sizes[i].Name == name {
			return &c.Sizes[i]
		}
	}
	return nil
}

// layOut gives every door its place on the wall.
func (c *Config) layOut(r *reader) {
	screenColumn := -1
	if c.Front.ScreenColumn != nil {
		screenColumn = *c.Front.ScreenColumn
		if screenColumn >= len(c.Columns) {
			r.refuse("wall.screen_column", "is %d: 0 to %d, the columns of the file", screenColumn, len(c.Columns)-1)
		}
	}
	left := 0
	for i := range c.Columns {
		width := c.columnWidth(r, i)
		top := 0
		for _, d := range c.Columns[i].Doors {
			s := c.size(d.Size)
			if s == nil {
				continue
			}
			if i == screenColumn && top+s.DoorHeightMM > c.Front.ScreenTopMM &&
				top < c.Front.ScreenTopMM+c.Front.ScreenHeightMM {
				top = c.Front.ScreenTopMM + c.Front.ScreenHeightMM // the stack goes on below the screen
			}
			c.compartments = append(c.compartments, Compartment{
				Number: d.Number, Size: d.Size, WidthMM: s.WidthMM, HeightMM: s.HeightMM, DepthMM: s.DepthMM,
				Column: i, TopMM: top, LeftMM: left, DoorWidthMM: s.WidthMM + doorOverlapMM,
				DoorHeightMM: s.DoorHeightMM,
				Accessible:   d.Accessible, Bus: d.Bus, Board: d.Board, Lock: d.Lock,
			})
			top += s.DoorHeightMM
		}
		if i == screenColumn {
			c.screen = screenPlace{
				column: i, left: left, top: c.Front.ScreenTopMM, width: width, height: c.Front.ScreenHeightMM,
			}
			top = max(top, c.Front.ScreenTopMM+c.Front.ScreenHeightMM)
		}
		c.wallHeightMM = max(c.wallHeightMM, top)
		left += width
	}
	c.wallWidthMM = left
	c.markReach(r)
}

func (c *Config) columnWidth(r *reader, i int) int {
	widest := 0
	for _, d := range c.Columns[i].Doors {
		if s := c.size(d.Size); s != nil {
			widest = max(widest, s.WidthMM+doorOverlapMM)
		}
	}
	given := c.Columns[i].WidthMM
	switch {
	case given == 0 && len(c.Columns[i].Doors) == 0:
		r.refuse(element("column", i)+".width_mm", "is missing: required for a column without doors")
	case given != 0 && given < widest:
		r.refuse(element("column", i)+".width_mm", "is %d: at least %d, its widest door", given, widest)
	}
	return max(given, widest)
}

// markReach works out which doors are low; it needs the height the wall hangs at.
func (c *Config) markReach(r *reader) {
	next := 0
	for i, column := range c.Columns {
		for j, d := range column.Doors {
			if c.size(d.Size) == nil {
				continue
			}
			k := &c.compartments[next]
			next++
			if c.Front.BaseMM != nil {
				edge := *c.Front.BaseMM + c.wallHeightMM - k.TopMM - k.DoorHeightMM
				k.Low = edge >= reachFromMM && edge <= reachToMM
				if d.Accessible && !k.Low && d.Low == nil {
					r.refuse(element(element("column", i)+".doors", j)+".accessible",
						"door %q has its lower edge %d mm above ground: %d to %d for an accessible door", d.Number,
						edge, reachFromMM, reachToMM)
				}
			}
			if d.Low != nil {
				k.Low = *d.Low
			}
		}
	}
}

// Wall is the front of the station, for drawing.
func (c *Config) Wall() view.Wall {
	w := view.Wall{WidthMM: c.wallWidthMM, HeightMM: c.wallHeightMM}
	for _, k := range c.compartments {
		w.Doors = append(w.Doors, view.Door{
			Number: k.Number, Column: k.Column, TopMM: k.TopMM, LeftMM: k.LeftMM, HeightMM: k.DoorHeightMM,
			WidthMM: k.DoorWidthMM,
		})
	}
	if s := c.screen; s.width > 0 {
		w.Screen = view.Door{Column: s.column, TopMM: s.top, LeftMM: s.left, HeightMM: s.height, WidthMM: s.width}
	}
	return w
}

// bareColumnMM is how wide a column without doors is when nobody has said so:
// the screen's, for example.
const bareColumnMM = 400

// Redrawn is the front with other columns, and sizes beside those there are. The
// screen stays in its column.
func (c *Config) Redrawn(sizes []Size, columns []Column) view.Wall {
	fresh := &Config{Front: c.Front, Sizes: append(append([]Size(nil), c.Sizes...), sizes...), Columns: columns}
	for i := range fresh.Sizes {
		if s := &fresh.Sizes[i]; s.DoorHeightMM == 0 {
			s.DoorHeightMM = s.HeightMM + doorOverlapMM
		}
	}
	for i := range fresh.Columns {
		if i < len(c.Columns) {
			fresh.Columns[i].WidthMM = c.Columns[i].WidthMM
		}
		if k := &fresh.Columns[i]; len(k.Doors) == 0 && k.WidthMM == 0 {
			k.WidthMM = bareColumnMM
		}
	}
	if at := fresh.Front.ScreenColumn; at != nil && *at >= len(columns) {
		fresh.Front.ScreenColumn = nil
	}
	fresh.layOut(&reader{}) // what does not fit is refused when it is written
	return fresh.Wall()
}

// hardware is the board as its driver has to know it.
func (b Board) hardware(locks map[int]string) hardware.Board {
	return hardware.Board{
		Address: b.Address, InvertHook: b.InvertHook,
		HasPresence: b.Presence, InvertSensor: b.InvertPresence, Locks: locks,
		Channels: b.Channels, LowFirst: b.BitmapOrder == "low-first", LockByte: b.LockByte,
		FromZero: b.FirstLock == 0, Each: b.Query == "each",
	}
}

// Hardware is what package hardware opens.
func (c *Config) Hardware() hardware.Config {
	kiosk, others := c.readers()
	h := hardware.Config{Scanner: kiosk.Scanner, Badge: kiosk.Badge, Terminals: others}
	for _, b := range c.Buses {
		bus := hardware.Bus{
			Name: b.Name, Port: b.Port, Dialect: b.Dialect, Baud: b.Baud, Echo: b.Echo,
			IdlePoll: b.IdlePoll, ActivePoll: b.ActivePoll, ReplyTimeout: b.ReplyTimeout, OpenWait: b.OpenWait,
			PulseGap: b.PulseGap,
			PulseMS:  int(b.Pulse.Milliseconds()),
		}
		for _, board := range b.Boards {
			locks := map[int]string{}
			for _, k := range c.compartments {
				if k.Bus == b.Name && k.Board == board.Address {
					locks[k.Lock] = k.Number
				}
			}
			bus.Boards = append(bus.Boards, board.hardware(locks))
		}
		h.Buses = append(h.Buses, bus)
	}
	return h
}
