package kept_test

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"cubby/locker/ledger"
	"cubby/sync/db"
	"cubby/sync/db/dbtest"
	"cubby/sync/problem"
	"cubby/sync/rest"
	"cubby/sync/rest/kept"
)

const token = "token-of-shop-0123456789abcdef"

// holders know two clients.
type holders struct{}

func (holders) Holder(_ context.Context, hash [32]byte) (rest.Holder, bool, error) {
	switch hash {
	case sha256.Sum256([]byte(token)):
		return rest.Holder{Name: "shop"}, true, nil
	case sha256.Sum256([]byte(token + "2")):
		return rest.Holder{Name: "other"}, true, nil
	}
	return rest.Holder{}, false, nil
}

// world is an endpoint whose routes count what they do. It can be started again.
type world struct {
	t      *testing.T
	at     string
	db     *db.Database
	store  *kept.Store
	server *rest.Server
	age    time.Duration // which clocks are ahead
	did    atomic.Int64
	hold   chan struct{} // closed: nothing is held up
	began  chan struct{}
}

func newWorld(t *testing.T, at string) *world {
	w := &world{t: t, at: at, hold: make(chan struct{}), began: make(chan struct{}, 2000)}
	close(w.hold)
	w.start()
	t.Cleanup(func() { w.db.Close() })
	return w
}

// start starts the endpoint, again after a crash of the one before.
func (w *world) start() {
	w.t.Helper()
	if w.db != nil {
		w.db.Close()
	}
	var err error
	if w.db, err = db.Open(context.Background(), w.at, kept.Schema); err != nil {
		w.t.Fatal(err)
	}
	if w.store, err = kept.New(w.db, []byte(strings.Repeat("k", 32)),
		func() time.Time { return time.Now().Add(w.age) }); err != nil {
		w.t.Fatal(err)
	}
	w.serve(w.store)
}

func (w *world) serve(k rest.Kept) {
	w.t.Helper()
	route := func(path string, repeat rest.Repeating, run func(x *rest.Exchange) error) rest.Route {
		return rest.Route{Method: "POST", Path: path, Repeat: repeat, Query: []string{"q"},
			Run: rest.Plain(func(x *rest.Exchange) error {
				w.began <- struct{}{}
				<-w.hold
				return run(x)
			})}
	}
	does := func(x *rest.Exchange) error {
		n := w.did.Add(1)
		x.Tagged(fmt.Sprint(n))
		return x.Encode(201, map[string]any{"n": n, "id": fmt.Sprintf("%x", x.NewID("thing"))})
	}
	var err error
	w.server, err = rest.New(rest.Config{
		Keys: holders{}, Log: slog.New(slog.DiscardHandler), Kept: k, MaxRequests: 2000,
		Families: []rest.Family{{Name: "test", Routes: []rest.Route{
			route("/once", rest.Once, does), route("/unmarked", rest.Unmarked, does),
			route("/again", rest.Again, does), route("/secret", rest.OnceSecret, does),
			route("/nothing", rest.Again, func(x *rest.Exchange) error { w.did.Add(1); return x.Nothing() }),
			route("/refuses", rest.Once, func(x *rest.Exchange) error {
				w.did.Add(1)
				return ledger.Refuse(ledger.Conflict, "not-now", "the rules do not allow it")
			}),
			route("/later", rest.Once, func(x *rest.Exchange) error {
				w.did.Add(1)
				return problem.New(409, "not-yet", "not yet").Again(3)
			}),
			route("/fault", rest.Once, func(x *rest.Exchange) error { w.did.Add(1); return errors.New("broken") }),
			route("/panic", rest.Again, func(x *rest.Exchange) error { w.did.Add(1); panic("broken") }),
		}}},
	})
	if err != nil {
		w.t.Fatal(err)
	}
}

// post sends a request and returns the answer with its body.
func (w *world) post(target, key, body string, header ...string) (*http.Response, string) {
	r := httptest.NewRequest("POST", target, strings.NewReader(body))
	r.Header.Set("Authorization", "Bearer "+token)
	if key != "" {
		r.Header.Set("Idempotency-Key", key)
	}
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	a := httptest.NewRecorder()
	w.server.Handler().ServeHTTP(a, r)
	return a.Result(), a.Body.String()
}

// want sends one and holds status and slug against what is wanted, and how much was done in
// all.
func (w *world) want(target, key, body string, status int, slug string, did int64, header ...string) string {
	w.t.Helper()
	a, text := w.post(target, key, body, header...)
	var p problem.Problem
	json.Unmarshal([]byte(text), &p)
	if a.StatusCode != status || p.Slug() != slug {
		w.t.Errorf("POST %s %s %q: %d %s, want %d %s", target, key, body, a.StatusCode, text, status, slug)
	}
	if n := w.did.Load(); n != did {
		w.t.Errorf("POST %s %s: %d were done, want %d", target, key, n, did)
	}
	replayed := a.Header.Get("Idempotency-Replayed")
	return replayed + " " + a.Header.Get("Etag") + " " + a.Header.Get("Content-Type") + " " + text
}

