package policy

import (
	"slices"
	"time"
)

// The states whose law of contracts at a distance is Directive 2011/83/EU.
var union = []string{
	"AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU", "IE", "IS", "IT",
	"LI", "LT", "LU", "LV", "MT", "NL", "NO", "PL", "PT", "RO", "SE", "SI", "SK",
}

// law is whose law holds: "eu", "uk", "cn" or none.
func (j *judge) law() string {
	switch country := j.r.country(j.q); {
	case slices.Contains(union, country):
		return "eu"
	case country == "GB":
		return "uk"
	case country == "CN":
		return "cn"
	}
	return ""
}

// contract is how it was made. What was bought at a kiosk and brought later is taken for a
// contract at a distance.
func (j *judge) contract() string {
	q := j.q
	contract := q.Contract
	if contract == "" {
		switch q.Channel {
		case "store":
			contract = "on_premises"
		case "kiosk":
			contract = "automated"
		default:
			contract = "distance"
		}
	}
	if contract == "automated" {
		taken := q.Delivered.IsZero() || DayOf(q.Delivered, q.Zone) == DayOf(q.Ordered, q.Zone)
		if !taken || q.Shipping.Paid > 0 {
			contract = "distance"
		}
	}
	return contract
}

func (j *judge) distance() bool {
	c := j.contract()
	return c == "distance" || c == "off_premises"
}

// withdrawal is the right to send back without a reason, 14 days from having it: Directive
// 2011/83/EU art. 9, 10, 14 and 16; in the UK the Consumer Contracts Regulations 2013.
func (j *judge) withdrawal() (claim, bool) {
	law, q := j.law(), j.q
	if law != "eu" && law != "uk" || !j.distance() {
		return claim{}, false
	}
	rule := Named{Name: "law." + law + ".withdrawal"}
	c := claim{ground: "withdrawal", remedies: []string{"refund"}, of: 14}
	switch j.kind.Kind {
	case "custom", "perishable", "mixed", "newspaper":
		return c.refuse(neverBack, j.because(rule, "withdrawal_except", "Goods", j.kind.Kind)), true
	case "hygiene", "media":
		if unsealed(q.Condition) {
			return c.refuse(opened, j.because(rule, "withdrawal_opened", "Goods", j.kind.Kind)), true
		}
		if q.Condition == "" {
			j.lookAt(rule, "seal_looked")
		}
	}
	from := j.received()
	last, word := from.Add(14), "withdrawal"
	if !q.Informed {
		last, word, c.of = last.AddMonths(12), "withdrawal_uninformed", 0
	}
	c, t := j.within(c, term{from: from, last: last}, true)
	c.because = append(c.because, j.told(rule, word, c, t))
	if c.refused != "" {
		return c, true
	}
	if lost := percent(q.Paid, q.Loss); lost > 0 && !j.reason.Faulty {
		if q.Informed {
			c.deduction = lost
			c.amounts = append(c.amounts, j.because(rule, "loss", "Percent", q.Loss))
		} else {
			c.amounts = append(c.amounts, j.because(rule, "loss_uninformed", "Percent", q.Loss))
		}
	}
	if c.shipping = j.allBack(min(q.Shipping.Standard, q.Shipping.Paid)); c.shipping > 0 {
		c.amounts = append(c.amounts, j.because(rule, "shipping_standard", "Amount", c.shipping))
	}
	if !q.Informed { // who was not told bears no cost of it
		return c, true
	}
	return j.fees(c, false), true
}

