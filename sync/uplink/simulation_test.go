package uplink_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"cubby/locker/centre"
	"cubby/sync/hub"
	"cubby/sync/problem"
	"cubby/sync/protocol"
	"cubby/sync/uplink"
)

var (
	schedules = flag.Int("schedules", 1000, "how many schedules the simulation plays")
	firstSeed = flag.Uint64("seed", 0, "the seed of the first schedule; 0: drawn")
)

// ---- the network

var errNetwork = errors.New("connection reset")

// over is one request: it may be lost, answered by something else, cut after it was
// carried out, carried out twice, or once more much later.
func (w *world) over(ctx context.Context, do func() error) error {
	w.mu.Lock()
	wait := time.Duration(w.r.IntN(400)) * time.Millisecond
	fault, cut := -1, w.cut
	if w.chance(w.faults) {
		fault = w.r.IntN(7)
	}
	later := time.Duration(w.r.IntN(600)) * time.Second
	w.mu.Unlock()
	select {
	case <-time.After(wait):
	case <-ctx.Done():
		return ctx.Err()
	}
	if cut {
		return errNetwork
	}
	switch fault {
	case 0: // lost, or the hub died before its commit
		return errNetwork
	case 1: // the reply is lost, or the hub died after its commit
		_ = do()
		return errNetwork
	case 2: // carried out twice
		_ = do()
		return do()
	case 3: // not now, but later, behind others
		w.late.Go(func() {
			time.Sleep(later)
			_ = do()
		})
		return errNetwork
	case 4:
		return &uplink.Answer{
			Status: []int{401, 403, 404, 429, 500, 503}[later%6], After: later % (3 * time.Minute),
		}
	case 5: // the hub's disk is full
		return &uplink.Answer{Status: 500}
	case 6: // nothing at all
		<-ctx.Done()
		return ctx.Err()
	}
	return do()
}

// told makes the hub's refusals what a station gets of them.
func told(err error) error {
	if gap, ok := errors.AsType[*hub.GapError](err); ok {
		return &uplink.Answer{Status: 409, Slug: gap.Slug, Mark: &gap.Mark}
	}
	if p, _ := problem.Of(err); err != nil {
		return &uplink.Answer{Status: p.Status, Title: p.Detail}
	}
	return nil
}

type wire struct{ *world }

func ask[T any](ctx context.Context, w *world, do func(ctx context.Context) (T, error)) (T, error) {
	within, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	var mu sync.Mutex
	var answer T
	err := w.over(within, func() error {
		one, err := do(context.WithoutCancel(ctx))
		mu.Lock()
		answer = one
		mu.Unlock()
		return told(err)
	})
	mu.Lock()
	last := answer // what was carried out late changes it still
	mu.Unlock()
	return last, err
}

func (w wire) Mark(ctx context.Context) (protocol.Mark, error) {
	return ask(ctx, w.world, func(ctx context.Context) (protocol.Mark, error) {
		return w.hub.Mark(ctx, w.name)
	})
}

func (w wire) BeginEpoch(ctx context.Context, e protocol.Epoch) (protocol.Mark, error) {
	return ask(ctx, w.world, func(ctx context.Context) (protocol.Mark, error) {
		return w.hub.BeginEpoch(ctx, w.name, e)
	})
}

func (w wire) Push(ctx context.Context, epoch string, after int64, body []byte) (protocol.Pushed, error) {
	var batch []json.RawMessage
	if err := json.Unmarshal(body, &batch); err != nil {
		w.t.Error(err)
	}
	return ask(ctx, w.world, func(ctx context.Context) (protocol.Pushed, error) {
		w.mu.Lock()
		lies := w.planted && w.chance(20)
		w.mu.Unlock()
		if lies {
			m, err := w.hub.Mark(ctx, w.name)
			var last struct{ Sequence string }
			if err == nil && m.Epoch == epoch && json.Unmarshal(batch[len(batch)-1], &last) == nil {
				_, err = fmt.Sscan(strings.TrimLeft(last.Sequence, "0"), &m.Through)
				return protocol.Pushed{Mark: m}, err
			}
		}
		return w.hub.Push(ctx, w.name, epoch, after, batch)
	})
}

func (w wire) Changes(ctx context.Context, cursor string, limit int,
	wait time.Duration) (protocol.Page, error) {
	p, err := ask(ctx, w.world, func(ctx context.Context) (protocol.Page, error) {
		return w.hub.Changes(ctx, w.name, cursor, limit)
	})
	if err == nil && len(p.Changes) == 0 && wait > 0 {
		select {
		case <-time.After(wait):
		case <-w.hub.Told():
		case <-ctx.Done():
		}
	}
	return p, err
}

