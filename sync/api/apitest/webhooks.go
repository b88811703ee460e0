package apitest

import (
	"context"
	"time"

	"cubby/locker/ledger"
	"cubby/sync/webhook"
)

// SomeWebhook is the only webhook there is.
const SomeWebhook = "hook-1"

// Hooks are webhooks as far as HTTP can tell.
type Hooks struct{}

var someWebhook = webhook.Endpoint{
	ID: SomeWebhook, URL: "https://shop.example/hook", Filters: []string{"parcel.*"},
	Created: time.Date(2026, 3, 1, 10, 0, 0, 0, time.UTC),
}

func isSome(id string) error {
	if id != SomeWebhook {
		return ledger.Refuse(ledger.NotFound, "no-such-endpoint", "there is no endpoint with this id here")
	}
	return nil
}

// Webhooks lists it.
func (*Hooks) Webhooks(context.Context) ([]webhook.Endpoint, error) {
	return []webhook.Endpoint{someWebhook}, nil
}

// AddWebhook tells its secret.
func (*Hooks) AddWebhook(_ context.Context, _, url string, filters []string, _ string) (webhook.Endpoint,
	string, error) {
	e := someWebhook
	e.URL, e.Filters = url, filters
	return e, webhook.NewSecret(), nil
}

// ChangeWebhook shows it.
func (*Hooks) ChangeWebhook(_ context.Context, _, id string, _ webhook.Change) (webhook.Endpoint, error) {
	return someWebhook, isSome(id)
}

// RotateWebhook tells another secret.
func (*Hooks) RotateWebhook(_ context.Context, _, id string) (string, error) {
	return webhook.NewSecret(), isSome(id)
}

// RemoveWebhook leaves it.
func (*Hooks) RemoveWebhook(_ context.Context, _, id string) error { return isSome(id) }

// Deliveries are one of each state.
func (*Hooks) Deliveries(_ context.Context, f webhook.Filter) ([]webhook.Delivery, error) {
	at := someWebhook.Created
	return []webhook.Delivery{
		{N: 3, Endpoint: SomeWebhook, Event: "e-3", Type: "parcel.stored", State: "waits", Attempts: 1, Status: 500,
			Detail: "it answered 500", Created: at, Due: at.Add(time.Minute)},
		{N: 2, Endpoint: SomeWebhook, Event: "e-2", Type: "parcel.stored", State: "waits", Created: at},
		{N: 1, Endpoint: SomeWebhook, Event: "e-1", Type: "parcel.stored", State: "done", Attempts: 1, Status: 204,
			Created: at, Ended: &at},
	}[:min(f.Limit, 3)], nil
}

// ReplayWebhook finds two that are dead.
func (*Hooks) ReplayWebhook(_ context.Context, _, id string) (int64, error) { return 2, isSome(id) }
