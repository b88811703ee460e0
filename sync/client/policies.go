package client

import (
	"context"
	"net/url"

	"cubby/locker/returns/policy"
)

// Policy tells what the rules say of the lines of an order, or of one line, for a reason;
// with neither, of all, for the shop's first reason.
func (c *Client) Policy(ctx context.Context, order, line, reason string) ([]policy.Told, error) {
	query := url.Values{}
	for name, value := range map[string]string{"line": line, "reason": reason} {
		if value != "" {
			query.Set(name, value)
		}
	}
	var told struct{ Lines []policy.Told }
	_, err := c.do(ctx, call{
		named: true, method: "GET", path: "/v1/orders/" + url.PathEscape(order) + "/policy", query: query,
	}, &told)
	return told.Lines, err
}
