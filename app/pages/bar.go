package pages

import (
	"cubby/app/kit"
	"cubby/locker/view"

	"fyne.io/fyne/v2"
)

// A choice is a button for an action, drawn only when the view allows it.
type choice struct {
	name  view.ActionName
	label string // message id; empty: the action's plain label
	kind  kit.Kind
}

// icons of the actions.
var icons = map[view.ActionName]string{
	view.ActBack: "back", view.ActFinish: "tick", view.ActTryAgain: "again", view.ActTaken: "tick",
	view.ActOpenAgain: "door-open", view.ActTooBig: "parcel", view.ActBroken: "wrench", view.ActOccupied: "hand",
	view.ActUndo: "undo", view.ActOtherDoor: "door", view.ActReceipt: "receipt", view.ActPrint: "printer",
	view.ActStartPickup: "keypad", view.ActStartCourier: "courier",
}

// otherIcons are those of buttons that mean something else than their action
// does elsewhere.
var otherIcons = map[string]string{
	"fit.cancel": "clear", "fit.leave_now": "clear", "fit.go_on": "again",
	"pickup_open.does_not_close": "door-open",
}

// buttons puts the main button first and large, the others below or beside it.
func buttons(s Sheet, p plan) fyne.CanvasObject {
	l := s.Look
	var main fyne.CanvasObject
	rest := p.extra
	if p.submit != nil {
		main = p.submit
	}
	for _, c := range allowed(s, p.choices) {
		id := c.label
		if id == "" {
			id = "action." + string(c.name)
		}
		icon := icons[c.name]
		if other, ok := otherIcons[id]; ok {
			icon = other
		}
		look := l
		if gate, late := s.Late[c.name]; late {
			look.Gate = gate
		}
		b := kit.NewButton(look, c.kind, icon, s.say(id), func() { s.Do(c.name, "") })
		if c.kind == kit.Primary && main == nil {
			main = b
			continue
		}
		rest = append(rest, b)
	}
	switch {
	case main == nil && len(rest) == 0:
		return nil
	case l.Portrait:
		return stacked(l, main, rest, p.last)
	default:
		return besides(l, main, rest, p.last)
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

// besides is the bar of a landscape panel: one row, the main button on the right;
// or on the left, which is where the others of the page before were.
func besides(l kit.Look, main fyne.CanvasObject, rest []*kit.TouchButton, last bool) fyne.CanvasObject {
	var row []fyne.CanvasObject
	if main != nil && last {
		row, main = append(row, main), nil
	}
	// Leaving stands on the left, away from the main button.
	for _, b := range rest {
		if b.Kind() == kit.Quiet {
			row = append(row, b)
		}
	}
	for _, b := range rest {
		if b.Kind() != kit.Quiet {
			row = append(row, b)
		}
	}
	for i := range row {
		row[i] = kit.Fill(row[i])
	}
	if main != nil {
		row = append(row, kit.Fill(main))
	} else if len(row) == 1 && !last {
		row = append(row, kit.Spring())
	}
	return kit.Row(l.U(2), row...)
}

// allowed are the plan's choices that the view lists, and after them what the
// view lists and the plan did not think of, so that a person is never stuck.
func allowed(s Sheet, wanted []choice) []choice {
	drawn := map[view.ActionName]bool{view.ActPIN: true, view.ActAnswer: true, view.ActLanguage: true, view.ActMoreTime: true}
	var out []choice
	for _, c := range wanted {
		if s.View.Allows(c.name) {
			out = append(out, c)
		}
		drawn[c.name] = true
	}
	for _, name := range s.View.Actions {
		if _, known := icons[name]; known && !drawn[name] {
			kind := kit.Secondary
			if name == view.ActBack {
				kind = kit.Quiet
			}
			out = append(out, choice{name: name, kind: kind})
			drawn[name] = true
		}
	}
	return out
}
