package policy

import "slices"

// A term is a time in which something is possible, by local days. The first day is not
// counted, and the last one ends at its 24:00.
type term struct {
	from, last Day
	moved      bool // on to a working day
}

// within says how a claim stands to its term. last is the term's last day before pauses
// and working days.
func (j *judge) within(c claim, t term, working bool) (claim, term) {
	if j.q.Paused > 0 {
		end := t.last.End(j.q.Zone).Add(j.q.Paused)
		t.last = DayOf(end.Add(-1), j.q.Zone)
	}
	if working {
		if next := j.r.working(t.last); next != t.last {
			t.last, t.moved = next, true
		}
	}
	c.until = t.last.End(j.q.Zone)
	c.day = max(0, DayOf(j.q.Asked, j.q.Zone).Since(t.from))
	if !j.q.Asked.Before(c.until) {
		c.refused = tooLate
	}
	return c, t
}

// told is the reason of a claim with its term.
func (j *judge) told(rule Named, word string, c claim, t term) Because {
	b := j.because(rule, word, "From", t.from, "Last", t.last, "Day", c.day, "Of", c.of)
	if c.refused == tooLate {
		b.Word += "_late"
	}
	if t.moved {
		b.Data["Moved"] = "yes"
	}
	if j.q.Paused > 0 {
		b.Data["Paused"] = "yes"
	}
	b.Date = c.until
	return b
}

// received is the day from which terms by law run: that of the last part of the delivery. Of
// what was sent and never told to have arrived it is taken that 30 days were enough.
func (j *judge) received() Day {
	switch {
	case !j.q.Delivered.IsZero():
		return DayOf(j.q.Delivered, j.q.Zone)
	case j.distance():
		return DayOf(j.q.Ordered, j.q.Zone).Add(30)
	}
	return DayOf(j.q.Ordered, j.q.Zone)
}

// shop is the claim by the shop's own rules.
func (j *judge) shop() claim {
	q, c := j.q, claim{ground: "shop", remedies: []string{"refund", "exchange"}}
	rule := Named{Name: j.kind.Name, Line: j.kind.Line}
	if rule.Name == "" {
		rule.Name = "usual"
	}
	switch {
	case q.GiftReceipt && j.r.GiftRefused:
		return c.refuse(noGift, Because{Rule: "gift", Word: "gift_refused"})
	case j.reason.Faulty: // what is special about the goods is no matter then
	case j.kind.Take == "never":
		return c.refuse(neverBack, j.because(rule, "never", "Goods", j.kind.Kind))
	case q.FinalSale:
		return c.refuse(finalSale, Because{Rule: "order.final_sale", Word: "final_sale"})
	case j.kind.Take == "sealed" && unsealed(q.Condition):
		return c.refuse(opened, j.because(rule, "opened", "Goods", j.kind.Kind))
	case j.kind.Take == "sealed" && q.Condition == "":
		j.lookAt(rule, "seal_looked")
	}
	if j.r.Receipt && !q.Receipt && !q.GiftReceipt {
		return c.refuse(noReceipt, Because{Rule: "receipt", Word: "no_receipt"})
	}
	for _, l := range j.r.Limits {
		if len(l.Back) == 0 && l.fits(j.r, q) {
			if b := j.over(l, ""); b != nil {
				return c.refuse(overLimit, *b)
			}
		}
	}
	if c = j.window(c); c.refused != "" {
		return c
	}
	if j.reason.Faulty {
		c.shipping = j.allBack(q.Shipping.Paid)
		return j.gift(c)
	}
	for _, k := range j.r.Conditions {
		if !slices.Contains(k.Is, q.Condition) || !k.fits(j.r, q) {
			continue
		}
		if !k.Take {
			return c.refuse(badCondition, j.because(k.Named, "condition", "Condition", q.Condition))
		}
		c.deduction = percent(q.Paid, k.Percent)
		c.amounts = append(c.amounts, j.because(k.Named, "condition_percent", "Condition", q.Condition,
			"Percent", k.Percent))
		break
	}
	if lost := percent(q.Paid, q.Loss); lost > c.deduction {
		c.deduction = lost
		c.amounts = append(c.amounts, Because{Rule: "grading", Word: "loss", Data: data("Percent", q.Loss)})
	}
	switch j.r.RefundShipping {
	case "standard":
		c.shipping = j.allBack(min(q.Shipping.Standard, q.Shipping.Paid))
	case "paid":
		c.shipping = j.allBack(q.Shipping.Paid)
	}
	return j.gift(j.fees(c, true))
}

