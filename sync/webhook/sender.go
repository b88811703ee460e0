package webhook

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"time"

	"cubby/sync/db"
)

// Config is what a Sender works with.
type Config struct {
	// Types of the events there are; empty: any. A filter that fits none is refused.
	Types []string

	DB    *db.Database // with the tables of Schema
	Vault Vault
	Log   *slog.Logger
	// AllowPrivate lets endpoints be on this machine and in private networks, and be
	// asked without TLS. Only configuration says so.
	AllowPrivate bool
	Random       func() float64    // from 0 to below 1
	Transport    http.RoundTripper // nil: its own, which asks no private address
}

// A Sender posts what waits.
type Sender struct {
	cfg     Config
	http    *http.Client
	wake    chan struct{}
	working sync.WaitGroup

	mu   sync.Mutex      // guards what follows
	busy map[string]bool // endpoints that are posted to now
}

// Waits between tries; behind the last one an event is dead. Together they are three days
// and seven hours.
var waits = []time.Duration{
	5 * time.Second, 5 * time.Minute, 30 * time.Minute, 2 * time.Hour, 5 * time.Hour, 10 * time.Hour,
	14 * time.Hour,
	20 * time.Hour, 24 * time.Hour,
}

const (
	within     = 20 * time.Second // one try, with its answer
	mostAfter  = 6 * time.Hour    // of Retry-After
	mostAnswer = 4 << 10          // bytes of an answer that are read
	restsFor   = 15 * time.Minute // between looks when nothing is due
)

