package e2e

import (
	"encoding/json"
	"fmt"
	"io"
	"net"
	"slices"
	"strings"
	"testing"
	"time"

	"cubby/sync/problem"
)

// Strangers on the network get problems, never a fault of ours, and nothing of
// the station changes.
func TestStrangersOnTheNetworkGetProblemsAndNothingElse(t *testing.T) {
	t.Parallel()
	s := newStation(t)
	s.announce("p-1")
	curious := strings.TrimSpace(s.ctl("", "key", "add", "curious", "parcels:read"))
	revoked := strings.TrimSpace(s.ctl("", "key", "add", "revoked", "parcels:read"))
	s.ctl("", "key", "revoke", "revoked")
	parcel := `{"label":"X"}`
	deep := strings.Repeat("[", 30_000)
	caused := func() int { // what a device may tell at any time is nobody's doing
		return len(slices.DeleteFunc(s.told(), func(e event) bool { return e.Type == "device.changed" }))
	}
	events := caused()

	for _, c := range []struct {
		name, token, method, path, body string
		status                          int
	}{
		{"no key", "", "GET", "/v1/parcels", "", 401},
		{"no key to write with", "", "PUT", "/v1/parcels/x", parcel, 401},
		{"a key nobody has", "cubby_ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", "GET", "/v1/parcels", "", 401},
		{"a key with quotes", "' OR 1=1 --", "GET", "/v1/parcels", "", 401},
		{"a revoked key", revoked, "GET", "/v1/parcels", "", 401},
		{"a key that may only read", curious, "PUT", "/v1/parcels/x", parcel, 403},
		{"a key without codes or events", curious, "GET", "/v1/events", "", 403},
		{"a key that may not operate", curious, "POST", "/v1/compartments/7/out-of-service", `{"reason":"x"}`, 403},
		{"the screen from the network", s.token, "GET", "/screen/v1/view", "", 404},
		{"an action from the network", s.token, "POST", "/screen/v1/actions",
			`{"visit":"","name":"start_pickup"}`, 404},
		{"making keys from the network", s.token, "POST", "/v1/keys", `{"name":"me","scopes":["operate"]}`, 404},
		{"making couriers from the network", s.token, "POST", "/v1/couriers", `{"name":"me"}`, 404},
		{"no route", s.token, "GET", "/v2/everything", "", 404},
		{"up and away", s.token, "GET", "/v1/../../etc/passwd", "", 404},
		{"up and away, hidden", s.token, "GET", "/v1/parcels/..%2f..%2fetc%2fpasswd", "", 404},
		{"a zero byte in the path", s.token, "GET", "/v1/parcels/%00", "", 404},
		{"two slashes", s.token, "GET", "//v1//parcels", "", 404},
		{"a parcel that is not there", s.token, "GET", "/v1/parcels/nobody", "", 404},
		{"a method that is not taken", s.token, "DELETE", "/v1/parcels/p-1", "", 405},
		{"an id that is too long", s.token, "PUT", "/v1/parcels/" + strings.Repeat("a", 65), parcel, 400},
		{"an id with a space", s.token, "PUT", "/v1/parcels/a%20b", parcel, 400},
		{"not JSON", s.token, "PUT", "/v1/parcels/x", "hello", 400},
		{"half of JSON", s.token, "PUT", "/v1/parcels/x", `{"label":"X"`, 400},
		{"two bodies", s.token, "PUT", "/v1/parcels/x", parcel + parcel, 400},
		{"thirty thousand brackets", s.token, "PUT", "/v1/parcels/x", deep, 400},
		{"a member nobody knows", s.token, "PUT", "/v1/parcels/x", `{"lable":"X"}`, 422},
		{"a member twice", s.token, "PUT", "/v1/parcels/x", `{"label":"X","label":"Y"}`, 422},
		{"a number for a text", s.token, "PUT", "/v1/parcels/x", `{"label":7}`, 422},
		{"a number beyond all bounds", s.token, "PUT", "/v1/parcels/x", `{"weight_g":99999999999999999999}`, 422},
		{"a negative weight", s.token, "PUT", "/v1/parcels/x", `{"weight_g":-1}`, 422},
		{"half a surrogate pair", s.token, "PUT", "/v1/parcels/x", `{"order_id":"\ud800"}`, 400},
		{"a control character in a text", s.token, "PUT", "/v1/parcels/x", `{"order_id":"a\u0000b"}`, 422},
		{"not UTF-8", s.token, "PUT", "/v1/parcels/x", "{\"order_id\":\"\xff\xfe\"}", 400},
		{"a body that is too large", s.token, "PUT", "/v1/parcels/x",
			`{"order_id":"` + strings.Repeat("x", 70_000) + `"}`, 413},
		{"somebody else's label", s.token, "PUT", "/v1/parcels/x", `{"label":"P-1"}`, 409},
		{"a made-up cursor", s.token, "GET", "/v1/events?cursor=AAAA", "", 400},
		{"a page without bounds", s.token, "GET", "/v1/parcels?limit=100000", "", 400},
		{"a question nobody asks", s.token, "GET", "/v1/parcels?frobnicate=1", "", 400},
		{"a door that is not there", s.token, "POST", "/v1/compartments/999/restore", `{"reason":"x"}`, 404},
	} {
		t.Run(c.name, func(t *testing.T) {
			status, answer, header := s.callAs(c.token, c.method, c.path, c.body)
			if status != c.status {
				t.Errorf("%s %s: %d, want %d: %s", c.method, c.path, status, c.status, answer)
			}
			isProblem(t, status, header.Get("Content-Type"), answer)
		})
	}
	for name, request := range map[string]string{
		"not HTTP": "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
		"two lengths": "PUT /v1/parcels/x HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n" +
			"Content-Length: 3\r\n\r\n{}",
		"a length and chunks": "PUT /v1/parcels/x HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n" +
			"Transfer-Encoding: chunked\r\n\r\n{}",
		"a head of a hundred kilobyte": "GET /healthz HTTP/1.1\r\nHost: x\r\nX: " +
			strings.Repeat("x", 100_000) + "\r\n\r\n",
		"a path with a control byte": "GET /v1/\x01parcels HTTP/1.1\r\nHost: x\r\n\r\n",
	} {
		t.Run(name, func(t *testing.T) {
			if line := s.raw(t, request); !strings.HasPrefix(line, "HTTP/1.1 4") && line != "" {
				t.Errorf("the answer is %q", line)
			}
		})
	}
	if got := caused(); got != events {
		t.Errorf("the feed has grown from %d to %d events", events, got)
	}
	if p := s.parcel("p-1"); p.Rev != 1 || p.State != "announced" {
		t.Error("the parcel has changed")
	}
	s.unlocked()
	if said := s.core.said(); strings.Contains(said, "panic") {
		t.Error("something in the core has panicked")
	}
}

