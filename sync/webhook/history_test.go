package webhook

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"
	"pgregory.net/rapid"

	"cubby/sync/db"
)

// What a receiver does while a spell lasts.
const (
	takes    = "takes"
	refuses  = "refuses the connection"
	fails    = "answers 500"
	isSlow   = "answers after the time"
	isBusy   = "answers 429 and asks to wait"
	breaks   = "breaks off its answer"
	floods   = "answers without an end"
	lets     = "leads elsewhere"
	notTaken = refuses + fails + isSlow + isBusy + lets
)

var spells = []string{takes, refuses, fails, isSlow, isBusy, breaks, floods, lets}

// A spell is what a receiver does for some time.
type spell struct {
	Does string
	For  time.Duration
}

// A script is what happens at a sender and its receiver.
type script struct {
	Spells   []spell         // behind the last one it takes everything
	Events   []time.Duration // when each happens
	Subjects []int           // of each
	Restarts []time.Duration
}

// A memory is a receiver without a network.
type memory struct {
	begun  time.Time
	spells []spell
	lib    *standardwebhooks.Webhook

	mu    sync.Mutex // guards what follows
	taken []string   // webhook-ids in the order in which they were taken
	wrong []string
}

func (m *memory) does() string {
	at := time.Since(m.begun)
	for _, s := range m.spells {
		if at -= s.For; at < 0 {
			return s.Does
		}
	}
	return takes
}

type answerBody struct {
	io.Reader
}

func (answerBody) Close() error { return nil }

// endless is an answer that does not end; broken one that breaks off.
type endless struct{}

func (endless) Read(p []byte) (int, error) { return len(p), nil }

type broken struct{}

func (broken) Read([]byte) (int, error) { return 0, errors.New("connection reset by peer") }

// RoundTrip takes a request.
func (m *memory) RoundTrip(r *http.Request) (*http.Response, error) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	does := m.does()
	answer := &http.Response{StatusCode: 200, Header: http.Header{}, Request: r}
	answer.Body = answerBody{strings.NewReader("")}
	switch does {
	case refuses:
		return nil, errors.New("connection refused")
	case fails:
		answer.StatusCode = 500
	case isSlow:
		<-r.Context().Done()
		return nil, r.Context().Err()
	case isBusy:
		answer.StatusCode = 429
		answer.Header.Set("Retry-After", "1800")
	case lets:
		answer.StatusCode = 307
		answer.Header.Set("Location", "https://elsewhere.example/")
	case breaks:
		answer.Body = answerBody{broken{}}
	case floods:
		answer.Body = answerBody{endless{}}
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	id := r.Header.Get(HeaderID)
	if err := m.lib.Verify(body, r.Header); err != nil { // by the clock of the bubble, too
		m.wrong = append(m.wrong, fmt.Sprintf("%s: %v", id, err))
	}
	if string(body) != `{"id":"`+id+`"}` || r.URL.Host != "shop.example" {
		m.wrong = append(m.wrong, fmt.Sprintf("%s has the body %s for %s", id, body, r.URL))
	}
	if !strings.Contains(notTaken, does) {
		m.taken = append(m.taken, id)
	}
	return answer, nil
}

