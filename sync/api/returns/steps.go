package returns

import (
	"net/http"

	"cubby/locker/ledger"
	"cubby/locker/money/format"
	"cubby/locker/returns"
	"cubby/locker/visit"
	"cubby/sync/rest"
)

func knownCurrency(code string) bool {
	_, ok := format.Digits(code)
	return ok
}

// set does something with the return that is named, and answers with it. make gets its
// number and what must hold.
func (f family) set(x *rest.Exchange,
	make func(id string, cond ledger.Condition) visit.Command) error {
	id, ok := number(x)
	if !ok {
		return noSuchReturn
	}
	cond, err := x.Condition(func() (int64, error) {
		c, _, err := f.reader.Return(x.Context(), id)
		return c.Rev, err
	})
	if err != nil {
		return err
	}
	if err := f.station.OfReturns(x.Context(), make(id, cond), actor(x)); err != nil {
		return err
	}
	return f.afterwards(x, http.StatusOK, id)
}

// afterwards answers with a return as it is committed: what has followed from a decision,
// such as refunds, is in it.
func (f family) afterwards(x *rest.Exchange, status int, id string) error {
	c, words, err := f.reader.Return(x.Context(), id)
	if err != nil {
		return err
	}
	return answer(x, status, c, words)
}

// why is the reason for something.
type why struct {
	Reason string `json:"reason" check:"required,text=1..300" slug:"reason"`
}

// authorise says that the shop agrees: after a conditional acceptance, that nothing of it
// has come back twice.
func (f family) authorise(x *rest.Exchange) error {
	return f.set(x, func(id string, cond ledger.Condition) visit.Command {
		return returns.Answer{By: doer(x), Case: id, Agree: true, Condition: cond}
	})
}

func (f family) decline(x *rest.Exchange, w why) error {
	return f.set(x, func(id string, cond ledger.Condition) visit.Command {
		return returns.Answer{By: doer(x), Case: id, Reason: w.Reason, Condition: cond}
	})
}

// drop takes what comes back over the counter.
func (f family) drop(x *rest.Exchange) error {
	return f.set(x, func(id string, _ ledger.Condition) visit.Command {
		return returns.Drop{By: doer(x), Case: id}
	})
}

// found is something that nobody had said.
type found struct {
	Title    string `json:"title"    check:"required,text=1..200"`
	Note     string `json:"note"     check:"required,text=1..300"`
	SKU      string `json:"sku"      check:"plain=0..64"`
	GTIN     string `json:"gtin"     check:"plain=0..14"`
	Quantity int    `json:"quantity" check:"range=1..100000"`
}

func (f family) add(x *rest.Exchange, b found) error {
	return f.set(x, func(id string, _ ledger.Condition) visit.Command {
		return returns.AddItem{
			By: doer(x), Case: id, Title: b.Title, Note: b.Note, SKU: b.SKU, GTIN: b.GTIN,
			Quantity: max(1, b.Quantity),
		}
	})
}

// graded is how some units of an item were found; all of them without a quantity.
type graded struct {
	Quantity int    `json:"quantity"     check:"range=1..100000"`
	Result   string `json:"result"       check:"required,plain=1..32"`
	Note     string `json:"note"         check:"text=1..300"          slug:"note"`
	Serial   string `json:"serial"       check:"plain=0..64"`
	Loss     int    `json:"loss_percent" check:"range=0..100"`
	WeightG  int    `json:"weight_g"     check:"range=0..10000000"`
}

func (f family) grade(x *rest.Exchange, g graded) error {
	n, ok := itemNumber(x)
	if !ok {
		return noSuchItem
	}
	return f.set(x, func(id string, cond ledger.Condition) visit.Command {
		return returns.Grading{
			By: doer(
				x,
			), Case: id, Item: n, Quantity: g.Quantity, Result: returns.Grade(g.Result), Note: g.Note,
			Serial: g.Serial, Loss: g.Loss, WeightG: g.WeightG, Condition: cond,
		}
	})
}

// settled is what the customer gets for an item.
type settled struct {
	Decision    string    `json:"decision"    check:"required,plain=1..32"`
	Amount      *int64    `json:"amount"      check:"range=0..1000000000000"`
	Reason      string    `json:"reason"      check:"text=1..300"            slug:"reason"`
	Disposition string    `json:"disposition" check:"plain=0..32"`
	Exchange    *exchange `json:"exchange"`
}

type exchange struct {
	SKU     string `json:"sku"     check:"plain=0..64"`
	Title   string `json:"title"   check:"required,text=1..200"`
	Price   int64  `json:"price"   check:"required,range=0..1000000000000"`
	Settled bool   `json:"settled"`
}

func (f family) decide(x *rest.Exchange, b settled) error {
	return f.settle(x, returns.Settle{
		Decision: returns.Decision(b.Decision), Amount: b.Amount, Reason: b.Reason,
		Disposition: returns.Disposition(b.Disposition), Swap: b.Exchange.swap(),
	})
}

func (e *exchange) swap() *returns.Swap {
	if e == nil {
		return nil
	}
	return &returns.Swap{SKU: e.SKU, Title: e.Title, Price: e.Price, Settled: e.Settled}
}

func (f family) settle(x *rest.Exchange, c returns.Settle) error {
	n, ok := itemNumber(x)
	if !ok {
		return noSuchItem
	}
	return f.set(x, func(id string, cond ledger.Condition) visit.Command {
		c.By, c.Case, c.Item, c.Condition = doer(x), id, n, cond
		return c
	})
}

// exchanged is what the customer gets in exchange, and what is to be paid for it.
type exchanged struct {
	SKU     string `json:"sku"     check:"plain=0..64"`
	Title   string `json:"title"   check:"required,text=1..200"`
	Price   int64  `json:"price"   check:"range=0..1000000000000"`
	ToPay   int64  `json:"to_pay"  check:"range=0..1000000000000"`
	Settled bool   `json:"settled"`
}

// exchange says what the customer gets, and that what is to be paid for it was paid.
func (f family) exchange(x *rest.Exchange, e exchanged) error {
	return f.set(x, func(id string, cond ledger.Condition) visit.Command {
		return returns.TellSwap{
			By: doer(x), Case: id, Condition: cond,
			Swap: returns.Swap{SKU: e.SKU, Title: e.Title, Price: e.Price, ToPay: e.ToPay, Settled: e.Settled},
		}
	})
}

// overridden is what is paid against the rules, and why.
type overridden struct {
	Amount   int64  `json:"amount"   check:"required,range=0..1000000000000"`
	Reason   string `json:"reason"   check:"required,text=1..300" slug:"reason"`
	Decision string `json:"decision" check:"plain=0..32"` // one that pays; absent: refund_original
}

// override pays more than the rules give.
func (f family) override(x *rest.Exchange, b overridden) error {
	c := returns.Settle{Decision: returns.RefundOriginal, Amount: &b.Amount, Reason: b.Reason}
	if b.Decision != "" {
		c.Decision = returns.Decision(b.Decision)
	}
	return f.settle(x, c)
}

// ended is why a return is over, if anybody says so.
type ended struct {
	Reason string `json:"reason" check:"text=1..300" slug:"reason"`
}

func (f family) end(state returns.State) func(*rest.Exchange, ended) error {
	return func(x *rest.Exchange, e ended) error {
		return f.set(x, func(id string, cond ledger.Condition) visit.Command {
			return returns.End{
				By:        doer(x),
				Case:      id,
				State:     state,
				Reason:    e.Reason,
				Condition: cond,
			}
		})
	}
}
