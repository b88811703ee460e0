package client

import (
	"context"

	"cubby/locker/centre"
)

// Centre tells how the line to the centre is.
func (c *Client) Centre(ctx context.Context) (l centre.Told, err error) {
	_, err = c.do(ctx, call{method: "GET", path: "/v1/centre"}, &l)
	return l, err
}

// JoinCentre has the station join a centre by the invitation that its console shows.
func (c *Client) JoinCentre(ctx context.Context, invitation string) (l centre.Told, err error) {
	_, err = c.do(ctx, call{
		method: "POST", path: "/v1/centre/join", body: map[string]string{"invitation": invitation},
	}, &l)
	return l, err
}

// LeaveCentre ends the line.
func (c *Client) LeaveCentre(ctx context.Context) (l centre.Told, err error) {
	_, err = c.do(ctx, call{method: "POST", path: "/v1/centre/leave"}, &l)
	return l, err
}

// HurryCentre has what waits be tried at once.
func (c *Client) HurryCentre(ctx context.Context) (l centre.Told, err error) {
	_, err = c.do(ctx, call{method: "POST", path: "/v1/centre/sync"}, &l)
	return l, err
}
