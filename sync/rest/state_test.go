package rest

import (
	"bytes"
	"encoding/json"
	"image/png"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/qrcode"
	"github.com/prometheus/client_golang/prometheus"

	"cubby/locker"
	"cubby/locker/door"
	"cubby/sync/openapi"
)

func TestTheContractIsServedAndCached(t *testing.T) {
	b := newBench(t).with("")
	answer := b.do("GET", "/v1/openapi.json", "")
	if body := want(t, answer, 200, ""); body != string(openapi.Document) {
		t.Error("another document was served")
	}
	want(t, b.do("GET", "/v1/openapi.json", "", "If-None-Match", answer.Header.Get("ETag")), 304, "")
}

func TestHealthAndReadinessAreTwoThings(t *testing.T) {
	b := newBench(t).with("")
	want(t, b.do("GET", "/readyz", ""), 200, "")
	b.core.notReady = locker.Refuse(locker.Unavailable, "store", "the store cannot be written")
	want(t, b.do("GET", "/healthz", ""), 200, "")
	answer := b.do("GET", "/readyz", "")
	if body := want(t, answer, 503, "not-ready"); !strings.Contains(body, "the store cannot be written") || answer.Header.Get("Retry-After") == "" {
		t.Errorf("not ready: %s", body)
	}
}

func TestAStationThatIsNotReadyIsLoggedOncePerChange(t *testing.T) {
	b := newBench(t).with("")
	starting := locker.Refuse(locker.Unavailable, "starting", "the station is starting")
	faulty := locker.Refuse(locker.Unavailable, "store", "the store cannot be written")
	for _, why := range []*locker.Refusal{nil, starting, nil, faulty, starting, nil} {
		b.core.notReady = nil
		if why != nil {
			b.core.notReady = why
		}
		for range 5 {
			b.do("GET", "/readyz", "")
		}
	}
	var lines []string
	for line := range strings.Lines(b.log.String()) {
		var l struct{ Level, Msg, Why string }
		if err := json.Unmarshal([]byte(line), &l); err != nil {
			t.Fatal(err)
		}
		if l.Level != "DEBUG" {
			lines = append(lines, strings.TrimSpace(l.Level+" "+l.Msg+" "+l.Why))
		}
	}
	if got, want := strings.Join(lines, "\n"), `WARN the station is not ready the station is starting
INFO the station is ready again
WARN the station is not ready the store cannot be written
WARN the station is not ready the station is starting
INFO the station is ready again`; got != want {
		t.Errorf("logged\n%s\nwant\n%s", got, want)
	}
}

func TestMethodsThatARouteDoesNotTake(t *testing.T) {
	b := newBench(t)
	for _, c := range []struct{ method, target, allow string }{
		{"POST", "/v1/parcels/P", "GET, HEAD, OPTIONS, PUT"},
		{"PATCH", "/v1/parcels/P", "GET, HEAD, OPTIONS, PUT"},
		{"DELETE", "/v1/events", "GET, HEAD, OPTIONS"},
		{"TRACE", "/v1/qr", "OPTIONS, POST"},
		{"BREW", "/healthz", "GET, HEAD, OPTIONS"},
	} {
		answer := b.do(c.method, c.target, "")
		want(t, answer, 405, "method-not-allowed")
		if got := answer.Header.Get("Allow"); got != c.allow {
			t.Errorf("%s allows %q, want %q", c.target, got, c.allow)
		}
		options := b.do("OPTIONS", c.target, "")
		want(t, options, 204, "")
		if got := options.Header.Get("Allow"); got != c.allow {
			t.Errorf("OPTIONS %s says %q", c.target, got)
		}
	}
	for _, target := range []string{"/", "/v1", "/v1/", "/v1/parcels/", "/v2/parcels", "/v1//parcels", "/v1/parcels/a%2Fb", "/debug/pprof/", "/v1/parcels/P/open", "/V1/parcels"} {
		want(t, b.do("GET", target, ""), 404, "no-such-route")
		want(t, b.do("OPTIONS", target, ""), 404, "no-such-route")
	}
}