// play plays a script in a bubble, and says what is not as it must be.
func (s script) play(t *testing.T, at string) (wrong []string) {
	synctest.Test(t, func(t *testing.T) {
		d, err := db.Open(t.Context(), at, Schema)
		if err != nil {
			t.Fatal(err)
		}
		defer d.Close()
		m := &memory{begun: time.Now(), spells: s.Spells}
		sender := func() *Sender {
			return New(Config{
				DB: d, Vault: plain{}, Log: slog.New(slog.DiscardHandler), Random: rand.Float64, Transport: m,
			})
		}
		b := bench{t, sender(), d}
		_, secret := b.add("https://shop.example/hook")
		if m.lib, err = standardwebhooks.NewWebhook(secret); err != nil {
			t.Fatal(err)
		}
		run := func() (stop func()) {
			b.Sender = sender()
			ctx, cancel := context.WithCancel(t.Context())
			done := make(chan error)
			go func() { done <- b.Run(ctx) }()
			return func() {
				cancel()
				if err := <-done; err != nil {
					t.Error(err)
				}
			}
		}
		stop := run()
		restarts := s.Restarts
		for i, at := range s.Events {
			for len(restarts) > 0 && restarts[0] <= at {
				time.Sleep(time.Until(m.begun.Add(restarts[0])))
				stop()
				stop, restarts = run(), restarts[1:]
			}
			time.Sleep(time.Until(m.begun.Add(at)))
			b.hear(fmt.Sprint("e", i), "x.y", fmt.Sprint("s", s.Subjects[i]))
			b.Wake()
		}
		for range 5 * 24 {
			if c, err := b.Counts(t.Context()); err != nil {
				t.Fatal(err)
			} else if Total(c)["waits"] == 0 {
				break
			}
			time.Sleep(time.Hour)
		}
		stop()
		wrong = append(m.wrong, s.judge(m.taken)...)
		if c, err := b.Counts(t.Context()); err != nil || Total(c)["done"] != int64(len(s.Events)) {
			wrong = append(wrong, fmt.Sprintf("%d events, and the log has %v, %v", len(s.Events), c, err))
		}
	})
	return wrong
}

// judge finds events that were not taken, and those that came before one that goes before.
func (s script) judge(taken []string) (wrong []string) {
	first := map[string]int{}
	for i, id := range taken {
		if _, again := first[id]; !again {
			first[id] = i
		}
	}
	last := map[int]int{}
	for i, subject := range s.Subjects {
		at, came := first[fmt.Sprint("e", i)]
		switch {
		case !came:
			wrong = append(wrong, fmt.Sprintf("e%d was never taken", i))
		case at < last[subject]:
			wrong = append(wrong, fmt.Sprintf("e%d was taken before one of its subject that happened before", i))
		}
		last[subject] = max(at, last[subject])
	}
	return wrong
}

func TestAReceiverThatWasDeadForTwoDaysGetsEverythingInOrder(t *testing.T) {
	s := script{Spells: []spell{{refuses, 20 * time.Hour}, {isSlow, time.Hour}, {fails, 27 * time.Hour}}}
	for at := time.Duration(0); at < 60*time.Hour; at += 50 * time.Minute {
		s.Events = append(s.Events, at)
		s.Subjects = append(s.Subjects, len(s.Events)%5)
	}
	s.Restarts = []time.Duration{10 * time.Hour, 49 * time.Hour}
	for _, one := range s.play(t, filepath.Join(t.TempDir(), "hooks.db")) {
		t.Error(one)
	}
}

// TestEveryEventIsTakenInOrderWhateverAReceiverDoes plays made-up scripts.
func TestEveryEventIsTakenInOrderWhateverAReceiverDoes(t *testing.T) {
	fewer(t, 25)
	n := 0
	rapid.Check(t, func(r *rapid.T) {
		var s script
		for range rapid.IntRange(0, 5).Draw(r, "spells") {
			s.Spells = append(s.Spells, spell{
				rapid.SampledFrom(spells).Draw(r, "does"),
				time.Duration(rapid.IntRange(1, 200).Draw(r, "minutes")) * time.Minute,
			})
		}
		at := time.Duration(0)
		for range rapid.IntRange(1, 20).Draw(r, "events") {
			at += time.Duration(rapid.IntRange(0, 3000).Draw(r, "seconds later")) * time.Second
			s.Events = append(s.Events, at)
			s.Subjects = append(s.Subjects, rapid.IntRange(0, 3).Draw(r, "subject"))
			if rapid.IntRange(0, 6).Draw(r, "restart") == 0 {
				s.Restarts = append(s.Restarts, at)
			}
		}
		n++
		for _, one := range s.play(t, filepath.Join(t.TempDir(), fmt.Sprintf("hooks-%d.db", n))) {
			r.Error(one)
		}
	})
}

