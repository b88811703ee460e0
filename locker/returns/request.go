package returns

import (
	"slices"
	"strconv"
	"time"

	"cubby/locker/ledger"
	"cubby/locker/orders"
	"cubby/locker/people"
	"cubby/locker/plain"
	"cubby/locker/returns/policy"
	"cubby/locker/visit"
)

// Bounds of a request.
const (
	mostItems = 100
	mostText  = 300 // characters of what a customer writes
	mostNote  = 300 // and of what staff do
	// mostAmount bounds an amount that is typed, in minor units.
	mostAmount = 1_000_000_000_000
	lapse      = 14 * 24 * time.Hour
)

// Request begins a return. The zero By is a client of the endpoint, or a customer at the
// kiosk.
type Request struct {
	By       people.Doer
	Channel  Channel
	Order    string // empty: unverified, by somebody of the staff who may
	Shop     string // of an unverified one
	Currency string // of an unverified one
	Items    []Ask
	Prefer   string // original, gift_card, points, exchange; empty: original
	Gift     bool
	Language string
	// Into is a return at the counter that the items are added to; empty: they become one
	// of their own.
	Into string
	// Agreed: whoever has put the order asks, and so agrees. Of an order that the centre has
	// told the station of, nobody else agrees.
	Agreed bool
	Now    *Case // set to the case as it is afterwards when not nil
}

// Decide refuses the whole request when one of its lines cannot come back.
func (c Request) Decide(t *visit.Turn) error {
	if err := c.By.Must(t.State, people.TakeReturns); err != nil {
		return err
	}
	if err := c.check(t); err != nil {
		return err
	}
	if c.Order == "" {
		return c.unverified(t)
	}
	o, ok := orders.Get(t.State, c.Order)
	if !ok {
		return ledger.Refuse(ledger.NotFound, "no-such-order", "there is no order with this number here")
	}
	if o.Cancelled {
		return ledger.Refuse(ledger.Conflict, "order-cancelled",
			"the order was cancelled; what was paid for it is settled by whoever cancelled it")
	}
	return c.of(t, o)
}

func (c Request) check(t *visit.Turn) error {
	var all []*ledger.Refusal
	refuse := func(at, slug, format string, args ...any) {
		all = append(all, ledger.Refuse(ledger.Invalid, slug, format, args...).At(at))
	}
	if len(c.Items) < 1 || len(c.Items) > mostItems {
		refuse("/items", "items", "a return has 1 to %d items", mostItems)
	}
	if !slices.Contains([]string{"", "original", "gift_card", "points", "exchange"}, c.Prefer) {
		refuse("/prefer", "prefer", "must be original, gift_card, points or exchange")
	}
	for i, a := range c.Items[:min(len(c.Items), mostItems)] {
		at := "/items/" + strconv.Itoa(i)
		if a.Quantity < 1 || a.Quantity > 100_000 {
			refuse(at+"/quantity", "quantity", "must be 1 to 100000")
		}
		if !plain.Text(a.Text, 0, mostText) {
			refuse(at+"/text", "text", "must be at most %d characters of text "+plain.Says, mostText)
		}
		if a.Condition != "" && !slices.Contains(policy.States, a.Condition) {
			refuse(at+"/condition", "condition", "must be one of %v", policy.States)
		}
		for name, s := range map[string]string{
			"serial": a.Serial, "title": a.Title, "sku": a.SKU, "gtin": a.GTIN,
		} {
			if !plain.Text(s, 0, 200) {
				refuse(at+"/"+name, "text", "must be at most 200 characters of text "+plain.Says)
			}
		}
		for name, s := range map[string]string{"text": a.Text, "serial": a.Serial, "title": a.Title} {
			if plain.HasPrintedCard(s) {
				refuse(at+"/"+name, "card-number", plain.CardSays)
			}
		}
	}
	if len(all) > 0 {
		return all[0].And(all[1:]...)
	}
	return nil
}

