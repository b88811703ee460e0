package returns

import (
	"errors"
	"maps"
	"slices"
	"strconv"
	"time"

	"cubby/locker/ledger"
	"cubby/locker/orders"
	"cubby/locker/returns/policy"
	"cubby/locker/view"
	"cubby/locker/visit"
)

func atoi(s string) (int, error) { return strconv.Atoi(s) }

func notEligible(v policy.Verdict) bool { return !v.Eligible }

// basis is what a visit's items are judged on.
func (n note) basis(env visit.Env, o orders.Order) Basis {
	b := Basis{Order: o, Channel: AtLocker, Gift: n.Gift, At: env.Now}
	if n.home {
		b.Channel = AtHome
	}
	return b
}

func verdictsOf(s *ledger.State, env visit.Env, n note) []policy.Verdict {
	o, _ := orders.Get(s, n.Order)
	return Judge(s, env, n.basis(env, o), n.Asks)
}

// firstReason is the reason by which a line is judged before one is given: somebody who has
// changed their mind has the least rights.
func firstReason(r policy.Rules, category string) string {
	all := r.Reasons(category)
	for _, one := range all {
		if !one.Faulty {
			return one.Name
		}
	}
	if len(all) > 0 {
		return all[0].Name
	}
	return ""
}

// linesOf are the lines of an order as a page shows them.
func linesOf(s *ledger.State, env visit.Env, n note, o orders.Order) (all []view.ReturnLine) {
	o = o.Priced()
	for _, l := range o.Lines {
		all = append(all, lineFor(s, env, n, o, l))
	}
	return all
}

func lineOf(s *ledger.State, env visit.Env, n note, o orders.Order, id string) (view.ReturnLine, bool) {
	l, ok := o.Line(id)
	if !ok {
		return view.ReturnLine{}, false
	}
	return lineFor(s, env, n, o, l), true
}

func lineFor(s *ledger.State, env visit.Env, n note, o orders.Order, l orders.Line) view.ReturnLine {
	left := Left(s, o, l)
	out := view.ReturnLine{Value: l.ID, Title: l.Title, Quantity: l.Quantity, Left: left,
		Picked: unitsAsked(n.Asks, l.ID)}
	if left == 0 {
		out.Because = []view.Message{{ID: "return.because.back_already"}}
		return out
	}
	if StandingOf(env, l) == LeasedThere {
		out.Because = []view.Message{{ID: "return.because.leased_elsewhere", Data: map[string]string{
			"Site": l.Lease.Site,
		}}}
		return out
	}
	v, refused := judgeLine(s, env, n, o, l)
	out.Eligible = v.Eligible
	if !v.Until.IsZero() {
		out.Until = &v.Until
	}
	if v.Eligible {
		out.Each = &view.Money{Minor: v.Refund, Currency: o.Currency}
	} else {
		v = refused
	}
	for _, b := range v.Because {
		out.Because = append(out.Because, Say(b, o.Currency))
	}
	return out
}

// judgeLine judges one unit of a line: by the reason that was given, or else by a changed
// mind and by a fault, so that what is faulty can come back although minds may not change.
func judgeLine(s *ledger.State, env visit.Env, n note, o orders.Order,
	l orders.Line) (v, refused policy.Verdict) {
	rules := SettingsOf(env).RulesOf(o.Shop)
	reasons := []string{n.Ask.Reason}
	if n.Ask.Line != l.ID || n.Ask.Reason == "" {
		reasons = []string{firstReason(rules, l.Category)}
		// Of the others only what is wrong with the goods can change the answer.
		for _, r := range rules.Reasons(l.Category) {
			if r.Faulty {
				reasons = append(reasons, r.Name)
				break
			}
		}
	}
	for i, reason := range reasons {
		asks := append(slices.Clone(n.Asks), Ask{
			Line: l.ID, Quantity: 1, Reason: reason, Serial: n.Ask.Serial,
		})
		all := Judge(s, env, n.basis(env, o), asks)
		v = all[len(all)-1]
		if i == 0 {
			refused = v
		}
		if v.Eligible {
			return v, refused
		}
	}
	return v, refused
}