// New makes a Sender. Run has it work.
func New(c Config) *Sender {
	s := &Sender{cfg: c, wake: make(chan struct{}, 1), busy: map[string]bool{}}
	dialer := &net.Dialer{Timeout: 10 * time.Second, Control: s.guard}
	s.http = &http.Client{
		Timeout:       within,
		Transport:     c.Transport,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	if c.Transport == nil {
		s.http.Transport = &http.Transport{
			DialContext: dialer.DialContext, TLSHandshakeTimeout: 10 * time.Second, MaxIdleConnsPerHost: 2,
			IdleConnTimeout: time.Minute, Proxy: nil, MaxResponseHeaderBytes: mostAnswer,
		}
	}
	return s
}

// An Event is posted as it is.
type Event struct {
	ID      string // the same each time
	Type    string
	Subject string // what it is about: events of one subject are posted in their order
	Body    []byte // JSON, without what only some may know
}

// Hear has events posted to all endpoints that want them, once each however often they are
// heard. Call it in the transaction that made them known, and Wake after its commit.
func (s *Sender) Hear(tx *db.Tx, events ...Event) error {
	if len(events) == 0 {
		return nil
	}
	rows, err := tx.Query(allEndpoints)
	all, err := endpoints(rows, err)
	if err != nil {
		return err
	}
	now := time.Now().UnixMilli()
	for _, e := range events {
		for _, at := range all {
			if at.Disabled != "" || !at.Wants(e.Type) {
				continue
			}
			if err := s.keep(tx, at, e, now); err != nil {
				return err
			}
		}
	}
	return nil
}

// behind is when an event is due that has to wait for another one of its subject.
const behind = 1 << 52 // milliseconds: never

// next has the event posted that was behind those of its subject that have ended.
func next(tx *db.Tx, d delivery, now time.Time) error {
	_, err := tx.Exec("UPDATE webhook_deliveries SET due = ? WHERE due = ? AND n = (SELECT min(n) FROM "+
		"webhook_deliveries WHERE endpoint = ? AND subject = ? AND state = 'waits')", now.UnixMilli(),
		int64(behind), d.endpoint, d.subject)
	return err
}

// keep has one event wait for an endpoint, unless it did before.
func (s *Sender) keep(tx *db.Tx, at Endpoint, e Event, now int64) error {
	due := now
	var before int64
	if err := tx.QueryRow("SELECT count(*) FROM (SELECT 1 FROM webhook_deliveries WHERE endpoint = ? AND "+
		"subject = ? AND state = 'waits' LIMIT 1) AS one", at.ID, e.Subject).Scan(&before); err != nil {
		return err
	}
	if before > 0 {
		due = behind
	}
	n, err := tx.Next("webhook_deliveries")
	if err != nil {
		return err
	}
	_, err = tx.Exec("INSERT INTO webhook_deliveries (n, endpoint, event, type, subject, sealed, state, due, "+
		"created) VALUES (?, ?, ?, ?, ?, ?, 'waits', ?, ?) ON CONFLICT (endpoint, event) DO NOTHING",
		n, at.ID, e.ID, e.Type, e.Subject, s.cfg.Vault.Seal(e.Body), due, now)
	return err
}

// Wake has what is due posted now.
func (s *Sender) Wake() {
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

// Run posts what is due until ctx ends.
func (s *Sender) Run(ctx context.Context) error {
	defer s.http.CloseIdleConnections()
	defer s.working.Wait()
	var tidied time.Time
	for ctx.Err() == nil {
		if now := time.Now(); now.Sub(tidied) >= time.Hour {
			tidied = now
			if err := s.tidy(ctx); err != nil && ctx.Err() == nil {
				s.cfg.Log.Warn("the log of webhooks is not shortened", "error", err)
			}
		}
		next, err := s.round(ctx)
		if err != nil && ctx.Err() == nil {
			s.cfg.Log.Error("webhooks cannot be posted", "error", err)
			next = time.Now().Add(time.Minute)
		}
		timer := time.NewTimer(min(max(time.Until(next), 10*time.Millisecond), restsFor))
		select {
		case <-ctx.Done():
		case <-s.wake:
		case <-timer.C:
		}
		timer.Stop()
	}
	return nil
}

// A delivery is one event for one endpoint.
type delivery struct {
	n        int64
	endpoint string
	event    string
	subject  string
	sealed   []byte
	attempts int
}

// round has the first event of each subject posted that is due, and says when the next one
// is. It waits for no receiver: each endpoint is posted to at its own pace, one event after
// the other.
func (s *Sender) round(ctx context.Context) (next time.Time, err error) {
	now := time.Now()
	next = now.Add(restsFor)
	all, err := s.Endpoints(ctx)
	if err != nil {
		return next, err
	}
	for _, e := range all {
		if e.Disabled != "" || !s.begin(e.ID) {
			continue
		}
		due, at, err := s.due(ctx, e.ID, now)
		if err != nil || len(due) == 0 {
			s.end(e.ID)
			if err != nil {
				return next, err
			}
		} else {
			s.working.Go(func() {
				s.postAll(ctx, e.ID, due)
				s.end(e.ID)
				s.Wake()
			})
		}
		if at.Before(next) {
			next = at
		}
	}
	return next, nil
}

const perRound = 50 // events of one endpoint

// longest is behind when no try is set: one that seems to be was set by a clock that was
// wrong, and is due.
const longest = 36 * time.Hour

// due are the events that an endpoint is to be posted now, and when there are others.
func (s *Sender) due(ctx context.Context, endpoint string, now time.Time) (all []delivery, next time.Time,
	err error) {
	rows, err := s.cfg.DB.Query(ctx, "SELECT n, endpoint, event, subject, sealed, attempts FROM "+
		"webhook_deliveries d WHERE endpoint = ? AND state = 'waits' AND (due <= ? OR due > ? AND due < "+
		"?) AND NOT "+
		"EXISTS (SELECT 1 FROM "+
		"webhook_deliveries b WHERE b.endpoint = d.endpoint AND b.subject = d.subject AND b.state = 'waits' AND "+
		"b.n < d.n) ORDER BY due, n LIMIT ?", endpoint, now.UnixMilli(), now.Add(longest).UnixMilli(),
		int64(behind),
		perRound)
	if err != nil {
		return nil, next, err
	}
	for rows.Next() {
		var d delivery
		err := rows.Scan(&d.n, &d.endpoint, &d.event, &d.subject, &d.sealed, &d.attempts)
		if err != nil {
			return nil, next, errors.Join(err, rows.Close())
		}
		all = append(all, d)
	}
	if err := errors.Join(rows.Err(), rows.Close()); err != nil {
		return nil, next, err
	}
	var at int64
	err = s.cfg.DB.QueryRow(ctx, "SELECT coalesce(min(due), ?) FROM webhook_deliveries WHERE endpoint = ? AND "+
		"state = 'waits' AND due > ?", int64(behind), endpoint, now.UnixMilli()).Scan(&at)
	return all, time.UnixMilli(at), err
}

// begin reports whether nobody posts to an endpoint, and notes that somebody does now.
func (s *Sender) begin(endpoint string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.busy[endpoint] {
		return false
	}
	s.busy[endpoint] = true
	return true
}

func (s *Sender) end(endpoint string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.busy, endpoint)
}

// postAll posts what is due at one endpoint.
func (s *Sender) postAll(ctx context.Context, endpoint string, all []delivery) {
	for _, d := range all {
		if ctx.Err() != nil {
			return
		}
		if err := s.post(ctx, d); err != nil && ctx.Err() == nil {
			s.cfg.Log.Error("webhooks cannot be posted", "endpoint", endpoint, "error", err)
			select { // so that a disk that is full is not asked without end
			case <-ctx.Done():
			case <-time.After(time.Minute):
			}
			return
		}
	}
}
