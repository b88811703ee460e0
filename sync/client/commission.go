package client

import (
	"context"
	"net/url"
	"strconv"

	"cubby/locker/door/commissioning"
)

// BeginCommission takes the station out of service and begins to find out what
// is bolted to its wall. Its socket is gone for a moment.
func (c *Client) BeginCommission(ctx context.Context, s commissioning.Start) (state commissioning.State, err error) {
	_, err = c.do(ctx, call{method: "POST", path: "/v1/commission", body: s}, &state)
	return state, err
}

// Commission is the question asked now; it waits some seconds, 8 at most, while
// work is under way.
func (c *Client) Commission(ctx context.Context, wait int) (state commissioning.State, err error) {
	q := call{method: "GET", path: "/v1/commission"}
	if wait > 0 {
		q.query = url.Values{"wait": {strconv.Itoa(wait)}}
	}
	_, err = c.do(ctx, q, &state)
	return state, err
}

// AnswerCommission answers a question.
func (c *Client) AnswerCommission(ctx context.Context, a commissioning.Answer) (state commissioning.State, err error) {
	_, err = c.do(ctx, call{method: "POST", path: "/v1/commission/answers", body: a}, &state)
	return state, err
}

// EndCommission brings the station back into service.
func (c *Client) EndCommission(ctx context.Context) error {
	_, err := c.do(ctx, call{method: "DELETE", path: "/v1/commission"}, nil)
	return err
}
