package pages

import (
	"fyne.io/fyne/v2"

	"cubby/app/kit"
)

// Slip is the card with a code to be scanned from the screen and a PIN below it; either may
// be empty. scan and or are the words between them.
func Slip(s Sheet, code, pin, scan, or string) fyne.CanvasObject {
	l := s.Look
	var slip []fyne.CanvasObject
	soft := func(id string) {
		slip = append(slip, kit.NewText(s.Say(id), l.Body(), false, kit.InkSoft).Centred())
	}
	if code != "" {
		side := l.U(84)
		if !l.Portrait {
			side = l.U(48)
		}
		if qr, err := kit.NewQR(code, side); err == nil {
			slip = append(slip, qr)
			soft(scan)
		}
	}
	if pin != "" {
		if len(slip) > 0 {
			soft(or)
		}
		slip = append(slip, kit.NewText(kit.Grouped(pin), l.U(8), true, kit.Ink).Centred())
	}
	return kit.Middle(kit.Edged(kit.Card, kit.Sand, l.Radius(), l.U(3), l.U(3), kit.Column(l.U(1), slip...)))
}
