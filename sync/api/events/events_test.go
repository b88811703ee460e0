package events_test

import (
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

	"cubby/sync/api/apitest"
	"cubby/sync/feed"
	"cubby/sync/rest"
)

func TestTheFeedIsReadToItsEndAndOn(t *testing.T) {
	b := apitest.New(t)
	b.Core.Happen(25)
	target, seen := "/v1/events?limit=10", []int{}
	for range 4 {
		answer := b.Do("GET", target, "")
		if answer.Header.Get("Content-Type") != "application/cloudevents-batch+json" {
			t.Errorf("came as %q", answer.Header.Get("Content-Type"))
		}
		seen = append(seen, apitest.IDs(t, apitest.Want(t, answer, 200, ""))...)
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
	b.Core.Happen(1)
	if got := apitest.IDs(t, apitest.Want(t, b.Do("GET", target, ""), 200, "")); !slices.Equal(
		got, []int{26}) {
		t.Errorf("then came %v", got)
	}
}

func TestFromNowOnMeansNothingOld(t *testing.T) {
	b := apitest.New(t)
	b.Core.Happen(3)
	answer := b.Do("GET", "/v1/events?cursor=now", "")
	if got := apitest.IDs(t, apitest.Want(t, answer, 200, "")); len(got) != 0 {
		t.Errorf("old events %v", got)
	}
	b.Core.Happen(1)
	if got := apitest.IDs(t, apitest.Want(t, b.Do("GET",
		"/v1/events?cursor="+answer.Header.Get("Cubby-Next-Cursor"), ""), 200, "")); !slices.Equal(
		got, []int{4}) {
		t.Errorf("read %v", got)
	}
}

func TestCursorsThatCannotBeServed(t *testing.T) {
	b := apitest.New(t)
	b.Core.Happen(3)
	for name, c := range map[string]struct {
		query  string
		status int
		slug   string
	}{
		"garbage":              {"cursor=xyz", 400, "bad-cursor"},
		"empty: the beginning": {"cursor=", 200, ""},
		"a number":             {"cursor=3", 400, "bad-cursor"},
		"another incarnation":  {"cursor=" + feed.Cursor{Seq: 2}.Text(), 410, "cursor-gone"},
		"ahead of the log": {"cursor=" + feed.Cursor{
			Seq: 4, Incarnation: apitest.SomeIncarnation,
		}.Text(), 410, "cursor-gone"},
		"the newest": {"cursor=" + feed.Cursor{
			Seq: 3, Incarnation: apitest.SomeIncarnation,
		}.Text(), 200, ""},
		"limit zero":            {"limit=0", 400, "bad-parameter"},
		"limit above a hundred": {"limit=101", 400, "bad-parameter"},
		"waiting too long":      {"wait=61", 400, "bad-parameter"},
		"waiting backwards":     {"wait=-1", 400, "bad-parameter"},
		"another parameter":     {"since=3", 400, "bad-parameter"},
	} {
		t.Run(name, func(t *testing.T) {
			b := *b
			b.T = t
			apitest.Want(t, b.Do("GET", "/v1/events?"+c.query, ""), c.status, c.slug)
		})
	}
}

func TestAReaderWhoseCursorIsGoneIsToldToTakeAnotherBeforeItReadsAll(t *testing.T) {
	b := apitest.New(t)
	detail := func(problem []byte) string {
		var p struct{ Detail string }
		if err := json.Unmarshal(problem, &p); err != nil {
			t.Fatal(err)
		}
		return p.Detail
	}
	told := detail(
		[]byte(
			apitest.Want(t, b.Do("GET", "/v1/events?cursor="+feed.Cursor{}.Text(), ""), 410, "cursor-gone")),
	)
	cursor, parcels := strings.Index(told, "cursor=now"), strings.Index(told, "GET /v1/parcels")
	if cursor < 0 || parcels < cursor { // the other way round, what happens in between is lost
		t.Errorf("told: %s", told)
	}
	doc, err := apitest.Document()
	if err != nil {
		t.Fatal(err)
	}
	example, err := json.Marshal(
		doc.Components.Responses["Gone"].Value.Content["application/problem+json"].Example)
	if err != nil || detail(example) != told {
		t.Errorf("%v: the contract's example tells: %s", err, example)
	}
}

func TestCodesAreAcknowledgedByTheirReaderOnly(t *testing.T) {
	next := func(answer *http.Response) string {
		return "/v1/events?limit=2&cursor=" + answer.Header.Get("Cubby-Next-Cursor")
	}
	b := apitest.New(t)
	b.Core.Happen(5)
	first := b.Do("GET", "/v1/events?limit=2", "")
	if body := apitest.Want(t, first, 200, ""); !strings.Contains(body, "CLEAR2") {
		t.Errorf("no codes in %s", body)
	}
	if len(b.Core.Acked) != 0 {
		t.Fatal("acknowledged before the reader came back")
	}
	head := b.Do("HEAD", next(first), "")
	if len(b.Core.Acked) != 0 {
		t.Fatal("HEAD acknowledged")
	}
	if next(head) != next(first) {
		t.Errorf("HEAD, which shows nobody the page, leads on to %s", next(head))
	}
	b.Do("GET", next(b.Do("HEAD", "/v1/events?limit=2", "")), "")
	if len(b.Core.Acked) != 0 {
		t.Errorf("acknowledged %v of a page that nobody saw", b.Core.Acked)
	}
	second := b.Do("GET", next(first), "")
	b.Do("GET", next(first), "") // again: nothing new to erase
	b.Do("GET", next(second), "")
	b.Do("GET", next(first), "")
	if !slices.Equal(b.Core.Acked, []int64{2, 4}) {
		t.Errorf("acknowledged %v", b.Core.Acked)
	}

	b.Core.Acked, b.Core.Through = nil, nil
	plain := b.With(b.Core.Grant("plain", "events:read"))
	answer := plain.Do("GET", "/v1/events?limit=2", "")
	if body := apitest.Want(t, answer, 200, ""); strings.Contains(body, "CLEAR") {
		t.Errorf("codes without the scope: %s", body)
	}
	plain.Do("GET", next(answer), "")
	b.Do("GET", next(answer), "") // has the scope, but these pages came without codes
	late := b.Do("GET", "/v1/events?cursor=now", "")
	b.Core.Happen(1)
	b.Do("GET", next(b.Do("GET", next(late), "")), "") // has never seen the first five
	if len(b.Core.Acked) != 0 {
		t.Errorf("acknowledged %v without having read all codes", b.Core.Acked)
	}
}

func TestALongPollEndsWithTheFirstEventOrTheTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := apitest.New(t)
		began := time.Now()
		if got := apitest.IDs(t, apitest.Want(t, b.Do("GET", "/v1/events?wait=60", ""), 200, "")); len(
			got) != 0 ||
			time.Since(began) != time.Minute {
			t.Errorf("got %v after %v", got, time.Since(began))
		}
		began = time.Now()
		time.AfterFunc(7*time.Second, func() { b.Core.Happen(1) })
		if got := apitest.IDs(t, apitest.Want(t, b.Do("GET", "/v1/events?wait=60", ""), 200, "")); !slices.Equal(
			got, []int{1}) ||
			time.Since(began) != 7*time.Second {
			t.Errorf("got %v after %v", got, time.Since(began))
		}
		began = time.Now()
		apitest.Want(t, b.Do("HEAD", "/v1/events?wait=60&cursor=now", ""), 200, "")
		if time.Since(began) != 0 {
			t.Error("HEAD waited")
		}
		time.AfterFunc(3*time.Second, b.Server.Close)
		apitest.Want(t, b.Do("GET", "/v1/events?wait=60&cursor=now", ""), 200, "")
		if time.Since(began) != 3*time.Second {
			t.Errorf("the end of the server was noticed after %v", time.Since(began))
		}
	})
}

