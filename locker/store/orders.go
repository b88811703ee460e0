package store

import (
	"context"
	"fmt"
	"strings"
	"time"

	"cubby/locker/ledger"
	"cubby/locker/orders"
)

// Order reads a committed order with what is known of its customer. Safe for concurrent
// use, like all readers of this file.
func (s *Store) Order(ctx context.Context, id string) (orders.Order, error) {
	all, err := docs[orders.Order](ctx, s, "orders", "SELECT id, doc, sum FROM orders WHERE id = ?", id)
	if err != nil {
		return orders.Order{}, err
	}
	if len(all) == 0 {
		return orders.Order{}, ledger.Refuse(
			ledger.NotFound,
			"no-such-order",
			"there is no order with this id here",
		)
	}
	customers, err := docs[orders.Customer](ctx, s, "order_customers",
		"SELECT order_id, doc, sum FROM order_customers WHERE order_id = ?", id)
	if len(customers) > 0 {
		all[0].Customer = customers[0]
	}
	return all[0], err
}

// Orders reads a page of orders in the order of their ids. next is empty on the last page.
func (s *Store) Orders(ctx context.Context, f orders.Filter) (page []orders.Outline, next string, err error) {
	limit := min(max(f.Limit, 1), 100)
	where, args := []string{"id > ?"}, []any{f.After}
	if f.Shop != "" {
		where, args = append(where, "shop = ?"), append(args, f.Shop)
	}
	if f.Scan != "" {
		one, keys := scanned(f.Scan)
		where, args = append(where, one), append(args, keys...)
	}
	// One by one: a page of the largest orders has 100 MiB.
	ids, err := s.texts(ctx, fmt.Sprintf("SELECT id FROM orders WHERE %s ORDER BY id LIMIT %d",
		strings.Join(where, " AND "), limit+1), args...)
	if err != nil {
		return nil, "", err
	}
	if len(ids) > limit {
		ids = ids[:limit]
		next = ids[limit-1]
	}
	for _, id := range ids {
		o, err := s.Order(ctx, id)
		if ledger.CodeOf(err) == ledger.NotFound && err != nil { // forgotten meanwhile
			continue
		}
		if err != nil {
			return nil, "", err
		}
		page = append(page, o.Outline())
	}
	return page, next, nil
}

// scanned restricts a list to the orders that something scanned may mean.
func scanned(scan string) (where string, args []any) {
	var parts []string
	for _, keys := range orders.Keys(scan) {
		for _, key := range keys {
			parts = append(parts, fmt.Sprintf("SELECT order_id FROM (SELECT order_id FROM order_keys "+
				"WHERE key = ? ORDER BY ordered DESC LIMIT %d)", orders.MostFound))
			args = append(args, key)
		}
	}
	if len(parts) == 0 {
		return "0", nil
	}
	return "id IN (" + strings.Join(parts, " UNION ") + ")", args
}

// EndedOrders lists orders of which nothing more is to be kept, or no longer the customer's
// reference: those delivered last before two moments. Zero moments mean none.
func (s *Store) EndedOrders(ctx context.Context, forget, reference time.Time) ([]string, error) {
	return s.texts(ctx, `SELECT id FROM (SELECT id FROM orders WHERE ended <= ?1 ORDER BY ended LIMIT 500)
		UNION SELECT * FROM (SELECT o.id FROM order_customers c CROSS JOIN orders o ON o.id = c.order_id
			WHERE o.ended <= ?2 AND c.doc->>'customer_ref' <> '' ORDER BY o.ended LIMIT 500)`,
		seconds(forget), seconds(reference)) // a cross join begins with its first table: the few that are named
}

// seconds is a moment as rows have it; before every one of theirs when it is zero.
func seconds(at time.Time) int64 {
	if at.IsZero() {
		return -1 << 62
	}
	return at.Unix()
}

// texts reads a column of texts.
func (s *Store) texts(ctx context.Context, query string, args ...any) (all []string, err error) {
	rows, err := s.read.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var one string
		if err := rows.Scan(&one); err != nil {
			return nil, err
		}
		all = append(all, one)
	}
	return all, rows.Err()
}
