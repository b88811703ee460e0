package policy

import (
	"slices"
	"strconv"
	"time"

	"cubby/locker/money"
)

// Judge answers a question by the rules of the shop and the law. Risk makes money slower and
// takes no right away.
func Judge(r Rules, q Question) Verdict {
	j := &judge{r: r, q: q, kind: r.Category(q.Category), reason: r.reason(q)}
	if j.q.Zone == nil {
		j.q.Zone = time.UTC
	}
	if word, why := j.impossible(); word != "" {
		return Verdict{Refused: word, Because: why}
	}
	claims := j.claims()
	best := slices.MaxFunc(claims, better)
	v := Verdict{Because: slices.Concat(best.because, best.amounts)}
	for _, c := range claims {
		if c.ground != best.ground {
			v.Because = append(v.Because, c.because...)
		}
	}
	if best.refused != "" {
		v.Refused, v.Until, v.Day, v.Of = best.refused, best.until, best.day, best.of
		return v
	}
	j.pay(&v, best)
	for _, c := range claims { // what another right gives beside it stays possible
		if c.refused == "" {
			v.Remedies = append(v.Remedies, c.remedies...)
		}
	}
	v.Remedies = inOrder(v.Remedies)
	return v
}

type judge struct {
	r      Rules
	q      Question
	kind   Category
	reason Reason
	look   []Because // why it must be looked at before money is paid
}

// A claim is one ground by which it may come back.
type claim struct {
	ground   string
	refused  string // why not
	until    time.Time
	day, of  int
	remedies []string

	deduction, restocking, returnFee, shipping int64
	because                                    []Because // whether, and until when
	amounts                                    []Because // what of the price, if it is the one that is used
}

func (c claim) refuse(word string, why Because) claim {
	c.refused, c.because, c.amounts = word, []Because{why}, nil
	return c
}

// money is what the claim pays, not counting the price.
func (c claim) money() int64 { return c.shipping - c.deduction - c.restocking - c.returnFee }

// pays reports whether money can be had, and not only repair or another one.
func (c claim) pays() bool {
	return slices.Contains(c.remedies, "refund") || slices.Contains(c.remedies, "credit")
}

// better orders claims by what they are worth to the customer: money at all, how much of it,
// for how long. Of those that are refused it is the one that was possible for longest.
func better(a, b claim) int {
	rank := func(c claim) [3]int64 {
		if c.refused != "" {
			late := int64(-1)
			if c.refused == tooLate {
				late = c.until.Unix()
			}
			return [3]int64{0, late, 0}
		}
		gives := int64(1)
		if c.pays() {
			gives = 2
		}
		end := c.until.Unix()
		if c.until.IsZero() {
			end = 1 << 62
		}
		return [3]int64{gives, c.money(), end}
	}
	x, y := rank(a), rank(b)
	return slices.Compare(x[:], y[:])
}

var remedies = []string{"refund", "exchange", "repair", "credit"}

func inOrder(some []string) (out []string) {
	for _, one := range remedies {
		if slices.Contains(some, one) {
			out = append(out, one)
		}
	}
	return out
}

// Words of refusals that the kiosk and the desk know.
const (
	tooLate      = "too_late"
	notHere      = "not_here"
	finalSale    = "final_sale"
	neverBack    = "never_returnable"
	opened       = "hygiene_opened"
	overLimit    = "over_limit"
	alreadyBack  = "already_back"
	serialNeeded = "serial_needed"
	wrongSerial  = "wrong_serial"
	bundleWhole  = "bundle_whole"
	noReceipt    = "no_receipt"
	badCondition = "condition"
	notIntact    = "not_intact"
	noGift       = "gift_refused"
)

