package vendure

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"cubby/sync/db"
)

// Schema are the connector's tables in the hub's database. Nothing personal is in them.
// Times are milliseconds since 1970, 0 for none.
var Schema = db.Schema{Part: "vendure", Steps: []string{
	// since: orders placed after this are looked for; facts: number of the newest fact heard
	`CREATE TABLE vendure_shops (
		shop TEXT PRIMARY KEY,
		since BIGINT NOT NULL,
		facts BIGINT NOT NULL,
		holder TEXT NOT NULL DEFAULT '',
		held_until BIGINT NOT NULL DEFAULT 0,
		answered BIGINT NOT NULL DEFAULT 0,
		failing BIGINT NOT NULL DEFAULT 0,
		error TEXT NOT NULL DEFAULT '')`,
	// next_at: 0 sleeps until something is heard; told: what the stations were told last
	`CREATE TABLE vendure_orders (
		shop TEXT NOT NULL,
		id TEXT NOT NULL,
		code TEXT NOT NULL,
		station TEXT NOT NULL,
		state TEXT NOT NULL,
		step TEXT NOT NULL,
		door TEXT NOT NULL DEFAULT '',
		collected BIGINT NOT NULL DEFAULT 0,
		body TEXT NOT NULL DEFAULT '',
		told TEXT NOT NULL DEFAULT '',
		reason TEXT NOT NULL DEFAULT '',
		since BIGINT NOT NULL,
		next_at BIGINT NOT NULL,
		tries BIGINT NOT NULL DEFAULT 0,
		failing BIGINT NOT NULL DEFAULT 0,
		error TEXT NOT NULL DEFAULT '',
		PRIMARY KEY (shop, id))`,
	"CREATE INDEX vendure_orders_due ON vendure_orders (shop, next_at)",
	"CREATE INDEX vendure_orders_by_code ON vendure_orders (code)",
	`CREATE TABLE vendure_stock (
		station TEXT NOT NULL,
		sku TEXT NOT NULL,
		level BIGINT NOT NULL,
		PRIMARY KEY (station, sku))`,
	"CREATE INDEX vendure_orders_by_step ON vendure_orders (shop, step)",
}}

// A Step is how far an order has come.
type Step string

// The steps of an order.
const (
	Waits     Step = "waits"      // it is not paid
	Accepted  Step = "accepted"   // the hub has it, and its parcel was announced
	Ready     Step = "ready"      // it is behind a door, and the shop knows
	Delivered Step = "delivered"  // it was collected, and the shop knows; what comes back is followed
	TakenBack Step = "taken_back" // it was not collected; the shop has the goods and pays back
	Ended     Step = "ended"      // called off, or dealt with past the stations
	Apart     Step = "apart"      // shop and station do not agree, and both say so: a person looks at it
)

// open are the steps in which the shop may change an order, so that it is asked.
func (s Step) open() bool { return s == Waits || s == Accepted || s == Ready }

// row is an order as it is kept.
type row struct {
	ID, Code, Station, State string
	Step                     Step
	Door                     string
	collected                int64
	Body, Told, Reason       string
	since, next              int64
	tries, failing           int64
	Error                    string
}

// What stations were told last of an order's parcel.
const (
	toldCancel = "cancel"
	toldHold   = "hold"      // it was cancelled at the shop, and lies there
	toldBack   = "take_back" // held, for it was not collected in time
)

const columns = "id, code, station, state, step, door, collected, body, told, reason, since, next_at, " +
	"tries, failing, error"

func scanRow(r interface{ Scan(...any) error }) (*row, error) {
	o := new(row)
	err := r.Scan(&o.ID, &o.Code, &o.Station, &o.State, &o.Step, &o.Door, &o.collected, &o.Body, &o.Told,
		&o.Reason,
		&o.since, &o.next, &o.tries, &o.failing, &o.Error)
	return o, err
}

func scanAll(r *sql.Rows, err error) (all []*row, _ error) {
	if err != nil {
		return nil, err
	}
	defer r.Close()
	for r.Next() {
		o, err := scanRow(r)
		if err != nil {
			return nil, err
		}
		all = append(all, o)
	}
	return all, r.Err()
}

// store is the tables of one shop.
type store struct {
	db   *db.Database
	shop string
}

// begin makes the shop's row. What was ordered before, and what was heard before, is of
// before the connector.
func (s store) begin(ctx context.Context, since time.Time, facts int64) error {
	return s.db.Write(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec("INSERT INTO vendure_shops (shop, since, facts) VALUES (?, ?, ?) ON CONFLICT "+
			"DO NOTHING",
			s.shop, since.UnixMilli(), facts)
		return err
	})
}

