package e2e

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"cubby/locker/returns"
	"cubby/sync/client"
	"cubby/sync/hub/hubtest"
	"cubby/sync/problem"
)

// centreStays is how long a station takes the hub for reachable after it was heard of.
const centreStays = 5 * time.Second

// A counter is a core without a wall: what is asked of it comes from its staff, and from the
// hub that it has joined.
type counter struct {
	t      *testing.T
	config string
	hub    *hubtest.Hub
	id     string // at the hub
	staff  *client.Client
}

// newCounter starts a core under the name that leases have for it, and has it join the hub.
func newCounter(t *testing.T, h *hubtest.Hub, name string) *counter {
	t.Helper()
	dir, err := os.MkdirTemp("", "cubby-") // a socket's path must be short
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	text, err := os.ReadFile(filepath.Join(repository, "packaging", "demo", "cubby.toml"))
	if err != nil {
		t.Fatal(err)
	}
	c := &counter{t: t, hub: h, config: filepath.Join(dir, "cubby.toml")}
	changed := strings.NewReplacer(`"127.0.0.1:8470"`, `"127.0.0.1:0"`, `= "demo"`, `= "`+name+`"`,
		"[returns]\n", "[returns]\ncentre_stays_s = 5\n").
		Replace(string(text))
	if err := os.WriteFile(c.config, []byte(changed), 0o600); err != nil {
		t.Fatal(err)
	}
	core := start(t, dir, "core.log", nil, filepath.Join(programs, "cubbyd"), "--config", c.config)
	eventually(t, "the core comes up", func() (bool, string) {
		_, err := try("", filepath.Join(programs, "cubbyctl"), "--config", c.config, "status")
		return err == nil, core.tail()
	})
	if c.staff, err = client.New("unix:"+filepath.Join(dir, "run", "core.sock"), ""); err != nil {
		t.Fatal(err)
	}
	c.id = h.Join(t, name, c.staff)
	return c
}

// back has a customer bring one of a line back. It says how it was refused, if it was.
func (c *counter) back(line string) (r client.Return, slug string) {
	c.t.Helper()
	r, err := c.staff.RequestReturn(
		c.t.Context(),
		map[string]any{"order_id": "SO-1", "items": []map[string]any{
			{"line": line, "quantity": 1, "reason": "faulty", "text": "it is broken"},
		}},
	)
	if p, refused := errors.AsType[*problem.Problem](err); refused {
		return r, p.Slug()
	}
	if err != nil {
		c.t.Fatal(err)
	}
	return r, ""
}

// becomes waits until a return is in a state, and whether on condition or not.
func (c *counter) becomes(id string, want returns.State, conditional bool) {
	c.t.Helper()
	eventually(c.t, "the return at "+c.id+" is "+string(want), func() (bool, string) {
		_, _ = c.staff.HurryCentre(c.t.Context())
		r, err := c.staff.Return(c.t.Context(), id)
		return err == nil && r.State == want && r.Conditional == conditional, fmt.Sprint(r.State, r.Conditional, err)
	})
}

// refuses has to refuse a line by a slug.
func (c *counter) refuses(line, want string) {
	c.t.Helper()
	if _, slug := c.back(line); slug != want {
		c.t.Errorf("line %s at %s: %q; want %s", line, c.id, slug, want)
	}
}

// alone cuts the station off, and waits until to it there is no hub.
func (c *counter) alone() {
	c.t.Helper()
	c.hub.Cut(c.id, true)
	eventually(c.t, c.id+" takes the hub for out of reach", func() (bool, string) {
		l, err := c.staff.Centre(c.t.Context())
		return err == nil && l.Heard != nil && time.Since(*l.Heard) > centreStays, fmt.Sprint(l.Heard, err)
	})
}

