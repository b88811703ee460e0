package events_test

import (
	"cmp"
	"context"
	"io"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"cubby/sync/api/apitest"
	"cubby/sync/api/events"
	"cubby/sync/feed"
	"cubby/sync/rest"
	"cubby/sync/sse"
)

func TestAStreamTellsEachEventAndGoesOnWhereItBroke(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := apitest.New(t)
		b.Core.Happen(5)
		ctx, breakOff := context.WithCancel(t.Context())
		w, ended := b.Follow(ctx, "/v1/events?limit=2")
		synctest.Wait()
		b.Core.Happen(1)
		synctest.Wait()
		got := apitest.Messages(t, w)
		if seen := apitest.Streamed(t, got); !slices.Equal(seen, []int{1, 2, 3, 4, 5, 6}) ||
			w.Header().Get("Content-Type") != sse.ContentType {
			t.Fatalf("streamed %v as %q", seen, w.Header().Get("Content-Type"))
		}
		if !strings.HasPrefix(
			w.String(),
			"retry: 2000\n:\n\nid: "+feed.Cursor{
				Incarnation: apitest.SomeIncarnation,
				Complete:    true,
			}.Text()+"\n\nid: "+got[0].ID+"\ndata: ",
		) ||
			strings.Contains(w.String(), "event:") {
			t.Errorf("streamed %q", w.String())
		}
		time.Sleep(2*events.KeepAlive + time.Second)
		if !strings.HasSuffix(w.String(), sse.KeepAlive+sse.KeepAlive) {
			t.Errorf("no signs of life at the end of %q", w.String())
		}
		breakOff()
		<-ended

		// In the middle of a page, which a page's own cursor could not name.
		w, ended = b.Follow(t.Context(), "/v1/events?cursor=now", "Last-Event-ID", got[2].ID)
		synctest.Wait()
		if again := apitest.Streamed(t, apitest.Messages(t, w)); !slices.Equal(again, []int{4, 5, 6}) {
			t.Errorf("went on with %v", again)
		}
		if !slices.Equal(b.Core.Acked, []int64{3}) {
			t.Errorf("acknowledged %v", b.Core.Acked)
		}
		b.Server.Close()
		<-ended
		if metrics := apitest.Text(t, b.Do("GET", "/metrics", "")); !strings.Contains(metrics,
			`cubby_http_streams{route="/v1/events"} 0`) {
			t.Errorf("a stream is open still: %s", metrics)
		}
	})
}

func TestAStreamFromNowThatBreaksBeforeItsFirstEventLosesNone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := apitest.New(t)
		b.Core.Happen(3)
		ctx, breakOff := context.WithCancel(t.Context())
		w, ended := b.Follow(ctx, "/v1/events?cursor=now")
		synctest.Wait()
		r := sse.NewReader(strings.NewReader(w.String()), 1<<20, nil)
		if m, err := r.Next(); err == nil || r.Place() == "" {
			t.Fatalf("streamed %+v and stands at %q", m, r.Place())
		}
		breakOff()
		<-ended
		b.Core.Happen(1)
		time.Sleep(2 * time.Second)
		w, ended = b.Follow(t.Context(), "/v1/events?cursor=now", "Last-Event-ID", r.Place())
		synctest.Wait()
		if got := apitest.Streamed(t, apitest.Messages(t, w)); !slices.Equal(got, []int{4}) {
			t.Errorf("after the break came %v", got)
		}
		if len(b.Core.Acked) != 0 {
			t.Errorf("acknowledged %v", b.Core.Acked)
		}
		b.Server.Close()
		<-ended
	})
}

