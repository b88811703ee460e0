package client

import (
	"context"
	"net/url"

	"cubby/locker/wall"
)

// Compartments lists the doors in the order of the wall.
func (c *Client) Compartments(ctx context.Context) ([]wall.Compartment, error) {
	var list struct{ Compartments []wall.Compartment }
	_, err := c.do(ctx, call{named: true, method: "GET", path: "/v1/compartments"}, &list)
	return list.Compartments, err
}

// Restore makes a compartment free again that was quarantined or out of
// service. Somebody must have looked into it.
func (c *Client) Restore(ctx context.Context, number, reason string) (wall.Compartment, error) {
	return c.operate(ctx, number, "restore", reason)
}

// OutOfService takes a compartment out of use.
func (c *Client) OutOfService(ctx context.Context, number, reason string) (wall.Compartment, error) {
	return c.operate(ctx, number, "out-of-service", reason)
}

func (c *Client) operate(
	ctx context.Context, number, what, reason string,
) (after wall.Compartment, err error) {
	_, err = c.do(ctx, call{
		named: true, method: "POST", path: "/v1/compartments/" + url.PathEscape(number) + "/" + what,
		body: map[string]string{"reason": reason},
	}, &after)
	return after, err
}

// A Count is how many doors of a kind there are.
type Count struct {
	Total     int `json:"total"`
	Offerable int `json:"offerable"`
	Occupied  int `json:"occupied"`
	OutOfUse  int `json:"out_of_use"`
}

// A SizeCount counts the doors of one size, and those within everybody's reach.
type SizeCount struct {
	Size string `json:"size"`
	Count
	Accessible Count `json:"accessible"`
}

// A Capacity counts the doors per size, smallest first.
type Capacity struct {
	Sizes []SizeCount `json:"sizes"`
	All   SizeCount   `json:"all"` // its Size is empty
}

// Capacity counts the doors that can take a parcel.
func (c *Client) Capacity(ctx context.Context) (n Capacity, err error) {
	_, err = c.do(ctx, call{method: "GET", path: "/v1/capacity"}, &n)
	return n, err
}

// Ready is nil when the station can serve; otherwise it says why not.
func (c *Client) Ready(ctx context.Context) error {
	_, err := c.do(ctx, call{method: "GET", path: "/readyz"}, nil)
	return err
}
