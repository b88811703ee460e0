package hardware

import "time"

// coilLimits say what a lock's coil can stand. Boards time the pulse itself;
// these bounds keep the coil from being driven again while it is hot.
type coilLimits struct {
	pause  time.Duration // least time between two pulses of one lock
	window time.Duration // in which at most coilPulses are allowed
}

// coilPulses is how many pulses one lock gets in the window.
const coilPulses = 3

var usualCoil = coilLimits{pause: 2 * time.Second, window: 30 * time.Second}

// A coil remembers the last pulses of one lock, oldest first.
type coil struct{ pulses [coilPulses]time.Time }

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
