package client

import (
	"context"
	"net/url"

	"cubby/locker/returns/policy"
)

// Policy tells what the rules say of the lines of an order, or of one line, for a reason;
// with neither, of all, for the shop's first reason.
func (c *Client) Policy(ctx context.Context, order, line, reason string) ([]policy.Told, error) {
	var told struct{ Lines []policy.Told }
	_, err := c.do(ctx, call{
		named: true, method: "GET", path: "/v1/orders/" + url.PathEscape(order) + "/policy",
		query: given("line", line, "reason", reason),
	}, &told)
	return told.Lines, err
}

// Policies says where the rules of each shop are from.
func (c *Client) Policies(ctx context.Context) ([]policy.Source, error) {
	var all struct{ Policies []policy.Source }
	_, err := c.do(ctx, call{named: true, method: "GET", path: "/v1/policies"}, &all)
	return all.Policies, err
}
