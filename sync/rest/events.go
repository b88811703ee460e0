package rest

import (
	"context"
	"net/http"
	"strconv"
	"strings"
	"time"

	"cubby/locker"
	"cubby/sync/feed"
	"cubby/sync/problem"
	"cubby/sync/sse"
)

// maxWait bounds a long poll, in seconds.
const maxWait = 60

// getEvents answers with a page of the change feed, or with a stream of pages.
func (s *Server) getEvents(x *exchange) error {
	s.crossOrigin(x)
	q, err := x.query("cursor", "limit", "wait", "ticket")
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
	at, err := s.position(cursor, given, x.who.name)
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
		to = s.behind(page.Last, at, x.who.scopes&codesRead != 0)
	}
	next := s.cursorText(to, x.who.name)
	h := x.Header()
	h["Content-Type"] = batchType
	h["Content-Length"] = []string{strconv.Itoa(len(page.Events) + 2)}
	h["Cubby-Next-Cursor"] = []string{next}
	h["Link"] = []string{`</v1/events?cursor=` + next + `&limit=` + strconv.Itoa(limit) + `>; rel="next"`}
	h.Add("Vary", "Accept")
	x.WriteHeader(http.StatusOK)
	for _, part := range [][]byte{{'['}, page.Events, {']'}} {
		if _, err := x.Write(part); err != nil {
			return x.sent(err)
		}
	}
	return nil
}

var batchType = []string{"application/cloudevents-batch+json"}

// position reads the cursor of a client. None is the beginning, "now" is behind the
// newest event.
func (s *Server) position(cursor string, given bool, client string) (feed.Cursor, error) {
	if !given {
		return feed.Cursor{Mark: s.Reader.Mark(0), Complete: true}, nil
	}
	head := s.Reader.FeedHead()
	if cursor == "now" {
		return feed.Cursor{Seq: head, Mark: s.Reader.Mark(head)}, nil
	}
	c, err := s.parseCursor(cursor, client)
	if err != nil {
		return feed.Cursor{}, err
	}
	if c.Seq > head || c.Mark != s.Reader.Mark(c.Seq) {
		return feed.Cursor{}, problem.New(http.StatusGone, "cursor-gone",
			"this cursor belongs to a life of the station's log that was lost when the log was restored; "+
				"take a new one with cursor=now first, then read all of GET /v1/parcels, then go on with the new one; "+
				"or read from the beginning (no cursor), as a client that passes codes on must")
	}
	return c, nil
}

// behind is the cursor behind the event seq for a reader who came from at.
func (s *Server) behind(seq int64, at feed.Cursor, withCodes bool) feed.Cursor {
	return feed.Cursor{Seq: seq, Mark: s.Reader.Mark(seq), Complete: at.Complete && withCodes}
}

// feedPage reads a page, waiting up to wait for one that is not empty.
func (s *Server) feedPage(x *exchange, at feed.Cursor, limit int, wait time.Duration) (locker.FeedPage, error) {
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
func (s *Server) readOn(x *exchange, at feed.Cursor, limit int, withCodes bool) (locker.FeedPage, error) {
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

func (s *Server) read(ctx context.Context, at feed.Cursor, limit int, withCodes bool) (locker.FeedPage, error) {
	page, err := s.Reader.Feed(ctx, at.Seq, limit, withCodes)
	if err == nil {
		s.metrics.feedPages.Inc()
		s.metrics.feedEvents.Add(float64(page.Count))
	}
	return page, err
}

// acknowledge tells the reader that the client has every code up to at.
func (s *Server) acknowledge(x *exchange, at feed.Cursor) error {
	if !at.Complete || at.Seq == 0 || x.who.scopes&codesRead == 0 {
		return nil
	}
	return s.Reader.Acknowledge(x.ctx, x.who.name, at.Seq)
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
