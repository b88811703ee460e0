package api_test

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"cubby/sync/db/dbtest"
	"cubby/sync/hub"
	"cubby/sync/hub/api"
	"cubby/sync/sse"
)

// happened is what a reader of events needs of one.
type happened struct{ ID, Type, Station string }

// page reads a page of events.
func (b *bench) page(target string) (page []happened, next string) {
	b.Helper()
	answer := b.Send(b.request("GET", target, ""), "")
	text, err := io.ReadAll(answer.Body)
	b.must(err)
	if answer.StatusCode != 200 {
		b.Fatalf("%s: %d %s", target, answer.StatusCode, text)
	}
	return read[[]happened](b, string(text)), answer.Header.Get("Cubby-Next-Cursor")
}

func TestEventsOfAllStations(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, at string) {
		b := newTown(t, at) // of its six facts one is in quarantine
		other, key := b.join("two")
		b.push(other, key, 0, ofParcel(1, "announced", "X-1"), ofParcel(2, "announced", "X-2"))
		var all []string
		cursor := ""
		for {
			page, next := b.page("/v1/events?limit=2&cursor=" + cursor)
			if len(page) == 0 {
				break
			}
			for _, e := range page {
				all = append(all, e.Station+" "+e.ID)
			}
			cursor = next
		}
		want := []string{
			b.station + " e-1", b.station + " e-2", b.station + " e-3", b.station + " e-4", b.station + " e-5",
			b.station + " e-7", other + " e-1", other + " e-2",
		}
		if !slices.Equal(all, want) {
			t.Errorf("read %v, want %v", all, want)
		}
		if page, _ := b.page("/v1/events?station=" + other); len(page) != 2 || page[0].Station != other {
			t.Errorf("of one station: %v", page)
		}
		if text := b.do(200, "", "GET", "/v1/events", ""); strings.Contains(text, marker) {
			t.Errorf("codes or persons are in %s", text)
		}
		page, now := b.page("/v1/events?cursor=now&wait=0")
		if len(page) != 0 {
			t.Errorf("behind the newest there is %v", page)
		}
		for _, bad := range []string{"x", now + "A", strings.Repeat("A", 3000), "%00"} {
			b.do(410, "cursor-gone", "GET", "/v1/events?cursor="+bad, "")
		}
		// A long poll that begins before something happens.
		heard := b.hub.Heard()
		asked := make(chan *httptest.ResponseRecorder)
		go func() {
			w := httptest.NewRecorder()
			b.Door.ServeHTTP(w, b.request("GET", "/v1/events?wait=60&cursor="+now, ""))
			asked <- w
		}()
		b.push(other, key, 2, ofParcel(5, "announced", "X-3"))
		<-heard
		if got := read[[]happened](b.bench, (<-asked).Body.String()); len(got) != 1 || got[0].ID != "e-5" {
			t.Errorf("waited for %v", got)
		}
	})
}

// TestAStreamOfEvents reads one over a real connection, leaves, and comes back.
func TestAStreamOfEvents(t *testing.T) {
	b := newTown(t, dbtest.SQLite(t))
	server := httptest.NewServer(b.Door)
	defer server.Close()
	stream := func(header ...string) (*sse.Reader, func()) {
		ctx, cancel := context.WithCancel(t.Context())
		r, err := http.NewRequestWithContext(ctx, "GET", server.URL+"/v1/events", nil)
		b.must(err)
		r.Header.Set("Accept", sse.ContentType)
		r.Header.Set("Authorization", "Bearer "+b.token)
		for i := 0; i < len(header); i += 2 {
			r.Header.Set(header[i], header[i+1])
		}
		answer, err := server.Client().Do(r)
		b.must(err)
		if answer.StatusCode != 200 {
			t.Fatalf("the stream began with %d", answer.StatusCode)
		}
		return sse.NewReader(answer.Body, 1<<20, nil), func() { cancel(); answer.Body.Close() }
	}
	next := func(r *sse.Reader) sse.Message {
		m, err := r.Next()
		b.must(err)
		return m
	}
	r, leave := stream()
	var last sse.Message
	for range 3 {
		last = next(r)
	}
	leave()
	r, leave = stream("Last-Event-ID", last.ID)
	defer leave()
	for _, want := range []string{"e-4", "e-5", "e-7"} {
		if m := next(r); read[happened](b.bench, string(m.Data)).ID != want {
			t.Errorf("got %s, want %s", m.Data, want)
		}
	}
	b.push(b.station, b.stationKey, 7, ofParcel(8, "announced", "P-9"))
	if m := next(r); read[happened](b.bench, string(m.Data)).ID != "e-8" {
		t.Errorf("then came %s", m.Data)
	}
}

// TestACursorOfAHubThatWasRestored has a hub go on from a copy that has not got what the
// cursor is behind.
func TestACursorOfAHubThatWasRestored(t *testing.T) {
	at := dbtest.SQLite(t)
	b := newTown(t, at)
	_, early := b.page("/v1/events?limit=2")
	b.must(b.hub.Close())
	old := filepath.Join(t.TempDir(), "copy.db")
	text, err := os.ReadFile(at)
	b.must(err)
	b.must(os.WriteFile(old, text, 0o600))

	again := func(at string) *bench {
		h, err := hub.Open(t.Context(), hub.Config{
			At: at, Key: bytes.Repeat([]byte{7}, 32), Name: "x", Log: slog.New(slog.DiscardHandler),
		})
		b.must(err)
		t.Cleanup(func() { b.must(h.Close()) })
		s, err := api.New(h, api.Config{Name: "x", Log: slog.New(slog.DiscardHandler)})
		b.must(err)
		t.Cleanup(s.Close)
		o := b.with(b.token)
		o.hub, o.server, o.Door = h, s, s.Handler()
		return o
	}
	first := again(at)
	first.push(b.station, b.stationKey, 7, ofParcel(8, "announced", "P-9"))
	_, late := first.page("/v1/events?cursor=" + early)
	restored := again(old)
	restored.do(410, "cursor-gone", "GET", "/v1/events?cursor="+late, "")
	if page, _ := restored.page("/v1/events?cursor=" + early); len(page) != 4 {
		t.Errorf("behind a cursor that both have: %v", page)
	}
	restored.push(b.station, b.stationKey, 7, ofParcel(8, "announced", "P-10"), ofParcel(9, "announced", "P-11"))
	restored.do(410, "cursor-gone", "GET", "/v1/events?cursor="+late, "")
}
