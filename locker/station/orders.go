package station

import (
	"context"
	"time"

	"cubby/locker/ledger"
	"cubby/locker/orders"
	"cubby/locker/visit"
)

// PutOrder tells of an order or tells it anew; repeating it changes nothing. What proves it
// to be the customer's is kept as hashes.
func (s *Station) PutOrder(ctx context.Context, id string, o orders.Order, proof orders.Proof,
	cond ledger.Condition, actor string) (orders.Order, orders.Outcome, error) {
	o.ID = id
	o.Prove(s.cfg.Keys.Mark, proof)
	c := orders.Put{
		ID: id, Order: o, Keep: proof.Keep, Condition: cond, Outcome: new(orders.Outcome), Now: new(orders.Order),
	}
	if err := s.ask(ctx, c, actor, causeOrder, false); err != nil {
		return orders.Order{}, "", err
	}
	return *c.Now, *c.Outcome, nil
}

// ReturnedElsewhere tells how many units of a line have come back at other places so far.
func (s *Station) ReturnedElsewhere(
	ctx context.Context,
	order, line string,
	quantity int,
	cond ledger.Condition,
	actor string,
) (orders.Order, error) {
	now := new(orders.Order)
	return s.ofOrder(ctx, now, orders.ToldReturnedElsewhere{
		Order: order, Line: line, Quantity: quantity, Condition: cond, Now: now,
	}, actor)
}

// GrantLease gives a site the right to take a line back while the centre cannot be asked.
func (s *Station) GrantLease(
	ctx context.Context,
	order, line string,
	lease orders.Lease,
	cond ledger.Condition,
	actor string,
) (orders.Order, error) {
	now := new(orders.Order)
	return s.ofOrder(ctx, now, orders.GrantLease{
		Order: order, Line: line, Lease: lease, Condition: cond, Now: now,
	}, actor)
}

// CancelOrder ends an order; repeating it changes nothing.
func (s *Station) CancelOrder(ctx context.Context, order string, cond ledger.Condition,
	actor string) (orders.Order, error) {
	now := new(orders.Order)
	return s.ofOrder(ctx, now, orders.Cancel{Order: order, Condition: cond, Now: now}, actor)
}

// ForgetOrder removes an order and what is known of its customer.
func (s *Station) ForgetOrder(ctx context.Context, order string, cond ledger.Condition, actor string) error {
	return s.ask(ctx, orders.Forget{Order: order, Condition: cond}, actor, causeOrder, false)
}

func (s *Station) ofOrder(ctx context.Context, now *orders.Order, c visit.Command,
	actor string) (orders.Order, error) {
	if err := s.ask(ctx, c, actor, causeOrder, false); err != nil {
		return orders.Order{}, err // and leaves the writer what it may still write to
	}
	return *now, nil
}

// endedOrders asks for the orders whose time is over, or whose customers' references'.
func (s *Station) endedOrders(ctx context.Context) []*request {
	forget, reference := orders.DueBefore(s.cfg.Policy, time.Now())
	ids, err := s.cfg.Store.EndedOrders(ctx, forget, reference)
	if err != nil {
		s.cfg.Log.Warn("orders whose time is over could not be looked for", "error", err)
	}
	if len(ids) == 0 {
		return nil
	}
	return []*request{{command: orders.Tidy{Orders: ids}, actor: "clock", cause: causeErasure}}
}
