package commission

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// A Wall is the front of the station as it was named. Sizes that the
// configuration has already need not be named again.
type Wall struct {
	Sizes   []Size
	Columns [][]Door // left to right, each from top to bottom
}

// A Size is one class of compartment, millimetres inside.
type Size struct {
	Name                 string
	Width, Height, Depth int
}

// layoutForm explains how a wall is written.
const layoutForm = `lines or parts parted by ";": "size M 400x190x500" (width x height x depth inside, mm), ` +
	`then one "column 1:M 2:M 3:L" for each column, left to right, doors from the top; ` +
	`a door takes the next lock of the boards in order, or the one named: "7:M@main/0/5"`

// readWall reads a wall from the text a person has written, and gives its doors
// their locks. seen are doors that were opened; the wall must agree with them.
func readWall(text string, lines []Line, sizes []string, seen map[At]string) (*Wall, error) {
	w := &Wall{}
	locks := everyLock(lines)
	next := 0
	numbers, taken := map[string]bool{}, map[At]string{}
	for _, part := range strings.FieldsFunc(text, func(r rune) bool { return r == '\n' || r == ';' }) {
		words := strings.Fields(part)
		switch {
		case len(words) == 0:
		case words[0] == "size" && len(words) == 3:
			size, err := readSize(words[1], words[2])
			if err != nil {
				return nil, err
			}
			w.Sizes = append(w.Sizes, size)
			sizes = append(sizes, size.Name)
		case words[0] == "column":
			var column []Door
			for _, word := range words[1:] {
				d, named, err := readDoor(word)
				if err != nil {
					return nil, err
				}
				switch {
				case numbers[d.Number]:
					return nil, fmt.Errorf("door %s is there twice", d.Number)
				case !slices.Contains(sizes, d.Size):
					return nil,
						fmt.Errorf("door %s has size %q, which is not there: write \"size %s "+
							"WIDTHxHEIGHTxDEPTH\" before", d.Number, d.Size, d.Size)
				case named:
					next = slices.Index(locks, d.At) + 1
					if next == 0 {
						return nil, fmt.Errorf("door %s is on lock %s, which was not found", d.Number, d.At)
					}
				case next >= len(locks):
					return nil, fmt.Errorf("there is no lock left for door %s: %d locks were found",
						d.Number, len(locks))
				default:
					d.At = locks[next]
					next++
				}
				if other, ok := taken[d.At]; ok {
					return nil, fmt.Errorf("lock %s is given to door %s and door %s", d.At, other, d.Number)
				}
				numbers[d.Number], taken[d.At] = true, d.Number
				column = append(column, d)
			}
			w.Columns = append(w.Columns, column)
		default:
			return nil, fmt.Errorf("%q is not understood: write %s", strings.TrimSpace(part), layoutForm)
		}
	}
	if len(numbers) == 0 {
		return nil, fmt.Errorf("there is no door in it: write %s", layoutForm)
	}
	return w, agrees(w.doors(), seen)
}

// agrees holds a wall against the doors that were seen to open.
func agrees(doors []Door, seen map[At]string) error {
	for at, number := range seen {
		i := slices.IndexFunc(doors, func(d Door) bool { return d.At == at })
		switch {
		case i < 0:
			return say("seen_elsewhere", "Door", number, "Lock", at)
		case doors[i].Number != number:
			return say("seen_other", "Door", number, "Lock", at, "Other", doors[i].Number, "Size", doors[i].Size)
		}
	}
	return nil
}

func (w *Wall) doors() (all []Door) {
	for _, c := range w.Columns {
		all = append(all, c...)
	}
	return all
}

func everyLock(lines []Line) (all []At) {
	for _, l := range lines {
		for _, b := range l.Boards {
			for lock := 1; lock <= b.Channels; lock++ {
				all = append(all, At{l.Name, b.Address, lock})
			}
		}
	}
	return all
}

func readSize(name, text string) (Size, error) {
	s := Size{Name: name}
	parts := strings.Split(text, "x")
	for i, into := range []*int{&s.Width, &s.Height, &s.Depth} {
		var err error
		if len(parts) != 3 {
			err = strconv.ErrSyntax
		} else {
			*into, err = strconv.Atoi(parts[i])
		}
		if err != nil || *into <= 0 {
			return s, fmt.Errorf("size %s is %q: write width x height x depth in millimetres, such as 400x190x500",
				name, text)
		}
	}
	return s, nil
}

// readDoor reads NUMBER:SIZE or NUMBER:SIZE@LINE/BOARD/LOCK.
func readDoor(word string) (d Door, named bool, err error) {
	door, at, named := strings.Cut(word, "@")
	number, size, ok := strings.Cut(door, ":")
	d.Number, d.Size = number, size
	if !ok || !isNumber(number) || size == "" {
		return d, named, fmt.Errorf("%q is no door: write NUMBER:SIZE, such as 7:M", word)
	}
	if !named {
		return d, false, nil
	}
	parts := strings.Split(at, "/")
	if len(parts) == 3 {
		d.At.Line = parts[0]
		var bad [2]error
		d.At.Address, bad[0] = strconv.Atoi(parts[1])
		d.At.Lock, bad[1] = strconv.Atoi(parts[2])
		if bad[0] == nil && bad[1] == nil {
			return d, true, nil
		}
	}
	return d, true, fmt.Errorf("%q is no lock: write LINE/BOARD/LOCK, such as main/0/5", at)
}