func TestHeadIsGetWithoutItsBody(t *testing.T) {
	b := newBench(t)
	b.do("PUT", "/v1/parcels/P", "{}")
	for _, target := range []string{"/v1/parcels/P", "/v1/parcels", "/v1/compartments", "/v1/capacity", "/healthz", "/v1/openapi.json", "/v1/events"} {
		get, head := b.do("GET", target, ""), b.do("HEAD", target, "")
		for _, name := range []string{"Content-Type", "Content-Length", "ETag"} { // not the cursor, which must not pass over a page nobody got
			if get.StatusCode != head.StatusCode || get.Header.Get(name) != head.Header.Get(name) {
				t.Errorf("%s: %s is %q for GET, %q for HEAD", target, name, get.Header.Get(name), head.Header.Get(name))
			}
		}
	}
}

func TestCompartmentsAndCapacity(t *testing.T) {
	b := newBench(t)
	if body := want(t, b.do("POST", "/v1/compartments/3/out-of-service", `{"reason":"hinge"}`), 200, ""); !strings.Contains(body, `"reason":"hinge"`) {
		t.Errorf("answered %s", body)
	}
	b.core.compartments[0].Allocation = locker.Occupied
	b.core.compartments[3].Door = door.Unknown
	var n struct {
		Sizes []sizeCapacity
		All   sizeCapacity
	}
	if err := json.Unmarshal([]byte(want(t, b.do("GET", "/v1/capacity", ""), 200, "")), &n); err != nil {
		t.Fatal(err)
	}
	var order []string
	for _, one := range n.Sizes {
		order = append(order, one.Size)
	}
	if strings.Join(order, "") != "SML" || n.All.capacityCount != (capacityCount{Total: 4, Offerable: 1, Occupied: 1, OutOfUse: 2}) ||
		n.Sizes[1].capacityCount != (capacityCount{Total: 2, Occupied: 1, OutOfUse: 1}) || n.All.Accessible != (capacityCount{Total: 2, Offerable: 1, Occupied: 1}) {
		t.Errorf("counted %+v", n)
	}
	want(t, b.do("POST", "/v1/compartments/3/restore", `{"reason":"repaired"}`), 200, "")
	want(t, b.do("POST", "/v1/compartments/99/restore", `{"reason":"x"}`), 404, "no-such-compartment")
	for _, bad := range []string{`{}`, `{"reason":""}`, `{"reason":"a\nb"}`, `{"reason":"` + strings.Repeat("x", 201) + `"}`} {
		want(t, b.do("POST", "/v1/compartments/3/restore", bad), 422, "reason")
	}
}

func TestADrawnCodeReadsBack(t *testing.T) {
	b := newBench(t)
	for _, text := range []string{"K7Q2M4ZPK7Q2M4ZPK7Q2M4ZPK7", "https://example.org/ü?x=1", strings.Repeat("x", 512)} {
		body, _ := json.Marshal(map[string]string{"text": text})
		answer := b.do("POST", "/v1/qr", string(body))
		if answer.StatusCode != 200 || answer.Header.Get("Content-Type") != "image/png" {
			t.Fatalf("%q: %d", text, answer.StatusCode)
		}
		picture, err := png.Decode(answer.Body)
		if err != nil {
			t.Fatal(err)
		}
		bits, err := gozxing.NewBinaryBitmapFromImage(picture)
		if err != nil {
			t.Fatal(err)
		}
		got, err := qrcode.NewQRCodeReader().Decode(bits, map[gozxing.DecodeHintType]any{gozxing.DecodeHintType_PURE_BARCODE: true, gozxing.DecodeHintType_CHARACTER_SET: "UTF-8"})
		if err != nil || got.GetText() != text {
			t.Errorf("%q reads as %v, %v", text, got, err)
		}
	}
	want(t, b.do("POST", "/v1/qr", `{"text":""}`), 422, "qr-text")
	want(t, b.do("POST", "/v1/qr", `{"text":"`+strings.Repeat("x", 513)+`"}`), 422, "qr-text")
}

func TestMetricsNameRoutesByTheirTemplate(t *testing.T) {
	b := newBench(t)
	own := prometheus.NewGauge(prometheus.GaugeOpts{Name: "cubby_test_gauge", Help: "Of the caller."})
	if err := b.server.Register(own); err != nil {
		t.Fatal(err)
	}
	b.do("PUT", "/v1/parcels/SECRET-ID", "{}")
	b.do("GET", "/nowhere/SECRET-PATH", "")
	b.do("BREW", "/v1/parcels/SECRET-ID", "")
	body := want(t, b.do("GET", "/metrics", ""), 200, "")
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
	b := newBench(t).with("")
	for range cap(b.server.metrics.places) {
		b.server.metrics.places <- struct{}{}
	}
	want(t, b.do("GET", "/metrics", ""), 503, "busy")
	<-b.server.metrics.places
	want(t, b.do("GET", "/metrics", ""), 200, "")
	want(t, b.do("GET", "/metrics", ""), 200, "")
}

