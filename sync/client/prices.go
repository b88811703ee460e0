package client

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/url"
	"time"
)

// A PricesState says which snapshot of prices a station sells by.
type PricesState struct {
	Version    string    `json:"version"`
	Hash       string    `json:"hash"`
	Until      time.Time `json:"until"`
	Good       bool      `json:"good"` // is sold by now
	Currency   string    `json:"currency"`
	Prices     int       `json:"prices"`
	Promotions int       `json:"promotions"`
}

// Prices tells which prices are sold by.
func (c *Client) Prices(ctx context.Context) (s PricesState, err error) {
	_, err = c.do(ctx, call{method: "GET", path: "/v1/prices"}, &s)
	return s, err
}

// ReplacePrices has the station sell by a snapshot, or with check say what is wrong with it.
func (c *Client) ReplacePrices(ctx context.Context, file io.Reader, check bool) (s PricesState, err error) {
	ctx, cancel := context.WithTimeout(ctx, uploadPatience)
	defer cancel()
	query := url.Values{}
	if check {
		query.Set("check", "true")
	}
	_, body, err := c.fetch(ctx, call{
		method: "PUT", path: "/v1/prices", query: query, raw: file, media: "application/json",
	})
	if err != nil {
		return s, err
	}
	if err := json.Unmarshal(body, &s); err != nil {
		return s, fmt.Errorf("the station's answer cannot be read: %w", err)
	}
	return s, nil
}
