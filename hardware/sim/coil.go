package sim

import (
	"fmt"
	"math"
	"time"
)

// A coil is made for short pulses. It heats while it is driven and cools with a
// time constant; what it bears is counted in seconds of current.
const (
	coolingTime = 20 * time.Second
	leastBears  = 4 * time.Second
)

type coil struct {
	askedNS int64     // when the first byte of its unlock could be read
	since   time.Time // when the current began; zero: off
	until   time.Time // when the board switches it off; zero with since: never
	heat    float64   // seconds of current, as of the last change
	at      time.Time // of heat
	burnt   bool
	turn    int // grows with every switching
}

func (c *coil) on() bool { return !c.since.IsZero() }

// over reports whether the board's own clock has switched it off. On a machine
// that did not run us the site may not have come to it.
func (c *coil) over(now time.Time) bool { return c.on() && !c.until.IsZero() && !now.Before(c.until) }

// warmth is the heat now.
func (c *coil) warmth(now time.Time) float64 {
	w, at := c.heat, c.at
	if c.on() {
		at = now
		if c.over(now) {
			at = c.until
		}
		w += at.Sub(c.since).Seconds()
	}
	return w * math.Exp(-now.Sub(at).Seconds()/coolingTime.Seconds())
}

// bears is the heat at which a coil of the board burns out.
func (b *board) bears() float64 { return max(leastBears, 4*b.pulse).Seconds() }

// refuses reports whether a board with a cool-down has had enough openings in
// the last minute, and counts this one if not.
func (s *Site) refuses(b *board) bool {
	most, ok := s.count("cool-down", b.name())
	if !ok {
		return false
	}
	now := time.Now()
	kept := b.opened[:0]
	for _, t := range b.opened {
		if now.Sub(t) < time.Minute {
			kept = append(kept, t)
		}
	}
	b.opened = kept
	if len(kept) >= most {
		return true
	}
	b.opened = append(b.opened, now)
	return false
}

// forever is the length of a pulse that the board does not end.
const forever time.Duration = -1

// unlock has a board drive one lock and writes it down. It reports whether a
// current flowed. violation says why no driver should have asked for it.
func (s *Site) unlock(b *board, lock int, length time.Duration, frame []byte, at int64, violation string) bool {
	e := Entry{
		Kind: "unlock", Bus: b.bus, Board: b.plan.Address, Lock: lock, Acted: true, FirstByteNS: at,
		Request: hexOf(frame), Violation: violation, Overlap: s.driving(b.bus, at), Door: b.plan.Locks[lock],
	}
	b.sleepy = time.Time{}
	if s.refuses(b) {
		e.Acted, e.Refused = false, true
		s.record(e)
		s.tell("bus %s board %d lock %d: refused, it must cool down", b.bus, b.plan.Address, lock)
		return false
	}
	if length != forever {
		e.PulseMS = int(length.Milliseconds())
	}
	d := s.doors[b.plan.Locks[lock]]
	if d != nil {
		s.journal.pulses[d.number]++
	}
	s.record(e)
	switch {
	case d == nil:
		s.tell("bus %s board %d lock %d: driven, but no door hangs on it", b.bus, b.plan.Address, lock)
	case length == forever:
		s.tell("door %s: lock driven, and nothing ends it", d.number)
	default:
		s.tell("door %s: lock driven for %s", d.number, length)
	}
	b.coils[lock-1].askedNS = at
	s.energise(b, lock, length)
	if span, ok := s.span("sleepy", b.name()); ok {
		b.sleepy = time.Now().Add(span)
	}
	if s.is("power-dip", b.name()) {
		s.reset(b)
	}
	return true
}

// unheard writes down an unlock that no board acted on.
func (s *Site) unheard(bus string, address, lock int, frame []byte, at int64) {
	s.record(Entry{Kind: "unlock", Bus: bus, Board: address, Lock: lock, FirstByteNS: at, Request: hexOf(frame)})
	s.tell("bus %s: unlock of board %d lock %d, which nobody heard", bus, address, lock)
}

// violate writes down what no driver should ever send.
func (s *Site) violate(bus string, address int, frame []byte, at int64, why string) {
	s.record(Entry{Kind: "violation", Bus: bus, Board: address, FirstByteNS: at, Request: hexOf(frame), Violation: why})
	s.tell("bus %s board %d: VIOLATION: %s", bus, address, why)
}

// other writes down a good frame that moves nothing.
func (s *Site) other(bus string, address, command int, frame []byte, at int64) {
	s.record(Entry{Kind: "other", Bus: bus, Board: address, Command: command, FirstByteNS: at, Request: hexOf(frame)})
}

// driving reports whether a coil of the bus has current when a frame comes. What
// counts is when the frames came: a busy machine may act on them later.
func (s *Site) driving(bus string, at int64) bool {
	for id, b := range s.boards {
		for i := range b.coils {
			c := &b.coils[i]
			if id.bus == bus && c.on() && (c.until.IsZero() || at-c.askedNS < c.until.Sub(c.since).Nanoseconds()) {
				return true
			}
		}
	}
	return false
}

// energise lets current flow for the length.
func (s *Site) energise(b *board, lock int, length time.Duration) {
	c, now := &b.coils[lock-1], time.Now()
	if c.over(now) {
		s.release(b, lock)
	}
	if !c.on() {
		c.heat, c.at, c.since = c.warmth(now), now, now
	}
	c.turn++
	turn := c.turn
	if c.burnt {
		s.tell("bus %s board %d lock %d: its coil is burnt", b.bus, b.plan.Address, lock)
	} else if d := s.doors[b.plan.Locks[lock]]; d != nil {
		s.pullLatch(d)
	}
	bears := time.Duration((b.bears() - c.warmth(now)) * float64(time.Second))
	if length == forever || length > bears {
		s.later(max(bears, 0), func() {
			if c.turn == turn && c.on() {
				s.burn(b, lock)
			}
		})
	}
	c.until = time.Time{}
	if length != forever {
		c.until = now.Add(length)
		s.later(length, func() {
			if c.turn == turn {
				s.release(b, lock)
			}
		})
	}
}

// release ends the current.
func (s *Site) release(b *board, lock int) {
	c, now := &b.coils[lock-1], time.Now()
	if !c.on() {
		return
	}
	c.heat, c.at, c.since, c.until = c.warmth(now), now, time.Time{}, time.Time{}
	c.turn++
	if d := s.doors[b.plan.Locks[lock]]; d != nil {
		s.dropLatch(d)
	}
}

func (s *Site) burn(b *board, lock int) {
	c := &b.coils[lock-1]
	c.burnt = true
	s.record(Entry{
		Kind: "violation", Bus: b.bus, Board: b.plan.Address, Lock: lock, Door: b.plan.Locks[lock],
		Violation: fmt.Sprintf("the coil has had %.1f s of current and is burnt", c.warmth(time.Now())),
	})
	s.tell("bus %s board %d lock %d: the coil is burnt", b.bus, b.plan.Address, lock)
}