// hold makes this the only connector of the shop until a moment: two would pay back twice.
func (s store) hold(ctx context.Context, holder string, now, until time.Time) (held bool, err error) {
	err = s.db.Write(ctx, func(tx *db.Tx) error {
		done, err := tx.Exec("UPDATE vendure_shops SET holder = ?, held_until = ? WHERE shop = ? AND "+
			"(holder = ? OR held_until < ?)", holder, until.UnixMilli(), s.shop, holder, now.UnixMilli())
		if err != nil {
			return err
		}
		n, err := done.RowsAffected()
		held = n > 0
		return err
	})
	return held, err
}

func (s store) release(ctx context.Context, holder string) error {
	return s.db.Write(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec("UPDATE vendure_shops SET held_until = 0 WHERE shop = ? AND holder = ?", s.shop,
			holder)
		return err
	})
}

func (s store) since(ctx context.Context) (time.Time, error) {
	var ms int64
	err := s.db.QueryRow(ctx, "SELECT since FROM vendure_shops WHERE shop = ?", s.shop).Scan(&ms)
	return time.UnixMilli(ms), err
}

func (s store) setSince(ctx context.Context, at time.Time) error {
	return s.db.Write(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec("UPDATE vendure_shops SET since = ? WHERE shop = ? AND since < ?",
			at.UnixMilli(), s.shop, at.UnixMilli())
		return err
	})
}

// answered notes whether the shop did; why is empty when it did.
func (s store) answered(ctx context.Context, now time.Time, why string) error {
	return s.db.Write(ctx, func(tx *db.Tx) error {
		if why == "" {
			_, err := tx.Exec("UPDATE vendure_shops SET answered = ?, failing = 0, error = '' WHERE shop = ?",
				now.UnixMilli(), s.shop)
			return err
		}
		_, err := tx.Exec("UPDATE vendure_shops SET failing = CASE WHEN failing = 0 THEN ? ELSE failing "+
			"END, error = ? WHERE shop = ?", now.UnixMilli(), why, s.shop)
		return err
	})
}

// find is an order by its id at the shop; nil: it is not known.
func (s store) find(ctx context.Context, id string) (*row, error) {
	o, err := scanRow(s.db.QueryRow(ctx, "SELECT "+columns+" FROM vendure_orders WHERE shop = ? AND id = ?",
		s.shop, id))
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	return o, err
}

// due are the orders that are to be looked at now.
func (s store) due(ctx context.Context, now time.Time, limit int) ([]*row, error) {
	return scanAll(s.db.Query(ctx, "SELECT "+columns+" FROM vendure_orders WHERE shop = ? AND next_at > 0 "+
		"AND next_at <= ? ORDER BY next_at LIMIT ?", s.shop, now.UnixMilli(), limit))
}

// watched are the orders that the shop may change.
func (s store) watched(ctx context.Context) ([]*row, error) {
	return scanAll(s.db.Query(ctx, "SELECT "+columns+" FROM vendure_orders WHERE shop = ? AND "+
		"step IN ('waits', 'accepted', 'ready') ORDER BY id", s.shop))
}

func (s store) save(ctx context.Context, o *row) error {
	return s.db.Write(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec("INSERT INTO vendure_orders (shop, "+columns+") "+
			"VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) "+
			"ON CONFLICT (shop, id) DO UPDATE SET station = excluded.station, state = excluded.state, "+
			"step = excluded.step, door = excluded.door, collected = excluded.collected, "+
			"body = excluded.body, told = excluded.told, reason = excluded.reason, "+
			"since = excluded.since, next_at = excluded.next_at, tries = excluded.tries, "+
			"failing = excluded.failing, error = excluded.error",
			s.shop, o.ID, o.Code, o.Station, o.State, string(o.Step), o.Door, o.collected, o.Body, o.Told,
			o.Reason, o.since, o.next, o.tries, o.failing, o.Error)
		return err
	})
}

// wake has orders of the shop looked at, those of which something was heard.
func (s store) wake(tx *db.Tx, now time.Time, where string, args ...any) error {
	_, err := tx.Exec("UPDATE vendure_orders SET next_at = ? WHERE shop = ? AND "+where,
		append([]any{now.UnixMilli(), s.shop}, args...)...)
	return err
}
