package core

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"cubby/locker/people"
)

// TestTheEndpointIsMadeAsItsConfigurationSays asks a whole core over TCP.
func TestTheEndpointIsMadeAsItsConfigurationSays(t *testing.T) {
	cfg := demo(t, "[rest]", "[rest]\nhosts = [\"locker.example\"]\nallowed_origins = [\"https://shop.example\"]")
	c, err := Open(t.Context(), cfg, quiet)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	token, err := c.station.AddKey(t.Context(), people.Key{
		Name: "shop", Scopes: []string{"events:read", "codes:read"},
	}, "test")
	if err != nil {
		t.Fatal(err)
	}
	get := func(path, host string) *http.Response {
		t.Helper()
		r, err := http.NewRequestWithContext(t.Context(), "GET", "http://"+c.Address()+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Host = host
		r.Header.Set("Authorization", "Bearer "+token)
		r.Header.Set("Origin", "https://shop.example")
		answer, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		io.Copy(io.Discard, answer.Body)
		answer.Body.Close()
		return answer
	}
	for host, status := range map[string]int{
		c.Address(): 200, "localhost": 200, "locker.example:443": 200, "attacker.example": 421,
	} {
		if got := get("/healthz", host).StatusCode; got != status {
			t.Errorf("asked as %s: %d, want %d", host, got, status)
		}
	}
	page := get("/v1/events", c.Address())
	if got := page.Header.Get("Access-Control-Allow-Origin"); got != "https://shop.example" {
		t.Errorf("the feed may be read by %q", got)
	}
	if next := page.Header.Get("Cubby-Next-Cursor"); !strings.Contains(next, ".") {
		t.Errorf("a cursor from the beginning carries no proof: %s", next)
	}
	if next := get("/v1/events?cursor=now", c.Address()).Header.Get("Cubby-Next-Cursor"); strings.Contains(next, ".") {
		t.Errorf("a cursor from now carries a proof: %s", next)
	}
}
