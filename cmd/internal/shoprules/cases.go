package shoprules

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"cubby/cmd/internal/config"
	"cubby/locker/returns/policy"
)

// cases checks what is asked in the shop's own tests.
func (c *checker) cases() {
	seen := map[string]bool{}
	for i := range c.f.Cases {
		k, path := &c.f.Cases[i], config.Element("case", i)
		if seen[k.Name] && k.Name != "" {
			c.Refuse(path+".name", "is %q, as another case is called: each case has its own name", k.Name)
		}
		seen[k.Name] = true
		for key, d := range map[string]*date{
			"bought": &k.Bought, "delivered": &k.Delivered, "asked": &k.Asked, "until": k.Until,
		} {
			if d != nil && !d.IsZero() && d.Year == 0 {
				c.Refuse(path+"."+key, "has no year: write it as 2026-12-24")
			}
		}
		for key, a := range map[string]*amount{
			"paid": &k.Paid, "refund": k.Refund, "fee": k.Fee, "deduction": k.Deduction,
		} {
			if a != nil {
				c.money(path+"."+key, a)
			}
		}
		c.country(path+".country", k.Country)
		for key, one := range map[string]struct {
			word  string
			known []string
		}{
			"channel": {k.Channel, channels}, "contract": {k.Contract, contracts}, "back": {k.Back, ways},
			"condition": {k.Condition, append([]string{""}, policy.States...)}, "reason": {k.Reason,
				c.reasonNames()},
		} {
			if !slices.Contains(one.known, one.word) {
				c.Refuse(path+"."+key, "is %q: one of %s", one.word, strings.Join(one.known, ", "))
			}
		}
		if k.Delivered.Year > 0 && k.Bought.Year > 0 && k.Bought.After(k.Delivered.Day) {
			c.Refuse(path+".delivered", "is %s, before it was bought: %s", k.Delivered, k.Bought)
		}
		if k.Asked.Year > 0 && k.Bought.Year > 0 && k.Bought.After(k.Asked.Day) {
			c.Refuse(path+".asked", "is %s, before it was bought: %s", k.Asked, k.Bought)
		}
	}
}

// noon is the middle of a day: cases are about days.
func (d date) noon() time.Time {
	if d.IsZero() {
		return time.Time{}
	}
	return time.Date(d.Year, d.Month, d.Day.Day, 12, 0, 0, 0, time.UTC)
}

func (k shopCase) question(currency string) policy.Question {
	return policy.Question{
		Zone: time.UTC, Asked: k.Asked.noon(), Currency: currency, Country: k.Country, Contract: k.Contract,
		Channel: k.Channel, Back: k.Back, Ordered: k.Bought.noon(), Delivered: k.Delivered.noon(),
		Informed: k.Informed,
		Category: k.Category, Class: k.Class, FinalSale: k.FinalSale, Quantity: k.Quantity, Left: k.Quantity,
		Paid: k.Paid.minor, Value: k.Paid.minor, Reason: k.Reason, Condition: k.Condition, Loss: k.Loss,
		Receipt: k.Receipt, GiftReceipt: k.Gift, Risk: policy.Level(k.Risk), Returns90: k.Returns,
		Ticked: k.Ticked,
	}
}

// runCases refuses the cases whose answer is another one.
func (c *checker) runCases(r policy.Rules) {
	for i, k := range c.f.Cases {
		path := config.Element("case", i)
		v := policy.Judge(r, k.question(r.Currency))
		why := reasons(v)
		fails := func(key, is, want string) {
			if is != want {
				c.Refuse(
					path+"."+key,
					"the case %q fails: it is %s, and %s was expected; rules that decided: %s",
					k.Name,
					is,
					want,
					why,
				)
			}
		}
		fails("eligible", strconv.FormatBool(v.Eligible), strconv.FormatBool(k.Eligible))
		text := func(key, is string, want *string) {
			if want != nil {
				fails(key, strconv.Quote(is), strconv.Quote(*want))
			}
		}
		text("refused", v.Refused, k.Refused)
		text("ground", v.Ground, k.Ground)
		text("moment", v.Moment, k.Moment)
		if k.Until != nil {
			last := "without end"
			if !v.Until.IsZero() {
				last = policy.DayOf(v.Until.Add(-1), time.UTC).String()
			}
			fails("until", last, k.Until.String())
		}
		money := func(key string, is int64, want *amount) {
			if want != nil {
				fails(key, c.write(is), c.write(want.minor))
			}
		}
		money("refund", v.Refund, k.Refund)
		money("fee", v.Fee, k.Fee)
		money("deduction", v.Deduction, k.Deduction)
		if k.Keep != nil {
			fails("keep", strconv.FormatBool(v.Keep), strconv.FormatBool(*k.Keep))
		}
		if k.Rule != nil &&
			!slices.ContainsFunc(v.Because, func(b policy.Because) bool { return b.Rule == *k.Rule }) {
			c.Refuse(
				path+".rule",
				"the case %q fails: %q is not among the rules that decided: %s",
				k.Name,
				*k.Rule,
				why,
			)
		}
	}
}

// reasons are the rules of a verdict with their lines.
func reasons(v policy.Verdict) string {
	var all []string
	for _, b := range v.Because {
		one := b.Rule
		if b.Line > 0 {
			one += " (line " + strconv.Itoa(b.Line) + ")"
		}
		if !slices.Contains(all, one) {
			all = append(all, one)
		}
	}
	return strings.Join(all, ", ")
}

// write is an amount as files have it.
func (c *checker) write(minor int64) string {
	s := strconv.FormatInt(minor, 10)
	if c.digits == 0 {
		return s
	}
	for len(s) <= c.digits {
		s = "0" + s
	}
	return s[:len(s)-c.digits] + "." + s[len(s)-c.digits:]
}