func TestPagesAndStreamsGiveTheSameCursors(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := apitest.New(t)
		b.Core.Happen(9)
		plain := b.With(b.Core.Grant("plain", "events:read"))
		for name, c := range map[string]struct {
			by   *apitest.Bench
			from string
		}{
			"from the beginning with codes":    {b, ""},
			"from the beginning without codes": {plain, ""},
			"on from a page with codes": {b, "?cursor=" +
				b.Do("GET", "/v1/events?limit=4", "").Header.Get("Cubby-Next-Cursor")},
			"on from a page without codes": {b, "?cursor=" +
				plain.Do("GET", "/v1/events?limit=4", "").Header.Get("Cubby-Next-Cursor")},
		} {
			ctx, leave := context.WithCancel(t.Context())
			w, ended := c.by.Follow(ctx, "/v1/events"+c.from)
			synctest.Wait()
			leave()
			<-ended
			target := "/v1/events" + cmp.Or(c.from, "?") + "&limit=1"
			for _, m := range apitest.Messages(t, w) {
				answer := c.by.Do("GET", target, "")
				next := answer.Header.Get("Cubby-Next-Cursor")
				if body := apitest.Want(t, answer, 200, ""); m.ID != next || "["+string(m.Data)+"]" != body {
					t.Errorf("%s: the stream gives %s %s, the page %s %s", name, m.ID, m.Data, next, body)
				}
				target = "/v1/events?limit=1&cursor=" + next
			}
			if last := apitest.IDs(t, apitest.Want(t, c.by.Do("GET", target, ""), 200, "")); len(last) != 0 {
				t.Errorf("%s: the stream did not tell %v", name, last)
			}
		}
	})
}

func TestAStreamAcknowledgesOnlyWhatWasReadWithCodes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := apitest.New(t)
		b.Core.Happen(4)
		plain := b.With(b.Core.Grant("plain", "events:read"))
		last := func(by *apitest.Bench, target string, header ...string) string {
			ctx, leave := context.WithCancel(t.Context())
			w, ended := by.Follow(ctx, target, header...)
			synctest.Wait()
			leave()
			<-ended
			list := apitest.Messages(t, w)
			return list[len(list)-1].ID
		}
		blind := last(plain, "/v1/events")
		b.Core.Happen(1)
		last(b, "/v1/events", "Last-Event-ID", blind) // has the scope, but the first four came without codes
		if len(b.Core.Acked) != 0 {
			t.Fatalf("acknowledged %v without having read all codes", b.Core.Acked)
		}
		seen := last(b, "/v1/events")
		b.Core.Happen(1)
		last(plain, "/v1/events", "Last-Event-ID", seen) // proves nothing without the scope
		if len(b.Core.Acked) != 0 {
			t.Fatalf("acknowledged %v without the scope", b.Core.Acked)
		}
		last(b, "/v1/events", "Last-Event-ID", seen)
		if !slices.Equal(b.Core.Acked, []int64{5}) {
			t.Errorf("acknowledged %v", b.Core.Acked)
		}
	})
}

func TestAStreamEndsWithItsKeyOrItsReader(t *testing.T) {
	for name, end := range map[string]func(*apitest.Bench, *apitest.Wire){
		"the key is revoked": func(b *apitest.Bench,
			_ *apitest.Wire) {
			b.Staff().Do("DELETE", "/v1/keys/all", "")
		},
		"the key is revoked elsewhere": func(b *apitest.Bench,
			_ *apitest.Wire) {
			b.Core.RevokeKey(context.Background(), "all")
		},
		"the reader takes nothing more": func(_ *apitest.Bench, w *apitest.Wire) { w.Break(io.ErrClosedPipe) },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := apitest.New(t)
				w, ended := b.Follow(t.Context(), "/v1/events")
				synctest.Wait()
				end(b, w)
				select {
				case <-ended:
				case <-time.After(events.KeepAlive + rest.KeyMemory):
					t.Fatal("the stream goes on")
				}
			})
		})
	}
}

func TestStreamsAreBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := apitest.New(t, func(c *apitest.Setup) { c.MaxStreams = 1 })
		_, ended := b.Follow(t.Context(), "/v1/events")
		synctest.Wait()
		w, second := b.Follow(t.Context(), "/v1/events")
		<-second
		if w.Status() != 503 || !strings.Contains(w.String(), "too-many-streams") {
			t.Errorf("a second stream got %d %s", w.Status(), w.String())
		}
		b.Server.Close()
		<-ended
	})
}
