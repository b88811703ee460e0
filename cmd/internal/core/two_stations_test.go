package core

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"net/http"
	"testing"
	"time"

	"pgregory.net/rapid"

	"cubby/locker/returns"
	"cubby/sync/centre"
	"cubby/sync/client"
	"cubby/sync/problem"
)

// A place is a station of two that take back what the same shop has sold.
type place struct {
	name           string
	staff, network *client.Client
}

// open starts the core of a place; change alters its configuration.
func openPlace(t *testing.T, name string, change ...string) place {
	t.Helper()
	cfg := demo(t, append(change, `id        = "demo"`, `id = "`+name+`"`)...)
	c, err := Open(t.Context(), cfg, quiet)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := c.Close(); err != nil {
			t.Error(err)
		}
	})
	staff, err := client.New("unix:"+cfg.Rest.Socket, "")
	if err != nil {
		t.Fatal(err)
	}
	waitUntilReady(t, staff)
	token, err := staff.AddKey(t.Context(), "centre", []string{
		"events:read", "orders:read", "orders:write", "returns:read", "returns:write", "returns:decide",
		"refunds:write",
	}, false)
	if err != nil {
		t.Fatal(err)
	}
	network, err := client.New("http://"+c.Address(), token)
	if err != nil {
		t.Fatal(err)
	}
	return place{name, staff, network}
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
func bought(units ...int) map[string]any {
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
	return map[string]any{
		"shop": "acme", "currency": "EUR", "channel": "online", "country": "DE", "ordered": now.AddDate(0, 0, -5),
		"delivered": now.AddDate(0, 0, -3), "lines": lines, "tenders": []map[string]any{
			{
				"id":     "t1",
				"kind":   "card",
				"amount": total - 5000,
			}, {"id": "t2", "kind": "gift_card", "amount": 5000},
		},
	}
}

// back asks to bring units of a line back, as staff do at a counter.
func (p place) back(ctx context.Context, order, line string, n int) (client.Return, error) {
	return p.staff.RequestReturn(ctx, map[string]any{"order_id": order, "items": []map[string]any{
		{"line": line, "quantity": n, "reason": "faulty", "text": "it is broken"},
	}})
}

// settle takes a return in, and has it paid.
func (p place) settle(ctx context.Context, r client.Return) error {
	for _, step := range []struct {
		name string
		body any
	}{
		{"drop", nil}, {"items/1/grade", map[string]any{"result": "like_new"}},
		{"items/1/decide", map[string]any{"decision": "refund_original"}},
	} {
		if _, err := p.staff.DoReturn(ctx, r.ID, step.name, step.body); err != nil {
			return err
		}
	}
	return nil
}

// isRefused reports whether a station has refused, and how.
func isRefused(err error, slug string) bool {
	p, ok := errors.AsType[*problem.Problem](err)
	return ok && p.Status < http.StatusInternalServerError && (slug == "" || p.Slug() == slug)
}

// tooMuch says what has come back more often than it was bought, or was paid back beyond
// what was paid; empty: nothing.
func tooMuch(ctx context.Context, order string, units []int, places ...place) (string, error) {
	firm, paid := map[string]int{}, map[string]int64{}
	for _, p := range places {
		all, err := p.staff.Returns(ctx, returns.Filter{Order: order})
		if err != nil {
			return "", err
		}
		for _, r := range all {
			for _, i := range r.Items {
				if !r.Conditional && r.Claims(i) {
					firm[i.Line] += i.Quantity
				}
			}
		}
		refunds, err := p.staff.Refunds(ctx, returns.RefundFilter{Order: order})
		if err != nil {
			return "", err
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
			return fmt.Sprintf("%d of line %s have come back, and %d were bought", firm[line], line, n), nil
		}
		total += 10000 * int64(n)
	}
	for tender, was := range map[string]int64{"t1": total - 5000, "t2": 5000} {
		if paid[tender] > was {
			return fmt.Sprintf("%d was paid back on tender %s, and %d paid", paid[tender], tender, was), nil
		}
	}
	return "", nil
}

