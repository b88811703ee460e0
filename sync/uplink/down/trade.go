package down

import (
	"time"

	"cubby/locker/ledger"
	"cubby/locker/orders"
	"cubby/locker/people"
	"cubby/locker/returns"
	"cubby/locker/stock"
	"cubby/locker/visit"
	"cubby/sync/protocol"
	"cubby/sync/strict"
)

// What the centre tells of orders between two of their versions, of returns, refunds and
// stock.

type leaseDoc struct {
	Site  string    `json:"site"  check:"required,text=1..64"`
	Until time.Time `json:"until" check:"required"`
}

type cameDoc struct {
	Quantity int `json:"quantity" check:"range=0..100000"`
}

type answerDoc struct {
	Agreed *bool  `json:"agreed" check:"required"`
	Reason string `json:"reason" check:"text=0..300"`
	Units  int    `json:"units"  check:"range=0..10000000"`
}

type refundDoc struct {
	State     string `json:"state"     check:"required,one=approved|completed|failed"`
	Amount    *int64 `json:"amount"    check:"required"`
	Currency  string `json:"currency"  check:"required,plain=3..3"`
	Reference string `json:"reference" check:"plain=0..128"`
	Detail    string `json:"detail"    check:"text=0..300"`
}

type stockDoc struct {
	OnHand *int `json:"on_hand" check:"required,range=0..1000000"`
}

type stockLeaseDoc struct {
	Number    int64     `json:"number"    check:"required,range=1..1000000000"`
	Units     int       `json:"units"     check:"required,range=1..100000"`
	Until     time.Time `json:"until"     check:"required"`
	Confirmed bool      `json:"confirmed"`
}

var (
	stockLeaseForm = strict.Declare[stockLeaseDoc]()

	leaseForm  = strict.Declare[leaseDoc]()
	cameForm   = strict.Declare[cameDoc]()
	answerForm = strict.Declare[answerDoc]()
	refundForm = strict.Declare[refundDoc]()
	stockForm  = strict.Declare[stockDoc]()
)

func leaseChanged(_ *Down, c protocol.Change) (visit.Command, error) {
	order, line, err := lineOf(c.ID)
	if err != nil {
		return nil, err
	}
	doc, err := read[leaseDoc](leaseForm, c)
	return orders.GrantLease{
		Order: order, Line: line, Lease: orders.Lease{Site: doc.Site, Until: doc.Until},
	}, err
}

func cameChanged(_ *Down, c protocol.Change) (visit.Command, error) {
	order, line, err := lineOf(c.ID)
	if err != nil {
		return nil, err
	}
	doc, err := read[cameDoc](cameForm, c)
	return orders.ToldReturnedElsewhere{Order: order, Line: line, Quantity: doc.Quantity}, err
}

func answerChanged(_ *Down, c protocol.Change) (visit.Command, error) {
	doc, err := read[answerDoc](answerForm, c)
	if err != nil {
		return nil, err
	}
	if !*doc.Agreed && doc.Reason == "" {
		return nil, ledger.Refuse(ledger.Invalid, "missing-member", "say why it is declined").At("/reason")
	}
	return returns.Answer{
		By: people.Centre, Case: c.ID, Agree: *doc.Agreed, Units: doc.Units, Reason: doc.Reason,
	}, nil
}

func refundChanged(_ *Down, c protocol.Change) (visit.Command, error) {
	doc, err := read[refundDoc](refundForm, c)
	return returns.AnswerRefund{
		By: people.Centre, ID: c.ID, State: doc.State, Answer: doc.Reference, Detail: doc.Detail,
		Amount: doc.Amount, Currency: doc.Currency,
	}, err
}

func stockChanged(_ *Down, c protocol.Change) (visit.Command, error) {
	doc, err := read[stockDoc](stockForm, c)
	if err != nil {
		return nil, err
	}
	return stock.Count{SKU: c.ID, OnHand: *doc.OnHand}, nil
}

func stockLeaseChanged(_ *Down, c protocol.Change) (visit.Command, error) {
	doc, err := read[stockLeaseDoc](stockLeaseForm, c)
	return stock.Grant{
		SKU: c.ID, Offer: stock.Offer{Number: doc.Number, Units: doc.Units,
			Until: doc.Until}, Confirmed: doc.Confirmed,
	}, err
}

func stockLeaseDeleted(_ *Down, id string) visit.Command {
	return stock.Grant{SKU: id, Withdrawn: true}
}
