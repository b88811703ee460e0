package pages

import (
	"cubby/app/kit"
	"cubby/locker/view"

	"fyne.io/fyne/v2"
)

// mostName is how much of a name the header shows, in characters.
const mostName = 32

// signedIn is who is signed in, and the button to sign out: a part of the header,
// at the same place on all their pages. It is nothing where nobody is.
func signedIn(s Sheet) []fyne.CanvasObject {
	l, staff := s.Look, s.View.OfStaff()
	if staff.Name == "" {
		return nil
	}
	side := l.U(4.5)
	who := Brief(staff.Name, mostName)
	if staff.Role != "" {
		who += ", " + Word(s, "staff.role.", staff.Role)
	}
	row := []fyne.CanvasObject{
		kit.Middle(kit.Sized(kit.Icon("person", kit.Ink), side, side)),
		kit.Fill(kit.Middle(kit.NewText(who, l.Small(), true, kit.Ink).Cut())),
	}
	if s.View.Allows(view.ActLeave) {
		b := kit.NewButton(l, kit.Secondary, "sign-out", s.Say("staff.leave"),
			func() { s.Do(view.ActLeave, "") })
		row = append(row, kit.Middle(kit.Sized(b, b.Natural(), l.Target(8))))
	}
	return row
}

// practice is the band that says that nothing on the page is real.
func practice(s Sheet) fyne.CanvasObject {
	l, side := s.Look, s.Look.U(5)
	hat := func() fyne.CanvasObject {
		return kit.Middle(kit.Sized(kit.Icon("practice", kit.OnAccent), side, side))
	}
	line := kit.NewText(s.Say("staff.practice.band"), l.Body(), true, kit.OnAccent).Centred()
	return kit.Panel(kit.Practice, 0, l.U(7), l.U(1),
		kit.Row(l.U(3), hat(), kit.Fill(kit.Middle(line)), hat()))
}

// framed puts a thick frame around a page of which nothing is real.
func framed(s Sheet, page fyne.CanvasObject) fyne.CanvasObject {
	if !s.View.OfStaff().Practice {
		return page
	}
	return kit.Over(kit.NewGround(kit.Clear, 0).Edge(kit.Practice, s.Look.U(1.5)), page)
}