// fewer has rapid check so often, unless the command line says how often.
func fewer(t *testing.T, times int) {
	const name = "rapid.checks"
	checks := flag.Lookup(name)
	if was := checks.Value.String(); was == checks.DefValue {
		flag.Set(name, fmt.Sprint(times))
		t.Cleanup(func() { flag.Set(name, was) })
	}
}

// unequal is two receivers: one never answers in time.
type unequal struct{ quick, slow *memory }

func (u unequal) RoundTrip(r *http.Request) (*http.Response, error) {
	if strings.HasSuffix(r.URL.Path, "slow") {
		return u.slow.RoundTrip(r)
	}
	return u.quick.RoundTrip(r)
}

func TestASlowReceiverHoldsUpNobodyElse(t *testing.T) {
	at := filepath.Join(t.TempDir(), "hooks.db")
	synctest.Test(t, func(t *testing.T) {
		d, err := db.Open(t.Context(), at, Schema)
		if err != nil {
			t.Fatal(err)
		}
		defer d.Close()
		u := unequal{&memory{begun: time.Now()}, &memory{begun: time.Now(), spells: []spell{{isSlow, time.Hour}}}}
		b := bench{t, New(Config{
			DB: d, Vault: plain{}, Log: slog.New(slog.DiscardHandler), Random: rand.Float64, Transport: u,
		}), d}
		b.add("https://shop.example/slow")
		_, secret := b.add("https://shop.example/quick")
		if u.quick.lib, err = standardwebhooks.NewWebhook(secret); err != nil {
			t.Fatal(err)
		}
		for i := range 2 * perRound {
			b.hear(fmt.Sprint("e", i), "x.y", fmt.Sprint("s", i))
		}
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error)
		go func() { done <- b.Run(ctx) }()
		time.Sleep(within / 2) // the slow one has the first event still
		u.quick.mu.Lock()
		if len(u.quick.taken) != 2*perRound || u.quick.wrong != nil {
			t.Errorf("the quick one has %d events, %v", len(u.quick.taken), u.quick.wrong)
		}
		u.quick.mu.Unlock()
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
}

// Staff are told of a receiver that is away for hours, until it takes something, is switched
// off, or its dead events are known for a week.
func TestATroubleIsWhatIsNotTakenForHours(t *testing.T) {
	at := filepath.Join(t.TempDir(), "hooks.db")
	synctest.Test(t, func(t *testing.T) {
		d, err := db.Open(t.Context(), at, Schema)
		if err != nil {
			t.Fatal(err)
		}
		defer d.Close()
		m := &memory{begun: time.Now(), spells: []spell{
			{refuses, 9 * time.Hour}, {takes, 20 * time.Hour}, {fails, 1e4 * time.Hour},
		}}
		b := bench{t, New(Config{
			DB: d, Vault: plain{}, Log: slog.New(slog.DiscardHandler), Random: rand.Float64, Transport: m,
		}), d}
		e, secret := b.add("https://shop.example/hook")
		if m.lib, err = standardwebhooks.NewWebhook(secret); err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error)
		go func() { done <- b.Run(ctx) }()
		is := func(after time.Duration, want string) {
			t.Helper()
			time.Sleep(time.Until(m.begun.Add(after)))
			all, err := b.Troubles(t.Context())
			got := ""
			for _, one := range all {
				got += fmt.Sprintf("%d wait, %d dead", one.Waiting, one.Dead)
			}
			if err != nil || got != want {
				t.Errorf("after %v: %q, %v, want %q", after, got, err, want)
			}
		}
		enable := func(on bool) {
			b.write(func(tx *db.Tx) error {
				_, err := b.Change(tx, e.ID, Change{Enabled: &on})
				return err
			})
		}
		b.hear("e1", "x.y", "s")
		b.Wake()
		is(5*time.Hour, "")
		is(7*time.Hour, "1 wait, 0 dead")
		enable(false)
		is(8*time.Hour, "")
		enable(true)
		is(30*time.Hour, "") // taken at the next try
		b.hear("e2", "x.y", "s")
		b.Wake()
		is(30*time.Hour+4*24*time.Hour, "0 wait, 1 dead")
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
		is(30*time.Hour+12*24*time.Hour, "")
	})
}
