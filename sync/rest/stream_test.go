package rest

import (
	"context"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"cubby/sync/sse"
)

// wire is a ResponseWriter that a stream can be read from while it is written.
type wire struct {
	header http.Header
	mu     sync.Mutex // guards what follows
	status int
	text   strings.Builder
	broken error
}

func (w *wire) Header() http.Header { return w.header }
func (w *wire) WriteHeader(status int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.status = status
}
func (w *wire) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.broken != nil {
		return 0, w.broken
	}
	return w.text.Write(p)
}
func (w *wire) FlushError() error { return nil }
func (w *wire) String() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.text.String()
}

// follow begins a stream and returns its wire, and a channel closed at its end.
func (b *bench) follow(ctx context.Context, target string, header ...string) (*wire, <-chan struct{}) {
	r := httptest.NewRequestWithContext(ctx, "GET", target, nil)
	r.Header.Set("Accept", sse.ContentType)
	if b.token != "" {
		r.Header.Set("Authorization", "Bearer "+b.token)
	}
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w, ended := &wire{header: http.Header{}}, make(chan struct{})
	go func() {
		defer close(ended)
		b.surface().router.ServeHTTP(w, r)
	}()
	return w, ended
}

// messages reads what a wire has taken so far.
func messages(t *testing.T, w *wire) (list []sse.Message) {
	t.Helper()
	r := sse.NewReader(strings.NewReader(w.String()), 1<<20, nil)
	for {
		m, err := r.Next()
		if err != nil {
			return list
		}
		list = append(list, m)
	}
}

func TestAStreamTellsEachPageAndGoesOnWhereItBroke(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		b.core.happen(5)
		ctx, breakOff := context.WithCancel(t.Context())
		w, ended := b.follow(ctx, "/v1/events?limit=2")
		synctest.Wait()
		b.core.happen(1)
		synctest.Wait()
		got := messages(t, w)
		var seen []int
		for _, m := range got {
			if m.Event != "batch" {
				t.Errorf("a message named %q", m.Event)
			}
			seen = append(seen, ids(t, string(m.Data))...)
		}
		if !slices.Equal(seen, []int{1, 2, 3, 4, 5, 6}) || w.header.Get("Content-Type") != sse.ContentType {
			t.Fatalf("streamed %v as %q", seen, w.header.Get("Content-Type"))
		}
		time.Sleep(2*feedKeepAlive + time.Second)
		if n := strings.Count(w.String(), sse.KeepAlive); n < 3 {
			t.Errorf("%d signs of life in %q", n, w.String())
		}
		breakOff()
		<-ended

		w, ended = b.follow(t.Context(), "/v1/events?cursor=now", "Last-Event-ID", got[1].ID)
		synctest.Wait()
		if again := messages(t, w); len(again) != 1 || !slices.Equal(ids(t, string(again[0].Data)), []int{5, 6}) {
			t.Errorf("went on with %q", w.String())
		}
		if !slices.Equal(b.core.acked, []int64{4}) {
			t.Errorf("acknowledged %v", b.core.acked)
		}
		b.server.Close()
		<-ended
		if n := len(b.server.tcp.streams) + len(b.server.tcp.requests); n != 0 {
			t.Errorf("%d places were lost", n)
		}
	})
}

func TestAStreamEndsWithItsKeyItsEpochOrItsReader(t *testing.T) {
	for name, end := range map[string]func(*bench, *wire){
		"the key is revoked":            func(b *bench, _ *wire) { b.staff().do("DELETE", "/v1/keys/all", "") },
		"the key is revoked elsewhere":  func(b *bench, _ *wire) { b.core.RevokeKey(context.Background(), "all") },
		"the log is restored":           func(b *bench, _ *wire) { b.core.mu.Lock(); b.core.epoch = "epoch-2"; b.core.mu.Unlock() },
		"the reader takes nothing more": func(_ *bench, w *wire) { w.mu.Lock(); w.broken = errBroken; w.mu.Unlock() },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := newBench(t)
				w, ended := b.follow(t.Context(), "/v1/events")
				synctest.Wait()
				end(b, w)
				select {
				case <-ended:
				case <-time.After(feedKeepAlive + keyMemory):
					t.Fatal("the stream goes on")
				}
			})
		})
	}
}

func TestStreamsAreBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, func(c *Config) { c.MaxStreams = 1 })
		_, ended := b.follow(t.Context(), "/v1/events")
		synctest.Wait()
		w, second := b.follow(t.Context(), "/v1/events")
		<-second
		if w.status != 503 || !strings.Contains(w.String(), "too-many-streams") {
			t.Errorf("a second stream got %d %s", w.status, w.String())
		}
		b.server.Close()
		<-ended
	})
}

func TestAStreamOfViewsTellsEveryChange(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t).staff()
		w, ended := b.follow(t.Context(), "/screen/v1/views")
		synctest.Wait()
		v := b.core.View()
		v.Rev, v.Step = 2, "pickup_enter"
		b.core.show(v)
		time.Sleep(viewKeepAlive + time.Second)
		got := messages(t, w)
		if len(got) != 2 || got[0].Event != "view" || !strings.Contains(string(got[1].Data), `"step":"pickup_enter"`) {
			t.Errorf("streamed %q", w.String())
		}
		if !strings.HasSuffix(w.String(), sse.KeepAlive) {
			t.Errorf("no sign of life at the end of %q", w.String())
		}
		b.server.Close()
		<-ended
	})
}