func TestALongPollEndsWithItsKey(t *testing.T) {
	for name, revoke := range map[string]func(*apitest.Bench){
		"revoked here":      func(b *apitest.Bench) { b.Staff().Do("DELETE", "/v1/keys/all", "") },
		"revoked elsewhere": func(b *apitest.Bench) { b.Core.RevokeKey(context.Background(), "all") },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := apitest.New(t)
				time.AfterFunc(10*time.Second, func() { revoke(b) })
				time.AfterFunc(10*time.Second+rest.KeyMemory, func() { b.Core.Happen(1) })
				answer := b.Do("GET", "/v1/events?wait=60", "")
				apitest.Want(t, answer, 401, "bad-key")
				if answer.Header.Get("WWW-Authenticate") == "" {
					t.Error("401 without WWW-Authenticate")
				}
			})
		})
	}
}

// keysAskedTwice has the caller leave while the key is looked up again.
type keysAskedTwice struct {
	rest.Keys
	leave func()
	asked bool
}

func (k *keysAskedTwice) Holder(ctx context.Context, hash [32]byte) (rest.Holder, bool, error) {
	if k.asked {
		k.leave()
		return rest.Holder{}, false, ctx.Err()
	}
	k.asked = true
	return k.Keys.Holder(ctx, hash)
}

