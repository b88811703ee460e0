// Package console is the hub in the browser: pages made on the server, with a little script
// that keeps them live. Who may do what is in one table (routes.go); what a page says is in
// lang/TAG.json.
//
// A Console is an http.Handler and safe for concurrent use. It keeps nothing but who is
// signed in, in memory.
package console

import (
	"cmp"
	"crypto/rand"
	"errors"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"time"

	"cubby/locker/ledger"
	"cubby/locker/view"
	"cubby/sync/hub"
)

// Options are what a program gives a console. All may be left out.
type Options struct {
	Name    string // of the hub, for people
	Version string
	// Tell makes the sentence of a line of a story in a language, with times of a zone.
	// Without it the types of facts are shown.
	Tell func(tag string, l view.StoryLine, zone *time.Location) string
	// Scopes are what API keys may be given; nil: they are typed.
	Scopes func() []string
	// Done ends streams when it is closed, so that a program need not wait for them.
	Done <-chan struct{}
	Log  *slog.Logger
	Now  func() time.Time
}

// A figure is one line of the hub's own health. Its label is one of the word files.
type figure struct{ Label, Value string }

// A Console serves the pages.
type Console struct {
	hub   Hub
	o     Options
	mux   *http.ServeMux
	seats *seats
	key   [32]byte // of form tokens
	pages map[string]pages
	books map[string]book
	cross *http.CrossOriginProtection
	lives chan struct{} // one place for each open stream
}

// streams is how many pages may be kept live at once.
const streams = 300

// New makes a console of a hub.
func New(h Hub, o Options) (*Console, error) {
	o.Name = cmp.Or(o.Name, "Cubby")
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	c := &Console{hub: h, o: o, mux: http.NewServeMux(), seats: newSeats(o.Now),
		cross: http.NewCrossOriginProtection(), lives: make(chan struct{}, streams)}
	rand.Read(c.key[:])
	var err error
	if c.books, err = openBooks(); err != nil {
		return nil, err
	}
	if c.pages, err = c.openPages(); err != nil {
		return nil, err
	}
	for _, rt := range routes {
		c.mux.HandleFunc(rt.pattern, c.guard(rt))
	}
	return c, nil
}

// policy allows the console's own files and nothing else: no script and no style in a page,
// no frame around it.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; " +
	"connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// ServeHTTP implements http.Handler.
func (c *Console) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	for name, value := range map[string]string{
		"Content-Security-Policy":    policy,
		"X-Content-Type-Options":     "nosniff",
		"X-Frame-Options":            "DENY",
		"Referrer-Policy":            "same-origin",
		"Cross-Origin-Opener-Policy": "same-origin",
		"Cache-Control":              "no-store",
	} {
		w.Header().Set(name, value)
	}
	c.mux.ServeHTTP(w, r)
}

// A visit is one request of somebody.
type visit struct {
	*Console
	w      http.ResponseWriter
	r      *http.Request
	cookie string // of the session; empty: nobody is signed in
	user   hub.User
	tag    string // language
	book   book
}

// by is who does it, as the hub writes it down.
func (v *visit) by() string { return "user:" + v.user.Name }

// may reports whether the user has a role.
func (v *visit) may(role hub.Role) bool { return v.user.Name != "" && v.user.Role.May(role) }

// guard lets in whom the table says, and answers what a handler returns.
func (c *Console) guard(rt route) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		v := &visit{Console: c, w: w, r: r, cookie: readCookie(r, cookieSession), tag: languageOf(r)}
		v.book = c.books[v.tag]
		if v.cookie != "" {
			known := false
			if v.user, known = c.seats.of(v.cookie, r.Header.Get(headerLive) == "" && !rt.live); !known {
				v.cookie = ""
			}
		}
		if v.cookie != "" {
			still, err := v.stillUser()
			if err != nil { // a browser that went on, or a database: no reason to sign anybody out
				v.refuse(err)
				return
			}
			if !still {
				c.seats.end(v.cookie)
				v.cookie, v.user = "", hub.User{}
			}
		}
		if rt.role != anybody && v.cookie == "" {
			v.askToSignIn(rt.live)
			return
		}
		if rt.role != anybody && !v.may(rt.role) {
			v.fail(http.StatusForbidden, "error.role")
			return
		}
		if r.Method == http.MethodPost && !v.formIsOurs() {
			return
		}
		if err := rt.do(v); err != nil {
			v.refuse(err)
		}
	}
}

// stillUser asks whether the account is there with the same password, and with which role:
// it may have been changed since, at the command line too.
func (v *visit) stillUser() (bool, error) {
	u, err := v.hub.User(v.r.Context(), v.user.Name)
	var r *ledger.Refusal
	if errors.As(err, &r) {
		return false, nil
	}
	if err != nil || u.Mark != v.user.Mark {
		return false, err
	}
	v.user = u
	return true, nil
}

// refuse shows why something was not done.
func (v *visit) refuse(err error) {
	var r *ledger.Refusal
	if !errors.As(err, &r) {
		if v.r.Context().Err() == nil {
			v.o.Log.Error("console", "path", v.r.Pattern, "error", err)
		}
		v.fail(http.StatusInternalServerError, "error.internal")
		return
	}
	v.show(statusOf(r), "error", map[string]any{"Message": said(r), "Back": v.before()})
}

// before is the page of this console from which somebody came; empty: none is known.
func (v *visit) before() string {
	from, err := url.Parse(v.r.Referer())
	if err != nil || from.Host != v.r.Host || !strings.HasPrefix(from.Path, "/") || strings.HasPrefix(from.Path, "//") {
		return ""
	}
	return from.RequestURI()
}

// said is a refusal with all that is wrong.
func said(r *ledger.Refusal) string {
	text := r.Message
	for _, o := range r.Others {
		text += "; " + o.Message
	}
	return text
}

func statusOf(r *ledger.Refusal) int {
	switch r.Code {
	case ledger.NotFound:
		return http.StatusNotFound
	case ledger.Conflict:
		return http.StatusConflict
	}
	return http.StatusUnprocessableEntity
}

// fail shows a text of the word files.
func (v *visit) fail(status int, key string) {
	v.show(status, "error", map[string]any{"Message": v.book.say(key), "Back": v.before()})
}

// done goes on to a page, which says what was done.
func (v *visit) done(to string, n note) error {
	v.seats.leave(v.cookie, n)
	http.Redirect(v.w, v.r, to, http.StatusSeeOther)
	return nil
}
