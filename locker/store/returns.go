package store

import (
	"context"
	"fmt"
	"strings"

	"cubby/locker/ledger"
	"cubby/locker/returns"
)

// Return reads a committed case and what the customer has written of its items. Safe for
// concurrent use, like all readers of this file.
func (s *Store) Return(ctx context.Context, id string) (returns.Case, []string, error) {
	all, err := docs[returns.Case](
		ctx,
		s,
		"return_cases",
		"SELECT id, doc, sum FROM return_cases WHERE id = ?",
		id,
	)
	if err != nil {
		return returns.Case{}, nil, err
	}
	if len(all) == 0 {
		return returns.Case{}, nil, ledger.Refuse(ledger.NotFound, "no-such-return",
			"there is no return with this number here")
	}
	words, err := docs[[]string](ctx, s, "return_texts",
		"SELECT case_id, doc, sum FROM return_texts WHERE case_id = ?", id)
	if len(words) == 0 {
		return all[0], nil, err
	}
	return all[0], words[0], err
}

// Returns reads a page of cases in the order of their ids. next is empty on the last page.
func (s *Store) Returns(ctx context.Context, f returns.Filter) (page []returns.Case, next string, err error) {
	limit := min(max(f.Limit, 1), 100)
	where, args := []string{"id > ?"}, []any{f.After}
	if f.State != "" {
		where, args = append(where, "state = ?"), append(args, string(f.State))
	}
	if f.Order != "" { // lets the partial index serve
		where, args = append(where, "order_id = ? AND order_id <> ''"), append(args, f.Order)
	}
	if f.Shop != "" {
		where, args = append(where, "doc->>'shop' = ?"), append(args, f.Shop)
	}
	if f.Open {
		var open []string
		for _, state := range returns.States {
			if !state.Over() {
				open = append(open, "'"+string(state)+"'")
			}
		}
		where = append(where, "state IN ("+strings.Join(open, ", ")+")")
	}
	page, err = docs[returns.Case](ctx, s, "return_cases", fmt.Sprintf(
		"SELECT id, doc, sum FROM return_cases WHERE %s ORDER BY id LIMIT %d",
		strings.Join(where, " AND "),
		limit+1,
	),
		args...)
	if len(page) > limit {
		page = page[:limit]
		next = page[limit-1].ID
	}
	return page, next, err
}

// Refund reads a committed refund.
func (s *Store) Refund(ctx context.Context, id string) (returns.Refund, error) {
	all, err := docs[returns.Refund](ctx, s, "refunds", "SELECT id, doc, sum FROM refunds WHERE id = ?", id)
	if err == nil && len(all) == 0 {
		err = ledger.Refuse(ledger.NotFound, "no-such-refund", "there is no refund with this id here")
	}
	if err != nil {
		return returns.Refund{}, err
	}
	return all[0], nil
}

// RefundPage reads a page of refunds in the order of their ids. next is empty on the last
// page.
func (s *Store) RefundPage(ctx context.Context, f returns.RefundFilter) (page []returns.Refund, next string,
	err error) {
	limit := min(max(f.Limit, 1), 100)
	where, args := []string{"id > ?"}, []any{f.After}
	for _, c := range []struct{ condition, value string }{
		{"state = ?", string(f.State)}, {"case_id = ?", f.Case},
		{"order_id = ? AND order_id <> ''", f.Order},
	} {
		if c.value != "" {
			where, args = append(where, c.condition), append(args, c.value)
		}
	}
	page, err = docs[returns.Refund](ctx, s, "refunds", fmt.Sprintf(
		"SELECT id, doc, sum FROM refunds WHERE %s ORDER BY id LIMIT %d",
		strings.Join(where, " AND "),
		limit+1,
	),
		args...)
	if len(page) > limit {
		page = page[:limit]
		next = page[limit-1].ID
	}
	return page, next, err
}
