package desk

import (
	"strings"

	"cubby/locker/ledger"
	"cubby/locker/orders"
	"cubby/locker/plain"
	"cubby/locker/returns"
	"cubby/locker/view"
	"cubby/locker/visit"
)

// mostTyped bounds an amount that is typed, in minor units.
const mostTyped = 1_000_000_000_000

// minorOf reads an amount as people type it, exactly: "12", "12.5", "12,50". No more digits
// may follow the point than the currency has, and nothing groups them.
func minorOf(text string, digits int) (int64, bool) {
	text = strings.TrimSpace(text)
	whole, rest, pointed := strings.Cut(strings.Replace(text, ",", ".", 1), ".")
	if whole == "" || pointed && (rest == "" || len(rest) > digits) {
		return 0, false
	}
	minor := int64(0)
	for _, d := range whole + rest + strings.Repeat("0", digits-len(rest)) {
		if d < '0' || d > '9' {
			return 0, false
		}
		if minor = minor*10 + int64(d-'0'); minor > mostTyped {
			return 0, false
		}
	}
	return minor, true
}

// amountTyped reads the amount of a form.
func amountTyped(env visit.Env, words, currency string) (int64, *ledger.Refusal) {
	digitsOf := returns.SettingsOf(env).Digits
	if digitsOf == nil {
		return 0, ledger.Refuse(ledger.Unavailable, "currency", "this station takes no amounts").At("/value")
	}
	digits, ok := digitsOf(currency)
	if !ok {
		return 0, ledger.Refuse(ledger.Invalid, "currency", "the currency %s is not known", currency).
			At("/value")
	}
	minor, ok := minorOf(words, digits)
	if !ok {
		return 0, ledger.Refuse(ledger.Invalid, "amount",
			"write the amount in %s with at most %d digits behind the point, as 12.50 where there are two",
			currency, digits).At("/value")
	}
	return minor, nil
}

// currencyOf is that of the page: of its return, of its order, or of the shop.
func currencyOf(s *ledger.State, v visit.Visit, env visit.Env) string {
	n := noteOf(v)
	p := n.at()
	if n.Op == view.OpReturnUnverified {
		return returns.SettingsOf(env).RulesOf(n.Serve.Shop).Currency
	}
	if c, ok := returns.Cases.Get(s, p.Case); ok {
		return c.Currency
	}
	o, _ := orders.Get(s, p.Order)
	return o.Currency
}

func showPrice(s *ledger.State, v visit.Visit, env visit.Env, out *view.View) {
	showServe(s, v, env, out)
	n := noteOf(v)
	f := facts(out.Staff.Facts)
	if c, i, ok := itemOf(s, n); ok && n.Serve.Item > 0 {
		f.add("paid", paid(i.Share, c.Currency))
		f.add("amount", paid(i.Refund, c.Currency))
	}
	out.Staff.Facts = f
}

// typedPrice takes an amount; what it is of is the operation.
func typedPrice(t *visit.Turn, value string) error {
	words, err := typed(value, 20)
	if err != nil {
		return err
	}
	n := noteOf(t.Visit)
	minor, wrong := amountTyped(t.Env, words, currencyOf(t.State, t.Visit, t.Env))
	if wrong != nil {
		again(t, n, wrong)
		return nil
	}
	_, i, _ := itemOf(t.State, n)
	switch n.Op {
	case view.OpReturnUnverified:
		n.Serve.Price = minor
		question(t, view.StepStaffReturnReason, n)
		return nil
	case view.OpReturnOverride:
		if minor <= i.Refund || minor > i.Share {
			again(t, n, ledger.Refuse(ledger.Invalid, "amount-above",
				"must be more than the rules give, and no more than was paid"))
			return nil
		}
		n.Serve.Amount = &minor
		question(t, view.StepStaffReturnNote, n)
		return nil
	case view.OpReturnDecide: // a part
		if minor < 1 || minor >= i.Share {
			again(t, n, ledger.Refuse(ledger.Invalid, "amount-part",
				"a part is more than nothing, and less than was paid"))
			return nil
		}
		n.Serve.Amount = &minor
		return settle(t, n, nil)
	case string(returns.Exchange):
		n.Serve.Price = minor
		return priced(t, n)
	}
	return stale()
}

// typedNew takes the new item of an exchange, or what comes back without an order.
func typedNew(t *visit.Turn, value string) error {
	words, err := typed(value, 100)
	if err != nil {
		return err
	}
	return newItem(t, words)
}

func scanNew(c visit.Present, t *visit.Turn) error {
	if c.BadgeHash == "" && c.Text != "" && !c.CardNumber {
		return newItem(t, c.Text)
	}
	return scanGrade(c, t)
}

// newItem notes what it is: by its article number the title is known from any order.
func newItem(t *visit.Turn, code string) error {
	if plain.HasPrintedCard(code) {
		return ledger.Refuse(ledger.Invalid, "card-number", plain.CardSays).At("/value")
	}
	n := noteOf(t.Visit)
	switch n.Op {
	case view.OpReturnTote:
		return beginTote(t, code)
	case view.OpReturnType:
		if id, ok := caseIn(t.State, code); ok {
			return fillTote(t, id)
		}
		again(t, n, ledger.Refuse(ledger.NotFound, "no-such-return", "there is no return with this number"))
		return nil
	}
	n.Serve.Title, n.Serve.SKU, n.Serve.GTIN = code, "", ""
	for _, o := range orders.Find(t.State, code) {
		for _, l := range o.Lines {
			if (code == l.GTIN || code == l.SKU) && n.Serve.SKU == "" {
				n.Serve.Title, n.Serve.SKU, n.Serve.GTIN = l.Title, l.SKU, l.GTIN
			}
		}
	}
	if _, i, ok := itemOf(t.State, n); ok && n.Op == string(returns.Exchange) && n.Serve.SKU != "" &&
		n.Serve.SKU == i.SKU {
		n.Serve.Price = i.Refund // the same again
		return priced(t, n)
	}
	question(t, view.StepStaffReturnPrice, n)
	return nil
}

// priced goes on with the new item of an exchange: a difference is paid at the till first,
// and what is left comes back.
func priced(t *visit.Turn, n note) error {
	_, i, ok := itemOf(t.State, n)
	if !ok {
		return stale()
	}
	if n.Serve.Price > i.Refund {
		question(t, view.StepStaffReturnPay, n)
		return nil
	}
	return exchanged(t, n)
}

func showPay(s *ledger.State, v visit.Visit, env visit.Env, out *view.View) {
	n := noteOf(v)
	c, i, ok := itemOf(s, n)
	if !ok {
		return
	}
	showServe(s, v, env, out)
	f := facts(out.Staff.Facts)
	f.text("title", n.Serve.Title)
	f.add("amount", paid(n.Serve.Price-i.Refund, c.Currency))
	out.Staff.Facts = f
}

func paidAtTill(t *visit.Turn) {
	if err := exchanged(t, noteOf(t.Visit)); err != nil {
		say(t, view.Message{ID: "refused", Text: err.Error()})
	}
}

func exchanged(t *visit.Turn, n note) error {
	n.Serve.Decision = returns.Exchange
	return settle(t, n, &returns.Swap{
		SKU: n.Serve.SKU, Title: n.Serve.Title, Price: n.Serve.Price, Settled: true,
	})
}
