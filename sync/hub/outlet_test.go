package hub

import (
	"context"
	"crypto/ed25519"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"cubby/locker"
	"cubby/locker/calendar"
	"cubby/locker/centre"
	"cubby/locker/ledger"
	"cubby/locker/parcel"
	"cubby/locker/people"
	"cubby/locker/returns"
	"cubby/locker/returns/policy"
	"cubby/locker/secret"
	"cubby/locker/visit"
	"cubby/locker/wall"
	"cubby/sync/db"
	"cubby/sync/protocol"
	"cubby/sync/uplink/down"
)

// A shop is a hub and its stations: the station's own rules over memory, and the line
// between them played step by step.
type shop struct {
	*Hub
	ctx context.Context
	now time.Time
	at  map[string]*outlet
}

// An outlet is a station of a shop.
type outlet struct {
	*ledger.Memory
	shop   *shop
	id     string
	rules  map[string]policy.Rules // by shop; none: the usual ones
	ahead  time.Duration           // of its clock
	online bool                    // somebody has read its line lately: to it there is a centre
	log    []json.RawMessage
	pushed int
	cursor string
	ids    int
	down   *down.Down
	keys   *secret.Keys
}

func openShop(t testing.TB, where string, stations ...string) *shop {
	t.Helper()
	s := &shop{ctx: t.Context(), now: noon, at: map[string]*outlet{}}
	h, err := Open(s.ctx, Config{At: where, Key: make([]byte, 32), Name: "Centre",
		Now: func() time.Time { return s.now }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := h.Close(); err != nil {
			t.Error(err)
		}
	})
	s.Hub = h
	for _, id := range stations {
		s.open(t, id)
	}
	return s
}

// open makes a station that has joined.
func (s *shop) open(t testing.TB, id string) {
	t.Helper()
	keys, err := secret.Derive([]byte(strings.Repeat("k", 32)))
	if err != nil {
		t.Fatal(err)
	}
	var root ed25519.PrivateKey
	must(t, s.db.Write(s.ctx, func(tx *db.Tx) (err error) { root, err = s.rootKey(tx); return err }))
	taker := down.New(down.Config{Keys: keys, Roots: []ed25519.PublicKey{root.Public().(ed25519.PublicKey)}})
	o := &outlet{Memory: ledger.NewMemory(nil), shop: s, id: id, keys: keys, down: taker}
	st := o.state()
	for _, n := range []string{"1", "2"} {
		wall.Compartments.Put(st, n, wall.Compartment{
			Number: n, Inner: wall.Box{Width: 400, Height: 400, Depth: 400}, Allocation: wall.Free,
			Contents: wall.ContentsEmpty,
		})
	}
	o.Merge(st.Changes())
	if err := s.db.Write(s.ctx, func(tx *db.Tx) error {
		_, err := tx.Exec("INSERT INTO stations (id, name, site, joined) VALUES (?, ?, ?, ?)", id, id, id,
			millis(s.now))
		return err
	}); err != nil {
		t.Fatal(err)
	}
	joined := centre.Joined{Station: id, Centre: "Centre", URL: "http://x", Epoch: "e-" + id}
	if err := o.try(centre.Join{Joined: joined}); err != nil {
		t.Fatal(err)
	}
	s.at[id] = o
}

func (o *outlet) state() *ledger.State { return ledger.NewState(o.Memory) }

func (o *outlet) env() visit.Env {
	o.shop.now = o.shop.now.Add(time.Second)
	wall := o.shop.now.Add(o.ahead)
	return visit.Env{
		Now: o.shop.now, Mark: o.keys.Mark, Centre: o.online,
		Clock: calendar.Reading{Wall: wall, Boot: "b", Uptime: o.shop.now.Sub(time.Unix(0, 0)), Synced: true},
		Policy: visit.Policy{PickupHours: 72, RecipientDays: 30, Rooms: map[string]any{"returns": returns.Settings{
			Taken: true, Site: o.id, Zone: time.UTC, Rules: o.rules,
		}}},
		NewID: func() string { o.ids++; return fmt.Sprintf("id-%s-%d", o.id, o.ids) },
	}
}

// try has the station decide a command, and keeps the facts.
func (o *outlet) try(c visit.Command) error {
	env := o.env()
	d, err := locker.Station.Decide(o.Memory, c, env)
	if err != nil {
		return err
	}
	o.Merge(d.Changes)
	for _, f := range d.Facts {
		if !f.Published() {
			continue
		}
		data, err := json.Marshal(f)
		if err != nil {
			return err
		}
		if made, ok := f.(*parcel.CodeReissued); ok { // as the feed joins it in
			data = append([]byte(`{"code":"C:NEW","pin":"`+made.Clear.PIN+`",`), data[1:]...)
		}
		n := len(o.log) + 1
		e, err := json.Marshal(map[string]any{
			"specversion": "1.0", "id": fmt.Sprintf("f-%s-%d", o.id, n), "source": "/stations/" + o.id,
			"type": f.Type(), "subject": f.Subject(), "time": env.Now.UTC().Format("2006-01-02T15:04:05.000Z"),
			"datacontenttype": "application/json", "sequence": fmt.Sprintf("%020d", n), "epoch": "e-" + o.id,
			"actor": "x", "cause": "x", "data": json.RawMessage(data),
		})
		if err != nil {
			return err
		}
		o.log = append(o.log, e)
	}
	return nil
}

