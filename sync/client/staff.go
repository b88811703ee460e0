package client

import (
	"context"
	"net/url"
	"time"

	"cubby/locker/people"
)

// A Key is an API key as a station lists it.
type Key struct {
	people.Key
	LastUsed *time.Time `json:"last_used"` // nil: never
	Old      *struct {
		Until    time.Time
		LastUsed *time.Time `json:"last_used"`
	} `json:"old_token"` // the token before, while it counts too
}

// AddKey makes an API key by its name, scopes and limits. The token is told here and never
// again. Codes wait for a client that may read them, unless it only reads.
func (c *Client) AddKey(ctx context.Context, k people.Key) (token string, err error) {
	var made struct{ Token string }
	body := map[string]any{"name": k.Name, "scopes": k.Scopes}
	if k.ReadsOnly {
		body["reads_only"] = true
	}
	if k.PerMinute > 0 {
		body["per_minute"] = k.PerMinute
	}
	_, err = c.do(ctx, call{method: "POST", path: "/v1/keys", body: body}, &made)
	return made.Token, err
}

// RotateKey gives an API key another token, which is told here and never again. The one
// before counts on for so many hours.
func (c *Client) RotateKey(ctx context.Context, name string, overlapHours int) (token string, err error) {
	var made struct{ Token string }
	_, err = c.do(ctx, call{
		method: "POST", path: "/v1/keys/" + url.PathEscape(name) + "/rotate",
		body: map[string]any{"overlap_hours": overlapHours},
	}, &made)
	return made.Token, err
}

// Keys lists all API keys, revoked ones included, those used last first.
func (c *Client) Keys(ctx context.Context) ([]Key, error) {
	var list struct{ Keys []Key }
	_, err := c.do(ctx, call{method: "GET", path: "/v1/keys"}, &list)
	return list.Keys, err
}

// RevokeKey ends a key at once.
func (c *Client) RevokeKey(ctx context.Context, name string) error {
	_, err := c.do(ctx, call{method: "DELETE", path: "/v1/keys/" + url.PathEscape(name)}, nil)
	return err
}

// AddCourier adds a courier. Badge and PIN are told here and never again; the
// time of creation is not part of the answer. card is the number of a card, as
// printed on it or in hexadecimal; empty without one.
func (c *Client) AddCourier(ctx context.Context, name, card string) (made people.CourierSecrets, err error) {
	body := map[string]string{"name": name}
	if card != "" {
		body["card"] = card
	}
	_, err = c.do(ctx, call{named: true, method: "POST", path: "/v1/couriers", body: body}, &made)
	return made, err
}

// Couriers lists all couriers, removed ones included.
func (c *Client) Couriers(ctx context.Context) ([]people.Courier, error) {
	var list struct{ Couriers []people.Courier }
	_, err := c.do(ctx, call{named: true, method: "GET", path: "/v1/couriers"}, &list)
	return list.Couriers, err
}

// RemoveCourier ends a courier's badge and PIN.
func (c *Client) RemoveCourier(ctx context.Context, id string) error {
	_, err := c.do(ctx, call{named: true, method: "DELETE", path: "/v1/couriers/" + url.PathEscape(id)}, nil)
	return err
}

// AddEmployee makes an account of the staff. Badge and PIN are told here and never
// again. card is as for AddCourier.
func (c *Client) AddEmployee(ctx context.Context, name string, role people.Role,
	card string) (made people.EmployeeSecrets, err error) {
	body := map[string]string{"name": name, "role": string(role)}
	if card != "" {
		body["card"] = card
	}
	_, err = c.do(ctx, call{named: true, method: "POST", path: "/v1/staff", body: body}, &made)
	return made, err
}

// Staff lists all accounts of the staff, removed ones included.
func (c *Client) Staff(ctx context.Context) ([]people.Employee, error) {
	var list struct{ Staff []people.Employee }
	_, err := c.do(ctx, call{named: true, method: "GET", path: "/v1/staff"}, &list)
	return list.Staff, err
}

// RemoveEmployee ends an account.
func (c *Client) RemoveEmployee(ctx context.Context, id string) error {
	_, err := c.do(ctx, call{named: true, method: "DELETE", path: "/v1/staff/" + url.PathEscape(id)}, nil)
	return err
}
