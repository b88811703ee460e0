package rest

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"cubby/locker"
)

// concrete fills the template of a route.
func concrete(path string) string {
	return strings.NewReplacer("{id}", "P1", "{number}", "1", "{name}", "nobody").Replace(path)
}

// bodyFor is a body the endpoint takes.
func bodyFor(e endpoint) string {
	switch e.path {
	case "/v1/parcels/{id}":
		return map[bool]string{true: "{}"}[e.method == "PUT"]
	case "/v1/qr":
		return `{"text":"X"}`
	case "/v1/compartments/{number}/restore", "/v1/compartments/{number}/out-of-service":
		return `{"reason":"test"}`
	}
	return ""
}

func TestEveryRouteAsksForItsScopeAndNoOther(t *testing.T) {
	for _, e := range endpoints {
		if e.entry == staff {
			continue
		}
		t.Run(e.method+" "+e.path, func(t *testing.T) {
			b := newBench(t)
			b.do("PUT", "/v1/parcels/P1", "{}")
			ask := func(b *bench) int {
				return b.do(e.method, concrete(e.path), bodyFor(e)).StatusCode
			}
			if e.entry == open {
				if got := ask(b.with("")); got != http.StatusOK {
					t.Errorf("an open route answers %d without a key", got)
				}
				return
			}
			if got := ask(b.with("")); got != http.StatusUnauthorized {
				t.Errorf("without a key: %d", got)
			}
			if got := ask(b.with("0123456789abcdef-unknown")); got != http.StatusUnauthorized {
				t.Errorf("with an unknown key: %d", got)
			}
			revoked := b.core.grant("revoked", "parcels:read", "parcels:write", "events:read", "codes:read", "compartments:read", "operate")
			b.core.RevokeKey(t.Context(), "revoked")
			if got := ask(b.with(revoked)); got != http.StatusUnauthorized {
				t.Errorf("with a revoked key: %d", got)
			}
			var right, wrong []string
			for name, one := range scopeNames {
				if one == e.scope {
					right = append(right, name)
				} else {
					wrong = append(wrong, name)
				}
			}
			if got := ask(b.with(b.core.grant("right", right...))); got >= 400 {
				t.Errorf("with just the scope %v: %d", right, got)
			}
			got := ask(b.with(b.core.grant("wrong", wrong...)))
			if e.entry == withScope && got != http.StatusForbidden || e.entry == withKey && got >= 400 {
				t.Errorf("with the scopes %v: %d", wrong, got)
			}
		})
	}
}

func TestStaffRoutesDoNotExistOnTCP(t *testing.T) {
	b := newBench(t)
	nowhere := want(t, b.do("GET", "/v1/nothing", ""), http.StatusNotFound, "no-such-route")
	for _, e := range endpoints {
		if e.entry != staff {
			continue
		}
		got := want(t, b.do(e.method, concrete(e.path), ""), http.StatusNotFound, "no-such-route")
		if cut(got) != cut(nowhere) {
			t.Errorf("%s %s can be told from a route that is not there: %s", e.method, e.path, got)
		}
	}
}

// cut drops the number of the occurrence.
func cut(problem string) string {
	before, _, _ := strings.Cut(problem, `"instance"`)
	return before
}

func TestTheSocketNeedsNoKeyAndGivesNoCodes(t *testing.T) {
	b := newBench(t).staff()
	b.core.happen(2)
	if body := want(t, b.do("GET", "/v1/events", ""), 200, ""); strings.Contains(body, "CLEAR") {
		t.Errorf("clear codes without the scope: %s", body)
	}
	if body := want(t, b.with(b.core.grant("notifier", "events:read", "codes:read")).do("GET", "/v1/events", ""), 200, ""); !strings.Contains(body, "CLEAR1") {
		t.Errorf("a key with the scope gets no codes on the socket: %s", body)
	}
	want(t, b.do("PUT", "/v1/parcels/P1", "{}"), 201, "")
	if got := b.core.actors[0]; got != "staff:socket" {
		t.Errorf("recorded as %q", got)
	}
	want(t, b.with("0123456789abcdef-unknown").do("GET", "/v1/parcels/P1", ""), 401, "bad-key")
}

func TestWaysToSendAKey(t *testing.T) {
	b := newBench(t)
	token := b.token
	b = b.with("")
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
			b.t = t
			answer := b.do("GET", "/v1/compartments", "", c.header...)
			want(t, answer, c.status, "")
			if c.status == 401 && !strings.HasPrefix(answer.Header.Get("WWW-Authenticate"), "Bearer") && answer.StatusCode != 429 {
				t.Errorf("WWW-Authenticate is %q", answer.Header.Get("WWW-Authenticate"))
			}
			b.server.guard = guard{}
		})
	}
}

func TestARefusedKeyIsToldWhatIsWrongWithIt(t *testing.T) {
	b := newBench(t)
	revoked := b.core.grant("revoked", "compartments:read")
	b.core.RevokeKey(t.Context(), "revoked")
	const unknown, notOne, none = "this key is not known here, or was revoked", "send exactly one API key", "send an API key"
	for name, c := range map[string]struct {
		header []string
		detail string
	}{
		"unknown":               {[]string{"X-API-Key", "0123456789abcdef-unknown"}, unknown},
		"revoked":               {[]string{"X-API-Key", revoked}, unknown},
		"too short for a key":   {[]string{"Authorization", "Bearer wrong"}, unknown},
		"not a key's letters":   {[]string{"X-API-Key", "0123456789 abcdefgh"}, unknown},
		"twice":                 {[]string{"X-API-Key", b.token, "Authorization", "Bearer " + b.token}, notOne},
		"nothing behind bearer": {[]string{"Authorization", "Bearer "}, notOne},
		"another method":        {[]string{"Authorization", "Basic dXNlcjpwYXNz"}, notOne},
		"none":                  {nil, none},
	} {
		t.Run(name, func(t *testing.T) {
			b := *b.with("")
			b.t, b.server.guard = t, guard{}
			if body := want(t, b.do("GET", "/v1/compartments", "", c.header...), 401, ""); !strings.Contains(body, `"detail":"`+c.detail) {
				t.Errorf("told %s", body)
			}
		})
	}
	same := func(token string) string {
		return cut(want(t, b.with(token).do("GET", "/v1/compartments", ""), 401, "bad-key"))
	}
	if a, b := same(revoked), same("0123456789abcdef-unknown"); a != b {
		t.Errorf("a revoked key can be told from one that never was: %s and %s", a, b)
	}
}