// impossible says what no right changes: the item is not one of the order, or this way is
// closed to it while others stay open.
func (j *judge) impossible() (string, []Because) {
	q := j.q
	switch {
	case q.Quantity < 1 || q.Quantity > q.Left:
		return alreadyBack, []Because{{Rule: "order.quantity", Word: "already_back", Data: data(
			"Quantity", q.Quantity, "Left", max(q.Left, 0))}}
	case q.Serial != "" && len(q.Serials) > 0 && !slices.Contains(q.Serials, q.Serial):
		return wrongSerial, []Because{{Rule: "order.serial", Word: "wrong_serial"}}
	case q.BundleWhole && !j.reason.Faulty:
		return bundleWhole, []Because{{Rule: "order.bundle", Word: "bundle_whole"}}
	}
	if len(q.Serials) > 0 && q.Serial == "" {
		switch b := (Because{Rule: j.kind.Name, Line: j.kind.Line, Word: "serial_must"}); j.kind.Serial {
		case "must":
			return serialNeeded, []Because{b}
		case "ask":
			b.Word = "serial_ask"
			j.look = append(j.look, b)
		}
	}
	for _, w := range j.r.Ways {
		if w.fits(j.r, q) && in(w.Back, q.Back) {
			if !w.Take {
				return notHere, []Because{j.because(w.Named, "way_closed", "Back", q.Back)}
			}
			break
		}
	}
	for _, l := range j.r.Limits {
		if len(l.Back) > 0 && slices.Contains(l.Back, q.Back) && l.fits(j.r, q) {
			if b := j.over(l, "_here"); b != nil {
				return overLimit, []Because{*b}
			}
		}
	}
	return "", nil
}

// over says which bound of a limit is exceeded.
func (j *judge) over(l Limit, where string) *Because {
	var b Because
	switch {
	case l.Quantity > 0 && j.q.Quantity > l.Quantity:
		b = j.because(l.Named, "limit_quantity"+where, "Quantity", j.q.Quantity, "Most", l.Quantity)
	case l.Amount > 0 && j.r.counts(j.q) && j.q.Paid > l.Amount:
		b = j.because(l.Named, "limit_amount"+where, "Amount", j.q.Paid, "Limit", l.Amount)
	case l.Returns > 0 && j.q.Returns90 >= l.Returns:
		b = j.because(l.Named, "limit_returns"+where, "Returns", j.q.Returns90, "Most", l.Returns)
	default:
		return nil
	}
	return &b
}

// claims are the grounds that there are, the best first among equals.
func (j *judge) claims() []claim {
	var all []claim
	if j.reason.Faulty {
		if c, ok := j.faulty(); ok {
			all = append(all, c)
		}
	}
	if !j.q.GiftReceipt { // whoever has not paid has not made the contract
		if c, ok := j.withdrawal(); ok {
			all = append(all, c)
		}
		if c, ok := j.sevenDays(); ok {
			all = append(all, c)
		}
	}
	return append(all, j.shop())
}

// pay works out the money, and when it is paid.
func (j *judge) pay(v *Verdict, c claim) {
	q := j.q
	v.Eligible, v.Ground = true, c.ground
	v.Until, v.Day, v.Of = c.until, c.day, c.of
	v.Dispositions = j.r.dispositions(q)
	v.To = "payer"
	left := q.Paid
	take := func(n int64) int64 {
		n = min(n, left)
		left -= n
		return n
	}
	v.Deduction = take(c.deduction)
	v.Fee = take(c.restocking)
	v.ReturnFee = take(c.returnFee)
	v.Fee += v.ReturnFee
	v.FeeBy = "shop"
	if v.ReturnFee > 0 {
		v.FeeBy = "customer"
	}
	if c.pays() {
		v.Refund, v.Shipping = left, c.shipping
	}
	if q.GiftReceipt {
		v.To = "recipient"
		v.Because = append(v.Because, Because{Rule: "gift", Word: "gift_credit"})
	}
	v.Moment = "after_grading"
	if c.pays() {
		j.keep(v)
		j.moment(v)
	}
}

func (j *judge) keep(v *Verdict) {
	k, q := j.r.Keep, j.q
	if k.Handling <= 0 || q.Free || !j.r.counts(q) || q.Paid >= k.Handling {
		return
	}
	b := j.because(k.Named, "keep", "Amount", q.Paid, "Limit", k.Handling)
	switch {
	case q.Risk.rank() > k.Risk.rank():
		b.Word = "keep_looked"
	case k.Times > 0 && q.Returns90 >= k.Times:
		b.Word, b.Data["Most"] = "keep_often", strconv.Itoa(k.Times)
	default:
		v.Keep = true
	}
	v.Because = append(v.Because, b)
}

