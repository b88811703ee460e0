package station

import (
	"context"

	"cubby/locker/people"
	"cubby/locker/shop"
)

// CustomerHere says that the customer of a sale waits at a bay; repeating it changes nothing.
func (s *Station) CustomerHere(ctx context.Context, by people.Doer, sale, bay, actor string) (shop.Sale, error) {
	c := shop.Here{By: by, Sale: sale, Bay: bay, Now: new(shop.Sale)}
	if err := s.ask(ctx, c, actor, causeStaff, false); err != nil {
		return shop.Sale{}, err
	}
	return *c.Now, nil
}
