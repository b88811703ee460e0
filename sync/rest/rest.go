// Package rest is the kernel of a station's local REST endpoint: gorilla/mux on two
// doors. TCP is for integrations, each with an API key; the Unix socket is for the
// screen and the staff's tools, whom the file system lets in. Routes for staff do not
// exist on TCP.
//
// It knows no resource. Those come in families (Family), which are packages below
// cubby/sync/api: a family brings its routes with their scopes, reads its bodies by
// declaration, and has a fragment of the contract that is served.
//
// The package owns its listeners, its streams and a short memory of keys. What outlives a
// restart it has kept by a Kept (package kept): answers to POSTs with an Idempotency-Key, and
// when keys were used last. Handlers answer with 2xx what has been committed before. All
// methods of Server are safe for concurrent use.
//
// Nothing personal and no secret is logged: lines name the method, the
// route's template, the status, the time taken and the key's name.
package rest

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// Keys finds who holds an API key by the SHA-256 of its token, of revoked keys too.
type Keys interface {
	Holder(ctx context.Context, hash [32]byte) (Holder, bool, error)
}

// A Holder is a client as its key names it.
type Holder struct {
	Name    string
	Scopes  []string
	Revoked bool

	Old       bool      // it came with the token before the one that counts from now on
	Ends      time.Time // when that one lets nobody in any more, by the wall clock; zero: it goes on
	PerMinute int       // requests it may send in a minute, 0: as many as all (Config.PerMinute)
}

// Config is what a Server is made of. Zero limits mean the defaults named.
type Config struct {
	Families []Family // all resources; the contract has them in this order
	Head     []byte   // title and tags of the contract (openapi.Document); nil: a station's
	Keys     Keys
	Badges   Badges // of the staff; nil: none is known
	KeysBy   string // who makes keys and where, for people; empty: a station's staff
	Log      *slog.Logger

	// Hosts are the names in lower case under which the endpoint may be asked over
	// loopback, besides localhost and literal addresses; nil: any. AllowedOrigins are
	// those whose pages may read routes that are CrossOrigin in a browser.
	Hosts, AllowedOrigins []string

	// Pages answer on TCP what is below neither /v1/ nor /sync/ and has no route; nil:
	// nobody does.
	Pages http.Handler

	Closed string // why nothing is served but what is WhenClosed, for people; empty: all is

	// Kept is what outlives a restart: answers to POSTs with an Idempotency-Key, and when keys
	// were used last; nil: nothing does, and that header says nothing.
	Kept Kept

	PerMinute      int           // requests of one key on TCP in a minute, on average; 0: no limit
	MaxRequests    int           // answered at the same moment on each door, 256
	MaxStreams     int           // long polls and event streams at the same moment on each door, 64
	MaxConnections int           // open TCP connections, 1024
	Deadline       time.Duration // of an ordinary request, 10 s
}

// A Server answers on both doors. Make it with New.
type Server struct {
	Config
	keys    keyring
	guard   guard
	tickets tickets
	brake   brake
	limits  limits
	running running
	patches turns
	metrics *metrics
	scopes  scopes

	document    []byte // the contract
	documentTag string

	tcp  *surface
	unix *surface

	stop     chan struct{} // closed when the server ends: streams and long polls go home
	stopOnce sync.Once
}

// New makes a server that listens nowhere yet.
func New(c Config) (*Server, error) {
	if c.Keys == nil || c.Log == nil {
		return nil, errors.New("rest: Keys and Log must be given")
	}
	if err := check(c.Families); err != nil {
		return nil, err
	}
	c.KeysBy = cmp.Or(c.KeysBy, "staff make them on the station itself")
	def := func(n *int, standard int) {
		if *n <= 0 {
			*n = standard
		}
	}
	def(&c.MaxRequests, 256)
	def(&c.MaxStreams, 64)
	def(&c.MaxConnections, 1024)
	if c.Deadline <= 0 {
		c.Deadline = 10 * time.Second
	}
	s := &Server{Config: c, metrics: newMetrics(), stop: make(chan struct{})}
	var err error
	if s.scopes, err = newScopes(c.Families); err != nil {
		return nil, err
	}
	if err := s.contract(); err != nil {
		return nil, err
	}
	s.keys.find, s.keys.scopes = c.Keys.Holder, s.scopes
	for _, f := range c.Families {
		if err := s.Register(f.Metrics...); err != nil {
			return nil, fmt.Errorf("rest: family %s: %w", f.Name, err)
		}
	}
	s.tcp = newSurface(s, false)
	s.unix = newSurface(s, true)
	return s, nil
}

// Handler is the TCP door without a listener.
func (s *Server) Handler() http.Handler { return s.tcp.router }

// SocketHandler is the Unix socket's door without a listener. Whoever reaches
// it is staff; never put it on TCP.
func (s *Server) SocketHandler() http.Handler { return s.unix.router }

// Register adds collectors to what GET /metrics shows.
func (s *Server) Register(more ...prometheus.Collector) error {
	for _, c := range more {
		if err := s.metrics.registry.Register(c); err != nil {
			return err
		}
	}
	return nil
}

// Close ends all streams and makes ServeTCP and ServeUnix return, after the
// requests under way have had a few seconds to finish.
func (s *Server) Close() { s.stopOnce.Do(func() { close(s.stop) }) }
