package api

import (
	"context"
	"log/slog"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"cubby/sync/rest"
)

// some is a source that happens, and whose reader's key can be revoked.
type some struct {
	happened chan struct{}
	empty    atomic.Bool
	revoked  atomic.Bool
}

func (s *some) Holder(context.Context, [32]byte) (rest.Holder, bool, error) {
	return rest.Holder{Name: "key:test", Revoked: s.revoked.Load()}, true, nil
}

// TestALongPollEnds asks for 30 s and lets things happen.
func TestALongPollEnds(t *testing.T) {
	happen := func(s *some, _ *rest.Server) { s.empty.Store(false); close(s.happened) }
	revoke := func(s *some, _ *rest.Server) { s.revoked.Store(true); close(s.happened) }
	for name, c := range map[string]struct {
		happens func(s *some, server *rest.Server)
		status  int
		after   time.Duration
	}{
		"nothing":            {func(*some, *rest.Server) {}, 200, 30 * time.Second},
		"something":          {happen, 200, time.Second},
		"the hub ends":       {func(_ *some, server *rest.Server) { server.Close() }, 200, time.Second},
		"the key is no more": {revoke, 401, rest.KeyMemory + time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := &some{happened: make(chan struct{})}
				s.empty.Store(true)
				waits := rest.Plain(func(x *rest.Exchange) error {
					page, err := poll(x, 30*time.Second, func() <-chan struct{} { return s.happened },
						func(context.Context) (string, bool, error) { return "{}", s.empty.Load(), nil })
					if err != nil {
						return err
					}
					return x.Answer(200, []byte(page))
				})
				family := rest.Family{Name: "x", Routes: []rest.Route{{Method: "GET", Path: "/x", Run: waits}}}
				server, err := rest.New(rest.Config{
					Keys: s, Log: slog.New(slog.DiscardHandler), Families: []rest.Family{family},
				})
				if err != nil {
					t.Fatal(err)
				}
				defer server.Close()
				began := time.Now()
				go func() {
					time.Sleep(c.after)
					c.happens(s, server)
				}()
				r := httptest.NewRequest("GET", "/x", nil)
				r.Header.Set("Authorization", "Bearer 0123456789abcdef")
				w := httptest.NewRecorder()
				server.Handler().ServeHTTP(w, r)
				if took := time.Since(began); w.Code != c.status || took != c.after {
					t.Errorf("answered %d after %s, want %d after %s", w.Code, took, c.status, c.after)
				}
			})
		})
	}
}