// take takes a return in, and decides that the customer gets the money.
func (c *counter) take(id string) {
	c.t.Helper()
	if _, err := c.staff.DoReturn(c.t.Context(), id, "drop", nil); err != nil {
		c.t.Fatal(err)
	}
	for _, step := range [][]string{{"grade", id, "1", "like_new"}, {"decide", id, "1", "refund_original"}} {
		do(c.t, "", filepath.Join(programs, "cubbyctl"), append([]string{"--config", c.config, "return"}, step...)...)
	}
}

// The same order is tried again at a second station that is offline: refused where a lease
// says so, on condition elsewhere. When the network is back, no line has come back more often
// than it was bought, and each refund was paid once.
func TestTheSameOrderAtASecondOfflineStation(t *testing.T) {
	t.Parallel()
	h := hubtest.Open(t)
	berlin, hamburg := newCounter(t, h, "berlin-01"), newCounter(t, h, "hamburg-02")
	ctx, now := t.Context(), time.Now().UTC()
	order, err := json.Marshal(map[string]any{
		"shop": "acme", "currency": "EUR", "channel": "online", "country": "DE", "ordered": now.AddDate(0, 0, -5),
		"delivered": now.AddDate(0, 0, -3),
		"lines": []map[string]any{
			{
				"id": "1", "sku": "A", "title": "leased to one", "quantity": 1, "unit_price": 20000,
				"lease": map[string]any{"site": "berlin-01", "until": now.AddDate(0, 1, 0)},
			},
			{"id": "2", "sku": "B", "title": "leased to nobody", "quantity": 1, "unit_price": 30000},
		},
		"tenders": []map[string]any{
			{"id": "t1", "kind": "card", "amount": 40000}, {"id": "t2", "kind": "gift_card", "amount": 10000},
		},
	})
	if err == nil {
		err = h.PutOrder(ctx, "user:test", "SO-1", order, []string{berlin.id, hamburg.id})
	}
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []*counter{berlin, hamburg} {
		eventually(t, "the order and its lease are at "+c.id, func() (bool, string) {
			_, _ = c.staff.HurryCentre(ctx)
			o, err := c.staff.Order(ctx, "SO-1")
			return err == nil && o.Lines[0].Lease != nil, fmt.Sprint(err)
		})
	}
	berlin.alone()
	hamburg.alone()
	hamburg.refuses("1", "leased-elsewhere")
	leased, _ := berlin.back("1")
	berlin.becomes(leased.ID, returns.Authorised, false)
	late, _ := hamburg.back("2")
	hamburg.becomes(late.ID, returns.Requested, true)
	early, _ := berlin.back("2")
	berlin.becomes(early.ID, returns.Requested, true)
	h.Cut(berlin.id, false)
	berlin.becomes(early.ID, returns.Authorised, false)
	hamburg.becomes(late.ID, returns.Requested, true) // nobody has answered
	for _, id := range []string{leased.ID, early.ID} {
		berlin.take(id)
		berlin.becomes(id, returns.Closed, false)
	}
	h.Cut(hamburg.id, false)
	hamburg.becomes(late.ID, returns.Declined, false)
	for _, c := range []*counter{berlin, hamburg} {
		eventually(t, c.id+" knows of all that came back elsewhere", func() (bool, string) {
			_, _ = c.staff.HurryCentre(ctx)
			o, err := c.staff.Order(ctx, "SO-1")
			return err == nil && (c == berlin || o.Lines[0].ReturnedElsewhere+o.Lines[1].ReturnedElsewhere == 2),
				fmt.Sprint(err)
		})
		for _, line := range []string{"1", "2"} {
			c.refuses(line, "back-already")
		}
	}
	paid := map[string]int64{}
	for _, c := range []*counter{berlin, hamburg} {
		refunds, err := c.staff.Refunds(ctx, returns.RefundFilter{Order: "SO-1"})
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range refunds {
			if r.State != returns.Completed {
				t.Errorf("refund %s is %s", r.ID, r.State)
			}
			paid[r.Tender] += r.Amount
		}
	}
	if paid["t1"] != 40000 || paid["t2"] != 10000 || len(paid) != 2 {
		t.Errorf("paid back as %v", paid)
	}
}
