package rest

import (
	"cmp"
	"context"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"cubby/locker"
	"cubby/sync/feed"
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

func TestAStreamTellsEachEventAndGoesOnWhereItBroke(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		b.core.happen(5)
		ctx, breakOff := context.WithCancel(t.Context())
		w, ended := b.follow(ctx, "/v1/events?limit=2")
		synctest.Wait()
		b.core.happen(1)
		synctest.Wait()
		got := messages(t, w)
		if seen := streamed(t, got); !slices.Equal(seen, []int{1, 2, 3, 4, 5, 6}) || w.header.Get("Content-Type") != sse.ContentType {
			t.Fatalf("streamed %v as %q", seen, w.header.Get("Content-Type"))
		}
		if !strings.HasPrefix(w.String(), "retry: 2000\n:\n\nid: "+feed.Cursor{Mark: someMark, Complete: true}.Text()+"\n\nid: "+got[0].ID+"\ndata: ") || strings.Contains(w.String(), "event:") {
			t.Errorf("streamed %q", w.String())
		}
		time.Sleep(2*feedKeepAlive + time.Second)
		if !strings.HasSuffix(w.String(), sse.KeepAlive+sse.KeepAlive) {
			t.Errorf("no signs of life at the end of %q", w.String())
		}
		breakOff()
		<-ended

		// In the middle of a page, which a page's own cursor could not name.
		w, ended = b.follow(t.Context(), "/v1/events?cursor=now", "Last-Event-ID", got[2].ID)
		synctest.Wait()
		if again := streamed(t, messages(t, w)); !slices.Equal(again, []int{4, 5, 6}) {
			t.Errorf("went on with %v", again)
		}
		if !slices.Equal(b.core.acked, []int64{3}) {
			t.Errorf("acknowledged %v", b.core.acked)
		}
		b.server.Close()
		<-ended
		if n := len(b.server.tcp.streams) + len(b.server.tcp.requests); n != 0 {
			t.Errorf("%d places were lost", n)
		}
	})
}

func TestAStreamFromNowThatBreaksBeforeItsFirstEventLosesNone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		b.core.happen(3)
		ctx, breakOff := context.WithCancel(t.Context())
		w, ended := b.follow(ctx, "/v1/events?cursor=now")
		synctest.Wait()
		r := sse.NewReader(strings.NewReader(w.String()), 1<<20, nil)
		if m, err := r.Next(); err == nil || r.Place() == "" {
			t.Fatalf("streamed %+v and stands at %q", m, r.Place())
		}
		breakOff()
		<-ended
		b.core.happen(1)
		time.Sleep(comeBack)
		w, ended = b.follow(t.Context(), "/v1/events?cursor=now", "Last-Event-ID", r.Place())
		synctest.Wait()
		if got := streamed(t, messages(t, w)); !slices.Equal(got, []int{4}) {
			t.Errorf("after the break came %v", got)
		}
		if len(b.core.acked) != 0 {
			t.Errorf("acknowledged %v", b.core.acked)
		}
		b.server.Close()
		<-ended
	})
}

func TestPagesAndStreamsGiveTheSameCursors(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		b.core.happen(9)
		plain := b.with(b.core.grant("plain", "events:read"))
		for name, c := range map[string]struct {
			by   *bench
			from string
		}{
			"from the beginning with codes":    {b, ""},
			"from the beginning without codes": {plain, ""},
			"on from a page with codes":        {b, "?cursor=" + b.do("GET", "/v1/events?limit=4", "").Header.Get("Cubby-Next-Cursor")},
			"on from a page without codes":     {b, "?cursor=" + plain.do("GET", "/v1/events?limit=4", "").Header.Get("Cubby-Next-Cursor")},
		} {
			ctx, leave := context.WithCancel(t.Context())
			w, ended := c.by.follow(ctx, "/v1/events"+c.from)
			synctest.Wait()
			leave()
			<-ended
			target := "/v1/events" + cmp.Or(c.from, "?") + "&limit=1"
			for _, m := range messages(t, w) {
				answer := c.by.do("GET", target, "")
				next := answer.Header.Get("Cubby-Next-Cursor")
				if body := want(t, answer, 200, ""); m.ID != next || "["+string(m.Data)+"]" != body {
					t.Errorf("%s: the stream gives %s %s, the page %s %s", name, m.ID, m.Data, next, body)
				}
				target = "/v1/events?limit=1&cursor=" + next
			}
			if last := ids(t, want(t, c.by.do("GET", target, ""), 200, "")); len(last) != 0 {
				t.Errorf("%s: the stream did not tell %v", name, last)
			}
		}
	})
}

func TestAStreamAcknowledgesOnlyWhatWasReadWithCodes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		b.core.happen(4)
		plain := b.with(b.core.grant("plain", "events:read"))
		last := func(by *bench, target string, header ...string) string {
			ctx, leave := context.WithCancel(t.Context())
			w, ended := by.follow(ctx, target, header...)
			synctest.Wait()
			leave()
			<-ended
			list := messages(t, w)
			return list[len(list)-1].ID
		}
		blind := last(plain, "/v1/events")
		b.core.happen(1)
		last(b, "/v1/events", "Last-Event-ID", blind) // has the scope, but the first four came without codes
		if len(b.core.acked) != 0 {
			t.Fatalf("acknowledged %v without having read all codes", b.core.acked)
		}
		seen := last(b, "/v1/events")
		b.core.happen(1)
		last(plain, "/v1/events", "Last-Event-ID", seen) // proves nothing without the scope
		if len(b.core.acked) != 0 {
			t.Fatalf("acknowledged %v without the scope", b.core.acked)
		}
		last(b, "/v1/events", "Last-Event-ID", seen)
		if !slices.Equal(b.core.acked, []int64{5}) {
			t.Errorf("acknowledged %v", b.core.acked)
		}
	})
}

func TestAPageThatCannotBeToldApartBreaksTheStream(t *testing.T) {
	b := newBench(t)
	for name, page := range map[string]locker.FeedPage{
		"not JSON":             {Events: []byte(`{"sequence":"4"`), Last: 4},
		"without a sequence":   {Events: []byte(`{}`), Last: 4},
		"the place before":     {Events: []byte(`{"sequence":"3"}`), Last: 4},
		"twice the same place": {Events: []byte(`{"sequence":"4"},{"sequence":"4"}`), Last: 4},
		"beyond the page":      {Events: []byte(`{"sequence":"5"}`), Last: 4},
	} {
		if list, err := b.server.messages(page, feed.Cursor{Seq: 3}, caller{scopes: codesRead}); err == nil {
			t.Errorf("%s: made %v", name, list)
		}
	}
}

func TestAStreamEndsWithItsKeyOrItsReader(t *testing.T) {
	for name, end := range map[string]func(*bench, *wire){
		"the key is revoked":            func(b *bench, _ *wire) { b.staff().do("DELETE", "/v1/keys/all", "") },
		"the key is revoked elsewhere":  func(b *bench, _ *wire) { b.core.RevokeKey(context.Background(), "all") },
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
		v := b.core.View("")
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
