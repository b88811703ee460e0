package desk

import (
	"errors"
	"slices"
	"strconv"

	"cubby/locker/ledger"
	"cubby/locker/orders"
	"cubby/locker/plain"
	"cubby/locker/returns"
	"cubby/locker/returns/policy"
	"cubby/locker/view"
	"cubby/locker/visit"
)

// opWords is what the note's page asks for when the shop wants to have a reason in words.
const opWords = "return_reason"

// mostUnits bounds how many numbers a page offers.
const mostUnits = 100

func showUnits(s *ledger.State, v visit.Visit, env visit.Env, out *view.View) {
	most := unitsToAsk(s, v)
	for i := range min(most, mostUnits) {
		number := strconv.Itoa(i + 1)
		out.Staff.Items = append(
			out.Staff.Items,
			view.StaffItem{Value: number, Kind: "line", Title: *text(number)},
		)
	}
	showServe(s, v, env, out)
}

// unitsToAsk is how many can be picked: of an item that is graded, or of a line.
func unitsToAsk(s *ledger.State, v visit.Visit) int {
	n := noteOf(v)
	if _, i, ok := itemOf(s, n); ok && n.Serve.Item > 0 {
		return i.Quantity
	}
	o, _ := orders.Get(s, n.at().Order)
	l, ok := o.Line(n.Serve.Line)
	if !ok {
		return 0
	}
	return returns.Left(s, o, l)
}

func pickUnits(t *visit.Turn, value string) error {
	n := noteOf(t.Visit)
	units, err := strconv.Atoi(value)
	if err != nil || units < 1 || units > min(unitsToAsk(t.State, t.Visit), mostUnits) {
		return stale()
	}
	n.Serve.Units = units
	switch {
	case n.Serve.Item > 0:
		return graded(t, n)
	case n.Serve.Reason != "" && n.Op == view.OpReturnOverride:
		question(t, view.StepStaffReturnNote, n)
	default:
		question(t, view.StepStaffReturnReason, n)
	}
	return nil
}

// showServe says what has been picked so far.
func showServe(s *ledger.State, v visit.Visit, env visit.Env, out *view.View) {
	n := noteOf(v)
	var f facts
	if c, i, ok := itemOf(s, n); ok && n.Serve.Item > 0 {
		out.Staff.Parcel = c.ID + " " + strconv.Itoa(i.N)
		f = itemFacts(c, i)
		if n.Serve.Grade != "" {
			f.add("grade", word("grade", string(n.Serve.Grade)))
		}
		out.Staff.Facts = f
		return
	}
	o, _ := orderOf(s, n.at())
	if l, ok := o.Line(n.Serve.Line); ok {
		out.Staff.Parcel = o.ID + " " + l.ID
		f.text("title", unitsOf(n.Serve.Units, l.Title))
		f.text("serial", n.Serve.Serial)
	} else {
		f.text("title", n.Serve.Title)
		if n.Serve.Price > 0 {
			f.add("amount", paid(n.Serve.Price, currencyOf(s, v, env)))
		}
	}
	if n.Serve.Reason != "" {
		f.add("reason", word("return.reason", n.Serve.Reason))
	}
	out.Staff.Facts = f
}

// reasonsOf are the reasons that a page offers: those of the line's category, or all of the
// shop's for what no order is known of.
func reasonsOf(s *ledger.State, v visit.Visit, env visit.Env) []policy.Reason {
	n := noteOf(v)
	o, ok := orders.Get(s, n.at().Order)
	if !ok || n.Op == view.OpReturnUnverified {
		return returns.SettingsOf(env).RulesOf(n.Serve.Shop).AllReasons()
	}
	rules := returns.SettingsOf(env).RulesOf(o.Shop)
	l, _ := o.Line(n.Serve.Line)
	return rules.Reasons(l.Category)
}

func showReturnReasons(s *ledger.State, v visit.Visit, env visit.Env, out *view.View) {
	for _, r := range reasonsOf(s, v, env) {
		m := word("return.reason", r.Name)
		if text := r.Say[out.Language]; text != "" {
			m.Text = text
		} else if text := r.Say["en"]; text != "" {
			m.Text = text
		}
		out.Staff.Items = append(out.Staff.Items, view.StaffItem{Value: r.Name, Kind: "reason", Title: *m})
	}
	showServe(s, v, env, out)
}

