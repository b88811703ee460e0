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

	"cubby/sync/api"
	"cubby/sync/api/configuration"
	"cubby/sync/openapi/proof"
	"cubby/sync/rest"
)

// Document is the contract of the families there are.
var Document = sync.OnceValues(func() (*openapi3.T, error) {
	s, err := rest.New(
		rest.Config{Families: api.Families(api.Site{}), Keys: NewCore(), Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		return nil, err
	}
	return proof.Load(s.Document())
})

// Contract is what the server of this bench serves.
func (b *Bench) Contract() *openapi3.T {
	b.T.Helper()
	doc, err := proof.Load(b.Server.Document())
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
	c := Setup{Site: api.Site{Name: "test", Station: b.Core, Reader: b.Core, Webhooks: new(Hooks),
		Commission: new(Conversation), Configuration: someConfiguration, Notices: new(Notices),
		Catalogue: shop(t), Prices: somePrices(t)}}
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
		"stories:read", "staff:read", "staff:act", "orders:read", "orders:write", "stock:read", "stock:write",
		"returns:read", "returns:write", "returns:decide", "refunds:write", "webhooks:read", "webhooks:write",
		"configuration:read", "customers:read", "customers:write", "catalogue:read", "catalogue:write")
	t.Cleanup(b.Server.Close)
	return b
}

func someConfiguration(context.Context) (configuration.Told, error) {
	return configuration.Told{
		Values:   map[string]any{"station": map[string]any{"name": "Test", "data_dir": "set"}},
		FromFile: []string{"station.name"},
	}, nil
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
	b.typed(r)
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

// Endpoint is the door in use, with its contract.
func (b *Bench) Endpoint() proof.Endpoint {
	b.T.Helper()
	return proof.Endpoint{T: b.T, Doc: b.Contract(), Door: b.Door()}
}

// Send sends a request that is made already.
func (b *Bench) Send(r *http.Request, body string) *http.Response {
	b.T.Helper()
	return b.Endpoint().Send(r, body)
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