// Snapshot is served as the hub's endpoint does, and is cut in the middle now and then.
func (w wire) Snapshot(ctx context.Context, from int64, tag string) (*http.Response, error) {
	return ask(ctx, w.world, func(ctx context.Context) (*http.Response, error) {
		cursor, packed, sum, err := w.hub.Snapshot(ctx, w.name)
		if err != nil {
			return nil, err
		}
		answer, asked := httptest.NewRecorder(), httptest.NewRequest("GET", "/", nil)
		if from > 0 {
			asked.Header.Set("Range", fmt.Sprintf("bytes=%d-", from))
			asked.Header.Set("If-Range", tag)
		}
		for name, value := range map[string]string{
			"ETag": `"` + sum + `"`, protocol.HeaderCursor: cursor, protocol.HeaderSHA256: sum,
		} {
			answer.Header().Set(name, value)
		}
		http.ServeContent(answer, asked, "", time.Time{}, bytes.NewReader(packed))
		r := answer.Result()
		w.mu.Lock()
		defer w.mu.Unlock()
		if w.chance(w.faults) && r.ContentLength > 1 {
			r.Body = io.NopCloser(io.MultiReader(io.LimitReader(r.Body, w.r.Int64N(r.ContentLength)), torn{}))
		}
		return r, nil
	})
}

// torn is where a connection breaks.
type torn struct{}

func (torn) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

func (w wire) Digest(ctx context.Context, d protocol.Digest) (protocol.Digested, error) {
	return ask(ctx, w.world, func(ctx context.Context) (protocol.Digested, error) {
		return w.hub.Digest(ctx, w.name, d)
	})
}

func (w wire) About(ctx context.Context, a protocol.About) error {
	_, err := ask(ctx, w.world, func(ctx context.Context) (bool, error) {
		return true, w.hub.About(ctx, w.name, a)
	})
	return err
}

var silent = slog.New(slog.NewTextHandler(io.Discard, nil))

// starts has a core run; crash ends it, and waits until it has.
func (w *world) starts(dir string) {
	ctx, cancel := context.WithCancel(context.Background())
	draw := newDice(w.r.Uint64()).Float64
	up := uplink.New(uplink.Config{
		Station: w, Log: w, Centre: wire{w}, Taker: w, Slog: silent, Random: draw,
		About: func() protocol.About {
			return protocol.About{ID: "test", Name: "test", Zone: "UTC", Version: "1"}
		},
		Note: func(string, string, time.Time) {}, Spool: filepath.Join(dir, "snapshot"),
		NewID: func() string { return fmt.Sprintf("epoch-%d", uint32(draw()*4e9)) },
	})
	done := make(chan error)
	go func() { done <- up.Run(ctx) }()
	w.stop = func() {
		cancel()
		if err := <-done; err != nil {
			w.t.Error(err)
		}
	}
}

