package rest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"time"

	"cubby/locker"
	"cubby/sync/feed"
	"cubby/sync/problem"
	"cubby/sync/sse"
)

const (
	// feedKeepAlive is how often a silent stream of events says that it lives.
	feedKeepAlive = 15 * time.Second
	// viewKeepAlive is the same for views: a screen must notice soon that
	// nobody is behind it any more. Package client relies on it.
	viewKeepAlive = 5 * time.Second
	// writePatience is how long what is written at once may take to be taken
	// by the other side's kernel before the reader counts as dead.
	writePatience = 10 * time.Second
	// comeBack is how long a reader whose stream broke should wait.
	comeBack = 2 * time.Second
)

// park trades the place among the requests for one among the streams. leave
// must be called at the end.
func (x *exchange) park() (leave func(), err error) {
	u := x.surface
	select {
	case u.streams <- struct{}{}:
	default:
		return nil, problem.New(http.StatusServiceUnavailable, "too-many-streams",
			"too many long polls and streams are open; ask again without wait, or later").Again(10)
	}
	fair := !u.socket || x.who.hash != ([32]byte{})
	if fair && !u.streamShares.take(x.who.hash, u.streams) {
		<-u.streams
		return nil, problem.New(http.StatusServiceUnavailable, "too-many-streams",
			"this key has as many long polls and streams open as its share allows; end one, or ask without wait").Again(10)
	}
	x.unseat()
	x.waited = true
	control := http.NewResponseController(x.ResponseWriter)
	control.SetReadDeadline(time.Time{}) // where there is no connection there is no deadline either
	control.SetWriteDeadline(time.Now().Add(maxWait*time.Second + writePatience))
	gauge := u.server.metrics.streams.WithLabelValues(x.e.path)
	gauge.Inc()
	return func() {
		gauge.Dec()
		if fair {
			u.streamShares.give(x.who.hash)
		}
		<-u.streams
	}, nil
}

// A stream writes server-sent events to one reader.
type stream struct {
	x       *exchange
	control *http.ResponseController
	buffer  []byte
}

// stream begins a stream. place, unless empty, is the id to come back with when
// it breaks before its first message.
func (x *exchange) stream(place string) (*stream, error) {
	h := x.Header()
	h.Set("Content-Type", sse.ContentType)
	h.Set("X-Accel-Buffering", "no")
	h.Add("Vary", "Accept")
	x.WriteHeader(http.StatusOK)
	st := &stream{x: x, control: http.NewResponseController(x.ResponseWriter)}
	begin := sse.Begin(comeBack)
	if place != "" {
		begin += sse.Place(place)
	}
	return st, st.write([]byte(begin)) // the header leaves now, not with the first message
}

// send writes the messages at once; a reader that leaves between two of them
// comes back with the id of the last it has.
func (st *stream) send(messages ...sse.Message) error {
	st.buffer = st.buffer[:0]
	for _, m := range messages {
		st.buffer = m.Append(st.buffer)
	}
	return st.write(st.buffer)
}

func (st *stream) write(b []byte) error {
	if err := st.control.SetWriteDeadline(time.Now().Add(writePatience)); err != nil && !errors.Is(err, http.ErrNotSupported) {
		return err
	}
	if _, err := st.x.Write(b); err != nil {
		return err
	}
	return st.control.Flush()
}

// streamEvents sends event after event; the id of each is the cursor behind it.
// Before the first it tells where it begins: cursor=now would be elsewhere later.
// A stream ends when its reader is gone or its key is revoked.
func (s *Server) streamEvents(x *exchange, at feed.Cursor, limit int) error {
	leave, err := x.park()
	if err != nil {
		return err
	}
	defer leave()
	st, err := x.stream(s.cursorText(at, x.who.name))
	if err != nil {
		return x.sent(err)
	}
	alive := time.NewTicker(feedKeepAlive)
	defer alive.Stop()
	ctx := x.r.Context()
	withCodes := x.who.scopes&codesRead != 0
	for {
		if ok, err := s.stillWelcome(ctx, x); err != nil || !ok {
			return x.sent(err)
		}
		changed := s.Reader.FeedChanged()
		page, err := s.read(ctx, at, limit, withCodes)
		if err != nil {
			return x.sent(err)
		}
		if page.Count > 0 {
			messages, err := s.messages(page, at, x.who)
			if err != nil {
				return err
			}
			if st.send(messages...) != nil {
				return nil // the reader is gone or dead
			}
			at = s.behind(page.Last, at, withCodes)
			alive.Reset(feedKeepAlive)
			continue
		}
		select {
		case <-changed:
		case <-alive.C:
			if st.write([]byte(sse.KeepAlive)) != nil {
				return nil
			}
		case <-s.stop:
			return nil
		case <-ctx.Done():
			return nil
		}
	}
}

// messages makes one message of each event of a page that was read from at. None has a
// name, so that any reader of server-sent events hears it.
func (s *Server) messages(page locker.FeedPage, at feed.Cursor, to caller) ([]sse.Message, error) {
	var events []json.RawMessage
	if err := json.Unmarshal(slices.Concat([]byte{'['}, page.Events, []byte{']'}), &events); err != nil {
		return nil, fmt.Errorf("a page of the feed behind %d cannot be read: %w", at.Seq, err)
	}
	list := make([]sse.Message, len(events))
	last := at.Seq
	for i, event := range events {
		var place struct {
			Sequence int64 `json:"sequence,string"`
		}
		if err := json.Unmarshal(event, &place); err != nil || place.Sequence <= last || place.Sequence > page.Last {
			return nil, fmt.Errorf("an event behind %d has no sequence that follows: %d, %v", last, place.Sequence, err)
		}
		last = place.Sequence
		list[i] = sse.Message{ID: s.cursorText(s.behind(last, at, to.scopes&codesRead != 0), to.name), Data: event}
	}
	return list, nil
}

// stillWelcome reports whether the key a stream or long poll began with is still valid.
func (s *Server) stillWelcome(ctx context.Context, x *exchange) (bool, error) {
	if x.who.hash == ([32]byte{}) {
		return true, nil
	}
	now, ok, err := s.keys.caller(ctx, x.who.hash)
	return ok && now.scopes == x.who.scopes, err
}

// streamViews sends the view of a terminal and every change of it.
func (s *Server) streamViews(x *exchange) error {
	terminal, err := s.terminal(x)
	if err != nil {
		return err
	}
	if x.r.Method == http.MethodHead {
		x.Header().Set("Content-Type", sse.ContentType)
		x.WriteHeader(http.StatusOK)
		return nil
	}
	leave, err := x.park()
	if err != nil {
		return err
	}
	defer leave()
	st, err := x.stream("")
	if err != nil {
		return x.sent(err)
	}
	alive := time.NewTicker(viewKeepAlive)
	defer alive.Stop()
	views := s.Station.Views(x.r.Context(), terminal)
	for {
		select {
		case v, more := <-views:
			if !more {
				return nil
			}
			data, err := json.Marshal(withLists(v))
			if err != nil {
				return err
			}
			if st.send(sse.Message{Event: "view", Data: data}) != nil {
				return nil
			}
			alive.Reset(viewKeepAlive)
		case <-alive.C:
			if st.write([]byte(sse.KeepAlive)) != nil {
				return nil
			}
		case <-s.stop:
			return nil
		}
	}
}
