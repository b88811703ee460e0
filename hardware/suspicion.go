package hardware

import (
	"fmt"
	"time"

	"cubby/locker/door"
)

// A door's contact is suspect when it contradicts itself: when the door opens
// again and again without having been driven, or stands open for long although
// nothing drove it and its neighbours are fine. Staff are told; the door's state
// stays what it reads, because it may be true, and it can still be opened.
const (
	springsSuspect = 4                // undriven openings
	springsWindow  = time.Minute      // within which so many are suspect
	springsForget  = 10 * time.Minute // without one, after which the contact is believed again
	standsSuspect  = 10 * time.Minute // a door that was not driven and stands open
)

// doorDevice is how a door is called where devices are reported.
func doorDevice(compartment string) string { return "door " + compartment }

// sprang notes that the door, which was closed, opened, unless its lock was
// driven since it closed.
func (l *lock) sprang(at time.Time) {
	if l.driven().Before(l.changed) {
		l.springs = append(l.springs, at)
		if len(l.springs) > springsSuspect {
			l.springs = l.springs[1:]
		}
	}
}

// driven is when the lock got its last pulse; zero for never.
func (l *lock) driven() time.Time { return l.coil.pulses[coilPulses-1] }

// suspicion says why the contact should not be believed, empty when it should.
// Neighbours are fine when another door of the board reads closed.
func (l *lock) suspicion(now time.Time, neighboursFine bool) string {
	if n := len(l.springs); n == springsSuspect {
		flaps := l.springs[n-1].Sub(l.springs[0]) <= springsWindow
		if flaps && now.Sub(l.springs[n-1]) < springsForget {
			return fmt.Sprintf("opened %d times within a minute without having been driven: its contact or cable is "+
				"loose, or somebody is at it", springsSuspect)
		}
	}
	if l.state.value == door.Open && neighboursFine && now.Sub(l.changed) >= standsSuspect &&
		l.driven().Before(l.changed) {
		return "has read open for ten minutes, and its lock was not driven: close it; if it is closed, its contact " +
			"or cable is broken"
	}
	return ""
}

// weigh reports the doors of a board whose contacts have become suspect, or are
// believed again.
func (b *bus) weigh(board *board, now time.Time) {
	closed := 0
	for _, l := range board.doors.locks {
		if l.state.value == door.Closed {
			closed++
		}
	}
	for _, l := range board.doors.locks {
		doubt := l.suspicion(now, closed > 0)
		if doubt == l.doubt {
			continue
		}
		l.doubt = doubt
		b.wear.doubt(l.compartment, doubt)
		if doubt == "" {
			b.site.report(doorDevice(l.compartment), Working, "its contact is believed again")
		} else {
			b.site.report(doorDevice(l.compartment), Suspect, doubt)
		}
	}
}
