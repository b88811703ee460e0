package uplink_test

import (
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"cubby/locker/centre"
	"cubby/locker/ledger"
	"cubby/locker/visit"
	"cubby/sync/hub"
	"cubby/sync/protocol"
)

// A fact of the made-up station, and what of it the hub must have in the end.
type fact struct {
	seq       int64
	id        string
	published bool
	poison    bool
}

// place is all of a station that outlives a crash, and that a copy of its database has.
type place struct {
	log    []fact
	acked  int64
	line   centre.Line
	revs   map[string]int64
	things map[string]string // what the centre says, by collection and id
}

func (p place) copy() place {
	p.log, p.revs, p.things = slices.Clone(p.log), maps.Clone(p.revs), maps.Clone(p.things)
	return p
}

// dice are drawn from by several goroutines.
type dice struct {
	mu sync.Mutex
	r  *rand.Rand
}

func newDice(seed uint64) *dice { return &dice{r: rand.New(rand.NewPCG(seed, 1))} }

func (d *dice) IntN(n int) int       { return int(d.Int64N(int64(n))) }
func (d *dice) Int64N(n int64) int64 { d.mu.Lock(); defer d.mu.Unlock(); return d.r.Int64N(n) }
func (d *dice) Uint64() uint64       { d.mu.Lock(); defer d.mu.Unlock(); return d.r.Uint64() }
func (d *dice) Float64() float64     { d.mu.Lock(); defer d.mu.Unlock(); return d.r.Float64() }

// A world is a station, its line, and a hub, which is the real one.
type world struct {
	t    *testing.T
	r    *dice
	hub  *hub.Hub
	name string // of the station at the hub

	mu       sync.Mutex // guards what follows
	place    place
	changed  chan struct{}
	ids      int
	ever     map[string]bool // ids of facts that were committed
	poisoned map[string]bool
	broken   []string // what must not have happened
	faults   int      // of 100 requests or commits, how many go wrong
	cut      bool     // the network is
	planted  bool     // the hub says that it has what it has not stored
	late     sync.WaitGroup

	stop func() // of the uplink that runs
}

// chance is so many of 100.
func (w *world) chance(of int) bool { return w.r.IntN(100) < of }

func (w *world) fails(format string, args ...any) {
	w.broken = append(w.broken, fmt.Sprintf(format, args...))
}

// ---- the station

func (w *world) commit(n int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for range n {
		w.ids++
		last := int64(0)
		if len(w.place.log) > 0 {
			last = w.place.log[len(w.place.log)-1].seq
		}
		f := fact{
			last + 1, fmt.Sprintf("%08d-0000-7000-8000-000000000000", w.ids), w.r.IntN(4) > 0, w.chance(3),
		}
		w.place.log = append(w.place.log, f)
		w.ever[f.id] = f.published
		w.poisoned[f.id] = f.poison
	}
	close(w.changed)
	w.changed = make(chan struct{})
}

// clock is what the station's clock says: now and then it is years off.
func clock(f fact) time.Time {
	at := time.Now()
	if f.seq%17 == 0 {
		at = at.AddDate(10, 0, 0)
	} else if f.seq%13 == 0 {
		at = at.AddDate(-10, 0, 0)
	}
	return at.UTC()
}

func event(f fact, epoch string) string {
	kind, data := "shelf.dusted", fmt.Sprintf(`{"n":%d}`, f.seq)
	if f.poison {
		kind, data = "parcel.stored", `{"parcel_id":7}`
	}
	return fmt.Sprintf(`{"specversion":"1.0","id":%q,"source":"/stations/test","type":%q,"subject":"shelves/1",`+
		`"time":%q,"datacontenttype":"application/json","sequence":"%020d","epoch":%q,"actor":"station",`+
		`"cause":"test","data":%s}`,
		f.id, kind, clock(f).Format(time.RFC3339), f.seq, epoch, data)
}

