package desk

import (
	"slices"

	"cubby/locker/ledger"
	"cubby/locker/orders"
	"cubby/locker/people"
	"cubby/locker/returns"
	"cubby/locker/view"
	"cubby/locker/visit"
)

// toDecide asks what the customer gets for an item. Where that cannot be said now the
// return is shown.
func toDecide(t *visit.Turn, item int) {
	n := noteOf(t.Visit)
	c, _ := returns.Cases.Get(t.State, n.at().Case)
	i, ok := c.Item(item)
	switch {
	case c.Conditional:
		say(t, view.Message{ID: "conditional"})
		return
	case !ok || i.Decision != "" || !may(t.State, t.Visit, people.DecideReturns):
		say(t, view.Message{ID: view.OpReturnGrade})
		return
	}
	n.Op, n.Serve = view.OpReturnDecide, serve{Item: item}
	question(t, view.StepStaffReturnDecide, n)
}

// A choice is a decision that is possible, with what is paid by it.
type choice struct {
	decision returns.Decision
	amount   int64
	tenders  []view.Message // where it goes
}

// choicesFor are the decisions that are possible for an item, the likeliest first.
func choicesFor(s *ledger.State, n note) (all []choice) {
	c, i, ok := itemOf(s, n)
	if !ok || !c.Here() || i.Result == "" || i.Paid {
		return nil
	}
	giveBack := choice{decision: returns.GiveBack}
	if c.Conditional {
		return []choice{giveBack}
	}
	o, known := orders.Get(s, c.Order)
	amount := i.Refund
	if n.Serve.Amount != nil {
		amount = *n.Serve.Amount
	}
	if amount == 0 {
		all = append(all, giveBack)
	}
	money := func(d returns.Decision, minor int64, tenders ...view.Message) {
		all = append(all, choice{d, minor, tenders})
	}
	if amount > 0 {
		original := known && !c.Gift && !c.Unverified && returns.Payable(s, o, amount)
		if original {
			money(returns.RefundOriginal, amount, wayBack(s, o, amount)...)
		}
		money(returns.RefundGiftCard, amount, tenderAmount("gift_card", amount, c.Currency))
		if original && slices.ContainsFunc(o.Tenders, func(p orders.Tender) bool {
			return p.Kind == orders.Points
		}) {
			money(returns.RefundPoints, amount, tenderAmount("points", amount, c.Currency))
		}
		if known && (c.Swap == nil || c.Swap.SKU == "" && c.Swap.Title == "") && !c.Gift {
			money(returns.Exchange, 0)
		}
		if known && i.Line != "" {
			money(returns.Repair, 0)
		}
		if original && i.Share > 1 {
			money(returns.Partial, 0)
		}
		if original && i.Keep {
			money(returns.KeepItem, amount, wayBack(s, o, amount)...)
		}
		all = append(all, giveBack)
	}
	want := map[string]returns.Decision{
		"gift_card": returns.RefundGiftCard, "points": returns.RefundPoints, "exchange": returns.Exchange,
	}[c.Prefer]
	slices.SortStableFunc(
		all,
		func(a, b choice) int { return rank(a.decision, want) - rank(b.decision, want) },
	)
	return all
}

// rank puts what the customer has asked for first.
func rank(d, want returns.Decision) int {
	if d == want {
		return 0
	}
	return 1
}

// wayBack is how much of an amount goes back on which tender.
func wayBack(s *ledger.State, o orders.Order, amount int64) (all []view.Message) {
	for _, piece := range returns.Split(s, o, amount) {
		all = append(all, tenderAmount(string(piece.Tender.Kind), piece.Amount, o.Currency))
	}
	return all
}

func showChoices(s *ledger.State, v visit.Visit, env visit.Env, out *view.View) {
	n := noteOf(v)
	if n.Op == view.OpReturnRetry {
		showWays(s, n, out)
		return
	}
	showServe(s, v, env, out)
	c, i, ok := itemOf(s, n)
	if !ok {
		return
	}
	f := facts(out.Staff.Facts)
	f.add("paid", paid(i.Share, c.Currency))
	amount := i.Refund
	if n.Serve.Amount != nil {
		amount = *n.Serve.Amount
	}
	f.add("amount", paid(amount, c.Currency))
	if i.Result != returns.NotThere {
		f.add("disposition", word("disposition", string(returns.Standard(s, env, c, i))))
	}
	for _, b := range i.Rules {
		why := returns.ByRule(returns.Say(b, c.Currency))
		f.add("rule", &why)
	}
	out.Staff.Facts = f
	for _, one := range choicesFor(s, n) {
		out.Staff.Items = append(out.Staff.Items, view.StaffItem{
			Value: string(one.decision), Kind: string(one.decision),
			Title: *word("decision", string(one.decision)), Detail: list(one.tenders...),
		})
	}
	out.Staff.Ops = choiceOps(s, v)
}

// choiceOps: more than the rules give may be paid by who may, up to the shop's ceiling.
func choiceOps(s *ledger.State, v visit.Visit) []string {
	n := noteOf(v)
	c, i, ok := itemOf(s, n)
	if ok && n.Op == view.OpReturnDecide && !c.Conditional && !i.Paid && i.Refund < i.Share &&
		n.Serve.Amount == nil && may(s, v, people.OverrideReturns) {
		return []string{view.OpReturnOverride}
	}
	return nil
}

func operateChoice(t *visit.Turn, op string) error {
	if !slices.Contains(choiceOps(t.State, t.Visit), op) {
		return stale()
	}
	n := noteOf(t.Visit)
	n.Op = view.OpReturnOverride
	question(t, view.StepStaffReturnPrice, n)
	return nil
}

func pickChoice(t *visit.Turn, value string) error {
	n := noteOf(t.Visit)
	if n.Op == view.OpReturnRetry {
		return pickWay(t, n, value)
	}
	if !slices.ContainsFunc(choicesFor(t.State, n), func(c choice) bool {
		return c.decision == returns.Decision(value)
	}) {
		return stale()
	}
	n.Serve.Decision = returns.Decision(value)
	switch n.Serve.Decision {
	case returns.Partial:
		n.Op = view.OpReturnDecide
		question(t, view.StepStaffReturnPrice, n)
		return nil
	case returns.Exchange:
		n.Op = string(returns.Exchange)
		question(t, view.StepStaffReturnNew, n)
		return nil
	}
	return settle(t, n, nil)
}

// settle decides, and shows the return with what follows.
func settle(t *visit.Turn, n note, swap *returns.Swap) error {
	c, i, ok := itemOf(t.State, n)
	if !ok {
		return stale()
	}
	command := returns.Settle{
		By: who(
			t.Visit,
		), Case: c.ID, Item: i.N, Decision: n.Serve.Decision, Reason: n.Serve.Override, Swap: swap,
	}
	if n.Serve.Decision.Pays() {
		command.Amount = n.Serve.Amount
	}
	if done, err := do(t, command); !done {
		return err
	}
	c, i, _ = itemOf(t.State, n)
	m := said(view.OpReturnDecide, map[string]string{"Decision": string(i.Decision)})
	m.Money = map[string]view.Money{"Amount": amountOf(i.Amount, c.Currency)}
	if i.Amount == 0 {
		m.ID = "return_decided" // without money
	}
	say(t, m)
	return nil
}
