package rest

import (
	"context"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"cubby/locker"
	"cubby/sync/feed"
	"cubby/sync/problem"
	"cubby/sync/sse"
)

// maxWait bounds a long poll, in seconds.
const maxWait = 60

// A position is where a reader of the feed stands.
type position struct {
	feed.Cursor
	epoch string
}

func (p position) text() string { return p.Cursor.Text(p.epoch) }

// after is the position behind a page read from p.
func (p position) after(page locker.FeedPage, withCodes bool) position {
	p.Seq = page.Last
	p.Complete = p.Complete && withCodes
	return p
}

// getEvents answers with a page of the change feed, or with a stream of pages.
func (s *Server) getEvents(x *exchange) error {
	q, err := x.query("cursor", "limit", "wait")
	if err != nil {
		return err
	}
	if q.Get("cursor") == "" {
		q.Del("cursor") // "cursor=" is how a loop asks before it has one
	}
	limit, err := number(q, "limit", 1, 100, 100)
	if err != nil {
		return err
	}
	wait, err := number(q, "wait", 0, maxWait, 0)
	if err != nil {
		return err
	}
	stream := accepts(x.r.Header, sse.ContentType)
	cursor, given := q.Get("cursor"), q.Has("cursor")
	if last := x.r.Header.Get("Last-Event-ID"); stream && last != "" {
		cursor, given = last, true // where a broken stream goes on
	}
	at, err := s.position(cursor, given)
	if err != nil {
		return err
	}
	head := x.r.Method == http.MethodHead
	if !head {
		if err := s.acknowledge(x, at); err != nil {
			return err
		}
	}
	if stream && !head {
		return s.streamEvents(x, at, limit)
	}
	if head {
		wait = 0
	}
	page, err := s.feedPage(x, at, limit, time.Duration(wait)*time.Second)
	if err != nil {
		return err
	}
	to := at
	if !head { // what nobody got must not count as read
		to = at.after(page, x.who.scopes&codesRead != 0)
	}
	next := to.text()
	h := x.Header()
	h["Content-Type"] = batchType
	h["Content-Length"] = []string{strconv.Itoa(len(page.Events) + 2)}
	h["Cubby-Next-Cursor"] = []string{next}
	h["Link"] = []string{`</v1/events?cursor=` + next + `&limit=` + strconv.Itoa(limit) + `>; rel="next"`}
	h["Vary"] = []string{"Accept"}
	x.WriteHeader(http.StatusOK)
	for _, part := range [][]byte{{'['}, page.Events, {']'}} {
		if _, err := x.Write(part); err != nil {
			return x.sent(err)
		}
	}
	return nil
}

var batchType = []string{"application/cloudevents-batch+json"}

// position reads a cursor. None is the beginning, "now" is behind the newest event.
func (s *Server) position(cursor string, given bool) (position, error) {
	epoch, head := s.Reader.Epoch(), s.Reader.FeedHead()
	if !given {
		return position{feed.Cursor{Complete: true}, epoch}, nil
	}
	if cursor == "now" {
		return position{feed.Cursor{Seq: head}, epoch}, nil
	}
	c, same, err := feed.Parse(cursor, epoch)
	if err != nil {
		return position{}, err
	}
	if !same || c.Seq > head {
		return position{}, problem.New(http.StatusGone, "cursor-gone",
			"this cursor belongs to an earlier life of the station's log, which was restored since; "+
				"take a new one with cursor=now first, then read all of GET /v1/parcels, then go on with the new one; "+
				"or read from the beginning (no cursor)")
	}
	return position{c, epoch}, nil
}

// feedPage reads a page, waiting up to wait for one that is not empty.
func (s *Server) feedPage(x *exchange, at position, limit int, wait time.Duration) (locker.FeedPage, error) {
	withCodes := x.who.scopes&codesRead != 0
	changed := s.Reader.FeedChanged() // before the read, so that no commit falls between
	page, err := s.read(x.ctx, at, limit, withCodes)
	if err != nil || page.Count > 0 || wait == 0 {
		return page, err
	}
	leave, err := x.park()
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
		case <-s.stop:
			return page, nil
		case <-x.r.Context().Done():
			return page, x.r.Context().Err()
		}
		changed = s.Reader.FeedChanged()
		page, err = s.readOn(x, at, limit, withCodes)
		if err != nil || page.Count > 0 {
			return page, err
		}
	}
}

// readOn reads for a long poll that woke up, if its key is still valid.
func (s *Server) readOn(x *exchange, at position, limit int, withCodes bool) (locker.FeedPage, error) {
	ctx, cancel := context.WithTimeout(x.r.Context(), s.Deadline)
	defer cancel()
	ok, err := s.stillWelcome(ctx, x)
	if err != nil {
		return locker.FeedPage{}, err
	}
	if !ok {
		return locker.FeedPage{}, s.turnAway(x, badKey)
	}
	return s.read(ctx, at, limit, withCodes)
}

func (s *Server) read(ctx context.Context, at position, limit int, withCodes bool) (locker.FeedPage, error) {
	page, err := s.Reader.Feed(ctx, at.Seq, limit, withCodes)
	if err == nil {
		s.metrics.feedPages.Inc()
		s.metrics.feedEvents.Add(float64(page.Count))
	}
	return page, err
}

// acknowledged is how far codes are known to have been erased.
type acknowledged struct {
	mu      sync.Mutex // guards what follows
	epoch   string
	through int64
}

// acknowledge tells the reader that the caller has every code up to at.
func (s *Server) acknowledge(x *exchange, at position) error {
	if !at.Complete || at.Seq == 0 || x.who.scopes&codesRead == 0 {
		return nil
	}
	a := &s.ack
	a.mu.Lock()
	done := a.epoch == at.epoch && a.through >= at.Seq
	a.mu.Unlock()
	if done {
		return nil
	}
	if err := s.Reader.Acknowledge(x.ctx, at.Seq); err != nil {
		return err
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.epoch != at.epoch {
		a.epoch, a.through = at.epoch, 0
	}
	a.through = max(a.through, at.Seq)
	return nil
}

// accepts reports whether the request asks for the media type by name.
func accepts(h http.Header, media string) bool {
	for _, line := range h["Accept"] {
		for part := range strings.SplitSeq(line, ",") {
			name, params, _ := strings.Cut(part, ";")
			if strings.EqualFold(strings.TrimSpace(name), media) && strings.ReplaceAll(params, " ", "") != "q=0" {
				return true
			}
		}
	}
	return false
}
