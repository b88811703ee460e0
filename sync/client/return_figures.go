package client

import (
	"context"
	"net/url"

	"cubby/locker/returns/figures"
)

// ReturnFigures counts returns of the days from one to another (2006-01-02), both inclusive;
// empty: the last 90.
func (c *Client) ReturnFigures(ctx context.Context, from, to string) (told figures.Figures, err error) {
	_, err = c.do(ctx, call{
		named: true, method: "GET", path: "/v1/returns/figures", query: given("from", from, "to", to),
	}, &told)
	return told, err
}

// Reconciliation lists the refunds of a day (2006-01-02); empty: today.
func (c *Client) Reconciliation(ctx context.Context, day string) (told figures.Reconciliation, err error) {
	_, err = c.do(ctx, call{
		named: true, method: "GET", path: "/v1/refunds/reconciliation", query: given("day", day),
	}, &told)
	return told, err
}

// given makes a query of names and values, without those that are empty.
func given(pairs ...string) url.Values {
	query := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i+1] != "" {
			query.Set(pairs[i], pairs[i+1])
		}
	}
	return query
}
