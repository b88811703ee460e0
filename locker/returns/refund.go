package returns

import (
	"time"

	"cubby/locker/ledger"
	"cubby/locker/orders"
	"cubby/locker/visit"
)

// RefundState is how a refund stands.
type RefundState string

// The states of a refund.
const (
	Pending   RefundState = "pending"   // ordered; nobody has said anything final
	Approved  RefundState = "approved"  // whoever pays has agreed
	Completed RefundState = "completed" // the money is on its way; final
	Failed    RefundState = "failed"    // was refused, or tried for too long; staff look at it
	Replaced  RefundState = "replaced"  // had failed, and is paid another way; final
)

// A Refund is money that goes back on one tender.
type Refund struct {
	ID        string      `json:"id"` // idempotency key of whoever pays
	Case      string      `json:"case"`
	Order     string      `json:"order,omitempty"`
	Shop      string      `json:"shop"`
	Items     []int       `json:"items"`            // of the case that it is for
	Tender    string      `json:"tender,omitempty"` // id of the order's; empty: a new gift card, points
	Kind      string      `json:"kind"`             // card, cash, gift_card, points, ...
	Reference string      `json:"reference,omitempty"`
	Amount    int64       `json:"amount"`
	Currency  string      `json:"currency"`
	State     RefundState `json:"state"`
	Attempts  int         `json:"attempts"`
	NextAt    time.Time   `json:"next_at,omitzero"` // asked again then; zero: not by itself
	Provider  string      `json:"provider,omitempty"`
	Answer    string      `json:"answer,omitempty"` // the payer's own reference
	Detail    string      `json:"detail,omitempty"`
	Twice     bool        `json:"paid_twice,omitempty"` // it was paid another way, too
	Ordered   time.Time   `json:"ordered"`
	Ended     *time.Time  `json:"ended,omitempty"`
	Rev       int64       `json:"rev"`
}

// Counts reports whether the refund takes from what its tender may still get. One that has
// failed does: it can be tried again.
func (r Refund) Counts() bool { return r.State != Replaced }

// Waits reports whether whoever pays has said nothing final yet.
func (r Refund) Waits() bool { return r.State == Pending || r.State == Approved }

// How long a refund is asked for before staff have to look at it: one that whoever pays says
// nothing of, and one that was agreed to, which a bank may take its time over.
const (
	triedFor    = 72 * time.Hour
	approvedFor = 30 * 24 * time.Hour
)

// givenUp is why a refund is not asked for any more; empty: it is.
func (r Refund) givenUp(now time.Time) string {
	waited := now.Sub(r.Ordered)
	switch {
	case r.Attempts == 0: // staff want it asked for once more
		return ""
	case r.State == Approved && waited > approvedFor:
		return "it was agreed to, and not paid in thirty days"
	case r.State != Approved && waited > triedFor:
		return "no final answer in three days"
	}
	return ""
}

// askAtOnce has a start ask for all refunds that are asked for at all: an answer may have
// been lost with the run of the core before.
func askAtOnce(t *visit.Turn, _ bool) {
	for _, r := range openRefunds.Find(t.State, ledger.Open) {
		if r.NextAt.After(t.Now) {
			t.Emit(&RefundAsked{OfRefund: r.of(), Attempt: r.Attempts, Next: t.Now, Provider: r.Provider,
				Detail: r.Detail})
		}
	}
}

// Refunded is what has gone back on a tender of an order, or is about to.
func Refunded(s *ledger.State, order, tender string) (sum int64) {
	for _, r := range refundsOf.Find(s, order) {
		if r.Tender == tender && r.Counts() {
			sum += r.Amount
		}
	}
	return sum
}

// Unpaid is what can still go back of an order at all, the way it was paid or another: all
// that was paid for it, less what has gone back here or elsewhere.
func Unpaid(s *ledger.State, o orders.Order) (minor int64) {
	for _, p := range o.Tenders {
		minor += p.Amount - p.RefundedElsewhere
	}
	for _, r := range refundsOf.Find(s, o.ID) {
		if r.Counts() {
			minor -= r.Amount
		}
	}
	return max(0, minor)
}

// Pay asks whoever pays for a refund. It is asked again with the same id until the
// answer is final.
type Pay struct{ Refund }

// Kind names the effect.
func (Pay) Kind() string { return "refund.pay" }
