package webhook

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"cubby/sync/db"
)

// Config is what a Sender works with.
type Config struct {
	DB    *db.Database // with the tables of Schema
	Vault Vault
	Log   *slog.Logger
	// AllowPrivate lets endpoints be on this machine and in private networks, and be
	// asked without TLS. Only configuration says so.
	AllowPrivate bool
	AtOnce       int            // endpoints that are posted to at the same moment; 0: 4
	Random       func() float64 // from 0 to below 1
}

// A Sender posts what waits.
type Sender struct {
	cfg  Config
	http *http.Client
	wake chan struct{}
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
	restsFor   = time.Minute      // between looks when nothing is due
)

// New makes a Sender. Run has it work.
func New(c Config) *Sender {
	if c.AtOnce <= 0 {
		c.AtOnce = 4
	}
	s := &Sender{cfg: c, wake: make(chan struct{}, 1)}
	dialer := &net.Dialer{Timeout: 10 * time.Second, Control: s.guard}
	s.http = &http.Client{
		Timeout: within,
		Transport: &http.Transport{
			DialContext: dialer.DialContext, TLSHandshakeTimeout: 10 * time.Second, MaxIdleConnsPerHost: 2,
			IdleConnTimeout: time.Minute, Proxy: nil,
		},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	return s
}

var errPrivate = errors.New("the address is of this machine or of a private network; the configuration " +
	"has to allow it")

// guard looks at the address that a name has turned out to be, right before it is asked.
func (s *Sender) guard(_, address string, _ syscall.RawConn) error {
	if s.cfg.AllowPrivate {
		return nil
	}
	at, err := netip.ParseAddrPort(address)
	if err != nil {
		return err
	}
	ip := at.Addr().Unmap()
	if !ip.IsGlobalUnicast() || ip.IsPrivate() || shared.Contains(ip) || ip.Is6() && mapped.Contains(ip) {
		return errPrivate
	}
	return nil
}

var (
	shared = netip.MustParsePrefix("100.64.0.0/10") // RFC 6598: carriers' own networks
	mapped = netip.MustParsePrefix("64:ff9b::/96")  // RFC 6052: IPv4 behind a translator
)

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

// keep has one event wait for an endpoint, unless it did before.
func (s *Sender) keep(tx *db.Tx, at Endpoint, e Event, now int64) error {
	n, err := tx.Next("webhook_deliveries")
	if err != nil {
		return err
	}
	_, err = tx.Exec("INSERT INTO webhook_deliveries (n, endpoint, event, type, subject, sealed, state, due, "+
		"created) VALUES (?, ?, ?, ?, ?, ?, 'waits', ?, ?) ON CONFLICT (endpoint, event) DO NOTHING",
		n, at.ID, e.ID, e.Type, e.Subject, s.cfg.Vault.Seal(e.Body), now, now)
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
	var tidied time.Time
	for {
		if now := time.Now(); now.Sub(tidied) >= time.Hour {
			tidied = now
			if err := s.tidy(ctx); err != nil && ctx.Err() == nil {
				s.cfg.Log.Warn("the log of webhooks is not shortened", "error", err)
			}
		}
		next, err := s.round(ctx)
		if err != nil && ctx.Err() == nil {
			s.cfg.Log.Error("webhooks cannot be posted", "error", err)
			next = time.Now().Add(restsFor)
		}
		timer := time.NewTimer(min(max(time.Until(next), 10*time.Millisecond), restsFor))
		select {
		case <-ctx.Done():
			timer.Stop()
			return nil
		case <-s.wake:
		case <-timer.C:
		}
		timer.Stop()
	}
}

// A delivery is one event for one endpoint.
type delivery struct {
	n        int64
	endpoint string
	event    string
	kind     string
	sealed   []byte
	attempts int
}

// round posts the first event of each subject that is due, and says when the next one is.
// Events of one endpoint are posted one after the other.
func (s *Sender) round(ctx context.Context) (next time.Time, err error) {
	rows, err := s.cfg.DB.Query(ctx, "SELECT n, endpoint, event, type, sealed, attempts FROM "+
		"webhook_deliveries d "+
		"WHERE state = 'waits' AND due <= ? AND NOT EXISTS (SELECT 1 FROM webhook_deliveries b "+
		"WHERE b.endpoint = d.endpoint AND b.subject = d.subject AND b.state = 'waits' AND b.n < d.n) "+
		"ORDER BY n LIMIT 200", time.Now().UnixMilli())
	if err != nil {
		return next, err
	}
	due := map[string][]delivery{}
	for rows.Next() {
		var d delivery
		if err := rows.Scan(&d.n, &d.endpoint, &d.event, &d.kind, &d.sealed, &d.attempts); err != nil {
			return next, errors.Join(err, rows.Close())
		}
		due[d.endpoint] = append(due[d.endpoint], d)
	}
	if err := errors.Join(rows.Err(), rows.Close()); err != nil {
		return next, err
	}
	places := make(chan struct{}, s.cfg.AtOnce)
	var mu sync.Mutex
	var wg sync.WaitGroup
	for _, all := range due {
		wg.Go(func() {
			places <- struct{}{}
			defer func() { <-places }()
			for _, d := range all {
				if ctx.Err() != nil {
					return
				}
				if one := s.post(ctx, d); one != nil {
					mu.Lock()
					err = errors.Join(err, one)
					mu.Unlock()
					return
				}
			}
		})
	}
	wg.Wait()
	if err != nil {
		return next, err
	}
	var at int64
	err = s.cfg.DB.QueryRow(ctx, "SELECT coalesce(min(due), 0) FROM webhook_deliveries d WHERE state = "+
		"'waits' AND "+
		"NOT EXISTS (SELECT 1 FROM webhook_deliveries b WHERE b.endpoint = d.endpoint AND b.subject = "+
		"d.subject AND "+
		"b.state = 'waits' AND b.n < d.n)").Scan(&at)
	if at == 0 {
		return time.Now().Add(restsFor), err
	}
	return time.UnixMilli(at), err
}

// post tries one delivery, and keeps what came of it. The error is one of the database.
func (s *Sender) post(ctx context.Context, d delivery) error {
	var e Endpoint
	var of secrets
	var body []byte
	err := s.cfg.DB.Write(ctx, func(tx *db.Tx) (err error) {
		if e, of, err = s.endpoint(tx, d.endpoint); err == nil {
			body, err = s.cfg.Vault.Unseal(d.sealed)
		}
		return err
	})
	if err != nil || e.Disabled != "" {
		return err
	}
	status, after, err := s.try(ctx, e, of, d, body)
	if ctx.Err() != nil {
		return nil // it ends: the next start tries again
	}
	detail := ""
	if err != nil {
		detail = err.Error()
	}
	now := time.Now()
	return s.cfg.DB.Write(context.WithoutCancel(ctx), func(tx *db.Tx) error {
		switch {
		case status/100 == 2:
			_, err = tx.Exec("UPDATE webhook_deliveries SET state = 'done', sealed = NULL, attempts = "+
				"attempts + 1, "+
				"ended = ?, status = ?, detail = '' WHERE n = ?", now.UnixMilli(), status, d.n)
			return err
		case status == http.StatusGone:
			if _, err := tx.Exec("UPDATE webhook_endpoints SET disabled = ? WHERE id = ?",
				"it has answered 410: it is gone", e.ID); err != nil {
				return err
			}
			fallthrough
		case d.attempts >= len(waits):
			s.cfg.Log.Error("a webhook is not delivered any more", "endpoint", e.ID, "event", d.event,
				"status", status)
			_, err = tx.Exec("UPDATE webhook_deliveries SET state = 'dead', attempts = attempts + 1, "+
				"ended = ?, "+
				"status = ?, detail = ? WHERE n = ?", now.UnixMilli(), status, detail, d.n)
			return err
		}
		wait := waits[d.attempts]
		wait += time.Duration(s.cfg.Random() * float64(wait) / 5)
		_, err = tx.Exec("UPDATE webhook_deliveries SET attempts = attempts + 1, due = ?, status = ?, "+
			"detail = ? "+
			"WHERE n = ?", now.Add(max(wait, after)).UnixMilli(), status, detail, d.n)
		return err
	})
}

// try posts once. after is what the receiver asks to wait.
func (s *Sender) try(ctx context.Context, e Endpoint, of secrets, d delivery, body []byte) (status int,
	after time.Duration, err error) {
	ctx, cancel := context.WithTimeout(ctx, within)
	defer cancel()
	now := time.Now()
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, e.URL, bytes.NewReader(body))
	if err != nil {
		return 0, 0, err
	}
	var signatures []string
	for _, secret := range of.at(now) {
		one, err := Sign(secret, d.event, now, body)
		if err != nil {
			return 0, 0, err
		}
		signatures = append(signatures, one)
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("User-Agent", "cubby-webhook/1")
	r.Header.Set(HeaderID, d.event)
	r.Header.Set(HeaderTimestamp, strconv.FormatInt(now.Unix(), 10))
	r.Header.Set(HeaderSignature, strings.Join(signatures, " "))
	a, err := s.http.Do(r)
	if err != nil {
		if errors.Is(err, errPrivate) {
			return 0, 0, errPrivate
		}
		return 0, 0, err
	}
	defer a.Body.Close()
	if _, err := io.Copy(io.Discard, io.LimitReader(a.Body, mostAnswer)); err != nil &&
		a.StatusCode/100 == 2 {
		return 0, 0, fmt.Errorf("its answer was cut off: %w", err)
	}
	if n, bad := strconv.Atoi(a.Header.Get("Retry-After")); bad == nil && n > 0 {
		after = min(time.Duration(n)*time.Second, mostAfter)
	}
	if a.StatusCode/100 != 2 {
		err = fmt.Errorf("it answered %d", a.StatusCode)
	}
	return a.StatusCode, after, err
}
