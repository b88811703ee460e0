package api_test

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	cloudevents "github.com/cloudevents/sdk-go/v2/protocol/http"

	"cubby/sync/db/dbtest"
	"cubby/sync/webhook"
)

// A fact that a station pushes is posted to a shop, signed, and its delivery is in the log.
func TestWhatAStationPushesIsPostedToTheShop(t *testing.T) {
	type got struct{ id, signature, at, body string }
	posted := make(chan got, 10)
	shop := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		r.Body = io.NopCloser(bytes.NewReader(body))
		if event, err := cloudevents.NewEventFromHTTPRequest(r); err != nil || event.Validate() != nil ||
			event.ID() != r.Header.Get(webhook.HeaderID) {
			t.Errorf("%s is no CloudEvent: %v", body, err)
		}
		posted <- got{
			r.Header.Get(webhook.HeaderID), r.Header.Get(webhook.HeaderSignature),
			r.Header.Get(webhook.HeaderTimestamp), string(body),
		}
	}))
	defer shop.Close()
	b := open(t, dbtest.SQLite(t))
	id, key := b.join("one")
	b = b.with(b.key("ops", "webhooks:read", "webhooks:write"))
	answer := b.do(201, "", "POST", "/v1/webhooks", `{"url":"`+shop.URL+`","filters":["door.*"]}`)
	made := read[struct{ ID, Secret string }](b, answer)
	if !strings.HasPrefix(made.Secret, "whsec_") {
		t.Fatalf("made %s", answer)
	}
	if list := b.do(200, "", "GET", "/v1/webhooks", ""); strings.Contains(list, "whsec_") {
		t.Errorf("the list tells secrets: %s", list)
	}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error)
	go func() { done <- b.hub.RunWebhooks(ctx) }()
	defer func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	}()
	b.push(id, key, 0, ofParcel(1, "announced", "P-1"),
		fact(2, "door.opened", "compartments/4", map[string]any{
			"compartment": "4", "at": "2026-03-01T09:00:02Z",
		}))
	select {
	case g := <-posted:
		var at int64
		for _, c := range g.at {
			at = at*10 + int64(c-'0')
		}
		want, err := webhook.Sign(made.Secret, g.id, time.Unix(at, 0), []byte(g.body))
		if err != nil || g.signature != want || !strings.Contains(g.body, `"type":"door.opened"`) {
			t.Errorf("posted %+v, want the signature %s, %v", g, want, err)
		}
	case <-time.After(30 * time.Second):
		t.Fatal("nothing was posted")
	}
	one := "/v1/webhooks/" + made.ID
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for deadline := time.After(30 * time.Second); !strings.Contains(b.do(200, "", "GET",
		one+"/deliveries?state=done", ""), `"status":200`); {
		select {
		case <-tick.C:
		case <-deadline:
			t.Fatal("its delivery is not in the log")
		}
	}
	if log := b.do(200, "", "GET", one+"/deliveries", ""); strings.Count(log, `"event"`) != 1 ||
		!strings.Contains(log, `"state":"done"`) {
		t.Errorf("the log is %s", log)
	}
	if secret := b.do(200, "", "POST", one+"/rotate", ""); strings.Contains(secret, made.Secret) {
		t.Error("the secret was not exchanged")
	}
	b.do(200, "", "POST", one+"/replay", "")
	patch := func(status int, body, want string) {
		t.Helper()
		answer := b.do(status, "", "PATCH", one, body, "Content-Type", "application/merge-patch+json")
		if !strings.Contains(answer, want) {
			t.Errorf("patched with %s: %s, want %s", body, answer, want)
		}
	}
	patch(200, `{"enabled":false}`, `"disabled":"it was switched off"`)
	patch(200, `{"enabled":null,"filters":["parcel.*"]}`, `"filters":["parcel.*"]`)
	patch(200, `{"filters":null}`, `"filters":[]`)
	patch(422, `{"url":null}`, "/url")
	patch(422, `{"secret":"x"}`, "fixed-member")
	b.do(204, "", "DELETE", one, "")
	b.do(404, "no-such-webhook", "DELETE", one, "")
	for _, bad := range []string{`{"url":"nonsense"}`, `{"url":"https://a.example","filters":["*x"]}`} {
		b.do(422, "", "POST", "/v1/webhooks", bad)
	}
}
