package returns

import (
	"errors"
	"slices"
	"strconv"
	"time"

	"cubby/locker/ledger"
	"cubby/locker/orders"
	"cubby/locker/parcel"
	"cubby/locker/returns/policy"
	"cubby/locker/view"
	"cubby/locker/visit"
	"cubby/locker/wall"
)

func atoi(s string) (int, error) { return strconv.Atoi(s) }

func notEligible(v policy.Verdict) bool { return !v.Eligible }

// basis is what a visit's items are judged on.
func (n note) basis(env visit.Env, o orders.Order) Basis {
	return Basis{Order: o, Channel: AtLocker, Gift: n.Gift, At: env.Now}
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

// judgeLine judges one unit of a line: by the reason that was given, or else by each that
// there is, so that what is faulty can come back although minds may not change.
func judgeLine(s *ledger.State, env visit.Env, n note, o orders.Order,
	l orders.Line) (v, refused policy.Verdict) {
	rules := SettingsOf(env).RulesOf(o.Shop)
	reasons := []string{n.Ask.Reason}
	if n.Ask.Line != l.ID || n.Ask.Reason == "" {
		reasons = []string{firstReason(rules, l.Category)}
		for _, r := range rules.Reasons(l.Category) {
			reasons = append(reasons, r.Name)
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

// Say makes a message of a reason of the rules.
func Say(b view.Because, currency string) view.Message {
	m := view.Message{ID: "policy." + b.Word, Data: b.Data}
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
	err = Request{
		Channel: by, Order: n.Order, Items: n.Asks, Prefer: way, Gift: n.Gift,
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

// layIn opens a door for what comes back, or says that none is needed.
func layIn(t *visit.Turn, n note) error {
	c, _ := Cases.Get(t.State, n.Case)
	if !c.awaited() { // staff have taken it over the counter meanwhile, or it was called off
		t.Refused(view.StepReturnRefused, view.ReasonOver)
		return nil
	}
	if !slices.ContainsFunc(c.Items, func(i Item) bool { return !i.Keep }) {
		t.Emit(&AllDropped{OfCase: c.of()})
		show(t, n, view.StepReturnDone, view.ReasonNone)
		return nil
	}
	box, why, blocked := doorFor(t, n)
	switch {
	case blocked != "":
		t.Keep(n)
		t.WaitFor(view.StepReturnOffer, blocked)
	case why != view.ReasonNone:
		show(t, n, view.StepReturnCounter, why)
	default:
		t.Keep(n)
		bag(t, box, nextBag(t.State, c), c.ID, c.Order)
	}
	return nil
}

// bag announces a bag, books its door, and opens it.
func bag(t *visit.Turn, box wall.Compartment, id, number, order string) {
	of := parcel.OfParcel{ParcelID: id, OrderID: order, Label: id}
	t.Emit(&parcel.ParcelAnnounced{
		OfParcel: of, Direction: parcel.BroughtBack, Case: number, PickupHours: t.Policy.PickupHours,
	})
	t.Emit(&parcel.ParcelBooked{OfParcel: of, Compartment: box.Number})
	t.Visit.Retake = view.ReasonNone
	t.Intend(wall.ForReturn, box.Number, id, 1)
}

// nextBag is the code of the next bag of a case: each that was ever begun has one of its own.
func nextBag(s *ledger.State, c Case) string {
	for i := 1; ; i++ {
		id := c.ID + "-" + strconv.Itoa(i)
		if _, known := parcel.Parcels.Get(s, id); !known {
			return id
		}
	}
}

// lyingIn reports whether a bag of the case is about to be laid in.
func lyingIn(t *visit.Turn, c Case) bool {
	for i := 1; ; i++ {
		p, known := parcel.Parcels.Get(t.State, c.ID+"-"+strconv.Itoa(i))
		if !known {
			return false
		}
		if p.State == parcel.Announced || p.State == parcel.Booked || p.State == parcel.Depositing {
			return true
		}
	}
}

// doorFor chooses the smallest free door that all of it fits into.
func doorFor(t *visit.Turn, n note) (box wall.Compartment, why view.Reason, blocked string) {
	wish := wall.Wish{Accessible: n.Low, Above: n.Above, Except: n.Tried}
	var volume int64
	for _, l := range n.goods(t.State) {
		d := l.Dimensions
		if d == nil {
			continue
		}
		one := int64(d.Length) * int64(d.Width) * int64(d.Height)
		volume += one * int64(l.Quantity)
		if wish.Dimensions == nil || one > volumeOf(*wish.Dimensions) {
			wish.Dimensions = d
		}
	}
	all := wall.Compartments.All(t.State)
	whole := wish
	whole.Above = max(wish.Above, volume-1)
	box, ok := wall.Choose(all, whole)
	if !ok { // not into one: the largest takes what it can, and the rest goes into another
		box, ok = wall.Choose(all, wish)
	}
	if !ok {
		return box, view.ReasonTooLargeHere, ""
	}
	if other, busy := t.OtherOpenDoor(box.Number); busy {
		return box, view.ReasonNone, other
	}
	return box, view.ReasonNone, ""
}

func volumeOf(d wall.Dimensions) int64 { return int64(d.Length) * int64(d.Width) * int64(d.Height) }

// goods are the lines that come back, each with how many of it.
func (n note) goods(s *ledger.State) (all []orders.Line) {
	o, _ := orders.Get(s, n.Order)
	add := func(line string, units int) {
		if l, ok := o.Line(line); ok {
			l.Quantity = units
			all = append(all, l)
		}
	}
	if c, ok := Cases.Get(s, n.Case); ok {
		for _, i := range c.Items {
			add(i.Line, i.Quantity)
		}
		return all
	}
	for _, a := range n.Asks {
		add(a.Line, a.Quantity)
	}
	return all
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