func TestARepeatGetsTheFirstAnswer(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, at string) {
		w := newWorld(t, at)
		first := w.want("/once", "k1", "{}", 201, "", 1)
		for _, restart := range []bool{false, true} {
			if restart {
				w.start()
			}
			for _, key := range []string{"k1", `"k1"`, ` "k1" `} {
				if again := w.want("/once", key, "{}", 201, "", 1); again != "true"+first {
					t.Errorf("restarted %t: %q, and first it was %q", restart, again, first)
				}
			}
			w.want("/once", "k1", "{ }", 422, "idempotency-key-reused", 1)
			w.want("/once?q=1", "k1", "{}", 422, "idempotency-key-reused", 1)
			w.want("/once", "k1", "{}", 422, "idempotency-key-reused", 1, "If-Match", `"7"`)
		}
		w.want("/once", "k2", "{}", 201, "", 2)
		w.want("/again", "k1", "{}", 201, "", 3)                                      // another address
		w.want("/once", "k1", "{}", 201, "", 4, "Authorization", "Bearer "+token+"2") // another client
		w.want("/once", "", "{}", 201, "", 5)                                         // without a key each is done
		w.want("/once", "", "{}", 201, "", 6)
	})
}

func TestWhichAnswersAreKept(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	for _, c := range []struct {
		path         string
		first        int
		slug         string
		second       int
		secondSlug   string
		doneTwice    bool
		wantReplayed string
	}{
		{"/nothing", 204, "", 204, "", false, "true"},
		{"/refuses", 409, "not-now", 409, "not-now", false, "true"},
		{"/later", 409, "not-yet", 409, "not-yet", true, ""},
		{"/secret", 201, "", 409, "answer-given-once", false, ""},
		{"/fault", 500, "internal", 409, "outcome-unknown", false, ""},
		{"/panic", 500, "internal", 500, "internal", true, ""},
		{"/unmarked", 201, "", 201, "", false, "true"},
	} {
		n := w.did.Load()
		w.want(c.path, "k", "", c.first, c.slug, n+1)
		n++
		if c.doneTwice {
			n++
		}
		again := w.want(c.path, "k", "", c.second, c.secondSlug, n)
		if replayed, _, _ := strings.Cut(again, " "); replayed != c.wantReplayed {
			t.Errorf("%s: replayed %q", c.path, replayed)
		}
	}
}

func TestKeysOfAnotherFormAreRefused(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	for _, key := range []string{`"`, `""`, `"a`, `a"b`, `"a"b`, `"a" b`, `a b`, `a,b`, `a;b`, `"a\x"`,
		"ä", `"ä"`,
		strings.Repeat("x", 256), `"` + strings.Repeat("x", 256) + `"`, "\t"} {
		w.want("/once", key, "{}", 400, "bad-parameter", 0)
	}
	for i, key := range []string{"a", `"a b"`, `"a\"b\\"`, strings.Repeat("x", 255),
		"8e03978e-40d5-43dd-bc93-6894a57f9324"} {
		w.want("/once", key, "{}", 201, "", int64(i+1))
	}
	r := httptest.NewRequest("POST", "/once", nil)
	r.Header["Authorization"], r.Header["Idempotency-Key"] = []string{"Bearer " + token}, []string{"a", "b"}
	a := httptest.NewRecorder()
	if w.server.Handler().ServeHTTP(a, r); a.Code != 400 {
		t.Errorf("two keys: %d", a.Code)
	}
}

func TestAThousandRepeatsAtOnceDoItOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, at string) {
		w := newWorld(t, at)
		w.hold = make(chan struct{})
		var under, answered sync.WaitGroup
		var made, waiting, replayed atomic.Int64
		send := func() {
			switch a, text := w.post("/once", "k", "{}"); {
			case a.Header.Get("Idempotency-Replayed") == "true" && a.StatusCode == 201:
				replayed.Add(1)
			case a.StatusCode == 201:
				made.Add(1)
			case a.StatusCode == 409 && strings.Contains(text, "request-in-flight") &&
				a.Header.Get("Retry-After") == "1":
				waiting.Add(1)
			default:
				t.Errorf("%d %s", a.StatusCode, text)
			}
		}
		answered.Go(send)
		<-w.began // it is under way
		for range 500 {
			under.Go(send)
		}
		under.Wait()
		if waiting.Load() != 500 {
			t.Errorf("%d of 500 were told that it is in flight", waiting.Load())
		}
		close(w.hold)
		for range 499 {
			answered.Go(send)
		}
		answered.Wait()
		if w.did.Load() != 1 || made.Load() != 1 || made.Load()+waiting.Load()+replayed.Load() != 1000 {
			t.Errorf("done %d times; %d made, %d waiting, %d replayed", w.did.Load(), made.Load(), waiting.Load(),
				replayed.Load())
		}
	})
}