func (j *judge) lookAt(rule Named, word string) {
	b := j.because(rule, word)
	if !slices.ContainsFunc(j.look, func(other Because) bool { return other.Word == word }) {
		j.look = append(j.look, b)
	}
}

// window finds the shop's time, and what a season makes of it.
func (j *judge) window(c claim) claim {
	q, bought := j.q, DayOf(j.q.Ordered, j.q.Zone)
	for _, s := range j.r.Seasons {
		if bought.After(s.Last) || s.First.After(bought) || !s.fits(j.r, q) {
			continue
		}
		season, t := j.within(c, term{from: bought, last: s.Until}, false)
		plain := j.plainWindow(c)
		if !plain.until.IsZero() && season.until.After(plain.until) || plain.refused == noWindow {
			season.because = append(season.because, j.told(s.Named, "season", season, t))
			return season
		}
		return plain
	}
	return j.plainWindow(c)
}

const noWindow = neverBack

// plainWindow is what the order says of the line, or the first window that fits.
func (j *judge) plainWindow(c claim) claim {
	q := j.q
	if !q.Until.IsZero() {
		last := DayOf(q.Until.Add(-1), q.Zone)
		c, t := j.within(c, term{from: DayOf(q.Ordered, q.Zone), last: last}, false)
		if q.Paused <= 0 { // the order's own moment, to the minute
			c.until, c.refused = q.Until, ""
			if !q.Asked.Before(q.Until) {
				c.refused = tooLate
			}
		}
		c.because = append(c.because, j.told(Named{Name: "order.returnable_until"}, "order_until", c, t))
		return c
	}
	for _, w := range j.r.Windows {
		if !w.fits(j.r, q) {
			continue
		}
		from := DayOf(q.Ordered, q.Zone)
		if w.From != "purchase" {
			from = j.received()
		}
		switch {
		case w.Days < 0:
			c.because = append(c.because, j.because(w.Named, "window_endless"))
			return c
		case w.Days == 0:
			return c.refuse(noWindow, j.because(w.Named, "window_none"))
		}
		c.of = w.Days
		c, t := j.within(c, term{from: from, last: from.Add(w.Days)}, w.BusinessDay)
		word := "window"
		if w.From == "purchase" {
			word = "window_bought"
		}
		c.because = append(c.because, j.told(w.Named, word, c, t))
		return c
	}
	return c.refuse(noWindow, Because{Rule: "usual", Word: "window_none"})
}

// allBack is an amount when all of the order comes back.
func (j *judge) allBack(amount int64) int64 {
	if !j.q.All {
		return 0
	}
	return max(amount, 0)
}

// fees are those of the shop; restocking only by its own rules.
func (j *judge) fees(c claim, restocking bool) claim {
	q := j.q
	if j.reason.Faulty || !j.r.counts(q) {
		return c
	}
	seen := map[string]bool{}
	for _, f := range j.r.Fees {
		if seen[f.Kind] || !f.fits(j.r, q) || !in(f.Back, q.Back) || !in(f.Reasons, q.Reason) ||
			f.Kind == "restocking" && !restocking {
			continue
		}
		seen[f.Kind] = true
		amount := f.Amount + percent(q.Paid, f.Percent)
		if f.By == "shop" || amount == 0 {
			c.amounts = append(c.amounts, j.because(f.Named, "fee_shop"))
			continue
		}
		if f.Kind == "restocking" {
			c.restocking = amount
		} else {
			c.returnFee = amount
		}
		c.amounts = append(c.amounts, j.because(f.Named, "fee_"+f.Kind, "Amount", amount))
	}
	if q.GiftKept > 0 && j.r.FreeGift == "deduct" {
		c.deduction += q.GiftKept
		c.amounts = append(c.amounts, j.because(Named{Name: "free_gift"}, "gift_kept", "Amount", q.GiftKept))
	}
	return c
}

// gift turns money into credit for whoever was given it.
func (j *judge) gift(c claim) claim {
	if j.q.GiftReceipt {
		for i, one := range c.remedies {
			if one == "refund" {
				c.remedies[i] = "credit"
			}
		}
		c.shipping = 0
	}
	return c
}

// unsealed reports whether goods have been opened, as far as that is known.
func unsealed(condition string) bool { return condition != "" && condition != "sealed" }
