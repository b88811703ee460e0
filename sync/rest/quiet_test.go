package rest_test

import (
	"cubby/sync/api/apitest"
	"cubby/sync/rest"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

func TestRefusedRequestsCostTheLogLittle(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := apitest.New(t)
		lines := func() int { return strings.Count(b.Logged.String(), `"msg":"request"`) }
		for range 5000 { // within a second
			b.With("").Do("GET", "/nowhere", "")
			time.Sleep(200 * time.Microsecond)
		}
		if n := lines(); n < rest.RefusedAtOnce || n > rest.RefusedAtOnce+2 {
			t.Errorf("5000 requests to nowhere in a second wrote %d lines", n)
		}
		before := lines()
		b.Do("GET", "/v1/parcels/nobody", "") // a key's own mistakes are told all the same
		if lines() != before+1 || !strings.Contains(b.Logged.String(), `"key":"all"`) {
			t.Error("another caller's line is missing")
		}
		time.Sleep(10 * time.Second)
		b.With("").Do("GET", "/nowhere", "")
		if log := b.Logged.String(); !strings.Contains(log, `"not_logged_before":49`) {
			t.Errorf("what was left out is not counted: %s", log[max(0, len(log)-400):])
		}
		if body := apitest.Want(t, b.Do("GET", "/metrics", ""), 200, ""); !strings.Contains(
			body, "\ncubby_http_refusals_not_logged_total 49") {
			t.Error("what was left out is not in /metrics")
		}
	})
}
