package api_test

import (
	"cubby/sync/api/apitest"
	"cubby/sync/api/payments"
	"cubby/sync/rest"
	"net/http"
	"testing"
)

func TestEveryRouteAsksForItsScopeAndNoOther(t *testing.T) {
	for _, e := range routes(t) {
		if e.Entry == rest.Staff {
			continue
		}
		t.Run(e.Method+" "+e.Path, func(t *testing.T) {
			b := apitest.New(t)
			b.Do("PUT", "/v1/parcels/P1", "{}")
			ask := func(b *apitest.Bench) int {
				return b.Do(e.Method, apitest.Concrete(e.Path), apitest.BodyFor(e), apitest.Named(e)...).StatusCode
			}
			if e.Entry == rest.Open {
				want := http.StatusOK
				if e.Path == payments.Notices { // what has no key is signed
					want = http.StatusForbidden
				}
				if got := ask(b.With("")); got != want {
					t.Errorf("an open route answers %d without a key", got)
				}
				return
			}
			if got := ask(b.With("")); got != http.StatusUnauthorized {
				t.Errorf("without a key: %d", got)
			}
			if got := ask(b.With("0123456789abcdef-unknown")); got != http.StatusUnauthorized {
				t.Errorf("with an unknown key: %d", got)
			}
			revoked := b.Core.Grant("revoked", "parcels:read", "parcels:write", "events:read", "codes:read",
				"compartments:read", "operate")
			b.Core.RevokeKey(t.Context(), "revoked")
			if got := ask(b.With(revoked)); got != http.StatusUnauthorized {
				t.Errorf("with a revoked key: %d", got)
			}
			var right, wrong []string
			for _, one := range b.Server.Scopes() {
				if one == e.Scope {
					right = append(right, one)
				} else {
					wrong = append(wrong, one)
				}
			}
			if got := ask(b.With(b.Core.Grant("right", right...))); got >= 400 {
				t.Errorf("with just the scope %v: %d", right, got)
			}
			got := ask(b.With(b.Core.Grant("wrong", wrong...)))
			if e.Scope != "" && got != http.StatusForbidden ||
				e.Entry == rest.Key && e.Scope == "" && got >= 400 {
				t.Errorf("with the scopes %v: %d", wrong, got)
			}
		})
	}
}

func TestStaffRoutesDoNotExistOnTCP(t *testing.T) {
	b := apitest.New(t)
	nowhere := apitest.Want(t, b.Do("GET", "/v1/nothing", ""), http.StatusNotFound, "no-such-route")
	for _, e := range b.Server.Routes() {
		if e.Entry != rest.Staff {
			continue
		}
		got := apitest.Want(
			t, b.Do(e.Method, apitest.Concrete(e.Path), ""), http.StatusNotFound, "no-such-route")
		if apitest.Cut(got) != apitest.Cut(nowhere) {
			t.Errorf("%s %s can be told from a route that is not there: %s", e.Method, e.Path, got)
		}
	}
}