// instant is up to which amount money is paid at the drop.
func (r Rules) instant(q Question) Instant {
	best := Instant{Named: Named{Name: "usual"}}
	for _, i := range r.Instant {
		if q.Risk.rank() <= i.Risk.rank() && i.Most > best.Most {
			best = i
		}
	}
	return best
}

// moment is when money is paid: at once up to the limit of the risk, and only for what need
// not be looked at first.
func (j *judge) moment(v *Verdict) {
	if v.Keep {
		v.Moment = "at_drop"
		return
	}
	if len(j.look) > 0 {
		v.Because = append(v.Because, j.look...)
		return
	}
	best := j.r.instant(j.q)
	switch {
	case best.Most == 0 || !j.r.counts(j.q):
		v.Because = append(v.Because, j.because(best.Named, "graded_first"))
	case v.Refund > best.Most:
		v.Because = append(
			v.Because,
			j.because(best.Named, "graded_above", "Amount", v.Refund, "Limit", best.Most),
		)
	default:
		v.Moment = "at_drop"
		v.Because = append(v.Because, j.because(best.Named, "at_drop", "Limit", best.Most))
	}
}

// Together judges the items of one return: what is once for all of them, the fee for coming
// back and the shipping, is counted with the first that has it.
func Together(r Rules, all []Question) []Verdict {
	out := make([]Verdict, len(all))
	var fee, shipping bool
	for i, q := range all {
		v := Judge(r, q)
		if v.ReturnFee > 0 && fee {
			v.Refund, v.Fee, v.ReturnFee = v.Refund+v.ReturnFee, v.Fee-v.ReturnFee, 0
		}
		if v.Shipping > 0 && shipping {
			v.Shipping = 0
		}
		fee, shipping = fee || v.ReturnFee > 0, shipping || v.Shipping > 0
		out[i] = v
	}
	gradeTogether(r, all, out)
	return out
}

// because makes a reason of a rule of the shop.
func (j *judge) because(n Named, word string, gaps ...any) Because {
	return Because{Rule: n.Name, Line: n.Line, Word: word, Data: j.money(data(gaps...))}
}

// money names the currency of amounts.
func (j *judge) money(gaps map[string]string) map[string]string {
	if _, ok := gaps["Amount"]; !ok && gaps["Limit"] == "" {
		return gaps
	}
	gaps["Currency"] = j.q.Currency
	if gaps["Currency"] == "" {
		gaps["Currency"] = j.r.Currency
	}
	return gaps
}

func data(gaps ...any) map[string]string {
	out := map[string]string{}
	for i := 0; i+1 < len(gaps); i += 2 {
		switch x := gaps[i+1].(type) {
		case string:
			out[gaps[i].(string)] = x
		case int:
			out[gaps[i].(string)] = strconv.Itoa(x)
		case int64:
			out[gaps[i].(string)] = strconv.FormatInt(x, 10)
		case Day:
			out[gaps[i].(string)] = x.String()
		}
	}
	return out
}

// percent is so many hundredths of an amount, a half up.
func percent(of int64, hundredths int) int64 {
	n := int64(min(max(hundredths, 0), 100))
	return money.Allocate(of, []int64{n, 100 - n})[0]
}

// gradeTogether has all of a return looked at first when it is worth more than what is
// paid at the drop, however small its items are.
func gradeTogether(r Rules, all []Question, out []Verdict) {
	var sum int64
	for _, v := range out {
		if v.Moment == "at_drop" && !v.Keep {
			sum += v.Refund
		}
	}
	for i := range out {
		v := &out[i]
		best := r.instant(all[i])
		if v.Moment != "at_drop" || v.Keep || sum <= best.Most {
			continue
		}
		v.Moment = "after_grading"
		j := &judge{r: r, q: all[i]}
		for k, b := range v.Because {
			if b.Word == "at_drop" {
				v.Because[k] = j.because(best.Named, "graded_above", "Amount", sum, "Limit", best.Most)
			}
		}
	}
}
