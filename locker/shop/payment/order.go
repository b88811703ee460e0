package payment

import (
	"slices"
	"time"

	"cubby/locker/ledger"
	"cubby/locker/money"
)

// A Payment is all that is known of the money of one order. The zero value pays nothing;
// New makes one.
type Payment struct {
	Order    string       `json:"order"`
	Due      money.Amount `json:"due"`
	Attempts []Attempt    `json:"attempts,omitempty"` // the oldest first
	Served   bool         `json:"served,omitempty"`   // the goods were promised, for good
	Dropped  bool         `json:"dropped,omitempty"`  // the order was given up: all money goes back
}

// Bounds of payments.
const (
	MostAttempts = 50
	ShortestLife = 30 * time.Second
	LongestLife  = 2 * time.Hour
)

// New is the payment of an order, of zero or more. An order of zero is paid: the caller
// serves it.
func New(order string, due money.Amount) Payment {
	return Payment{Order: order, Due: due, Served: due.Minor == 0}
}

// Paid is how much of the order is paid, in minor units of Due.
func (p Payment) Paid() (sum int64) {
	for _, a := range p.Attempts {
		sum += a.Kept
	}
	return sum
}

// Left is what has to be paid still, in minor units of Due.
func (p Payment) Left() int64 { return max(p.Due.Minor-p.Paid(), 0) }

// Waits is the attempt whose outcome is not known, if there is one: nobody is asked to
// pay again before it has ended.
func (p Payment) Waits() (Attempt, bool) {
	i := slices.IndexFunc(p.Attempts, Attempt.Open)
	if i < 0 {
		return Attempt{}, false
	}
	return p.Attempts[i], true
}

// Settled reports whether all attempts are.
func (p Payment) Settled() bool {
	for _, a := range p.Attempts {
		if !a.Settled() {
			return false
		}
	}
	return true
}

// Ready says why nobody may be asked to pay now; nil: an attempt may begin. The error is a
// *ledger.Refusal: payment-open while an attempt has not ended, money-going-back while money
// that was not right is here, order-paid, order-given-up, too-many-attempts.
func (p Payment) Ready() error {
	switch open, waits := p.Waits(); {
	case p.Dropped:
		return ledger.Refuse(ledger.Conflict, "order-given-up", "the order was given up: begin a new one")
	case waits:
		return ledger.Refuse(ledger.Conflict, "payment-open",
			"an attempt to pay by %s is %s: wait until the provider has closed it", open.Tender, open.State)
	case p.Served:
		return ledger.Refuse(ledger.Conflict, "order-paid", "the order is paid")
	case slices.ContainsFunc(p.Attempts, func(a Attempt) bool { return !a.Settled() }):
		return ledger.Refuse(ledger.Conflict, "money-going-back",
			"money that was not right is going back: wait until it has, or ask staff")
	case len(p.Attempts) >= MostAttempts:
		return ledger.Refuse(ledger.Conflict, "too-many-attempts",
			"%d attempts were made: pay at the counter, or begin a new order", MostAttempts)
	}
	return nil
}

// Over reports whether it is settled and no provider is asked about it any more: that is a
// day after its last attempt has ended. Until then the payment has to be kept at hand.
func (p Payment) Over() bool { return p.Settled() && len(p.Errands()) == 0 }

// Begin adds an attempt to pay amount, minor units of Due, until now+life. It is refused
// while Ready says why not, and when more would be paid than is due. The id is random and
// was never used.
func (p Payment) Begin(
	id string, t Tender, amount int64, now time.Time, life time.Duration,
) (Payment, error) {
	switch why := p.Ready(); {
	case !slices.Contains(Tenders, t):
		return p, ledger.Refuse(ledger.Invalid, "tender", "%q is no way to pay: one of %v", t, Tenders)
	case len(id) < 16 || len(id) > 64 || p.find(id) >= 0:
		return p, ledger.Refuse(ledger.Invalid, "attempt-id", "an attempt has a new id of 16 to 64 characters")
	case life < ShortestLife || life > LongestLife:
		return p, ledger.Refuse(ledger.Invalid, "attempt-life",
			"an attempt lasts %v to %v", ShortestLife, LongestLife)
	case why != nil:
		return p, why
	case amount <= 0 || amount > p.Left():
		return p, ledger.Refuse(ledger.Conflict, "amount", "1 to %d minor units can be paid", p.Left())
	}
	a := Attempt{
		ID: id, Tender: t, Amount: money.Of(amount, p.Due.Currency), State: Created, Created: now,
		Expires: now.Add(life),
	}
	if t == Cash {
		a.State, a.Seen = Shown, true
	}
	p.Attempts = append(slices.Clip(p.Attempts), a)
	return p, nil
}

