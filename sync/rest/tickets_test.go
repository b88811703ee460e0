package rest

import (
	"encoding/json"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// ticket gets one for the bench's key.
func (b *bench) ticket() string {
	b.t.Helper()
	var made struct {
		Ticket    string
		ExpiresIn int `json:"expires_in_s"`
	}
	body := want(b.t, b.do("POST", "/v1/events/ticket", ""), 201, "")
	if err := json.Unmarshal([]byte(body), &made); err != nil || len(made.Ticket) != 32 || made.ExpiresIn != 60 {
		b.t.Fatalf("made %s, %v", body, err)
	}
	return made.Ticket
}

func TestATicketBeginsOneStreamWithItsKeysScopes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		b.core.happen(2)
		nobody := b.with("")
		for _, c := range []struct {
			b    *bench
			code string
		}{{b, `"code":"CLEAR1"`}, {b.with(b.core.grant("plain", "events:read")), `"code":"#1"`}} {
			ticket := c.b.ticket()
			w, ended := nobody.follow(t.Context(), "/v1/events?ticket="+ticket)
			synctest.Wait()
			if got := messages(t, w); w.status != 200 || len(got) != 2 || !strings.Contains(string(got[0].Data), c.code) {
				t.Errorf("streamed %d %s", w.status, w.String())
			}
			again, second := nobody.follow(t.Context(), "/v1/events?ticket="+ticket)
			<-second
			if again.status != 401 || !strings.Contains(again.String(), "bad-ticket") {
				t.Errorf("used twice: %d %s", again.status, again.String())
			}
			b.core.happen(1)
			synctest.Wait()
			if got := messages(t, w); len(got) < 3 {
				t.Errorf("goes on with %d messages", len(got))
			}
			b.core.RevokeKey(t.Context(), map[*bench]string{b: "all"}[c.b]+map[bool]string{true: "plain"}[c.b != b])
			time.Sleep(feedKeepAlive + keyMemory)
			synctest.Wait()
			select {
			case <-ended:
			default:
				t.Error("the stream outlives its key")
			}
			b.core.grant("all", "parcels:read", "parcels:write", "events:read", "codes:read", "compartments:read", "operate")
			b.core.events = b.core.events[:2]
		}
		if log := b.log.String(); strings.Contains(log, "ticket=") {
			t.Errorf("the log has a ticket: %s", log)
		}
	})
}

func TestTicketsThatDoNotBeginAStream(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		nobody := b.with("")
		refused := func(b *bench, target string, status int, slug string, header ...string) {
			t.Helper()
			w, ended := b.follow(t.Context(), target, header...)
			<-ended
			if w.status != status || !strings.Contains(w.String(), slug) {
				t.Errorf("%s: %d %s, want %d %s", target, w.status, w.String(), status, slug)
			}
		}
		late := b.ticket()
		time.Sleep(ticketLife)
		refused(nobody, "/v1/events?ticket="+late, 401, "bad-ticket")
		refused(nobody, "/v1/events?ticket=", 401, "bad-ticket")
		refused(nobody, "/v1/events?ticket=NEVERGIVENOUT", 401, "bad-ticket")
		refused(b, "/v1/events?ticket="+b.ticket(), 401, "bad-key") // which of the two?
		refused(nobody, "/v1/compartments?ticket="+b.ticket(), 401, "no-key")

		page := b.ticket()
		want(t, nobody.do("GET", "/v1/events?ticket="+page, ""), 400, "bad-parameter")
		want(t, nobody.do("HEAD", "/v1/events?ticket="+page, "", "Accept", "text/event-stream"), 400, "")
		w, ended := nobody.follow(t.Context(), "/v1/events?ticket="+page) // was not used up by that
		synctest.Wait()
		if w.status != 200 {
			t.Errorf("the ticket was used up: %d", w.status)
		}

		gone := b.with(b.core.grant("gone", "events:read"))
		of := gone.ticket()
		b.staff().do("DELETE", "/v1/keys/gone", "")
		refused(nobody, "/v1/events?ticket="+of, 401, "bad-key")

		first := b.ticket()
		for range ticketsOfAKey {
			b.ticket()
		}
		refused(nobody, "/v1/events?ticket="+first, 401, "bad-ticket")
		if n := len(b.server.tickets.waiting); n > 2*ticketsOfAKey {
			t.Errorf("%d tickets are kept", n)
		}
		want(t, b.with(b.core.grant("narrow", "parcels:read")).do("POST", "/v1/events/ticket", ""), 403, "scope-missing")
		want(t, b.staff().do("POST", "/v1/events/ticket", ""), 401, "no-key")
		want(t, b.do("POST", "/v1/events/ticket", `{"for":"me"}`), 422, "unknown-member")
		b.server.Close()
		<-ended
	})
}

func TestOtherOriginsReadTheFeedOnlyWhenConfigured(t *testing.T) {
	const shop = "https://shop.example"
	for name, c := range map[string]struct {
		allowed        []string
		origin, answer string
	}{
		"none is configured":      {nil, shop, ""},
		"the one configured":      {[]string{"http://a.example", shop}, shop, shop},
		"another":                 {[]string{shop}, "https://attacker.example", ""},
		"one that begins like it": {[]string{shop}, shop + ".attacker.example", ""},
		"null":                    {[]string{shop}, "null", ""},
		"no browser":              {[]string{shop}, "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t, func(cfg *Config) { cfg.AllowedOrigins = c.allowed })
			answer := b.do("GET", "/v1/events", "", "Origin", c.origin)
			want(t, answer, 200, "")
			if got := answer.Header.Get("Access-Control-Allow-Origin"); got != c.answer {
				t.Errorf("allows %q, want %q", got, c.answer)
			}
			if vary := strings.Join(answer.Header.Values("Vary"), ", "); strings.Contains(vary, "Origin") != (c.allowed != nil) || !strings.Contains(vary, "Accept") {
				t.Errorf("varies by %s", vary)
			}
			if got := b.do("GET", "/v1/compartments", "", "Origin", c.origin).Header.Get("Access-Control-Allow-Origin"); got != "" {
				t.Errorf("the doors are shown to %q", got)
			}
		})
	}
}
