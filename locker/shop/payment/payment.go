// Package payment decides what becomes of the money of an order, outside of the scope of
// cards: a page of a provider on the customer's phone, a terminal that is handed the
// amount, cash at the counter, and several of them for one order.
//
// It is pure. An attempt and what was heard of it, or a moment that has come, give the
// attempt as it is then, and what has to be told: serve the goods, a refund, a task for
// staff. What has to be asked of the provider follows from the attempt alone (Errand), so
// that nothing is forgotten by a restart.
//
// Only the provider's own payment object proves that something was paid. As long as the
// outcome is not known nobody is asked to pay again: a second attempt begins when the
// provider has closed the first.
package payment

import (
	"time"

	"cubby/locker/money"
)

// A Tender is a way to pay.
type Tender string

// The tenders.
const (
	Phone    Tender = "phone"    // a page of the provider, opened by a QR code
	Terminal Tender = "terminal" // a device that is handed the amount
	Cash     Tender = "cash"     // at the counter; staff say what they have got
	Gift     Tender = "gift"     // a gift card, at whoever keeps its balance
	Points   Tender = "points"
)

// Tenders are all of them.
var Tenders = []Tender{Phone, Terminal, Cash, Gift, Points}

// State is how far an attempt is.
type State string

// The states of an attempt.
const (
	Created       State = "CREATED"        // decided; the provider has not answered
	Shown         State = "SHOWN"          // the customer sees where to pay
	Pending       State = "PENDING"        // the customer is paying
	Paid          State = "PAID"           // the right money came in time
	Failed        State = "FAILED"         // the provider has closed it: declined
	Expired       State = "EXPIRED"        // the provider has closed it: its time was over
	Cancelled     State = "CANCELLED"      // the provider has closed it: the customer has left
	Unknown       State = "UNKNOWN"        // nobody knows; the provider is asked until it says
	PaidLate      State = "PAID_LATE"      // the right money came after its time
	Duplicate     State = "DUPLICATE"      // money that came once too often goes back
	RefundPending State = "REFUND_PENDING" // money goes back
	RefundDone    State = "REFUND_DONE"    // it has gone back
	RefundFailed  State = "REFUND_FAILED"  // the provider refuses: for staff
)

// States are all of them.
var States = []State{
	Created, Shown, Pending, Paid, Failed, Expired, Cancelled, Unknown, PaidLate, Duplicate,
	RefundPending, RefundDone, RefundFailed,
}

// Waits reports whether money may still come by the state, so that nobody may be asked to
// pay again.
func (s State) Waits() bool { return s == Created || s == Shown || s == Pending || s == Unknown }

// Closed reports whether the provider has closed the attempt without money.
func (s State) Closed() bool { return s == Failed || s == Expired || s == Cancelled }

// Ending is why an attempt is being closed.
type Ending string

// Why an attempt is being closed.
const (
	NotEnding Ending = ""
	Left      Ending = "left" // the customer does not want to pay this way
	Late      Ending = "late" // its time is over
)

// An Attempt is one try to be paid. Its id is the idempotency key at the provider and the
// reference of the payment there.
type Attempt struct {
	ID      string       `json:"id"` // random, of letters, digits, "-" and "_", 16 to 64
	Tender  Tender       `json:"tender"`
	Amount  money.Amount `json:"amount"` // more than zero
	State   State        `json:"state"`
	Remote  string       `json:"remote,omitempty"` // what the provider calls it
	Page    string       `json:"page,omitempty"`   // where the customer pays; of a terminal what it shows
	Seen    bool         `json:"seen,omitempty"`   // the customer may have seen where to pay
	Created time.Time    `json:"created"`
	Expires time.Time    `json:"expires"` // money that comes after it is late
	Ending  Ending       `json:"ending,omitempty"`
	Ended   time.Time    `json:"ended,omitzero"` // when it was paid or closed

	Got      money.Amount `json:"got,omitzero"`       // what the provider has taken from the customer
	Kept     int64        `json:"kept,omitempty"`     // of Got, minor units: what pays for goods
	Refunded int64        `json:"refunded,omitempty"` // of Got, minor units: what has gone back
	Refund   Refund       `json:"refund,omitzero"`    // that is under way, or was refused
	Refunds  int          `json:"refunds,omitempty"`  // how many there were; numbers their ids
	Checked  int          `json:"checked,omitempty"`  // how often it was looked at after its end
	Tasked   Reason       `json:"tasked,omitempty"`   // what staff were told last
}

// A Refund is money that goes back. Its id is the idempotency key at the provider.
type Refund struct {
	ID     string    `json:"id,omitempty"`
	Amount int64     `json:"amount,omitempty"` // minor units of what was got
	Why    Reason    `json:"why,omitempty"`
	Since  time.Time `json:"since,omitzero"`
}

// Reason is why money goes back, or what staff are to look at.
type Reason string

// Why money goes back.
const (
	WrongMoney Reason = "wrong_money" // another amount or currency than was asked for; for staff, too
	PaidTwice  Reason = "paid_twice"
	NoGoods    Reason = "no_goods" // paid, and the goods are not there any more
	Returned   Reason = "returned" // somebody who may has ordered it
)

// What staff are to look at.
const (
	LongUnknown  Reason = "long_unknown"   // the provider does not say whether it was paid
	Forgotten    Reason = "forgotten"      // the provider does not know a payment that it has shown
	Refused      Reason = "refused"        // the provider does not pay back: pay by hand, or try again
	SlowRefund   Reason = "slow_refund"    // the provider does not say whether it has paid back
	Elsewhere    Reason = "elsewhere"      // paid back at the provider, and nobody here has ordered it
	Contradicted Reason = "contradicted"   // the provider says other things than before
	PayAtCounter Reason = "pay_at_counter" // cash goes back by hand
)

// Open reports whether the attempt stands in the way of another.
func (a Attempt) Open() bool { return a.State.Waits() }

// surplus is what has to go back, in minor units of what was got.
func (a Attempt) surplus() int64 { return a.Got.Minor - a.Refunded - a.Kept }

// Settled reports whether nothing is going to happen any more by itself, and all money is
// accounted for: what was got is what pays for goods and what has gone back.
func (a Attempt) Settled() bool {
	return !a.Open() && a.Refund.ID == "" && a.surplus() == 0
}

// late reports whether money that comes now is late.
func (a Attempt) late(now time.Time) bool {
	return now.After(a.Expires) || a.State.Closed() || a.Ending != NotEnding
}
