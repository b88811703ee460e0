package webhook

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"cubby/sync/db"
	"cubby/sync/db/dbtest"
)

// plain is a vault that seals nothing, so that tests can look.
type plain struct{}

func (plain) Seal(text []byte) []byte              { return slices.Clone(text) }
func (plain) Unseal(sealed []byte) ([]byte, error) { return sealed, nil }

// A receiver answers as it is told, and keeps what it got.
type receiver struct {
	t      *testing.T
	server *httptest.Server

	mu      sync.Mutex // guards what follows
	answers []int      // one for each request; then 204
	got     []string   // ids
	secrets []string
}

func newReceiver(t *testing.T, answers ...int) *receiver {
	r := &receiver{t: t, answers: answers}
	r.server = httptest.NewServer(r)
	t.Cleanup(r.server.Close)
	return r
}

func (r *receiver) ServeHTTP(w http.ResponseWriter, asked *http.Request) {
	body, _ := io.ReadAll(asked.Body)
	r.mu.Lock()
	defer r.mu.Unlock()
	id := asked.Header.Get(HeaderID)
	var at int64
	fmt.Sscan(asked.Header.Get(HeaderTimestamp), &at)
	signed := strings.Fields(asked.Header.Get(HeaderSignature))
	right := slices.ContainsFunc(r.secrets, func(secret string) bool {
		want, err := Sign(secret, id, time.Unix(at, 0), body)
		return err == nil && slices.Contains(signed, want)
	})
	if r.secrets != nil && !right {
		r.t.Errorf("event %s is signed %v", id, signed)
	}
	r.got = append(r.got, id)
	status := http.StatusNoContent
	if len(r.answers) > 0 {
		status, r.answers = r.answers[0], r.answers[1:]
	}
	if status/100 == 3 {
		w.Header().Set("Location", "/elsewhere")
	}
	w.WriteHeader(status)
}

func (r *receiver) has() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.got)
}

type bench struct {
	t *testing.T
	*Sender
	d *db.Database
}

func newBench(t *testing.T, at string, private bool) bench {
	d, err := db.Open(t.Context(), at, Schema)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close() })
	return bench{t, New(Config{
		DB: d, Vault: plain{}, Log: slog.New(slog.DiscardHandler), AllowPrivate: private,
		Random: func() float64 { return 0 },
	}), d}
}

func (b bench) write(do func(tx *db.Tx) error) {
	b.t.Helper()
	if err := b.d.Write(b.t.Context(), do); err != nil {
		b.t.Fatal(err)
	}
}

func (b bench) add(url string, filters ...string) (e Endpoint, secret string) {
	b.t.Helper()
	b.write(func(tx *db.Tx) (err error) {
		e, secret, err = b.Add(tx, url, filters, "")
		return err
	})
	return e, secret
}

func (b bench) hear(id, kind, subject string) {
	b.t.Helper()
	b.write(func(tx *db.Tx) error {
		return b.Hear(tx, Event{ID: id, Type: kind, Subject: subject, Body: []byte(`{"id":"` + id + `"}`)})
	})
}

// rounds posts what is due; what waits is due at once.
func (b bench) rounds(n int) {
	b.t.Helper()
	for range n {
		if _, err := b.round(b.t.Context()); err != nil {
			b.t.Fatal(err)
		}
		b.working.Wait()
		b.write(func(tx *db.Tx) error {
			_, err := tx.Exec("UPDATE webhook_deliveries SET due = 0 WHERE state = 'waits'")
			return err
		})
	}
}

func (b bench) states() (all []string) {
	b.t.Helper()
	rows, err := b.d.Query(b.t.Context(), "SELECT event, state FROM webhook_deliveries ORDER BY n")
	if err != nil {
		b.t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var event, state string
		if err := rows.Scan(&event, &state); err != nil {
			b.t.Fatal(err)
		}
		all = append(all, event+" "+state)
	}
	return all
}

func TestEachEventIsPostedOnceToWhoeverWantsIt(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, at string) {
		b := newBench(t, at, true)
		all, parcels, none := newReceiver(t), newReceiver(t), newReceiver(t)
		for r, filters := range map[*receiver][]string{
			all: nil, parcels: {"parcel.*"}, none: {"order.accepted"},
		} {
			_, secret := b.add(r.server.URL, filters...)
			r.secrets = []string{secret}
		}
		b.hear("e1", "parcel.stored", "parcels/1")
		b.hear("e2", "door.opened", "compartments/1")
		b.hear("e1", "parcel.stored", "parcels/1") // once more
		b.rounds(3)
		for r, want := range map[*receiver]string{all: "e1 e2", parcels: "e1", none: ""} {
			got := r.has()
			slices.Sort(got)
			if strings.Join(got, " ") != want {
				t.Errorf("posted %v, want %s", got, want)
			}
		}
	})
}

