package rest

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"runtime/debug"
	"time"

	"cubby/sync/problem"
)

// An Exchange is one request with its answer on the way. It is a
// ResponseWriter that remembers the status, and belongs to one goroutine.
type Exchange struct {
	http.ResponseWriter
	r       *http.Request
	ctx     context.Context // ends with the deadline; r.Context() ends with the connection
	surface *surface
	who     caller
	e       *bound
	query   url.Values // once it has been read
	status  int        // 0 until the header is written
	placed  bool       // holds a place among the requests
	shared  bool       // that is counted against the caller's share
	read    bool       // the body, to its end
	// of the Idempotency-Key by which it runs; zero: none
	repeating [32]byte
	waited    bool // was a long poll or a stream: its time says nothing

	routine bool   // a 503 is an answer like others: not worth a line of its own
	slug    string // of the problem answered
	marker  string // its Instance
}

// WriteHeader notes the status.
func (x *Exchange) WriteHeader(status int) {
	if x.status == 0 {
		x.status = status
		if !x.read &&
			x.r.ContentLength != 0 { // of a slow body nobody asked for the server would wait for the end
			http.NewResponseController(x.ResponseWriter).SetReadDeadline(time.Now().Add(unreadPatience))
			guestOf(x.r).set(false)
		}
	}
	x.ResponseWriter.WriteHeader(status)
}

func (x *Exchange) Write(b []byte) (int, error) {
	if x.status == 0 {
		x.WriteHeader(http.StatusOK)
	}
	return x.ResponseWriter.Write(b)
}

// Unwrap lets http.ResponseController reach the connection.
func (x *Exchange) Unwrap() http.ResponseWriter { return x.ResponseWriter }

var noStore, noSniff = []string{"no-store"}, []string{"nosniff"}

// serve runs one route: a place, the caller's rights, the deadline, and one
// answer whatever happens.
func (u *surface) serve(e *bound, w http.ResponseWriter, r *http.Request) {
	s := u.server
	began := time.Now()
	h := w.Header()
	h["Cache-Control"] = noStore
	h["X-Content-Type-Options"] = noSniff
	ctx, cancel := context.WithTimeout(r.Context(), s.Deadline)
	x := &Exchange{ResponseWriter: w, r: r, ctx: ctx, surface: u, e: e}
	guestOf(r).set(true)
	defer func() {
		cancel()
		x.unseat()
		s.record(e, x, time.Since(began))
	}()
	if err := u.attempt(e, x); err != nil {
		s.fail(e, x, err)
	}
}

// attempt runs the route and makes an error of a panic.
func (u *surface) attempt(e *bound, x *Exchange) (err error) {
	defer func() {
		if p := recover(); p != nil {
			if p == http.ErrAbortHandler {
				panic(p)
			}
			err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
		}
	}()
	if err := u.server.rightHost(x.r); err != nil {
		return err
	}
	if !x.seat() {
		return problem.New(http.StatusServiceUnavailable, "busy",
			"too many requests at the same moment; try again in a second").Again(1)
	}
	if err := u.server.closed(e); err != nil { // before keys are asked for, which nobody knows then
		return err
	}
	if err := u.server.admit(e, x); err != nil {
		return err
	}
	if !x.share() {
		return problem.New(http.StatusServiceUnavailable, "busy",
			"this key has as many requests under way as its share allows; wait for their answers, then "+
				"try again").Again(1)
	}
	if e.CrossOrigin {
		x.crossOrigin()
	}
	if e.Entry != Open {
		if err := x.readQuery(); err != nil {
			return err
		}
	}
	return x.run()
}

// fail answers with the problem an error maps to.
func (s *Server) fail(e *bound, x *Exchange, err error) {
	if x.status != 0 { // too late for an answer; cut the connection so that the reader notices
		if x.r.Context().Err() == nil {
			s.Log.Error("an answer broke off", "method", e.Method, "route", e.Path, "error", err)
		}
		panic(http.ErrAbortHandler)
	}
	p, internal := problem.Of(err)
	x.slug = p.Slug()
	if errors.Is(err, context.Canceled) && x.r.Context().Err() != nil {
		x.status = 499 // the caller has gone; nobody reads an answer
		return
	}
	if err := p.Write(x); err != nil && x.r.Context().Err() == nil {
		s.Log.Debug("a problem could not be sent", "error", err)
	}
	x.marker = p.Instance
	if internal {
		s.Log.Error(
			"a fault of our own", "method", e.Method, "route", e.Path, "instance", p.Instance, "error", err)
	}
}

// record counts and logs a finished exchange.
func (s *Server) record(e *bound, x *Exchange, took time.Duration) {
	if x.status == 0 {
		x.status = http.StatusOK
	}
	e.counts.add(x.status)
	if !x.waited {
		e.seconds.Observe(took.Seconds())
	}
	level := slog.LevelDebug
	switch {
	case x.status == http.StatusInternalServerError:
		level = slog.LevelError
	case x.routine && x.status == http.StatusServiceUnavailable:
	case x.status == http.StatusUnauthorized || x.status == http.StatusForbidden || x.status >= 500:
		level = slog.LevelWarn
	case x.status >= 400 && x.status != http.StatusTooManyRequests:
		level = slog.LevelInfo
	}
	if !s.Log.Enabled(context.Background(), level) {
		return
	}
	var unlogged int64
	if level == slog.LevelInfo || level == slog.LevelWarn {
		var ok bool
		if ok, unlogged = s.brake.allow(x.who.name, time.Now()); !ok {
			s.metrics.unlogged.Inc()
			return
		}
	}
	method := e.Method
	if x.r.Method == http.MethodHead {
		method = x.r.Method
	}
	attrs := []slog.Attr{
		slog.String("method", method), slog.String("route", e.Path), slog.Int("status", x.status),
		slog.Float64("ms", float64(took.Microseconds())/1000), slog.String("key", x.who.name),
	}
	if x.slug != "" {
		attrs = append(attrs, slog.String("problem", x.slug), slog.String("instance", x.marker))
	}
	if x.status == http.StatusUnauthorized {
		attrs = append(attrs, slog.String("remote", x.r.RemoteAddr))
	}
	if unlogged > 0 {
		attrs = append(attrs, slog.Int64("not_logged_before", unlogged))
	}
	s.Log.LogAttrs(context.Background(), level, "request", attrs...)
}
