package core

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"testing"
	"time"

	"cubby/cmd/internal/config"
	"cubby/locker/returns"
	"cubby/sync/client"
	"cubby/sync/hub"
	"cubby/sync/hub/hubtest"
	"cubby/sync/problem"
)

// A place is a station of two that take back what the same shop has sold.
type place struct {
	t     *testing.T
	hub   *hubtest.Hub
	id    string // at the hub
	cfg   *config.Config
	core  *Core
	staff *client.Client
}

// openPlace starts the core of a station that has joined; change alters its configuration.
func openPlace(t *testing.T, h *hubtest.Hub, name string, change ...string) *place {
	t.Helper()
	p := &place{t: t, hub: h, cfg: demo(t, append(change, `id        = "demo"`, `id = "`+name+`"`)...)}
	p.open()
	t.Cleanup(func() {
		if err := p.core.Close(); err != nil {
			t.Error(err)
		}
	})
	p.id = h.Join(t, name, p.staff)
	return p
}

func (p *place) open() {
	p.t.Helper()
	var err error
	if p.core, err = Open(p.t.Context(), p.cfg, quiet); err != nil {
		p.t.Fatal(err)
	}
	if p.staff, err = client.New("unix:"+p.cfg.Rest.Socket, ""); err != nil {
		p.t.Fatal(err)
	}
	waitUntilReady(p.t, p.staff)
}

// alone cuts the station off, and starts it anew: to it there is no centre.
func (p *place) alone() {
	p.t.Helper()
	p.hub.Cut(p.id, true)
	if err := p.core.Close(); err != nil {
		p.t.Fatal(err)
	}
	p.open()
}

func waitUntilReady(t *testing.T, c *client.Client) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	for v := range c.Views(ctx) {
		if v.Step == "idle" {
			return
		}
	}
	t.Fatal("no idle page")
}

// bought is an order of lines of so many units, 100.00 each, paid with two tenders.
func bought(units ...int) json.RawMessage {
	total := 0
	var lines []map[string]any
	for i, n := range units {
		lines = append(lines, map[string]any{
			"id": fmt.Sprint(i + 1), "sku": fmt.Sprintf("SKU-%d", i+1), "title": "a thing", "quantity": n,
			"unit_price": 10000,
		})
		total += 10000 * n
	}
	now := time.Now().UTC()
	text, err := json.Marshal(map[string]any{
		"shop": "acme", "currency": "EUR", "channel": "online", "country": "DE", "ordered": now.AddDate(0, 0, -5),
		"delivered": now.AddDate(0, 0, -3), "lines": lines, "tenders": []map[string]any{
			{"id": "t1", "kind": "card", "amount": total - 5000}, {"id": "t2", "kind": "gift_card", "amount": 5000},
		},
	})
	if err != nil {
		panic(err)
	}
	return text
}

// tries asks to bring units of a line back, as staff do at a counter.
func (p *place) tries(line string, n int) (client.Return, error) {
	return p.staff.RequestReturn(p.t.Context(), map[string]any{"order_id": "SO-1", "items": []map[string]any{
		{"line": line, "quantity": n, "reason": "faulty", "text": "it is broken"},
	}})
}

// back is tries when it has to be taken, firmly or on condition.
func (p *place) back(line string, n int, conditional bool) client.Return {
	p.t.Helper()
	r, err := p.tries(line, n)
	if err != nil || r.Conditional != conditional {
		p.t.Fatalf("line %s at %s: %v, on condition: %t", line, p.id, err, r.Conditional)
	}
	return r
}

// refuses has to refuse a line by a slug.
func (p *place) refuses(line string, slug string) {
	p.t.Helper()
	_, err := p.tries(line, 1)
	if why, ok := errors.AsType[*problem.Problem](err); !ok || why.Slug() != slug {
		p.t.Errorf("line %s at %s: %v; want %s", line, p.id, err, slug)
	}
}

// take takes a return in, and has it paid.
func (p *place) take(r client.Return) {
	p.t.Helper()
	for _, step := range []struct {
		name string
		body any
	}{
		{"drop", nil}, {"items/1/grade", map[string]any{"result": "like_new"}},
		{"items/1/decide", map[string]any{"decision": "refund_original"}},
	} {
		if _, err := p.staff.DoReturn(p.t.Context(), r.ID, step.name, step.body); err != nil {
			p.t.Fatal(err)
		}
	}
}

// becomes waits until a return is answered and in a state.
func (p *place) becomes(r client.Return, want returns.State) {
	p.t.Helper()
	until(p.t, fmt.Sprintf("the return at %s is %s", p.id, want), func() bool {
		p.hurry()
		now, err := p.staff.Return(p.t.Context(), r.ID)
		return err == nil && now.State == want && !now.Conditional
	})
}

func (p *place) hurry() { _, _ = p.staff.HurryCentre(p.t.Context()) }

