package rest

import (
	"errors"
	"net/http"
	"time"

	"cubby/sync/problem"
	"cubby/sync/sse"
)

const (
	// writePatience is how long what is written at once may take to be taken
	// by the other side's kernel before the reader counts as dead.
	writePatience = 10 * time.Second
	// MaxWait bounds a long poll.
	MaxWait = time.Minute
	// comeBack is how long a reader whose stream broke should wait.
	comeBack = 2 * time.Second
)

// Park trades the place among the requests for one among the streams. leave
// must be called at the end.
func (x *Exchange) Park() (leave func(), err error) {
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
			"this key has as many long polls and streams open as its share allows; end one, or ask "+
				"without wait").Again(10)
	}
	x.unseat()
	x.waited = true
	control := http.NewResponseController(x.ResponseWriter)
	control.SetReadDeadline(time.Time{}) // where there is no connection there is no deadline either
	control.SetWriteDeadline(time.Now().Add(MaxWait + writePatience))
	gauge := u.server.metrics.streams.WithLabelValues(x.e.Path)
	gauge.Inc()
	return func() {
		gauge.Dec()
		if fair {
			u.streamShares.give(x.who.hash)
		}
		<-u.streams
	}, nil
}

// A Stream writes server-sent events to one reader.
type Stream struct {
	x       *Exchange
	control *http.ResponseController
	buffer  []byte
}

// Stream begins a stream. place, unless empty, is the id to come back with when
// it breaks before its first message.
func (x *Exchange) Stream(place string) (*Stream, error) {
	h := x.Header()
	h.Set("Content-Type", sse.ContentType)
	h.Set("X-Accel-Buffering", "no")
	h.Add("Vary", "Accept")
	x.WriteHeader(http.StatusOK)
	st := &Stream{x: x, control: http.NewResponseController(x.ResponseWriter)}
	begin := sse.Begin(comeBack)
	if place != "" {
		begin += sse.Place(place)
	}
	return st, st.write([]byte(begin)) // the header leaves now, not with the first message
}

// Send writes the messages at once; a reader that leaves between two of them
// comes back with the id of the last it has.
func (st *Stream) Send(messages ...sse.Message) error {
	st.buffer = st.buffer[:0]
	for _, m := range messages {
		st.buffer = m.Append(st.buffer)
	}
	return st.write(st.buffer)
}

// KeepAlive says that a silent stream lives.
func (st *Stream) KeepAlive() error { return st.write([]byte(sse.KeepAlive)) }

func (st *Stream) write(b []byte) error {
	if err := st.control.SetWriteDeadline(time.Now().Add(writePatience)); err != nil &&
		!errors.Is(err, http.ErrNotSupported) {
		return err
	}
	if _, err := st.x.Write(b); err != nil {
		return err
	}
	return st.control.Flush()
}
