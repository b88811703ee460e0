package hardware

import (
	"slices"
	"time"

	"cubby/hardware/wire"
	"cubby/locker/door"
)

// inUse is how long after a change a door that stays open is still watched closely.
const inUse = 2 * time.Minute

// A settled value changes only when a new reading has come twice in a row. Its
// zero value is unknown.
type settled[T comparable] struct {
	value, last T
	read, known bool // last holds a reading; value has been settled
}

// take notes a reading and reports whether it settles on a new value. Sure
// readings need no second one.
func (s *settled[T]) take(reading T, sure bool) (changed bool) {
	twice := s.read && reading == s.last
	s.last, s.read = reading, true
	if s.known && reading == s.value || !twice && !sure {
		return false
	}
	s.value, s.known = reading, true
	return true
}

// forget makes the value unknown and reports whether it was known.
func (s *settled[T]) forget() (was bool) {
	was = s.known
	*s = settled[T]{}
	return was
}

// A lock is one lock with its door.
type lock struct {
	number      int // on its board, from 1
	compartment string
	coil        coil

	state    settled[door.State]
	presence settled[door.Presence]
	changed  time.Time   // when the state last did
	pushed   time.Time   // when the board said unasked that it opened, and no reading has said more; else zero
	springs  []time.Time // when it last opened without having been driven, oldest first
	doubt    string      // why its contact is not believed, for staff; empty when it is
	doubted  bool        // its last reading was not believed because of its coil
	unread   bool        // an opening of it ended, and nobody has read its door since the pulse
}

// bit is the lock's place in the bitmaps of a frame.
func (l *lock) bit() uint64 { return 1 << (l.number - 1) }

// doors turns the readings of one board into the states of its doors. It keeps
// no clock and is used by one goroutine.
type doors struct {
	board   Board
	locks   []*lock   // in the order of their numbers
	spike   time.Time // since when readings are implausible; zero when they are not
	suspect bool      // the contacts are taken to be lost; all doors are unknown
	right   time.Time // of the last reading in which a lock that was not driven read closed; zero: there was none
}

func newDoors(board Board) *doors {
	d := &doors{board: board}
	for number, compartment := range board.Locks {
		d.locks = append(d.locks, &lock{number: number, compartment: compartment})
	}
	slices.SortFunc(d.locks, func(a, b *lock) int { return a.number - b.number })
	return d
}

// apply takes a reading and returns what has to be reported. A change counts
// when it was read twice; a lock for which pulsed holds has just been driven
// and is believed at once when it reads open. While its coil may still hold the
// latch, a lock that reads open says nothing.
//
// Implausible readings are not believed, for no door; see judge. When they say
// that the board has lost its contacts, its doors become unknown.
func (d *doors) apply(r reading, pulsed func(*lock) bool) (seen []door.Seen, believed bool) {
	switch d.judge(r, pulsed) {
	case doubtful:
		for _, l := range d.locks {
			l.pushed = time.Time{} // what a board pushes about contacts that it does not feel is as doubtful
		}
		return nil, false
	case lost:
		seen = d.forget(r.at)
		d.suspect = true
		return seen, false
	}
	for _, l := range d.locks {
		if r.Locks&l.bit() == 0 {
			continue
		}
		state, before, moved := d.state(r.Frame, l), l.state.value, false
		l.doubted = state == door.Open && l.coil.live(r.asked)
		if !l.doubted {
			moved = l.state.take(state, state == door.Open && (pulsed(l) || l.backed(r.asked)))
		}
		if moved {
			if before == door.Closed {
				l.sprang(r.at)
			}
			l.changed, l.pushed = r.at, time.Time{}
		}
		read := l.unread && l.state.known && state == l.state.value && !l.coil.live(r.asked)
		if read {
			l.unread = false // what it reads after the pulse is told, also when it has not changed
		}
		sensed := d.board.HasPresence && r.Sensors && l.presence.take(d.presence(r.Frame, l), false)
		if sensed && l.state.known || moved || read {
			seen = append(seen, l.seen(r.at))
		}
	}
	return seen, true
}

func (d *doors) state(f wire.Frame, l *lock) door.State {
	if (f.Closed&l.bit() != 0) != d.board.InvertHook {
		return door.Closed
	}
	return door.Open
}

func (d *doors) presence(f wire.Frame, l *lock) door.Presence {
	if (f.Present&l.bit() != 0) != d.board.InvertSensor {
		return door.Present
	}
	return door.Empty
}

// forget makes all doors unknown and returns those that were known.
func (d *doors) forget(at time.Time) (seen []door.Seen) {
	for _, l := range d.locks {
		l.doubted, l.pushed = false, time.Time{}
		state, presence := l.state.forget(), l.presence.forget()
		if state || presence {
			l.changed = at
			seen = append(seen, l.seen(at))
		}
	}
	d.spike, d.suspect = time.Time{}, false
	return seen
}

// busy reports whether the board wants to be read often: a door is in use, or a
// reading waits to be confirmed. One whose contacts are lost does not.
func (d *doors) busy(now time.Time) bool {
	if d.suspect {
		return false
	}
	if !d.spike.IsZero() {
		return true
	}
	for _, l := range d.locks {
		if l.doubted || !l.state.known || l.state.last != l.state.value {
			return true
		}
		if l.state.value == door.Open && now.Sub(l.changed) < inUse {
			return true
		}
	}
	return false
}

func (l *lock) seen(at time.Time) door.Seen {
	return door.Seen{Compartment: l.compartment, State: l.state.value, Presence: l.presence.value, At: at}
}