func TestGuessingIsSlowedAndLocksNobodyOut(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		bad := b.with("0123456789abcdef-unknown")
		for i := range failuresAtOnce {
			if got := bad.do("GET", "/v1/compartments", "").StatusCode; got != 401 {
				t.Fatalf("failure %d: %d", i+1, got)
			}
		}
		answer := bad.do("GET", "/v1/compartments", "")
		want(t, answer, 429, "too-many-failures")
		if answer.Header.Get("Retry-After") == "" {
			t.Error("429 without Retry-After")
		}
		want(t, b.do("GET", "/v1/compartments", ""), 200, "")
		want(t, b.with(b.core.grant("fresh", "compartments:read")).do("GET", "/v1/compartments", ""), 200, "")

		other := httptest.NewRequest("GET", "/v1/compartments", nil)
		other.RemoteAddr = "198.51.100.7:9"
		want(t, b.send(other, ""), 401, "no-key")

		time.Sleep(failureForgiven + time.Second)
		want(t, bad.do("GET", "/v1/compartments", ""), 401, "bad-key")
		want(t, bad.do("GET", "/v1/compartments", ""), 429, "")
	})
}

func TestTheGuardForgetsRatherThanGrows(t *testing.T) {
	var g guard
	now := time.Unix(0, 0)
	for i := range 3 * maxRemotes {
		g.failed(remote(i), now)
		if len(g.remotes) > maxRemotes {
			t.Fatalf("%d remotes are remembered", len(g.remotes))
		}
	}
	for i := range 20 { // one line of IPv6 is one remote
		wait := g.failed("[2001:db8::"+string(rune('a'+i%6))+"]:1", now)
		if blocked := wait > 0; blocked != (i >= failuresAtOnce) {
			t.Fatalf("failure %d has to wait %v", i+1, wait)
		}
	}
}

func remote(i int) string {
	return strings.Join([]string{"10", itoa(i >> 16 & 255), itoa(i >> 8 & 255), itoa(i & 255)}, ".") + ":1"
}

func TestARevokedKeyEndsAtOnceAndOthersWithinTheMemory(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		one := b.with(b.core.grant("one", "compartments:read"))
		for range 5 {
			want(t, one.do("GET", "/v1/compartments", ""), 200, "")
		}
		if b.core.keyLookups != 1 {
			t.Errorf("the store was asked %d times", b.core.keyLookups)
		}
		want(t, b.staff().do("DELETE", "/v1/keys/one", ""), 204, "")
		want(t, one.do("GET", "/v1/compartments", ""), 401, "bad-key")

		two := b.with(b.core.grant("two", "compartments:read"))
		want(t, two.do("GET", "/v1/compartments", ""), 200, "")
		b.core.RevokeKey(t.Context(), "two") // past this server
		time.Sleep(keyMemory)
		want(t, two.do("GET", "/v1/compartments", ""), 401, "bad-key")
	})
}

// slowStation takes a while to commit a revocation, whoever waits for it.
type slowStation struct {
	*core
	takes time.Duration
}

func (s slowStation) RevokeKey(ctx context.Context, name string) error {
	done := make(chan error, 1)
	time.AfterFunc(s.takes, func() { done <- s.core.RevokeKey(ctx, name) })
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

func TestARevokedKeyEndsAtOnceEvenIfWhoRevokedItHasLeft(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, func(c *Config) { c.Station = slowStation{c.Station.(*core), 3 * time.Second} })
		one := b.with(b.core.grant("one", "compartments:read"))
		ctx, leave := context.WithCancel(t.Context())
		go b.staff().send(httptest.NewRequestWithContext(ctx, "DELETE", "/v1/keys/one", nil), "")
		time.Sleep(time.Second)
		leave()
		time.Sleep(time.Second)
		want(t, one.do("GET", "/v1/compartments", ""), 200, "") // remembered before the commit
		time.Sleep(time.Second)
		synctest.Wait()
		want(t, one.do("GET", "/v1/compartments", ""), 401, "bad-key")
	})
}

func TestALookupBegunBeforeARevocationIsNotRemembered(t *testing.T) {
	asked, revoked := make(chan struct{}), make(chan struct{})
	first := true
	k := keyring{find: func(context.Context, [32]byte) (locker.Key, bool, error) {
		if !first {
			return locker.Key{Name: "one", Revoked: true}, true, nil
		}
		first = false
		close(asked)
		<-revoked
		return locker.Key{Name: "one"}, true, nil // as it was when it was read
	}}
	done := make(chan bool)
	go func() {
		_, ok, _ := k.caller(t.Context(), [32]byte{1})
		done <- ok
	}()
	<-asked
	k.forget()
	close(revoked)
	if !<-done {
		t.Error("the request that was under way failed")
	}
	if _, ok, _ := k.caller(t.Context(), [32]byte{1}); ok {
		t.Error("the revoked key is still good")
	}
}
