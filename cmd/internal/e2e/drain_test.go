package e2e

import (
	"flag"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"cubby/sync/client"
	"cubby/sync/db"
)

// drained is how many facts wait when the station joins its centre; "make soak" says so.
var drained = flag.Int("drain", 0, "how many facts are drained into a hub; 0: the test is left out")

// A station that was alone for thirty days joins a centre: all that has happened arrives,
// and how long that takes and in how much memory is printed, beside what bare commits of
// the same facts take.
func TestThirtyDaysOfFactsAreDrained(t *testing.T) {
	if *drained == 0 {
		t.Skip("make soak drains 200000 facts; or -args -drain=20000")
	}
	s := newStation(t)
	began := time.Now()
	announceMany(s, *drained)
	t.Logf("%d facts were made in %s", *drained, time.Since(began).Round(time.Second))
	c := newHub(t)
	before := resident(s.core)
	began = time.Now()
	c.joins(s, "Thirty days")
	staff, err := client.New("unix:"+filepath.Join(s.dir, "run", "core.sock"), "")
	if err != nil {
		t.Fatal(err)
	}
	defer staff.Close()
	for deadline := time.After(30 * time.Minute); ; {
		l, err := staff.Centre(t.Context())
		if err == nil && l.Heard != nil && l.Waiting == 0 && l.Through > 0 {
			break
		}
		select {
		case <-deadline:
			t.Fatalf("after half an hour the line is %+v, %v", l, err)
		case <-time.After(200 * time.Millisecond):
		}
	}
	took := time.Since(began)
	bare := bareCommits(t, *drained)
	facts := float64(*drained)
	t.Logf("%d facts were drained in %s, %.0f a second; bare commits of 100 take %s: %.1f times as long", *drained,
		took.Round(100*time.Millisecond), facts/took.Seconds(), bare.Round(10*time.Millisecond),
		took.Seconds()/bare.Seconds())
	t.Logf("most memory: the core %s (%s before it joined), the hub %s", peak(s.core), before, peak(c.runs))
	here, there := s.told(), c.events()
	for i := range min(len(here), len(there)) {
		if here[i].ID != there[i].ID {
			t.Fatalf("event %d is %s here and %s at the hub", i, here[i].ID, there[i].ID)
		}
	}
	if len(here) != len(there) || len(here) < *drained {
		t.Errorf("%d events here, %d at the hub", len(here), len(there))
	}
}

// announceMany announces parcels from several sides at once.
func announceMany(s *station, n int) {
	s.t.Helper()
	var next atomic.Int64
	var wrong atomic.Value
	var all sync.WaitGroup
	for range 32 {
		all.Go(func() {
			for i := next.Add(1); i <= int64(n) && wrong.Load() == nil; i = next.Add(1) {
				r, err := http.NewRequestWithContext(s.t.Context(), "PUT",
					fmt.Sprintf("http://%s/v1/parcels/month-%d", s.rest, i),
					strings.NewReader(fmt.Sprintf(`{"order_id":"SO-%d","weight_g":400}`, i)))
				if err != nil {
					wrong.Store(err.Error())
					return
				}
				r.Header.Set("Authorization", "Bearer "+s.token)
				r.Header.Set("Content-Type", "application/json")
				a, err := many.Do(r)
				if err != nil {
					wrong.Store(err.Error())
					return
				}
				a.Body.Close()
				if a.StatusCode/100 != 2 {
					wrong.Store(a.Status)
				}
			}
		})
	}
	all.Wait()
	if why := wrong.Load(); why != nil {
		s.t.Fatalf("announce many: %v", why)
	}
}

// many keeps as many connections as ask at once.
var many = &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 32}}

// resident is the memory of a program now, and peak the most it has had.
func resident(p *program) string { return memory(p, "VmRSS:") }
func peak(p *program) string     { return memory(p, "VmHWM:") }

func memory(p *program, line string) string {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.cmd.Process.Pid))
	if err != nil {
		return err.Error()
	}
	_, rest, _ := strings.Cut(string(text), line)
	var kib int
	fmt.Sscan(rest, &kib)
	return fmt.Sprintf("%d MiB", kib>>10)
}

// bareCommits is how long it takes to commit as many rows of the size of a fact to a
// database like the hub's, a hundred at a time.
func bareCommits(t *testing.T, n int) time.Duration {
	t.Helper()
	bare, err := db.Open(t.Context(), filepath.Join(t.TempDir(), "bare.db"), db.Schema{Part: "bare", Steps: []string{
		"CREATE TABLE facts (n INTEGER PRIMARY KEY, event TEXT NOT NULL)",
	}})
	if err != nil {
		t.Fatal(err)
	}
	defer bare.Close()
	event := strings.Repeat("x", 600)
	began := time.Now()
	for first := 0; first < n; first += 100 {
		if err := bare.Write(t.Context(), func(tx *db.Tx) error {
			for i := range 100 {
				if _, err := tx.Exec("INSERT INTO facts (n, event) VALUES (?, ?)", first+i, event); err != nil {
					return err
				}
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
	}
	return time.Since(began)
}
