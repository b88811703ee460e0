package rest

import (
	"context"
	"crypto/sha256"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"cubby/locker"
	"cubby/sync/problem"
)

// A scope is a right an API key may have; a set of them is the sum.
type scope uint8

const (
	parcelsRead scope = 1 << iota
	parcelsWrite
	eventsRead
	codesRead // joins clear pickup codes into events
	compartmentsRead
	operate
)

// scopeNames are the words for scopes on the wire.
var scopeNames = map[string]scope{
	"parcels:read":      parcelsRead,
	"parcels:write":     parcelsWrite,
	"events:read":       eventsRead,
	"codes:read":        codesRead,
	"compartments:read": compartmentsRead,
	"operate":           operate,
}

// name is the word of a single scope.
func (s scope) name() string {
	for name, one := range scopeNames {
		if one == s {
			return name
		}
	}
	return ""
}

// A caller is whoever sent a request.
type caller struct {
	name   string // of the key; "staff:socket" for the socket's own
	actor  string // as facts record it
	scopes scope
	hash   [32]byte // of the token; zero without one
}

// staffCaller is who comes in by the Unix socket without a key. Clear codes are
// for readers who were given a key for them, and for nobody else.
var staffCaller = caller{name: "staff:socket", actor: "staff:socket",
	scopes: parcelsRead | parcelsWrite | eventsRead | compartmentsRead | operate}

var (
	noKey = problem.New(http.StatusUnauthorized, "no-key",
		"send an API key as Authorization: Bearer TOKEN; staff make keys on the station itself")
	badKey = problem.New(http.StatusUnauthorized, "bad-key",
		"this key is not known here, or was revoked; staff make another on the station itself")
	notOneKey = problem.New(http.StatusUnauthorized, "bad-key",
		"send exactly one API key, as Authorization: Bearer TOKEN or as X-API-Key: TOKEN")
)

// admit finds out who calls and whether the endpoint is for him.
func (s *Server) admit(e *bound, x *exchange) error {
	if e.entry == open {
		return nil
	}
	token, given, err := token(x.r.Header)
	if err != nil {
		return s.turnAway(x, err)
	}
	hash := sha256.Sum256([]byte(token))
	switch ticket, ticketed, err := ticketOf(x); {
	case err != nil:
		return err
	case ticketed && given:
		return s.turnAway(x, notOneKey)
	case ticketed:
		var ok bool
		if hash, ok = s.tickets.redeem(ticket, time.Now()); !ok {
			return s.turnAway(x, badTicket)
		}
		given = true
	}
	if x.surface.socket && (!given || e.entry == staff) {
		x.who = staffCaller
		return nil
	}
	if !given {
		return s.turnAway(x, noKey)
	}
	who, ok, err := s.keys.caller(x.ctx, hash)
	if err != nil {
		return err
	}
	if !ok {
		return s.turnAway(x, badKey)
	}
	x.who = who
	guestOf(x.r).knows(who.hash)
	if e.entry == withScope && who.scopes&e.scope == 0 {
		x.Header().Set("WWW-Authenticate", `Bearer realm="cubby", error="insufficient_scope", scope="`+e.scope.name()+`"`)
		return problem.New(http.StatusForbidden, "scope-missing", "this key lacks the scope "+e.scope.name())
	}
	return nil
}

// turnAway counts a failed check against the remote address. A valid key never
// comes here, so that nobody can lock others out by guessing.
func (s *Server) turnAway(x *exchange, err error) error {
	s.metrics.turnedAway.Inc()
	if wait := s.guard.failed(x.r.RemoteAddr, time.Now()); wait > 0 {
		return problem.New(http.StatusTooManyRequests, "too-many-failures",
			"too many requests without a valid key came from this address").Again(int(wait/time.Second) + 1)
	}
	x.Header().Set("WWW-Authenticate", `Bearer realm="cubby"`)
	return err
}

// token finds the key of a request (RFC 6750, section 2.1, or X-API-Key).
func token(h http.Header) (token string, given bool, err error) {
	bearer, plain := h["Authorization"], h["X-Api-Key"]
	if len(bearer)+len(plain) == 0 {
		return "", false, nil
	}
	if len(bearer)+len(plain) > 1 {
		return "", true, notOneKey
	}
	if len(plain) == 1 {
		token = plain[0]
	} else {
		method, rest, _ := strings.Cut(bearer[0], " ")
		if !strings.EqualFold(method, "Bearer") {
			return "", true, notOneKey
		}
		token = strings.TrimLeft(rest, " ")
	}
	if token == "" {
		return "", true, notOneKey
	}
	if len(token) < 16 || len(token) > 256 || strings.ContainsFunc(token, func(r rune) bool { return r <= ' ' || r > '~' }) {
		return "", true, badKey // the form of none of ours
	}
	return token, true, nil
}

// keyMemory is how long a key is remembered without asking the store again.
// Revocations through this server take effect at once all the same.
const keyMemory = 10 * time.Second

// maxKeysKept bounds the memory; only valid keys get into it.
const maxKeysKept = 1024

// A keyring remembers valid keys for a short while. Unknown tokens are not
// remembered: nobody can fill it from outside.
type keyring struct {
	find func(ctx context.Context, hash [32]byte) (locker.Key, bool, error)

	mu    sync.RWMutex // guards what follows
	known map[[32]byte]remembered
	round int // counts forgettings, so that a lookup begun before one is not kept after it
}

type remembered struct {
	caller
	until time.Time
}

// caller finds the caller by the hash of his token.
func (k *keyring) caller(ctx context.Context, hash [32]byte) (caller, bool, error) {
	now := time.Now()
	k.mu.RLock()
	r, ok := k.known[hash]
	round := k.round
	k.mu.RUnlock()
	if ok && now.Before(r.until) {
		return r.caller, true, nil
	}
	key, ok, err := k.find(ctx, hash)
	if err != nil || !ok || key.Revoked {
		return caller{}, false, err
	}
	c := caller{name: key.Name, actor: "key:" + key.Name, hash: hash}
	for _, name := range key.Scopes {
		c.scopes |= scopeNames[name]
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.round == round {
		if k.known == nil || len(k.known) >= maxKeysKept {
			k.known = map[[32]byte]remembered{}
		}
		k.known[hash] = remembered{c, now.Add(keyMemory)}
	}
	return c, true, nil
}

// forget drops all that is remembered.
func (k *keyring) forget() {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.known = nil
	k.round++
}

// scopeList is all scopes by name, for people.
func scopeList() string {
	var names []string
	for name := range scopeNames {
		names = append(names, name)
	}
	slices.Sort(names)
	return strings.Join(names, ", ")
}
