package rest

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/gorilla/mux"

	"cubby/sync/openapi"
)

// document is the contract, loaded once.
var document = sync.OnceValues(func() (*openapi3.T, error) {
	openapi3filter.RegisterBodyDecoder("application/cloudevents-batch+json", openapi3filter.JSONBodyDecoder)
	openapi3filter.RegisterBodyDecoder("image/png", openapi3filter.FileBodyDecoder)
	openapi3filter.RegisterBodyDecoder("text/event-stream", openapi3filter.PlainBodyDecoder)
	return openapi3.NewLoader().LoadFromData(openapi.Document)
})

// A bench is a server over a core in memory. Every exchange made through it
// is held against the contract.
type bench struct {
	t      testing.TB
	core   *core
	server *Server
	log    *lockedBuffer
	token  string // sent with every request unless empty
	socket bool   // use the socket's door
}

// conformed are the answers whose bodies were held against the contract
// before; compiling its schemas takes most of the time of these tests.
var conformed sync.Map

// lockedBuffer takes log lines from many goroutines.
type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

func newBench(t testing.TB, change ...func(*Config)) *bench {
	t.Helper()
	b := &bench{t: t, core: newCore(), log: new(lockedBuffer)}
	c := Config{Station: b.core, Reader: b.core, StationID: "test", Commission: new(conversation),
		Log: slog.New(slog.NewJSONHandler(b.log, &slog.HandlerOptions{Level: slog.LevelDebug}))}
	for _, f := range change {
		f(&c)
	}
	var err error
	if b.server, err = New(c); err != nil {
		t.Fatal(err)
	}
	b.token = b.core.grant("all", "parcels:read", "parcels:write", "events:read", "codes:read", "compartments:read", "operate")
	t.Cleanup(b.server.Close)
	return b
}

// with is the same bench with another key.
func (b *bench) with(token string) *bench {
	other := *b
	other.token = token
	return &other
}

// staff is the same bench at the socket's door.
func (b *bench) staff() *bench {
	other := *b
	other.token, other.socket = "", true
	return &other
}

func (b *bench) surface() *surface {
	if b.socket {
		return b.server.unix
	}
	return b.server.tcp
}

// do sends a request; header holds names and values in turn.
func (b *bench) do(method, target, body string, header ...string) *http.Response {
	b.t.Helper()
	r := httptest.NewRequest(method, target, strings.NewReader(body))
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	if b.token != "" {
		r.Header.Set("Authorization", "Bearer "+b.token)
	}
	for i := 0; i < len(header); i += 2 {
		if header[i+1] == "" {
			r.Header.Del(header[i])
		} else {
			r.Header.Add(header[i], header[i+1])
		}
	}
	return b.send(r, body)
}

func (b *bench) send(r *http.Request, body string) *http.Response {
	b.t.Helper()
	w := httptest.NewRecorder()
	b.surface().router.ServeHTTP(w, r)
	answer := w.Result()
	b.conform(r, body, answer, w.Body.Bytes())
	return answer
}

// conform holds an exchange against the contract: the answer must be one the
// document lists, and a request that succeeded must be one it allows.
func (b *bench) conform(r *http.Request, body string, answer *http.Response, answered []byte) {
	b.t.Helper()
	doc, err := document()
	if err != nil {
		b.t.Fatal(err)
	}
	var m mux.RouteMatch
	path := ""
	if b.surface().router.Match(r, &m) && m.Route != nil {
		path, _ = m.Route.GetPathTemplate()
	}
	item := doc.Paths.Value(path)
	method := r.Method
	if method == http.MethodHead {
		method, answered = http.MethodGet, nil
	}
	if item == nil || item.GetOperation(method) == nil {
		if answer.StatusCode != http.StatusNoContent {
			b.isProblem(answer, answered)
		}
		return
	}
	input := &openapi3filter.RequestValidationInput{
		Request: r, PathParams: m.Vars, QueryParams: r.URL.Query(),
		Route:   &routers.Route{Spec: doc, Path: path, PathItem: item, Method: method, Operation: item.GetOperation(method)},
		Options: &openapi3filter.Options{AuthenticationFunc: openapi3filter.NoopAuthenticationFunc, IncludeResponseStatus: true},
	}
	if answer.StatusCode < 300 {
		r.Body = io.NopCloser(strings.NewReader(body))
		if err := openapi3filter.ValidateRequest(context.Background(), input); err != nil {
			b.t.Errorf("%s %s: the contract does not allow what succeeded: %v", r.Method, r.URL, err)
		}
	} else if answer.StatusCode >= 400 && r.Method != http.MethodHead {
		b.isProblem(answer, answered)
	}
	type exchanged struct {
		method, path, media, body string
		status                    int
	}
	_, known := conformed.LoadOrStore(exchanged{method, path, answer.Header.Get("Content-Type"), string(answered), answer.StatusCode}, true)
	output := &openapi3filter.ResponseValidationInput{
		RequestValidationInput: input, Status: answer.StatusCode, Header: answer.Header,
		Options: &openapi3filter.Options{IncludeResponseStatus: true, ExcludeResponseBody: known || r.Method == http.MethodHead},
	}
	output.SetBodyBytes(answered)
	if err := openapi3filter.ValidateResponse(context.Background(), output); err != nil {
		b.t.Errorf("%s %s: the contract does not know this answer %d %s: %v", r.Method, r.URL, answer.StatusCode, answered, err)
	}
}

func (b *bench) isProblem(answer *http.Response, body []byte) {
	b.t.Helper()
	if ct := answer.Header.Get("Content-Type"); ct != "application/problem+json" {
		b.t.Errorf("status %d came as %q", answer.StatusCode, ct)
	}
	doc, _ := document()
	value, err := openapi3filter.JSONBodyDecoder(bytes.NewReader(body), nil, nil, nil)
	if err == nil {
		err = doc.Components.Schemas["Problem"].Value.VisitJSON(value)
	}
	if err != nil {
		b.t.Errorf("status %d with %q is not a problem: %v", answer.StatusCode, body, err)
	}
}

// text reads the body of an answer.
func text(t testing.TB, answer *http.Response) string {
	t.Helper()
	b, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// want checks the status and, for a problem, its slug.
func want(t testing.TB, answer *http.Response, status int, slug string) string {
	t.Helper()
	body := text(t, answer)
	if answer.StatusCode != status || slug != "" && !strings.Contains(body, `"urn:cubby:problem:`+slug+`"`) {
		t.Errorf("got %d %s, want %d %s", answer.StatusCode, body, status, slug)
	}
	return body
}
