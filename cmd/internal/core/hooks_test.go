package core

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"cubby/locker/people"
	cloudevents "github.com/cloudevents/sdk-go/v2/protocol/http"

	"cubby/locker/health"
	"cubby/locker/ledger"
	"cubby/sync/db"
	"cubby/sync/webhook"
)

// A hookShop takes posted events, or answers 503 while it is away.
type hookShop struct {
	t      *testing.T
	secret string

	mu   sync.Mutex // guards what follows
	away bool
	got  map[string]json.RawMessage // by webhook-id
}

func (s *hookShop) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	r.Body = io.NopCloser(bytes.NewReader(body))
	event, err := cloudevents.NewEventFromHTTPRequest(r)
	if err == nil {
		err = event.Validate()
	}
	if err != nil || event.ID() != r.Header.Get(webhook.HeaderID) || event.Subject() == "" ||
		event.Source() == "" ||
		event.Extensions()["sequence"] == nil || !json.Valid(event.Data()) {
		s.t.Errorf("%s is no CloudEvent: %v", body, err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.away {
		w.WriteHeader(http.StatusServiceUnavailable)
		return
	}
	id := r.Header.Get(webhook.HeaderID)
	var at int64
	fmt.Sscan(r.Header.Get(webhook.HeaderTimestamp), &at)
	want, err := webhook.Sign(s.secret, id, time.Unix(at, 0), body)
	if err != nil || r.Header.Get(webhook.HeaderSignature) != want {
		s.t.Errorf("%s is signed %s, %v", id, r.Header.Get(webhook.HeaderSignature), err)
	}
	s.got[id] = body
	w.WriteHeader(http.StatusNoContent)
}

func (s *hookShop) has(n int) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.got) >= n
}

func (s *hookShop) isAway(away bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.away = away
}

// What a key without codes:read reads in the feed is what webhooks get, with the same ids,
// through a restart; codes are neither posted nor kept.
func TestAStationPostsItsEventsToWebhooksThroughARestart(t *testing.T) {
	t.Parallel()
	receiver := &hookShop{t: t, got: map[string]json.RawMessage{}}
	server := httptest.NewServer(receiver)
	defer server.Close()
	cfg := demo(t)
	cfg.Webhooks.Private = true
	c := started(t, cfg)
	token, err := c.station.AddKey(t.Context(), people.Key{
		Name: "shop", Scopes: []string{"events:read", "parcels:write", "webhooks:read",
			"webhooks:write"},
	}, "test")
	if err != nil {
		t.Fatal(err)
	}
	ask := func(method, path, body string, status int) []byte {
		t.Helper()
		r, err := http.NewRequestWithContext(t.Context(), method, "http://"+c.Address()+path,
			strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Authorization", "Bearer "+token)
		if body != "" {
			r.Header.Set("Content-Type", "application/json")
		}
		answer, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		defer answer.Body.Close()
		text, _ := io.ReadAll(answer.Body)
		if answer.StatusCode != status {
			t.Fatalf("%s %s: %d %s", method, path, answer.StatusCode, text)
		}
		return text
	}
	ask("PUT", "/v1/parcels/P-0", "{}", 201) // before there is a webhook
	var hook struct{ ID, Secret string }
	made := ask("POST", "/v1/webhooks", `{"url":"`+server.URL+`","filters":["parcel.*"]}`, 201)
	if err := json.Unmarshal(made, &hook); err != nil {
		t.Fatal(err)
	}
	receiver.secret = hook.Secret
	ask("PUT", "/v1/parcels/P-1", `{"recipient":{"email":"ann@example.org"}}`, 201)
	until(t, "the first event is posted", func() bool { return receiver.has(1) })

	receiver.isAway(true)
	ask("PUT", "/v1/parcels/P-2", "{}", 201)
	until(t, "the second was tried", func() bool {
		waiting := ask("GET", "/v1/webhooks/"+hook.ID+"/deliveries?state=waits", "", 200)
		return bytes.Contains(waiting, []byte(`"status":503`))
	})
	if err := c.Close(); err != nil {
		t.Fatal(err)
	}
	clear, facts := storedFor(t, cfg, "P-3", "1", "ann@example.org")
	happened(t, cfg, facts...)
	d, err := db.Open(t.Context(), filepath.Join(cfg.Station.DataDir, "webhooks.db"), webhook.Schema,
		readerSchema)
	if err != nil {
		t.Fatal(err)
	}
	err = d.Write(t.Context(), func(tx *db.Tx) error { // its pause is over
		_, err := tx.Exec("UPDATE webhook_deliveries SET due = 1 WHERE attempts > 0")
		return err
	})
	if err := errors.Join(err, d.Close()); err != nil {
		t.Fatal(err)
	}
	receiver.isAway(false)
	c = started(t, cfg)
	defer c.Close()
	until(t, "all are posted", func() bool { return receiver.has(4) })

	var feed []json.RawMessage
	if err := json.Unmarshal(ask("GET", "/v1/events", "", 200), &feed); err != nil {
		t.Fatal(err)
	}
	same := 0
	for _, event := range feed {
		var e struct{ ID, Type, Subject string }
		if err := json.Unmarshal(event, &e); err != nil {
			t.Fatal(err)
		}
		wanted := strings.HasPrefix(e.Type, "parcel.") && e.Subject != "parcels/P-0"
		if body, posted := receiver.got[e.ID]; posted != wanted || posted && !bytes.Equal(body, event) {
			t.Errorf("the feed has %s, and posted was %s", event, body)
		} else if posted {
			same++
		}
	}
	if same != len(receiver.got) {
		t.Errorf("%d events were posted, %d of them are in the feed", len(receiver.got), same)
	}
	for _, name := range []string{"webhooks.db", "webhooks.db-wal"} {
		raw, err := os.ReadFile(filepath.Join(cfg.Station.DataDir, name))
		if err != nil {
			t.Fatal(err)
		}
		for _, marker := range []string{clear.Code, clear.PIN, "ann@example", hook.Secret} {
			if bytes.Contains(raw, []byte(marker)) || bytes.Contains(slices.Concat(feed...), []byte(marker)) {
				t.Errorf("%s or the feed has %s in clear", name, marker)
			}
		}
	}
}

// A station whose webhooks.db is damaged hands out parcels all the same.
func TestADamagedFileOfWebhooksStopsNothingElse(t *testing.T) {
	t.Parallel()
	cfg := demo(t)
	if err := os.MkdirAll(cfg.Station.DataDir, 0o700); err != nil {
		t.Fatal(err)
	}
	at := filepath.Join(cfg.Station.DataDir, "webhooks.db")
	if err := os.WriteFile(at, bytes.Repeat([]byte("damaged "), 1000), 0o600); err != nil {
		t.Fatal(err)
	}
	c := started(t, cfg)
	defer c.Close()
	if _, err := c.hooks.Webhooks(t.Context()); ledger.CodeOf(err) != ledger.Unavailable {
		t.Errorf("the list is %v", err)
	}
	if _, _, err := c.hooks.AddWebhook(t.Context(), "test", "https://shop.example", nil,
		""); ledger.CodeOf(err) !=
		ledger.Unavailable {
		t.Errorf("one is added: %v", err)
	}
	until(t, "staff are told", func() bool {
		return slices.ContainsFunc(c.health.Devices(), func(d health.Device) bool {
			return d.Name == health.Webhooks && d.State == "failing"
		})
	})
}
