package payment

import (
	"fmt"
	"time"

	"cubby/locker/ledger"
	"cubby/locker/money"
)

// How long staff are left in peace, and how long a payment is looked for.
const (
	TellUnknown = 10 * time.Minute // after its time a payment whose outcome is unknown is told to staff
	TellRefund  = time.Hour        // after it was ordered a refund without an answer is told to staff
	Forget      = time.Hour        // after its time a payment that the provider does not know has expired
)

// A step is one transition under way.
type step struct {
	Attempt
	now  time.Time
	w    World
	news []News
}

// Step is the attempt after something was heard of it. It changes nothing where it was
// known, or where it says nothing of money; the error, a *ledger.Refusal, is for what
// people asked for and cannot have.
func (a Attempt) Step(in Input, now time.Time, w World) (Attempt, []News, error) {
	s := &step{Attempt: a, now: now, w: w}
	var err error
	switch in := in.(type) {
	case Said:
		s.said(in)
	case Silent:
		if s.State == Created {
			s.State = Unknown // the payment may be there, and its page as well
		}
	case Tick:
		s.tick()
	case Leave:
		if s.State.Waits() && s.Ending == NotEnding {
			s.end(Left)
		}
	case RefundSaid:
		s.refundSaid(in)
	case Retry:
		err = s.retry()
	case ByHand:
		err = s.byHand()
	case GiveBack:
		err = s.giveBack(in.Amount)
	}
	if err != nil {
		return a, nil, err
	}
	return s.Attempt, s.news, nil
}

func (s *step) tell(what What, why Reason, amount int64) {
	s.news = append(s.news, News{what, why, amount})
}

// task tells staff, of one matter once.
func (s *step) task(why Reason) {
	if s.Tasked != why {
		s.Tasked = why
		s.tell(Task, why, 0)
	}
}

// end has the attempt closed. Cash is nobody else's to close.
func (s *step) end(why Ending) {
	s.Ending = why
	if s.Tender == Cash {
		s.close(AtClosed)
		return
	}
	s.State = Unknown
}

func (s *step) close(how Status) {
	switch {
	case how == AtDeclined:
		s.State = Failed
	case how == AtExpired, s.Ending == Late:
		s.State = Expired
	default:
		s.State = Cancelled
	}
	s.Ended, s.Checked = s.now, 0
	s.tell(Closed, "", 0)
}

func (s *step) tick() {
	switch {
	case s.State.Waits() && s.Ending == NotEnding && !s.now.Before(s.Expires):
		s.end(Late)
	case s.State == Unknown && !s.now.Before(s.Expires.Add(TellUnknown)):
		s.task(LongUnknown)
	case s.refunding() && s.Tender != Cash && !s.now.Before(s.Refund.Since.Add(TellRefund)):
		s.task(SlowRefund)
	}
}

// refunding reports whether somebody has to answer for a refund.
func (a Attempt) refunding() bool { return a.Refund.ID != "" && a.State != RefundFailed }

func (s *step) said(o Said) {
	if s.Remote == "" {
		s.Remote = o.Remote
	}
	final := o.Status != AtOpen && o.Status != AtProcessing && o.Status != AtAbsent
	switch {
	case o.Captured > s.Got.Minor && final:
		s.money(o)
	case s.Tender == Cash && (s.State.Waits() || s.State.Closed()): // without money staff say nothing of cash
	case s.State.Waits():
		s.waiting(o)
	case s.State.Closed() && (o.Status == AtOpen || o.Status == AtProcessing):
		s.State, s.Ending = Unknown, Left // closed, it said: then it has to be closed
	default:
		s.ended(o)
	}
}

// waiting is what a provider says of a payment for which it has got nothing.
func (s *step) waiting(o Said) {
	if o.Page != "" {
		s.Page = o.Page
	}
	s.Seen = s.Seen || o.Status != AtAbsent
	ending := s.Ending != NotEnding
	switch o.Status {
	case AtOpen:
		if !ending {
			s.State = Shown
		}
	case AtProcessing:
		if !ending {
			s.State = Pending
		}
	case AtDeclined, AtExpired, AtClosed:
		s.close(o.Status)
	case AtAbsent:
		s.absent()
	default: // paid, and nothing was: it is asked again
		s.State = Unknown
	}
}

// absent is a provider that does not know the payment. What nobody can have seen, nobody
// can have paid.
func (s *step) absent() {
	switch {
	case s.State == Created:
	case !s.Seen && s.Ending == NotEnding:
		s.State = Created
	case !s.Seen:
		s.close(AtClosed)
	case !s.now.Before(s.Expires.Add(Forget)):
		s.task(Forgotten)
		s.Ending = Late
		s.close(AtExpired)
	default:
		s.State = Unknown
	}
}