// ByRule adds to the sentence of a reason which rule it comes from.
func ByRule(m view.Message) view.Message {
	if m.Data["Rule"] == "" {
		return m
	}
	return view.Message{
		ID: "policy.rule", Data: map[string]string{"Rule": m.Data["Rule"], "Line": m.Data["Line"]},
		Parts: []view.Message{m},
	}
}

// Say makes a message of a reason of the rules.
func Say(b view.Because, currency string) view.Message {
	m := view.Message{ID: "policy." + b.Word, Data: map[string]string{"Rule": b.Rule, "Line": ""}}
	maps.Copy(m.Data, b.Data)
	if b.Line > 0 {
		m.Data["Line"] = strconv.Itoa(b.Line)
	}
	for name, text := range b.Data {
		switch name {
		case "Amount", "Limit":
			if minor, err := strconv.ParseInt(text, 10, 64); err == nil {
				if m.Money == nil {
					m.Money = map[string]view.Money{}
				}
				m.Money[name] = view.Money{Minor: minor, Currency: orText(b.Data["Currency"], currency)}
			}
		case "From", "Last":
			if at, err := time.Parse(time.DateOnly, text); err == nil {
				if m.Times == nil {
					m.Times = map[string]time.Time{}
				}
				m.Times[name] = at
			}
		}
	}
	return m
}

// waysOf are the ways in which what was picked may be paid back.
func waysOf(s *ledger.State, env visit.Env, n note) (ways []view.ReturnWay) {
	o, ok := orders.Get(s, n.Order)
	if c, has := Cases.Get(s, n.Case); has {
		return caseWays(s, c)
	}
	if !ok || len(n.Asks) == 0 {
		return nil
	}
	var refund, fee int64
	when, exchange := "at_drop", true
	for i, v := range Judge(s, env, n.basis(env, o), n.Asks) {
		refund += v.Refund + v.Shipping
		fee += v.Fee + v.Deduction
		if v.Moment != "at_drop" {
			when = "after_grading"
		}
		l, _ := o.Line(n.Asks[i].Line)
		exchange = exchange && slices.Contains(v.Remedies, "exchange") && v.Fee == 0 && !l.Free
		if StandingOf(env, l) != Firm {
			when = "after_centre"
		}
	}
	return list(s, o, n.Gift, refund, fee, when, exchange)
}

func list(s *ledger.State, o orders.Order, gift bool, refund, fee int64, when string,
	exchange bool) (ways []view.ReturnWay) {
	refund = min(refund, Unpaid(s, o))
	money := func(minor int64) view.Money { return view.Money{Minor: minor, Currency: o.Currency} }
	way := view.ReturnWay{Amount: money(refund), When: when}
	if fee > 0 {
		f := money(fee)
		way.Fee = &f
	}
	if refund == 0 {
		way.When = "none"
	}
	if pieces, short := split(s, o, refund); !gift && short == 0 {
		original := way
		original.Value = "original"
		for _, p := range pieces {
			original.Tenders = append(original.Tenders, view.ReturnTender{
				Kind: string(p.Tender.Kind), Amount: money(p.Amount),
			})
		}
		ways = append(ways, original)
	}
	if refund > 0 {
		way.Value = "gift_card"
		ways = append(ways, way)
		if !gift && slices.ContainsFunc(o.Tenders, func(t orders.Tender) bool {
			return t.Kind == orders.Points
		}) {
			way.Value = "points"
			ways = append(ways, way)
		}
	}
	if exchange && !gift {
		ways = append(ways, view.ReturnWay{Value: "exchange", Amount: money(0), When: when})
	}
	return ways
}

// caseWays is the one way of a return that was asked for before.
func caseWays(s *ledger.State, c Case) []view.ReturnWay {
	o, _ := orders.Get(s, c.Order)
	var refund, fee int64
	when := "at_drop"
	for _, i := range c.Items {
		refund, fee = refund+i.Refund, fee+i.Fee
		if i.Moment != "at_drop" {
			when = "after_grading"
		}
	}
	if c.unsure() || c.Channel == AtHome {
		when = "after_grading"
	}
	if c.Conditional {
		when = "after_centre"
	}
	want := orText(c.Prefer, "original")
	if c.Prefer == "exchange" {
		return []view.ReturnWay{{Value: "exchange", Amount: view.Money{Currency: c.Currency}, When: when}}
	}
	o.Currency = c.Currency
	all := list(s, o, c.Gift, refund+c.Shipping, fee, when, false)
	if i := slices.IndexFunc(all, func(w view.ReturnWay) bool { return w.Value == want }); i >= 0 {
		return all[i : i+1]
	}
	return all
}