// sevenDays is the right of Chinese law to send back without a reason what was not bought in
// a shop: Law on the Protection of Consumers, art. 25.
func (j *judge) sevenDays() (claim, bool) {
	q := j.q
	if j.law() != "cn" || j.contract() != "distance" {
		return claim{}, false
	}
	rule := Named{Name: "law.cn.seven_days"}
	c := claim{ground: "seven_days", remedies: []string{"refund"}, of: 7}
	switch kind := j.kind.Kind; {
	case slices.Contains([]string{"custom", "perishable", "newspaper"}, kind):
		return c.refuse(neverBack, j.because(rule, "seven_except", "Goods", kind)), true
	case kind == "media" && unsealed(q.Condition):
		return c.refuse(opened, j.because(rule, "seven_opened", "Goods", kind)), true
	case q.Ticked && (j.kind.NoReturnCN || kind == "mixed" || q.Condition == "activated" ||
		kind == "hygiene" && unsealed(q.Condition)):
		return c.refuse(neverBack, j.because(rule, "seven_ticked")), true
	case !j.reason.Faulty && (q.Condition == "worn" || q.Condition == "damaged"):
		return c.refuse(notIntact, j.because(rule, "seven_not_intact")), true
	case kind == "media" && q.Condition == "":
		j.lookAt(rule, "seal_looked")
	}
	from := j.received()
	c, t := j.within(c, term{from: from, last: from.Add(7)}, true)
	c.because = append(c.because, j.told(rule, "seven", c, t))
	if c.refused != "" {
		return c, true
	}
	return j.fees(c, false), true
}

// extended is since when a repair in the EU makes the time longer by 12 months: Directive
// (EU) 2024/1799.
var extended = time.Date(2026, 7, 31, 0, 0, 0, 0, time.UTC)

// faulty is the right to what was bought being as it should.
func (j *judge) faulty() (claim, bool) {
	law, from := j.law(), j.received()
	c := claim{ground: "faulty", shipping: j.allBack(j.q.Shipping.Paid)}
	rule := Named{Name: "law." + law + ".faulty"}
	var t term
	word := "faulty_repair"
	switch law {
	case "eu": // Directive (EU) 2019/771: 2 years; repair or another one first
		last := from.AddMonths(24)
		for _, r := range j.q.Repaired {
			if !r.Asked.Before(extended) {
				last = from.AddMonths(36)
			}
		}
		c, t = j.within(c, term{from: from, last: last}, false)
	case "uk": // Consumer Rights Act 2015, ss. 20 to 24; claims lapse after 6 years
		if reject, rt := j.reject(c, from); reject.refused == "" {
			c, t, word = reject, rt, "faulty_reject"
		} else {
			c, t = j.within(c, term{from: from, last: from.AddMonths(72)}, false)
		}
	case "cn": // Law on the Protection of Consumers, art. 24; claims lapse after 3 years
		back, bt := j.within(c, term{from: from, last: from.Add(7)}, true)
		if back.refused == "" {
			c, t, word = back, bt, "faulty_seven"
			c.of = 7
		} else {
			c, t = j.within(c, term{from: from, last: from.AddMonths(36)}, false)
		}
	default:
		return c, false
	}
	c.remedies = []string{"exchange", "repair"}
	switch failed := j.repairFailed(); {
	case word != "faulty_repair":
		c.remedies = []string{"refund", "exchange", "repair"}
	case failed:
		word = "faulty_again"
		c.remedies = []string{"refund", "exchange", "repair"}
	case j.r.FaultyRefund:
		word = "faulty_money"
		c.remedies = []string{"refund", "exchange", "repair"}
	}
	if c.refused != "" {
		word = "faulty"
	}
	c.because = append(c.because, j.told(rule, word, c, t))
	return j.gift(c), true
}

func (j *judge) repairFailed() bool {
	return slices.ContainsFunc(j.q.Repaired, func(r Repair) bool { return r.Failed })
}

// reject is the time in which goods that are faulty can be rejected in the UK: 30 days. It
// stands still while they are repaired, and 7 days are left at least after that.
func (j *judge) reject(c claim, from Day) (claim, term) {
	last := from.Add(30)
	for _, r := range j.q.Repaired {
		asked := DayOf(r.Asked, j.q.Zone)
		if r.Asked.IsZero() || asked.After(last) {
			continue
		}
		back := DayOf(j.q.Asked, j.q.Zone)
		if !r.Back.IsZero() {
			back = DayOf(r.Back, j.q.Zone)
		}
		last = back.Add(max(7, last.Since(asked)))
	}
	c.of = 30
	return j.within(c, term{from: from, last: last}, false)
}
