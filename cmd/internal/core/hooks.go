package core

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/url"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"cubby/cmd/internal/config"
	"cubby/locker"
	"cubby/locker/health"
	"cubby/locker/ledger"
	"cubby/locker/secret"
	"cubby/locker/store"
	"cubby/sync/db"
	"cubby/sync/webhook"
)

// hooks posts the station's events to webhooks. It reads the log like a client of the feed
// whose key has no codes:read. How far it has read is kept in the transaction in which
// events begin to wait, so that a crash neither loses nor doubles one.
type hooks struct {
	cfg   *config.Config
	store *store.Store
	log   *slog.Logger
	note  func(device, state, detail string, at time.Time)

	db     *db.Database
	sender *webhook.Sender
	added  chan struct{} // there may be a first endpoint
}

// hookVault seals secrets and waiting events with the station's key.
type hookVault struct{ keys *secret.Keys }

func (v hookVault) Seal(text []byte) []byte { return v.keys.Seal("webhooks", string(text)) }
func (v hookVault) Unseal(sealed []byte) ([]byte, error) {
	text, err := v.keys.Unseal("webhooks", sealed)
	return []byte(text), err
}

// open opens their tables. Without them the station serves all the same, but for webhooks.
func (h *hooks) open(ctx context.Context, keys *secret.Keys) {
	h.added = make(chan struct{}, 1)
	var err error
	h.db, err = db.Open(ctx, filepath.Join(h.cfg.Station.DataDir, "webhooks.db"), webhook.Schema, readerSchema)
	if err != nil {
		h.db = nil
		h.log.Error("webhooks.db cannot be opened, and nothing is posted; it may be moved away: then there are no "+
			"webhooks any more", "error", err)
		return
	}
	h.sender = webhook.New(webhook.Config{
		DB: h.db, Vault: hookVault{keys}, Log: h.log, AllowPrivate: h.cfg.Webhooks.Private, Random: rand.Float64,
		Types: locker.Station.Ledger.PublishedTypes(),
	})
}

// there refuses what needs the tables while they are not open.
func (h *hooks) there() error {
	if h.db == nil {
		return ledger.Refuse(ledger.Unavailable, "no-webhooks",
			"webhooks.db cannot be opened; the core's log says why")
	}
	return nil
}

func (h *hooks) close() error {
	if h == nil || h.db == nil {
		return nil
	}
	return h.db.Close()
}

// run reads the log and posts until ctx ends.
func (h *hooks) run(ctx context.Context) error {
	if h.db == nil {
		h.note(health.Webhooks, "failing", "webhooks.db cannot be opened", time.Now())
		return nil
	}
	var working sync.WaitGroup
	defer working.Wait()
	working.Go(func() { h.watch(ctx) })
	working.Go(func() {
		if err := h.sender.Run(ctx); err != nil {
			h.log.Error("webhooks are not posted any more", "error", err)
		}
	})
	pause := firstPause
	for ctx.Err() == nil {
		changed := h.store.FeedChanged()
		more, err := h.read(ctx)
		switch {
		case err != nil && ctx.Err() == nil:
			h.log.Error("the log cannot be read for webhooks; it is tried again", "error", err)
			select {
			case <-ctx.Done():
			case <-time.After(pause):
			}
			pause = min(2*pause, 30*time.Second)
		case !more:
			pause = firstPause
			select {
			case <-ctx.Done():
			case <-changed:
			case <-h.added:
			}
		}
	}
	return nil
}

// read has the next events posted. more: there may be further ones. Where there are no
// webhooks nothing is read or written: the first one begins behind the newest event.
func (h *hooks) read(ctx context.Context) (more bool, err error) {
	all, err := h.sender.Endpoints(ctx)
	if err != nil || len(all) == 0 {
		return false, err
	}
	after, err := h.readTo(ctx)
	if err != nil {
		return false, err
	}
	page, err := h.store.Feed(ctx, after, readAtOnce, false)
	if err != nil || page.Count == 0 {
		return false, err
	}
	var bodies []json.RawMessage
	if err := json.Unmarshal(append(append([]byte{'['}, page.Events...), ']'), &bodies); err != nil {
		return false, fmt.Errorf("events after %d: %w", after, err)
	}
	events := make([]webhook.Event, len(bodies))
	for i, body := range bodies {
		var e struct{ ID, Type, Subject string }
		if err := json.Unmarshal(body, &e); err != nil {
			return false, fmt.Errorf("events after %d: %w", after, err)
		}
		events[i] = webhook.Event{ID: e.ID, Type: e.Type, Subject: e.Subject, Body: body}
	}
	err = h.db.Write(ctx, func(tx *db.Tx) error {
		if err := h.sender.Hear(tx, events...); err != nil {
			return err
		}
		return h.keepPlace(tx, page.Last)
	})
	if err != nil {
		return false, err
	}
	h.sender.Wake()
	return true, nil
}

func (h *hooks) keepPlace(tx *db.Tx, seq int64) error {
	_, err := tx.Exec("INSERT INTO reader (name, seq, incarnation) VALUES ('log', ?, ?) ON CONFLICT (name) "+
		"DO UPDATE SET seq = excluded.seq, incarnation = excluded.incarnation", seq,
		fmt.Sprintf("%x", h.store.Incarnation(seq)))
	return err
}

