package desk

import (
	"slices"
	"strings"

	"cubby/locker/ledger"
	"cubby/locker/people"
	"cubby/locker/returns"
	"cubby/locker/view"
	"cubby/locker/visit"
)

// toGrade asks how an item is. Whoever may not grade stays at the return.
func toGrade(t *visit.Turn, item int) {
	if !may(t.State, t.Visit, people.GradeReturns) {
		return
	}
	n := noteOf(t.Visit)
	n.Op, n.Serve = view.OpReturnGrade, serve{Item: item}
	question(t, view.StepStaffReturnGrade, n)
}

// gradesOf are the grades that a page offers: what nobody had said is added on a page of
// its own, and only from a bag can something be missing.
func gradesOf(c returns.Case) []returns.Grade {
	return slices.DeleteFunc(slices.Clone(returns.Grades), func(g returns.Grade) bool {
		return g == returns.Undeclared || g == returns.NotThere && c.Channel == returns.AtCounter
	})
}

func showGrades(s *ledger.State, v visit.Visit, env visit.Env, out *view.View) {
	c, _, ok := itemOf(s, noteOf(v))
	if !ok {
		return
	}
	for _, g := range gradesOf(c) {
		out.Staff.Items = append(out.Staff.Items, view.StaffItem{
			Value: string(g), Kind: string(g), Title: *word("grade", string(g)),
		})
	}
	showServe(s, v, env, out)
}

// itemFacts is what is known of an item.
func itemFacts(c returns.Case, i returns.Item) (f facts) {
	f.text("title", unitsOf(i.Quantity, i.Title))
	f.text("serial", i.Serial)
	if i.Reason != "" {
		f.add("reason", word("return.reason", i.Reason))
	}
	if i.Result != "" {
		f.add("grade", word("grade", string(i.Result)))
	}
	for _, signal := range c.Signals {
		f.add("signal", word("signal", signal))
	}
	return f
}

func pickGrade(t *visit.Turn, value string) error {
	n := noteOf(t.Visit)
	c, i, ok := itemOf(t.State, n)
	if !ok || !slices.Contains(gradesOf(c), returns.Grade(value)) {
		return stale()
	}
	n.Serve.Grade = returns.Grade(value)
	if i.Quantity > 1 && i.Decision == "" {
		question(t, view.StepStaffReturnQuantity, n)
		return nil
	}
	n.Serve.Units = i.Quantity
	return graded(t, n)
}

// graded goes on with a grade: some need a note.
func graded(t *visit.Turn, n note) error {
	if n.Serve.Grade.NeedsNote() {
		question(t, view.StepStaffReturnNote, n)
		return nil
	}
	return grade(t, n, "")
}

func grade(t *visit.Turn, n note, words string) error {
	c, i, ok := itemOf(t.State, n)
	if !ok {
		return stale()
	}
	done, err := do(t, returns.Grading{
		By: who(t.Visit), Case: c.ID, Item: i.N, Quantity: n.Serve.Units, Result: n.Serve.Grade, Note: words,
		Serial: n.Serve.Serial,
	})
	if !done {
		return err
	}
	if n.Serve.Grade.NeedsNote() && n.Serve.Grade != returns.NotThere && hasCamera(t.Env) {
		n.Op = view.OpReturnGrade
		question(t, view.StepStaffReturnPhoto, n)
		return nil
	}
	toDecide(t, i.N)
	return nil
}

// scanGrade answers a scan while an item is looked at: its serial number is noted.
func scanGrade(c visit.Present, t *visit.Turn) error {
	if _, staff := people.EmployeeWith(t.State, c.BadgeHash); staff {
		return scanned(c, t)
	}
	n := noteOf(t.Visit)
	_, i, _ := itemOf(t.State, n)
	o, _ := orderOf(t.State, n.at())
	l, _ := o.Line(i.Line)
	switch code := strings.TrimSpace(c.Text); {
	case code == "" || c.CardNumber || c.CodeHash != "" && c.Text == "":
		t.Heard = view.HeardFirst
	case code == l.GTIN || code == l.SKU:
		t.Heard = view.HeardRead
	case len(l.Serials) > 0:
		n.Serve.Serial = code
		t.Keep(n)
		t.StartClock()
		t.Heard = view.HeardRead
	default:
		t.Heard = view.HeardFirst
	}
	return nil
}

// scanServe answers a scan on a page that asks about something under way: a badge does what
// it does everywhere, and the rest has to wait.
func scanServe(c visit.Present, t *visit.Turn) error {
	if _, staff := people.EmployeeWith(t.State, c.BadgeHash); staff {
		return scanned(c, t)
	}
	t.Heard = view.HeardFirst
	return nil
}

func hasCamera(env visit.Env) bool {
	name := env.Terminal
	if name == "" {
		name = visit.Kiosk
	}
	return slices.Contains(returns.SettingsOf(env).Cameras, name)
}

var photoActs = []visit.Act{
	{Name: view.ActPhoto, Do: func(t *visit.Turn) {
		id := strings.ReplaceAll(t.NewID(), "-", "")
		t.Visit.Picture, t.Visit.Camera = id, ""
		t.StartClock()
		t.Order(returns.TakePhoto{Terminal: terminalOf(t.Visit), Visit: t.Visit.ID, ID: id})
	}},
	{Name: view.ActYes, Do: keepPhoto, When: func(_ *ledger.State, v visit.Visit, _ visit.Env) bool {
		return v.Camera == "taken"
	}},
	{Name: view.ActSkip, Do: pictured, When: func(_ *ledger.State, v visit.Visit, _ visit.Env) bool {
		return v.Camera == "failed"
	}},
}

func showPhoto(s *ledger.State, v visit.Visit, env visit.Env, out *view.View) {
	showServe(s, v, env, out)
}

func keepPhoto(t *visit.Turn) {
	c, i, ok := itemOf(t.State, noteOf(t.Visit))
	if !ok {
		back(t)
		return
	}
	keep := returns.KeepPhoto{Case: c.ID, Item: i.N, Photo: t.Visit.Picture}
	if done, _ := do(t, keep); done {
		pictured(t)
	}
}

// pictured goes on when there is a picture, or none can be taken.
func pictured(t *visit.Turn) {
	n := noteOf(t.Visit)
	if n.Op == view.OpReturnPhoto {
		say(t, view.Message{ID: view.OpReturnPhoto})
		return
	}
	toDecide(t, n.Serve.Item)
}

// addFound notes something that nobody had said. What it is and where it was found are one
// text.
func addFound(t *visit.Turn, n note, words string) error {
	done, err := do(t, returns.AddItem{
		By: who(t.Visit), Case: n.at().Case, Title: words[:min(len(words), 200)], Note: words, Quantity: 1,
	})
	if done {
		say(t, view.Message{ID: view.OpReturnAdd})
	}
	return err
}
