package client

import (
	"context"
	"encoding/json"
	"net/url"
	"time"

	"cubby/locker/customers"
)

// A Customer is a record as the endpoint tells it.
type Customer struct {
	ID       string           `json:"id"`
	KnownBy  []string         `json:"known_by"`
	Language string           `json:"language"`
	Channel  string           `json:"channel"`
	Wishes   []string         `json:"wishes"`
	Receipt  bool             `json:"receipt"`
	Name     string           `json:"name"`
	Consents []customers.Said `json:"consents"`
	Created  time.Time        `json:"created"`
	Used     time.Time        `json:"used"`
	Rev      int64            `json:"rev"`
}

func customerPath(id string) string { return "/v1/customers/" + url.PathEscape(id) }

// KeepCustomer begins a record; body is what POST takes.
func (c *Client) KeepCustomer(ctx context.Context, body any) (id string, err error) {
	var kept Customer
	_, err = c.do(ctx, call{method: "POST", path: "/v1/customers", body: body}, &kept)
	return kept.ID, err
}

// FindCustomer reads the record with a contact.
func (c *Client) FindCustomer(ctx context.Context, contact customers.Contact) (found Customer, err error) {
	by := map[string]string{}
	if contact.Email != "" {
		by["email"] = contact.Email
	}
	if contact.Phone != "" {
		by["phone"] = contact.Phone
	}
	_, err = c.do(ctx, call{
		method: "POST", path: "/v1/customers/find", body: map[string]any{"contact": by},
	}, &found)
	return found, err
}

// CustomerEverything reads what the station knows of a customer, as it is to be handed on.
func (c *Client) CustomerEverything(ctx context.Context, id string) (all json.RawMessage, err error) {
	_, err = c.do(ctx, call{method: "GET", path: customerPath(id) + "/everything"}, &all)
	return all, err
}

// EraseCustomer erases a record.
func (c *Client) EraseCustomer(ctx context.Context, id string) error {
	_, err := c.do(ctx, call{method: "DELETE", path: customerPath(id)}, nil)
	return err
}
