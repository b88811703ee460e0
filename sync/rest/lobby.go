package rest

import (
	"context"
	"net"
	"net/http"
	"sync"
	"time"
)

// unreadPatience is how long a refused request may go on sending its body: without an
// end to it the connection cannot be used again, and its place is wanted by others.
const unreadPatience = time.Second

// A lobby keeps the number of open connections within its bound. Whoever comes when it
// is full is let in all the same, and the connection that has been idle longest is
// closed for it: first of those that never showed a valid key, then of the key that
// has most. A client that keeps connections is used to that and makes another. Only
// while every connection has a request under way does the next one wait.
type lobby struct {
	net.Listener
	most   int
	closed chan struct{}
	made   func() // room, by closing a connection; counts them
	once   sync.Once
	moved  chan struct{} // holds a token when a connection has gone or become idle

	mu     sync.Mutex // guards what follows, and the guests' state
	guests map[*guest]struct{}
}

func newLobby(l net.Listener, most int, made func()) *lobby {
	return &lobby{
		Listener: l,
		most:     most,
		made:     made,
		closed:   make(chan struct{}),
		moved:    make(chan struct{}, 1),
		guests:   map[*guest]struct{}{},
	}
}

// A guest is one connection.
type guest struct {
	net.Conn
	lobby *lobby
	gone  sync.Once

	busy  bool      // a whole request has come and is being answered
	since time.Time // when it was last known to be of use
	key   [32]byte  // hash of the last valid key it showed; zero: none
}

// Accept lets the next connection in.
func (l *lobby) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	g := &guest{Conn: c, lobby: l, since: time.Now()}
	for !l.enter(g) {
		select {
		case <-l.moved:
		case <-l.closed:
			c.Close()
			return nil, net.ErrClosed
		}
	}
	return g, nil
}

// enter makes room and takes the guest in. It fails while all others are busy.
func (l *lobby) enter(g *guest) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.guests) >= l.most {
		leaves := l.longestIdle()
		if leaves == nil {
			return false
		}
		delete(l.guests, leaves)
		l.made()
		go leaves.Conn.Close() // its own goroutine sees that and tidies up
	}
	l.guests[g] = struct{}{}
	return true
}

// longestIdle chooses who has to go; nil when all are busy.
func (l *lobby) longestIdle() (leaves *guest) {
	of := map[[32]byte]int{}
	for g := range l.guests {
		if g.key != ([32]byte{}) {
			of[g.key]++ // those without a key count as none, and go first
		}
	}
	for g := range l.guests {
		if g.busy {
			continue
		}
		rank := func(g *guest) int {
			if g.key == ([32]byte{}) {
				return len(l.guests) + 1
			}
			return of[g.key]
		}
		if leaves == nil || rank(g) > rank(leaves) ||
			rank(g) == rank(leaves) && g.since.Before(leaves.since) {
			leaves = g
		}
	}
	return leaves
}

// Close also ends an Accept that waits for room.
func (l *lobby) Close() error {
	l.once.Do(func() { close(l.closed) })
	return l.Listener.Close()
}

// Close ends the connection and makes room for another.
func (g *guest) Close() error {
	g.gone.Do(func() {
		g.lobby.mu.Lock()
		delete(g.lobby.guests, g)
		g.lobby.mu.Unlock()
		g.lobby.stir()
	})
	return g.Conn.Close()
}

// stir wakes an Accept that waits for room.
func (l *lobby) stir() {
	select {
	case l.moved <- struct{}{}:
	default:
	}
}

// set notes what a guest does; a nil guest is no connection of a lobby.
func (g *guest) set(busy bool) {
	if g == nil {
		return
	}
	g.lobby.mu.Lock()
	g.busy, g.since = busy, time.Now()
	g.lobby.mu.Unlock()
	if !busy {
		g.lobby.stir()
	}
}

// knows notes that a valid key came by this connection.
func (g *guest) knows(key [32]byte) {
	if g == nil {
		return
	}
	g.lobby.mu.Lock()
	g.key = key
	g.lobby.mu.Unlock()
}

// guestKey finds the guest in a request's context.
type guestKey struct{}

func guestOf(r *http.Request) *guest {
	g, _ := r.Context().Value(guestKey{}).(*guest)
	return g
}

// welcome has a server tell its lobby what its connections do. A connection is idle
// again when its answer has gone out, which the handler does not see.
func welcome(h *http.Server) {
	h.ConnContext = func(ctx context.Context, c net.Conn) context.Context {
		return context.WithValue(ctx, guestKey{}, c)
	}
	h.ConnState = func(c net.Conn, s http.ConnState) {
		if g, ok := c.(*guest); ok && s == http.StateIdle {
			g.set(false)
		}
	}
}
