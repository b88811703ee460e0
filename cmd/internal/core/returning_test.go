package core

import (
	"bytes"
	"encoding/json"
	"fmt"
	"image/jpeg"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"cubby/cmd/internal/config"
	"cubby/hardware/sim"
	"cubby/hardware/sim/panel"
	"cubby/hardware/sim/simtest"
	"cubby/locker/health"
	"cubby/locker/ledger"
	"cubby/locker/money"
	"cubby/locker/orders"
	"cubby/locker/returns"
	"cubby/locker/visit"
)

// settled does something with the returns of a core.
func (c *Core) settled(t *testing.T, command visit.Command) {
	t.Helper()
	if err := c.station.Settle(t.Context(), command); err != nil {
		t.Fatalf("%T: %v", command, err)
	}
}

// aReturn is a shirt for 50.00, paid with a card, that has come back over the counter.
func (c *Core) aReturn(t *testing.T) returns.Case {
	t.Helper()
	o := orders.Order{
		Shop: "acme", Currency: "EUR", Channel: orders.InStore, Country: "DE", Ordered: time.Now().AddDate(0, 0, -2),
		Tax: money.Method{Per: money.PerLine, How: money.HalfUp, Inclusive: true},
		Lines: []orders.Line{
			{ID: "A", SKU: "S", Title: "Shirt", Quantity: 1, UnitPrice: 5000, TaxRate: 190000},
		},
		Tenders: []orders.Tender{
			{ID: "t1", Kind: orders.Card, Amount: 5000, Reference: "pi_3MtwBwLkdIwHu7ix"},
		},
	}
	c.settled(t, orders.Put{ID: "O-1", Order: o})
	var made returns.Case
	c.settled(t, returns.Request{Channel: returns.AtCounter, Order: "O-1", Now: &made,
		Items: []returns.Ask{{Line: "A", Quantity: 1, Reason: "changed_mind"}}})
	c.settled(t, returns.Drop{Case: made.ID, Now: &made})
	return made
}

func (c *Core) waiting(t *testing.T) []returns.Refund {
	t.Helper()
	found := new(returns.Surveyed)
	c.settled(t, returns.Survey{Found: found})
	return found.Waiting
}

func (c *Core) status(device string) health.Device {
	for _, d := range c.health.Devices() {
		if d.Name == device {
			return d
		}
	}
	return health.Device{}
}

func started(t *testing.T, cfg *config.Config) *Core {
	t.Helper()
	c, err := Open(t.Context(), cfg, quiet)
	if err != nil {
		t.Fatal(err)
	}
	until(t, "the core serves", func() bool { return c.station.Ready() == nil })
	return c
}

// A refund is ordered from the provider of its tender. The core ends while the provider has
// paid and not answered; the next one asks with the same key, and nothing is paid twice.
func TestARefundIsOrderedOnceThroughARestart(t *testing.T) {
	t.Parallel()
	var paid atomic.Pointer[string]
	var times, asked atomic.Int32
	silent := make(chan struct{})
	bank := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked.Add(1)
		r.ParseForm()
		if r.Method == http.MethodPost {
			times.Add(1)
			id := r.PostForm.Get("metadata[refund]")
			paid.Store(&id)
			select { // it has paid, and says nothing
			case <-r.Context().Done():
			case <-silent:
			}
			return
		}
		all := []any{}
		if id := paid.Load(); id != nil {
			all = append(
				all,
				map[string]any{"object": "refund", "id": "re_1", "amount": 5000, "currency": "eur",
					"status": "succeeded", "metadata": map[string]string{"refund": *id}},
			)
		}
		json.NewEncoder(w).Encode(map[string]any{"object": "list", "data": all})
	}))
	t.Cleanup(func() { close(silent); bank.Close() })
	key := filepath.Join(t.TempDir(), "key")
	if err := os.WriteFile(key, []byte("sk_test_1"), 0o600); err != nil {
		t.Fatal(err)
	}
	cfg := demo(
		t,
		"[scanner]",
		fmt.Sprintf("[[refund_provider]]\nname = \"bank\"\nurl = %q\nkey_file = %q\n\n[scanner]",
			bank.URL, key),
		"[returns]",
		"[returns]\nsole_site = true",
	)
	c := started(t, cfg)
	if d := c.status("refunds bank"); d.State != "working" {
		t.Errorf("the provider is %+v", d)
	}
	one := c.aReturn(t)
	c.settled(t, returns.Grading{Case: one.ID, Item: 1, Result: returns.LikeNew})
	c.settled(t, returns.Settle{Case: one.ID, Item: 1, Decision: returns.RefundOriginal})
	until(t, "the bank has paid", func() bool { return paid.Load() != nil })
	if w := c.waiting(t); len(w) != 1 || w[0].State != returns.Pending {
		t.Errorf("waiting are %+v", w)
	}
	if err := c.Close(); err != nil {
		t.Fatal(err)
	}
	c = started(t, cfg)
	defer c.Close()
	until(t, "the answer is kept", func() bool { return len(c.waiting(t)) == 0 })
	if times.Load() != 1 {
		t.Errorf("the bank was ordered to pay %d times", times.Load())
	}
	var now returns.Refund
	c.settled(t, returns.AnswerRefund{ID: *paid.Load(), State: "completed", Now: &now})
	if now.State != returns.Completed || now.Provider != "bank" || now.Answer != "re_1" {
		t.Errorf("the refund is %+v", now)
	}
}