// push tells the hub all facts, at most so many at once.
func (o *outlet) push(most int) error {
	for o.pushed < len(o.log) {
		n := min(len(o.log), o.pushed+most)
		answer, err := o.shop.Push(o.shop.ctx, o.id, "e-"+o.id, int64(o.pushed), o.log[o.pushed:n])
		if err != nil {
			return err
		}
		for i, r := range answer.Results {
			if r.Status == protocol.Quarantined {
				return fmt.Errorf("in quarantine: %s: %s", r.Problem, o.log[o.pushed+i])
			}
		}
		o.pushed = n
	}
	return nil
}

// pull takes in one page of what the hub has changed, and says whether there was any.
func (o *outlet) pull(most int) (bool, error) {
	page, err := o.shop.Changes(o.shop.ctx, o.id, o.cursor, most)
	if err != nil {
		return false, err
	}
	took := centre.Took{Station: o.id, Cursor: page.Next}
	for _, c := range page.Changes {
		name := centre.Change{Collection: c.Collection, ID: c.ID, Rev: c.Rev}
		command, err := o.down.Command(c)
		if err == nil {
			err = o.try(centre.Newer{Change: name, Command: command})
		}
		took.Changes, took.Errs = append(took.Changes, name), append(took.Errs, err)
	}
	o.cursor = page.Next
	return len(page.Changes) > 0, o.try(took)
}

// meet has stations and hub talk until they have nothing to say, as far as they can.
func (s *shop) meet(ids ...string) error {
	for range 60 {
		moved := false
		for _, id := range ids {
			o := s.at[id]
			o.online = true
			moved = moved || o.pushed < len(o.log)
			if err := o.push(protocol.MaxBatch); err != nil {
				return err
			}
			more, err := o.pull(protocol.MaxChanges)
			if err != nil {
				return err
			}
			moved = moved || more
		}
		if !moved {
			return nil
		}
	}
	return errors.New("they do not come to rest")
}

// back asks to bring units of a line back, over the counter.
func (o *outlet) back(order, line string, n int) (c returns.Case, err error) {
	err = o.try(returns.Request{
		By: people.Tools, Channel: returns.AtCounter, Order: order, Now: &c,
		Items: []returns.Ask{{Line: line, Quantity: n, Reason: "faulty", Text: "it is broken"}},
	})
	return c, err
}

// unwanted asks to bring line 1 back because somebody has changed their mind.
func (o *outlet) unwanted(order string) (c returns.Case, err error) {
	err = o.try(returns.Request{
		By: people.Tools, Channel: returns.AtCounter, Order: order, Now: &c,
		Items: []returns.Ask{{Line: "1", Quantity: 1, Reason: "changed_mind"}},
	})
	return c, err
}

// take takes a return in, looks at it and decides that the customer gets the money.
func (o *outlet) take(id string) error {
	if err := o.try(returns.Drop{By: people.Tools, Case: id}); err != nil {
		return err
	}
	if err := o.try(returns.Grading{By: people.Tools, Case: id, Item: 1, Result: returns.LikeNew}); err != nil {
		return err
	}
	return o.try(returns.Settle{By: people.Tools, Case: id, Item: 1, Decision: returns.RefundOriginal})
}

func (o *outlet) returned(id string) returns.Case {
	c, _ := returns.Cases.Get(o.state(), id)
	return c
}

// orderOf is the body of an order of one line for every quantity, 100.00 each.
func orderOf(quantities ...int) json.RawMessage {
	total := 0
	var lines []map[string]any
	for i, n := range quantities {
		lines = append(lines, map[string]any{
			"id": fmt.Sprint(i + 1), "sku": fmt.Sprint("SKU-", i+1), "title": "a thing", "quantity": n,
			"unit_price": 10000,
		})
		total += 10000 * n
	}
	text, err := json.Marshal(map[string]any{
		"shop": "acme", "currency": "EUR", "channel": "online", "country": "DE", "ordered": noon.AddDate(0, 0, -5),
		"delivered": noon.AddDate(0, 0, -3), "postcode": "10115", "customer_ref": "MARKER-C", "lines": lines,
		"tenders": []map[string]any{{"id": "t1", "kind": "card", "amount": total}},
	})
	if err != nil {
		panic(err)
	}
	return text
}

// slug is how something was refused; empty: it was not.
func slug(err error) string {
	r, ok := errors.AsType[*ledger.Refusal](err)
	if !ok {
		return fmt.Sprint(err)
	}
	return r.Slug
}

// tooMuch says what came back more often than it was bought, as the stations know it.
func (s *shop) tooMuch(order string, quantities ...int) string {
	for i, bought := range quantities {
		line, firm := fmt.Sprint(i+1), 0
		for _, o := range s.at {
			for _, c := range o.cases(order) {
				for _, item := range c.Items {
					if !c.Conditional && item.Line == line && c.Claims(item) {
						firm += item.Quantity
					}
				}
			}
		}
		if firm > bought {
			return fmt.Sprintf("%d of line %s came back, and %d were bought", firm, line, bought)
		}
	}
	return ""
}

func (o *outlet) cases(order string) (all []returns.Case) {
	for _, c := range returns.Cases.All(o.state()) {
		if c.Order == order {
			all = append(all, c)
		}
	}
	return all
}