// pickWay accepts the offer: the return is asked for, and a door opens.
func pickWay(t *visit.Turn, value string) error {
	n := noteOf(t.Visit)
	if !slices.ContainsFunc(waysOf(t.State, t.Env, n), func(w view.ReturnWay) bool {
		return w.Value == value
	}) {
		return stale()
	}
	n.Way = value
	if c, has := Cases.Get(t.State, n.Case); has {
		if c.Swap != nil && c.Swap.ToPay > 0 && !c.Swap.Settled {
			show(t, n, view.StepReturnCounter, view.ReasonToPay)
			return nil
		}
		return layIn(t, n)
	}
	if slices.ContainsFunc(verdictsOf(t.State, t.Env, n), func(v policy.Verdict) bool { return !v.Keep }) {
		switch _, why, blocked := doorFor(t, n); {
		case blocked != "":
			t.Keep(n)
			t.WaitFor(view.StepReturnOffer, blocked)
			return nil
		case why != view.ReasonNone:
			if _, known := turned.Get(t.State, n.Order); !known {
				o, _ := orders.Get(t.State, n.Order)
				t.Emit(&TurnedAway{o.ID, o.Shop, string(why)})
			}
			show(t, n, view.StepReturnCounter, why)
			return nil
		}
	}
	if refused, err := ask(t, &n, AtLocker, value); refused || err != nil {
		return err
	}
	c, _ := Cases.Get(t.State, n.Case)
	if c.Conditional && t.Centre {
		n.Asked = t.Now.Add(centreAnswers)
		show(t, n, view.StepReturnAsking, view.ReasonNone)
		return nil
	}
	return layIn(t, n)
}

// centreAnswers is how long a customer waits for the centre.
const centreAnswers = 8 * time.Second

// ask asks for the return. What was offered a moment ago may be refused by now.
func ask(t *visit.Turn, n *note, by Channel, way string) (refused bool, err error) {
	var c Case
	asks, written := slices.Clone(n.Asks), Texts(t.State, t.Visit.ID)
	for i := range asks {
		if i < len(written) {
			asks[i].Text = written[i]
		}
	}
	err = Request{
		Channel: by, Order: n.Order, Items: asks, Prefer: way, Gift: n.Gift,
		Language: t.Visit.Language, Now: &c,
	}.Decide(t)
	var why *ledger.Refusal
	if errors.As(err, &why) {
		show(t, note{Order: n.Order, Gift: n.Gift}, view.StepReturnLines, view.ReasonNotReturnable)
		return true, nil
	}
	if err != nil {
		return false, err
	}
	n.Case, n.Own = c.ID, true
	for i, photo := range n.Photos {
		if photo != "" {
			if err := (KeepPhoto{Case: c.ID, Item: i + 1, Photo: photo}).Decide(t); err != nil {
				return false, err
			}
		}
	}
	return false, nil
}

// toHome asks for it to be collected at home.
func toHome(t *visit.Turn) {
	n := noteOf(t.Visit)
	way := orText(n.Way, "original")
	if refused, err := ask(t, &n, AtHome, way); refused || err != nil {
		return
	}
	show(t, n, view.StepReturnDone, view.ReasonNone)
}

// answered goes on with visits whose shop has answered, or does not.
func answered(t *visit.Turn) {
	t.EveryVisit(func() {
		n := noteOf(t.Visit)
		if t.Visit.Step != view.StepReturnAsking {
			return
		}
		c, ok := Cases.Get(t.State, n.Case)
		switch {
		case !ok || c.State.Over():
			t.Refused(view.StepReturnRefused, view.ReasonDeclined)
		case !c.Conditional, !t.Now.Before(n.Asked):
			_ = layIn(t, n) // refuses nothing
		}
	})
}
