package hub

import (
	"context"
	"math/rand/v2"

	"cubby/locker"
	"cubby/sync/db"
	"cubby/sync/webhook"
)

// sealed lets webhooks use the hub's vault.
type sealed struct{ v *vault }

func (s sealed) Seal(text []byte) []byte            { return s.v.seal(text) }
func (s sealed) Unseal(text []byte) ([]byte, error) { return s.v.unseal(text) }

func (h *Hub) newWebhooks(allowPrivate bool) *webhook.Sender {
	return webhook.New(webhook.Config{
		DB: h.db, Vault: sealed{h.vault}, Log: h.log, AllowPrivate: allowPrivate, Random: rand.Float64,
		Types: locker.Station.Ledger.PublishedTypes(),
	})
}

// post has facts that were taken in posted to the endpoints that want them. Codes are not
// in them.
func (h *Hub) post(tx *db.Tx, taken []*arrival) error {
	var events []webhook.Event
	for _, a := range taken {
		events = append(events, webhook.Event{
			ID: a.ID, Type: a.Type, Subject: a.Station + "/" + a.Subject, Body: a.Fact.Event,
		})
	}
	return h.webhooks.Hear(tx, events...)
}

// RunWebhooks posts what is due until ctx ends.
func (h *Hub) RunWebhooks(ctx context.Context) error { return h.webhooks.Run(ctx) }

// Webhooks lists the endpoints, the oldest first.
func (h *Hub) Webhooks(ctx context.Context) ([]webhook.Endpoint, error) {
	return h.webhooks.Endpoints(ctx)
}

// AddWebhook makes an endpoint. The secret is told here and never again.
func (h *Hub) AddWebhook(ctx context.Context, by, url string, filters []string, secret string) (
	e webhook.Endpoint, told string, err error) {
	err = h.act(ctx, by, "webhook.added", "webhooks", "", func(tx *db.Tx) (err error) {
		e, told, err = h.webhooks.Add(tx, url, filters, secret)
		return err
	})
	return e, told, err
}

// RotateWebhook gives an endpoint another secret; that before signs beside it for a day.
func (h *Hub) RotateWebhook(ctx context.Context, by, id string) (secret string, err error) {
	err = h.act(ctx, by, "webhook.rotated", "webhooks/"+id, "", func(tx *db.Tx) (err error) {
		secret, err = h.webhooks.Rotate(tx, id)
		return err
	})
	return secret, err
}

// ChangeWebhook changes an endpoint.
func (h *Hub) ChangeWebhook(ctx context.Context, by, id string, c webhook.Change) (e webhook.Endpoint,
	err error) {
	err = h.act(ctx, by, "webhook.changed", "webhooks/"+id, "", func(tx *db.Tx) (err error) {
		e, err = h.webhooks.Change(tx, id, c)
		return err
	})
	if err == nil {
		h.webhooks.Wake() // for what waited
	}
	return e, err
}

// RemoveWebhook ends an endpoint with all that waits for it.
func (h *Hub) RemoveWebhook(ctx context.Context, by, id string) error {
	return h.act(ctx, by, "webhook.removed", "webhooks/"+id, "", func(tx *db.Tx) error {
		return h.webhooks.Remove(tx, id)
	})
}

// Deliveries lists what was posted or is to be, the newest first.
func (h *Hub) Deliveries(ctx context.Context, f webhook.Filter) ([]webhook.Delivery, error) {
	return h.webhooks.Deliveries(ctx, f)
}

// WebhookCounts are how many deliveries there are, by endpoint and state.
func (h *Hub) WebhookCounts(ctx context.Context) ([]webhook.Count, error) {
	return h.webhooks.Counts(ctx)
}

// ReplayWebhook has what is dead at an endpoint posted again.
func (h *Hub) ReplayWebhook(ctx context.Context, by, id string) (count int64, err error) {
	err = h.act(ctx, by, "webhook.replayed", "webhooks/"+id, "", func(tx *db.Tx) (err error) {
		count, err = h.webhooks.Replay(tx, id)
		return err
	})
	if err == nil {
		h.webhooks.Wake()
	}
	return count, err
}
