// Package uplink is a station's end of the line to its centre. It pushes what the station
// has published, in order, until the centre says that it has it; and it takes in what the
// centre changes, a page at a time.
//
// Nothing is ever deleted by it: facts stay in the log, and only the centre's own word
// (acked_through) moves the place behind which it pushes. Whatever else is answered, or
// nothing, leads to the same request again, later. After a crash it goes on with what the
// centre says it has.
//
// An Uplink belongs to one line and one core. Its methods are safe for concurrent use;
// Run is called once.
package uplink

import (
	"context"
	"errors"
	"log/slog"
	"net/url"
	"sync"
	"time"

	"cubby/locker/centre"
	"cubby/locker/ledger"
	"cubby/locker/visit"
	"cubby/sync/protocol"
)

// Client names the consumer of codes that the line is.
const Client = "cubby-centre"

// Log is the station's log. Feed reads the published events behind a sequence.
type Log interface {
	Feed(ctx context.Context, after int64, limit int, withCodes bool) (ledger.FeedPage, error)
	FeedChanged() <-chan struct{}
	// Waiting counts the published events behind a sequence, up to most, and says when the
	// first of them happened.
	Waiting(ctx context.Context, after int64, most int) (count int, oldest time.Time, err error)
	// Acknowledged is the sequence a consumer has everything up to, as kept.
	Acknowledged(ctx context.Context, client string) (int64, error)
	// Revisions lists what is taken in of the centre.
	Revisions(ctx context.Context) ([]centre.Revision, error)
	// Custody lists what is open behind the doors, and the sequence up to which it counts.
	Custody(ctx context.Context) (all []protocol.Custody, through int64, err error)
}

// Station decides.
type Station interface {
	Line() centre.Line
	Together(ctx context.Context, commands []visit.Command, last func(errs []error) visit.Command) error
	OfCentre(ctx context.Context, c visit.Command, actor string) error
	Acknowledge(ctx context.Context, client string, seq int64) error
	Remember(ctx context.Context, client string, seq int64) error
	CentreHeard()
	SetFull(full bool)
}

// Centre is the other end.
type Centre interface {
	Mark(ctx context.Context) (protocol.Mark, error)
	BeginEpoch(ctx context.Context, e protocol.Epoch) (protocol.Mark, error)
	Push(ctx context.Context, epoch string, after int64, batch []byte) (protocol.Pushed, error)
	Changes(ctx context.Context, cursor string, limit int, wait time.Duration) (protocol.Page, error)
	Snapshots
	Digest(ctx context.Context, d protocol.Digest) (protocol.Digested, error)
	About(ctx context.Context, a protocol.About) error
}

// Taker makes a command of a change. The error says that the document cannot be read.
type Taker interface {
	Command(c protocol.Change) (visit.Command, error)
}

// Config is what an Uplink works with.
type Config struct {
	Station Station
	Log     Log
	Centre  Centre
	Taker   Taker
	About   func() protocol.About                    // how the station is; its outbox is added
	Note    func(state, detail string, at time.Time) // takes the status of the line
	// path of the file a snapshot is kept in while it is fetched
	Spool  string
	Room   func() error // nil: the disk has room for more facts
	Most   int          // facts that may wait; 0: 1,000,000
	Slog   *slog.Logger
	Random func() float64 // from 0 to below 1: spreads what is asked again
	NewID  func() string  // unguessable
}

// mostWaiting is how many facts may wait before deposits are refused.
const mostWaiting = 1_000_000

// Status is how the line is.
type Status struct {
	Through int64      // sequence of the last fact the centre has
	Waiting int        // facts it has not
	Oldest  *time.Time // when the first of them happened
	SeenTo  time.Time  // the centre has seen everything that happened before; zero: nothing yet
	Heard   time.Time  // when it last answered; zero: not since the start
	State   string     // a word of health: working, out_of_reach, refused ...
	Detail  string
	Full    bool // deposits are refused
	Drift   bool // both ends disagreed when they last compared
	Pushed  int64
	Taken   int64
	Set     int64 // facts the centre has put aside
}

// An Uplink is one line at work.
type Uplink struct {
	cfg   Config
	hurry chan struct{} // holds a token when what waits is to be tried at once
	look  chan struct{} // holds one when the line is to be looked at
	empty chan struct{} // holds one when the outbox is empty, and the centre was told that it is not

	mu         sync.Mutex // guards what follows
	status     Status
	kept       int64 // the last Through that was written
	remembered time.Time
	full       string    // why deposits are refused
	waits      bool      // the centre was told that something waits
	untaken    string    // why what the centre says cannot be taken in; empty: it can
	trouble    [2]string // how the last try failed; empty after one that did not

	at     int64 // the pushing loop's: everything up to here is at the centre
	placed bool  // the pushing loop's: the centre has said so on this line
	turns  int   // the pushing loop's: how often it was not since facts were taken
}