func TestFaultsAreLoggedAndNeverShown(t *testing.T) {
	for name, fault := range map[string]func(){
		"a panic":             func() { panic(errBroken) },
		"a nil dereferenced":  func() { var p *locker.Parcel; p.Rev++ },
		"an index out of all": func() { _ = []int{}[len(errBroken.Error())] },
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t)
			b.core.fault = fault
			body := want(t, b.do("PUT", "/v1/parcels/P", "{}"), 500, "internal")
			if strings.Contains(body, "secret") || strings.Contains(body, "goroutine") {
				t.Errorf("shown: %s", body)
			}
			var p struct{ Instance string }
			json.Unmarshal([]byte(body), &p)
			if !strings.Contains(b.log.String(), p.Instance) || !strings.Contains(b.log.String(), "panic") {
				t.Errorf("not found in the log by %s", p.Instance)
			}
			b.core.fault = nil
			want(t, b.do("PUT", "/v1/parcels/P", "{}"), 201, "")
			if len(b.server.tcp.requests) != 0 {
				t.Error("a place was lost")
			}
		})
	}
}

func TestNothingPersonalAndNoSecretIsLogged(t *testing.T) {
	b := newBench(t)
	b.do("PUT", "/v1/parcels/PLANTED-ID", `{"recipient":{"name":"PLANTED-NAME","phone":"PLANTED-PHONE"},"label":"PLANTED-LABEL"}`)
	b.do("PUT", "/v1/parcels/PLANTED-ID", `{"PLANTED-MEMBER":1}`)
	b.do("GET", "/v1/parcels?label=PLANTED-LABEL&PLANTED-QUERY=1", "")
	b.do("GET", "/PLANTED-PATH", "")
	b.with("PLANTED-TOKEN-0123456789").do("GET", "/v1/parcels", "")
	b.do("POST", "/v1/qr", `{"text":"PLANTED-CODE"}`)
	b.core.happen(1)
	b.do("GET", "/v1/events?cursor=PLANTED-CURSOR", "")
	b.do("GET", "/v1/events", "")
	b.staff().do("POST", "/v1/keys", `{"name":"shop","scopes":["operate"]}`)
	log := b.log.String()
	for _, secret := range []string{"PLANTED", b.token, "token-of-shop", "CLEAR"} {
		if strings.Contains(log, secret) {
			t.Errorf("%s is in the log:\n%s", secret, log)
		}
	}
	for _, line := range []string{`"method":"PUT","route":"/v1/parcels/{id}","status":201`, `"key":"all"`, `"problem":"bad-key"`} {
		if !strings.Contains(log, line) {
			t.Errorf("%s is not in the log:\n%s", line, log)
		}
	}
}

func TestTooManyRequestsAtOnceAreTurnedAwayAndLeaveRoomForStaff(t *testing.T) {
	b := newBench(t, func(c *Config) { c.MaxRequests = 1 })
	inside, leave := make(chan struct{}), make(chan struct{})
	b.core.fault = func() { close(inside); <-leave }
	done := make(chan *http.Response)
	go func() { done <- b.do("PUT", "/v1/parcels/P", "{}") }()
	<-inside
	answer := b.do("GET", "/v1/compartments", "")
	want(t, answer, 503, "busy")
	if answer.Header.Get("Retry-After") != "1" {
		t.Error("503 without Retry-After")
	}
	want(t, b.staff().do("GET", "/v1/compartments", ""), 200, "")
	close(leave)
	want(t, <-done, 201, "")
	want(t, b.do("GET", "/v1/compartments", ""), 200, "")
}

