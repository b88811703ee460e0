package api_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"cubby/sync/api/configuration"
	"cubby/sync/catalogue"
	"cubby/sync/db/dbtest"
	"cubby/sync/hub"
	"cubby/sync/hub/api"
	"cubby/sync/openapi/proof"
	"cubby/sync/protocol"
	"cubby/sync/rest"
)

func TestMain(m *testing.M) {
	defer dbtest.Stop()
	m.Run()
}

// A bench is an endpoint over a hub of its own. Every exchange made through it is held
// against the contract.
type bench struct {
	proof.Endpoint
	*testing.T
	hub    *hub.Hub
	offers *catalogue.Store
	server *rest.Server
	logged bytes.Buffer
	token  string // sent with every request
}

const by = "user:anna"

func open(t *testing.T, at string) *bench {
	t.Helper()
	b := &bench{T: t}
	log := slog.New(slog.NewTextHandler(&b.logged, &slog.HandlerOptions{Level: slog.LevelDebug}))
	var err error
	b.hub, err = hub.Open(t.Context(), hub.Config{
		At: at, Key: bytes.Repeat([]byte{7}, 32), Name: "The centre", PublicURL: "https://hub.example", Log: log,
		PrivateWebhooks: true,
	})
	b.must(err)
	t.Cleanup(func() { b.must(b.hub.Close()) })
	b.offers, err = catalogue.Open(t.TempDir())
	b.must(err)
	t.Cleanup(func() { b.must(b.offers.Close()) })
	b.server, err = api.New(b.hub, api.Config{Name: "The centre", Log: log, Catalogue: b.offers,
		Configuration: func(context.Context) (configuration.Told, error) {
			return configuration.Told{Values: map[string]any{}, FromFile: []string{}}, nil
		}})
	b.must(err)
	t.Cleanup(b.server.Close)
	doc, err := proof.Load(b.server.Document())
	b.must(err)
	b.Endpoint = proof.Endpoint{T: t, Doc: doc, Door: b.server.Handler()}
	return b
}

func (b *bench) must(err error) {
	b.Helper()
	if err != nil {
		b.Fatal(err)
	}
}

// key makes a key with these scopes.
func (b *bench) key(name string, scopes ...string) string {
	b.Helper()
	token, err := b.hub.AddKey(b.Context(), by, name, scopes)
	b.must(err)
	return token
}

// with is the same bench with another key.
func (b *bench) with(token string) *bench {
	return &bench{Endpoint: b.Endpoint, T: b.T, hub: b.hub, server: b.server, token: token}
}

// join makes a station that has joined, and its key.
func (b *bench) join(name string) (id, key string) {
	b.Helper()
	_, invitation, err := b.hub.Invite(b.Context(), by, name, "", nil, nil)
	b.must(err)
	_, code, _ := strings.Cut(invitation, "code=")
	code, _, _ = strings.Cut(code, "&")
	e, err := b.hub.Enrol(b.Context(), protocol.Enrol{Code: code, About: protocol.About{ID: name, Name: name}})
	b.must(err)
	return e.Station, e.Key
}

// request makes a request; header holds names and values in turn, an empty value leaves
// one out.
func (b *bench) request(method, target, body string, header ...string) *http.Request {
	r := httptest.NewRequestWithContext(b.Context(), method, target, strings.NewReader(body))
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	if b.token != "" {
		r.Header.Set("Authorization", "Bearer "+b.token)
	}
	for i := 0; i < len(header); i += 2 {
		r.Header.Del(header[i])
		if header[i+1] != "" {
			r.Header.Set(header[i], header[i+1])
		}
	}
	return r
}

// do sends a request, checks status and slug, and returns the body.
func (b *bench) do(status int, slug, method, target, body string, header ...string) string {
	b.Helper()
	answer := b.Send(b.request(method, target, body, header...), body)
	var text bytes.Buffer
	_, err := text.ReadFrom(answer.Body)
	b.must(err)
	if answer.StatusCode != status ||
		slug != "" && !strings.Contains(text.String(), "urn:cubby:problem:"+slug+`"`) {
		b.Fatalf("%s %s: got %d %s, want %d %s", method, target, answer.StatusCode, &text, status, slug)
	}
	return text.String()
}

// read reads an answer.
func read[T any](b *bench, text string) (v T) {
	b.Helper()
	b.must(json.Unmarshal([]byte(text), &v))
	return v
}

// fact is a CloudEvent as a station pushes it.
func fact(sequence int64, kind, subject string, data map[string]any) string {
	text, err := json.Marshal(map[string]any{
		"specversion": "1.0", "id": fmt.Sprintf("e-%d", sequence), "source": "/stations/demo", "type": kind,
		"subject": subject, "time": time.Date(2026, 3, 1, 9, 0, int(sequence), 0, time.UTC).Format(time.RFC3339),
		"datacontenttype": "application/json", "sequence": fmt.Sprintf("%020d", sequence), "epoch": "log",
		"actor": "hardware", "cause": "door", "data": data,
	})
	if err != nil {
		panic(err)
	}
	return string(text)
}

// ofParcel is a fact of a parcel.
func ofParcel(sequence int64, kind, id string, more ...any) string {
	data := map[string]any{"parcel_id": id, "label": "L-" + id}
	for i := 0; i < len(more); i += 2 {
		data[more[i].(string)] = more[i+1]
	}
	return fact(sequence, "parcel."+kind, "parcels/"+id, data)
}

// push pushes facts of a station with its key.
func (b *bench) push(station, key string, after int64, facts ...string) protocol.Pushed {
	b.Helper()
	return read[protocol.Pushed](b, b.with(key).do(200, "", "POST",
		fmt.Sprintf("/sync/v1/stations/%s/events?epoch=e1&after=%d", station, after),
		"["+strings.Join(facts, ",")+"]", "Content-Type", protocol.Batch))
}
