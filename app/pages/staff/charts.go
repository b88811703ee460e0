package staff

import (
	"strconv"

	"cubby/app/kit"
	"cubby/app/pages"
	"cubby/app/words"
	"cubby/locker/view"

	"fyne.io/fyne/v2"
)

// mostBars is how many bars one drawing has.
const mostBars = 12

// chart draws figures as bars below each other: each says what it is and its value, so
// that nobody has to measure, or to tell colours apart.
func chart(s pages.Sheet, c view.Chart) fyne.CanvasObject {
	l := s.Look
	title := pages.Told(s, c.Title, "staff.chart.", "staff.", "")
	rows := []fyne.CanvasObject{kit.NewText(title, l.Body(), true, kit.Ink).Cut().First(2)}
	bars := c.Bars[:min(len(c.Bars), mostBars)]
	if len(bars) == 0 {
		rows = append(rows, kit.NewText(s.Say("staff.chart.none"), l.Small(), false, kit.InkSoft))
	}
	gap := l.U(0.5)
	if !l.Portrait && len(bars) > 8 {
		gap = 0
	}
	most := int64(1)
	for _, b := range bars {
		most = max(most, b.Tenths)
	}
	for _, b := range bars {
		rows = append(rows, bar(s, c.Unit, b, float32(max(0, b.Tenths))/float32(most)))
	}
	return kit.Edged(kit.Card, kit.Stone, l.Radius(), l.U(3), l.U(1.5), kit.Column(gap, rows...))
}

// bar is one line of a drawing: a label, the bar, and its value.
func bar(s pages.Sheet, unit string, b view.ChartBar, share float32) fyne.CanvasObject {
	l := s.Look
	label := kit.NewText(pages.Clean(pages.Told(s, b.Label, "staff.chart.", "staff.", "")), l.Small(), false,
		kit.Ink).
		Cut().
		First(1)
	text := quantity(s, unit, b.Tenths)
	if b.Of > 0 {
		text += " " + s.Words.Say("staff.chart.of", words.Data{"Count": b.Of})
	}
	value := kit.NewText(text, l.Small(), true, kit.Ink).Cut()
	thin := kit.NewGround(kit.Accent, l.U(0.5))
	full := kit.Tall(
		l.U(3),
		kit.Split(0, max(share, 0.01), kit.Over(thin, kit.Space(0, 0)), kit.Space(0, 0)),
	)
	return kit.Split(
		l.U(2),
		0.34,
		kit.Middle(label),
		kit.Split(l.U(2), 0.6, kit.Middle(full), kit.Middle(value)),
	)
}

// quantity writes tenths of a unit.
func quantity(s pages.Sheet, unit string, tenths int64) string {
	value := strconv.FormatInt(tenths/10, 10)
	if rest := max(tenths, -tenths) % 10; rest != 0 {
		value += "." + strconv.FormatInt(rest, 10)
		if tenths < 0 && tenths > -10 {
			value = "-" + value
		}
	}
	if id := "staff.unit." + unit; s.Words.Has(id) {
		return s.Words.Say(id, words.Data{"Value": value})
	}
	return value
}

// figures are numbers of a day or a month: a table, and drawings below it.
func figures(s pages.Sheet) pages.Page {
	staff := s.View.OfStaff()
	p := begin(s, "staff_return_figures", "chart")
	p.Wide = true
	operations(s, &p, staff.Ops)
	if !empty(s, &p, "staff_return_figures", len(staff.Facts)+len(staff.Charts) == 0) {
		table(s, &p)
	}
	return pages.Compose(s, p)
}
