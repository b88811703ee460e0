package rest_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"

	"cubby/locker/parcel"
	"cubby/sync/api/apitest"
)

func TestMethodsThatARouteDoesNotTake(t *testing.T) {
	b := apitest.New(t)
	for _, c := range []struct{ method, target, allow string }{
		{"POST", "/v1/parcels/P", "GET, HEAD, OPTIONS, PATCH, PUT"},
		{"DELETE", "/v1/parcels/P", "GET, HEAD, OPTIONS, PATCH, PUT"},
		{"DELETE", "/v1/events", "GET, HEAD, OPTIONS"},
		{"TRACE", "/v1/qr", "OPTIONS, POST"},
		{"BREW", "/healthz", "GET, HEAD, OPTIONS"},
	} {
		answer := b.Do(c.method, c.target, "")
		apitest.Want(t, answer, 405, "method-not-allowed")
		if got := answer.Header.Get("Allow"); got != c.allow {
			t.Errorf("%s allows %q, want %q", c.target, got, c.allow)
		}
		options := b.Do("OPTIONS", c.target, "")
		apitest.Want(t, options, 204, "")
		if got := options.Header.Get("Allow"); got != c.allow {
			t.Errorf("OPTIONS %s says %q", c.target, got)
		}
	}
	for _, target := range []string{"/", "/v1", "/v1/", "/v1/parcels/", "/v2/parcels", "/v1//parcels",
		"/v1/parcels/a%2Fb", "/debug/pprof/", "/v1/parcels/P/open", "/V1/parcels"} {
		apitest.Want(t, b.Do("GET", target, ""), 404, "no-such-route")
		apitest.Want(t, b.Do("OPTIONS", target, ""), 404, "no-such-route")
	}
}

func TestHeadIsGetWithoutItsBody(t *testing.T) {
	b := apitest.New(t)
	b.Do("PUT", "/v1/parcels/P", "{}")
	for _, target := range []string{"/v1/parcels/P", "/v1/parcels", "/v1/compartments", "/v1/capacity",
		"/healthz", "/v1/openapi.json", "/v1/events"} {
		get, head := b.Do("GET", target, ""), b.Do("HEAD", target, "")
		// Not the cursor, which must not pass over a page nobody got.
		for _, name := range []string{"Content-Type", "Content-Length", "ETag"} {
			if get.StatusCode != head.StatusCode || get.Header.Get(name) != head.Header.Get(name) {
				t.Errorf("%s: %s is %q for GET, %q for HEAD", target, name, get.Header.Get(name),
					head.Header.Get(name))
			}
		}
	}
}

func TestMetricsNameRoutesByTheirTemplate(t *testing.T) {
	b := apitest.New(t)
	own := prometheus.NewGauge(prometheus.GaugeOpts{Name: "cubby_test_gauge", Help: "Of the caller."})
	if err := b.Server.Register(own); err != nil {
		t.Fatal(err)
	}
	b.Do("PUT", "/v1/parcels/SECRET-ID", "{}")
	b.Do("GET", "/nowhere/SECRET-PATH", "")
	b.Do("BREW", "/v1/parcels/SECRET-ID", "")
	body := apitest.Want(t, b.Do("GET", "/metrics", ""), 200, "")
	for _, line := range []string{
		`cubby_http_requests_total{method="PUT",route="/v1/parcels/{id}",status="201"} 1`,
		`cubby_http_requests_total{method="other",route="other",status="404"} 1`,
		`cubby_http_requests_total{method="other",route="other",status="405"} 1`,
		`cubby_test_gauge 0`, `go_goroutines`,
	} {
		if !strings.Contains(body, line) {
			t.Errorf("%s is missing", line)
		}
	}
	if strings.Contains(body, "SECRET") {
		t.Error("an id became a label")
	}
}

func TestTooManyReadersOfMetricsAreToldSo(t *testing.T) {
	b := apitest.New(t).With("")
	for range cap(b.Server.MetricsPlaces()) {
		b.Server.MetricsPlaces() <- struct{}{}
	}
	apitest.Want(t, b.Do("GET", "/metrics", ""), 503, "busy")
	<-b.Server.MetricsPlaces()
	apitest.Want(t, b.Do("GET", "/metrics", ""), 200, "")
	apitest.Want(t, b.Do("GET", "/metrics", ""), 200, "")
}