func (c Request) of(t *visit.Turn, o orders.Order) error {
	b := Basis{Order: o, Channel: c.Channel, Gift: c.Gift, At: t.Now}
	f := &CaseRequested{
		OfCase: OfCase{newNumber(t), o.ID, o.Shop}, Channel: c.Channel, Gift: c.Gift, Currency: o.Currency,
		Prefer: c.Prefer, Language: c.Language, By: c.By.ID, State: Authorised,
		Customer: Mark{markOf(t.Env, o)},
	}
	taken, priced := map[string]int{}, map[string]int64{}
	for i, a := range c.Items {
		at := "/items/" + strconv.Itoa(i)
		l, ok := o.Line(a.Line)
		if !ok {
			return ledger.Refuse(ledger.Invalid, "no-such-line",
				"order %s has no line %s", o.ID, a.Line).At(at + "/line")
		}
		left := Left(t.State, o, l) - taken[l.ID]
		if a.Quantity > left {
			return ledger.Refuse(ledger.Conflict, "back-already",
				"of %d bought %d can still come back; the others have, here or elsewhere", l.Quantity,
				left).At(at + "/quantity")
		}
		f.Items = append(f.Items, Item{
			N: i + 1, Line: l.ID, SKU: l.SKU, GTIN: l.GTIN, Title: l.Title, Quantity: a.Quantity,
			From: l.Quantity - left, Share: shareOf(t.State, b, l, left, a.Quantity, priced[l.ID]),
			Reason: a.Reason,
			Words:  a.Text != "", Serial: a.Serial, Condition: a.Condition, Money: NoMoney,
		})
		f.Texts = append(f.Texts, a.Text)
		taken[l.ID] += a.Quantity
		priced[l.ID] += f.Items[i].Share
		if err := c.reasoned(t, o, l, a, at); err != nil {
			return err
		}
		if err := c.stands(t, l, f, at); err != nil {
			return err
		}
	}
	var overridden []*RuleOverridden
	for i, v := range Judge(t.State, t.Env, b, c.Items) {
		item, a := &f.Items[i], c.Items[i]
		if !v.Eligible {
			if a.Override == "" {
				return refusedBy(v, i)
			}
			if err := c.override(t, o, item, a, len(overridden)+c.overriddenIn(t)); err != nil {
				return err
			}
			overridden = append(overridden, &RuleOverridden{
				OfCase: f.OfCase, Line: a.Line, Amount: item.Share, Reason: a.Override, By: c.By.ID,
			})
			item.Refund, item.Moment, item.Override = item.Share, "after_grading", c.By.ID
		} else {
			item.Refund, item.Fee, item.Ground, item.Keep = v.Refund, v.Fee+v.Deduction, v.Ground, v.Keep
			item.Moment = v.Moment
			f.Shipping += v.Shipping
		}
		if !v.Until.IsZero() {
			item.Until = &v.Until
		}
		item.Rules = v.Because
	}
	_, times := riskOf(t.State, t.Env, b, c.Items)
	f.Signals = signalsOf(t.State, b, c.Items, times)
	if f.Conditional {
		f.State = Requested
		for i := range f.Items {
			f.Items[i].Moment = "after_grading"
		}
	}
	if c.Into != "" {
		return c.join(t, f, overridden)
	}
	until := t.Now.Add(orElse(SettingsOf(t.Env).Lapse, lapse))
	f.Lapses = &until
	t.Emit(f)
	for _, one := range overridden {
		t.Emit(one)
	}
	setNow(t, f.Case, c.Now)
	return nil
}

func orElse(d, other time.Duration) time.Duration {
	if d > 0 {
		return d
	}
	return other
}

// reasoned refuses a reason that the shop does not have, or that needs words.
func (c Request) reasoned(t *visit.Turn, o orders.Order, l orders.Line, a Ask, at string) error {
	all := SettingsOf(t.Env).RulesOf(o.Shop).Reasons(l.Category)
	i := slices.IndexFunc(all, func(r policy.Reason) bool { return r.Name == a.Reason })
	switch {
	case i < 0:
		var names []string
		for _, r := range all {
			names = append(names, r.Name)
		}
		return ledger.Refuse(ledger.Invalid, "reason", "must be one of %v", names).At(at + "/reason")
	case all[i].Text && a.Text == "" && !c.Agreed:
		return ledger.Refuse(ledger.Invalid, "text", "this reason needs a few words").At(at + "/text")
	}
	return nil
}

// stands refuses what another site alone may take back now, and notes what is taken on
// condition.
func (c Request) stands(t *visit.Turn, l orders.Line, f *CaseRequested, at string) error {
	told := t.FromCentre != nil && t.FromCentre(t.State, "orders", c.Order)
	if c.Agreed && !told {
		return nil
	}
	switch StandingOf(t.Env, l) {
	case LeasedThere:
		return ledger.Refuse(ledger.Conflict, "leased-elsewhere",
			"while the centre cannot be reached only %s takes this back; try again later, or go there",
			l.Lease.Site).At(at + "/line")
	case IfAgreed:
		f.Conditional = true
	}
	return nil
}

