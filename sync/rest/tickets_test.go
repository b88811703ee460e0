package rest_test

import (
	"cubby/sync/api/apitest"
	"cubby/sync/rest"
	"encoding/json"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// ticket gets one for the bench's key.
func ticket(b *apitest.Bench) string {
	b.T.Helper()
	var made struct {
		Ticket    string
		ExpiresIn int `json:"expires_in_s"`
	}
	body := apitest.Want(b.T, b.Do("POST", "/v1/events/ticket", ""), 201, "")
	if err := json.Unmarshal([]byte(body), &made); err != nil || len(made.Ticket) != 32 ||
		made.ExpiresIn != 60 {
		b.T.Fatalf("made %s, %v", body, err)
	}
	return made.Ticket
}

func TestATicketBeginsOneStreamWithItsKeysScopes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := apitest.New(t)
		b.Core.Happen(2)
		nobody := b.With("")
		for _, c := range []struct {
			b    *apitest.Bench
			code string
		}{{b, `"code":"CLEAR1"`}, {b.With(b.Core.Grant("plain", "events:read")), `"code":"#1"`}} {
			ticket := ticket(c.b)
			w, ended := nobody.Follow(t.Context(), "/v1/events?ticket="+ticket)
			synctest.Wait()
			if got := apitest.Messages(t, w); w.Status() != 200 || len(got) != 2 ||
				!strings.Contains(string(got[0].Data), c.code) {
				t.Errorf("streamed %d %s", w.Status(), w.String())
			}
			again, second := nobody.Follow(t.Context(), "/v1/events?ticket="+ticket)
			<-second
			if again.Status() != 401 || !strings.Contains(again.String(), "bad-ticket") {
				t.Errorf("used twice: %d %s", again.Status(), again.String())
			}
			b.Core.Happen(1)
			synctest.Wait()
			if got := apitest.Messages(t, w); len(got) < 3 {
				t.Errorf("goes on with %d messages", len(got))
			}
			b.Core.RevokeKey(t.Context(),
				map[*apitest.Bench]string{b: "all"}[c.b]+map[bool]string{true: "plain"}[c.b != b])
			time.Sleep(15*time.Second + rest.KeyMemory)
			synctest.Wait()
			select {
			case <-ended:
			default:
				t.Error("the stream outlives its key")
			}
			b.Core.Grant(
				"all", "parcels:read", "parcels:write", "events:read", "codes:read", "compartments:read",
				"operate")
			b.Core.Log = b.Core.Log[:2]
		}
		if log := b.Logged.String(); strings.Contains(log, "ticket=") {
			t.Errorf("the log has a ticket: %s", log)
		}
	})
}

func TestTicketsThatDoNotBeginAStream(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := apitest.New(t)
		nobody := b.With("")
		refused := func(b *apitest.Bench, target string, status int, slug string, header ...string) {
			t.Helper()
			w, ended := b.Follow(t.Context(), target, header...)
			<-ended
			if w.Status() != status || !strings.Contains(w.String(), slug) {
				t.Errorf("%s: %d %s, want %d %s", target, w.Status(), w.String(), status, slug)
			}
		}
		late := ticket(b)
		time.Sleep(rest.TicketLife)
		refused(nobody, "/v1/events?ticket="+late, 401, "bad-ticket")
		refused(nobody, "/v1/events?ticket=", 401, "bad-ticket")
		refused(nobody, "/v1/events?ticket=NEVERGIVENOUT", 401, "bad-ticket")
		refused(b, "/v1/events?ticket="+ticket(b), 401, "bad-key") // which of the two?
		refused(nobody, "/v1/compartments?ticket="+ticket(b), 401, "no-key")

		page := ticket(b)
		apitest.Want(t, nobody.Do("GET", "/v1/events?ticket="+page, ""), 400, "bad-parameter")
		apitest.Want(
			t, nobody.Do("HEAD", "/v1/events?ticket="+page, "", "Accept", "text/event-stream"), 400, "")
		w, ended := nobody.Follow(t.Context(), "/v1/events?ticket="+page) // was not used up by that
		synctest.Wait()
		if w.Status() != 200 {
			t.Errorf("the ticket was used up: %d", w.Status())
		}

		gone := b.With(b.Core.Grant("gone", "events:read"))
		of := ticket(gone)
		b.Staff().Do("DELETE", "/v1/keys/gone", "")
		refused(nobody, "/v1/events?ticket="+of, 401, "bad-key")

		first := ticket(b)
		for range rest.TicketsOfAKey {
			ticket(b)
		}
		refused(nobody, "/v1/events?ticket="+first, 401, "bad-ticket")
		if n := b.Server.TicketsWaiting(); n > 2*rest.TicketsOfAKey {
			t.Errorf("%d tickets are kept", n)
		}
		apitest.Want(
			t, b.With(b.Core.Grant("narrow", "parcels:read")).Do("POST", "/v1/events/ticket", ""), 403,
			"scope-missing")
		apitest.Want(t, b.Staff().Do("POST", "/v1/events/ticket", ""), 401, "no-key")
		apitest.Want(t, b.Do("POST", "/v1/events/ticket", `{"for":"me"}`), 422, "unknown-member")
		b.Server.Close()
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
			b := apitest.New(t, func(cfg *apitest.Setup) { cfg.AllowedOrigins = c.allowed })
			answer := b.Do("GET", "/v1/events", "", "Origin", c.origin)
			apitest.Want(t, answer, 200, "")
			if got := answer.Header.Get("Access-Control-Allow-Origin"); got != c.answer {
				t.Errorf("allows %q, want %q", got, c.answer)
			}
			if vary := strings.Join(answer.Header.Values("Vary"), ", "); strings.Contains(
				vary, "Origin") != (c.allowed != nil) ||
				!strings.Contains(vary, "Accept") {
				t.Errorf("varies by %s", vary)
			}
			if got := b.Do("GET", "/v1/compartments", "", "Origin",
				c.origin).Header.Get("Access-Control-Allow-Origin"); got != "" {
				t.Errorf("the doors are shown to %q", got)
			}
		})
	}
}