// A provider without its key is a device in trouble; the refund waits.
func TestARefundWaitsForTheProvidersKey(t *testing.T) {
	t.Parallel()
	cfg := demo(
		t,
		"[scanner]",
		"[[refund_provider]]\nname = \"bank\"\nurl = \"http://127.0.0.1:9\"\nkey_file = \"none\"\n\n"+
			"[scanner]",
		"[returns]",
		"[returns]\nsole_site = true",
	)
	c := started(t, cfg)
	defer c.Close()
	if d := c.status("refunds bank"); d.State != "key_refused" || d.Severity != health.Warning {
		t.Errorf("the provider is %+v", d)
	}
	one := c.aReturn(t)
	c.settled(t, returns.Grading{Case: one.ID, Item: 1, Result: returns.LikeNew})
	c.settled(t, returns.Settle{Case: one.ID, Item: 1, Decision: returns.RefundOriginal})
	until(t, "the refund says why it waits", func() bool {
		w := c.waiting(t)
		return len(w) == 1 && w[0].Attempts > 0 && w[0].Detail != "" && w[0].Provider == "bank"
	})
}

func TestRefundsThatWaitTooLongAreCounted(t *testing.T) {
	now := time.Now()
	old := now.Add(-2 * time.Hour)
	all := []returns.Refund{
		{
			State:   returns.Pending,
			Ordered: old,
		}, {State: returns.Approved, Ordered: old}, {State: returns.Pending, Ordered: now},
	}
	if n := lateRefunds(all, now); n != 1 {
		t.Errorf("%d are late", n)
	}
}

// A picture is taken, read over REST while its return is open, and gone with it.
func TestAPictureLivesAsLongAsItsReturn(t *testing.T) {
	t.Parallel()
	site := simtest.Open(t, sim.Plan{Station: "s", Wall: simtest.Wall(), Cameras: []string{"counter"}})
	eye := httptest.NewServer(panel.Handler(t.Context(), site, panel.Demo{}))
	defer eye.Close()
	cfg := demo(t, "[scanner]", fmt.Sprintf("[[terminal]]\nname = \"kiosk\"\ncamera = \"counter\"\n\n"+
		"[[camera]]\nname = \"counter\"\nurl = %q\n\n[scanner]", eye.URL+"/camera/counter.jpg"),
		"[returns]", "[returns]\nsole_site = true")
	c := started(t, cfg)
	defer c.Close()
	until(t, "the camera is there", func() bool { return c.status("camera counter").State == "working" })
	one := c.aReturn(t)
	do := func(e ledger.Effect) { c.back.effects()[e.Kind()](e) }
	people := staff{Station: c.station, photos: c.back.photos}
	do(returns.TakePhoto{Terminal: "kiosk", Visit: "v", ID: "ph1"})
	until(t, "the picture is kept", func() bool { _, err := c.back.photos.read("ph1"); return err == nil })
	if _, err := people.Photo(t.Context(), one.ID, "ph1"); ledger.CodeOf(err) != ledger.NotFound {
		t.Errorf("a picture that the return has not: %v", err)
	}
	c.settled(t, returns.KeepPhoto{Case: one.ID, Item: 1, Photo: "ph1"})
	picture, err := people.Photo(t.Context(), one.ID, "ph1")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := jpeg.Decode(bytes.NewReader(picture)); err != nil {
		t.Errorf("what was kept is no picture: %v", err)
	}
	c.settled(t, returns.Grading{Case: one.ID, Item: 1, Result: returns.LikeNew})
	c.settled(t, returns.Settle{Case: one.ID, Item: 1, Decision: returns.GiveBack, Reason: "worn"})
	c.settled(t, returns.End{Case: one.ID, State: returns.Closed})
	until(t, "the picture is erased", func() bool { _, err := c.back.photos.read("ph1"); return err != nil })
	if left, _ := os.ReadDir(c.back.photos.folder); len(left) != 0 {
		t.Errorf("left are %v", left)
	}
}
