// Package station runs the rules of package locker: commands in, events out.
//
// One goroutine, the writer, takes commands from a queue, decides them against
// the state, commits what they lead to, and only then lets anything happen: a
// door order, an answer, a new view. Commands that wait together share one
// commit. Every method is safe for concurrent use and returns after the commit
// it asked for.
//
// When a commit fails nothing more is decided or driven: Run returns, and the
// caller opens the store again and starts a new Station, which reads what is
// really there. No door is pulsed by a start.
package station

import (
	"cmp"
	"context"
	"log/slog"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"cubby/locker"
	"cubby/locker/calendar"
	"cubby/locker/centre"
	"cubby/locker/door"
	"cubby/locker/ledger"
	"cubby/locker/secret"
	"cubby/locker/secret/token"
	"cubby/locker/store"
	"cubby/locker/view"
	"cubby/locker/visit"
	"cubby/locker/wall"
)

// Doors carries out orders. Order must not block; its outcome comes back
// through OpeningEnded.
type Doors interface{ Order(door.Order) }

// Config is what a Station needs.
type Config struct {
	Rules   *visit.Rules // nil: those of a pickup station
	Name    string       // for people
	Store   *store.Store
	Keys    *secret.Keys
	Doors   Doors
	Printer Printer                        // nil: none fitted
	Effects map[string]func(ledger.Effect) // further handlers, by the kind of effect; they must not block
	// Join adds to the views of the staff what others know, such as the devices. It must
	// not block; nil: nobody knows more.
	Join   func(*view.View)
	Policy visit.Policy
	// Exchange is the policy with the rules of shops that the centre has told; nil: it tells none.
	// The writer calls it at the start, and whenever they change.
	Exchange     func(told []centre.Policy) visit.Policy
	Wall         view.Wall
	Terminals    []Terminal         // empty: a kiosk alone, with the scanner and the printer there are
	Compartments []wall.Compartment // what the configuration says of them, in wall order
	CentreStays  time.Duration      // the centre counts as reachable so long after it was heard of; 0: never
	// Wishes takes that a customer wants something else than before, by id. It must not
	// block; nil: nobody does.
	Wishes  func(customer string)
	Version string
	Clocks  func() calendar.Reading // nil: the machine's
	// takes the status of the clock, and must not block; nil: nobody does
	Status func(device, state, detail string, at time.Time)
	Log    *slog.Logger
}

// Station is the one writer of its store.
type Station struct {
	cfg   Config
	clock clock
	queue queue
	fresh chan *visit.Secret
	mem   *memory // the writer's; others read copies

	handlers  map[string]func(ledger.Effect)    // by the kind of effect
	terminals map[string]*terminal              // by name; fixed from the start
	calendar  atomic.Pointer[calendar.Calendar] // the same of the calendar
	failed    atomic.Pointer[error]
	ready     atomic.Bool
	erased    bool                      // the writer's: personal data is in the write-ahead log still
	busy      atomic.Pointer[time.Time] // since when the writer is at one thing; nil: it waits

	next      *visit.Secret      // the writer's, for the next deposit
	receipts  map[string]receipt // by parcel
	qrs       map[string]string  // what the QR code says that a member was just given, by visit
	sales     map[string]string  // the code of what was just bought, by visit
	delegates map[string]receipt // by parcel: codes that were made at a screen for somebody else

	printing sync.Map // job -> parcel id of the receipts at the printer

	attached attached // what is shown once

	centre atomic.Int64 // when it was heard of, Unix nanoseconds; 0: not yet
	line   atomic.Pointer[centre.Line]

	centreKeys atomic.Pointer[token.List]
	policy     atomic.Pointer[visit.Policy]
	full       atomic.Bool // no deposit begins: what the centre has not seen has no room for more

	clockTold string
	// pausedTold is what was told last of clocks that stand still
	pausedTold string
}

// New reads the state from the store and checks it against the configuration.
// It refuses a configuration that has lost a compartment with a parcel inside.
func New(ctx context.Context, cfg Config) (*Station, error) {
	cfg.Rules = cmp.Or(cfg.Rules, locker.Station)
	mem, err := loadMemory(ctx, cfg)
	if err != nil {
		return nil, err
	}
	s := &Station{
		cfg: cfg, clock: startClock(), mem: mem, fresh: make(chan *visit.Secret, 2),
		receipts:  map[string]receipt{},
		qrs:       map[string]string{},
		sales:     map[string]string{},
		delegates: map[string]receipt{},
		terminals: map[string]*terminal{},
	}
	if s.cfg.Clocks == nil {
		s.cfg.Clocks = s.clock.read
	}
	kept := visit.CalendarNow.Read(mem.state())
	s.calendar.Store(&kept)
	s.keepLine()
	s.exchange()
	s.queue.init()
	s.handlers = s.handlersFor(cfg.Effects)
	for _, t := range cfg.terminals() {
		s.terminals[t.Name] = newTerminal(t, len(cfg.Terminals) == 0)
	}
	return s, nil
}

