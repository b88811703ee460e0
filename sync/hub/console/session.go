package console

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"html/template"
	"net/http"
	"sync"
	"time"

	"cubby/sync/hub"
)

// How long somebody stays signed in.
const (
	idle     = 30 * time.Minute // without a request that a person has made
	longest  = 12 * time.Hour
	sessions = 2000 // at once; the one that was not used for longest goes first
)

// A session is somebody who is signed in. Its cookie holds 32 random bytes, and only their
// hash is kept here, in memory: after a restart everybody signs in again.
type session struct {
	user        hub.User
	begun, used time.Time
	note        *note // shown on the next page, once
}

// A note tells what was done. Its secrets are never shown again.
type note struct {
	Word    string // of the word files
	Gaps    []any  // name, value, ...
	Secrets []secret
	Drawn   template.HTML // a code that is drawn; empty: none
}

// A secret has a label of the word files.
type secret struct{ Label, Value string }

// seats are all sessions.
type seats struct {
	now func() time.Time

	mu  sync.Mutex
	all map[[32]byte]*session // by the hash of the cookie
}

func newSeats(now func() time.Time) *seats {
	return &seats{now: now, all: map[[32]byte]*session{}}
}

// begin signs somebody in and gives the value of the cookie.
func (s *seats) begin(u hub.User) string {
	var b [32]byte
	rand.Read(b[:])
	cookie := base64.RawURLEncoding.EncodeToString(b[:])
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.now()
	var last [32]byte
	for key, one := range s.all {
		if one.over(now) {
			delete(s.all, key)
		} else if o := s.all[last]; o == nil || one.used.Before(o.used) {
			last = key
		}
	}
	if len(s.all) >= sessions {
		delete(s.all, last)
	}
	s.all[sha256.Sum256([]byte(cookie))] = &session{user: u, begun: now, used: now}
	return cookie
}

func (s *session) over(now time.Time) bool {
	return now.Sub(s.used) >= idle || now.Sub(s.begun) >= longest
}

// of finds whose cookie that is. A request that a person has made keeps the session alive;
// one that a page makes by itself does not.
func (s *seats) of(cookie string, person bool) (hub.User, bool) {
	key := sha256.Sum256([]byte(cookie))
	s.mu.Lock()
	defer s.mu.Unlock()
	one, now := s.all[key], s.now()
	if one == nil {
		return hub.User{}, false
	}
	if one.over(now) {
		delete(s.all, key)
		return hub.User{}, false
	}
	if person {
		one.used = now
	}
	return one.user, true
}

// end signs out whose cookie that is.
func (s *seats) end(cookie string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.all, sha256.Sum256([]byte(cookie)))
}

// endOf signs a user out everywhere.
func (s *seats) endOf(name string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for key, one := range s.all {
		if one.user.Name == name {
			delete(s.all, key)
		}
	}
}

// leave has the next page of a session say something.
func (s *seats) leave(cookie string, n note) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if one := s.all[sha256.Sum256([]byte(cookie))]; one != nil {
		one.note = &n
	}
}

// take gives what the next page shall say; nil: nothing.
func (s *seats) take(cookie string) *note {
	s.mu.Lock()
	defer s.mu.Unlock()
	one := s.all[sha256.Sum256([]byte(cookie))]
	if one == nil {
		return nil
	}
	n := one.note
	one.note = nil
	return n
}

// Cookies. With TLS their names have the prefix that no other host can set.
const (
	cookieSession  = "cubbyhub"
	cookieVisitor  = "cubbyhub-visitor" // before somebody signs in: what form tokens are bound to
	cookieLanguage = "cubbyhub-language"
)

func cookieName(r *http.Request, name string) string {
	if r.TLS != nil {
		return "__Host-" + name
	}
	return name
}

func readCookie(r *http.Request, name string) string {
	c, err := r.Cookie(cookieName(r, name))
	if err != nil {
		return ""
	}
	return c.Value
}

func setCookie(w http.ResponseWriter, r *http.Request, name, value string, life time.Duration) {
	c := &http.Cookie{Name: cookieName(r, name), Value: value, Path: "/", HttpOnly: true,
		Secure: r.TLS != nil, SameSite: http.SameSiteStrictMode, MaxAge: int(life.Seconds())}
	if value == "" {
		c.MaxAge = -1
	}
	http.SetCookie(w, c)
}
