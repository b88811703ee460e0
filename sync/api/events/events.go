// Package events is the resource family of the change feed: pages of it, long polls and
// streams, and the tickets with which a browser begins a stream.
package events

import (
	"context"
	_ "embed"
	"net/http"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"cubby/locker/ledger"
	"cubby/sync/feed"
	"cubby/sync/problem"
	"cubby/sync/rest"
	"cubby/sync/sse"
)

//go:embed fragment.json
var fragment []byte

// Reader reads the feed of what is committed. It reads one log, which only grows; a log
// that was restored needs another Reader and another family.
type Reader interface {
	// Feed reads up to limit events behind the sequence after. With codes,
	// clear pickup codes that are still kept are joined in.
	Feed(ctx context.Context, after int64, limit int, withCodes bool) (ledger.FeedPage, error)
	// FeedHead is the sequence of the newest event, 0 when there is none.
	FeedHead() int64
	// FeedChanged is closed at the next commit that adds events. Take a new
	// one before every read whose emptiness is waited upon.
	FeedChanged() <-chan struct{}
	// Acknowledge notes that the client of a key has every clear code of the events
	// up to through. It is cheap when none of them waits for this client.
	Acknowledge(ctx context.Context, client string, through int64) error
	// CentreHeard notes that a client that puts orders reads: the centre can be asked.
	CentreHeard()
	// Incarnation is the id of the incarnation of the log to which the sequence seq belongs,
	// from 0 to FeedHead. Two logs have the same one there exactly as long as
	// they have the same events up to there.
	Incarnation(seq int64) [8]byte
}

// Rights of keys.
const (
	mayRead = "events:read"
	codes   = "codes:read" // joins clear pickup codes into events
)

type family struct {
	reader        Reader
	cursorKey     []byte
	pages, events prometheus.Counter
}

// Family is the family over a feed. cursorKey proves to the station that it has given
// out a cursor; empty: it believes whatever says so.
func Family(r Reader, cursorKey []byte) rest.Family {
	f := newFamily(r, cursorKey)
	return rest.Family{
		Name: "events", Fragment: fragment, KeyScopes: []string{codes},
		Metrics: []prometheus.Collector{f.pages, f.events},
		Routes: []rest.Route{
			{
				Method:      "GET",
				Path:        "/v1/events",
				Scope:       mayRead,
				Run:         rest.Plain(f.get),
				Tickets:     true,
				CrossOrigin: true,
				Query:       []string{"cursor", "limit", "wait", "ticket"},
			},
			{Method: "POST", Path: "/v1/events/ticket", Repeat: rest.OnceSecret, Scope: mayRead,
				Run: rest.Empty(f.ticket)},
		},
	}
}

func newFamily(r Reader, cursorKey []byte) family {
	return family{reader: r, cursorKey: cursorKey,
		pages: prometheus.NewCounter(prometheus.CounterOpts{Name: "cubby_feed_pages_total",
			Help: "Pages of the change feed handed out."}),
		events: prometheus.NewCounter(prometheus.CounterOpts{Name: "cubby_feed_events_total",
			Help: "Events of the change feed handed out."}),
	}
}

// get answers with a page of the change feed, or with a stream of pages.
func (f family) get(x *rest.Exchange) error {
	q := x.Query()
	if q.Get("cursor") == "" {
		q.Del("cursor") // "cursor=" is how a loop asks before it has one
	}
	limit, err := rest.Number(q, "limit", 1, 100, 100)
	if err != nil {
		return err
	}
	wait, err := rest.Number(q, "wait", 0, int(rest.MaxWait/time.Second), 0)
	if err != nil {
		return err
	}
	stream := rest.Accepts(x.Request().Header, sse.ContentType)
	cursor, given := q.Get("cursor"), q.Has("cursor")
	if last := x.Request().Header.Get("Last-Event-ID"); stream && last != "" {
		cursor, given = last, true // where a broken stream goes on
	}
	at, err := f.position(cursor, given, x.Client())
	if err != nil {
		return err
	}
	head := x.Request().Method == http.MethodHead
	if !head {
		if err := f.acknowledge(x, at); err != nil {
			return err
		}
	}
	if stream && !head {
		return f.stream(x, at, limit)
	}
	if head {
		wait = 0
	}
	page, err := f.feedPage(x, at, limit, time.Duration(wait)*time.Second)
	if err != nil {
		return err
	}
	to := at
	if !head { // what nobody got must not count as read
		to = f.behind(page.Last, at, x.May(codes))
	}
	next := f.cursorText(to, x.Client())
	h := x.Header()
	h["Content-Type"] = batchType
	h["Content-Length"] = []string{strconv.Itoa(len(page.Events) + 2)}
	h["Cubby-Next-Cursor"] = []string{next}
	h["Link"] = []string{`</v1/events?cursor=` + next + `&limit=` + strconv.Itoa(limit) + `>; rel="next"`}
	h.Add("Vary", "Accept")
	x.WriteHeader(http.StatusOK)
	for _, part := range [][]byte{{'['}, page.Events, {']'}} {
		if _, err := x.Write(part); err != nil {
			return x.Sent(err)
		}
	}
	return nil
}

