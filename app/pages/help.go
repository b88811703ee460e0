package pages

import (
	"cubby/app/kit"
	"cubby/locker/view"

	"fyne.io/fyne/v2"
)

// help is the page that lies over another one: what to do there, and whom to call.
func help(s Sheet) Page {
	h := s.View.Helping
	p := Plan{
		Mark: "help", Title: s.Say("help.title"), Lead: s.Say(helpAt(s)), Small: true,
		Figure: func(s Sheet) fyne.CanvasObject { return contacts(s, *h) },
		Buttons: []Button{
			{Action: view.ActHelpClose, Label: "help.close", Kind: kit.Primary},
			{Action: view.ActCallStaff, Label: "help.call", Kind: kit.Secondary},
		},
	}
	if h.Called {
		p.News = s.Say("help.called")
	}
	return Compose(s, p)
}

// helpAt is the message that says what to do on the page below: that of its step, or else of
// its kind.
func helpAt(s Sheet) string {
	for _, id := range []string{"help.at." + string(s.View.Step), "help.at." + string(s.View.Kind)} {
		if s.Words.Has(id) {
			return id
		}
	}
	return "help.at.any"
}

// contacts are what whoever is called wants to know, and where to call.
func contacts(s Sheet, h view.Helping) fyne.CanvasObject {
	l := s.Look
	var rows []fyne.CanvasObject
	add := func(name, value string) {
		if value != "" {
			rows = append(rows, kit.Column(l.U(0.5), kit.NewText(s.Say(name), l.Small(), false, kit.InkSoft),
				kit.NewText(value, l.U(6), true, kit.Ink)))
		}
	}
	add("help.phone", h.Phone)
	add("help.number", h.Number)
	card := kit.Panel(kit.Card, l.U(4), l.U(4), l.U(4), kit.Column(l.U(3), rows...))
	return kit.Column(0, card, kit.Spring())
}

// helpButton opens the help, in the header of each page that offers it.
func helpButton(s Sheet) fyne.CanvasObject {
	if !s.View.Allows(view.ActHelp) {
		return nil
	}
	b := kit.NewButton(s.Look, kit.Secondary, "", s.Say("help.button"), func() { s.Do(view.ActHelp, "") })
	return kit.Middle(kit.Sized(b, b.Natural(), s.Look.Target(8)))
}
