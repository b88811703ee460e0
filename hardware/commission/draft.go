package commission

import (
	"slices"
	"strconv"
	"strings"

	"cubby/locker/door/commissioning"
)

// A draft is the wall while it is drawn on the touchscreen. One answer changes
// one thing, so that a finger is enough.
type draft struct {
	columns [][]commissioning.Place
	column  int      // the one that is changed
	door    int      // the door in it that is changed; -1: all of them
	names   []string // of all sizes
	sizes   []Size   // the new ones
	asked   string   // width, height, depth or number, while one is typed
	fresh   Size     // the size that is being measured
}

const mostDoors = 40 // in a column, and columns on a wall

// sizeNames are given to new sizes in this order.
var sizeNames = []string{"S", "M", "L", "XL", "XXL", "XS", "A", "B", "C", "D", "E", "F", "G", "H"}

// beginDraft starts from the wall there is, or from one column.
func (s *Session) beginDraft() {
	d := &draft{door: -1, names: slices.Clone(s.known.Sizes)}
	for _, c := range s.known.Columns {
		var places []commissioning.Place
		for _, door := range c {
			places = append(places, commissioning.Place{Number: door.Number, Size: door.Size})
		}
		d.columns = append(d.columns, places)
	}
	s.draft = d
	if len(d.columns) == 0 {
		d.columns = [][]commissioning.Place{nil}
	}
	if len(d.names) == 0 {
		s.askSize()
		return
	}
	s.askDraw()
}

func (s *Session) askDraw() {
	d := s.draft
	n := 0
	for _, c := range d.columns {
		n += len(c)
	}
	s.ask(commissioning.StepDraw, "", []commissioning.Choice{offer(yes, "draw.ok"), offer("back", "draw.back"),
		offer(stop, "stop")},
		"draw", "Count", n, "Columns", len(d.columns), "Locks", len(everyLock(s.lines)))
	s.state.Answer = commissioning.ADraft
	if c := d.columns[d.column]; d.door >= 0 && d.door < len(c) {
		s.state.Door = c[d.door].Number
	}
}

// onDraw changes the wall: what is changed, and how: "columns +", "doors -",
// "column 3", "door +", "size +", "size new", "number new".
func (s *Session) onDraw(text string) error {
	d := s.draft
	switch text {
	case stop:
		s.draft = nil
		s.end()
		return nil
	case "back":
		s.draft = nil
		s.askWall()
		return nil
	case yes:
		w, err := s.fit()
		if err != nil {
			return err
		}
		return s.takeWall(w)
	case "size new":
		s.askSize()
		return nil
	case "number new":
		if d.door < 0 {
			return say("not_a_choice")
		}
		s.askNumber()
		return nil
	}
	what, how, _ := strings.Cut(text, " ")
	by := map[string]int{"+": 1, "-": -1}[how]
	if by == 0 && what != "column" {
		return say("not_a_choice")
	}
	ok := true
	switch what {
	case "columns":
		ok = d.changeColumns(by)
	case "column":
		at := d.column + by
		if by == 0 {
			n, err := strconv.Atoi(how)
			if at = n - 1; err != nil || at < 0 || at >= len(d.columns) {
				return say("not_a_choice")
			}
		}
		d.column, d.door = (at+len(d.columns))%len(d.columns), -1
	case "doors":
		ok = d.changeDoors(by)
	case "door": // round about: all, the first, the second ...
		n := len(d.columns[d.column]) + 1
		d.door = (d.door+1+by+n)%n - 1
	case "size":
		d.changeSize(by)
	default:
		return say("not_a_choice")
	}
	if !ok {
		return say("too_many")
	}
	s.askDraw()
	return nil
}

// changeColumns puts a column like this one beside it, or takes this one away.
func (d *draft) changeColumns(by int) bool {
	if n := len(d.columns) + by; n < 1 || n > mostDoors {
		return false
	}
	if by < 0 {
		d.columns = slices.Delete(d.columns, d.column, d.column+1)
		d.column = min(d.column, len(d.columns)-1)
	} else {
		var places []commissioning.Place
		d.columns = slices.Insert(d.columns, d.column+1, places)
		d.column++
		for _, like := range d.columns[d.column-1] {
			places = append(places, commissioning.Place{Number: d.free(), Size: like.Size})
			d.columns[d.column] = places
		}
	}
	d.door = -1
	return true
}

// changeDoors hangs a door at the bottom of the column, or takes the lowest off.
func (d *draft) changeDoors(by int) bool {
	c := d.columns[d.column]
	if n := len(c) + by; n < 0 || n > mostDoors {
		return false
	}
	if by < 0 {
		d.columns[d.column] = c[:len(c)-1]
	} else {
		size := d.names[0]
		if len(c) > 0 {
			size = c[len(c)-1].Size
		}
		d.columns[d.column] = append(slices.Clip(c), commissioning.Place{Number: d.free(), Size: size})
	}
	d.door = -1
	return true
}

// changeSize gives a door, or all of the column, the next size.
func (d *draft) changeSize(by int) {
	c := d.columns[d.column]
	first, last := 0, len(c)-1
	if d.door >= 0 {
		first, last = d.door, d.door
	}
	if first > last {
		return
	}
	at := slices.Index(d.names, c[first].Size)
	name := d.names[(at+by+len(d.names))%len(d.names)]
	for i := first; i <= last; i++ {
		c[i].Size = name
	}
}

// free is the lowest number that no door has, after the highest one.
func (d *draft) free() string {
	highest := 0
	for _, c := range d.columns {
		for _, p := range c {
			if n, err := strconv.Atoi(p.Number); err == nil {
				highest = max(highest, n)
			}
		}
	}
	return strconv.Itoa(highest + 1)
}