// money has come, or more of it.
func (s *step) money(o Said) {
	first := s.Got.IsZero()
	if !first && o.Currency != s.Got.Currency {
		s.task(Contradicted)
		return
	}
	late := s.late(s.now)
	s.Got = money.Of(o.Captured, o.Currency)
	if s.Ended.IsZero() || first {
		s.Ended, s.Checked = s.now, 0
	}
	if !first {
		s.settle(PaidTwice)
		return
	}
	s.State = Paid
	if late {
		s.State = PaidLate
	}
	times := int64(max(o.Captures, 1))
	s.Refunded = min(max(o.Refunded, 0), o.Captured)
	switch {
	case s.Refunded > 0: // it has come and gone
		s.task(Elsewhere)
		s.State = RefundDone
		s.settle(WrongMoney)
	case o.Currency != s.Amount.Currency || o.Captured/times != s.Amount.Minor || o.Captured%times != 0:
		s.task(WrongMoney)
		s.settle(WrongMoney)
	case s.w.Covered:
		s.settle(PaidTwice)
	case !s.w.Goods:
		s.settle(NoGoods)
	default:
		s.Kept = s.Amount.Minor
		s.tell(Accepted, "", s.Kept)
		s.settle(PaidTwice)
	}
}

// ended is what a provider says after the end. What it gave back by itself is believed,
// unless a refund is under way, whose own answer counts.
func (s *step) ended(o Said) {
	s.elsewhere(o)
	for s.Checked < len(checks) && !s.now.Before(s.Ended.Add(checks[s.Checked])) {
		s.Checked++
	}
}

func (s *step) elsewhere(o Said) {
	if s.refunding() || o.Refunded <= s.Refunded || o.Currency != s.Got.Currency {
		return
	}
	s.Refunded = min(o.Refunded, s.Got.Minor)
	if over := -s.surplus(); over > 0 {
		s.Kept -= over
		s.task(Elsewhere)
	}
	if s.surplus() == 0 {
		s.Refund, s.State = Refund{}, RefundDone
		s.tell(RefundMade, Elsewhere, s.Refunded)
	}
}

// settle orders what is too much back, unless a refund is under way or was refused.
func (s *step) settle(why Reason) {
	if s.Refund.ID != "" || s.surplus() <= 0 {
		return
	}
	s.Refunds++
	s.Refund = Refund{
		ID: fmt.Sprintf("%s-r%d", s.ID, s.Refunds), Amount: s.surplus(), Why: why, Since: s.now,
	}
	switch {
	case why == PaidTwice:
		s.State = Duplicate
	case why != NoGoods || s.State != PaidLate:
		s.State = RefundPending
	}
	s.tell(Refunding, why, s.Refund.Amount)
	if s.Tender == Cash {
		s.Tasked = ""
		s.task(PayAtCounter)
	}
}

func (s *step) refundSaid(o RefundSaid) {
	if !s.refunding() || o.ID != s.Refund.ID {
		return
	}
	switch {
	case o.Status == BackPending:
		s.State = RefundPending
	case o.Status == BackDone && o.Amount == s.Refund.Amount && o.Currency == s.Got.Currency:
		s.made()
	case o.Status == BackDone: // something else was paid back: look there before paying again
		s.State = RefundFailed
		s.task(Contradicted)
	default:
		s.State = RefundFailed
		s.Tasked = ""
		s.task(Refused)
	}
}

func (s *step) made() {
	s.Refunded += s.Refund.Amount
	s.tell(RefundMade, s.Refund.Why, s.Refund.Amount)
	s.Refund, s.State, s.Tasked = Refund{}, RefundDone, ""
	s.settle(Returned)
}

func (s *step) retry() error {
	if s.State != RefundFailed {
		return ledger.Refuse(ledger.Conflict, "refund-not-failed",
			"only a refund that the provider has refused can be ordered again: this payment is %s", s.State)
	}
	why := s.Refund.Why
	s.Refund = Refund{}
	s.settle(why)
	return nil
}

func (s *step) byHand() error {
	if s.State != RefundFailed && (s.Tender != Cash || !s.refunding()) {
		return ledger.Refuse(ledger.Conflict, "refund-not-by-hand",
			"only cash, and what the provider has refused to pay back, is paid back by hand: this payment is %s",
			s.State)
	}
	s.Refund.Amount = min(s.Refund.Amount, s.surplus())
	s.made()
	return nil
}

func (s *step) giveBack(amount int64) error {
	if amount <= 0 || amount > s.Kept {
		return ledger.Refuse(ledger.Conflict, "refund-too-much",
			"%d cannot be paid back on this tender: 1 to %d minor units are left of it", amount, s.Kept)
	}
	s.Kept -= amount
	s.settle(Returned)
	return nil
}
