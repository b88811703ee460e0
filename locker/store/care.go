package store

import (
	"context"
	"fmt"
	"strings"

	"cubby/locker/care"
)

// Case reads a committed case. Safe for concurrent use, like all readers of this file.
func (s *Store) Case(ctx context.Context, number string) (care.Case, error) {
	all, err := docs[care.Case](ctx, s, "care_cases",
		"SELECT number, doc, sum FROM care_cases WHERE number = ?", number)
	if err != nil {
		return care.Case{}, err
	}
	if len(all) == 0 {
		return care.Case{}, care.NoSuchCase()
	}
	return all[0], nil
}

// CasePage reads a page in the order of the numbers. next is empty on the last page.
func (s *Store) CasePage(ctx context.Context, f care.Filter) (page []care.Case, next string, err error) {
	limit := min(max(f.Limit, 1), 100)
	where, args := []string{"number > ?"}, []any{f.After}
	if f.State != "" {
		where, args = append(where, "doc->>'state' = ?"), append(args, string(f.State))
	}
	if f.Parcel != "" {
		where, args = append(where, "doc->>'parcel_id' = ?"), append(args, f.Parcel)
	}
	page, err = docs[care.Case](ctx, s, "care_cases", fmt.Sprintf(
		"SELECT number, doc, sum FROM care_cases WHERE %s ORDER BY number LIMIT %d",
		strings.Join(where, " AND "), limit+1), args...)
	if len(page) > limit {
		page = page[:limit]
		next = page[limit-1].Number
	}
	return page, next, err
}
