package client

import (
	"context"
	"encoding/json"
	"net/url"
	"time"

	"cubby/locker/shop"
)

// A Sale is what the shop of the station has sold, as GET /v1/sales has it. Amounts are minor
// units of Currency.
type Sale struct {
	ID       string     `json:"id"`
	State    shop.State `json:"state"`
	Currency string     `json:"currency"`
	Total    int64      `json:"total"`
	Paid     int64      `json:"paid"`
	Place    shop.Place `json:"place"`
	Bay      string     `json:"bay"`
	Ordered  time.Time  `json:"ordered_at"`
	Lines    []struct {
		ID       string         `json:"id"`
		SKU      string         `json:"sku"`
		Title    string         `json:"title"`
		Quantity int            `json:"quantity"`
		Total    int64          `json:"total"`
		State    shop.LineState `json:"state"`
	} `json:"lines"`
}

// Sales reads all sales, or those in a state when it is not empty.
func (c *Client) Sales(ctx context.Context, state string) (all []Sale, err error) {
	err = c.pages(ctx, "/v1/sales", queryOf("state", state), func(body []byte) error {
		var page struct{ Sales []Sale }
		err := json.Unmarshal(body, &page)
		all = append(all, page.Sales...)
		return err
	})
	return all, err
}

// Sale reads one.
func (c *Client) Sale(ctx context.Context, id string) (s Sale, err error) {
	_, err = c.do(ctx, call{method: "GET", path: "/v1/sales/" + url.PathEscape(id), named: true}, &s)
	return s, err
}

// CustomerHere says that the customer of a sale waits at a bay.
func (c *Client) CustomerHere(ctx context.Context, id, bay string) (s Sale, err error) {
	_, err = c.do(ctx, call{
		method: "POST", path: "/v1/sales/" + url.PathEscape(id) + "/here", named: true,
		body: map[string]any{"bay": bay},
	}, &s)
	return s, err
}
