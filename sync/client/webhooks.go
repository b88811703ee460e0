package client

import (
	"context"
	"net/url"
	"time"
)

// A Webhook is where a station posts its events.
type Webhook struct {
	ID       string   `json:"id"`
	URL      string   `json:"url"`
	Filters  []string `json:"filters"`
	Disabled string   `json:"disabled"` // why nothing is posted any more
	Secret   string   `json:"secret"`   // told when it is made
}

// A Delivery is what became of one event for a webhook.
type Delivery struct {
	Event, Type, State string
	Attempts, Status   int
	Detail             string
	Created            time.Time
	Due                *time.Time
}

// Webhooks lists all, the oldest first.
func (c *Client) Webhooks(ctx context.Context) ([]Webhook, error) {
	var list struct{ Webhooks []Webhook }
	_, err := c.do(ctx, call{method: "GET", path: "/v1/webhooks"}, &list)
	return list.Webhooks, err
}

// AddWebhook has events posted somewhere; without filters: all.
func (c *Client) AddWebhook(ctx context.Context, address string, filters []string) (w Webhook, err error) {
	_, err = c.do(ctx, call{
		method: "POST", path: "/v1/webhooks", body: map[string]any{"url": address, "filters": filters},
	}, &w)
	return w, err
}

func webhookPath(id string) string { return "/v1/webhooks/" + url.PathEscape(id) }

// Deliveries lists the newest hundred of a webhook in a state; empty: in any.
func (c *Client) Deliveries(ctx context.Context, id, state string) ([]Delivery, error) {
	var list struct{ Deliveries []Delivery }
	q := url.Values{}
	if state != "" {
		q.Set("state", state)
	}
	_, err := c.do(ctx, call{method: "GET", path: webhookPath(id) + "/deliveries", query: q}, &list)
	return list.Deliveries, err
}

// ReplayWebhook has what is dead posted again, and says how many events that are.
func (c *Client) ReplayWebhook(ctx context.Context, id string) (int, error) {
	var done struct{ Replayed int }
	_, err := c.do(ctx, call{method: "POST", path: webhookPath(id) + "/replay"}, &done)
	return done.Replayed, err
}

// RemoveWebhook ends one with all that waits for it.
func (c *Client) RemoveWebhook(ctx context.Context, id string) error {
	_, err := c.do(ctx, call{method: "DELETE", path: webhookPath(id)}, nil)
	return err
}
