package payment

// An Input is what is heard of an attempt. Each type of this file that has the method is one.
type Input interface{ input() }

// Status is what a provider says of a payment.
type Status string

// What providers say.
const (
	AtOpen       Status = "open"       // can be paid
	AtProcessing Status = "processing" // is being paid
	AtPaid       Status = "paid"
	AtDeclined   Status = "declined" // and cannot be paid any more
	AtExpired    Status = "expired"
	AtClosed     Status = "closed" // as it was asked to
	AtAbsent     Status = "absent" // there is no such payment
)

// Statuses are all of them.
var Statuses = []Status{AtOpen, AtProcessing, AtPaid, AtDeclined, AtExpired, AtClosed, AtAbsent}

// Said is the provider's payment object, whether it was asked for it or has sent it.
type Said struct {
	Status   Status
	Remote   string // what the provider calls it
	Page     string
	Currency string // ISO 4217, of Captured and Refunded
	Captured int64  // minor units taken from the customer, of all captures together
	Captures int    // how often; 0 counts as once where something was captured
	Refunded int64  // minor units that the provider has given back
}

// Silent is a provider that did not answer, or not so that it can be understood.
type Silent struct{}

// Tick is a moment that has come: that of Deadline.
type Tick struct{}

// Leave is a customer who does not want to pay this way any more.
type Leave struct{}

// RefundStatus is what a provider says of a refund.
type RefundStatus string

// What providers say of refunds.
const (
	BackDone    RefundStatus = "done"
	BackPending RefundStatus = "pending"
	BackRefused RefundStatus = "refused" // nothing was paid
)

// RefundSaid is what the provider says of a refund.
type RefundSaid struct {
	ID       string // the refund's id
	Status   RefundStatus
	Amount   int64 // minor units that it speaks of; zero: it named none
	Currency string
}

// Retry is staff who have a refused refund ordered again, with a new id.
type Retry struct{}

// ByHand is staff who have given the money back themselves.
type ByHand struct{}

// GiveBack is a refund of what was kept for goods: they came back, or the order was called off.
type GiveBack struct{ Amount int64 } // minor units, more than zero

func (Said) input()       {}
func (Silent) input()     {}
func (Tick) input()       {}
func (Leave) input()      {}
func (RefundSaid) input() {}
func (Retry) input()      {}
func (ByHand) input()     {}
func (GiveBack) input()   {}

// News is what others have to know, or to do, of a step.
type News struct {
	What   What
	Why    Reason // of tasks and refunds
	Amount int64  // minor units of what was got; of tasks and endings zero
}

// What is the kind of news.
type What string

// The kinds of news.
const (
	Accepted   What = "accepted"    // the attempt's money pays for goods
	Serve      What = "serve"       // all of the order is paid: give the goods, once
	Closed     What = "closed"      // no money came, and none will: another attempt may begin
	Refunding  What = "refunding"   // money goes back
	RefundMade What = "refund_made" // it has gone back
	Task       What = "task"        // for staff
)

// A World is what the order knows at this moment.
type World struct {
	Goods   bool // they are there for this order: held, or free still
	Covered bool // with this attempt more would be paid than is due
}
