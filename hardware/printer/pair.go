package printer

import "strings"

// A Pair is a text with an amount at the right edge of its last line. Where both do not
// fit, the amount has a line of its own.
type Pair struct {
	Left, Right string
	Bold        bool
}

// leastLeft is how many columns the text keeps beside the amount.
const leastLeft = 8

func (x Pair) put(t *ticket) error {
	columns := t.paper.Dots / columnDots
	letters := t.paper.Letters
	left, right := letters.fit(x.Left), strings.Join(wrap(letters.fit(x.Right), columns, letters.columns), " ")
	columnsIn := func(s string) (n int) {
		for _, r := range s {
			n += letters.columns(r)
		}
		return n
	}
	taken := columnsIn(right) + 1
	room := columns - taken
	if room < leastLeft {
		room = columns
	}
	if x.Bold {
		t.raw(escBold)
	}
	lines := wrap(left, room, letters.columns)
	last := lines[len(lines)-1]
	for _, line := range lines[:len(lines)-1] {
		t.raw(letters.encode(line), []byte{'\n'})
	}
	gap := columns - columnsIn(last) - columnsIn(right)
	if gap < 1 {
		t.raw(letters.encode(last), []byte{'\n'})
		last, gap = "", max(columns-columnsIn(right), 0)
	}
	if right != "" {
		last += strings.Repeat(" ", gap) + right
	}
	t.raw(letters.encode(last), []byte{'\n'})
	if x.Bold {
		t.raw(escPlain)
	}
	return nil
}
