package pages

import (
	"cubby/app/kit"
	"cubby/locker/view"

	"fyne.io/fyne/v2"
)

// NewHeard draws the answer to a scan for a page that has one. It lies over the
// page's foot for some seconds, so that nothing moves under a typing finger.
func NewHeard(s Sheet) fyne.CanvasObject {
	l := s.Look
	ground, icon := kit.Warn, "warning"
	if heardRead(s.View.Heard) {
		ground, icon = kit.Good, "check"
	}
	side := l.U(4.5)
	return kit.Column(0, kit.Spring(), kit.Panel(ground, 0, l.U(7), l.U(0.75), kit.Row(l.U(2),
		kit.Middle(kit.Sized(kit.Icon(icon, kit.OnAccent), side, side)),
		kit.Fill(kit.Middle(kit.NewText(heardText(s), l.U(4), true, kit.OnAccent))))))
}

func heardRead(h view.Heard) bool {
	switch h {
	case view.HeardFirst, view.HeardLater, view.HeardNotValid, view.HeardBusy, view.HeardBadge:
		return false
	}
	return true
}

// heardText is what is said to whoever has scanned something.
func heardText(s Sheet) string {
	switch h := s.View.Heard; {
	case heardRead(h):
		if id := "heard.read_" + string(s.View.Step); s.Words.Has(id) {
			return s.Say(id)
		}
		return s.Say("heard.read")
	default:
		return s.Say(s.Set.heard(s.View.Step, h))
	}
}
