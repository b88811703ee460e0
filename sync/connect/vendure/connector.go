package vendure

import (
	"cmp"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	mathrand "math/rand/v2"
	"slices"
	"strings"
	"time"

	"cubby/sync/db"
	"cubby/sync/hub"
)

// A Connector works for one shop, until Run ends. Make it with New.
type Connector struct {
	Config
	client *client
	store  store
	name   string // of this run, among connectors of the shop
	// language of customers, known when the shop was asked
	language string
	// failed tries to reach the shop in a row
	failed    int
	again     time.Time // not before then
	searched  time.Time // for orders
	stockAt   time.Time
	heldUntil time.Time
}

// New makes a connector. The hub's database has Schema.
func New(c Config) *Connector {
	c.Log = cmp.Or(c.Log, slog.Default()).With("vendure", c.Shop)
	if c.Now == nil {
		c.Now = time.Now
	}
	k := &Connector{Config: c, store: store{c.Hub.Database(), c.Shop}, name: rand.Text(),
		language: c.Language}
	k.client = newClient(&k.Config)
	return k
}

// by is who acts, as the hub writes it down.
func (k *Connector) by() string { return "vendure:" + k.Shop }

// Times of a connector.
const (
	lookBack = 24 * time.Hour   // at its first start
	overlap  = 10 * time.Minute // of two searches: what was committed late is found by the next
	holdFor  = 2 * time.Minute  // as the only one of its shop, longer than one order takes
	longest  = 10 * time.Minute // between two tries of one order
	silence  = time.Minute      // between two tries of a shop that does not answer
	atOnce   = 100              // orders in one turn
)

// Run works until ctx ends. Nothing that the shop or a station does ends it.
func (k *Connector) Run(ctx context.Context) error {
	head, err := k.Hub.FactsHead(ctx)
	if err == nil {
		err = k.store.begin(ctx, k.Now().Add(-lookBack), head)
	}
	if err != nil {
		return err
	}
	defer func() {
		over, end := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
		defer end()
		_ = k.store.release(over, k.name) // it lapses by itself
	}()
	for {
		heard := k.Hub.Heard()
		k.turn(ctx)
		pause := time.After(breath)
		select { // facts that come together are read together
		case <-ctx.Done():
			return nil
		case <-pause:
		}
		timer := time.NewTimer(k.Poll)
		select {
		case <-ctx.Done():
		case <-heard:
		case <-timer.C:
		}
		timer.Stop()
	}
}

// breath is between two turns, at least.
const breath = 200 * time.Millisecond

// turn does what is to be done now.
func (k *Connector) turn(ctx context.Context) {
	if held, err := k.hold(ctx); err != nil || !held {
		if err != nil && ctx.Err() == nil {
			k.Log.Error("the connector cannot work", "error", err)
		}
		return
	}
	if err := k.hear(ctx); err != nil {
		if ctx.Err() == nil {
			k.Log.Error("what stations told is not read", "error", err)
		}
		return
	}
	if k.failed > 0 && k.Now().Before(k.again) {
		return
	}
	searched := k.searched
	err := k.work(ctx)
	if ctx.Err() != nil {
		return
	}
	why := ""
	if err == nil {
		k.failed = 0
	} else {
		if k.failed++; k.failed == 1 {
			k.Log.Warn("the shop is tried again", "error", err)
		}
		why, k.again = short(err.Error()), k.Now().Add(k.backoff())
	}
	if err == nil && k.searched.Equal(searched) {
		return // it was asked for nothing, or about orders alone
	}
	if err := k.store.answered(ctx, k.Now(), why); err != nil && ctx.Err() == nil {
		k.Log.Error("the connector's state is not kept", "error", err)
	}
}

// backoff is how long a shop that does not answer is left alone: a random part of a time
// that doubles.
func (k *Connector) backoff() time.Duration {
	most := min(silence, k.Poll<<min(k.failed, 10))
	return most/2 + time.Duration(mathrand.Int64N(int64(most/2)+1))
}

// hold makes sure that no other hub on this database works for the shop.
func (k *Connector) hold(ctx context.Context) (bool, error) {
	now := k.Now()
	if k.heldUntil.Sub(now) > holdFor/2 {
		return true, nil
	}
	held, err := k.store.hold(ctx, k.name, now, now.Add(holdFor))
	if held {
		k.heldUntil = now.Add(holdFor)
	}
	return held, err
}

// work asks the shop and takes the next steps of all orders that are due.
func (k *Connector) work(ctx context.Context) error {
	if k.language == "" {
		var err error
		if k.language, err = k.client.language(ctx); err != nil {
			return err
		}
	}
	if now := k.Now(); now.Sub(k.searched) >= k.Poll {
		if err := k.discover(ctx); err != nil {
			return fmt.Errorf("look for orders: %w", err)
		}
		if err := k.watch(ctx); err != nil {
			return fmt.Errorf("look after orders: %w", err)
		}
		k.searched = now
	}
	due, err := k.store.due(ctx, k.Now(), atOnce)
	if err != nil {
		return err
	}
	for _, r := range due {
		if held, err := k.hold(ctx); err != nil || !held {
			return err
		}
		if err := k.step(ctx, r); err != nil {
			return err
		}
	}
	if k.StockEvery > 0 && k.Now().Sub(k.stockAt) >= k.StockEvery {
		if err := k.stock(ctx); err != nil {
			return fmt.Errorf("read stock: %w", err)
		}
		k.stockAt = k.Now()
	}
	return nil
}

