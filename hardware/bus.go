package hardware

import (
	"errors"
	"fmt"
	"slices"
	"sync/atomic"
	"time"

	"cubby/hardware/line"
	"cubby/hardware/wire"
	"cubby/locker/door"
)

const (
	missesAllowed = 3                // unanswered readings in a row after which a board is silent
	silentPollMax = 10 * time.Second // longest pause between two readings of a silent board
	headStart     = time.Second      // by which boards in use are read before others that are due
	// so that a forced door is noticed within 5 s, unless a longer idle poll is configured
	idlePollMost     = 3500 * time.Millisecond
	boardsAtIdlePoll = 3 // on a line with more, each is read more rarely: ten every 3.3 s at the default
	reopenFirst      = 250 * time.Millisecond
	reopenMax        = 5 * time.Second
)

var errStopped = errors.New("the site is being closed")

// A bus owns one line: only the goroutine in run touches what is below inbox.
type bus struct {
	cfg     Bus
	site    *Site
	device  string
	dialect wire.Dialect
	inbox   *inbox[*opening]
	stats   counted[BusStats]
	busy    atomic.Pointer[time.Time] // since when it is at one thing; nil: it waits
	quiet   quietWindow
	wear    wear
	limits  coilLimits

	boards  []*board
	line    *line.Line
	parser  wire.Parser
	noise   wire.Noise     // the parser's, as counted so far
	waits   *wire.Patience // for what comes now
	free    time.Time      // from when on the line may be written to, if nothing comes
	still   time.Time      // from when on it has been silent for long enough, if nothing more comes
	owed    bool           // the last question was not answered: what comes may be its reply, or the rest of one
	heard   bool           // some board has answered since the port was opened
	waiting []*opening     // not sent yet, oldest first
	driven  []*opening     // sent, not yet ended
	roll    roll
	pulsed  time.Time // the last pulse on this line; at first when the bus was made
}

// A board is what the bus knows of one lock board.
type board struct {
	wire     wire.Board
	status   []wire.Request // which together read all its locks
	device   string
	doors    *doors
	working  bool
	detail   string        // how it works, for staff
	next     time.Time     // when to read it again
	pulse    time.Duration // as the board has confirmed it; 0: not known
	asked    time.Time     // when a reading was last asked for
	answered time.Time     // when the last reading was asked for that was answered
	missed   int           // readings without an answer since
	late     lateness
	other    int            // how many locks it answers for, where that is not what is configured; else 0
	all      []wire.Request // status, before the board was asked for fewer locks
	asks     int            // for how many it is asked since; 0: for all
}

func newBus(cfg Bus, limits coilLimits, site *Site) (*bus, error) {
	dialect, err := wire.Named(cfg.Dialect)
	if err != nil {
		return nil, err
	}
	b := &bus{
		cfg: cfg, site: site, device: "bus " + cfg.Name, dialect: dialect, inbox: newInbox[*opening](), limits: limits,
	}
	b.stats.stats.Bus = cfg.Name
	for _, c := range cfg.Boards {
		status, err := dialect.Status(c.wire())
		if err != nil {
			return nil, err
		}
		status = slices.DeleteFunc(status, func(r wire.Request) bool { return len(status) > 1 && !listed(c, r.Locks) })
		b.boards = append(b.boards, &board{
			wire:   c.wire(),
			status: status,
			all:    status,
			device: fmt.Sprintf("%s board %d", b.device, c.Address),
			doors:  newDoors(c),
		})
	}
	b.pulsed = time.Now() // a core that died a moment ago may have left a coil driven
	for _, board := range b.boards {
		for _, l := range board.doors.locks {
			l.coil.off = b.coilOff(board, b.pulsed)
			b.wear.add(l.compartment)
			l.coil.remember(site.pulsedBefore[l.compartment], b.pulsed)
		}
	}
	return b, nil
}

// listed reports whether a board has one of the locks.
func listed(board Board, locks uint64) bool {
	for lock := range board.Locks {
		if locks&(1<<(lock-1)) != 0 {
			return true
		}
	}
	return false
}

// run keeps the port open and serves it until the site is closed.
func (b *bus) run() {
	pause := reopenFirst
	for {
		b.begins()
		b.line, b.heard = nil, false
		changed := b.site.ports.Changed()
		err := b.serve()
		if errors.Is(err, errStopped) {
			break
		}
		b.gone(err)
		b.busy.Store(nil)
		if b.heard {
			pause = reopenFirst
		}
		if !b.letGo() || !rest(b, time.After(pause), changed) {
			break
		}
		pause = min(2*pause, reopenMax)
	}
	b.endAll(door.Uncertain, door.Refused)
	if b.line == nil {
		return
	}
	if err := b.line.Close(); err != nil {
		b.site.fault(fmt.Errorf("%s: %s: %w", b.device, b.cfg.Port, err))
	}
}

