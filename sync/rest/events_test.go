package rest

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"cubby/sync/feed"
	"cubby/sync/sse"
)

// ids are the numbers of the events on a page.
func ids(t testing.TB, body string) (list []int) {
	t.Helper()
	var events []struct{ Data struct{ N int } }
	if err := json.Unmarshal([]byte(body), &events); err != nil {
		t.Fatalf("%v in %s", err, body)
	}
	for _, e := range events {
		list = append(list, e.Data.N)
	}
	return list
}

func TestTheFeedIsReadToItsEndAndOn(t *testing.T) {
	b := newBench(t)
	b.core.happen(25)
	target, seen := "/v1/events?limit=10", []int{}
	for range 4 {
		answer := b.do("GET", target, "")
		if answer.Header.Get("Content-Type") != "application/cloudevents-batch+json" {
			t.Errorf("came as %q", answer.Header.Get("Content-Type"))
		}
		seen = append(seen, ids(t, want(t, answer, 200, ""))...)
		link := answer.Header.Get("Link")
		next := answer.Header.Get("Cubby-Next-Cursor")
		if link != fmt.Sprintf(`</v1/events?cursor=%s&limit=10>; rel="next"`, next) {
			t.Errorf("the link is %s", link)
		}
		target = strings.Trim(strings.Split(link, ";")[0], "<>")
	}
	if len(seen) != 25 || !slices.IsSorted(seen) || seen[24] != 25 {
		t.Fatalf("read %v", seen)
	}
	b.core.happen(1)
	if got := ids(t, want(t, b.do("GET", target, ""), 200, "")); !slices.Equal(got, []int{26}) {
		t.Errorf("then came %v", got)
	}
}

func TestFromNowOnMeansNothingOld(t *testing.T) {
	b := newBench(t)
	b.core.happen(3)
	answer := b.do("GET", "/v1/events?cursor=now", "")
	if got := ids(t, want(t, answer, 200, "")); len(got) != 0 {
		t.Errorf("old events %v", got)
	}
	b.core.happen(1)
	if got := ids(t, want(t, b.do("GET", "/v1/events?cursor="+answer.Header.Get("Cubby-Next-Cursor"), ""), 200, "")); !slices.Equal(got, []int{4}) {
		t.Errorf("read %v", got)
	}
}

func TestCursorsThatCannotBeServed(t *testing.T) {
	b := newBench(t)
	b.core.happen(3)
	for name, c := range map[string]struct {
		query  string
		status int
		slug   string
	}{
		"garbage":               {"cursor=xyz", 400, "bad-cursor"},
		"empty":                 {"cursor=", 400, "bad-cursor"},
		"a number":              {"cursor=3", 400, "bad-cursor"},
		"another life":          {"cursor=" + feed.Cursor{Seq: 2}.Text("epoch-0"), 410, "cursor-gone"},
		"ahead of the log":      {"cursor=" + feed.Cursor{Seq: 4}.Text("epoch-1"), 410, "cursor-gone"},
		"the newest":            {"cursor=" + feed.Cursor{Seq: 3}.Text("epoch-1"), 200, ""},
		"limit zero":            {"limit=0", 400, "bad-parameter"},
		"limit above a hundred": {"limit=101", 400, "bad-parameter"},
		"waiting too long":      {"wait=61", 400, "bad-parameter"},
		"waiting backwards":     {"wait=-1", 400, "bad-parameter"},
		"another parameter":     {"since=3", 400, "bad-parameter"},
	} {
		t.Run(name, func(t *testing.T) {
			b := *b
			b.t = t
			want(t, b.do("GET", "/v1/events?"+c.query, ""), c.status, c.slug)
		})
	}
}

func TestCodesAreAcknowledgedByTheirReaderOnly(t *testing.T) {
	next := func(answer *http.Response) string {
		return "/v1/events?limit=2&cursor=" + answer.Header.Get("Cubby-Next-Cursor")
	}
	b := newBench(t)
	b.core.happen(5)
	first := b.do("GET", "/v1/events?limit=2", "")
	if body := want(t, first, 200, ""); !strings.Contains(body, "CLEAR2") {
		t.Errorf("no codes in %s", body)
	}
	if len(b.core.acked) != 0 {
		t.Fatal("acknowledged before the reader came back")
	}
	b.do("HEAD", next(first), "")
	if len(b.core.acked) != 0 {
		t.Fatal("HEAD acknowledged")
	}
	second := b.do("GET", next(first), "")
	b.do("GET", next(first), "") // again: nothing new to erase
	b.do("GET", next(second), "")
	b.do("GET", next(first), "")
	if !slices.Equal(b.core.acked, []int64{2, 4}) {
		t.Errorf("acknowledged %v", b.core.acked)
	}

	b.core.acked = nil
	b.server.ack = acknowledged{}
	plain := b.with(b.core.grant("plain", "events:read"))
	answer := plain.do("GET", "/v1/events?limit=2", "")
	if body := want(t, answer, 200, ""); strings.Contains(body, "CLEAR") {
		t.Errorf("codes without the scope: %s", body)
	}
	plain.do("GET", next(answer), "")
	b.do("GET", next(answer), "") // has the scope, but these pages came without codes
	late := b.do("GET", "/v1/events?cursor=now", "")
	b.core.happen(1)
	b.do("GET", next(b.do("GET", next(late), "")), "") // has never seen the first five
	if len(b.core.acked) != 0 {
		t.Errorf("acknowledged %v without having read all codes", b.core.acked)
	}
}

func TestALongPollEndsWithTheFirstEventOrTheTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		began := time.Now()
		if got := ids(t, want(t, b.do("GET", "/v1/events?wait=60", ""), 200, "")); len(got) != 0 || time.Since(began) != time.Minute {
			t.Errorf("got %v after %v", got, time.Since(began))
		}
		began = time.Now()
		time.AfterFunc(7*time.Second, func() { b.core.happen(1) })
		if got := ids(t, want(t, b.do("GET", "/v1/events?wait=60", ""), 200, "")); !slices.Equal(got, []int{1}) || time.Since(began) != 7*time.Second {
			t.Errorf("got %v after %v", got, time.Since(began))
		}
		began = time.Now()
		want(t, b.do("HEAD", "/v1/events?wait=60&cursor=now", ""), 200, "")
		if time.Since(began) != 0 {
			t.Error("HEAD waited")
		}
		time.AfterFunc(3*time.Second, b.server.Close)
		want(t, b.do("GET", "/v1/events?wait=60&cursor=now", ""), 200, "")
		if time.Since(began) != 3*time.Second {
			t.Errorf("the end of the server was noticed after %v", time.Since(began))
		}
	})
}

func TestWaitingTakesAPlaceAmongStreamsNotRequests(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, func(c *Config) { c.MaxRequests, c.MaxStreams = 1, 2 })
		done := make(chan int, 2)
		for range 2 {
			go func() { done <- b.do("GET", "/v1/events?wait=30", "").StatusCode }()
			synctest.Wait()
		}
		want(t, b.do("GET", "/v1/compartments", ""), 200, "")
		want(t, b.do("GET", "/v1/events?wait=30", ""), 503, "too-many-streams")
		want(t, b.do("GET", "/v1/events?wait=0", ""), 200, "")
		if a, b := <-done, <-done; a != 200 || b != 200 {
			t.Errorf("the waiting ended with %d and %d", a, b)
		}
		want(t, b.do("GET", "/v1/events?wait=1", ""), 200, "")
	})
}

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
