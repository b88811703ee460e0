// Package rest is the local REST endpoint of a station: gorilla/mux on two
// doors. TCP is for integrations, each with an API key; the Unix socket is
// for the screen and the staff's tools, whom the file system lets in. The
// routes of one door do not exist on the other. The contract is the OpenAPI
// document in package openapi; tests hold both against each other.
//
// The package owns its listeners, its streams and a short memory of keys. It
// keeps nothing else: what it answers with 2xx has been committed by the
// Station before, and after a crash it starts empty. All methods of Server
// are safe for concurrent use.
//
// Nothing personal and no secret is logged: lines name the method, the
// route's template, the status, the time taken and the key's name.
package rest

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"cubby/locker"
	"cubby/locker/calendar"
	"cubby/locker/health"
	"cubby/locker/view"
)

// Station is the one writer. Its methods answer after the commit; what the
// rules refuse comes back as a *locker.Refusal.
type Station interface {
	// Announce creates or replaces the announcement of a parcel.
	Announce(ctx context.Context, id string, a locker.Announcement, cond locker.Condition, actor string) (locker.Parcel, locker.Outcome, error)
	// Cancel ends a parcel that has not arrived. Repeating it is no error.
	Cancel(ctx context.Context, id string, cond locker.Condition, actor string) (locker.Parcel, error)

	// Hold keeps a parcel from its bearer, and Release ends that. Neither is an
	// error when repeated; the reason may be empty.
	Hold(ctx context.Context, id, reason string, cond locker.Condition, actor string) (locker.Parcel, error)
	Release(ctx context.Context, id, reason string, cond locker.Condition, actor string) (locker.Parcel, error)

	// EraseRecipient erases what is kept of a parcel's recipient. Repeating it is no error.
	EraseRecipient(ctx context.Context, id string, cond locker.Condition, actor string) (locker.Parcel, error)

	// Restore makes a compartment free again that was quarantined or out of service.
	Restore(ctx context.Context, compartment, reason, actor string) (locker.Compartment, error)
	// OutOfService takes a compartment out of use.
	OutOfService(ctx context.Context, compartment, reason, actor string) (locker.Compartment, error)
	// Compartments is a snapshot in the order of the wall.
	Compartments() []locker.Compartment

	// Devices is how everything fares: devices, then the doors of the wall.
	Devices() []health.Device
	// Clock is how the machine's clock and the station's calendar stand to each
	// other; AcceptClock sets the calendar to a clock that is doubted.
	Clock() calendar.Standing
	AcceptClock(ctx context.Context, actor string) (calendar.Standing, error)
	// TestPage prints a page on the printer named, and PrintAgain a job that is
	// kept; PrintJobs lists those. None waits for the paper.
	TestPage(printer string) (job string, err error)
	PrintAgain(job string) error
	PrintJobs() []locker.PrintJob

	// Act does what a person touched on the screen.
	Act(ctx context.Context, a view.Action) error
	// HasTerminal reports whether there is a terminal of this name; the empty one is the kiosk.
	HasTerminal(name string) bool
	// View is what the screen of a terminal shows now.
	View(terminal string) view.View
	// Views delivers the view and every change of it until ctx ends, when the
	// channel is closed. A slow receiver misses views, never the latest.
	Views(ctx context.Context, terminal string) <-chan view.View

	// AddKey makes a key. Codes wait for a client that may read them, unless it only reads.
	AddKey(ctx context.Context, name string, scopes []string, readsOnly bool) (token string, err error)
	Keys(ctx context.Context) ([]locker.Key, error)
	RevokeKey(ctx context.Context, name string) error
	AddCourier(ctx context.Context, name, card string) (locker.CourierSecrets, error) // card: as a person types it; may be empty
	Couriers(ctx context.Context) ([]locker.Courier, error)
	RemoveCourier(ctx context.Context, id string) error

	// Ready is nil, or why the station cannot serve.
	Ready() error
}

// Reader reads what is committed. It is safe for concurrent use. It reads one log,
// which only grows; a log that was restored needs another Reader and another Server.
type Reader interface {
	// Parcel reads one parcel and what is known of its recipient, nil when
	// nothing is. An id that is not here is refused as NotFound.
	Parcel(ctx context.Context, id string) (locker.Parcel, *locker.Recipient, error)
	// Parcels reads a page ordered by id. next is the After of the following
	// page, empty on the last.
	Parcels(ctx context.Context, f locker.ParcelFilter) (page []locker.Parcel, next string, err error)

	// Feed reads up to limit events behind the sequence after. With codes,
	// clear pickup codes that are still kept are joined in.
	Feed(ctx context.Context, after int64, limit int, withCodes bool) (locker.FeedPage, error)
	// FeedHead is the sequence of the newest event, 0 when there is none.
	FeedHead() int64
	// FeedChanged is closed at the next commit that adds events. Take a new
	// one before every read whose emptiness is waited upon.
	FeedChanged() <-chan struct{}
	// Acknowledge notes that the client of a key has every clear code of the events
	// up to through. It is cheap when none of them waits for this client.
	Acknowledge(ctx context.Context, client string, through int64) error
	// Mark is the mark of the life of the log to which the sequence seq belongs,
	// from 0 to FeedHead. Two logs have the same mark there exactly as long as
	// they have the same events up to there.
	Mark(seq int64) [8]byte

	// KeyByHash finds an API key by SHA-256 of its token, revoked ones included.
	KeyByHash(ctx context.Context, hash [32]byte) (locker.Key, bool, error)
}

// Config is what a Server is made of. Zero limits mean the defaults named.
type Config struct {
	Station   Station
	Reader    Reader
	Log       *slog.Logger
	StationID string // told in the health answers; the station's random id

	Commission Commissioner // nil: the site cannot be commissioned through this endpoint
	// Hosts are the names in lower case under which the endpoint may be asked over
	// loopback, besides localhost and literal addresses; nil: any. AllowedOrigins are
	// those whose pages may read the feed in a browser.
	Hosts, AllowedOrigins []string
	// CursorKey proves to the station that it has given out a cursor; empty: it
	// believes whatever says so.
	CursorKey []byte

	Closed string // why nothing but commissioning is served, for people; empty: all is

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
	metrics *metrics
	tcp     *surface
	unix    *surface

	stop     chan struct{} // closed when the server ends: streams and long polls go home
	stopOnce sync.Once

	readiness readiness
}

// New makes a server that listens nowhere yet.
func New(c Config) (*Server, error) {
	if c.Station == nil || c.Reader == nil || c.Log == nil {
		return nil, errors.New("rest: Station, Reader and Log must be given")
	}
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
	s.keys.find = c.Reader.KeyByHash
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