func TestFaultsAreLoggedAndNeverShown(t *testing.T) {
	for name, fault := range map[string]func(){
		"a panic":             func() { panic(errBroken) },
		"a nil dereferenced":  func() { var p *parcel.Parcel; p.Rev++ },
		"an index out of all": func() { _ = []int{}[len(errBroken.Error())] },
	} {
		t.Run(name, func(t *testing.T) {
			b := apitest.New(t)
			b.Core.Fault = fault
			body := apitest.Want(t, b.Do("PUT", "/v1/parcels/P", "{}"), 500, "internal")
			if strings.Contains(body, "secret") || strings.Contains(body, "goroutine") {
				t.Errorf("shown: %s", body)
			}
			var p struct{ Instance string }
			json.Unmarshal([]byte(body), &p)
			if !strings.Contains(b.Logged.String(), p.Instance) ||
				!strings.Contains(b.Logged.String(), "panic") {
				t.Errorf("not found in the log by %s", p.Instance)
			}
			b.Core.Fault = nil
			apitest.Want(t, b.Do("PUT", "/v1/parcels/P", "{}"), 201, "")
			if requests(b) != 0 {
				t.Error("a place was lost")
			}
		})
	}
}

func TestNothingPersonalAndNoSecretIsLogged(t *testing.T) {
	b := apitest.New(t)
	b.Do("PUT", "/v1/parcels/PLANTED-ID",
		`{"recipient":{"name":"PLANTED-NAME","phone":"PLANTED-PHONE"},"label":"PLANTED-LABEL"}`)
	b.Do("PUT", "/v1/parcels/PLANTED-ID", `{"PLANTED-MEMBER":1}`)
	b.Do("GET", "/v1/parcels?label=PLANTED-LABEL&PLANTED-QUERY=1", "")
	b.Do("GET", "/PLANTED-PATH", "")
	b.With("PLANTED-TOKEN-0123456789").Do("GET", "/v1/parcels", "")
	b.Do("POST", "/v1/qr", `{"text":"PLANTED-CODE"}`)
	b.Core.Happen(1)
	b.Do("GET", "/v1/events?cursor=PLANTED-CURSOR", "")
	b.Do("GET", "/v1/events", "")
	b.Staff().Do("POST", "/v1/keys", `{"name":"shop","scopes":["operate"]}`)
	log := b.Logged.String()
	for _, secret := range []string{"PLANTED", b.Token, "token-of-shop", "CLEAR"} {
		if strings.Contains(log, secret) {
			t.Errorf("%s is in the log:\n%s", secret, log)
		}
	}
	for _, line := range []string{`"method":"PUT","route":"/v1/parcels/{id}","status":201`, `"key":"all"`,
		`"problem":"bad-key"`} {
		if !strings.Contains(log, line) {
			t.Errorf("%s is not in the log:\n%s", line, log)
		}
	}
}

func TestTooManyRequestsAtOnceAreTurnedAwayAndLeaveRoomForStaff(t *testing.T) {
	b := apitest.New(t, func(c *apitest.Setup) { c.MaxRequests = 1 })
	inside, leave := make(chan struct{}), make(chan struct{})
	b.Core.Fault = func() { close(inside); <-leave }
	done := make(chan *http.Response)
	go func() { done <- b.Do("PUT", "/v1/parcels/P", "{}") }()
	<-inside
	answer := b.Do("GET", "/v1/compartments", "")
	apitest.Want(t, answer, 503, "busy")
	if answer.Header.Get("Retry-After") != "1" {
		t.Error("503 without Retry-After")
	}
	apitest.Want(t, b.Staff().Do("GET", "/v1/compartments", ""), 200, "")
	close(leave)
	apitest.Want(t, <-done, 201, "")
	apitest.Want(t, b.Do("GET", "/v1/compartments", ""), 200, "")
}

// TestABodyThatNeverEndsIsCutAtTheBound sends without Content-Length.
func TestABodyThatNeverEndsIsCutAtTheBound(t *testing.T) {
	b := apitest.New(t)
	endless := io.MultiReader(strings.NewReader(`{"label":"`), neverEnding('x'))
	r, _ := http.NewRequest("PUT", "/v1/parcels/P", endless)
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Authorization", "Bearer "+b.Token)
	answer := b.Send(r, "")
	apitest.Want(t, answer, 413, "body-too-large")
	if answer.Header.Get("Connection") != "close" {
		t.Error("the connection is kept")
	}
}

type neverEnding byte

func (c neverEnding) Read(p []byte) (int, error) {
	copy(p, bytes.Repeat([]byte{byte(c)}, len(p)))
	return len(p), nil
}

var errBroken = errors.New("secret-internal-detail")

func requests(b *apitest.Bench) int { n, _ := b.Server.Busy(); return n }
func streams(b *apitest.Bench) int  { _, n := b.Server.Busy(); return n }
