package rest

import (
	"context"
	"crypto/sha256"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"cubby/sync/problem"
)

// A caller is whoever sent a request.
type caller struct {
	name   string // of the key; "staff:tools" for the socket's own
	actor  string // as facts record it
	person string // id of who of the staff it is; empty: nobody is named
	scopes scope
	hash   [32]byte // of the token; zero without one

	perMinute int           // requests, 0: as all
	used      *atomic.Int64 // when it was used last, in milliseconds since 1970; nil: no key
}

// staffName is who comes in by the Unix socket without a key.
const staffName = "staff:" + Tools

var (
	notOneKey = problem.New(http.StatusUnauthorized, "bad-key",
		"send exactly one API key, as Authorization: Bearer TOKEN or as X-API-Key: TOKEN")
)

// noKey and badKey say where a key comes from.
func (s *Server) noKey() error {
	return problem.New(http.StatusUnauthorized, "no-key",
		"send an API key as Authorization: Bearer TOKEN; "+s.KeysBy)
}

func (s *Server) badKey() error {
	return problem.New(http.StatusUnauthorized, "bad-key",
		"this key is not known here, or was revoked; "+s.KeysBy)
}

// admit finds out who calls and whether the route is for this caller.
func (s *Server) admit(e *bound, x *Exchange) error {
	if e.Entry == Open {
		return nil
	}
	if err := s.identify(e, x); err != nil {
		return err
	}
	return s.named(e, x)
}

// identify finds out who calls, by key or by door.
func (s *Server) identify(e *bound, x *Exchange) error {
	token, given, err := s.token(x.r.Header)
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
	if x.surface.socket && (!given || e.Entry == Staff) {
		// Clear codes and the like are for readers who were given a key for them.
		x.who = caller{name: staffName, actor: staffName, person: Tools, scopes: s.scopes.staff}
		return nil
	}
	if !given {
		return s.turnAway(x, s.noKey())
	}
	who, ok, err := s.keys.caller(x.ctx, hash)
	if err != nil {
		return err
	}
	if !ok {
		return s.turnAway(x, s.badKey())
	}
	x.who = who
	who.used.Store(time.Now().UnixMilli())
	guestOf(x.r).knows(who.hash)
	if err := s.limit(x); err != nil {
		return err
	}
	if e.scope != 0 && who.scopes&e.scope == 0 {
		x.Header().
			Set("WWW-Authenticate", `Bearer realm="cubby", error="insufficient_scope", scope="`+e.Scope+`"`)
		return problem.New(http.StatusForbidden, "scope-missing", "this key lacks the scope "+e.Scope)
	}
	return nil
}

// turnAway counts a failed check against the remote address. A valid key never
// comes here, so that nobody can lock others out by guessing.
func (s *Server) turnAway(x *Exchange, err error) error {
	s.metrics.turnedAway.Inc()
	if wait := s.guard.failed(x.r.RemoteAddr, time.Now()); wait > 0 {
		return problem.New(http.StatusTooManyRequests, "too-many-failures",
			"too many requests without a valid key came from this address").Again(int(wait/time.Second) + 1)
	}
	x.Header().Set("WWW-Authenticate", `Bearer realm="cubby"`)
	return err
}

// token finds the key of a request (RFC 6750, section 2.1, or X-API-Key).
func (s *Server) token(h http.Header) (token string, given bool, err error) {
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
	if len(token) < 16 || len(token) > 256 ||
		strings.ContainsFunc(token, func(r rune) bool { return r <= ' ' || r > '~' }) {
		return "", true, s.badKey() // the form of none of ours
	}
	return token, true, nil
}

// KeyMemory is how long a key is remembered without asking the store again.
// Revocations through this server take effect at once all the same.
const KeyMemory = 10 * time.Second

// maxKeysKept bounds the memory; only valid keys get into it.
const maxKeysKept = 1024

// A keyring remembers valid keys for a short while. Unknown tokens are not
// remembered: nobody can fill it from outside.
type keyring struct {
	scopes scopes
	find   func(ctx context.Context, hash [32]byte) (Holder, bool, error)
	uses   uses

	mu    sync.RWMutex // guards what follows
	known map[[32]byte]remembered
	round int // counts forgettings, so that a lookup begun before one is not kept after it
}

type remembered struct {
	caller
	until time.Time
}

// caller finds the caller by the hash of the token.
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
	left := KeyMemory
	if !key.Ends.IsZero() {
		if left = key.Ends.Sub(now); left <= 0 {
			return caller{}, false, nil
		}
	}
	c := caller{name: key.Name, actor: "key:" + key.Name, hash: hash, perMinute: key.PerMinute}
	c.used = k.uses.of(key.Name, key.Old)
	c.scopes = k.scopes.of(key.Scopes...)
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.round == round {
		if k.known == nil || len(k.known) >= maxKeysKept {
			k.known = map[[32]byte]remembered{}
		}
		k.known[hash] = remembered{c, now.Add(min(KeyMemory, left))}
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