// history plays people who bring things back at two places while the network comes and goes.
// It returns what came back too often.
func history(t *rapid.T, order string, a, b place) string {
	ctx := context.Background()
	c := centre.New(time.Hour)
	places := map[string]place{a.name: a, b.name: b}
	for _, p := range places {
		c.Add(p.name, p.network)
	}
	units := []int{
		rapid.IntRange(1, 3).Draw(t, "units of line 1"),
		rapid.IntRange(1, 2).Draw(t, "units of line 2"),
	}
	leases := map[string]string{"1": rapid.SampledFrom([]string{"", a.name, b.name}).Draw(t, "lease")}
	if err := c.Put(ctx, order, bought(units...), leases); err != nil {
		t.Fatal(err)
	}
	name := rapid.SampledFrom([]string{a.name, b.name})
	for range rapid.IntRange(1, 12).Draw(t, "steps") {
		p := places[name.Draw(t, "at")]
		switch rapid.IntRange(0, 5).Draw(t, "what") {
		case 0, 1:
			n, line := rapid.IntRange(1, 2).
				Draw(t, "n"),
				rapid.SampledFrom([]string{"1", "2"}).
					Draw(t, "line")
			if _, err := p.back(ctx, order, line, n); err != nil && !isRefused(err, "") {
				t.Fatal(err)
			}
		case 2, 3:
			all, err := p.staff.Returns(ctx, returns.Filter{Order: order, Open: true})
			if err != nil {
				t.Fatal(err)
			}
			if len(all) == 0 {
				continue
			}
			r := all[rapid.IntRange(0, len(all)-1).Draw(t, "return")]
			if rapid.IntRange(0, 3).Draw(t, "cancels") == 0 {
				_, err = p.staff.DoReturn(ctx, r.ID, "cancel", nil)
			} else {
				err = p.settle(ctx, r)
			}
			if err != nil && !isRefused(err, "") {
				t.Fatal(err)
			}
		case 4:
			c.Cut(p.name, rapid.Bool().Draw(t, "cut"))
		default:
			if err := c.Sync(ctx); err != nil {
				t.Fatal(err)
			}
		}
		if what, err := tooMuch(ctx, order, units, a, b); what != "" || err != nil {
			return fmt.Sprint(what, err)
		}
	}
	for _, p := range places {
		c.Cut(p.name, false)
	}
	if err := c.Sync(ctx); err != nil {
		t.Fatal(err)
	}
	for _, p := range places {
		all, err := p.staff.Returns(ctx, returns.Filter{Order: order, Open: true})
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range all {
			if r.Conditional {
				text, _ := json.Marshal(r)
				t.Fatalf("at the end %s still waits for the centre: %s", p.name, text)
			}
		}
	}
	what, err := tooMuch(ctx, order, units, a, b)
	return fmt.Sprint(what, map[bool]string{true: fmt.Sprint(err)}[err != nil])
}

// Whatever people try at two places, and whenever the network is cut, nothing comes back more
// often than it was bought, and no more is paid back than was paid.
func TestTwoStationsTakeNothingBackTwice(t *testing.T) {
	a, b := openPlace(t, "berlin-01"), openPlace(t, "hamburg-02")
	fewer(t)
	n := 0
	rapid.Check(t, func(t *rapid.T) {
		n++
		if what := history(t, fmt.Sprintf("SO-%d", n), a, b); what != "" {
			t.Fatal(what)
		}
	})
}

// fewer has a test play 20 histories unless it was said how many: each commits dozens of times.
func fewer(t *testing.T) {
	t.Helper()
	const name = "rapid.checks"
	checks := flag.Lookup(name)
	if checks.Value.String() != checks.DefValue {
		return
	}
	if err := flag.Set(name, "20"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := flag.Set(name, checks.DefValue); err != nil {
			t.Error(err)
		}
	})
}

