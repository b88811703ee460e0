package rest

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"cubby/locker"
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

// streamed are the numbers of the events a stream has told, one to a message.
func streamed(t testing.TB, messages []sse.Message) (list []int) {
	t.Helper()
	for _, m := range messages {
		if m.Event != "" || bytes.ContainsRune(m.Data, '\n') {
			t.Errorf("not an unnamed message of one line: %q %q", m.Event, m.Data)
		}
		list = append(list, ids(t, "["+string(m.Data)+"]")...)
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
		"empty: the beginning":  {"cursor=", 200, ""},
		"a number":              {"cursor=3", 400, "bad-cursor"},
		"another life":          {"cursor=" + feed.Cursor{Seq: 2}.Text(), 410, "cursor-gone"},
		"ahead of the log":      {"cursor=" + feed.Cursor{Seq: 4, Mark: someMark}.Text(), 410, "cursor-gone"},
		"the newest":            {"cursor=" + feed.Cursor{Seq: 3, Mark: someMark}.Text(), 200, ""},
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

func TestAReaderWhoseCursorIsGoneIsToldToTakeAnotherBeforeItReadsAll(t *testing.T) {
	b := newBench(t)
	detail := func(problem []byte) string {
		var p struct{ Detail string }
		if err := json.Unmarshal(problem, &p); err != nil {
			t.Fatal(err)
		}
		return p.Detail
	}
	told := detail([]byte(want(t, b.do("GET", "/v1/events?cursor="+feed.Cursor{}.Text(), ""), 410, "cursor-gone")))
	cursor, parcels := strings.Index(told, "cursor=now"), strings.Index(told, "GET /v1/parcels")
	if cursor < 0 || parcels < cursor { // the other way round, what happens in between is lost
		t.Errorf("told: %s", told)
	}
	doc, err := document()
	if err != nil {
		t.Fatal(err)
	}
	example, err := json.Marshal(doc.Components.Responses["Gone"].Value.Content["application/problem+json"].Example)
	if err != nil || detail(example) != told {
		t.Errorf("%v: the contract's example tells: %s", err, example)
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
	head := b.do("HEAD", next(first), "")
	if len(b.core.acked) != 0 {
		t.Fatal("HEAD acknowledged")
	}
	if next(head) != next(first) {
		t.Errorf("HEAD, which shows nobody the page, leads on to %s", next(head))
	}
	b.do("GET", next(b.do("HEAD", "/v1/events?limit=2", "")), "")
	if len(b.core.acked) != 0 {
		t.Errorf("acknowledged %v of a page that nobody saw", b.core.acked)
	}
	second := b.do("GET", next(first), "")
	b.do("GET", next(first), "") // again: nothing new to erase
	b.do("GET", next(second), "")
	b.do("GET", next(first), "")
	if !slices.Equal(b.core.acked, []int64{2, 4}) {
		t.Errorf("acknowledged %v", b.core.acked)
	}

	b.core.acked, b.core.through = nil, nil
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

func TestALongPollEndsWithItsKey(t *testing.T) {
	for name, revoke := range map[string]func(*bench){
		"revoked here":      func(b *bench) { b.staff().do("DELETE", "/v1/keys/all", "") },
		"revoked elsewhere": func(b *bench) { b.core.RevokeKey(context.Background(), "all") },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := newBench(t)
				time.AfterFunc(10*time.Second, func() { revoke(b) })
				time.AfterFunc(10*time.Second+keyMemory, func() { b.core.happen(1) })
				answer := b.do("GET", "/v1/events?wait=60", "")
				want(t, answer, 401, "bad-key")
				if answer.Header.Get("WWW-Authenticate") == "" {
					t.Error("401 without WWW-Authenticate")
				}
			})
		})
	}
}

func TestALongPollWhoseReaderLeavesIsNoFailedCheck(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		ctx, leave := context.WithCancel(t.Context())
		find, admitted := b.server.keys.find, false
		b.server.keys.find = func(ctx context.Context, hash [32]byte) (locker.Key, bool, error) {
			if admitted {
				leave() // while his key is looked up again
				return locker.Key{}, false, ctx.Err()
			}
			admitted = true
			return find(ctx, hash)
		}
		time.AfterFunc(2*keyMemory, func() { b.core.happen(1) })
		r := httptest.NewRequestWithContext(ctx, "GET", "/v1/events?wait=60", nil)
		r.Header.Set("Authorization", "Bearer "+b.token)
		w := httptest.NewRecorder()
		b.surface().router.ServeHTTP(w, r)
		if w.Body.Len() != 0 || len(b.server.guard.remotes) != 0 {
			t.Errorf("got %d %s, failures of %v", w.Code, w.Body, b.server.guard.remotes)
		}
	})
}

func TestAnEventBetweenReadingAndWaitingIsNotMissed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		began := time.Now()
		b.core.afterFeed = func() { b.core.happen(1) }
		if got := ids(t, want(t, b.do("GET", "/v1/events?wait=60", ""), 200, "")); !slices.Equal(got, []int{1}) || time.Since(began) != 0 {
			t.Errorf("got %v after %v", got, time.Since(began))
		}
		b.core.afterFeed = func() { b.core.happen(1) }
		w, ended := b.follow(t.Context(), "/v1/events?cursor=now")
		synctest.Wait()
		if got := messages(t, w); len(got) != 1 || time.Since(began) != 0 {
			t.Errorf("streamed %q after %v", w.String(), time.Since(began))
		}
		b.server.Close()
		<-ended
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
