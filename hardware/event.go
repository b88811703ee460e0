package hardware

import (
	"math/bits"
	"time"

	"cubby/hardware/wire"
	"cubby/locker/door"
)

const (
	// how long after a pulse a board's supply may be recovering, and its pushes be on their way
	dipLag  = time.Second
	pushFor = 2 * time.Second // how long a pushed opening waits for what confirms it
	// a contact that opens for less has only been shaken: nobody opens and shuts a door so fast
	leastAir = 250 * time.Millisecond
	calm     = time.Second // how long contacts bounce after a door has moved
)

// push takes what a board said unasked about one lock, at the time it was
// heard. What is pushed is never believed alone: a pushed opening counts with a
// reading that shows the door open, or with a pushed closing some time later.
// The second is a door that opened and closed between two readings; then both
// are returned. While a coil of the board may be live, its pushes say nothing.
func (d *doors) push(f wire.Frame, at time.Time) (seen []door.Seen) {
	l := d.only(f)
	if l == nil || !d.trusted() || d.shaky(at) {
		return nil
	}
	if d.state(f, l) == door.Open {
		if l.state.known && l.state.value == door.Closed && at.Sub(l.changed) >= calm {
			l.pushed = at
		}
		return nil
	}
	since := l.pushed
	l.pushed = time.Time{}
	if since.IsZero() || l.state.value != door.Closed || at.Sub(since) < leastAir || at.Sub(since) > pushFor ||
		d.pushedAt(since) >= spikeSize {
		return nil
	}
	l.sprang(since)
	l.changed = at
	open := l.seen(since)
	open.State = door.Open
	return []door.Seen{open, l.seen(at)}
}

// only is the one lock that the frame is about; nil when it is about none of
// ours, or about many: then it is no more than a hint to read the board.
func (d *doors) only(f wire.Frame) *lock {
	if bits.OnesCount64(f.Locks) != 1 {
		return nil
	}
	for _, l := range d.locks {
		if l.bit() == f.Locks {
			return l
		}
	}
	return nil
}

// shaky reports whether a coil of the board is or was just driven: a latch it
// holds reads open, and a supply that dips makes a board push all it has.
func (d *doors) shaky(at time.Time) bool {
	for _, l := range d.locks {
		if l.coil.live(at.Add(-dipLag)) {
			return true
		}
	}
	return false
}

// pushedAt counts the doors said to have opened at about the same time.
func (d *doors) pushedAt(at time.Time) (n int) {
	for _, l := range d.locks {
		if apart := l.pushed.Sub(at); !l.pushed.IsZero() && apart.Abs() < pushFor {
			n++
		}
	}
	return n + 1 // the one that asks has forgotten its own
}

// backed reports whether the board pushed, not long ago but longer than a
// contact bounces, that the lock opened.
func (l *lock) backed(asked time.Time) bool {
	air := asked.Sub(l.pushed)
	return !l.pushed.IsZero() && air >= leastAir && air <= pushFor
}

// pushed deals with what a board said unasked: its door may have moved, and the
// board is read, once its contacts have come to rest. Where a door is being
// opened it is read now.
func (b *bus) pushed(f wire.Frame) {
	b.stats.count(func(s *BusStats) { s.Pushes++ })
	for _, board := range b.boards {
		if board.wire.Address != f.Board {
			continue
		}
		now := time.Now()
		if b.hasDriven(board) {
			board.next = now
		} else {
			board.next = earliest(board.next, now.Add(leastAir))
		}
		b.see(board.doors.push(f, now))
	}
}
