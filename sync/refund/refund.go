// Package refund gives money back through those who can: the centre, which is told by an
// event and answers over REST, or a payment provider that is asked over HTTPS.
//
// A refund has one idempotency key for its whole life. Who is asked twice with it pays
// once. An answer that is not understood, or does not come, leaves the state unknown, and
// the same key is asked again. No card data passes through here, and neither the secret
// key nor the whole reference of a payment is in any log or answer.
//
// A Provider may be used by any goroutine. It keeps nothing: after a crash the same order
// is given to it again.
package refund

import (
	"context"
	"slices"
	"time"
)

// An Order is money to be given back on one tender.
type Order struct {
	ID        string // the idempotency key, of letters, digits, "-" and "_"
	Case      string
	OrderID   string
	Tender    string
	Kind      string // of the tender: "card", "cash", ...
	Reference string // of the payment, as the order came with it
	Given     string // what the provider calls the refund, once it has said so
	Amount    int64  // minor units by ISO 4217, more than zero
	Currency  string // ISO 4217
	Attempt   int    // from 1
	Ordered   time.Time
}

// State is what is known of a refund.
type State string

// The states of a refund.
const (
	Pending   State = "pending"   // passed on; the answer comes by another way, nobody is to be asked
	Approved  State = "approved"  // it will be paid; ask again later
	Completed State = "completed" // paid
	Failed    State = "failed"    // not paid, or not as ordered: for a person to look at
	Rejected  State = "rejected"  // refused, nothing was paid
	Unknown   State = "unknown"   // ask again with the same key
)

// Final reports whether nobody is asked any more.
func (s State) Final() bool { return s == Completed || s == Failed || s == Rejected }

// Trouble is what keeps a provider from answering; it is about the provider, not about one
// refund.
type Trouble string

// The troubles of a provider.
const (
	None        Trouble = ""
	Unreachable Trouble = "unreachable"
	KeyRefused  Trouble = "key_refused" // its secret key is missing, or the provider does not take it
)

// An Answer is what a provider says of an order.
type Answer struct {
	State     State
	Reference string        // what the provider calls the refund; empty: it has not said
	Detail    string        // for staff, in English, without secrets
	Amount    int64         // minor units that it speaks of; zero: it named none
	After     time.Duration // it wants to be left alone for so long
	Trouble   Trouble
}

// Provider gives money back. Refund returns within the time of its context.
type Provider interface {
	Refund(ctx context.Context, o Order) Answer
}

// Centre is the central order system. It has read the order in the feed and answers over
// REST when it has paid.
type Centre struct{}

// Refund says that the centre knows.
func (Centre) Refund(context.Context, Order) Answer {
	return Answer{State: Pending, Detail: "the centre was told and answers over REST"}
}

// CentreName is the name of the centre among the providers.
const CentreName = "centre"

// A Route is a provider with its name and the kinds of tenders that it pays back.
type Route struct {
	Name     string
	Tenders  []string
	Provider Provider
}

// Routes are the providers of a station.
type Routes []Route

// For is who pays a kind of tender back: the first route that names it, else the centre.
func (rs Routes) For(kind string) Route {
	for _, r := range rs {
		if slices.Contains(r.Tenders, kind) {
			return r
		}
	}
	return Route{Name: CentreName, Provider: Centre{}}
}
