package returns

import (
	"cubby/locker/ledger"
	"cubby/locker/orders"
	"cubby/locker/returns/policy"
	"cubby/locker/visit"
)

// Explain says what may come back of an order now, and by which rules: of some lines at a
// time, since nothing else is decided meanwhile.
type Explain struct {
	policy.Inquiry
	From int            // so many lines have been told
	Into *[]policy.Told // gets the next ones; none when all have been told
}

// linesAtOnce bounds what is told at a time.
const linesAtOnce = 20

// Decide changes nothing.
func (c Explain) Decide(t *visit.Turn) error {
	o, ok := orders.Get(t.State, c.Order)
	if !ok {
		return ledger.Refuse(ledger.NotFound, "no-such-order", "there is no order with this id here")
	}
	lines := o.Lines
	if c.Line != "" {
		l, ok := o.Line(c.Line)
		if !ok {
			return ledger.Refuse(ledger.NotFound, "no-such-line", "the order has no line %q", c.Line)
		}
		lines = []orders.Line{l}
	}
	lines = lines[min(c.From, len(lines)):]
	lines = lines[:min(len(lines), linesAtOnce)]
	rules := SettingsOf(t.Env).RulesOf(o.Shop)
	b := Basis{Order: o, Channel: AtLocker, At: t.Env.Now}
	if c.Back != "" {
		b.Channel = Channel(c.Back)
	}
	for _, l := range lines {
		told := policy.Told{
			Line: l.ID, SKU: l.SKU, Title: l.Title, Left: Left(t.State, o, l), Reason: c.Reason, Currency: o.Currency,
		}
		if told.Quantity = c.Quantity; told.Quantity == 0 {
			told.Quantity = max(1, told.Left)
		}
		if told.Reason == "" {
			told.Reason = rules.FirstReason(l.Category)
		}
		ask := Ask{Line: l.ID, Quantity: told.Quantity, Reason: told.Reason, Condition: c.Condition}
		told.Verdict = Judge(t.State, t.Env, b, []Ask{ask})[0]
		*c.Into = append(*c.Into, told)
	}
	return nil
}
