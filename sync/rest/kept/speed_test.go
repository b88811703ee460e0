package kept_test

import (
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"

	"cubby/sync/db"
	"cubby/sync/rest"
	"cubby/sync/rest/kept"
)

// silent is an answer that nobody reads.
type silent struct{ header http.Header }

func (s *silent) Header() http.Header         { return s.header }
func (s *silent) Write(b []byte) (int, error) { return len(b), nil }
func (s *silent) WriteHeader(int)             {}

// poster is an endpoint with one POST, and what sends it one.
func poster(t testing.TB, k rest.Kept) (send func(key string)) {
	s, err := rest.New(rest.Config{
		Keys: holders{}, Log: slog.New(slog.DiscardHandler), Kept: k,
		Families: []rest.Family{{Name: "test", Routes: []rest.Route{{
			Method: "POST", Path: "/post", Repeat: rest.Again,
			Run: rest.Plain(func(x *rest.Exchange) error { return x.Answer(200, []byte("{}")) }),
		}}}},
	})
	if err != nil {
		t.Fatal(err)
	}
	return func(key string) {
		r := httptest.NewRequest("POST", "/post", nil)
		r.Header["Authorization"] = []string{"Bearer " + token}
		if key != "" {
			r.Header["Idempotency-Key"] = []string{key}
		}
		s.Handler().ServeHTTP(&silent{http.Header{}}, r)
	}
}

func opened(t testing.TB) *kept.Store {
	d, err := db.Open(t.Context(), t.TempDir()+"/endpoint.db", kept.Schema)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close() })
	store, err := kept.New(d, make([]byte, 32), nil)
	if err != nil {
		t.Fatal(err)
	}
	return store
}

// Whoever sends no key pays nothing for those who do.
func TestAPostWithoutAKeyTouchesNothingThatIsKept(t *testing.T) {
	without, with := poster(t, nil), poster(t, opened(t))
	least := testing.AllocsPerRun(200, func() { without("") })
	if got := testing.AllocsPerRun(200, func() { with("") }); got > least {
		t.Errorf("%v allocations, and %v where nothing is kept", got, least)
	}
}

// BenchmarkPost is the cost of a POST without the network: at an endpoint that keeps nothing,
// at one that does without an Idempotency-Key, with a new one, and with one that came before.
func BenchmarkPost(b *testing.B) {
	store, n := opened(b), 0
	for _, c := range []struct {
		name string
		kept rest.Kept
		key  func() string
	}{
		{"nothing-kept", nil, func() string { return "" }},
		{"without-key", store, func() string { return "" }},
		{"new-key", store, func() string { n++; return fmt.Sprint(n) }},
		{"replayed", store, func() string { return "same" }},
	} {
		b.Run(c.name, func(b *testing.B) {
			send := poster(b, c.kept)
			b.ReportAllocs()
			for b.Loop() {
				send(c.key())
			}
		})
	}
}
