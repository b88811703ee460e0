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
)

// Tickets let clients begin one stream each that cannot send a header, as a
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

var badTicket = problem.New(
	http.StatusUnauthorized,
	"bad-ticket",
	"this ticket is used up, too old or not from here; get another with POST /v1/events/ticket and "+
		"begin a new stream with it",
)

// ticketOf finds the ticket of a request. Only a stream takes one.
func ticketOf(x *Exchange) (text string, given bool, err error) {
	if !x.e.Tickets || !strings.Contains(x.r.URL.RawQuery, "ticket") {
		return "", false, nil
	}
	q, _ := url.ParseQuery(x.r.URL.RawQuery) // the route says what is wrong with it
	if !q.Has("ticket") {
		return "", false, nil
	}
	if x.r.Method != http.MethodGet || !Accepts(x.r.Header, sse.ContentType) {
		return "", true, problem.BadParameter(
			"ticket", "is for streams only: ask with Accept: text/event-stream, or send a key")
	}
	return q.Get("ticket"), true, nil
}

// Ticket gives out a ticket for the key that asks, and for how long it can be used.
func (x *Exchange) Ticket() (text string, life time.Duration, err error) {
	if x.who.hash == ([32]byte{}) {
		return "", 0, x.surface.server.turnAway(
			x, x.surface.server.noKey()) // staff on the socket have none that could be revoked
	}
	return x.surface.server.tickets.make(x.who.hash, time.Now()), ticketLife, nil
}

// Accepts reports whether the request asks for the media type by name.
func Accepts(h http.Header, media string) bool {
	for _, line := range h["Accept"] {
		for part := range strings.SplitSeq(line, ",") {
			name, params, _ := strings.Cut(part, ";")
			if strings.EqualFold(strings.TrimSpace(name), media) &&
				strings.ReplaceAll(params, " ", "") != "q=0" {
				return true
			}
		}
	}
	return false
}
