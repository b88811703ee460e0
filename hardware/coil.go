package hardware

import "time"

// coilLimits say what a lock's coil can stand. Boards time the pulse itself;
// these bounds keep the coil from being driven again while it is hot.
type coilLimits struct {
	pause  time.Duration // least time between two pulses of one lock
	window time.Duration // in which at most coilPulses are allowed
	// how long a board is taken to drive a coil when nobody has said: what makers name for motor locks, the
	// longer of two
	pulse time.Duration
}

// coilPulses is how many pulses one lock gets in the window.
const coilPulses = 3

var usualCoil = coilLimits{pause: 2 * time.Second, window: 30 * time.Second, pulse: time.Second}

// springTime is what a latch takes to spring back when its coil lets go, and
// what a board's clock may be off.
const springTime = 50 * time.Millisecond

// A coil remembers the last pulses of one lock, oldest first.
type coil struct {
	pulses [coilPulses]time.Time
	off    time.Time // from when on it is certainly not driven
}

// live reports whether the coil may be driven. It then holds the latch, and the
// hook contact reads open even if the door has not moved: a door that is jammed
// or leant on latches again when the pulse ends.
func (c *coil) live(at time.Time) bool { return at.Before(c.off) }

// ready tells the first moment, not before now, at which the coil may be driven.
// Spent says that its budget is used up until then, not merely its pause.
func (c *coil) ready(now time.Time, limits coilLimits) (at time.Time, spent bool) {
	at = now
	if last := c.pulses[coilPulses-1]; !last.IsZero() {
		at = later(at, last.Add(limits.pause))
	}
	if oldest := c.pulses[0]; !oldest.IsZero() && oldest.Add(limits.window).After(at) {
		return oldest.Add(limits.window), true
	}
	return at, false
}

// drove notes a pulse.
func (c *coil) drove(at time.Time) {
	copy(c.pulses[:], c.pulses[1:])
	c.pulses[coilPulses-1] = at
}

// remember takes in pulses that were given before this program started, as
// they are in its log, oldest first. A time that lies ahead tells that the clock
// was set back: the pulse may have been just now.
func (k *coil) remember(before []time.Time, now time.Time) {
	for _, at := range before {
		if at.After(now) {
			at = now
		}
		k.drove(at)
	}
}

// coilOff tells when a coil of the board is certainly off whose unlock frame was
// on the wire by the given time.
func (b *bus) coilOff(board *board, sent time.Time) time.Time {
	pulse := board.pulse
	if pulse == 0 {
		pulse = max(b.limits.pulse, b.pulse())
	}
	return sent.Add(pulse + springTime)
}
