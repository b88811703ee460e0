package client

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"cubby/locker/ledger"
	"cubby/locker/parcel"
)

// Announce creates a parcel or replaces its announcement. created reports
// which; repeating it is safe.
func (c *Client) Announce(
	ctx context.Context, id string, a parcel.Announcement, cond ledger.Condition,
) (p parcel.Parcel, created bool, err error) {
	r, err := c.do(ctx,
		call{method: "PUT", path: "/v1/parcels/" + url.PathEscape(id), header: conditions(cond), body: a},
		&p)
	return p, err == nil && r.StatusCode == http.StatusCreated, err
}

// Cancel ends a parcel that has not arrived. Repeating it is no error.
func (c *Client) Cancel(ctx context.Context, id string, cond ledger.Condition) (p parcel.Parcel, err error) {
	_, err = c.do(ctx,
		call{method: "POST", path: "/v1/parcels/" + url.PathEscape(id) + "/cancel", header: conditions(cond)},
		&p)
	return p, err
}

// EraseRecipient erases name, phone and e-mail of a parcel's recipient. Repeating it is
// no error.
func (c *Client) EraseRecipient(ctx context.Context, id string) (p parcel.Parcel, err error) {
	_, err = c.do(ctx, call{method: "DELETE", path: "/v1/parcels/" + url.PathEscape(id) + "/recipient"}, &p)
	return p, err
}

// Hold keeps a parcel from its bearer until it is released; the reason may be empty.
// Repeating it is no error.
func (c *Client) Hold(ctx context.Context, id, reason string, cond ledger.Condition) (parcel.Parcel, error) {
	return c.setHold(ctx, id, "hold", reason, cond)
}

// Release ends a hold. Repeating it is no error.
func (c *Client) Release(
	ctx context.Context, id, reason string, cond ledger.Condition,
) (parcel.Parcel, error) {
	return c.setHold(ctx, id, "release", reason, cond)
}

// ReissueCode gives a parcel another code and ends the one it has; the reason may be empty.
// The code is told by the feed, to keys with codes:read.
func (c *Client) ReissueCode(
	ctx context.Context, id, reason string, cond ledger.Condition,
) (parcel.Parcel, error) {
	return c.setHold(ctx, id, "code", reason, cond)
}

// RevokeCode ends the code of a parcel. Repeating it is no error.
func (c *Client) RevokeCode(ctx context.Context, id string,
	cond ledger.Condition) (p parcel.Parcel, err error) {
	_, err = c.do(ctx, call{
		named: true, method: "DELETE", path: "/v1/parcels/" + url.PathEscape(id) + "/code",
		header: conditions(cond),
	}, &p)
	return p, err
}

func (c *Client) setHold(
	ctx context.Context, id, what, reason string, cond ledger.Condition,
) (p parcel.Parcel, err error) {
	body := map[string]string{}
	if reason != "" {
		body["reason"] = reason
	}
	_, err = c.do(
		ctx,
		call{
			named:  true,
			method: "POST",
			path:   "/v1/parcels/" + url.PathEscape(id) + "/" + what,
			header: conditions(cond),
			body:   body,
		},
		&p,
	)
	return p, err
}

func conditions(cond ledger.Condition) http.Header {
	h := http.Header{}
	if cond.IfMatch != nil {
		h.Set("If-Match", fmt.Sprintf(`"%d"`, *cond.IfMatch))
	}
	if cond.IfNoneMatchAny {
		h.Set("If-None-Match", "*")
	}
	return h
}

// Parcel reads a parcel and, while they are kept, its recipient's details.
func (c *Client) Parcel(ctx context.Context, id string) (parcel.Parcel, *parcel.Recipient, error) {
	var p struct {
		parcel.Parcel
		Recipient *parcel.Recipient `json:"recipient"`
	}
	_, err := c.do(ctx, call{named: true, method: "GET", path: "/v1/parcels/" + url.PathEscape(id)}, &p)
	return p.Parcel, p.Recipient, err
}

// A ParcelQuery selects parcels; empty members do not restrict.
type ParcelQuery struct {
	State   parcel.State
	OrderID string
	Label   string // in any spelling
	Limit   int    // 1 to 100; 100 when 0
	Page    string // the token Parcels gave with the page before
}

// Parcels reads a page ordered by id. next is the Page of the following one,
// empty on the last.
func (c *Client) Parcels(ctx context.Context, q ParcelQuery) (page []parcel.Parcel, next string, err error) {
	v := url.Values{}
	for name, value := range map[string]string{"state": string(q.State), "order_id": q.OrderID,
		"label": q.Label, "page_token": q.Page} {
		if value != "" {
			v.Set(name, value)
		}
	}
	if q.Limit != 0 {
		v.Set("limit", strconv.Itoa(q.Limit))
	}
	var list struct {
		Parcels []parcel.Parcel `json:"parcels"`
		Next    string          `json:"next_page_token"`
	}
	_, err = c.do(ctx, call{named: true, method: "GET", path: "/v1/parcels", query: v}, &list)
	return list.Parcels, list.Next, err
}

// Events reads a page of the change feed behind cursor ("" is the beginning,
// "now" the end), waiting up to wait (at most a minute, whole seconds) for the
// first event. Keep next together with what was made of the events.
func (c *Client) Events(
	ctx context.Context, cursor string, limit int, wait time.Duration,
) (events []json.RawMessage, next string, err error) {
	v := url.Values{"limit": {strconv.Itoa(limit)}, "wait": {strconv.Itoa(int(wait / time.Second))}}
	if cursor != "" {
		v.Set("cursor", cursor)
	}
	ctx, cancel := context.WithTimeout(ctx, wait+patience)
	defer cancel()
	r, body, err := c.fetch(ctx, call{method: "GET", path: "/v1/events", query: v})
	if err != nil {
		return nil, "", err
	}
	if err := json.Unmarshal(body, &events); err != nil {
		return nil, "", fmt.Errorf("the page of events cannot be read: %w", err)
	}
	return events, r.Header.Get("Cubby-Next-Cursor"), nil
}

// QR draws a text of 1 to 512 bytes as a QR code, a PNG image.
func (c *Client) QR(ctx context.Context, text string) (png []byte, err error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	_, png, err = c.fetch(ctx, call{method: "POST", path: "/v1/qr", body: map[string]string{"text": text}})
	return png, err
}
