package desk

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"cubby/locker/ledger"
	"cubby/locker/people"
	"cubby/locker/returns"
	"cubby/locker/view"
	"cubby/locker/visit"
)

// openTotes are the totes that are being filled.
func openTotes(s *ledger.State) []returns.Tote {
	return slices.DeleteFunc(returns.Totes.All(s), func(b returns.Tote) bool { return b.Sealed != nil })
}

func showTotes(s *ledger.State, v visit.Visit, _ visit.Env, out *view.View) {
	for _, b := range openTotes(s) {
		item := view.StaffItem{
			Value: b.ID, Kind: "tote", Title: *text(b.ID), At: &b.Begun, Count: len(b.Items),
		}
		if b.For != "" {
			item.Detail = word("disposition", string(b.For))
		}
		out.Staff.Items = append(out.Staff.Items, item)
	}
	if may(s, v, people.GradeReturns) {
		out.Staff.Ops = []string{view.OpReturnTote}
	}
}

func pickTote(t *visit.Turn, id string) error {
	if b, ok := returns.Totes.Get(t.State, id); !ok || b.Sealed != nil {
		return stale()
	}
	goTo(t, place{Step: view.StepStaffReturnTote, Tote: id})
	return nil
}

// operateTotes asks for the label of a tote, where it cannot be scanned.
func operateTotes(t *visit.Turn, op string) error {
	if op != view.OpReturnTote || !may(t.State, t.Visit, people.GradeReturns) {
		return stale()
	}
	n := noteOf(t.Visit)
	n.Op = op
	question(t, view.StepStaffReturnNew, n)
	return nil
}

// scanTotes begins the tote whose label is scanned, or goes on with it.
func scanTotes(c visit.Present, t *visit.Turn) error {
	if _, staff := people.EmployeeWith(t.State, c.BadgeHash); staff {
		return scanned(c, t)
	}
	label := strings.TrimSpace(c.Text)
	if label == "" || c.CardNumber {
		t.Heard = view.HeardNotValid
		return nil
	}
	if _, is := caseIn(t.State, label); is { // a bag, not a tote
		t.Heard = view.HeardNotValid
		return nil
	}
	return beginTote(t, label)
}

func beginTote(t *visit.Turn, label string) error {
	done, err := do(t, returns.BeginTote{By: who(t.Visit), Tote: label})
	if done {
		goTo(t, place{Step: view.StepStaffReturnTote, Tote: label})
	}
	return err
}

func showTote(s *ledger.State, v visit.Visit, _ visit.Env, out *view.View) {
	b, ok := returns.Totes.Get(s, noteOf(v).at().Tote)
	if !ok {
		return
	}
	out.Staff.Parcel = b.ID
	var f facts
	f.text("tote", b.ID)
	if b.For != "" {
		f.add("disposition", word("disposition", string(b.For)))
	}
	f.text("count", strconv.Itoa(len(b.Items)))
	out.Staff.Facts = f
	for _, i := range b.Items {
		out.Staff.Items = append(out.Staff.Items, view.StaffItem{
			Value: fmt.Sprintf(
				"%s %d",
				i.Case,
				i.Item,
			), Kind: "item", Title: *text(unitsOf(i.Quantity, i.Title)),
			Detail: text(i.Case),
		})
	}
	out.Staff.Ops = toteOps(s, v)
}

func toteOps(s *ledger.State, v visit.Visit) (all []string) {
	b, ok := returns.Totes.Get(s, noteOf(v).at().Tote)
	if !ok || b.Sealed != nil || !may(s, v, people.GradeReturns) {
		return nil
	}
	if len(b.Items) > 0 {
		all = append(all, view.OpReturnSeal)
	}
	return append(all, view.OpReturnType)
}

// operateTote seals it and prints what is in it, or asks for the number of what goes in.
func operateTote(t *visit.Turn, op string) error {
	if !slices.Contains(toteOps(t.State, t.Visit), op) {
		return stale()
	}
	n := noteOf(t.Visit)
	id := n.at().Tote
	if op == view.OpReturnType {
		n.Op = op
		question(t, view.StepStaffReturnNew, n)
		return nil
	}
	if done, err := do(t, returns.SealTote{By: who(t.Visit), Tote: id}); !done {
		return err
	}
	n.Trail = n.Trail[:max(1, len(n.Trail)-1)]
	t.Keep(n)
	say(t, said(op, map[string]string{"Tote": id}))
	if t.Prints {
		job := t.NewID()
		t.Visit.Print, t.Visit.PrintJob = view.PrintBusy, job
		t.Order(returns.Print{
			Terminal: terminalOf(t.Visit), Visit: t.Visit.ID, Job: job, Document: "manifest", Tote: id,
			Language: t.Visit.Language,
		})
	}
	return nil
}

// scanTote lays what is scanned into the tote: by its bag's code, or the return's number.
func scanTote(c visit.Present, t *visit.Turn) error {
	if _, staff := people.EmployeeWith(t.State, c.BadgeHash); staff {
		return scanned(c, t)
	}
	id, ok := caseIn(t.State, c.Text)
	if !ok || c.Text == "" {
		t.Heard = view.HeardNotValid
		return nil
	}
	return fillTote(t, id)
}

func fillTote(t *visit.Turn, id string) error {
	done, err := do(t, returns.FillTote{By: who(t.Visit), Tote: noteOf(t.Visit).at().Tote, Case: id})
	if done {
		say(t, said(view.OpReturnTote, map[string]string{"Case": id}))
	}
	return err
}

// pickFromTote takes an item out of the tote again.
func pickFromTote(t *visit.Turn, value string) error {
	id, number, _ := strings.Cut(value, " ")
	item, _ := strconv.Atoi(number)
	b, _ := returns.Totes.Get(t.State, noteOf(t.Visit).at().Tote)
	if !slices.ContainsFunc(b.Items, func(i returns.ToteItem) bool { return i.Case == id && i.Item == item }) {
		return stale()
	}
	done, err := do(t, returns.TakeOut{
		By: who(t.Visit), Tote: b.ID, Case: id, Item: item,
	})
	if done {
		say(t, said("taken_out", map[string]string{"Case": id}))
	}
	return err
}
