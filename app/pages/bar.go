package pages

import (
	"cubby/app/kit"
	"cubby/locker/view"

	"fyne.io/fyne/v2"
)

// A Button is for an action, and drawn only when the view allows it.
type Button struct {
	Action view.ActionName
	Label  string // name of a message; empty: the action's plain label
	Kind   kit.Kind
}

// Back is the quiet button that leaves a page.
var Back = Button{view.ActBack, "", kit.Quiet}

// icons of the actions that every kind of visit may have, and of those on idle.
var icons = map[view.ActionName]string{
	view.ActBack: "back", view.ActFinish: "tick", view.ActTryAgain: "again", view.ActOpenAgain: "door-open",
	view.ActHelpClose: "back", view.ActCallStaff: "bell",
	view.ActStartPickup: "keypad", view.ActStartCourier: "courier", view.ActStartStaff: "badge",
	view.ActStartBearer: "parcel",
}

// buttons puts the main button first and large, the others below or beside it.
func buttons(s Sheet, p Plan) fyne.CanvasObject {
	l := s.Look
	var main fyne.CanvasObject
	rest := p.Extra
	if p.Submit != nil {
		main = p.Submit
	}
	for _, c := range allowed(s, p.Buttons, p.Drawn) {
		id := c.Label
		if id == "" {
			id = "action." + string(c.Action)
		}
		icon := s.Set.icon(c.Action, id)
		look := l
		if gate, late := s.Late[c.Action]; late {
			look.Gate = gate
		}
		b := kit.NewButton(look, c.Kind, icon, s.Say(id), func() { s.Do(c.Action, "") })
		if c.Kind == kit.Primary && main == nil {
			main = b
			continue
		}
		rest = append(rest, b)
	}
	switch {
	case main == nil && len(rest) == 0:
		return nil
	case l.Portrait:
		return stacked(l, main, rest, p.Last)
	default:
		return besides(l, main, rest, p.Last)
	}
}

// stacked is the bar of a portrait panel: the main button, then pairs; or the
// main button last.
func stacked(l kit.Look, main fyne.CanvasObject, rest []*kit.TouchButton, last bool) fyne.CanvasObject {
	var rows []fyne.CanvasObject
	if main != nil && !last {
		rows = append(rows, main)
	}
	for i := 0; i < len(rest); i += 2 {
		if i+1 < len(rest) {
			rows = append(rows, kit.Split(l.U(2), 0.5, rest[i], rest[i+1]))
		} else {
			rows = append(rows, rest[i])
		}
	}
	if main != nil && last {
		rows = append(rows, main)
	}
	return kit.Column(l.U(2), rows...)
}

// mostBeside is how many buttons have room in one row of a landscape panel.
const mostBeside = 5

// besides is the bar of a landscape panel: one row, the main button on the right;
// or on the left, which is where the others of the page before were. Where there are too
// many for that, what leaves and the main button have the lower of two rows.
func besides(l kit.Look, main fyne.CanvasObject, rest []*kit.TouchButton, last bool) fyne.CanvasObject {
	var row, others []fyne.CanvasObject
	if main != nil && last {
		row, main = append(row, kit.Fill(main)), nil
	}
	// Leaving stands on the left, away from the main button.
	for _, b := range rest {
		if b.Kind() == kit.Quiet {
			row = append(row, kit.Fill(b))
		} else {
			others = append(others, kit.Fill(b))
		}
	}
	two := len(rest) >= mostBeside && main != nil && len(others) > 0
	if !two {
		row = append(row, others...)
	}
	if main != nil {
		row = append(row, kit.Fill(main))
	} else if len(row) == 1 && !last {
		row = []fyne.CanvasObject{kit.Spring(), row[0], kit.Spring()} // alone it stands in the middle
	}
	if two {
		return kit.Column(l.U(2), kit.Row(l.U(2), others...), kit.Row(l.U(2), row...))
	}
	return kit.Row(l.U(2), row...)
}

// allowed are the plan's choices that the view lists without those of the figure, and after them what the
// view lists and the plan did not think of, so that a person is never stuck.
func allowed(s Sheet, wanted []Button, figure []view.ActionName) []Button {
	drawn := map[view.ActionName]bool{
		view.ActPIN:      true,
		view.ActAnswer:   true,
		view.ActLanguage: true,
		view.ActHelp:     true,
		view.ActMoreTime: true,
	}
	for _, name := range figure {
		drawn[name] = true
	}
	var out []Button
	for _, c := range wanted {
		if s.View.Allows(c.Action) {
			out = append(out, c)
		}
		drawn[c.Action] = true
	}
	for _, name := range s.View.Actions {
		if s.Set.icon(name, "") != "" && !drawn[name] {
			kind := kit.Secondary
			if name == view.ActBack {
				kind = kit.Quiet
			}
			out = append(out, Button{Action: name, Kind: kind})
			drawn[name] = true
		}
	}
	return out
}