// readTo is up to where the log was read. A log that goes on from a copy is read from where
// it does so: before, it has the same events.
func (h *hooks) readTo(ctx context.Context) (int64, error) {
	var seq int64
	var incarnation string
	rows, err := h.db.Query(ctx, "SELECT seq, incarnation FROM reader WHERE name = 'log'")
	if err != nil {
		return 0, err
	}
	if rows.Next() {
		err = rows.Scan(&seq, &incarnation)
	}
	if err := errors.Join(err, rows.Err(), rows.Close()); err != nil {
		return 0, err
	}
	seq = min(seq, h.store.FeedHead())
	for seq > 0 && fmt.Sprintf("%x", h.store.Incarnation(seq)) != incarnation {
		seq--
	}
	return seq, nil
}

// Webhooks lists the endpoints, the oldest first.
func (h *hooks) Webhooks(ctx context.Context) ([]webhook.Endpoint, error) {
	if err := h.there(); err != nil {
		return nil, err
	}
	return h.sender.Endpoints(ctx)
}

// AddWebhook makes an endpoint. The first one gets what happens from now on.
func (h *hooks) AddWebhook(ctx context.Context, by, url string, filters []string, secret string) (
	e webhook.Endpoint, told string, err error) {
	err = h.does(ctx, by, "added", &e.ID, func(tx *db.Tx) (err error) {
		var others int
		if err := tx.QueryRow("SELECT count(*) FROM webhook_endpoints").Scan(&others); err != nil {
			return err
		}
		if e, told, err = h.sender.Add(tx, url, filters, secret); err != nil || others > 0 {
			return err
		}
		return h.keepPlace(tx, h.store.FeedHead())
	})
	if err == nil {
		select {
		case h.added <- struct{}{}:
		default:
		}
	}
	return e, told, err
}

// does changes webhooks, and has the log say so.
func (h *hooks) does(ctx context.Context, by, what string, id *string, do func(tx *db.Tx) error) error {
	err := h.there()
	if err == nil {
		err = h.db.Write(ctx, do)
	}
	if err == nil {
		h.log.Info("a webhook was "+what, "webhook", *id, "by", by)
		h.sender.Wake() // for what waited
	}
	return err
}

// ChangeWebhook changes an endpoint.
func (h *hooks) ChangeWebhook(ctx context.Context, by, id string, c webhook.Change) (e webhook.Endpoint,
	err error) {
	err = h.does(ctx, by, "changed", &id, func(tx *db.Tx) (err error) {
		e, err = h.sender.Change(tx, id, c)
		return err
	})
	return e, err
}

// RotateWebhook gives an endpoint another secret; that before signs beside it for a day.
func (h *hooks) RotateWebhook(ctx context.Context, by, id string) (secret string, err error) {
	err = h.does(ctx, by, "given another secret", &id, func(tx *db.Tx) (err error) {
		secret, err = h.sender.Rotate(tx, id)
		return err
	})
	return secret, err
}

// RemoveWebhook ends an endpoint with all that waits for it.
func (h *hooks) RemoveWebhook(ctx context.Context, by, id string) error {
	return h.does(ctx, by, "removed", &id, func(tx *db.Tx) error { return h.sender.Remove(tx, id) })
}

// Deliveries lists what was posted or is to be, the newest first.
func (h *hooks) Deliveries(ctx context.Context, f webhook.Filter) ([]webhook.Delivery, error) {
	if err := h.there(); err != nil {
		return nil, err
	}
	return h.sender.Deliveries(ctx, f)
}

// ReplayWebhook has what is dead at an endpoint posted again.
func (h *hooks) ReplayWebhook(ctx context.Context, by, id string) (count int64, err error) {
	err = h.does(ctx, by, "replayed", &id, func(tx *db.Tx) (err error) {
		count, err = h.sender.Replay(tx, id)
		return err
	})
	return count, err
}

// collect adds how many deliveries there are to the metrics.
func (h *hooks) collect(gauge func(d *prometheus.Desc, v float64, labels ...string)) {
	if h.db == nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), waitingWithin)
	defer cancel()
	all, err := h.sender.Counts(ctx)
	if err != nil {
		h.log.Warn("webhooks cannot be counted", "error", err)
	}
	for state, n := range webhook.Total(all) {
		gauge(figWebhooks, float64(n), state)
	}
}

// watch tells staff when a receiver takes nothing.
func (h *hooks) watch(ctx context.Context) {
	look := time.NewTicker(time.Minute)
	defer look.Stop()
	for {
		all, err := h.sender.Troubles(ctx)
		state, detail := "working", ""
		switch {
		case ctx.Err() != nil:
			return
		case err != nil:
			state, detail = "failing", "webhooks.db cannot be read"
		case len(all) > 0:
			state, detail = "failing", troublesOf(all)
		}
		h.note(health.Webhooks, state, detail, time.Now())
		select {
		case <-ctx.Done():
			return
		case <-look.C:
		}
	}
}

// troublesOf names the receivers, at most three of them.
func troublesOf(all []webhook.Trouble) string {
	var said []string
	for _, t := range all[:min(len(all), 3)] {
		host := t.Endpoint
		if u, err := url.Parse(t.URL); err == nil {
			host = u.Host
		}
		said = append(said, fmt.Sprintf("%s: %d wait, %d are dead, since %s", host, t.Waiting, t.Dead,
			t.Since.Format(time.RFC3339)))
	}
	if more := len(all) - len(said); more > 0 {
		said = append(said, fmt.Sprintf("and %d more", more))
	}
	return strings.Join(said, "; ")
}