// override lets something come back that the rules refuse. The ceiling is the shop's; the
// same person does it once in a case.
func (c Request) override(t *visit.Turn, o orders.Order, i *Item, a Ask, before int) error {
	if c.By == (people.Doer{}) {
		return ledger.Refuse(ledger.NotAllowed, "name-a-person",
			"only somebody of the staff may override a rule; say who it is")
	}
	if err := c.By.Must(t.State, people.OverrideReturns); err != nil {
		return err
	}
	if err := plain.Check(a.Override, mostNote, "reason", "/items/"+strconv.Itoa(i.N-1)+
		"/override"); err != nil {
		return err
	}
	if before > 0 {
		return ledger.Refuse(ledger.NotAllowed, "overridden-once",
			"nobody overrides two rules in one return; ask a colleague, or make two returns of it")
	}
	return underCeiling(t, o.Shop, i.Share)
}

// underCeiling refuses more than staff may decide against the rules.
func underCeiling(t *visit.Turn, shop string, amount int64) error {
	if most := SettingsOf(t.Env).RulesOf(shop).OverrideCeiling; amount > most {
		return ledger.Refuse(ledger.NotAllowed, "above-ceiling",
			"%d is more than may be decided here against the rules (%d); the centre has to decide",
			amount, most)
	}
	return nil
}

// refusedBy says why a line cannot come back.
func refusedBy(v policy.Verdict, i int) error {
	rule := ""
	if len(v.Because) > 0 {
		rule = " (rule " + v.Because[0].Rule + ")"
	}
	return ledger.Refuse(ledger.Conflict, "not-returnable", "this cannot come back: %s%s",
		v.Refused, rule).At("/items/" + strconv.Itoa(i))
}

// unverified takes back what no order is known of: for credit alone, up to the ceiling.
func (c Request) unverified(t *visit.Turn) error {
	if c.By == (people.Doer{}) {
		return ledger.Refuse(ledger.Invalid, "missing-member", "name the order").At("/order_id")
	}
	if err := c.By.Must(t.State, people.UnverifiedReturns); err != nil {
		return err
	}
	f := &CaseRequested{
		OfCase: OfCase{newNumber(t), "", c.Shop}, Channel: c.Channel, Unverified: true, Currency: c.Currency,
		Prefer: "gift_card", Language: c.Language, By: c.By.ID, State: Authorised,
		Signals: []string{"no_receipt"},
	}
	total := int64(0)
	for i, a := range c.Items {
		at := "/items/" + strconv.Itoa(i)
		if a.Title == "" {
			return ledger.Refuse(ledger.Invalid, "missing-member", "say what it is").At(at + "/title")
		}
		if a.Amount < 0 || a.Amount > mostAmount {
			return ledger.Refuse(ledger.Invalid, "amount",
				"must be 0 to %d minor units", int64(mostAmount)).At(at + "/amount")
		}
		total += a.Amount
		f.Items = append(f.Items, Item{
			N: i + 1, SKU: a.SKU, GTIN: a.GTIN, Title: a.Title, Quantity: a.Quantity, Reason: a.Reason,
			Serial: a.Serial, Share: a.Amount, Refund: a.Amount, Moment: "after_grading", Ground: "goodwill",
			Words: a.Text != "", Money: NoMoney,
		})
		f.Texts = append(f.Texts, a.Text)
		if _, again := serials.Get(t.State, a.Serial); again && a.Serial != "" {
			f.Signals = append(f.Signals, "serial_again")
		}
	}
	if err := underCeiling(t, c.Shop, total); err != nil {
		return err
	}
	t.Emit(f)
	setNow(t, f.Case, c.Now)
	return nil
}

func setNow(t *visit.Turn, id string, now *Case) {
	if now != nil {
		*now, _ = Cases.Get(t.State, id)
	}
}

// newNumber makes the number of a case, which nobody has had: 40 random bits that people
// can read out.
func newNumber(t *visit.Turn) string {
	for {
		number := plain.Number('R', t.NewID())
		if _, taken := Cases.Get(t.State, number); !taken {
			return number
		}
	}
}

// IsNumber reports whether a text has the form of a case's number, and gives it as it is
// written: letters that look like digits are taken for these.
func IsNumber(text string) (string, bool) {
	b := []byte(text)
	if len(b) != len("R-0000-0000") {
		return "", false
	}
	for i, c := range b {
		if c >= 'a' && c <= 'z' {
			c -= 'a' - 'A'
		}
		switch i {
		case 0:
		case 1, 6:
			if c != '-' {
				return "", false
			}
		default:
			switch c {
			case 'O':
				c = '0'
			case 'I', 'L':
				c = '1'
			}
			if !slices.Contains([]byte(plain.Digits), c) {
				return "", false
			}
		}
		b[i] = c
	}
	return string(b), b[0] == 'R'
}