// step takes the next steps of one order. It fails when the shop or the database does; what
// is wrong with the order is kept with it, and it is tried again.
func (k *Connector) step(ctx context.Context, r *row) error {
	next, err := k.advance(ctx, r)
	if errors.Is(err, errUnreachable) || ctx.Err() != nil {
		return errors.Join(err, ctx.Err())
	}
	now := k.Now()
	if err == nil {
		r.tries, r.failing, r.Error, r.next = 0, 0, "", 0
		if next > 0 {
			r.next = now.Add(next).UnixMilli()
		}
		return k.store.save(ctx, r)
	}
	if r.Error = short(err.Error()); r.failing == 0 {
		r.failing = now.UnixMilli()
		k.Log.Warn("an order is tried again", "order", r.Code, "step", r.Step, "error", r.Error)
	}
	most := min(longest, k.Poll<<min(r.tries, 10))
	r.tries++
	r.next = now.Add(most/2 + time.Duration(mathrand.Int64N(int64(most/2)+1))).UnixMilli()
	return k.store.save(ctx, r)
}

// discover looks for orders that were placed since the last search and are picked up at a
// station.
func (k *Connector) discover(ctx context.Context) error {
	since, err := k.store.since(ctx)
	if err != nil {
		return err
	}
	newest := since
	for skip := 0; ; skip += mostOrders {
		page, err := k.client.placed(ctx, since.Add(-overlap), skip)
		if err != nil {
			return err
		}
		for i := range page {
			o := &page[i]
			if o.OrderPlacedAt != nil && o.OrderPlacedAt.After(newest) {
				newest = *o.OrderPlacedAt
			}
			if err := k.found(ctx, o); err != nil {
				return err
			}
		}
		if len(page) < mostOrders {
			return k.store.setSince(ctx, newest)
		}
	}
}

// found keeps an order that is not known yet.
func (k *Connector) found(ctx context.Context, o *order) error {
	at := k.place(o)
	if at == nil {
		return nil
	}
	if known, err := k.store.find(ctx, o.ID); err != nil || known != nil {
		return err
	}
	now := k.Now().UnixMilli()
	return k.store.save(ctx, &row{
		ID: o.ID, Code: o.Code, Station: at.Station, State: o.State, Step: Waits, since: now, next: now,
	})
}

// watch asks for the states of all orders that the shop may change, and has those looked at
// that have another one.
func (k *Connector) watch(ctx context.Context) error {
	all, err := k.store.watched(ctx)
	if err != nil {
		return err
	}
	for part := range slices.Chunk(all, mostOrders) {
		var ids []string
		for _, r := range part {
			ids = append(ids, r.ID)
		}
		states, err := k.client.states(ctx, ids)
		if err != nil {
			return err
		}
		err = k.store.db.Write(ctx, func(tx *db.Tx) error {
			for _, r := range part {
				if states[r.ID] == r.State {
					continue
				}
				if err := k.store.wake(tx, k.Now(), "id = ? AND tries = 0", r.ID); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// hear reads what stations have told since the last time, and has the orders looked at that
// it is about.
func (k *Connector) hear(ctx context.Context) error {
	for {
		var after int64
		if err := k.store.db.QueryRow(ctx, "SELECT facts FROM vendure_shops WHERE shop = ?", k.Shop).
			Scan(&after); err != nil {
			return err
		}
		facts, err := k.Hub.Facts(ctx, hub.FactFilter{After: after, Ascending: true, Limit: 500})
		if err != nil || len(facts) == 0 {
			return err
		}
		err = k.store.db.Write(ctx, func(tx *db.Tx) error {
			for _, f := range facts {
				if err := k.heard(tx, f); err != nil {
					return err
				}
			}
			_, err := tx.Exec("UPDATE vendure_shops SET facts = ? WHERE shop = ?", facts[len(facts)-1].N,
				k.Shop)
			return err
		})
		if err != nil {
			return err
		}
	}
}

// heard notes what a fact says that the hub forgets when the parcel ends.
func (k *Connector) heard(tx *db.Tx, f hub.Fact) error {
	if f.Quarantined {
		return nil
	}
	var event struct {
		Data struct {
			Compartment string `json:"compartment"`
			OrderID     string `json:"order_id"`
			ParcelID    string `json:"parcel_id"`
		} `json:"data"`
	}
	kind, id, _ := strings.Cut(f.Subject, "/")
	room, _, _ := strings.Cut(f.Type, ".")
	if room != "parcel" && room != "return" && room != "refund" && f.Type != "centre.change_refused" {
		return nil
	}
	if err := json.Unmarshal(f.Event, &event); err != nil {
		return nil // the hub has it in quarantine
	}
	switch {
	case room == "parcel" && kind == "parcels":
		if err := k.store.wake(tx, k.Now(), "station = ? AND code = ?", f.Station, id); err != nil {
			return err
		}
		switch f.Type {
		case "parcel.stored":
			_, err := tx.Exec("UPDATE vendure_orders SET door = ? WHERE shop = ? AND station = ? AND "+
				"code = ?",
				short(event.Data.Compartment), k.Shop, f.Station, id)
			return err
		case "parcel.collected", "parcel.handed_over":
			_, err := tx.Exec("UPDATE vendure_orders SET collected = ? WHERE shop = ? AND station = ? "+
				"AND code = ?",
				f.Happened.UnixMilli(), k.Shop, f.Station, id)
			return err
		}
	case f.Type == "centre.change_refused":
		return k.store.wake(tx, k.Now(), "station = ? AND code = ?", f.Station, event.Data.ParcelID)
	case event.Data.OrderID != "":
		return k.store.wake(tx, k.Now(), "code = ?", event.Data.OrderID)
	}
	return nil
}