// New makes one that does nothing yet.
func New(c Config) *Uplink {
	if c.Most <= 0 {
		c.Most = mostWaiting
	}
	return &Uplink{cfg: c, hurry: make(chan struct{}, 1), look: make(chan struct{}, 1), empty: make(chan struct{}, 1)}
}

// Status is how the line is now.
func (u *Uplink) Status() Status {
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.status
}

// Hurry has what waits for its next try be tried at once, and both ends be compared.
func (u *Uplink) Hurry() {
	for _, c := range []chan struct{}{u.hurry, u.look} {
		select {
		case c <- struct{}{}:
		default:
		}
	}
}

// Run works until ctx ends.
func (u *Uplink) Run(ctx context.Context) error {
	kept, err := u.cfg.Log.Acknowledged(ctx, Client)
	if err != nil {
		return err
	}
	u.mu.Lock()
	u.status.Through, u.kept = kept, kept
	u.mu.Unlock()
	u.measure(ctx)
	var wg sync.WaitGroup
	wg.Go(func() { u.pushing(ctx) })
	wg.Go(func() { u.pulling(ctx) })
	wg.Go(func() { u.tending(ctx) })
	wg.Wait()
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
	defer cancel()
	u.remember(ctx, true)
	return nil
}

// heard: the centre has answered.
func (u *Uplink) heard(done func(*Status)) {
	now := time.Now()
	u.cfg.Station.CentreHeard()
	u.mu.Lock()
	u.status.Heard = now
	if done != nil {
		done(&u.status)
	}
	if u.status.Waiting == 0 {
		u.status.SeenTo = now
	}
	u.trouble = [2]string{"working", ""}
	u.mu.Unlock()
	u.say("working", "")
}

// lateAfter is for how long facts may wait before that is more than a notice.
const lateAfter = 24 * time.Hour

// say notes how the line is. A centre that answers may still leave something to see to.
func (u *Uplink) say(state, detail string) {
	u.mu.Lock()
	s := &u.status
	switch {
	case s.Full:
		state, detail = "full", u.full
	case state == "out_of_reach" && s.Oldest != nil && time.Since(*s.Oldest) > lateAfter:
		state = "late"
	case state != "working":
	case u.untaken != "":
		state, detail = "out_of_reach", u.untaken
	case s.Drift:
		state, detail = "drift", "the log of the core has the list"
	case s.Set > 0:
		state, detail = "set_aside", "since the start, of what was pushed"
	}
	changed := s.State != state || s.Detail != detail
	s.State, s.Detail = state, detail
	u.mu.Unlock()
	if changed {
		u.cfg.Note(state, detail, time.Now())
	}
}

// failed says why the centre is not reached. It is no failure that the line ends.
func (u *Uplink) failed(ctx context.Context, doing string, err error) {
	if ctx.Err() != nil {
		return
	}
	u.cfg.Slog.Warn("the centre: "+doing, "error", err)
	state := "out_of_reach"
	if a, ok := errors.AsType[*Answer](err); ok {
		switch a.Status {
		case 401, 403, 404:
			state = "refused"
		}
	}
	if errors.Is(err, errPin) {
		state = "refused"
	}
	u.mu.Lock()
	u.trouble = [2]string{state, plainly(err)}
	u.mu.Unlock()
	u.say(state, plainly(err))
}

// plainly says why, without the address of the request, which differs from try to try.
func plainly(err error) string {
	if asked, ok := errors.AsType[*url.Error](err); ok {
		if asked.Timeout() {
			return "no answer in time"
		}
		err = asked.Err
	}
	return err.Error()
}

// Pauses between tries.
const (
	firstPause   = time.Second
	longestPause = time.Minute
	longestAfter = time.Hour // of what the centre asks for
)

// pause waits before the next of several tries that failed: a random part of a time that
// doubles, so that the stations of an outage do not come back at one moment; and never
// shorter than the centre asks for. False: the line ends.
func (u *Uplink) pause(ctx context.Context, tries int, err error) bool {
	most := longestPause
	if tries < 6 {
		most = min(most, firstPause<<tries)
	}
	wait := time.Duration(u.cfg.Random() * float64(most))
	if a, ok := errors.AsType[*Answer](err); ok && a.After > 0 {
		wait += min(a.After, longestAfter)
	}
	timer := time.NewTimer(max(wait, 50*time.Millisecond))
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-u.hurry:
		return true
	case <-ctx.Done():
		return false
	}
}
