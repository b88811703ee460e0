package hardware

import (
	"slices"
	"time"

	"cubby/hardware/wire"
	"cubby/locker/door"
)

const (
	// how old a board's last answer may be for a pulse without asking first, where it is read more often
	fresh = 3 * time.Second
	// how long a board that refuses is taken to let its lock cool; no protocol says it
	boardRest  = 10 * time.Second
	askedFirst = 2 // how often a board that is not fresh is asked before an order is given up
)

// An opening is one order on its way.
type opening struct {
	door.Order
	received time.Time
	asked    int       // queries that had to come first and were not answered
	rested   bool      // it had to wait for a lock or the supply to rest
	driven   time.Time // when the unlock frame was handed to the port; zero before
	off      time.Time // when the coil is off again
	blind    bool      // its board did not feel its contacts at some time since
	denied   bool      // its board said that it did not do it
	untried  bool      // its board surely did not begin to do it
	shut     bool      // its door was known to be closed when it was driven
	sprang   time.Time // when its door was first read open without having read closed since
}

// nextOrder returns the oldest order that may be driven now, or when one will
// be. Orders that cannot be driven in time end here.
func (b *bus) nextOrder(now time.Time) (next *opening, wake time.Time) {
	for _, o := range slices.Clone(b.waiting) {
		if !now.Before(o.NotAfter) {
			b.end(o, door.Refused, 0, now)
			continue
		}
		_, l := b.find(o.Compartment)
		at, spent := l.coil.ready(now, b.limits)
		if spent || at.After(o.NotAfter) {
			b.end(o, door.Refused, at.Sub(now), now)
			continue
		}
		at = later(at, b.pulsed.Add(b.cfg.PulseGap))
		if at.After(now) {
			o.rested = true
			wake = earliest(wake, earliest(at, o.NotAfter))
		} else if next == nil {
			next = o
		}
	}
	for _, o := range b.driven {
		if now.Before(o.off) {
			wake = earliest(wake, o.off)
		} else {
			wake = earliest(wake, o.off.Add(b.cfg.OpenWait))
		}
	}
	return next, wake
}

// pursue brings an order one step further: it asks a board that has not been
// heard lately whether it is there, and drives the lock of one that is.
func (b *bus) pursue(o *opening) error {
	board, l := b.find(o.Compartment)
	if board.missed > 0 || time.Since(board.answered) > max(fresh, 3*b.idlePause()/2) {
		answered, err := b.poll(board, true)
		if err != nil || answered {
			return err
		}
		if o.asked++; o.asked >= askedFirst {
			b.end(o, door.Unanswered, 0, time.Now())
		} else {
			b.waiting = append(without(b.waiting, o), o) // others first
		}
		return nil
	}
	if err := b.room(); err != nil {
		return err
	}
	pulse := b.pulse()
	if o.Firm {
		pulse = b.firmPulse()
	}
	request, err := b.dialect.Unlock(board.wire, l.number, pulse)
	if err != nil && o.Firm {
		request, err = b.dialect.Unlock(board.wire, l.number, b.pulse())
	}
	if err != nil {
		return err
	}
	now := time.Now()
	if !now.Before(o.NotAfter) {
		b.end(o, door.Refused, 0, now)
		return nil
	}
	return b.drive(o, board, l, request, now)
}

// drive writes the unlock frame, once. What must not be forgotten is noted
// before the write, so that a port that dies under it leaves an opening whose
// end is unknown, never one that is tried again.
func (b *bus) drive(o *opening, board *board, l *lock, request wire.Request, now time.Time) error {
	o.driven = now
	o.off = b.firmly(o, b.coilOff(board, now.Add(writeTimeout)), now.Add(writeTimeout))
	o.blind = board.doors.suspect
	o.shut = l.state.known && l.state.value == door.Closed
	b.waiting = without(b.waiting, o)
	b.driven = append(b.driven, o)
	l.coil.drove(now)
	l.coil.off = o.off
	b.pulsed = now
	board.next = now
	b.stats.count(func(s *BusStats) { s.Pulses++ })
	owed := b.owed
	if err := b.send(request); err != nil {
		return err
	}
	o.off = b.firmly(o, b.coilOff(board, b.free), b.free)
	l.coil.off = o.off
	b.pulsed = time.Now() // the line may have had to fall silent first
	if !o.rested {
		b.stats.count(func(s *BusStats) { s.Latency.add(time.Since(o.received)) })
	}
	// What a board says about its own pulse proves nothing; the readings that follow do.
	verdict, answered, err := b.await(request)
	o.denied = answered && verdict.Refused
	o.untried = o.denied && verdict.Untried && !owed // an answer that was given up may be another question's
	board.next = time.Now()
	return err
}

// pulse is how long the boards of this line are wanted to drive a lock; 0 is as
// long as they do by themselves.
func (b *bus) pulse() time.Duration { return time.Duration(b.cfg.PulseMS) * time.Millisecond }

// firmPulse is how long a lock is driven that did not open before, by boards that are told
// each time: as long as the supply allows before the next pulse, at most a second.
func (b *bus) firmPulse() time.Duration {
	const step, most = 100 * time.Millisecond, time.Second
	return max(b.pulse(), min(most, b.cfg.PulseGap-step)/step*step)
}

