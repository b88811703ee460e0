package rest

import (
	"context"
	"log/slog"
	"net/http"
	"slices"

	"github.com/gorilla/mux"

	"cubby/sync/problem"
)

// Request is what was asked.
func (x *Exchange) Request() *http.Request { return x.r }

// Context ends with the deadline of an ordinary request.
func (x *Exchange) Context() context.Context { return x.ctx }

// Var is a part of the path that the route's template names.
func (x *Exchange) Var(name string) string { return mux.Vars(x.r)[name] }

// Log is the server's.
func (x *Exchange) Log() *slog.Logger { return x.surface.server.Log }

// Client is the name of the key that was sent.
func (x *Exchange) Client() string { return x.who.name }

// Actor is the caller as facts record it.
func (x *Exchange) Actor() string { return x.who.actor }

// May reports whether the caller has a right.
func (x *Exchange) May(scope string) bool { return x.who.scopes&x.surface.server.scopes.of(scope) != 0 }

// Routine says that a 503 is an answer like others here, not worth a line in the log.
func (x *Exchange) Routine() { x.routine = true }

// Waits says that the request waits for something: its time says nothing.
func (x *Exchange) Waits() { x.waited = true }

// Closing is closed when the server ends: streams and long polls go home.
func (x *Exchange) Closing() <-chan struct{} { return x.surface.server.stop }

// Fresh is a context with a whole deadline, for what is done after a wait. It ends
// with the connection.
func (x *Exchange) Fresh() (context.Context, context.CancelFunc) {
	return context.WithTimeout(x.r.Context(), x.surface.server.Deadline)
}

// Detached is a context with a whole deadline for what must be done to its end even
// when the caller leaves.
func (x *Exchange) Detached() (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.WithoutCancel(x.ctx), x.surface.server.Deadline)
}

// ForgetKeys has every key be looked up anew. Whoever changes keys calls it behind
// the commit.
func (x *Exchange) ForgetKeys() { x.surface.server.keys.forget() }

// Scopes are the rights a key can have, by name.
func (x *Exchange) Scopes() []string { return x.surface.server.Scopes() }

// StillWelcome reports whether the key that a stream or long poll began with is still
// valid and has the same rights.
func (x *Exchange) StillWelcome(ctx context.Context) (bool, error) {
	if x.who.hash == ([32]byte{}) {
		return true, nil
	}
	now, ok, err := x.surface.server.keys.caller(ctx, x.who.hash)
	return ok && now.scopes == x.who.scopes, err
}

// TurnAway refuses a key that is not welcome any more.
func (x *Exchange) TurnAway() error { return x.surface.server.turnAway(x, x.surface.server.badKey()) }

// Refused counts a request that failed to prove something, such as a one-time code,
// against the address it came from, and gives the error to answer with: err, or that
// there were too many.
func (x *Exchange) Refused(err error) error { return x.surface.server.turnAway(x, err) }

// crossOrigin lets a browser's page read the answer, if the configuration names the
// origin it comes from.
func (x *Exchange) crossOrigin() {
	s := x.surface.server
	if len(s.AllowedOrigins) == 0 {
		return
	}
	x.Header().Add("Vary", "Origin")
	if origin := x.r.Header.Get("Origin"); slices.Contains(s.AllowedOrigins, origin) {
		x.Header().Set("Access-Control-Allow-Origin", origin)
		x.Header().Set("Access-Control-Expose-Headers", "Cubby-Next-Cursor")
	}
}

// closed refuses what a station does not do while it serves nobody.
func (s *Server) closed(e *bound) error {
	if s.Closed == "" || e.WhenClosed {
		return nil
	}
	return problem.New(http.StatusServiceUnavailable, "closed", s.Closed).Again(60)
}
