package rest

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base32"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"cubby/sync/problem"
	"cubby/sync/sse"
)

const (
	// ticketLife is for how long a stream may be begun with a ticket.
	ticketLife = time.Minute
	// ticketsOfAKey bounds those of one key that wait; a further one ends the oldest.
	ticketsOfAKey = 32
	// eventsPath is the one address that takes tickets.
	eventsPath = "/v1/events"
)

// Tickets let clients begin one stream of events each that cannot send a header, as a
// browser's EventSource. A ticket stands for the key it was made with, once and for a
// minute. They are kept in memory, as hashes: a restart ends them all.
type tickets struct {
	mu      sync.Mutex // guards what follows
	waiting []ticket   // oldest first
}

type ticket struct {
	hash  [32]byte // of its text
	key   [32]byte // hash of the key's token
	until time.Time
}

// make gives out a ticket for a key: 160 random bits.
func (t *tickets) make(key [32]byte, now time.Time) string {
	var b [20]byte
	rand.Read(b[:]) // never fails (crypto/rand, Go 1.24)
	text := base32.StdEncoding.EncodeToString(b[:])
	t.mu.Lock()
	defer t.mu.Unlock()
	t.waiting = slices.DeleteFunc(t.waiting, func(one ticket) bool { return !now.Before(one.until) })
	of, oldest := 0, -1
	for i, one := range t.waiting {
		if one.key == key {
			if of++; oldest < 0 {
				oldest = i
			}
		}
	}
	if of >= ticketsOfAKey {
		t.waiting = slices.Delete(t.waiting, oldest, oldest+1)
	}
	t.waiting = append(t.waiting, ticket{sha256.Sum256([]byte(text)), key, now.Add(ticketLife)})
	return text
}

// redeem takes a ticket and gives the hash of the key it stands for.
func (t *tickets) redeem(text string, now time.Time) (key [32]byte, ok bool) {
	hash := sha256.Sum256([]byte(text))
	t.mu.Lock()
	defer t.mu.Unlock()
	i := slices.IndexFunc(t.waiting, func(one ticket) bool { return one.hash == hash })
	if i < 0 {
		return key, false
	}
	one := t.waiting[i]
	t.waiting = slices.Delete(t.waiting, i, i+1)
	return one.key, now.Before(one.until)
}

var badTicket = problem.New(http.StatusUnauthorized, "bad-ticket",
	"this ticket is used up, too old or not from here; get another with POST /v1/events/ticket and begin a new stream with it")

// ticketOf finds the ticket of a request. Only a stream takes one.
func ticketOf(x *exchange) (text string, given bool, err error) {
	if x.e.path != eventsPath || !strings.Contains(x.r.URL.RawQuery, "ticket") {
		return "", false, nil
	}
	q, _ := url.ParseQuery(x.r.URL.RawQuery) // the endpoint says what is wrong with it
	if !q.Has("ticket") {
		return "", false, nil
	}
	if x.r.Method != http.MethodGet || !accepts(x.r.Header, sse.ContentType) {
		return "", true, problem.BadParameter("ticket", "is for streams only: ask with Accept: text/event-stream, or send a key")
	}
	return q.Get("ticket"), true, nil
}

// makeTicket gives out a ticket for the key that asks.
func (s *Server) makeTicket(x *exchange) error {
	if _, err := x.query(); err != nil {
		return err
	}
	if err := x.noBody(); err != nil {
		return err
	}
	if x.who.hash == ([32]byte{}) {
		return s.turnAway(x, noKey) // staff on the socket have none that could be revoked
	}
	return x.encode(http.StatusCreated, struct {
		Ticket    string `json:"ticket"`
		ExpiresIn int    `json:"expires_in_s"`
	}{s.tickets.make(x.who.hash, time.Now()), int(ticketLife / time.Second)})
}

// crossOrigin lets a browser's page read the answer, if the configuration names the
// origin it comes from.
func (s *Server) crossOrigin(x *exchange) {
	if len(s.AllowedOrigins) == 0 {
		return
	}
	x.Header().Add("Vary", "Origin")
	if origin := x.r.Header.Get("Origin"); slices.Contains(s.AllowedOrigins, origin) {
		x.Header().Set("Access-Control-Allow-Origin", origin)
		x.Header().Set("Access-Control-Expose-Headers", "Cubby-Next-Cursor")
	}
}
