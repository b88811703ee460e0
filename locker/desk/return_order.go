package desk

import (
	"slices"
	"strconv"

	"cubby/locker/ledger"
	"cubby/locker/orders"
	"cubby/locker/people"
	"cubby/locker/returns"
	"cubby/locker/returns/policy"
	"cubby/locker/view"
	"cubby/locker/visit"
)

// basisOf is what lines of an order are judged on at the counter.
func basisOf(env visit.Env, o orders.Order, gift bool) returns.Basis {
	return returns.Basis{Order: o, Channel: returns.AtCounter, Gift: gift, At: env.Now}
}

// judged says for one unit of a line whether it may come back: by the reason that was
// given, or by any that there is. Of what may not the first word is kept.
func judged(s *ledger.State, env visit.Env, p place, o orders.Order, l orders.Line) (v policy.Verdict) {
	rules := returns.SettingsOf(env).RulesOf(o.Shop)
	reasons := []string{p.Text}
	if p.Text == "" {
		reasons = []string{rules.FirstReason(l.Category)}
		for _, r := range rules.Reasons(l.Category) {
			reasons = append(reasons, r.Name)
		}
	}
	for i, reason := range reasons {
		one := returns.Judge(s, env, basisOf(env, o, p.Gift),
			[]returns.Ask{{Line: l.ID, Quantity: 1, Reason: reason}})[0]
		if i == 0 || one.Eligible {
			v = one
		}
		if one.Eligible {
			break
		}
	}
	return v
}

// A lineNow is how a line stands at the counter.
type lineNow struct {
	left    int
	may     bool // come back by the rules
	firm    returns.Standing
	verdict policy.Verdict
}

func lineNowOf(s *ledger.State, env visit.Env, p place, o orders.Order, l orders.Line) lineNow {
	n := lineNow{left: returns.Left(s, o, l), firm: returns.StandingOf(env, l)}
	if n.left > 0 {
		n.verdict = judged(s, env, p, o, l)
		n.may = n.verdict.Eligible && n.firm != returns.LeasedThere && !o.Cancelled
	}
	return n
}

// because says why a line can come back, or cannot: what decides first.
func (n lineNow) because(o orders.Order, l orders.Line) (all []view.Message) {
	switch {
	case o.Cancelled:
		return []view.Message{{ID: "order_cancelled"}}
	case n.left == 0:
		return []view.Message{{ID: "return.because.back_already"}}
	case n.firm == returns.LeasedThere:
		return []view.Message{{
			ID: "return.because.leased_elsewhere", Data: map[string]string{"Site": l.Lease.Site},
		}}
	}
	if n.firm == returns.IfAgreed {
		all = append(all, view.Message{ID: "conditional"})
	}
	for _, b := range n.verdict.Because {
		all = append(all, returns.Say(b, o.Currency))
	}
	return all
}

func showOrder(s *ledger.State, v visit.Visit, env visit.Env, out *view.View) {
	p := noteOf(v).at()
	o, ok := orders.Get(s, p.Order)
	if !ok {
		return
	}
	o = o.Priced()
	out.Staff.Parcel = o.ID
	out.Staff.Facts = orderFacts(s, o)
	if p.Gift {
		out.Staff.Facts = append(
			out.Staff.Facts,
			view.StaffFact{Name: "state", Value: &view.Message{ID: "gift"}},
		)
	}
	if c, ok := returns.Cases.Get(s, p.Case); ok {
		out.Staff.Facts = append(out.Staff.Facts, view.StaffFact{Name: "case", Value: text(c.ID)})
	}
	conditional := false
	for _, l := range o.Lines {
		now := lineNowOf(s, env, p, o, l)
		item := view.StaffItem{Value: l.ID, Kind: "line", Title: *text(l.Title), Count: now.left}
		why := now.because(o, l)
		item.Detail = list(why[:min(len(why), 1)]...)
		if now.may {
			each := paid(now.verdict.Refund, o.Currency)
			item.Detail = list(append([]view.Message{*each}, why[:min(len(why), 1)]...)...)
		} else {
			item.Harm = "notice"
		}
		conditional = conditional || now.may && now.firm == returns.IfAgreed
		out.Staff.Items = append(out.Staff.Items, item)
	}
	if conditional {
		f := view.StaffFact{Name: "state", Value: &view.Message{ID: "conditional"}}
		out.Staff.Facts = append([]view.StaffFact{f}, out.Staff.Facts...)
	}
}

func orderFacts(s *ledger.State, o orders.Order) (f facts) {
	f.text("order", o.ID)
	f.add("channel", word("channel", string(o.Channel)))
	f.at("ordered", &o.Ordered)
	f.at("delivered", o.Delivered)
	var sum, back int64
	var tenders []view.Message
	for _, p := range o.Tenders {
		sum += p.Amount
		back += p.RefundedElsewhere + returns.Refunded(s, o.ID, p.ID)
		tenders = append(tenders, tenderAmount(string(p.Kind), p.Amount, o.Currency))
	}
	f.add("paid", paid(sum, o.Currency))
	f.add("tender", list(tenders...))
	if back > 0 {
		f.add("refunded", paid(back, o.Currency))
	}
	return f
}

