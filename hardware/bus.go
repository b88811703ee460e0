package hardware

import (
	"errors"
	"fmt"
	"time"

	"cubby/hardware/line"
	"cubby/hardware/wire"
	"cubby/locker/door"
)

const (
	missesAllowed = 3                // unanswered readings in a row after which a board is silent
	silentPollMax = 10 * time.Second // longest pause between two readings of a silent board
	reopenFirst   = 250 * time.Millisecond
	reopenMax     = 5 * time.Second
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
	hush    hush
	limits  coilLimits

	boards  []*board
	line    *line.Line
	parser  wire.Parser
	noise   wire.Noise // the parser's, as counted so far
	free    time.Time  // from when on the line may be written to
	heard   bool       // some board has answered since the port was opened
	waiting []*opening // not sent yet, oldest first
	driven  []*opening // sent, not yet ended
	pulsed  time.Time  // the last pulse on this line; at first when the bus was made
}

// A board is what the bus knows of one lock board.
type board struct {
	address  int
	device   string
	doors    *doors
	working  bool
	next     time.Time // when to read it again
	answered time.Time // the last valid reading
	missed   int       // readings without an answer since
}

func newBus(cfg Bus, limits coilLimits, site *Site) (*bus, error) {
	dialect, err := wire.Named(cfg.Dialect)
	if err != nil {
		return nil, err
	}
	b := &bus{cfg: cfg, site: site, device: "bus " + cfg.Name, dialect: dialect, inbox: newInbox[*opening](), limits: limits}
	b.pulsed = time.Now() // a core that died a moment ago may have left a coil driven
	b.stats.stats.Bus = cfg.Name
	for _, c := range cfg.Boards {
		b.boards = append(b.boards, &board{
			address: c.Address,
			device:  fmt.Sprintf("%s board %d", b.device, c.Address),
			doors:   newDoors(c),
		})
	}
	return b, nil
}

// run keeps the port open and serves it until the site is closed.
func (b *bus) run() {
	pause := reopenFirst
	for {
		b.line, b.heard = nil, false
		err := b.serve()
		if errors.Is(err, errStopped) {
			break
		}
		b.gone(err)
		if b.heard {
			pause = reopenFirst
		}
		if !b.letGo() || !rest(b, time.After(pause)) {
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
	l, err := line.Open(b.cfg.Port, b.cfg.Baud, 0)
	if err != nil {
		return err
	}
	b.line, b.parser, b.noise, b.free = l, b.dialect.NewParser(), wire.Noise{}, time.Now()
	b.stats.count(func(s *BusStats) { s.Opens++ })
	b.site.report(b.device, Working, "port "+b.cfg.Port+" is open")
	for _, board := range b.boards {
		board.next, board.missed, board.answered = b.free, 0, time.Time{}
	}
	for err == nil {
		err = b.step()
	}
	return err
}

// step does the one thing that is due first, or waits for something to do.
func (b *bus) step() error {
	b.waiting = append(b.waiting, b.inbox.take()...)
	now := time.Now()
	b.endOverdue(now)
	next, wake := b.nextOrder(now)
	if next != nil {
		return b.pursue(next)
	}
	due, at := b.nextReading(now)
	if due != nil {
		_, err := b.poll(due)
		return err
	}
	return b.idle(earliest(wake, at))
}

// nextReading returns the board whose reading is most overdue, or when the next
// one is due.
func (b *bus) nextReading(now time.Time) (due *board, at time.Time) {
	for _, board := range b.boards {
		if due == nil || board.next.Before(due.next) {
			due = board
		}
	}
	at = due.next
	if len(b.driven) == 0 {
		at = later(at, b.hush.until())
	}
	if at.After(now) {
		return nil, at
	}
	return due, at
}

// gone tells everybody that the line has failed and ends what was under way.
func (b *bus) gone(err error) {
	now := time.Now()
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
	return rest(b, b.line.Done())
}

// rest waits until the port may be tried again. Orders that come meanwhile end
// at once: nobody is pulsed later by surprise. It reports false when the site
// is being closed.
func rest[T any](b *bus, over <-chan T) bool {
	for {
		select {
		case <-b.inbox.wake:
			b.endAll(door.Uncertain, door.Unanswered)
		case <-over:
			return true
		case <-b.site.stop:
			return false
		}
	}
}

// poll reads one board and makes of it what there is to make.
func (b *bus) poll(board *board) (answered bool, err error) {
	request, err := b.dialect.Status(board.address)
	if err != nil {
		return false, err
	}
	b.stats.count(func(s *BusStats) { s.Polls++ })
	junk := b.noise.Junk
	frame, answered, err := b.ask(request)
	if err != nil {
		return false, err
	}
	now := time.Now()
	if answered {
		err = b.understand(board, frame, now)
	} else {
		b.miss(board, b.noise.Junk > junk, now)
	}
	board.next = time.Now().Add(b.pause(board, now))
	return answered, err
}

// understand takes a reading: doors that moved, openings that are thereby
// confirmed, a board that is back.
func (b *bus) understand(board *board, frame wire.Frame, now time.Time) error {
	b.heard = true
	board.answered, board.missed = now, 0
	seen, believed := board.doors.apply(frame, b.isDriven, now)
	b.see(seen)
	if believed {
		b.confirm(board, frame, now)
	} else {
		b.stats.count(func(s *BusStats) { s.Spikes++ })
	}
	if board.working {
		return nil
	}
	board.working = true
	return b.greet(board)
}

// greet sets the pulse of a board that was not heard before, which may have
// forgotten it, and reports it.
func (b *bus) greet(board *board) error {
	detail := "answers"
	if b.cfg.PulseMS != 0 {
		request, err := b.dialect.Pulse(board.address, time.Duration(b.cfg.PulseMS)*time.Millisecond)
		if err != nil {
			return err
		}
		_, answered, err := b.ask(request)
		if err != nil {
			return err
		}
		if !answered {
			detail = fmt.Sprintf("answers, but did not confirm a pulse of %d ms; check it at the lock", b.cfg.PulseMS)
		}
	}
	b.site.report(board.device, Working, detail)
	return nil
}

// miss counts a reading without an answer; at the third the board is silent.
func (b *bus) miss(board *board, junk bool, now time.Time) {
	board.missed++
	if board.missed != missesAllowed {
		return
	}
	detail := "does not answer; check its power, its cable and its address switch"
	if junk {
		detail = "answers with garbage; look for a second board with its address, a loose cable or a missing terminator"
	}
	board.working = false
	b.site.report(board.device, Silent, detail)
	b.see(board.doors.forget(now))
}

// pause tells how long to leave a board alone after a reading.
func (b *bus) pause(board *board, now time.Time) time.Duration {
	switch {
	case b.hasDriven(board):
		return b.cfg.ActivePoll / 2
	case board.missed >= missesAllowed:
		return min(b.cfg.IdlePoll<<min(board.missed-missesAllowed, 10), max(silentPollMax, b.cfg.IdlePoll))
	case board.missed > 0 || board.doors.busy(now):
		return b.cfg.ActivePoll
	default:
		return b.cfg.IdlePoll
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
