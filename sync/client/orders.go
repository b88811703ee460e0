package client

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"

	"cubby/locker/orders"
	"cubby/locker/returns"
)

// An Order is an order as the endpoint tells it.
type Order struct {
	orders.Order
	Total       int64  `json:"total"`
	CustomerRef string `json:"customer_ref,omitempty"`
}

// PutOrder creates or replaces an order; body is what PUT takes. created reports which;
// repeating it is safe.
func (c *Client) PutOrder(
	ctx context.Context,
	id string,
	body json.RawMessage,
) (o Order, created bool, err error) {
	r, err := c.do(ctx, call{method: "PUT", path: orderPath(id), body: body}, &o)
	return o, err == nil && r.StatusCode == http.StatusCreated, err
}

func orderPath(id string) string { return "/v1/orders/" + url.PathEscape(id) }

// Order reads an order.
func (c *Client) Order(ctx context.Context, id string) (o Order, err error) {
	_, err = c.do(ctx, call{method: "GET", path: orderPath(id), named: true}, &o)
	return o, err
}

// Orders reads all orders that a filter lets through, page by page.
func (c *Client) Orders(ctx context.Context, f orders.Filter) (all []orders.Outline, err error) {
	query := queryOf("shop", f.Shop, "scan", f.Scan)
	err = c.pages(ctx, "/v1/orders", query, func(body []byte) error {
		var page struct{ Orders []orders.Outline }
		err := json.Unmarshal(body, &page)
		all = append(all, page.Orders...)
		return err
	})
	return all, err
}

// ReturnedElsewhere tells how many of a line have come back at other places, in total.
func (c *Client) ReturnedElsewhere(ctx context.Context, id, line string, quantity int) (o Order, err error) {
	_, err = c.do(ctx, call{method: "POST", path: orderPath(id) + "/returned-elsewhere",
		body: map[string]any{"line": line, "quantity": quantity}}, &o)
	return o, err
}

// GrantLease gives a site the right to take a line back while the centre cannot be asked.
func (c *Client) GrantLease(ctx context.Context, id, line string, l orders.Lease) (o Order, err error) {
	_, err = c.do(ctx, call{method: "POST", path: orderPath(id) + "/leases",
		body: map[string]any{"line": line, "site": l.Site, "until": l.Until}}, &o)
	return o, err
}

// A Return is a case as the endpoint tells it.
type Return struct {
	returns.Case
	Texts []string `json:"texts,omitempty"`
}

// Return reads a return.
func (c *Client) Return(ctx context.Context, id string) (r Return, err error) {
	_, err = c.do(ctx, call{method: "GET", path: "/v1/returns/" + url.PathEscape(id), named: true}, &r)
	return r, err
}

// Returns reads all returns that a filter lets through.
func (c *Client) Returns(ctx context.Context, f returns.Filter) (all []Return, err error) {
	query := queryOf("state", string(f.State), "order", f.Order, "shop", f.Shop)
	if f.Open {
		query.Set("open", "true")
	}
	err = c.pages(ctx, "/v1/returns", query, func(body []byte) error {
		var page struct{ Returns []Return }
		err := json.Unmarshal(body, &page)
		all = append(all, page.Returns...)
		return err
	})
	return all, err
}

// RequestReturn asks to bring something back; body is what POST takes.
func (c *Client) RequestReturn(ctx context.Context, body any) (r Return, err error) {
	_, err = c.do(ctx, call{method: "POST", path: "/v1/returns", named: true, body: body}, &r)
	return r, err
}

// DoReturn does a step of a return, such as "authorise" or "items/1/grade"; body is what
// its route takes, nil for nothing.
func (c *Client) DoReturn(ctx context.Context, id, step string, body any) (r Return, err error) {
	_, err = c.do(
		ctx,
		call{method: "POST", path: "/v1/returns/" + url.PathEscape(id) + "/" + step, named: true,
			body: body},
		&r,
	)
	return r, err
}

// Refund reads a refund.
func (c *Client) Refund(ctx context.Context, id string) (r returns.Refund, err error) {
	_, err = c.do(ctx, call{method: "GET", path: refundPath(id), named: true}, &r)
	return r, err
}

func refundPath(id string) string { return "/v1/refunds/" + url.PathEscape(id) }

// Refunds reads all refunds that a filter lets through.
func (c *Client) Refunds(ctx context.Context, f returns.RefundFilter) (all []returns.Refund, err error) {
	query := queryOf("state", string(f.State), "return", f.Case, "order", f.Order)
	err = c.pages(ctx, "/v1/refunds", query, func(body []byte) error {
		var page struct{ Refunds []returns.Refund }
		err := json.Unmarshal(body, &page)
		all = append(all, page.Refunds...)
		return err
	})
	return all, err
}

// AnswerRefund says what became of a refund; body is what POST takes.
func (c *Client) AnswerRefund(ctx context.Context, id string, body any) (r returns.Refund, err error) {
	_, err = c.do(ctx, call{method: "POST", path: refundPath(id), named: true, body: body}, &r)
	return r, err
}

// RetryRefund asks once more for a refund that has failed.
func (c *Client) RetryRefund(ctx context.Context, id string) (r returns.Refund, err error) {
	_, err = c.do(ctx, call{method: "POST", path: refundPath(id) + "/retry", named: true}, &r)
	return r, err
}

// queryOf makes parameters of names and values in turn; empty values are left out.
func queryOf(pairs ...string) url.Values {
	q := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		if pairs[i+1] != "" {
			q.Set(pairs[i], pairs[i+1])
		}
	}
	return q
}

// pages reads a list to its end.
func (c *Client) pages(
	ctx context.Context,
	path string,
	query url.Values,
	take func(body []byte) error,
) error {
	query.Set("limit", strconv.Itoa(100))
	for {
		var body json.RawMessage
		if _, err := c.do(ctx, call{method: "GET", path: path, query: query, named: true}, &body); err != nil {
			return err
		}
		if err := take(body); err != nil {
			return err
		}
		var next struct {
			Token string `json:"next_page_token"`
		}
		if err := json.Unmarshal(body, &next); err != nil || next.Token == "" {
			return err
		}
		query.Set("page_token", next.Token)
	}
}