// What fails is posted again with the same id, and nothing of its subject before it.
func TestEventsOfOneSubjectKeepTheirOrderThroughFailures(t *testing.T) {
	b := newBench(t, dbtest.SQLite(t), true)
	r := newReceiver(t, 500, 302, 429, 204)
	_, secret := b.add(r.server.URL)
	r.secrets = []string{secret}
	b.hear("e1", "parcel.stored", "parcels/1")
	b.hear("e2", "parcel.collected", "parcels/1")
	b.rounds(6)
	if got := strings.Join(r.has(), " "); got != "e1 e1 e1 e1 e2" {
		t.Errorf("posted %s", got)
	}
	b.hear("e3", "parcel.stored", "parcels/2")
	b.rounds(1)
	if got := strings.Join(b.states(), ", "); got != "e1 done, e2 done, e3 done" {
		t.Errorf("the log says %s", got)
	}
}

func TestAReceiverThatIsGoneIsLeftAloneAndOneThatIsDeadGetsNothingForEver(t *testing.T) {
	b := newBench(t, dbtest.SQLite(t), true)
	gone := newReceiver(t, 410)
	e, _ := b.add(gone.server.URL)
	b.hear("e1", "x.y", "s")
	b.rounds(2)
	b.hear("e2", "x.y", "s")
	b.rounds(2)
	if got := strings.Join(gone.has(), " "); got != "e1" {
		t.Errorf("posted %s to whoever said that it is gone", got)
	}
	on := true
	b.write(func(tx *db.Tx) error {
		_, err := b.Change(tx, e.ID, Change{Enabled: &on})
		return err
	})
	b.hear("e3", "x.y", "s")
	b.rounds(2)
	if got := strings.Join(gone.has(), " "); got != "e1 e3" {
		t.Errorf("posted %s after it was enabled", got)
	}

	dead := newBench(t, dbtest.SQLite(t), true)
	r := newReceiver(t, slices.Repeat([]int{503}, len(waits)+1)...)
	dead.add(r.server.URL)
	dead.hear("d1", "x.y", "s")
	dead.rounds(len(waits) + 4)
	if got := len(r.has()); got != len(waits)+1 {
		t.Errorf("posted %d times, want %d", got, len(waits)+1)
	}
	if got := strings.Join(dead.states(), ", "); got != "d1 dead" {
		t.Errorf("the log says %s", got)
	}
}

func TestASecretIsExchangedWithoutALostEvent(t *testing.T) {
	b := newBench(t, dbtest.SQLite(t), true)
	r := newReceiver(t)
	e, first := b.add(r.server.URL)
	var second string
	b.write(func(tx *db.Tx) (err error) {
		second, err = b.Rotate(tx, e.ID)
		return err
	})
	for i, secret := range []string{first, second} { // the receiver has not taken over, then it has
		r.secrets = []string{secret}
		b.hear(fmt.Sprint("e", i), "x.y", "s")
		b.rounds(1)
	}
	if len(r.has()) != 2 {
		t.Errorf("posted %v", r.has())
	}
}

// Whoever may make endpoints must not reach what only this machine reaches.
func TestPrivateAddressesAreNotAskedUnlessTheConfigurationAllowsIt(t *testing.T) {
	b := newBench(t, dbtest.SQLite(t), false)
	err := b.d.Write(t.Context(), func(tx *db.Tx) error {
		_, _, err := b.Add(tx, "http://hub.example/hook", nil, "")
		return err
	})
	if err == nil {
		t.Error("an endpoint without TLS was made")
	}
	for _, address := range []string{
		"127.0.0.1:443", "10.1.2.3:443", "192.168.1.1:443", "172.16.0.1:443", "169.254.169.254:80",
		"100.64.0.1:443", "0.1.2.3:443", "198.18.0.1:443", "[2002:7f00:1::1]:443",
		"[::1]:443", "[fe80::1]:443", "[fd00::1]:443", "[::ffff:127.0.0.1]:443", "[64:ff9b::7f00:1]:443",
		"0.0.0.0:443",
		"224.0.0.1:443", "255.255.255.255:443", "nonsense",
	} {
		if b.guard("tcp", address, nil) == nil {
			t.Errorf("%s is asked", address)
		}
	}
	for _, address := range []string{"93.184.216.34:443", "[2606:2800:220:1::1]:443"} {
		if err := b.guard("tcp", address, nil); err != nil {
			t.Errorf("%s is not asked: %v", address, err)
		}
	}
	local := newReceiver(t)
	b.add("https://localhost:1/hook")
	b.write(func(tx *db.Tx) error {
		_, err := tx.Exec("UPDATE webhook_endpoints SET url = ?", local.server.URL)
		return err
	})
	b.hear("e1", "x.y", "s")
	b.rounds(1)
	if len(local.has()) != 0 {
		t.Error("a receiver on this machine was asked")
	}
}

