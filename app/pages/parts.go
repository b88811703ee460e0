package pages

import (
	"strconv"

	"cubby/app/kit"
	"cubby/app/words"

	"fyne.io/fyne/v2"
)

// Parts shows as many rows as there is room for, and buttons to go on to the
// others: nothing is scrolled by a finger. row makes one; first tells that it is
// the first that is seen. less is the height that something else takes. What is shown begins with
// the row from.
func Parts(s Sheet, p *Plan, gap, less float32, n int,
	row func(i int, first bool) fyne.CanvasObject) (rows []fyne.CanvasObject, from int) {
	free := func() fyne.Size { return Free(s, *p).SubtractWidthHeight(0, less) }
	room := free()
	begin := split(room, gap, n, row)
	if len(begin) > 1 {
		p.Extra = append(p.Extra, turners(s, 0, 2)...)
		more := p.More
		p.More = where(s, more, 0, 2)
		room = free()
		begin = split(room, gap, n, row)
		at, _ := strconv.Atoi(s.Draft.Get(part))
		at = max(0, min(at, len(begin)-1))
		p.Extra = append(p.Extra[:len(p.Extra)-2], turners(s, at, len(begin))...)
		p.More = where(s, more, at, len(begin))
		from = begin[at]
		if at+1 < len(begin) {
			n = begin[at+1]
		}
	}
	for i := from; i < n; i++ {
		rows = append(rows, row(i, i == from))
	}
	p.Figure = func(Sheet) fyne.CanvasObject { return kit.Column(gap, append(rows, kit.Spring())...) }
	return rows, from
}

// split is with which rows the parts begin.
func split(room fyne.Size, gap float32, n int, row func(i int, first bool) fyne.CanvasObject) []int {
	from, left := []int{0}, room.Height
	for i := range n {
		first := i == from[len(from)-1]
		h := kit.HeightFor(row(i, first), room.Width)
		if h > left && !first {
			from, left = append(from, i), room.Height
			h = kit.HeightFor(row(i, true), room.Width)
		}
		left -= h + gap
	}
	return from
}

// where says which part is shown, after what else is said.
func where(s Sheet, more string, at, parts int) string {
	part := s.Words.Say("list.part", words.Data{"Part": at + 1, "Parts": parts})
	if more == "" {
		return part
	}
	return more + "\n" + part
}

// turners go through the parts.
func turners(s Sheet, at, parts int) []*kit.TouchButton {
	turn := func(by int) func() {
		return func() {
			if s.Draft != nil {
				s.Draft.Turn(part, strconv.Itoa(at+by))
			}
		}
	}
	back := kit.NewButton(s.Look, kit.Secondary, "back", s.Say("list.back"), turn(-1))
	back.Enable(at > 0)
	next := kit.NewButton(s.Look, kit.Secondary, "next", s.Say("list.next"), turn(1))
	next.Enable(at < parts-1)
	return []*kit.TouchButton{back, next}
}