// tooMuch says what has come back more often than it was bought, or was paid back beyond
// what was paid.
func tooMuch(t *testing.T, units []int, places ...*place) {
	t.Helper()
	firm, paid := map[string]int{}, map[string]int64{}
	for _, p := range places {
		all, err := p.staff.Returns(t.Context(), returns.Filter{Order: "SO-1"})
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range all {
			for _, i := range r.Items {
				if !r.Conditional && r.Claims(i) {
					firm[i.Line] += i.Quantity
				}
			}
		}
		refunds, err := p.staff.Refunds(t.Context(), returns.RefundFilter{Order: "SO-1"})
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range refunds {
			if r.Counts() {
				paid[r.Tender] += r.Amount
			}
		}
	}
	total := int64(0)
	for i, n := range units {
		if line := fmt.Sprint(i + 1); firm[line] > n {
			t.Errorf("%d of line %s have come back, and %d were bought", firm[line], line, n)
		}
		total += 10000 * int64(n)
	}
	for tender, was := range map[string]int64{"t1": total - 5000, "t2": 5000} {
		if paid[tender] > was {
			t.Errorf("%d was paid back on tender %s, and %d paid", paid[tender], tender, was)
		}
	}
}

// puts puts the order at the hub, grants the leases named to a station, and waits until
// all stations know.
func puts(t *testing.T, h *hubtest.Hub, units []int, leases map[string]*place, places ...*place) {
	t.Helper()
	var ids []string
	for _, p := range places {
		ids = append(ids, p.id)
	}
	if err := h.PutOrder(t.Context(), "user:test", "SO-1", bought(units...), ids); err != nil {
		t.Fatal(err)
	}
	for line, p := range leases {
		if err := h.GrantLease(t.Context(), "user:test", "SO-1", line, p.id); err != nil {
			t.Fatal(err)
		}
	}
	for _, p := range places {
		until(t, p.id+" has the order and the leases", func() bool {
			p.hurry()
			o, err := p.staff.Order(t.Context(), "SO-1")
			if err != nil {
				return false
			}
			for _, l := range o.Lines {
				if (l.Lease != nil) != (leases[l.ID] != nil) {
					return false
				}
			}
			return true
		})
	}
}

// The same line is brought back at two stations while both are cut off, from each other and
// from the hub. Nothing comes back more often than it was bought, whoever is heard first.
func TestTheSameOrderAtTwoStationsThatAreCutOff(t *testing.T) {
	h := hubtest.Open(t)
	a, b := openPlace(t, h, "berlin-01"), openPlace(t, h, "hamburg-02")
	units := []int{1, 1, 2}
	puts(t, h, units, map[string]*place{"1": a, "3": a}, a, b)
	a.alone()
	b.alone()
	first := a.back("1", 1, false) // by the lease
	b.refuses("1", "leased-elsewhere")
	atA, atB := a.back("2", 1, true), b.back("2", 1, true) // without a lease: on condition, at both
	a.take(first)
	some := a.back("3", 1, false)
	tooMuch(t, units, a, b)

	h.Cut(b.id, false) // alone, while a is away still
	b.becomes(atB, returns.Authorised)
	both := b.back("3", 2, true) // one of two is claimed at a, which nobody knows yet
	until(t, "the return waits for the lease", func() bool {
		b.hurry()
		r, err := h.Return(t.Context(), b.id, both.ID)
		return err == nil && r.Waiting && r.Why == hub.WaitsForLease && r.For == a.id
	})
	tooMuch(t, units, a, b)

	h.Cut(a.id, false)
	a.becomes(first, returns.Closed) // and paid, by the hub
	a.becomes(atA, returns.Declined)
	b.becomes(both, returns.Declined)
	one := b.back("3", 1, true)
	b.becomes(one, returns.Authorised)
	a.becomes(some, returns.Authorised)
	if _, err := a.staff.DoReturn(t.Context(), some.ID, "cancel", nil); err != nil {
		t.Fatal(err)
	}
	again := a.back("3", 1, true) // the lease is not its own any more
	a.becomes(again, returns.Authorised)
	for r, p := range map[*client.Return]*place{&atB: b, &one: b, &again: a} {
		p.take(*r)
		p.becomes(*r, returns.Closed)
	}
	tooMuch(t, units, a, b)
	for _, p := range []*place{a, b} {
		until(t, p.id+" knows of all that came back elsewhere", func() bool {
			p.hurry()
			o, err := p.staff.Order(t.Context(), "SO-1")
			return err == nil && o.Lines[0].ReturnedElsewhere+o.Lines[1].ReturnedElsewhere+
				o.Lines[2].ReturnedElsewhere == map[*place]int{a: 2, b: 2}[p]
		})
		for line := range units {
			p.refuses(fmt.Sprint(line+1), "back-already")
		}
	}
	o, err := h.Order(t.Context(), "SO-1")
	if err != nil {
		t.Fatal(err)
	}
	for i, l := range o.Lines {
		if l.Back != units[i] || l.Over != 0 || l.Waiting != 0 {
			t.Errorf("the hub shows %+v", l)
		}
	}
}

// Two stations that take back as if each were the only one are found out.
func TestLeasesThatAreIgnoredAreFound(t *testing.T) {
	alone := []string{"[returns]\n", "[returns]\nsole_site = true\n"}
	h := hubtest.Open(t)
	a, b := openPlace(t, h, "berlin-01", alone...), openPlace(t, h, "hamburg-02", alone...)
	puts(t, h, []int{1}, map[string]*place{"1": a}, a, b)
	a.back("1", 1, false)
	b.back("1", 1, false)
	until(t, "the hub says that a line came back twice", func() bool {
		o, err := h.Order(t.Context(), "SO-1")
		return err == nil && o.Lines[0].Over == 1
	})
}