func pickReturnReason(t *visit.Turn, value string) error {
	all := reasonsOf(t.State, t.Visit, t.Env)
	i := slices.IndexFunc(all, func(r policy.Reason) bool { return r.Name == value })
	if i < 0 {
		return stale()
	}
	n := noteOf(t.Visit)
	n.Serve.Reason = value
	switch {
	case n.Op == view.OpReturnOverride:
		question(t, view.StepStaffReturnNote, n)
	case n.Op == view.OpReturnUnverified:
		return takeUnverified(t, n)
	case all[i].Text:
		n.Op = opWords
		question(t, view.StepStaffReturnNote, n)
	default:
		return take(t, n, "")
	}
	return nil
}

// typedNote takes a text that was asked for: what it is for is the operation.
func typedNote(t *visit.Turn, value string) error {
	words, err := typed(value, 300)
	if err == nil {
		err = plain.Check(words, 300, "note", "/value")
	}
	if err != nil {
		return err
	}
	n := noteOf(t.Visit)
	switch n.Op {
	case view.OpReturnOverride:
		if n.Serve.Item > 0 { // of the amount
			n.Op, n.Serve.Override = view.OpReturnDecide, words
			question(t, view.StepStaffReturnDecide, n)
			return nil
		}
		n.Serve.Override = words
		return take(t, n, words)
	case view.OpReturnAdd:
		return addFound(t, n, words)
	case view.OpReturnGrade:
		return grade(t, n, words)
	case opWords:
		return take(t, n, words)
	}
	return stale()
}

// take asks for the return and takes the item over the counter in one go, so that nobody
// at another counter can take the same one. What happens to it is asked then.
func take(t *visit.Turn, n note, words string) error {
	p := n.at()
	o, _ := orders.Get(t.State, p.Order)
	l, _ := o.Line(n.Serve.Line)
	var c returns.Case
	request := returns.Request{
		By: who(
			t.Visit,
		), Channel: returns.AtCounter, Order: p.Order, Gift: p.Gift, Language: o.Language, Now: &c,
		Items: []returns.Ask{{
			Line: n.Serve.Line, Quantity: n.Serve.Units, Reason: n.Serve.Reason, Text: words,
			Serial: n.Serve.Serial, Override: n.Serve.Override,
		}},
	}
	if into, ok := returns.Cases.Get(t.State, p.Case); ok && into.MayGrow() &&
		into.Conditional == (returns.StandingOf(t.Env, l) != returns.Firm) {
		request.Into = into.ID
	}
	if err := request.Decide(t); err != nil {
		var why *ledger.Refusal
		if errors.As(err, &why) && why.Slug == "not-returnable" && p.Step == view.StepStaffReturnOrder {
			p.Step, p.Line, p.Text = view.StepStaffReturnLine, n.Serve.Line, n.Serve.Reason
			goTo(t, p) // the reason has changed the answer
			return nil
		}
		return refused(t, err)
	}
	return taken(t, n, c)
}

// taken goes on with what is at the counter now: how is it?
func taken(t *visit.Turn, n note, c returns.Case) error {
	if c.State == returns.Authorised || c.State == returns.Requested {
		if err := (returns.Drop{By: who(t.Visit), Case: c.ID, Now: &c}).Decide(t); err != nil {
			return refused(t, err)
		}
	}
	// Back leads to the order, where another line joins the same return.
	for i := range n.Trail {
		if n.Trail[i].Step == view.StepStaffReturnOrder && n.Trail[i].Order == c.Order {
			n.Trail[i].Case = c.ID
		}
	}
	if last := len(n.Trail) - 1; last > 0 && n.Trail[last].Step == view.StepStaffReturnLine {
		n.Trail = n.Trail[:last]
	}
	t.Keep(n)
	goTo(t, place{Step: view.StepStaffReturnCase, Case: c.ID})
	toGrade(t, c.Items[len(c.Items)-1].N)
	return nil
}