// serve opens the port and does what is due, orders first, until the port fails.
func (b *bus) serve() error {
	path, err := b.site.ports.Resolve(b.cfg.Port)
	if err != nil {
		return err
	}
	l, err := line.OpenMode(path, line.Mode{Baud: b.cfg.Baud, Lowered: true})
	if err != nil {
		return err
	}
	b.line, b.parser, b.noise, b.free, b.still, b.owed = l, b.newParser(), wire.Noise{}, time.Now(), time.Time{}, false
	b.waits = wire.NewPatience(b.free, b.parser)
	b.stats.count(func(s *BusStats) { s.Opens++ })
	b.roll.proved, b.roll.met = false, false
	b.site.report(b.device, Working, b.openDetail())
	for _, board := range b.boards {
		board.next, board.missed, board.answered = b.free, 0, time.Time{}
		board.status, board.asks = board.all, 0
	}
	for err == nil {
		err = b.step()
	}
	return err
}

func (b *bus) newParser() wire.Parser {
	var boards []wire.Board
	for _, board := range b.boards {
		boards = append(boards, board.wire)
	}
	return b.dialect.NewParser(boards, echoes[b.cfg.Echo])
}

// step does the one thing that is due first, or waits for something to do.
func (b *bus) step() error {
	b.begins()
	if b.unproven() {
		return b.prove()
	}
	b.waiting = append(b.waiting, b.inbox.take()...)
	now := time.Now()
	b.endOverdue(now)
	if board := b.unseen(now); board != nil {
		_, err := b.poll(board, true)
		return err
	}
	next, wake := b.nextOrder(now)
	if next != nil {
		return b.pursue(next)
	}
	due, at := b.nextReading(now)
	if due != nil {
		_, err := b.poll(due, false)
		return err
	}
	return b.idle(earliest(wake, at))
}

// begins: the line has something to do.
func (b *bus) begins() {
	now := time.Now()
	b.busy.Store(&now)
}

// nextReading returns the board to be read now, or when the next one is due.
// Boards in use, and those whose last reading waits to be confirmed, go before
// others that are due, unless these have waited for long.
func (b *bus) nextReading(now time.Time) (due *board, at time.Time) {
	var rank time.Time
	for _, board := range b.boards {
		at = earliest(at, board.next)
		r := board.next
		if !r.After(now) && board.missed < missesAllowed && (b.hasDriven(board) || board.doors.busy(now)) {
			r = r.Add(-headStart)
		}
		if due == nil || r.Before(rank) {
			due, rank = board, r
		}
	}
	if len(b.driven) == 0 {
		at = later(at, b.quiet.until())
	}
	if at.After(now) {
		return nil, at
	}
	return due, at
}

// gone tells everybody that the line has failed and ends what was under way.
func (b *bus) gone(err error) {
	now := time.Now()
	b.roll.roster.sure.Store(false)
	b.endAll(door.Uncertain, door.Unanswered)
	for _, board := range b.boards {
		b.see(board.doors.forget(now))
		board.working = false
		b.site.report(board.device, Gone, "its line is gone, see "+b.device)
	}
	b.site.report(b.device, Gone, fmt.Sprintf("%v; check that the adapter is plugged in at %s", err, b.cfg.Port))
}

// letGo waits until the kernel has let go of a failed port, so that it is not
// opened again under a write that still hangs in it.
func (b *bus) letGo() bool {
	if b.line == nil {
		return true
	}
	b.line.Stop()
	return rest(b, b.line.Done(), nil)
}

// rest waits until the port may be tried again: the time is over, or a device
// has come or gone, perhaps this one under another name. Orders that come meanwhile end
// at once: nobody is pulsed later by surprise. It reports false when the site
// is being closed.
func rest[T any](b *bus, over <-chan T, changed <-chan struct{}) bool {
	for {
		select {
		case <-b.inbox.wake:
			b.begins()
			b.endAll(door.Uncertain, door.Unanswered)
			b.busy.Store(nil)
		case <-over:
			return true
		case <-changed:
			return true
		case <-b.site.stop:
			return false
		}
	}
}

func (b *bus) see(all []door.Seen) {
	for _, seen := range all {
		b.site.sink.DoorSeen(seen)
	}
}

// earliest returns the earlier of two times, either of which may be zero for never.
func earliest(a, b time.Time) time.Time {
	if a.IsZero() || !b.IsZero() && b.Before(a) {
		return b
	}
	return a
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}