// Two stations that take back as if each were the only one are found out.
func TestLeasesThatAreIgnoredAreFound(t *testing.T) {
	alone := []string{"[returns]\n", "[returns]\nsole_site = true\n"}
	a, b := openPlace(t, "berlin-01", alone...), openPlace(t, "hamburg-02", alone...)
	ctx := t.Context()
	c := centre.New(time.Hour)
	c.Add(a.name, a.network)
	c.Add(b.name, b.network)
	if err := c.Put(ctx, "SO-1", bought(1), map[string]string{"1": a.name}); err != nil {
		t.Fatal(err)
	}
	for _, p := range []place{a, b} {
		if _, err := p.back(ctx, "SO-1", "1", 1); err != nil {
			t.Fatal(err)
		}
	}
	if what, err := tooMuch(ctx, "SO-1", []int{1}, a, b); what == "" || err != nil {
		t.Errorf("a line came back twice and nobody says so: %v", err)
	}
}

// The same order is tried at a second station that is offline, and again when the network is
// back.
func TestTheSameOrderAtASecondStationWithoutNetwork(t *testing.T) {
	a, b := openPlace(t, "berlin-01"), openPlace(t, "hamburg-02")
	ctx := t.Context()
	c := centre.New(time.Hour)
	c.Add(a.name, a.network)
	c.Add(b.name, b.network)
	units := []int{1, 1, 2}
	if err := c.Put(ctx, "SO-1", bought(units...), map[string]string{"1": a.name, "3": a.name}); err != nil {
		t.Fatal(err)
	}
	c.Cut(b.name, true) // which was never read: to it there is no centre
	sync := func() {
		t.Helper()
		if err := c.Sync(ctx); err != nil {
			t.Fatal(err)
		}
		if what, err := tooMuch(ctx, "SO-1", units, a, b); what != "" || err != nil {
			t.Fatal(what, err)
		}
	}
	got := func(p place, line string, n int) client.Return {
		t.Helper()
		r, err := p.back(ctx, "SO-1", line, n)
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	state := func(p place, r client.Return, want returns.State, conditional bool) {
		t.Helper()
		if now, err := p.staff.Return(ctx, r.ID); err != nil || now.State != want ||
			now.Conditional != conditional {
			t.Errorf(
				"at %s it is %s, conditional: %t, %v; want %s",
				p.name,
				now.State,
				now.Conditional,
				err,
				want,
			)
		}
	}
	sync()
	first := got(a, "1", 1) // by the lease: firm
	state(a, first, returns.Authorised, false)
	if _, err := b.back(ctx, "SO-1", "1", 1); !isRefused(err, "leased-elsewhere") {
		t.Errorf("without network the second station says %v", err)
	}
	atB, atA := got(b, "2", 1), got(a, "2", 1) // without a lease: on condition, at both
	state(b, atB, returns.Requested, true)
	sync()
	state(a, atA, returns.Authorised, false) // the centre knows of this one alone
	if err := a.settle(ctx, first); err != nil {
		t.Fatal(err)
	}
	some := got(a, "3", 1)
	sync()
	c.Cut(b.name, false)
	sync()
	state(b, atB, returns.Declined, false)
	if _, err := b.back(ctx, "SO-1", "1", 1); !isRefused(err, "back-already") {
		t.Errorf("what has come back elsewhere and was told: %v", err)
	}
	both := got(b, "3", 2) // one of two is claimed at the first, which holds the lease
	state(b, both, returns.Requested, true)
	sync()
	state(b, both, returns.Declined, false)
	one := got(b, "3", 1)
	sync()
	state(b, one, returns.Authorised, false)
	state(a, some, returns.Authorised, false)
	if _, err := a.staff.DoReturn(ctx, some.ID, "cancel", nil); err != nil {
		t.Fatal(err)
	}
	again := got(a, "3", 1)
	state(a, again, returns.Requested, true) // the lease has moved
	sync()
	state(a, again, returns.Authorised, false)
	for _, r := range []struct {
		place
		client.Return
	}{{a, atA}, {b, one}, {a, again}} {
		if err := r.settle(ctx, r.Return); err != nil {
			t.Fatal(err)
		}
	}
	sync()
	for _, p := range []place{a, b} {
		for line := range 3 {
			if _, err := p.back(ctx, "SO-1", fmt.Sprint(line+1), 1); !isRefused(err, "back-already") {
				t.Errorf("when all has come back, %s says of line %d: %v", p.name, line+1, err)
			}
		}
	}
}
