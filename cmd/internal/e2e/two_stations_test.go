package e2e

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"cubby/locker/returns"
	"cubby/sync/centre"
	"cubby/sync/client"
	"cubby/sync/problem"
)

// A counter is a core without a wall: what is asked of it comes from its staff, and from the
// centre over the network.
type counter struct {
	t              *testing.T
	config         string
	staff, network *client.Client
}

// newCounter starts a core under the name that leases have for it.
func newCounter(t *testing.T, name string) *counter {
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
	c := &counter{t: t, config: filepath.Join(dir, "cubby.toml")}
	changed := strings.NewReplacer(`"127.0.0.1:8470"`, `"127.0.0.1:0"`, `= "demo"`, `= "`+name+`"`).
		Replace(string(text))
	if err := os.WriteFile(c.config, []byte(changed), 0o600); err != nil {
		t.Fatal(err)
	}
	core, address := start(
		t,
		dir,
		"core.log",
		nil,
		filepath.Join(programs, "cubbyd"),
		"--config",
		c.config,
	), ""
	eventually(t, "the core comes up", func() (bool, string) {
		for line := range strings.Lines(core.said()) {
			var said struct{ Msg, Rest string }
			if json.Unmarshal([]byte(line), &said) == nil && said.Msg == "core is serving" {
				address = said.Rest
			}
		}
		_, err := try("", filepath.Join(programs, "cubbyctl"), "--config", c.config, "status")
		return address != "" && err == nil, core.tail()
	})
	if c.staff, err = client.New("unix:"+filepath.Join(dir, "run", "core.sock"), ""); err != nil {
		t.Fatal(err)
	}
	token := do(t, "", filepath.Join(programs, "cubbyctl"), "--config", c.config, "key", "add", "centre",
		"events:read,orders:read,orders:write,returns:read,returns:write,returns:decide,refunds:write")
	if c.network, err = client.New("http://"+address, lastWord(token)); err != nil {
		t.Fatal(err)
	}
	return c
}

func lastWord(text string) string {
	words := strings.Fields(text)
	return words[len(words)-1]
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

func (c *counter) is(id string, want returns.State, conditional bool) {
	c.t.Helper()
	if r, err := c.staff.Return(c.t.Context(), id); err != nil || r.State != want ||
		r.Conditional != conditional {
		c.t.Errorf("return %s is %s, conditional: %t, %v; want %s", id, r.State, r.Conditional, err, want)
	}
}

// The same order is tried again at a second station that is offline: refused where a lease
// says so, on condition elsewhere. When the network is back, no line has come back more often
// than it was bought, and each refund was paid once.
func TestTheSameOrderAtASecondOfflineStation(t *testing.T) {
	t.Parallel()
	berlin, hamburg := newCounter(t, "berlin-01"), newCounter(t, "hamburg-02")
	ctx, now := t.Context(), time.Now().UTC()
	all := centre.New(time.Hour)
	all.Add("berlin-01", berlin.network)
	all.Add("hamburg-02", hamburg.network)
	order := map[string]any{
		"shop": "acme", "currency": "EUR", "channel": "online", "country": "DE", "ordered": now.AddDate(0, 0, -5),
		"delivered": now.AddDate(0, 0, -3),
		"lines": []map[string]any{
			{"id": "1", "sku": "A", "title": "leased to one", "quantity": 1, "unit_price": 20000},
			{"id": "2", "sku": "B", "title": "leased to nobody", "quantity": 1, "unit_price": 30000},
		},
		"tenders": []map[string]any{
			{"id": "t1", "kind": "card", "amount": 40000}, {"id": "t2", "kind": "gift_card", "amount": 10000},
		},
	}
	if err := all.Put(ctx, "SO-1", order, map[string]string{"1": "berlin-01"}); err != nil {
		t.Fatal(err)
	}
	sync := func() {
		t.Helper()
		if err := all.Sync(ctx); err != nil {
			t.Fatal(err)
		}
	}
	all.Cut("hamburg-02", true)
	sync()
	leased, _ := berlin.back("1")
	berlin.is(leased.ID, returns.Authorised, false)
	if _, slug := hamburg.back("1"); slug != "leased-elsewhere" {
		t.Errorf("what another site has the lease of: %q", slug)
	}
	late, _ := hamburg.back("2")
	hamburg.is(late.ID, returns.Requested, true)
	early, _ := berlin.back("2")
	berlin.is(early.ID, returns.Requested, true)
	sync()
	berlin.is(early.ID, returns.Authorised, false)
	hamburg.is(late.ID, returns.Requested, true) // nobody has answered
	for _, id := range []string{leased.ID, early.ID} {
		if _, err := berlin.staff.DoReturn(ctx, id, "drop", nil); err != nil {
			t.Fatal(err)
		}
		do(
			t,
			"",
			filepath.Join(programs, "cubbyctl"),
			"--config",
			berlin.config,
			"return",
			"grade",
			id,
			"1",
			"like_new",
		)
		do(t, "", filepath.Join(programs, "cubbyctl"), "--config", berlin.config, "return", "decide", id, "1",
			"refund_original")
	}
	sync()
	berlin.is(leased.ID, returns.Closed, false)
	all.Cut("hamburg-02", false)
	sync()
	hamburg.is(late.ID, returns.Declined, false)
	for _, c := range []*counter{berlin, hamburg} {
		for _, line := range []string{"1", "2"} {
			if _, slug := c.back(line); slug != "back-already" {
				t.Errorf("when all has come back, line %s is %q", line, slug)
			}
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