func isProblem(t *testing.T, status int, kind string, answer []byte) {
	t.Helper()
	var p problem.Problem
	if err := json.Unmarshal(answer, &p); err != nil || kind != problem.ContentType {
		t.Fatalf("the answer is no problem: %s %q", kind, answer)
	}
	if p.Status != status || !strings.HasPrefix(p.Type, problem.TypePrefix) || p.Title == "" || p.Detail == "" {
		t.Errorf("the problem is incomplete: %s", answer)
	}
	for _, inner := range []string{"sql", "goroutine", ".go:", "/tmp/"} {
		if strings.Contains(string(answer), inner) {
			t.Errorf("the problem tells of our inside: %s", answer)
		}
	}
}

// raw sends bytes and returns the first line of the answer.
func (s *station) raw(t *testing.T, request string) string {
	t.Helper()
	c, err := net.Dial("tcp", s.rest)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if err := c.SetDeadline(time.Now().Add(patience)); err != nil {
		t.Fatal(err)
	}
	_, _ = fmt.Fprint(c, request) // it may be refused half-way
	if half, ok := c.(*net.TCPConn); ok {
		_ = half.CloseWrite()
	}
	answer, _ := io.ReadAll(c) // a connection that is reset is an answer too
	line, _, _ := strings.Cut(string(answer), "\r\n")
	return line
}