func TestEndpointsThatMakeNoSenseAreRefused(t *testing.T) {
	b := newBench(t, dbtest.SQLite(t), true)
	for _, x := range []struct {
		url     string
		filters []string
		secret  string
	}{
		{"", nil, ""}, {"ftp://a.example", nil, ""}, {"https://user:word@a.example", nil, ""},
		{"https://", nil, ""},
		{"https://a.example/" + strings.Repeat("x", 500), nil, ""}, {"https://a.example", []string{""}, ""},
		{"https://a.example", []string{"*.stored"}, ""}, {"https://a.example", []string{"Parcel"}, ""},
		{"https://a.example", make([]string, 51), ""}, {"https://a.example", nil, "secret"},
	} {
		if err := b.d.Write(t.Context(), func(tx *db.Tx) error {
			_, _, err := b.Add(tx, x.url, x.filters, x.secret)
			return err
		}); err == nil {
			t.Errorf("%+v is taken", x)
		}
	}
}

// A sender that runs goes on with what waited before it began.
func TestWhatWaitedBeforeAStartIsPosted(t *testing.T) {
	at := dbtest.SQLite(t)
	r := newReceiver(t)
	b := newBench(t, at, true)
	b.add(r.server.URL)
	b.hear("e1", "x.y", "s")
	b.hear("e2", "x.y", "s")
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error)
	go func() { done <- b.Run(ctx) }()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for deadline := time.After(30 * time.Second); len(r.has()) < 2; {
		select {
		case <-tick.C:
		case <-deadline:
			t.Fatal("nothing was posted")
		}
	}
	cancel()
	if err := <-done; err != nil {
		t.Error(err)
	}
	if got := strings.Join(r.has(), " "); got != "e1 e2" {
		t.Errorf("posted %s", got)
	}
}

// A clock that was ahead by years when events came holds up nothing when it is right again.
func TestAClockThatWasAheadHoldsUpNothing(t *testing.T) {
	b := newBench(t, dbtest.SQLite(t), true)
	r := newReceiver(t)
	b.add(r.server.URL)
	b.hear("e1", "x.y", "s")
	b.hear("e2", "x.y", "s") // behind the first
	b.write(func(tx *db.Tx) error {
		_, err := tx.Exec("UPDATE webhook_deliveries SET due = ? WHERE event = 'e1'",
			time.Now().AddDate(3, 0, 0).UnixMilli())
		return err
	})
	b.rounds(2)
	if got := strings.Join(r.has(), " "); got != "e1 e2" {
		t.Errorf("posted %q", got)
	}
}

// blind is a vault of another key.
type blind struct{ plain }

func (blind) Unseal([]byte) ([]byte, error) { return nil, errors.New("wrong key") }

// What another key has sealed is given up and said, and the endpoint can be mended.
func TestWhatAnotherKeyHasSealedHoldsUpNothing(t *testing.T) {
	b := newBench(t, dbtest.SQLite(t), true)
	r := newReceiver(t)
	e, _ := b.add(r.server.URL)
	b.hear("e1", "x.y", "s")
	b.cfg.Vault = blind{}
	b.rounds(2)
	if got := strings.Join(b.states(), ", "); got != "e1 dead" || len(r.has()) > 0 {
		t.Errorf("the log says %s", got)
	}
	b.write(func(tx *db.Tx) error {
		_, err := b.Rotate(tx, e.ID)
		return err
	})
	b.cfg.Vault = plain{}
	b.hear("e2", "x.y", "s")
	b.rounds(1)
	b.write(func(tx *db.Tx) error { return b.Remove(tx, e.ID) })
	if got := strings.Join(r.has(), " "); got != "e2" {
		t.Errorf("posted %s", got)
	}
}

func TestTheLogIsForgottenAndWhatIsDeadLater(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, at string) {
		b := newBench(t, at, true)
		b.add("http://127.0.0.1:9/")
		day := 24 * time.Hour
		for _, is := range []struct {
			event, state string
			ago          time.Duration
		}{
			{"done", "done", keptFor - day}, {"done long ago", "done", keptFor + day},
			{"dead", "dead", deadFor - day}, {"dead long ago", "dead", deadFor + day},
			{"waits long", "waits", deadFor + day},
		} {
			b.hear(is.event, "parcel.stored", "parcels/P")
			b.write(func(tx *db.Tx) error {
				_, err := tx.Exec("UPDATE webhook_deliveries SET state = ?, ended = ? WHERE event = ?",
					is.state, time.Now().Add(-is.ago).UnixMilli(), is.event)
				return err
			})
		}
		if err := b.tidy(t.Context()); err != nil {
			t.Fatal(err)
		}
		if got := b.states(); !slices.Equal(got, []string{"done done", "dead dead", "waits long waits"}) {
			t.Errorf("what is kept: %q", got)
		}
	})
}

func TestAFilterThatFitsNoEventIsRefused(t *testing.T) {
	b := newBench(t, t.TempDir()+"/x.db", true)
	b.cfg.Types = []string{"parcel.stored", "return.ended"}
	for filter, good := range map[string]bool{
		"parcel.stored": true, "parcel.*": true, "*": true, "parcels.*": false, "return.closed": false,
	} {
		if err := b.right("https://shop.example/", []string{"return.ended", filter}); (err == nil) != good {
			t.Errorf("%s: %v", filter, err)
		}
	}
}
