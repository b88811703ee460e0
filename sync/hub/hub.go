// Package hub is a central order system over many stations: it takes in what they push,
// tells them what changes, and keeps what follows from both (projections). It is the one
// truth of what was bought and what may come back; stations are the truth of what lies
// behind their doors.
//
// A Hub is safe for concurrent use. What a method has returned without an error is
// committed. After a crash nothing is lost that was acknowledged, and a station pushes
// again what was not.
package hub

import (
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/hex"
	"errors"
	"log/slog"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // PostgreSQL

	"cubby/locker/ledger"
	"cubby/sync/db"
	"cubby/sync/notify"
	"cubby/sync/rest"
	"cubby/sync/rest/kept"
	"cubby/sync/webhook"
)

// Config is what a Hub is made of.
type Config struct {
	At        string // where its database is, see db.Open
	Key       []byte // 32 bytes; what is sealed cannot be read with another
	Name      string // of the centre, for people
	PublicURL string // by which stations reach it
	Pin       string // of its certificate, in invitations; empty: none
	// what is wrong with the rules of a shop; nil: nothing is looked at
	CheckPolicy func(shop, toml string) error
	Refunds     Settling   // empty: ByHand
	Messages    *Messaging // nil: customers are written to by somebody else
	// webhooks may go to this machine and to private networks, and without TLS
	PrivateWebhooks bool
	// tables of what works with the hub, in its database
	Parts []db.Schema
	Log   *slog.Logger     // nil: slog.Default
	Now   func() time.Time // nil: time.Now
}

// A Hub serves until Close. Make it with Open.
type Hub struct {
	db    *db.Database
	vault *vault
	told  signal // changes for stations
	// sequence of the newest change, when a push asked for it last
	newestTold atomic.Int64
	heard      signal // facts of stations
	log        *slog.Logger
	now        func() time.Time

	refunds  Settling
	notifier *notify.Notifier // nil: nobody is written to
	help     string
	webhooks *webhook.Sender
	kept     *kept.Store

	name, publicURL, pin string
	checkPolicy          func(shop, toml string) error
	id                   string // of the database

	signs   guard // tries to sign in
	enrols  guard // tries of invitations
	hashing sync.Mutex
	seen    seen
	shots   snapshots
	wrote   wrote
	// the list of keys was told by this process
	listed atomic.Bool

	others []Troubled // troubles of what works with the hub
}

// schemas are the tables of every part of the hub.
var schemas = []db.Schema{
	schema, tradeSchema, notify.Schema, webhook.Schema, signingSchema, kept.Schema, commandsSchema, poolSchema,
}

// Open opens the hub's database, and makes it when it is new.
func Open(ctx context.Context, c Config) (*Hub, error) {
	v, err := newVault(c.Key)
	if err != nil {
		return nil, err
	}
	h := &Hub{
		vault:       v,
		log:         c.Log,
		now:         c.Now,
		name:        c.Name,
		publicURL:   c.PublicURL,
		pin:         c.Pin,
		refunds:     c.Refunds,
		checkPolicy: c.CheckPolicy,
		enrols:      guard{most: enrolWait},
	}
	if h.log == nil {
		h.log = slog.Default()
	}
	if h.now == nil {
		h.now = time.Now
	}
	if h.db, err = db.Open(ctx, c.At, slices.Concat(schemas, c.Parts)...); err != nil {
		return nil, err
	}
	if h.kept, err = kept.New(h.db, h.vault.derived("repeats"), h.now); err != nil {
		return nil, errors.Join(err, h.db.Close())
	}
	h.webhooks = h.newWebhooks(c.PrivateWebhooks)
	if err := errors.Join(h.begin(ctx), h.openMessages(ctx, c.Key, c.Messages)); err != nil {
		return nil, errors.Join(err, h.db.Close())
	}
	return h, nil
}

// Close closes it.
func (h *Hub) Close() error { return h.db.Close() }

// Kept is what the hub's endpoint keeps over restarts.
func (h *Hub) Kept() rest.Kept { return h.kept }

// Database is the hub's, for what has its own tables there (Config.Parts).
func (h *Hub) Database() *db.Database { return h.db }

// Name is the centre's name.
func (h *Hub) Name() string { return h.name }

// Heard is closed at the next new fact of a station.
func (h *Hub) Heard() <-chan struct{} { return h.heard.wait() }

// Told is closed at the next change for a station.
func (h *Hub) Told() <-chan struct{} { return h.told.wait() }

