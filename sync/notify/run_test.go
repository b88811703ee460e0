package notify

import (
	"bytes"
	"context"
	"path/filepath"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"cubby/sync/db"
)

// A recorder is a channel that fails so often, and notes when it was asked.
type recorder struct {
	mu    sync.Mutex
	fails int
	at    []time.Time
}

func (r *recorder) send(context.Context, *letter) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.at = append(r.at, time.Now())
	if r.fails--; r.fails >= 0 {
		return &failure{reason: "not now"}
	}
	return nil
}

func TestRunSendsWhenItIsTimeAndTriesAgain(t *testing.T) {
	at := filepath.Join(t.TempDir(), "m.db")
	synctest.Test(t, func(t *testing.T) {
		d, err := db.Open(t.Context(), at, Schema)
		if err != nil {
			t.Fatal(err)
		}
		defer d.Close()
		cfg := Usual()
		cfg.Key, cfg.Quiet = bytes.Repeat([]byte{7}, 32), Quiet{}
		n, err := New(d, cfg)
		if err != nil {
			t.Fatal(err)
		}
		r := &recorder{fails: 2}
		n.send[byEmail] = r
		ctx, stop := context.WithCancel(t.Context())
		done := make(chan error, 1)
		go func() { done <- n.Run(ctx) }()
		time.Sleep(time.Second)

		begun := time.Now()
		e := Event{ID: "1", Type: "parcel.collected", Subject: "parcels/P-1", Station: "hall", Happened: begun,
			Data: []byte(`{"parcel_id":"P-1"}`)}
		if err := d.Write(ctx, func(tx *db.Tx) error {
			return n.Hear(tx, e, Person{Email: "a@example.org"}, hall)
		}); err != nil {
			t.Fatal(err)
		}
		n.Wake()
		time.Sleep(12 * time.Minute)
		r.mu.Lock()
		defer r.mu.Unlock()
		if len(r.at) != 3 || r.at[0].Sub(begun) != 10*time.Minute {
			t.Fatalf("it was tried at %v, heard of at %v", r.at, begun)
		}
		for i, most := range []time.Duration{firstPause, 2 * firstPause} {
			if pause := r.at[i+1].Sub(r.at[i]); pause > most+time.Millisecond {
				t.Errorf("pause %d was %s, longer than %s", i+1, pause, most)
			}
		}
		stop()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
}

func TestPausesGrowAndAreNeverShorterThanAsked(t *testing.T) {
	longest := time.Duration(0)
	for attempt := int64(1); attempt < 60; attempt++ {
		for range 50 {
			p := backoff(attempt, 0)
			longest = max(longest, p)
			if p < 0 || p > longestPause || attempt == 1 && p > firstPause {
				t.Fatalf("after attempt %d it waits %s", attempt, p)
			}
			if p := backoff(attempt, 2*time.Hour); p < 2*time.Hour || p > 3*time.Hour {
				t.Fatalf("asked for two hours it waits %s", p)
			}
			if p := backoff(attempt, 1000*time.Hour); p > longestAsked+longestPause {
				t.Fatalf("asked for weeks it waits %s", p)
			}
		}
	}
	if longest < longestPause/2 {
		t.Errorf("it never waits for longer than %s", longest)
	}
}