// prepared is a hub with one station that has joined, to be copied.
func prepared(t *testing.T) (file string, station string) {
	file = filepath.Join(t.TempDir(), "hub.db")
	h, err := hub.Open(t.Context(), hub.Config{
		At: file, Key: make([]byte, 32), Name: "Hub", PublicURL: "https://hub.example", Log: silent,
	})
	if err != nil {
		t.Fatal(err)
	}
	s, text, err := h.Invite(t.Context(), "user:test", "Test", "", nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	i, err := uplink.ParseInvitation(text)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := h.Enrol(t.Context(), protocol.Enrol{
		Code: i.Code, About: protocol.About{ID: "test"},
	}); err != nil {
		t.Fatal(err)
	}
	if err := h.Close(); err != nil {
		t.Fatal(err)
	}
	return file, s.ID
}

// plays plays one schedule, and tells what went wrong.
func plays(t *testing.T, seed uint64, from, station string, planted bool) (broken []string) {
	dir, err := os.MkdirTemp(memory(), "line-")
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(dir)
	file := filepath.Join(dir, "hub.db")
	content, err := os.ReadFile(from)
	if err == nil {
		err = os.WriteFile(file, content, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	synctest.Test(t, func(t *testing.T) {
		h, err := hub.Open(t.Context(), hub.Config{At: file, Key: make([]byte, 32), Name: "Hub", Log: silent})
		if err != nil {
			t.Fatal(err)
		}
		defer h.Close()
		w := &world{
			t: t, r: newDice(seed), hub: h, name: station, changed: make(chan struct{}),
			place: place{
				line: centre.Line{
					Station: station, Epoch: "first",
				}, revs: map[string]int64{}, things: map[string]string{},
			},
			ever: map[string]bool{}, poisoned: map[string]bool{}, planted: planted,
		}
		w.schedule(dir)
		broken = w.broken
	})
	return broken
}

// memory is a folder that is not on a disk, where there is one: a schedule waits for
// thousands of commits, and what a disk does to them is tested elsewhere.
func memory() string {
	if i, err := os.Stat("/dev/shm"); err == nil && i.IsDir() {
		return "/dev/shm"
	}
	return ""
}

func (w *world) schedule(dir string) {
	w.faults = w.r.IntN(50)
	copied := w.place.copy()
	w.starts(dir)
	skus := 0
	for range 4 + w.r.IntN(12) {
		w.mu.Lock()
		what := w.r.IntN(12)
		w.mu.Unlock()
		switch what {
		case 0, 1, 2:
			w.commit(1 + w.r.IntN(8))
		case 3:
			w.commit(1 + w.r.IntN(230))
		case 4, 5: // the centre changes something
			skus = max(skus, w.r.IntN(40))
			if err := w.hub.SetStock(w.t.Context(), "user:test", w.name,
				fmt.Sprintf("sku-%d", w.r.IntN(skus+1)),
				w.r.IntN(1000)); err != nil {
				w.fails("stock: %v", err)
			}
		case 6, 7: // the core dies
			w.stop()
			w.starts(dir)
		case 8: // the network is away, for hours or a month
			w.mu.Lock()
			w.cut = !w.cut
			cut, month := w.cut, w.chance(2)
			w.mu.Unlock()
			switch {
			case cut && month:
				time.Sleep(30 * 24 * time.Hour)
			case cut:
				time.Sleep(time.Duration(w.r.IntN(3)) * time.Hour)
			}
		case 9: // somebody copies the database
			w.mu.Lock()
			copied = w.place.copy()
			w.mu.Unlock()
		case 10: // and puts the copy back
			if w.chance(50) {
				w.stop()
				w.mu.Lock()
				w.place = copied.copy()
				w.mu.Unlock()
				w.starts(dir)
			}
		case 11:
			w.mu.Lock()
			if w.chance(30) { // too old for the hub
				w.place.line.Cursor = "long ago"
			}
			w.faults = w.r.IntN(60)
			w.mu.Unlock()
		}
		time.Sleep(time.Duration(w.r.IntN(90)) * time.Second)
	}
	w.mu.Lock()
	w.faults, w.cut = 0, false
	w.mu.Unlock()
	w.commit(1)
	w.late.Wait()
	time.Sleep(15 * time.Minute) // a Retry-After of before may last
	w.stop()
	w.agrees()
}

// agrees holds both ends against each other once all is quiet.
func (w *world) agrees() {
	have := map[string]int{}
	last := map[string]int64{}
	for after := int64(0); ; {
		page, err := w.hub.Facts(w.t.Context(), hub.FactFilter{
			Station: w.name, After: after, Ascending: true, Limit: 100,
		})
		if err != nil {
			w.fails("%v", err)
			return
		}
		for _, f := range page {
			after = f.N
			if have[f.ID]++; have[f.ID] > 1 {
				w.fails("fact %s is there twice", f.ID)
			}
			if !w.ever[f.ID] {
				w.fails("fact %s was never published", f.ID)
			}
			if f.Quarantined != w.poisoned[f.ID] {
				w.fails("fact %s is in quarantine: %v", f.ID, f.Quarantined)
			}
			if f.Sequence <= last[f.Epoch] {
				w.fails("in epoch %s, %d comes behind %d", f.Epoch, f.Sequence, last[f.Epoch])
			}
			last[f.Epoch] = f.Sequence
		}
		if len(page) == 0 {
			break
		}
	}
	for _, f := range w.place.log {
		if f.published && have[f.id] != 1 {
			w.fails("fact %d (%s) has not arrived", f.seq, f.id)
		}
	}
	var here []string
	for key, doc := range w.place.things {
		here = append(here, key+" "+doc)
	}
	var there []string
	for cursor := ""; ; {
		p, err := w.hub.Changes(w.t.Context(), w.name, cursor, 100)
		if err != nil {
			w.fails("%v", err)
			return
		}
		for _, c := range p.Changes {
			if !c.Deleted {
				there = append(there, c.Collection+"/"+c.ID+" "+string(c.Doc))
			}
		}
		if cursor = p.Next; !p.More {
			break
		}
	}
	slices.Sort(here)
	slices.Sort(there)
	if !slices.Equal(here, there) {
		w.fails("the station has %v, the hub says %v", here, there)
	}
}

// TestNothingIsLostAndNothingIsDouble plays schedules of crashes before and after commits,
// of requests that are lost, doubled, late and cut, of clocks that are years off, full
// disks, copies that are put back, and months without a network. -schedules=10000 plays more;
// -seed plays one again.
func TestNothingIsLostAndNothingIsDouble(t *testing.T) {
	file, station := prepared(t)
	seed := *firstSeed
	if seed == 0 {
		seed = rand.Uint64() >> 16
	}
	n := *schedules
	if raced && n == 1000 {
		n = 20 // a tenth as fast
	}
	t.Logf("%d schedules from seed %d", n, seed)
	const shards = 2
	for shard := range shards {
		t.Run(fmt.Sprint("shard ", shard), func(t *testing.T) {
			t.Parallel()
			for i := shard; i < n; i += shards {
				if broken := plays(t, seed+uint64(i), file, station, false); broken != nil {
					t.Fatalf("schedule %d (-schedules=1 -seed=%d):\n%s", i, seed+uint64(i),
						strings.Join(broken, "\n"))
				}
			}
		})
	}
}

// A hub that says it has what it has not stored is found out.
func TestAHubThatAcknowledgesBeforeItStoresIsFound(t *testing.T) {
	file, station := prepared(t)
	for seed := range uint64(200) {
		if plays(t, seed, file, station, true) != nil {
			return
		}
	}
	t.Error("200 schedules did not find it")
}