// firmly is when a coil is off that may have been driven for longer.
func (b *bus) firmly(o *opening, off, sent time.Time) time.Time {
	if !o.Firm {
		return off
	}
	return later(off, sent.Add(b.firmPulse()+springTime))
}

// confirm ends the openings whose door the reading shows open. What it shows
// while the coil may be driven proves nothing.
func (b *bus) confirm(board *board, r reading) {
	for _, o := range slices.Clone(b.driven) {
		on, l := b.find(o.Compartment)
		if on == board && !l.coil.live(r.asked) && r.Locks&l.bit() != 0 &&
			board.doors.state(r.Frame, l) == door.Open {
			b.end(o, door.ConfirmedOpen, 0, r.at)
		}
	}
}

// giveUp ends the openings during which their board did not feel its contacts,
// once their pulse is over: the door may have opened, and closed again, unseen.
func (b *bus) giveUp(board *board, r reading) {
	for _, o := range slices.Clone(b.driven) {
		if on, _ := b.find(o.Compartment); on != board {
			continue
		}
		o.blind = o.blind || board.doors.suspect
		if o.blind && !r.asked.Before(o.off) {
			b.end(o, door.Uncertain, 0, r.at)
		}
	}
}

// believe ends the openings that their board said it would not do, once a
// reading after the time of their pulse shows the door closed.
func (b *bus) believe(board *board, r reading) {
	for _, o := range slices.Clone(b.driven) {
		on, l := b.find(o.Compartment)
		if on == board && o.denied && !r.asked.Before(o.off) && r.Locks&l.bit() != 0 &&
			board.doors.state(r.Frame, l) == door.Closed {
			b.end(o, door.Refused, boardRest, r.at)
		}
	}
}

// unseen returns a board that has to be read before anything else is driven: one
// of its pulses is over and its effect has not been read yet, or the time of an
// opening is over and it gets its last reading. Other boards are slow to report
// what they did, and an opening must not end because of them.
func (b *bus) unseen(now time.Time) *board {
	for _, o := range b.driven {
		board, _ := b.find(o.Compartment)
		overdue := o.off.Add(b.cfg.OpenWait)
		if now.After(o.off) && board.asked.Before(o.off) || now.After(overdue) && board.asked.Before(overdue) {
			return board
		}
	}
	return nil
}

// endOverdue ends the openings whose door has not opened in time, which their
// board was asked once more when it was over. A board that
// answers after the pulse says that the door stayed closed, unless its readings
// are not believed; one that does not says nothing.
func (b *bus) endOverdue(now time.Time) {
	for _, o := range slices.Clone(b.driven) {
		board, _ := b.find(o.Compartment)
		if overdue := o.off.Add(b.cfg.OpenWait); now.Before(overdue) || board.asked.Before(overdue) {
			continue
		}
		switch {
		case board.answered.Before(o.off) || board.missed >= missesAllowed:
			b.end(o, door.Unanswered, 0, now)
		case !board.doors.trusted():
			b.end(o, door.Uncertain, 0, now)
		default:
			b.end(o, door.Stuck, 0, now)
		}
	}
}

// endAll ends everything under way: what was driven with one result, what was
// not with another.
func (b *bus) endAll(driven, waiting door.Result) {
	now := time.Now()
	b.waiting = append(b.waiting, b.inbox.take()...)
	for _, o := range slices.Clone(b.driven) {
		b.end(o, driven, 0, now)
	}
	for _, o := range slices.Clone(b.waiting) {
		b.end(o, waiting, 0, now)
	}
}

// end takes an opening off the lists and tells how it ended.
func (b *bus) end(o *opening, result door.Result, rest time.Duration, now time.Time) {
	b.waiting, b.driven = without(b.waiting, o), without(b.driven, o)
	b.wear.note(o, result)
	if !o.driven.IsZero() && (result == door.Unanswered || result == door.Uncertain) {
		_, l := b.find(o.Compartment)
		l.unread = true
	}
	b.site.sink.OpeningEnded(door.Ended{
		Opening: o.Opening, Compartment: o.Compartment, Result: result,
		Pulsed: !o.driven.IsZero() && !(o.untried && result == door.Refused), Rest: rest, At: now,
	})
}

func (b *bus) find(compartment string) (*board, *lock) {
	for _, board := range b.boards {
		for _, l := range board.doors.locks {
			if l.compartment == compartment {
				return board, l
			}
		}
	}
	panic("hardware: an order on the wrong bus: " + compartment) // Order looks it up in the same tables
}

func (b *bus) isDriven(l *lock) bool {
	return slices.ContainsFunc(b.driven, func(o *opening) bool { return o.Compartment == l.compartment })
}

func (b *bus) hasDriven(board *board) bool {
	return slices.ContainsFunc(b.driven, func(o *opening) bool {
		on, _ := b.find(o.Compartment)
		return on == board
	})
}

func without(all []*opening, o *opening) []*opening {
	return slices.DeleteFunc(all, func(x *opening) bool { return x == o })
}
