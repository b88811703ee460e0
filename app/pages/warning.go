package pages

import (
	"cubby/app/kit"
	"cubby/app/words"
	"cubby/locker/view"

	"fyne.io/fyne/v2"
)

// A Warning says that the time of a page is running out. It lies over the page.
type Warning struct {
	Object fyne.CanvasObject
	Covers bool // the page's buttons, which cannot be touched meanwhile
	set    func(seconds int)
	gate   *kit.Gate
}

// Open reports whether it takes touches already.
func (w Warning) Open() bool { return w.gate.Open() }

// Set shows the seconds that are left. It paints at most once for each second.
func (w Warning) Set(seconds int) { w.set(seconds) }

// NewWarning draws the warning for a page whose time ends in some seconds. When
// more time can be had it is a sheet with one large button, and touching
// anywhere else asks for more time too; when not, it is a strip in the page's
// foot, and the page stays usable to the end.
func NewWarning(s Sheet, seconds int) Warning {
	if s.View.Allows(view.ActMoreTime) && s.View.Extensions > 0 {
		return sheetWarning(s, seconds)
	}
	return stripWarning(s, seconds)
}

func sheetWarning(s Sheet, seconds int) Warning {
	l := s.Look
	more := func() { s.Do(view.ActMoreTime, "") }
	ring := kit.NewRing(l.U(16), seconds)
	title := kit.Column(l.U(0.5),
		kit.NewText(s.Say("warning.title"), l.U(7), true, kit.Ink),
		kit.NewText(s.Say("warning.lead"), l.Body(), false, kit.InkSoft))
	row := []fyne.CanvasObject{}
	if s.View.Allows(view.ActFinish) {
		row = append(
			row,
			kit.Fill(
				kit.NewButton(
					l,
					kit.Secondary,
					"tick",
					s.Say("action.finish"),
					func() { s.Do(view.ActFinish, "") },
				),
			),
		)
	} else if s.View.Allows(view.ActBack) {
		row = append(row, kit.Fill(kit.NewButton(l, kit.Secondary, "back", s.Say("action.back"), func() {
			s.Do(view.ActBack, "")
		})))
	}
	row = append(row, kit.Fill(kit.NewButton(l, kit.Primary, "clock", s.Say("warning.more"), more)))
	content := kit.Column(l.U(4),
		kit.Row(l.U(4), kit.Middle(kit.Sized(ring, l.U(16), l.U(16))), kit.Fill(kit.Middle(title))),
		kit.Row(l.U(2), row...))
	ground := kit.NewGround(kit.Card, l.U(4)).FlatFoot()
	// The sheet has a scrim too, or touches between its buttons would reach the page.
	panel := kit.Over(
		ground,
		kit.NewScrim(l, kit.Clear, more),
		kit.Inset(content, l.U(7), l.U(5), l.U(7), StripHeight(l)),
	)
	return Warning{
		Covers: true,
		gate:   s.Look.Gate,
		Object: kit.Column(0, kit.Fill(kit.NewScrim(l, kit.Dimmed, more)), panel),
		set:    func(n int) { ring.Set(n) },
	}
}

func stripWarning(s Sheet, seconds int) Warning {
	l := s.Look
	text := func(n int) string { return s.Words.Say("warning.strip", words.Data{"Seconds": max(0, n)}) }
	line := kit.NewText(text(seconds), l.Small(), true, kit.Warn).Centred()
	strip := kit.Panel(kit.WarnWash, 0, l.U(4), l.U(0.5), line)
	return Warning{
		Object: kit.Column(0, kit.Spring(), strip),
		set:    func(n int) { line.Set(text(n)) },
	}
}
