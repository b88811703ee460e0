package rest_test

import (
	"context"
	"cubby/sync/api/apitest"
	"cubby/sync/rest"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

func TestTheSocketNeedsNoKeyAndGivesNoCodes(t *testing.T) {
	b := apitest.New(t).Staff()
	b.Core.Happen(2)
	if body := apitest.Want(t, b.Do("GET", "/v1/events", ""), 200, ""); strings.Contains(body, "CLEAR") {
		t.Errorf("clear codes without the scope: %s", body)
	}
	if body := apitest.Want(t, b.With(b.Core.Grant("notifier", "events:read", "codes:read")).Do("GET",
		"/v1/events", ""), 200, ""); !strings.Contains(
		body, "CLEAR1") {
		t.Errorf("a key with the scope gets no codes on the socket: %s", body)
	}
	apitest.Want(t, b.Do("PUT", "/v1/parcels/P1", "{}"), 201, "")
	if got := b.Core.Actors[0]; got != "staff:tools" {
		t.Errorf("recorded as %q", got)
	}
	apitest.Want(t, b.With("0123456789abcdef-unknown").Do("GET", "/v1/parcels/P1", ""), 401, "bad-key")
}

func TestWaysToSendAKey(t *testing.T) {
	b := apitest.New(t)
	token := b.Token
	b = b.With("")
	for name, c := range map[string]struct {
		header []string
		status int
	}{
		"bearer":                    {[]string{"Authorization", "Bearer " + token}, 200},
		"bearer in lower case":      {[]string{"Authorization", "bearer " + token}, 200},
		"header of its own":         {[]string{"X-API-Key", token}, 200},
		"both":                      {[]string{"X-API-Key", token, "Authorization", "Bearer " + token}, 401},
		"twice":                     {[]string{"X-API-Key", token, "X-API-Key", token}, 401},
		"basic":                     {[]string{"Authorization", "Basic " + token}, 401},
		"nothing behind bearer":     {[]string{"Authorization", "Bearer"}, 401},
		"a token cut short":         {[]string{"Authorization", "Bearer " + token[:10]}, 401},
		"a token with more":         {[]string{"Authorization", "Bearer " + token + "x"}, 401},
		"a token in other case":     {[]string{"Authorization", "Bearer " + strings.ToUpper(token)}, 401},
		"a token beyond all bounds": {[]string{"Authorization", "Bearer " + strings.Repeat("x", 5000)}, 401},
		"a token in the address":    {nil, 401},
	} {
		t.Run(name, func(t *testing.T) {
			b := *b
			b.T = t
			answer := b.Do("GET", "/v1/compartments", "", c.header...)
			apitest.Want(t, answer, c.status, "")
			if c.status == 401 && !strings.HasPrefix(answer.Header.Get("WWW-Authenticate"), "Bearer") &&
				answer.StatusCode != 429 {
				t.Errorf("WWW-Authenticate is %q", answer.Header.Get("WWW-Authenticate"))
			}
			b.Server.ForgiveAll()
		})
	}
}

func TestARefusedKeyIsToldWhatIsWrongWithIt(t *testing.T) {
	b := apitest.New(t)
	revoked := b.Core.Grant("revoked", "compartments:read")
	b.Core.RevokeKey(t.Context(), "revoked")
	const unknown, notOne, none = "this key is not known here, or was revoked", "send exactly one API key",
		"send an API key"
	for name, c := range map[string]struct {
		header []string
		detail string
	}{
		"unknown":               {[]string{"X-API-Key", "0123456789abcdef-unknown"}, unknown},
		"revoked":               {[]string{"X-API-Key", revoked}, unknown},
		"too short for a key":   {[]string{"Authorization", "Bearer wrong"}, unknown},
		"not a key's letters":   {[]string{"X-API-Key", "0123456789 abcdefgh"}, unknown},
		"twice":                 {[]string{"X-API-Key", b.Token, "Authorization", "Bearer " + b.Token}, notOne},
		"nothing behind bearer": {[]string{"Authorization", "Bearer "}, notOne},
		"another method":        {[]string{"Authorization", "Basic dXNlcjpwYXNz"}, notOne},
		"none":                  {nil, none},
	} {
		t.Run(name, func(t *testing.T) {
			b := *b.With("")
			b.T = t
			b.Server.ForgiveAll()
			if body := apitest.Want(t, b.Do("GET", "/v1/compartments", "", c.header...), 401, ""); !strings.Contains(
				body, `"detail":"`+c.detail) {
				t.Errorf("told %s", body)
			}
		})
	}
	same := func(token string) string {
		return apitest.Cut(apitest.Want(t, b.With(token).Do("GET", "/v1/compartments", ""), 401, "bad-key"))
	}
	if a, b := same(revoked), same("0123456789abcdef-unknown"); a != b {
		t.Errorf("a revoked key can be told from one that never was: %s and %s", a, b)
	}
}

func TestGuessingIsSlowedAndLocksNobodyOut(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := apitest.New(t)
		bad := b.With("0123456789abcdef-unknown")
		for i := range rest.FailuresAtOnce {
			if got := bad.Do("GET", "/v1/compartments", "").StatusCode; got != 401 {
				t.Fatalf("failure %d: %d", i+1, got)
			}
		}
		answer := bad.Do("GET", "/v1/compartments", "")
		apitest.Want(t, answer, 429, "too-many-failures")
		if answer.Header.Get("Retry-After") == "" {
			t.Error("429 without Retry-After")
		}
		apitest.Want(t, b.Do("GET", "/v1/compartments", ""), 200, "")
		apitest.Want(
			t, b.With(b.Core.Grant("fresh", "compartments:read")).Do("GET", "/v1/compartments", ""), 200,
			"")

		other := httptest.NewRequest("GET", "/v1/compartments", nil)
		other.RemoteAddr = "198.51.100.7:9"
		apitest.Want(t, b.Send(other, ""), 401, "no-key")

		time.Sleep(rest.FailureForgiven + time.Second)
		apitest.Want(t, bad.Do("GET", "/v1/compartments", ""), 401, "bad-key")
		apitest.Want(t, bad.Do("GET", "/v1/compartments", ""), 429, "")
	})
}

