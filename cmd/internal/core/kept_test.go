package core

import (
	"encoding/json"
	"io"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"cubby/locker/people"
	"cubby/sync/client"
)

// What a real core keeps for clients is there after a restart: what was answered to a
// repeat, both tokens of a key that was rotated, when they were used last, and a limit.
func TestRepeatsAndKeysOutliveARestart(t *testing.T) {
	t.Parallel()
	cfg := demo(t)
	c := started(t, cfg)
	defer func() { c.Close() }()
	staff := func() *client.Client {
		s, err := client.New("unix:"+cfg.Rest.Socket, "")
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	ask := func(token, method, path, key string) (int, string, http.Header) {
		t.Helper()
		r, err := http.NewRequestWithContext(t.Context(), method, "http://"+c.Address()+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Authorization", "Bearer "+token)
		r.Header.Set("Content-Type", "application/json")
		if key != "" {
			r.Header.Set("Idempotency-Key", key)
		}
		if method == "PUT" {
			r.Body = io.NopCloser(strings.NewReader("{}"))
		}
		answer, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		defer answer.Body.Close()
		text, _ := io.ReadAll(answer.Body)
		return answer.StatusCode, string(text), answer.Header
	}
	old, err := staff().AddKey(t.Context(), people.Key{
		Name: "shop", Scopes: []string{"parcels:write"}, PerMinute: 60,
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := staff().AddKey(t.Context(), people.Key{Name: "idle", Scopes: []string{"operate"}}); err != nil {
		t.Fatal(err)
	}
	ask(old, "PUT", "/v1/parcels/P-1", "")
	token, err := staff().RotateKey(t.Context(), "shop", 24)
	if err != nil {
		t.Fatal(err)
	}
	status, held, _ := ask(token, "POST", "/v1/parcels/P-1/hold", "k")
	if status != 200 || !strings.Contains(held, `"on_hold"`) {
		t.Fatalf("held: %d %s", status, held)
	}
	if status, _, _ := ask(old, "POST", "/v1/parcels/P-1/release", "k2"); status != 200 {
		t.Errorf("the old token: %d", status)
	}
	for range 2 {
		status, text, header := ask(old, "POST", "/v1/parcels/P-1/hold", "k") // the same client by either token
		if status != 200 || text != held || header.Get("Idempotency-Replayed") != "true" {
			t.Errorf("again: %d %s %v, first it was %s", status, text, header, held)
		}
		if err := c.Close(); err != nil {
			t.Fatal(err)
		}
		c = started(t, cfg)
	}
	keys, err := staff().Keys(t.Context())
	if err != nil || len(keys) != 2 || keys[0].Name != "shop" || keys[1].Name != "idle" {
		t.Fatalf("%+v, %v", keys, err)
	}
	shop := keys[0]
	if shop.PerMinute != 60 || shop.LastUsed == nil || time.Since(*shop.LastUsed) > time.Hour ||
		shop.Old == nil ||
		shop.Old.LastUsed == nil || keys[1].LastUsed != nil {
		said, _ := json.Marshal(keys)
		t.Errorf("%s", said)
	}
	if _, text, _ := ask(token, "GET", "/v1/parcels/P-1", ""); strings.Contains(text, `"on_hold"`) {
		t.Errorf("the repeat held it once more: %s", text)
	}
	refused := 0
	for range 20 {
		if status, _, header := ask(token, "GET", "/v1/parcels/P-1", ""); status == 429 {
			refused++
			if header.Get("Retry-After") == "" {
				t.Error("no Retry-After")
			}
		}
	}
	if refused == 0 {
		t.Error("the key's own limit is not kept")
	}
	if _, err := staff().RotateKey(t.Context(), "shop", 0); err != nil {
		t.Fatal(err)
	}
	for _, ended := range []string{old, token} {
		if status, _, _ := ask(ended, "GET", "/v1/parcels/P-1", ""); status != 401 {
			t.Errorf("a token that has ended: %d", status)
		}
	}
	if found, _ := filepath.Glob(filepath.Join(cfg.Station.DataDir, "endpoint.db")); len(found) != 1 {
		t.Error("endpoint.db is not where it should be")
	}
}
