package climate

import (
	"fmt"
	"time"
)

// Limits are the temperatures a bank must keep. A limit is broken when it has
// been so for Delay without an end: a door that is opened lets in warm air.
type Limits struct {
	Min, Max int // hundredths of a degree; both 0: none
	Delay    time.Duration
}

func (l Limits) none() bool { return l.Min == 0 && l.Max == 0 }

const (
	backInside  = 50    // hundredths of a degree inside the limit before an alarm ends
	jumpMost    = 10_00 // a change that has to be seen twice
	agrees      = 2_00  // between two sights of it
	missesMost  = 3     // looks without a reading before the sensor counts as silent
	strangeMost = 3     // readings in a row that cannot be right before it counts as suspect
)

// A watch makes a state out of readings. It is pure: time is a value.
type watch struct {
	limits     Limits
	hundredths bool

	missed  int
	why     string // the last look brought no reading
	alike   int    // misses in a row for this reason
	strange int
	known   bool
	last    Reading // the last one believed
	jumped  Reading // one that was too far from the last
	doubted bool    // jumped is set

	outside time.Time // since when the temperature is beyond a limit; zero: it is not
	alarm   State     // TooWarm, TooCold or empty
}

// miss takes a look that brought no reading. Another reason than the one told
// counts when it has come as often in a row.
func (w *watch) miss(why string) (State, string, bool) {
	w.missed++
	if w.why != why {
		w.why, w.alike = why, 0
	}
	w.alike++
	if w.missed != missesMost && w.alike < missesMost {
		return "", "", false
	}
	return Silent, why, true
}

// see takes a reading. It reports false while there is nothing new to say.
func (w *watch) see(r Reading, now time.Time) (State, string, bool) {
	w.missed, w.alike = 0, 0
	if why := r.plausible(w.hundredths); why != "" {
		w.strange++
		return Suspect, why, w.strange >= strangeMost
	}
	if w.known && far(r, w.last, jumpMost) && !(w.doubted && !far(r, w.jumped, agrees)) {
		w.jumped, w.doubted = r, true
		w.strange++
		return Suspect, fmt.Sprintf("it jumps: %v after %v", r, w.last), w.strange >= strangeMost
	}
	w.strange, w.known, w.last, w.doubted = 0, true, r, false
	state, detail := w.judge(now)
	return state, detail, true
}

func far(a, b Reading, most int) bool {
	d := a.Temperature - b.Temperature
	return d > most || d < -most
}

// judge holds the temperature against the limits.
func (w *watch) judge(now time.Time) (State, string) {
	t, l := w.last.Temperature, w.limits
	beyond := State("")
	switch {
	case l.none():
	case t > l.Max, w.alarm == TooWarm && t > l.Max-backInside:
		beyond = TooWarm
	case t < l.Min, w.alarm == TooCold && t < l.Min+backInside:
		beyond = TooCold
	}
	switch {
	case beyond == "":
		w.outside, w.alarm = time.Time{}, ""
	case w.outside.IsZero():
		w.outside = now
	}
	if beyond != "" && (w.alarm != "" || now.Sub(w.outside) >= l.Delay) {
		w.alarm = beyond
		return beyond, fmt.Sprintf("%v; it may be from %d to %d °C", w.last, l.Min/100, l.Max/100)
	}
	return Working, ""
}