// Step is the payment after something was heard of one attempt. goods says whether they
// are there for this order at this moment. Serve is told once in the life of a payment.
func (p Payment) Step(id string, in Input, now time.Time, goods bool) (Payment, []News, error) {
	i := p.find(id)
	if i < 0 {
		return p, nil, ledger.Refuse(ledger.NotFound, "no-such-attempt", "this order has no such payment")
	}
	before := p.Attempts[i]
	world := World{
		Goods:   goods && !p.Dropped,
		Covered: p.Served || p.Paid()-before.Kept+before.Amount.Minor > p.Due.Minor,
	}
	after, news, err := before.Step(in, now, world)
	if err != nil {
		return p, nil, err
	}
	p.Attempts = slices.Clone(p.Attempts)
	p.Attempts[i] = after
	lost := slices.ContainsFunc(news, func(n News) bool { return n.What == Refunding && n.Why == NoGoods })
	switch {
	case lost && !p.Dropped:
		var more []News
		p, more = p.Drop(now)
		news = append(news, more...)
	case !p.Served && !p.Dropped && p.Paid() >= p.Due.Minor:
		p.Served = true
		news = append(news, News{What: Serve, Amount: p.Paid()})
		p.endAll(now, &news)
	}
	return p, news, nil
}

func (p Payment) find(id string) int {
	return slices.IndexFunc(p.Attempts, func(a Attempt) bool { return a.ID == id })
}

// endAll has what is open closed; the attempts are the caller's to change.
func (p Payment) endAll(now time.Time, news *[]News) {
	for i, a := range p.Attempts {
		if s := (&step{Attempt: a, now: now}); a.Open() && a.Ending == NotEnding {
			s.end(Left)
			p.Attempts[i] = s.Attempt
			*news = append(*news, s.news...)
		}
	}
}

// Drop gives the order up: what is open is closed, what was kept goes back, and what
// comes late as well. Goods that were promised are the caller's to take back. The news may
// hold tasks for staff: cash that goes back.
func (p Payment) Drop(now time.Time) (Payment, []News) {
	p.Dropped, p.Attempts = true, slices.Clone(p.Attempts)
	var news []News
	p.endAll(now, &news)
	for i, a := range p.Attempts {
		s := &step{Attempt: a, now: now}
		s.Kept = 0
		s.settle(Returned)
		p.Attempts[i] = s.Attempt
		news = append(news, s.news...)
	}
	return p, news
}

// GiveBack pays amount back, minor units of Due, on each tender as it has paid. It is
// refused when more would go back than was paid and is left.
func (p Payment) GiveBack(amount int64, now time.Time) (Payment, []News, error) {
	kept := make([]int64, len(p.Attempts))
	for i, a := range p.Attempts {
		kept[i] = a.Kept
	}
	shares, err := Shares(amount, kept)
	if err != nil {
		return p, nil, err
	}
	p.Attempts = slices.Clone(p.Attempts)
	var news []News
	for i, share := range shares {
		if share == 0 {
			continue
		}
		after, told, err := p.Attempts[i].Step(GiveBack{share}, now, World{})
		if err != nil {
			return p, nil, err
		}
		p.Attempts[i], news = after, append(news, told...)
	}
	return p, news, nil
}

// Shares splits a refund over tenders by what is left on each: never more than that on
// any, and together the amount.
func Shares(amount int64, left []int64) ([]int64, error) {
	var all int64
	for _, l := range left {
		all += l
	}
	if amount <= 0 || amount > all {
		return nil, ledger.Refuse(ledger.Conflict, "refund-too-much",
			"%d cannot be paid back: 1 to %d minor units are left", amount, all)
	}
	return money.Allocate(amount, left), nil
}

// Errands are what providers have to be asked now, for all attempts.
func (p Payment) Errands() (all []Errand) {
	for _, a := range p.Attempts {
		if e, ok := a.Errand(); ok {
			e.Order = p.Order
			all = append(all, e)
		}
	}
	return all
}

// Deadline is when the next Tick has to be given to which attempt; zero: none.
func (p Payment) Deadline() (at time.Time, id string) {
	for _, a := range p.Attempts {
		if d := a.Deadline(); !d.IsZero() && (at.IsZero() || d.Before(at)) {
			at, id = d, a.ID
		}
	}
	return at, id
}