func (s *Session) askSize() {
	d := s.draft
	d.asked, d.fresh = "width", Size{}
	for _, name := range sizeNames {
		if d.fresh.Name == "" && !slices.Contains(d.names, name) {
			d.fresh.Name = name
		}
	}
	s.askLength()
}

func (s *Session) askLength() {
	s.ask(commissioning.StepSize, "millimetres",
		[]commissioning.Choice{offer("back", "draw.back"), offer(stop, "stop")},
		"size."+s.draft.asked, "Size", s.draft.fresh.Name)
	s.state.Answer = commissioning.ALength
}

func (s *Session) askNumber() {
	d := s.draft
	d.asked = "number"
	number := d.columns[d.column][d.door].Number
	s.ask(commissioning.StepSize, "a number", []commissioning.Choice{offer("back", "draw.back"), offer(stop, "stop")},
		"draw.number", "Door", number)
	s.state.Door, s.state.Answer = number, commissioning.ANumber
}

// onSize takes what was typed: a measure of a new size, or a door's number.
func (s *Session) onSize(text string) error {
	d := s.draft
	if text == stop {
		s.draft = nil
		s.end()
		return nil
	}
	if text == "back" {
		if len(d.names) == 0 { // nothing can be drawn without a size
			s.draft = nil
			s.askWall()
			return nil
		}
		s.askDraw()
		return nil
	}
	if d.asked == "number" {
		if !isNumber(text) {
			return say("no_number", "Text", strconv.Quote(text))
		}
		d.count(text)
		s.askDraw()
		return nil
	}
	mm, err := strconv.Atoi(text)
	if err != nil || mm < 50 || mm > 2000 {
		return say("no_length", "Text", strconv.Quote(text))
	}
	switch d.asked {
	case "width":
		d.fresh.Width, d.asked = mm, "height"
	case "height":
		d.fresh.Height, d.asked = mm, "depth"
	default:
		d.fresh.Depth = mm
		d.sizes, d.names = append(d.sizes, d.fresh), append(d.names, d.fresh.Name)
		if c := d.columns[d.column]; len(c) == 0 {
			d.changeDoors(1)
		}
		s.askDraw()
		return nil
	}
	s.askLength()
	return nil
}

// count gives the door under way a number; those below it in the column count on.
func (d *draft) count(text string) {
	c := d.columns[d.column]
	first, err := strconv.Atoi(text)
	if err != nil {
		c[d.door].Number = text
		return
	}
	for i := d.door; i < len(c); i++ {
		c[i].Number = strconv.Itoa(first + i - d.door)
		for len(c[i].Number) < len(text) {
			c[i].Number = "0" + c[i].Number
		}
	}
}

// fit gives every door of the draft a lock: the one it was seen to open on, the
// one it has in the configuration, or else the next that is left.
func (s *Session) fit() (*Wall, error) {
	w := &Wall{Sizes: s.draft.sizes}
	found := everyLock(s.lines)
	at, owner := map[string]At{}, map[At]string{}
	give := func(number string, to At) {
		if _, has := at[number]; !has && owner[to] == "" && slices.Contains(found, to) {
			at[number], owner[to] = to, number
		}
	}
	drawn := map[string]bool{}
	for _, c := range s.draft.columns {
		for _, p := range c {
			if drawn[p.Number] {
				return nil, say("door_twice", "Door", p.Number)
			}
			drawn[p.Number] = true
		}
	}
	if len(drawn) == 0 {
		return nil, say("no_door_drawn")
	}
	for seen, number := range s.doors {
		give(number, seen)
	}
	for _, occupied := range []bool{true, false} {
		for _, d := range s.known.Doors {
			if slices.Contains(s.known.Occupied, d.Number) == occupied && (occupied || drawn[d.Number]) {
				give(d.Number, d.At)
			}
		}
	}
	left := slices.DeleteFunc(found, func(a At) bool { return owner[a] != "" })
	for _, c := range s.draft.columns {
		column := []Door{}
		for _, p := range c {
			if _, has := at[p.Number]; !has {
				if len(left) == 0 {
					return nil, say("no_lock_left", "Door", p.Number, "Count", len(everyLock(s.lines)))
				}
				at[p.Number], left = left[0], left[1:]
			}
			column = append(column, Door{Number: p.Number, Size: p.Size, At: at[p.Number]})
		}
		w.Columns = append(w.Columns, column)
	}
	return w, agrees(w.doors(), s.doors)
}

// drawn is the wall as it is to become, for the touchscreen; nil while it stays
// as it was.
func (s *Session) drawn() *commissioning.Wall {
	w := &commissioning.Wall{Locks: len(everyLock(s.lines)), Column: -1}
	sizes := []Size(nil)
	switch {
	case s.draft != nil:
		sizes, w.Column = s.draft.sizes, s.draft.column
		for _, c := range s.draft.columns {
			w.Columns = append(w.Columns, slices.Clone(c))
		}
	case s.wall != nil:
		sizes = s.wall.Sizes
		for _, c := range s.wall.Columns {
			var places []commissioning.Place
			for _, d := range c {
				places = append(places, commissioning.Place{Number: d.Number, Size: d.Size})
			}
			w.Columns = append(w.Columns, places)
		}
	default:
		return nil
	}
	for _, size := range sizes {
		w.Sizes = append(w.Sizes, commissioning.Size{
			Name: size.Name, Width: size.Width, Height: size.Height, Depth: size.Depth,
		})
	}
	return w
}