var batchType = []string{"application/cloudevents-batch+json"}

// position reads the cursor of a client. None is the beginning, "now" is behind the
// newest event.
func (f family) position(cursor string, given bool, client string) (feed.Cursor, error) {
	if !given {
		return feed.Cursor{Incarnation: f.reader.Incarnation(0), Complete: true}, nil
	}
	head := f.reader.FeedHead()
	if cursor == "now" {
		return feed.Cursor{Seq: head, Incarnation: f.reader.Incarnation(head)}, nil
	}
	c, err := f.parseCursor(cursor, client)
	if err != nil {
		return feed.Cursor{}, err
	}
	if c.Seq > head || c.Incarnation != f.reader.Incarnation(c.Seq) {
		return feed.Cursor{}, problem.New(http.StatusGone, "cursor-gone",
			"this cursor belongs to an incarnation of the station's log that was lost when the log "+
				"was restored; "+
				"take a new one with cursor=now first, then read all of GET /v1/parcels, then go on "+
				"with the new one; "+
				"or read from the beginning (no cursor), as a client that passes codes on must")
	}
	return c, nil
}

// behind is the cursor behind the event seq for a reader who came from at.
func (f family) behind(seq int64, at feed.Cursor, withCodes bool) feed.Cursor {
	return feed.Cursor{Seq: seq, Incarnation: f.reader.Incarnation(seq), Complete: at.Complete && withCodes}
}

// feedPage reads a page, waiting up to wait for one that is not empty.
func (f family) feedPage(
	x *rest.Exchange, at feed.Cursor, limit int, wait time.Duration,
) (ledger.FeedPage, error) {
	withCodes := x.May(codes)
	f.heard(x)
	changed := f.reader.FeedChanged() // before the read, so that no commit falls between
	page, err := f.read(x.Context(), at, limit, withCodes)
	if err != nil || page.Count > 0 || wait == 0 {
		return page, err
	}
	leave, err := x.Park()
	if err != nil {
		return page, err
	}
	defer leave()
	timer := time.NewTimer(wait)
	defer timer.Stop()
	for {
		select {
		case <-changed:
		case <-timer.C:
			return page, nil
		case <-x.Closing():
			return page, nil
		case <-x.Request().Context().Done():
			return page, x.Request().Context().Err()
		}
		changed = f.reader.FeedChanged()
		page, err = f.readOn(x, at, limit, withCodes)
		if err != nil || page.Count > 0 {
			return page, err
		}
	}
}

// readOn reads for a long poll that woke up, if its key is still valid.
func (f family) readOn(x *rest.Exchange, at feed.Cursor, limit int, withCodes bool) (ledger.FeedPage, error) {
	f.heard(x)
	ctx, cancel := x.Fresh()
	defer cancel()
	ok, err := x.StillWelcome(ctx)
	if err != nil {
		return ledger.FeedPage{}, err
	}
	if !ok {
		return ledger.FeedPage{}, x.TurnAway()
	}
	return f.read(ctx, at, limit, withCodes)
}

// heard notes the centre, which is whoever puts orders.
func (f family) heard(x *rest.Exchange) {
	if x.Client() != "" && x.May("orders:write") {
		f.reader.CentreHeard()
	}
}

func (f family) read(
	ctx context.Context, at feed.Cursor, limit int, withCodes bool,
) (ledger.FeedPage, error) {
	page, err := f.reader.Feed(ctx, at.Seq, limit, withCodes)
	if err == nil {
		f.pages.Inc()
		f.events.Add(float64(page.Count))
	}
	return page, err
}

// acknowledge tells the reader that the client has every code up to at.
func (f family) acknowledge(x *rest.Exchange, at feed.Cursor) error {
	if !at.Complete || at.Seq == 0 || !x.May(codes) {
		return nil
	}
	return f.reader.Acknowledge(x.Context(), x.Client(), at.Seq)
}

// ticket gives out a ticket for the key that asks.
func (f family) ticket(x *rest.Exchange) error {
	text, life, err := x.Ticket()
	if err != nil {
		return err
	}
	return x.Encode(http.StatusCreated, struct {
		Ticket    string `json:"ticket"`
		ExpiresIn int    `json:"expires_in_s"`
	}{text, int(life / time.Second)})
}
