package vendure

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"cubby/locker/ledger"
	"cubby/sync/db"
	"cubby/sync/hub"
)

// When somebody should see to it.
const (
	orderLate = 15 * time.Minute // an order that fails
	shopLate  = 15 * time.Minute // a shop that does not answer
)

// Troubles are what somebody has to do something about; the hub shows them.
func (k *Connector) Troubles(ctx context.Context, station string) (all []hub.Trouble, err error) {
	now := k.Now()
	rows, err := scanAll(k.store.db.Query(ctx, "SELECT "+columns+" FROM vendure_orders WHERE shop = ? AND "+
		"(step = 'apart' OR failing > 0 AND failing < ?) ORDER BY since, id LIMIT 500", k.Shop,
		now.Add(-orderLate).UnixMilli()))
	if err != nil {
		return nil, err
	}
	for _, r := range rows {
		if station != "" && r.Station != station {
			continue
		}
		t := hub.Trouble{
			Station: r.Station, Kind: "shop_fails", Subject: "orders/" + r.Code, Harm: 3,
			Since:    time.UnixMilli(r.failing).UTC(),
			Title:    "Order " + r.Code + " gets no further at " + k.Shop + ": " + r.Error,
			WhatToDo: "Look at the order at the shop; it is tried again by itself.",
		}
		if r.Step == Apart {
			t.Kind, t.Harm, t.Since = "shop_differs", 4, time.UnixMilli(r.since).UTC()
			t.Title = "Order " + r.Code + " is not the same at " + k.Shop + " and at its station: " + r.Reason
			t.WhatToDo = "Settle it with the customer at the shop, then: cubbyhub vendure done " + k.Shop +
				" " + r.Code
		}
		all = append(all, t)
	}
	var failing int64
	var why string
	err = k.store.db.QueryRow(ctx, "SELECT failing, error FROM vendure_shops WHERE shop = ?",
		k.Shop).Scan(&failing, &why)
	if errors.Is(err, sql.ErrNoRows) {
		return all, nil
	}
	if since := time.UnixMilli(failing); err == nil && failing > 0 && now.Sub(since) > shopLate {
		told := map[string]bool{}
		for _, p := range k.Places {
			if (station == "" || station == p.Station) && !told[p.Station] {
				told[p.Station] = true
				all = append(all, hub.Trouble{
					Station: p.Station, Kind: "shop_silent", Subject: "stations/" + p.Station, Harm: 3,
					Since:    since.UTC(),
					Title:    "The shop " + k.Shop + " cannot be reached for its orders: " + why,
					WhatToDo: "Look at the shop and at [[vendure]] of the hub's file; all goes on by itself.",
				})
			}
		}
	}
	return all, err
}

// A Count is how many orders of a shop are at a step, and how many of those fail.
type Count struct {
	Step           Step
	Orders, Failed int
}

// Counts are for metrics. answered is when the shop did last; zero: never.
func (k *Connector) Counts(ctx context.Context) (all []Count, answered time.Time, err error) {
	r, err := k.store.db.Query(ctx, "SELECT step, count(*), sum(CASE WHEN failing > 0 THEN 1 ELSE 0 END) "+
		"FROM vendure_orders WHERE shop = ? GROUP BY step ORDER BY step", k.Shop)
	if err != nil {
		return nil, answered, err
	}
	defer r.Close()
	for r.Next() {
		var c Count
		if err := r.Scan(&c.Step, &c.Orders, &c.Failed); err != nil {
			return nil, answered, err
		}
		all = append(all, c)
	}
	var ms int64
	err = k.store.db.QueryRow(ctx, "SELECT answered FROM vendure_shops WHERE shop = ?", k.Shop).Scan(&ms)
	if errors.Is(err, sql.ErrNoRows) {
		err = nil
	}
	if ms > 0 {
		answered = time.UnixMilli(ms)
	}
	return all, answered, errors.Join(err, r.Err())
}

// An Order is one as people see it.
type Order struct {
	ID, Code, Station, State string
	Step                     Step
	Reason, Error            string
}

// List are the orders of a shop that are not over, those that fail and those that differ too.
func List(ctx context.Context, d *db.Database, shop string) (list []Order, _ error) {
	all, err := scanAll(d.Query(ctx, "SELECT "+columns+" FROM vendure_orders WHERE shop = ? AND "+
		"(failing > 0 OR step IN ('waits', 'accepted', 'ready', 'apart')) ORDER BY since, id", shop))
	for _, r := range all {
		list = append(list, Order{r.ID, r.Code, r.Station, r.State, r.Step, r.Reason, r.Error})
	}
	return list, err
}

// Done says that somebody has dealt with an order of which shop and station did not agree.
func Done(ctx context.Context, d *db.Database, shop, code string) error {
	return d.Write(ctx, func(tx *db.Tx) error {
		done, err := tx.Exec("UPDATE vendure_orders SET step = 'ended' WHERE shop = ? AND code = ? AND "+
			"step = 'apart'",
			shop, code)
		if err != nil {
			return err
		}
		if n, err := done.RowsAffected(); err != nil || n == 0 {
			return errors.Join(err, ledger.Refuse(ledger.NotFound, "no-such-order",
				"%s", fmt.Sprintf("there is no order %s of %s that differs", code, shop)))
		}
		return nil
	})
}
