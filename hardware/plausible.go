package hardware

import (
	"slices"
	"time"

	"cubby/locker/door"
)

const (
	spikeHold = time.Second            // how long an implausible reading must last for something to be made of it
	dipFor    = 600 * time.Millisecond // how long after an unlock a board may read all zero because its supply dipped
	spikeSize = 3                      // doors springing open together that are not believed at once
)

// A verdict says what may be made of a reading.
type verdict uint8

const (
	plausible verdict = iota
	doubtful          // nothing yet
	lost              // the board does not feel its contacts
)

// judge weighs a reading as a whole.
//
// A board whose supply dips under a pulse reads contacts open for some hundred
// milliseconds. A reading in which several undriven doors spring open together
// is doubtful until it has lasted; then it is believed, unless all doors read
// open. Sixteen doors forced within a second are unheard of, a sensor cable that
// has come off is not, and its board reads all zero. So when all doors of a
// board read open, three at least and not all of these driven, of which nobody
// knew that they stand open, the contacts are lost. They are so until one door
// reads closed whose lock has not been driven since: one that was driven has
// perhaps moved, and reads closed because its contact says the opposite of what
// is configured. What stood open before somebody looked, as during installation,
// cannot be told from it and waits for a door to be closed.
func (d *doors) judge(r reading, pulsed func(*lock) bool) verdict {
	if r.Blank && d.drivenSince(r.asked.Add(-dipFor)) {
		return doubtful // perhaps the pulse has pulled the supply down and the board is starting
	}
	if r.Other == 0 && d.missing(r) {
		if d.suspect {
			return doubtful // one lock alone cannot show that the contacts are back
		}
		return plausible
	}
	open, news, undriven, sprung := 0, 0, 0, 0
	closed, moved, unmoved := 0, 0, 0 // of the closed ones moved; of the open ones not moved
	read := 0                         // locks that are told of; a board may have fewer than are configured
	for _, l := range d.locks {
		if r.Locks&l.bit() == 0 {
			continue
		}
		read++
		if d.state(r.Frame, l) == door.Closed {
			closed++
			if d.moved(l, pulsed) {
				moved++
			}
			continue
		}
		open++
		if !d.moved(l, pulsed) {
			unmoved++
		}
		if l.state.value == door.Open {
			continue
		}
		news++
		if pulsed(l) || l.coil.live(r.asked) {
			continue
		}
		undriven++
		if l.state.value == door.Closed {
			sprung++
		}
	}
	// Where every lock was driven, the greater number tells.
	all := open > 0 && closed == moved && (unmoved > 0 || 2*closed <= read)
	if d.suspect && all {
		return lost
	}
	d.suspect = false
	if closed > moved {
		d.right = r.at
	}
	if all && closed > 0 && news >= spikeSize && undriven == 0 {
		return doubtful // after a start any coil may be live, so that open says nothing; nor does closed
	}
	dark := all && (news >= spikeSize && undriven > 0 || open >= spikeSize && undriven >= 2)
	if sprung < spikeSize && !dark {
		d.spike = time.Time{}
		return plausible
	}
	if d.spike.IsZero() {
		d.spike = r.at
	}
	switch {
	case r.at.Sub(d.spike) < spikeHold:
		return doubtful
	case dark:
		return lost
	default:
		return plausible
	}
}

// moved reports whether a lock has been driven since the board last showed that
// its contacts are right, or before it first did.
func (d *doors) moved(l *lock, pulsed func(*lock) bool) bool {
	return pulsed(l) || l.driven().After(d.right)
}

// drivenSince reports whether a lock of the board has been driven since.
func (d *doors) drivenSince(since time.Time) bool {
	return slices.ContainsFunc(d.locks, func(l *lock) bool { return l.driven().After(since) })
}

// missing reports whether the reading leaves out some of the doors.
func (d *doors) missing(r reading) bool {
	return slices.ContainsFunc(d.locks, func(l *lock) bool { return r.Locks&l.bit() == 0 })
}

// trusted reports whether the last reading was believed.
func (d *doors) trusted() bool { return d.spike.IsZero() && !d.suspect }