// tenderAmount is how much goes to, or came from, one tender.
func tenderAmount(kind string, minor int64, currency string) view.Message {
	m := paid(minor, currency)
	m.ID, m.Data = "tender_amount", map[string]string{"Tender": kind}
	m.Text = kind + " " + m.Text
	return *m
}

// pickLine picks what comes back, or shows why it cannot.
func pickLine(t *visit.Turn, id string) error {
	n := noteOf(t.Visit)
	p := n.at()
	o, _ := orders.Get(t.State, p.Order)
	l, ok := o.Line(id)
	if !ok {
		return stale()
	}
	now := lineNowOf(t.State, t.Env, p, o, l)
	if !now.may {
		p.Step, p.Line = view.StepStaffReturnLine, id
		goTo(t, p)
		return nil
	}
	n.Op, n.Serve = "", serve{Line: id, Units: 1}
	askUnits(t, n, now.left)
	return nil
}

// askUnits asks how many of a line come back, where it is not one alone.
func askUnits(t *visit.Turn, n note, left int) {
	if left > 1 {
		question(t, view.StepStaffReturnQuantity, n)
		return
	}
	question(t, view.StepStaffReturnReason, n)
}

// pickSerial picks the line of a thing by its serial number, article number or SKU.
func pickSerial(t *visit.Turn, o orders.Order, code string) error {
	for _, l := range o.Lines {
		serial := slices.Contains(l.Serials, code)
		if !serial || returns.Left(t.State, o, l) == 0 {
			continue
		}
		if err := pickLine(t, l.ID); err != nil || t.Visit.Step == view.StepStaffReturnLine {
			return err
		}
		n := noteOf(t.Visit)
		n.Serve.Serial = code
		if t.Visit.Step == view.StepStaffReturnQuantity { // it is this one
			question(t, view.StepStaffReturnReason, n)
			return nil
		}
		t.Keep(n)
		return nil
	}
	return nil
}

// scanLine answers a scan on the page of an order: an article that is in it picks its line.
func scanLine(c visit.Present, t *visit.Turn) error {
	o, _ := orders.Get(t.State, noteOf(t.Visit).at().Order)
	for _, l := range o.Lines {
		if c.Text == "" || c.CardNumber {
			break
		}
		if slices.Contains(l.Serials, c.Text) {
			return pickSerial(t, o, c.Text)
		}
		if c.Text == l.GTIN || c.Text == l.SKU {
			return pickLine(t, l.ID)
		}
	}
	return scanReturn(c, t)
}

func showLine(s *ledger.State, v visit.Visit, env visit.Env, out *view.View) {
	p := noteOf(v).at()
	o, _ := orderOf(s, p)
	l, ok := o.Line(p.Line)
	if !ok {
		return
	}
	out.Staff.Parcel = o.ID + " " + l.ID
	now := lineNowOf(s, env, p, o, l)
	f := lineFacts(o, l)
	f.text("left", strconv.Itoa(now.left))
	f.add("paid", paid(o.Paid(l.ID), o.Currency))
	if now.may {
		f.add("amount", paid(now.verdict.Refund, o.Currency))
	}
	if !now.verdict.Until.IsZero() {
		f.at("until", &now.verdict.Until)
	}
	for _, why := range now.because(o, l) {
		why = returns.ByRule(why)
		f.add("rule", &why)
	}
	out.Staff.Facts = f
	out.Staff.Ops = lineOps(s, v, env)
}

func lineFacts(_ orders.Order, l orders.Line) (f facts) {
	f.text("title", l.Title)
	f.text("sku", l.SKU)
	f.text("gtin", l.GTIN)
	for _, serial := range l.Serials[:min(len(l.Serials), 5)] {
		f.text("serial", serial)
	}
	return f
}

// lineOps are what can be done about a line: let it come back against the rules.
func lineOps(s *ledger.State, v visit.Visit, env visit.Env) (all []string) {
	p := noteOf(v).at()
	o, _ := orders.Get(s, p.Order)
	l, ok := o.Line(p.Line)
	if !ok || p.Order == "" {
		return nil
	}
	now := lineNowOf(s, env, p, o, l)
	if !now.may && now.left > 0 && now.firm != returns.LeasedThere && !o.Cancelled &&
		may(s, v, people.OverrideReturns) {
		all = append(all, view.OpReturnOverride)
	}
	return all
}

func operateLine(t *visit.Turn, op string) error {
	if !slices.Contains(lineOps(t.State, t.Visit, t.Env), op) {
		return stale()
	}
	n := noteOf(t.Visit)
	p := n.at()
	o, _ := orders.Get(t.State, p.Order)
	l, _ := o.Line(p.Line)
	n.Op, n.Serve = view.OpReturnOverride, serve{Line: p.Line, Units: 1, Reason: p.Text}
	left := returns.Left(t.State, o, l)
	if p.Text != "" && left == 1 { // the reason was given already
		question(t, view.StepStaffReturnNote, n)
		return nil
	}
	askUnits(t, n, left)
	return nil
}
