package store

import (
	"context"
	"fmt"

	"cubby/locker/shop"
)

// Sale reads a committed sale. Safe for concurrent use, like all readers of this file.
func (s *Store) Sale(ctx context.Context, id string) (shop.Sale, error) {
	all, err := docs[shop.Sale](ctx, s, "sales", "SELECT id, doc, sum FROM sales WHERE id = ?", id)
	if err != nil {
		return shop.Sale{}, err
	}
	if len(all) == 0 {
		return shop.Sale{}, shop.NoSuchSale()
	}
	return all[0], nil
}

// SalePage reads a page in the order of the numbers. next is empty on the last page.
func (s *Store) SalePage(ctx context.Context, f shop.Filter) (page []shop.Sale, next string, err error) {
	limit := min(max(f.Limit, 1), 100)
	where, args := "id > ?", []any{f.After}
	if f.State != "" {
		where, args = where+" AND state = ?", append(args, string(f.State))
	}
	page, err = docs[shop.Sale](ctx, s, "sales", fmt.Sprintf(
		"SELECT id, doc, sum FROM sales WHERE %s ORDER BY id LIMIT %d", where, limit+1), args...)
	if len(page) > limit {
		page = page[:limit]
		next = page[limit-1].ID
	}
	return page, next, err
}

// SaleOfAttempt reads the committed sale that an attempt to pay is of, also long after its
// end. It looks through all sales: it is for what a provider says by itself of an attempt
// that nobody waits for any more.
func (s *Store) SaleOfAttempt(ctx context.Context, attempt string) (shop.Sale, error) {
	all, err := docs[shop.Sale](ctx, s, "sales", "SELECT id, doc, sum FROM sales WHERE EXISTS (SELECT 1 FROM "+
		"json_each(sales.doc, '$.payment.attempts') AS a WHERE a.value->>'id' = ?) LIMIT 1", attempt)
	if err != nil {
		return shop.Sale{}, err
	}
	if len(all) == 0 {
		return shop.Sale{}, shop.NoSuchSale()
	}
	return all[0], nil
}