func TestALongPollWhoseReaderLeavesIsNoFailedCheck(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, leave := context.WithCancel(t.Context())
		b := apitest.New(t, func(c *apitest.Setup) { c.Keys = &keysAskedTwice{c.Keys, leave, false} })
		time.AfterFunc(2*rest.KeyMemory, func() { b.Core.Happen(1) })
		r := httptest.NewRequestWithContext(ctx, "GET", "/v1/events?wait=60", nil)
		r.Header.Set("Authorization", "Bearer "+b.Token)
		w := httptest.NewRecorder()
		b.Door().ServeHTTP(w, r)
		metrics := apitest.Text(t, b.Do("GET", "/metrics", ""))
		if w.Body.Len() != 0 || !strings.Contains(metrics, "cubby_http_key_failures_total 0") {
			t.Errorf("got %d %s, and a failed check", w.Code, w.Body)
		}
	})
}

func TestAnEventBetweenReadingAndWaitingIsNotMissed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := apitest.New(t)
		began := time.Now()
		b.Core.AfterFeed = func() { b.Core.Happen(1) }
		if got := apitest.IDs(t, apitest.Want(t, b.Do("GET", "/v1/events?wait=60", ""), 200, "")); !slices.Equal(
			got, []int{1}) ||
			time.Since(began) != 0 {
			t.Errorf("got %v after %v", got, time.Since(began))
		}
		b.Core.AfterFeed = func() { b.Core.Happen(1) }
		w, ended := b.Follow(t.Context(), "/v1/events?cursor=now")
		synctest.Wait()
		if got := apitest.Messages(t, w); len(got) != 1 || time.Since(began) != 0 {
			t.Errorf("streamed %q after %v", w.String(), time.Since(began))
		}
		b.Server.Close()
		<-ended
	})
}

func TestWaitingTakesAPlaceAmongStreamsNotRequests(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := apitest.New(t, func(c *apitest.Setup) { c.MaxRequests, c.MaxStreams = 1, 2 })
		done := make(chan int, 2)
		for range 2 {
			go func() { done <- b.Do("GET", "/v1/events?wait=30", "").StatusCode }()
			synctest.Wait()
		}
		apitest.Want(t, b.Do("GET", "/v1/compartments", ""), 200, "")
		apitest.Want(t, b.Do("GET", "/v1/events?wait=30", ""), 503, "too-many-streams")
		apitest.Want(t, b.Do("GET", "/v1/events?wait=0", ""), 200, "")
		if a, b := <-done, <-done; a != 200 || b != 200 {
			t.Errorf("the waiting ended with %d and %d", a, b)
		}
		apitest.Want(t, b.Do("GET", "/v1/events?wait=1", ""), 200, "")
	})
}