// Run decides commands until ctx ends (nil) or the store fails (why).
//
// The writer keeps a thread to itself: it waits for the disk in every commit, and
// where it shared its thread with those it answers, a sixth fewer announcements
// became durable on two cores.
func (s *Station) Run(ctx context.Context) error {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	var wg sync.WaitGroup
	defer wg.Wait()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	wg.Go(func() { s.makeSecrets(ctx) })
	defer s.queue.close(unavailable("the station is stopping; try again in a moment"))

	s.begins()
	start := visit.Start{Boot: s.clock.boot, Version: s.cfg.Version}
	if err := s.commit(ctx, []*request{{command: start, actor: "station", cause: "start"}}); err != nil {
		return s.stop(ctx, err)
	}
	s.ready.Store(true)
	timer := time.NewTimer(time.Hour)
	defer timer.Stop()
	fold := time.NewTimer(foldEvery)
	defer fold.Stop()
	tidy := time.NewTimer(tidyWhen)
	defer tidy.Stop()
	index := time.NewTimer(tidyWhen)
	defer index.Stop()
	minute := time.NewTicker(lookEvery)
	defer minute.Stop()
	erase := time.NewTimer(0)
	defer erase.Stop()
	for {
		s.arm(timer)
		s.busy.Store(nil)
		var batch []*request
		select {
		case <-ctx.Done():
			return nil
		case <-fold.C:
			s.begins()
			fold.Reset(foldAgain)
			if !s.mem.alone() { // nobody waits for housekeeping
				continue
			}
			done, err := s.cfg.Store.Fold()
			s.housekept(err)
			if done {
				s.erased = false
				fold.Reset(foldEvery)
			} else if s.erased {
				fold.Reset(foldErased)
			}
			continue
		case <-erase.C:
			s.begins()
			erase.Reset(eraseEvery)
			if batch = s.overdue(ctx); batch == nil {
				continue
			}
		case <-minute.C:
			s.begins()
			if !s.clockMoved() {
				continue
			}
			batch = []*request{{command: visit.Tick{}, actor: "clock", cause: "time"}}
		case <-tidy.C:
			s.begins()
			if s.mem.alone() { // or else after the commit that ends the visit
				s.housekept(s.cfg.Store.Tidy())
			}
			continue
		case <-index.C:
			s.begins()
			if !s.mem.alone() { // or else after the commit that ends the visit
				continue
			}
			if s.index(); s.cfg.Store.Unindexed() {
				index.Reset(indexPause)
			}
			continue
		case <-timer.C:
			batch = []*request{{command: visit.Tick{}, actor: "clock", cause: "time"}}
		case <-s.queue.ready:
			batch = s.queue.take(maxBatch)
		}
		s.begins()
		if err := s.commit(ctx, batch); err != nil {
			return s.stop(ctx, err)
		}
		if s.erased && s.mem.alone() {
			fold.Reset(foldErased)
		}
		if s.cfg.Store.Untidy() {
			tidy.Reset(tidyWhen)
		}
		if s.cfg.Store.Unindexed() {
			index.Reset(tidyWhen)
		}
	}
}

// begins: the writer has something to do.
func (s *Station) begins() {
	now := time.Now()
	s.busy.Store(&now)
}

// Still is for how long the writer has been at one thing; zero when it waits.
func (s *Station) Still() time.Duration {
	if since := s.busy.Load(); since != nil {
		return time.Since(*since)
	}
	return 0
}

// stop tells an orderly end from a fault.
func (s *Station) stop(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return nil
	}
	return s.fail(err)
}

// maxBatch bounds how many commands share a commit, and so how long the last of
// them may wait.
const maxBatch = 64

// arm sets the timer for the next thing that becomes due.
func (s *Station) arm(timer *time.Timer) {
	if !s.mem.timesMoved {
		return
	}
	s.mem.timesMoved = false
	wait := time.Hour
	if next := s.cfg.Rules.NextTick(s.mem, visit.Env{
		Now: time.Now(), Clock: s.cfg.Clocks(), Policy: *s.policy.Load(),
	}); !next.IsZero() {
		wait = min(wait, max(time.Until(next), time.Millisecond))
	}
	timer.Reset(wait)
}

func (s *Station) fail(err error) error {
	s.failed.Store(&err)
	s.ready.Store(false)
	s.cfg.Log.Error("the store failed; nothing is driven until it has been opened again", "error", err)
	for _, t := range s.terminals {
		t.shown.unavailable(view.ReasonStoreFault)
	}
	s.queue.close(unavailable("the station cannot write to its store; try again in a moment"))
	return err
}

func unavailable(message string) error {
	return ledger.Refuse(ledger.Unavailable, "not-serving", "%s", message)
}

// Ready reports nil when the station serves, or why it does not.
func (s *Station) Ready() error {
	if p := s.failed.Load(); p != nil {
		return unavailable("the station cannot write to its store")
	}
	if !s.ready.Load() {
		return unavailable("the station is starting")
	}
	return nil
}
