package returns

import (
	"net/http"
	"slices"
	"time"

	"cubby/locker/ledger"
	"cubby/locker/returns"
	"cubby/locker/visit"
	"cubby/sync/problem"
	"cubby/sync/rest"
	"cubby/sync/strict"
)

var noSuchRefund = ledger.Refuse(ledger.NotFound, "no-such-refund", "there is no refund with this id here")

func (f family) refund(x *rest.Exchange) error {
	id := x.Var("refund")
	if !strict.ValidID(id) {
		return noSuchRefund
	}
	r, err := f.reader.Refund(x.Context(), id)
	if err != nil && ledger.CodeOf(err) == ledger.NotFound {
		return noSuchRefund
	}
	if err != nil {
		return err
	}
	if done, err := x.Unchanged(rest.Tag(r.Rev)); done || err != nil {
		return err
	}
	return answerRefund(x, r)
}

func answerRefund(x *rest.Exchange, r returns.Refund) error {
	x.Tagged(rest.Tag(r.Rev))
	return x.Encode(http.StatusOK, r)
}

func (f family) refunds(x *rest.Exchange) (err error) {
	q, filter := x.Query(), returns.RefundFilter{}
	if filter.Limit, err = rest.Number(q, "limit", 1, 100, 100); err != nil {
		return err
	}
	if q.Has("state") {
		filter.State = returns.RefundState(q.Get("state"))
		if !slices.Contains(returns.RefundStates, filter.State) {
			return problem.BadParameter("state", "must be one of "+listed(returns.RefundStates))
		}
	}
	if filter.Case, err = short(x, "return"); err != nil {
		return err
	}
	if filter.Order, err = short(x, "order"); err != nil {
		return err
	}
	if filter.After, err = after(x); err != nil {
		return err
	}
	page, next, err := f.reader.RefundPage(x.Context(), filter)
	if err != nil {
		return err
	}
	if page == nil {
		page = []returns.Refund{}
	}
	return x.Encode(http.StatusOK, withNext(map[string]any{"refunds": page}, next))
}

// answered is what whoever pays says of a refund.
type answered struct {
	State     string `json:"state"       check:"required,one=approved|completed|failed|rejected|pending"`
	Reference string `json:"reference"   check:"text=1..128"`
	Amount    *int64 `json:"amount"      check:"range=0..1000000000000"`
	Currency  string `json:"currency"    check:"plain=3..3"`
	Detail    string `json:"detail"      check:"text=1..300"`
	Again     int    `json:"ask_again_s" check:"range=0..604800"`
}

// answerRefund takes the word of whoever pays.
func (f family) answerRefund(x *rest.Exchange, a answered) error {
	return f.setRefund(x, func(id string, now *returns.Refund) visit.Command {
		return returns.AnswerRefund{
			By: doer(x), ID: id, State: a.State, Answer: a.Reference, Detail: a.Detail, Amount: a.Amount,
			Currency: a.Currency, Again: time.Duration(a.Again) * time.Second, Now: now,
		}
	})
}

// retry asks once more for a refund that has failed.
func (f family) retry(x *rest.Exchange) error {
	return f.setRefund(x, func(id string, now *returns.Refund) visit.Command {
		return returns.RetryRefund{By: doer(x), ID: id, Now: now}
	})
}

// redirected is how a refund that has failed is paid instead.
type redirected struct {
	Kind string `json:"kind" check:"required,one=gift_card|cash|transfer"`
}

// redirect pays what has failed another way: the answer is the new refund.
func (f family) redirect(x *rest.Exchange, b redirected) error {
	return f.setRefund(x, func(id string, now *returns.Refund) visit.Command {
		return returns.RedirectRefund{By: doer(x), ID: id, Kind: b.Kind, Now: now}
	})
}

func (f family) setRefund(x *rest.Exchange, make func(id string, now *returns.Refund) visit.Command) error {
	id := x.Var("refund")
	if !strict.ValidID(id) {
		return noSuchRefund
	}
	now := new(returns.Refund)
	if err := f.station.OfReturns(x.Context(), make(id, now), actor(x)); err != nil {
		return err
	}
	r, err := f.reader.Refund(x.Context(), now.ID)
	if err != nil {
		return err
	}
	return answerRefund(x, r)
}
