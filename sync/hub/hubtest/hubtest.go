// Package hubtest gives tests a hub that stations can join, and a network between them
// that can be taken away.
package hubtest

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"cubby/sync/client"
	"cubby/sync/hub"
	"cubby/sync/hub/api"
)

// A Hub serves its stations at an address of this machine.
type Hub struct {
	*hub.Hub
	server *httptest.Server

	mu  sync.Mutex // guards what follows
	cut map[string]bool
}

// Open opens a hub that pays refunds at once, and closes it with the test.
func Open(t testing.TB) *Hub {
	t.Helper()
	h := &Hub{cut: map[string]bool{}}
	h.server = httptest.NewUnstartedServer(nil)
	quiet := slog.New(slog.DiscardHandler)
	var err error
	if h.Hub, err = hub.Open(t.Context(), hub.Config{
		At: filepath.Join(t.TempDir(), "hub.db"), Key: make([]byte, 32), Name: "Hub", Refunds: hub.Automatic,
		Log: quiet, PublicURL: "http://" + h.server.Listener.Addr().String(),
	}); err != nil {
		t.Fatal(err)
	}
	endpoint, err := api.New(h.Hub, api.Config{Name: "Hub", Log: quiet})
	if err != nil {
		t.Fatal(err)
	}
	h.server.Config.Handler = h.through(endpoint.Handler())
	h.server.Start()
	t.Cleanup(func() {
		endpoint.Close()
		h.server.CloseClientConnections()
		h.server.Close()
		if err := h.Close(); err != nil {
			t.Error(err)
		}
	})
	return h
}

// through is the network: what a station asks that is cut off has no answer.
func (h *Hub) through(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if rest, ok := strings.CutPrefix(r.URL.Path, "/sync/v1/stations/"); ok {
			station, _, _ := strings.Cut(rest, "/")
			h.mu.Lock()
			cut := h.cut[station]
			h.mu.Unlock()
			if cut {
				panic(http.ErrAbortHandler)
			}
		}
		next.ServeHTTP(w, r)
	})
}

// Join has a station join whose staff ask it, and gives the id that it has here.
func (h *Hub) Join(t testing.TB, name string, staff *client.Client) (station string) {
	t.Helper()
	s, invitation, err := h.Invite(t.Context(), "user:test", name, "", nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := staff.JoinCentre(t.Context(), invitation); err != nil {
		t.Fatal(err)
	}
	return s.ID
}

// Cut takes the network to a station away, or gives it back.
func (h *Hub) Cut(station string, cut bool) {
	h.mu.Lock()
	h.cut[station] = cut
	h.mu.Unlock()
	if cut {
		h.server.CloseClientConnections() // what waits for an answer, too
	}
}