func (w *world) Feed(_ context.Context, after int64, limit int, _ bool) (ledger.FeedPage, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	page := ledger.FeedPage{Last: after}
	for _, f := range w.place.log {
		if f.seq <= after || !f.published || page.Count == limit {
			continue
		}
		if page.Count > 0 {
			page.Events = append(page.Events, ',')
		}
		page.Events = append(page.Events, event(f, "db")...)
		page.Count++
		page.Last = f.seq
	}
	return page, nil
}

func (w *world) FeedChanged() <-chan struct{} {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.changed
}

func (w *world) Waiting(_ context.Context, after int64, most int) (count int, oldest time.Time, err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, f := range w.place.log {
		if f.seq > after && f.published && count < most {
			count++
		}
	}
	return count, time.Now(), nil
}

func (w *world) Acknowledged(context.Context, string) (int64, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.place.acked, nil
}

func (w *world) Revisions(context.Context) (all []centre.Revision, err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for key, rev := range w.place.revs {
		collection, id, _ := strings.Cut(key, "/")
		all = append(all, centre.Revision{Collection: collection, ID: id, Rev: rev})
	}
	slices.SortFunc(all, func(a, b centre.Revision) int { return strings.Compare(a.ID, b.ID) })
	return all, nil
}

func (w *world) Custody(context.Context) ([]protocol.Custody, int64, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, f := range slices.Backward(w.place.log) {
		if f.published {
			return nil, f.seq, nil
		}
	}
	return nil, 0, nil
}

func (w *world) Line() centre.Line {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.place.line
}

func (w *world) CentreHeard() {}
func (w *world) SetFull(bool) {}
func (w *world) Remember(_ context.Context, _ string, seq int64) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.place.acked = max(w.place.acked, seq)
	return nil
}

// Acknowledge erases codes: nothing may be acknowledged that the hub has not stored.
func (w *world) Acknowledge(ctx context.Context, _ string, seq int64) error {
	m, err := w.hub.Mark(ctx, w.name)
	w.mu.Lock()
	defer w.mu.Unlock()
	if err != nil || m.Epoch == w.place.line.Epoch && m.Through < seq {
		w.fails("%d was acknowledged, and the hub has stored up to %d: %v", seq, m.Through, err)
	}
	w.place.acked = max(w.place.acked, seq)
	return nil
}

var errDisk = ledger.Refuse(ledger.Unavailable, "not-serving", "the disk is full")

// writes decides whether a commit fails, and whether it was kept all the same.
func (w *world) writes() (kept bool, err error) {
	if !w.chance(w.faults) {
		return true, nil
	}
	return w.chance(50), errDisk
}

func (w *world) OfCentre(_ context.Context, c visit.Command, _ string) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	kept, err := w.writes()
	if begin, ok := c.(centre.BeginEpoch); ok && kept {
		w.place.line.Epoch, w.place.line.Begun = begin.Epoch, begin.After
	}
	return err
}

// A note is a change as the made-up station keeps it.
type note struct{ protocol.Change }

func (note) Decide(*visit.Turn) error { return nil }

func (w *world) Command(c protocol.Change) (visit.Command, error) { return note{c}, nil }

func (w *world) Together(_ context.Context, commands []visit.Command,
	last func([]error) visit.Command) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	kept, err := w.writes()
	if !kept {
		return err
	}
	errs := make([]error, len(commands))
	for i, c := range commands {
		newer := c.(centre.Newer)
		key := newer.Collection + "/" + newer.ID
		if w.place.revs[key] >= newer.Rev && !newer.Gone {
			errs[i] = centre.Known
			continue
		}
		w.place.revs[key] = newer.Rev
		if change := newer.Command.(note); change.Deleted {
			delete(w.place.things, key)
		} else {
			w.place.things[key] = string(change.Doc)
		}
	}
	took := last(errs).(centre.Took)
	if took.Cursor != "" {
		w.place.line.Cursor = took.Cursor
	}
	return err
}
