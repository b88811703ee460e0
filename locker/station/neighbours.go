package station

import (
	"context"

	"cubby/locker/customers"
)

// NameNeighbour has somebody collect for somebody else; repeating it changes nothing.
func (s *Station) NameNeighbour(ctx context.Context, c customers.NameNeighbour,
	actor string) (customers.Neighbour, error) {
	c.Made = new(customers.Neighbour)
	if err := s.ask(ctx, c, actor, causeCustomer, false); err != nil {
		return customers.Neighbour{}, err
	}
	return *c.Made, nil
}

// EndNeighbour ends that; repeating it changes nothing.
func (s *Station) EndNeighbour(ctx context.Context, c customers.EndNeighbour, actor string) error {
	return s.ask(ctx, c, actor, causeCustomer, false)
}

// CustomerNeighbours reads who collects for a customer, and for whom the customer does.
func (s *Station) CustomerNeighbours(ctx context.Context, id string) ([]customers.Neighbour, error) {
	return s.cfg.Store.Neighbours(ctx, id)
}
