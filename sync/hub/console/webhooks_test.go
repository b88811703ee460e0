package console

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"cubby/sync/hub"
	"cubby/sync/webhook"
)

// A hook is a receiver with its endpoint at the hub.
type hook struct {
	id     string
	status atomic.Int32 // what it answers
	got    atomic.Int32
}

func newHook(w *world, status int32) *hook {
	w.t.Helper()
	h := new(hook)
	h.status.Store(status)
	server := httptest.NewServer(http.HandlerFunc(func(a http.ResponseWriter, _ *http.Request) {
		h.got.Add(1)
		a.WriteHeader(int(h.status.Load()))
	}))
	w.t.Cleanup(server.Close)
	e, _, err := w.AddWebhook(w.t.Context(), tester, server.URL+"/"+strings.Repeat("hook", 20), nil, "")
	w.must(err)
	h.id = e.ID
	return h
}

// posted has the hub post until nothing waits that was not tried.
func (w *world) posted() {
	w.t.Helper()
	ctx, cancel := context.WithCancel(w.t.Context())
	done := make(chan error)
	go func() { done <- w.RunWebhooks(ctx) }()
	defer func() {
		cancel()
		w.must(<-done)
	}()
	look := time.NewTicker(5 * time.Millisecond)
	defer look.Stop()
	for deadline := time.After(30 * time.Second); ; {
		all, err := w.Deliveries(ctx, webhook.Filter{State: "waits", Limit: 100})
		w.must(err)
		untried := 0
		for _, d := range all {
			if d.Attempts == 0 && !d.Due.IsZero() {
				untried++
			}
		}
		if untried == 0 {
			return
		}
		select {
		case <-look.C:
		case <-deadline:
			w.t.Fatal("what waits is not posted")
		}
	}
}

// What a receiver did not take is seen, and posted again by somebody at the console.
func TestAWebhookIsWatchedAndItsDeadEventsPostedAgain(t *testing.T) {
	w := newWorld(t)
	h := newHook(w, http.StatusGone)
	w.happen(north, "door.opened", "compartments/4", "compartment", "4")
	w.posted()
	b := newClient(t, consoleOf(t, w, Options{}))
	b.is(hub.Admin)
	page := at("webhooks", h.id)
	does := func(what string, form url.Values, want ...string) {
		t.Helper()
		if answer := b.send("POST", page+"/"+what, form); answer.StatusCode != http.StatusSeeOther {
			t.Fatalf("%s: %d %s", what, answer.StatusCode, text(answer))
		}
		says(t, text(b.send("GET", page, nil)), want...)
	}
	says(t, text(b.send("GET", "/webhooks", nil)), "gone: it answered 410", `<b class="bad">1</b>`)
	says(t, text(b.send("GET", page, nil)), "door.opened", `hook-dead">dead`, ">410<", "Dead: 1.", "Switch on")
	says(t, text(b.send("GET", page+"?state=done", nil)), "Nothing was posted")

	h.status.Store(http.StatusOK)
	does("on", nil, "It is on", "active", "Switch off")
	does("replay", nil, "One event is posted again", "Waiting: 1. Dead: 0.")
	w.posted()
	says(t, text(b.send("GET", page+"?state=done", nil)), `hook-done">delivered`, ">200<")
	does("rotate", nil, "whsec_", "not shown again")
	if strings.Contains(text(b.send("GET", page, nil)), "whsec_") {
		t.Error("the secret is shown again")
	}
	does("change", url.Values{"url": {"https://shop.example/other"}, "filters": {"parcel.*, return.ended"}},
		"https://shop.example/other", "parcel.* return.ended")
	does("off", nil, "switched off")
	refused := b.send("POST", page+"/change", url.Values{"url": {"ftp://x"}, "filters": {"kept.*"}})
	if refused.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("an address that is none: %d", refused.StatusCode)
	}
	says(t, text(refused), "give an https:// address", "kept.*")
	says(t, text(b.send("GET", "/actions", nil)), "had dead events posted again",
		"gave a webhook another secret")
	b.send("POST", page+"/remove", nil)
	if answer := b.send("GET", page, nil); answer.StatusCode != http.StatusNotFound {
		t.Errorf("it is removed: %d", answer.StatusCode)
	}
	if h.got.Load() != 2 {
		t.Errorf("it was posted to %d times", h.got.Load())
	}
}

func says(t *testing.T, page string, want ...string) {
	t.Helper()
	for _, one := range want {
		if !strings.Contains(page, one) {
			t.Errorf("the page does not say %q:\n%s", one, page)
		}
	}
}
