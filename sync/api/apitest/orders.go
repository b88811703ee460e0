package apitest

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"time"

	"github.com/google/uuid"

	"cubby/locker"
	"cubby/locker/ledger"
	"cubby/locker/money"
	"cubby/locker/orders"
	"cubby/locker/visit"
)

// SomeOrder is a body that PUT takes.
const SomeOrder = `{"shop":"acme","currency":"EUR","channel":"online","ordered":"2026-02-20T09:00:00Z",
	"lines":[{"id":"1","sku":"TS-M","title":"T-shirt","quantity":2,"unit_price":1999}],
	"tenders":[{"id":"t1","kind":"card","amount":3998,"reference":"pi_1"}]}`

// sold are orders by the real rules, in memory.
type sold struct {
	rules *visit.Rules
	*ledger.Memory
}

// newSold begins with the order P1, of one line.
func newSold() sold {
	s := sold{locker.Station, ledger.NewMemory(nil)}
	err := s.decide(orders.Put{ID: "P1", Order: orders.Order{
		Shop: "acme", Currency: "EUR", Channel: orders.Online, Ordered: time.Date(2026, 2, 20, 9, 0, 0, 0, time.UTC),
		Tax:     money.Method{Per: money.PerLine, How: money.HalfUp, Inclusive: true},
		Lines:   []orders.Line{{ID: "1", SKU: "TS-M", Title: "T-shirt", Quantity: 2, UnitPrice: 1999}},
		Tenders: []orders.Tender{{ID: "t1", Kind: orders.Card, Amount: 3998}},
	}})
	if err != nil {
		panic(err)
	}
	return s
}

// soldAt is what its clock says, a day after the dates of the tests.
var soldAt = time.Date(2026, 3, 1, 10, 0, 0, 0, time.UTC)

func (s sold) decide(c visit.Command) error {
	d, err := s.rules.Decide(s.Memory, c, visit.Env{Now: soldAt, NewID: uuid.NewString})
	if err == nil {
		s.Merge(d.Changes)
	}
	return err
}

func (c *Core) ofOrder(command visit.Command, actor string) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.Actors = append(c.Actors, actor)
	return c.sold.decide(command)
}

// PutOrder keeps an order.
func (c *Core) PutOrder(
	_ context.Context,
	id string,
	o orders.Order,
	proof orders.Proof,
	cond ledger.Condition,
	actor string,
) (now orders.Order, outcome orders.Outcome, err error) {
	o.ID = id
	o.Prove(func(kind, text string) string {
		sum := sha256.Sum256([]byte(kind + text))
		return hex.EncodeToString(sum[:])
	}, proof)
	err = c.ofOrder(orders.Put{
		ID: id, Order: o, Keep: proof.Keep, Condition: cond, Outcome: &outcome, Now: &now,
	}, actor)
	return now, outcome, err
}

// ReturnedElsewhere notes it.
func (c *Core) ReturnedElsewhere(_ context.Context, order, line string, quantity int, cond ledger.Condition,
	actor string) (now orders.Order, err error) {
	err = c.ofOrder(orders.ToldReturnedElsewhere{
		Order: order, Line: line, Quantity: quantity, Condition: cond, Now: &now,
	}, actor)
	return now, err
}

// GrantLease notes it.
func (c *Core) GrantLease(_ context.Context, order, line string, lease orders.Lease, cond ledger.Condition,
	actor string) (now orders.Order, err error) {
	err = c.ofOrder(
		orders.GrantLease{Order: order, Line: line, Lease: lease, Condition: cond, Now: &now},
		actor,
	)
	return now, err
}

// CancelOrder ends it.
func (c *Core) CancelOrder(_ context.Context, order string, cond ledger.Condition,
	actor string) (now orders.Order, err error) {
	err = c.ofOrder(orders.Cancel{Order: order, Condition: cond, Now: &now}, actor)
	return now, err
}

// ForgetOrder removes it.
func (c *Core) ForgetOrder(_ context.Context, order string, cond ledger.Condition, actor string) error {
	return c.ofOrder(orders.Forget{Order: order, Condition: cond}, actor)
}

// Order finds one.
func (c *Core) Order(_ context.Context, id string) (orders.Order, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	o, ok := orders.Get(ledger.NewState(c.sold.Memory), id)
	if !ok {
		return o, ledger.Refuse(ledger.NotFound, "one-more-slug", "there is no order %s", id)
	}
	return o, nil
}

// Orders are those the filter lets through, by id.
func (c *Core) Orders(_ context.Context, f orders.Filter) (page []orders.Outline, next string, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	s := ledger.NewState(c.sold.Memory)
	all := orders.Orders.All(s)
	if f.Scan != "" {
		all = orders.Find(s, f.Scan)
	}
	slices.SortFunc(all, func(a, b orders.Order) int {
		return map[bool]int{true: -1, false: 1}[a.ID < b.ID]
	})
	for _, o := range all {
		if o.ID <= f.After || f.Shop != "" && o.Shop != f.Shop {
			continue
		}
		if len(page) == f.Limit {
			return page, page[f.Limit-1].ID, nil
		}
		page = append(page, o.Outline())
	}
	return page, "", nil
}