func TestKeysAndCouriersAreMadeListedAndEnded(t *testing.T) {
	b := newBench(t).staff()
	var made struct{ Token string }
	if err := json.Unmarshal([]byte(want(t, b.do("POST", "/v1/keys", `{"name":"shop","scopes":["parcels:read"]}`), 201, "")), &made); err != nil || made.Token == "" {
		t.Fatal(err, made)
	}
	tcp := *b
	tcp.socket, tcp.token = false, made.Token
	want(t, tcp.do("GET", "/v1/parcels", ""), 200, "")
	want(t, b.do("POST", "/v1/keys", `{"name":"shop","scopes":["parcels:read"]}`), 409, "key-exists")
	if body := want(t, b.do("GET", "/v1/keys", ""), 200, ""); !strings.Contains(body, `"name":"shop"`) || strings.Contains(body, made.Token) {
		t.Errorf("listed %s", body)
	}
	want(t, b.do("DELETE", "/v1/keys/shop", ""), 204, "")
	want(t, b.do("DELETE", "/v1/keys/nobody", ""), 404, "no-such-key")
	for _, bad := range []string{`{"name":"","scopes":["operate"]}`, `{"name":"a b","scopes":["operate"]}`, `{"name":"a"}`, `{"name":"a","scopes":[]}`,
		`{"name":"a","scopes":["root"]}`, `{"name":"a","scopes":["operate","operate"]}`} {
		want(t, b.do("POST", "/v1/keys", bad), 422, "")
	}
	want(t, b.do("POST", "/v1/keys", `{"name":"till","scopes":["events:read","codes:read"],"reads_only":true}`), 201, "")
	want(t, b.do("POST", "/v1/keys", `{"name":"mail","scopes":["events:read","codes:read"],"reads_only":false}`), 201, "")
	want(t, b.do("POST", "/v1/keys", `{"name":"a","scopes":["events:read"],"reads_only":true}`), 422, "key-reads-only")
	want(t, b.do("POST", "/v1/keys", `{"name":"a","scopes":["events:read","codes:read"],"reads_only":"yes"}`), 422, "")
	var list struct{ Keys []locker.Key }
	if err := json.Unmarshal([]byte(want(t, b.do("GET", "/v1/keys", ""), 200, "")), &list); err != nil {
		t.Fatal(err)
	}
	for _, k := range list.Keys {
		if k.ReadsOnly != (k.Name == "till") {
			t.Errorf("listed %+v", k)
		}
	}

	if body := want(t, b.do("POST", "/v1/couriers", `{"name":"North tour"}`), 201, ""); !strings.Contains(body, `"pin":"20481632"`) {
		t.Errorf("made %s", body)
	}
	if body := want(t, b.do("GET", "/v1/couriers", ""), 200, ""); !strings.Contains(body, "North tour") || strings.Contains(body, "20481632") {
		t.Errorf("listed %s", body)
	}
	want(t, b.do("DELETE", "/v1/couriers/c-1", ""), 204, "")
	want(t, b.do("DELETE", "/v1/couriers/c-9", ""), 404, "no-such-courier")
	want(t, b.do("POST", "/v1/couriers", `{"name":""}`), 422, "courier-name")
}

func TestTheScreenSeesAndActs(t *testing.T) {
	b := newBench(t).staff()
	if body := want(t, b.do("GET", "/screen/v1/view", ""), 200, ""); !strings.Contains(body, `"step":"idle"`) {
		t.Errorf("shown %s", body)
	}
	want(t, b.do("POST", "/screen/v1/actions", `{"visit":"","name":"start_pickup"}`), 204, "")
	if len(b.core.acts) != 1 || b.core.acts[0].Name != "start_pickup" {
		t.Errorf("acted %v", b.core.acts)
	}
	want(t, b.do("POST", "/screen/v1/actions", `{"visit":"gone","name":"finish"}`), 409, "stale-page")
	for _, bad := range []string{`{}`, `{"name":""}`, `{"name":"` + strings.Repeat("x", 65) + `"}`, `{"name":"pin","value":"` + strings.Repeat("1", 65) + `"}`} {
		want(t, b.do("POST", "/screen/v1/actions", bad), 422, "")
	}
}

// TestABodyThatNeverEndsIsCutAtTheBound sends without Content-Length.
func TestABodyThatNeverEndsIsCutAtTheBound(t *testing.T) {
	b := newBench(t)
	endless := io.MultiReader(strings.NewReader(`{"label":"`), neverEnding('x'))
	r, _ := http.NewRequest("PUT", "/v1/parcels/P", endless)
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Authorization", "Bearer "+b.token)
	answer := b.send(r, "")
	want(t, answer, 413, "body-too-large")
	if answer.Header.Get("Connection") != "close" {
		t.Error("the connection is kept")
	}
}

type neverEnding byte

func (c neverEnding) Read(p []byte) (int, error) {
	copy(p, bytes.Repeat([]byte{byte(c)}, len(p)))
	return len(p), nil
}