// begin finds out whose database this is and notes that a run begins: cursors of a run
// that is not in this database, or that went further than it did here, are of another
// copy of it.
func (h *Hub) begin(ctx context.Context) error {
	return h.db.Write(ctx, func(tx *db.Tx) error {
		var check string
		err := tx.QueryRow("SELECT id, check_of_key FROM hub").Scan(&h.id, &check)
		switch {
		case errors.Is(err, sql.ErrNoRows):
			h.id = random(8)
			if _, err = tx.Exec("INSERT INTO hub (id, check_of_key, dropped) VALUES (?, ?, 0)",
				h.id, h.vault.hash("key", h.id)); err != nil {
				return err
			}
			if err := h.makeRootKey(tx); err != nil {
				return err
			}
		case err != nil:
			return err
		case check != h.vault.hash("key", h.id):
			return errors.New(
				"the hub's database is of another key: put the key file back that belongs to it",
			)
		}
		n, err := tx.Next("runs")
		if err != nil {
			return err
		}
		if err := h.keepKeys(tx, false); err != nil {
			return err
		}
		newest, err := newest(tx.QueryRow)
		if err != nil {
			return err
		}
		_, err = tx.Exec("INSERT INTO runs (n, id, since, facts) SELECT ?, ?, ?, coalesce(max(value), 0) "+
			"FROM counters WHERE name = 'facts'", n, random(8), newest)
		if err == nil {
			_, err = tx.Exec("DELETE FROM runs WHERE n <= ?", n-mostRuns)
		}
		return err
	})
}

// mostRuns are remembered, those of commands beside the hub too. A cursor of an older one
// asks for a snapshot.
const mostRuns = 10_000

// random is a hexadecimal text of so many random bytes.
func random(n int) string {
	b := make([]byte, n)
	rand.Read(b)
	return hex.EncodeToString(b)
}

// millis is a time as the tables have it: milliseconds since 1970, 0 for none. One that no
// text of RFC 3339 has in UTC, by a clock that is wrong beyond all bounds, is none.
func millis(t time.Time) int64 {
	if t.IsZero() || !written(t) {
		return 0
	}
	return t.UnixMilli()
}

// written reports whether a time can be written by RFC 3339 in UTC.
func written(t time.Time) bool { y := t.UTC().Year(); return 0 <= y && y <= 9999 }

// moment reads what millis wrote.
func moment(ms int64) time.Time {
	if ms == 0 {
		return time.Time{}
	}
	return time.UnixMilli(ms).UTC()
}

// maybe is a moment that need not be there.
func maybe(ms int64) *time.Time {
	if ms == 0 {
		return nil
	}
	t := moment(ms)
	return &t
}

func millisOf(t *time.Time) int64 {
	if t == nil {
		return 0
	}
	return millis(*t)
}

func flag(b bool) int64 {
	if b {
		return 1
	}
	return 0
}

// rows scans all rows of a query.
func rows[T any](r *sql.Rows, err error, scan func(r *sql.Rows) (T, error)) (all []T, _ error) {
	if err != nil {
		return nil, err
	}
	defer r.Close()
	for r.Next() {
		t, err := scan(r)
		if err != nil {
			return nil, err
		}
		all = append(all, t)
	}
	return all, r.Err()
}

// Limits of pages.
const (
	usualPage = 50
	mostPage  = 500
)

// page is how many rows a page has.
func page(limit int) int {
	if limit <= 0 {
		return usualPage
	}
	return min(limit, mostPage)
}

// write runs do in a transaction and notes the action that it is.
func (h *Hub) act(ctx context.Context, by, what, subject, detail string, do func(tx *db.Tx) error) error {
	return h.db.Write(ctx, func(tx *db.Tx) error {
		if err := do(tx); err != nil {
			return err
		}
		return h.note(tx, by, what, subject, detail)
	})
}

// note keeps an action. detail has nothing personal in it.
func (h *Hub) note(tx *db.Tx, by, what, subject, detail string) error {
	n, err := tx.Next("actions")
	if err != nil {
		return err
	}
	_, err = tx.Exec("INSERT INTO actions (n, at, by_whom, what, subject, detail) VALUES (?, ?, ?, ?, ?, ?)",
		n, millis(h.now()), by, what, subject, detail)
	return err
}

// Actions reads what was done before a moment, the newest first. A zero moment is now.
func (h *Hub) Actions(ctx context.Context, before time.Time, limit int) ([]Action, error) {
	at := int64(1) << 62
	if !before.IsZero() {
		at = before.UnixMilli()
	}
	r, err := h.db.Query(ctx, "SELECT at, by_whom, what, subject, detail FROM actions WHERE at < ? "+
		"ORDER BY n DESC LIMIT ?", at, page(limit))
	return rows(r, err, func(r *sql.Rows) (a Action, err error) {
		var ms int64
		err = r.Scan(&ms, &a.By, &a.What, &a.Subject, &a.Detail)
		a.At = moment(ms)
		return a, err
	})
}

// refuseUnknown is the answer about anything that is not there.
func refuseUnknown(what string) *ledger.Refusal {
	return ledger.Refuse(ledger.NotFound, "no-such-"+what, "there is no %s with this id here", what)
}

// isNone reports whether a query found no row.
func isNone(err error) bool { return errors.Is(err, sql.ErrNoRows) }
