// Package apitest is the bench of the endpoint's tests: a server with all resource
// families over a core in memory. Every exchange made through it is held against the
// contract.
package apitest

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

	"cubby/sync/api"
	"cubby/sync/rest"
)

// Document is the contract of the families there are.
var Document = sync.OnceValues(func() (*openapi3.T, error) {
	s, err := rest.New(
		rest.Config{Families: api.Families(api.Site{}), Keys: NewCore(), Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		return nil, err
	}
	return load(s.Document())
})

// loaded are the contracts that were read before, by their text.
var loaded sync.Map

func load(text []byte) (*openapi3.T, error) {
	if known, ok := loaded.Load(string(text)); ok {
		return known.(*openapi3.T), nil
	}
	openapi3filter.RegisterBodyDecoder("application/cloudevents-batch+json", openapi3filter.JSONBodyDecoder)
	openapi3filter.RegisterBodyDecoder("image/png", openapi3filter.FileBodyDecoder)
	openapi3filter.RegisterBodyDecoder("text/event-stream", openapi3filter.PlainBodyDecoder)
	openapi3filter.RegisterBodyDecoder("text/csv", openapi3filter.PlainBodyDecoder)
	doc, err := openapi3.NewLoader().LoadFromData(text)
	if err == nil {
		loaded.Store(string(text), doc)
	}
	return doc, err
}

// Contract is what the server of this bench serves.
func (b *Bench) Contract() *openapi3.T {
	b.T.Helper()
	doc, err := load(b.Server.Document())
	if err != nil {
		b.T.Fatal(err)
	}
	return doc
}

// A Bench is a server over a core in memory. Every exchange made through it
// is held against the contract.
type Bench struct {
	Core   *Core
	Server *rest.Server
	Logged *Buffer
	Token  string     // sent with every request unless empty
	Socket bool       // use the socket's door
	T      testing.TB // whose failures they are
}

// conformed are the answers whose bodies were held against the contract
// before; compiling its schemas takes most of the time of these tests.
var conformed sync.Map

// A Buffer takes log lines from many goroutines.
type Buffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

// Write takes a line.
func (l *Buffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

// String is all there is.
func (l *Buffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// A Setup is what a bench is made of.
type Setup struct {
	api.Site
	rest.Config
}

// New makes a bench with a key that may do everything.
func New(t testing.TB, change ...func(*Setup)) *Bench {
	t.Helper()
	b := &Bench{T: t, Core: NewCore(), Logged: new(Buffer)}
	c := Setup{Site: api.Site{Name: "test", Station: b.Core, Reader: b.Core, Commission: new(Conversation)}}
	c.Badges = b.Core
	c.Keys, c.Log = b.Core, slog.New(
		slog.NewJSONHandler(b.Logged, &slog.HandlerOptions{Level: slog.LevelDebug}))
	for _, f := range change {
		f(&c)
	}
	c.Families = append(api.Families(c.Site), c.Families...)
	var err error
	if b.Server, err = rest.New(c.Config); err != nil {
		t.Fatal(err)
	}
	b.Token = b.Core.Grant(
		"all", "parcels:read", "parcels:write", "events:read", "codes:read", "compartments:read", "operate",
		"stories:read", "staff:read", "staff:act", "orders:read", "orders:write", "stock:read",
		"returns:read", "returns:write", "returns:decide", "refunds:write")
	t.Cleanup(b.Server.Close)
	return b
}

// With is the same bench with another key.
func (b *Bench) With(token string) *Bench {
	other := *b
	other.Token = token
	return &other
}

// Staff is the same bench at the socket's door.
func (b *Bench) Staff() *Bench {
	other := *b
	other.Token, other.Socket = "", true
	return &other
}

// Door is the handler of the door in use.
func (b *Bench) Door() http.Handler {
	if b.Socket {
		return b.Server.SocketHandler()
	}
	return b.Server.Handler()
}

// Do sends a request; header holds names and values in turn.
func (b *Bench) Do(method, target, body string, header ...string) *http.Response {
	b.T.Helper()
	r := httptest.NewRequest(method, target, strings.NewReader(body))
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	if b.Token != "" {
		r.Header.Set("Authorization", "Bearer "+b.Token)
	}
	for i := 0; i < len(header); i += 2 {
		if header[i+1] == "" {
			r.Header.Del(header[i])
		} else {
			r.Header.Add(header[i], header[i+1])
		}
	}
	return b.Send(r, body)
}

// Send sends a request that is made already.
func (b *Bench) Send(r *http.Request, body string) *http.Response {
	b.T.Helper()
	w := httptest.NewRecorder()
	b.Door().ServeHTTP(w, r)
	answer := w.Result()
	b.Conform(r, body, answer, w.Body.Bytes())
	return answer
}

// Conform holds an exchange against the contract: the answer must be one the
// document lists, and a request that succeeded must be one it allows.
func (b *Bench) Conform(r *http.Request, body string, answer *http.Response, answered []byte) {
	b.T.Helper()
	doc := b.Contract()
	var m mux.RouteMatch
	path := ""
	if b.Door().(*mux.Router).Match(r, &m) && m.Route != nil {
		path, _ = m.Route.GetPathTemplate()
	}
	item := doc.Paths.Value(path)
	method := r.Method
	if method == http.MethodHead {
		method, answered = http.MethodGet, nil
	}
	if item == nil || item.GetOperation(method) == nil {
		if answer.StatusCode != http.StatusNoContent {
			b.IsProblem(answer, answered)
		}
		return
	}
	input := &openapi3filter.RequestValidationInput{
		Request: r, PathParams: m.Vars, QueryParams: r.URL.Query(),
		Route: &routers.Route{
			Spec:      doc,
			Path:      path,
			PathItem:  item,
			Method:    method,
			Operation: item.GetOperation(method),
		},
		Options: &openapi3filter.Options{
			AuthenticationFunc:    openapi3filter.NoopAuthenticationFunc,
			IncludeResponseStatus: true,
		},
	}
	if answer.StatusCode < 300 {
		r.Body = io.NopCloser(strings.NewReader(body))
		if err := openapi3filter.ValidateRequest(context.Background(), input); err != nil {
			b.T.Errorf("%s %s: the contract does not allow what succeeded: %v", r.Method, r.URL, err)
		}
	} else if answer.StatusCode >= 400 && r.Method != http.MethodHead {
		b.IsProblem(answer, answered)
	}
	type exchanged struct {
		method, path, media, body string
		status                    int
	}
	_, known := conformed.LoadOrStore(
		exchanged{method, path, answer.Header.Get("Content-Type"), string(answered), answer.StatusCode},
		true)
	output := &openapi3filter.ResponseValidationInput{
		RequestValidationInput: input, Status: answer.StatusCode, Header: answer.Header,
		Options: &openapi3filter.Options{
			IncludeResponseStatus: true,
			ExcludeResponseBody:   known || r.Method == http.MethodHead,
		},
	}
	output.SetBodyBytes(answered)
	if err := openapi3filter.ValidateResponse(context.Background(), output); err != nil {
		b.T.Errorf(
			"%s %s: the contract does not know this answer %d %s: %v", r.Method, r.URL, answer.StatusCode,
			answered, err)
	}
}

// IsProblem holds an answer against the schema of problems.
func (b *Bench) IsProblem(answer *http.Response, body []byte) {
	b.T.Helper()
	if ct := answer.Header.Get("Content-Type"); ct != "application/problem+json" {
		b.T.Errorf("status %d came as %q", answer.StatusCode, ct)
	}
	doc := b.Contract()
	value, err := openapi3filter.JSONBodyDecoder(bytes.NewReader(body), nil, nil, nil)
	if err == nil {
		err = doc.Components.Schemas["Problem"].Value.VisitJSON(value)
	}
	if err != nil {
		b.T.Errorf("status %d with %q is not a problem: %v", answer.StatusCode, body, err)
	}
}

// Text reads the body of an answer.
func Text(t testing.TB, answer *http.Response) string {
	t.Helper()
	b, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// Want checks the status and, for a problem, its slug.
func Want(t testing.TB, answer *http.Response, status int, slug string) string {
	t.Helper()
	body := Text(t, answer)
	if answer.StatusCode != status || slug != "" && !strings.Contains(body, `"urn:cubby:problem:`+slug+`"`) {
		t.Errorf("got %d %s, want %d %s", answer.StatusCode, body, status, slug)
	}
	return body
}
