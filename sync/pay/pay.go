// Package pay asks payment providers: a hosted page over HTTPS, a terminal over TCP. It
// runs outside of the writer. What it hears is handed on as an input of the attempt
// (locker/shop/payment), whose rules decide; it knows none itself.
//
// Nothing is kept here: after a start the caller sets the errands of all its payments
// again, and each open one is asked for at once. No card data passes through here. Neither
// a secret key nor a whole reference is in any log.
//
// A Provider and a Worker may be used by any goroutine.
package pay

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"time"

	"cubby/locker/shop/payment"
	"cubby/sync/refund"
)

// A Provider takes and gives back money. Its methods return within the time of the
// context. An error says that the outcome is not known; the same is asked again later.
type Provider interface {
	// Create makes the payment, by the attempt's id: twice is once. A provider that
	// refuses it for good answers with AtDeclined.
	Create(ctx context.Context, e payment.Errand) (payment.Said, error)
	// Get is the payment object; AtAbsent where there is none.
	Get(ctx context.Context, e payment.Errand) (payment.Said, error)
	// Close makes that the payment cannot be paid any more, and one that was not there is
	// not made later. It answers with the object, which is paid where money was quicker.
	Close(ctx context.Context, e payment.Errand) (payment.Said, error)
	// Refund pays back what the attempt says, by the refund's id: twice is once.
	Refund(ctx context.Context, e payment.Errand) (payment.RefundSaid, error)
}

// Trouble is about a provider, not about one payment.
type Trouble string

// The troubles of a provider.
const (
	Working     Trouble = "working"
	Unreachable Trouble = "unreachable"
	KeyRefused  Trouble = "key_refused" // its secret key is missing, or the provider does not take it
)

// A Failure is an answer that says nothing of the payment.
type Failure struct {
	Trouble Trouble       // empty: it is about this payment only
	After   time.Duration // it wants to be left alone for so long
	Detail  string        // for staff, in English, without secrets
}

// Error is the detail.
func (f *Failure) Error() string { return f.Detail }

func unclear(format string, args ...any) error { return &Failure{Detail: fmt.Sprintf(format, args...)} }

func unreachable(format string, args ...any) error {
	return &Failure{Trouble: Unreachable, Detail: fmt.Sprintf(format, args...)}
}

// An object is a payment as providers and terminals write it.
type object struct {
	Object    string `json:"object"`
	ID        string `json:"id"`
	Reference string `json:"reference"`
	Status    string `json:"status"`
	Amount    *int64 `json:"amount"`
	Currency  string `json:"currency"`
	// What the customer was charged may be in another currency than what was asked for.
	Charged  string `json:"captured_currency"`
	Captured int64  `json:"captured"`
	Captures int    `json:"captures"`
	Refunded int64  `json:"refunded"`
	Page     string `json:"page"`
}

const (
	longestPage = 512 // letters; a QR code that a telephone reads from a screen
	longestID   = 255
)

// said holds an object against the attempt. An open payment of another amount is not shown
// to anybody; what was taken is for the rules to judge.
func (o object) said(a payment.Attempt, paged bool) (payment.Said, error) {
	switch {
	case o.Object != "payment":
		return payment.Said{}, unclear("the answer is not a payment")
	case o.Reference != a.ID:
		return payment.Said{}, unclear("the provider speaks of another payment")
	case o.ID == "" || len(o.ID) > longestID || o.Amount == nil:
		return payment.Said{}, unclear("the answer lacks the payment's id or its amount")
	case a.Remote != "" && a.Remote != o.ID:
		return payment.Said{}, unclear("the provider calls the payment differently now")
	case o.Captured < 0 || o.Captures < 0 || o.Refunded < 0 || o.Refunded > o.Captured ||
		o.Captures > 0 && o.Captured < int64(o.Captures):
		return payment.Said{}, unclear("the provider speaks of sums that cannot be")
	}
	s := payment.Said{
		Remote: o.ID, Currency: o.Currency, Captured: o.Captured, Captures: o.Captures, Refunded: o.Refunded,
	}
	if o.Charged != "" {
		s.Currency = o.Charged
	}
	switch o.Status {
	case "open", "processing":
		if *o.Amount != a.Amount.Minor || o.Currency != a.Amount.Currency {
			return payment.Said{}, unclear("the provider asks for another amount than it was told")
		}
		if paged {
			if err := checkPage(o.Page); err != nil {
				return payment.Said{}, unclear("the page of the payment %v", err)
			}
			s.Page = o.Page
		}
	case "paid", "declined", "expired", "closed":
	default:
		return payment.Said{}, unclear("the provider says %.20q, which is no state of a payment", o.Status)
	}
	s.Status = payment.Status(o.Status)
	return s, nil
}

// checkPage says what is wrong with the address of a page that customers are led to.
func checkPage(address string) error {
	u, err := url.Parse(address)
	if err != nil || len(address) > longestPage {
		return errors.New("is no address")
	}
	u.RawQuery, u.Fragment = "", ""
	return refund.CheckURL(u.String())
}

// A refundObject is a refund as providers and terminals write it.
type refundObject struct {
	Object    string `json:"object"`
	Reference string `json:"reference"`
	Status    string `json:"status"`
	Amount    int64  `json:"amount"`
	Currency  string `json:"currency"`
}

func (o refundObject) said(r payment.Refund) (payment.RefundSaid, error) {
	s := payment.RefundSaid{
		ID: r.ID, Amount: o.Amount, Currency: o.Currency, Status: payment.RefundStatus(o.Status),
	}
	switch {
	case o.Object != "refund" || o.Reference != r.ID:
		return payment.RefundSaid{}, unclear("the answer is not this refund")
	case s.Status != payment.BackDone && s.Status != payment.BackPending && s.Status != payment.BackRefused:
		return payment.RefundSaid{}, unclear("the provider says %.20q, which is no state of a refund", o.Status)
	}
	return s, nil
}
