package desk

import (
	"strconv"

	"cubby/locker/ledger"
	"cubby/locker/orders"
	"cubby/locker/people"
	"cubby/locker/returns"
	"cubby/locker/view"
	"cubby/locker/visit"
)

// A serve is what has been picked of a return and is in no case yet.
type serve struct {
	Line     string `json:"line,omitempty"`
	Units    int    `json:"units,omitempty"`
	Serial   string `json:"serial,omitempty"`
	Override string `json:"override,omitempty"` // why it comes back against the rules

	Item     int              `json:"item,omitempty"` // of the return of the page
	Grade    returns.Grade    `json:"grade,omitempty"`
	Decision returns.Decision `json:"decision,omitempty"`
	Amount   *int64           `json:"amount,omitempty"` // typed; nil: what the rules give

	// Of what no order is known of, and of the new item of an exchange.
	Title string `json:"title,omitempty"`
	SKU   string `json:"sku,omitempty"`
	GTIN  string `json:"gtin,omitempty"`
	Price int64  `json:"price,omitempty"`
	Shop  string `json:"shop,omitempty"`

	Reason string `json:"reason,omitempty"`
	Refund string `json:"refund,omitempty"` // that has failed
}

// may reports whether whoever is signed in may do something.
func may(s *ledger.State, v visit.Visit, a people.Action) bool {
	e, ok := who(v).Employee(s)
	return ok && e.Role.May(a)
}

// orderOf is the order of a page: that of its place, or of its return.
func orderOf(s *ledger.State, p place) (orders.Order, bool) {
	id := p.Order
	if c, ok := returns.Cases.Get(s, p.Case); ok && id == "" {
		id = c.Order
	}
	return orders.Get(s, id)
}

// itemOf is the return of a page with the item that is asked about.
func itemOf(s *ledger.State, n note) (returns.Case, returns.Item, bool) {
	c, ok := returns.Cases.Get(s, n.at().Case)
	if !ok {
		return c, returns.Item{}, false
	}
	i, ok := c.Item(n.Serve.Item)
	return c, i, ok
}

// stale refuses what the page does not offer any more.
func stale() error {
	return ledger.Refuse(ledger.Stale, "stale-page", "this page does not offer that any more")
}

func amountOf(minor int64, currency string) view.Money {
	return view.Money{Minor: minor, Currency: currency}
}

// paid is an amount as a value.
func paid(minor int64, currency string) *view.Message {
	return &view.Message{
		ID: "amount", Money: map[string]view.Money{"Amount": amountOf(minor, currency)},
		Text: strconv.FormatInt(minor, 10) + " " + currency,
	}
}

// list is several values as one.
func list(parts ...view.Message) *view.Message {
	if len(parts) == 0 {
		return nil
	}
	return &view.Message{Parts: parts}
}

// said is how an operation of returns ended.
func said(id string, data map[string]string) view.Message { return view.Message{ID: id, Data: data} }

// again shows the page once more, with what was wrong with what was typed.
func again(t *visit.Turn, n note, r *ledger.Refusal) {
	n.Said = whyRefused(r, "")
	t.Keep(n)
	t.Show(t.Visit.Step, view.ReasonRefused)
}

// do decides a command; what the rules refuse is said on the page.
func do(t *visit.Turn, c visit.Command) (ok bool, err error) {
	if err := c.Decide(t); err != nil {
		return false, refused(t, err)
	}
	return true, nil
}