func TestARevokedKeyEndsAtOnceAndOthersWithinTheMemory(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := apitest.New(t)
		one := b.With(b.Core.Grant("one", "compartments:read"))
		for range 5 {
			apitest.Want(t, one.Do("GET", "/v1/compartments", ""), 200, "")
		}
		if b.Core.KeyLookups != 1 {
			t.Errorf("the store was asked %d times", b.Core.KeyLookups)
		}
		apitest.Want(t, b.Staff().Do("DELETE", "/v1/keys/one", ""), 204, "")
		apitest.Want(t, one.Do("GET", "/v1/compartments", ""), 401, "bad-key")

		two := b.With(b.Core.Grant("two", "compartments:read"))
		apitest.Want(t, two.Do("GET", "/v1/compartments", ""), 200, "")
		b.Core.RevokeKey(t.Context(), "two") // past this server
		time.Sleep(rest.KeyMemory)
		apitest.Want(t, two.Do("GET", "/v1/compartments", ""), 401, "bad-key")
	})
}

// slowStation takes a while to commit a revocation, whoever waits for it.
type slowStation struct {
	*apitest.Core
	takes time.Duration
}

func (s slowStation) RevokeKey(ctx context.Context, name string) error {
	done := make(chan error, 1)
	time.AfterFunc(s.takes, func() { done <- s.Core.RevokeKey(ctx, name) })
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

func TestARevokedKeyEndsAtOnceEvenIfWhoRevokedItHasLeft(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := apitest.New(t,
			func(c *apitest.Setup) { c.Station = slowStation{c.Station.(*apitest.Core), 3 * time.Second} })
		one := b.With(b.Core.Grant("one", "compartments:read"))
		ctx, leave := context.WithCancel(t.Context())
		go b.Staff().Send(httptest.NewRequestWithContext(ctx, "DELETE", "/v1/keys/one", nil), "")
		time.Sleep(time.Second)
		leave()
		time.Sleep(time.Second)
		apitest.Want(t, one.Do("GET", "/v1/compartments", ""), 200, "") // remembered before the commit
		time.Sleep(time.Second)
		synctest.Wait()
		apitest.Want(t, one.Do("GET", "/v1/compartments", ""), 401, "bad-key")
	})
}
