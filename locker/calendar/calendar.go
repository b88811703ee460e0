// Package calendar keeps the time by which parcels expire. It follows the wall
// clock of the machine as long as that can be believed, and else goes on by its
// own count, so that a clock that jumps expires nothing.
//
// The wall clock is believed when it differs by no more than Slack from the
// count, and when somebody vouches for it: the kernel that synchronises it, or
// staff. Behind a boot of the machine nobody knows how long it was off, and a
// clock up to a day ahead is believed.
//
// The package is pure: it asks no clock.
package calendar

import (
	"fmt"
	"math"
	"time"
)

const (
	// Slack is how far the wall clock may be from the calendar to be followed
	// without a word: drift, and small steps.
	Slack = 10 * time.Minute

	longestOff = 24 * time.Hour   // a machine may have been off for so long when its clock says so
	keepEvery  = 10 * time.Minute // how old what was written down of a calendar may become
	keepStep   = time.Second      // a step that is written down at once
)

// written is when this program was: a clock before that is wrong.
var written = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

// A Reading is what the clocks of the machine say in one moment.
type Reading struct {
	Wall   time.Time     // the wall clock, in UTC and without a monotonic reading
	Boot   string        // names the boot of the machine; never empty
	Uptime time.Duration // since then, sleep included
	Synced bool          // somebody vouches for the wall clock
}

// A Calendar is a moment from which on time is counted. The zero Calendar has
// not begun.
type Calendar struct {
	At      time.Time     `json:"at"`        // UTC
	Boot    string        `json:"boot"`      // At was in this boot of the machine,
	Uptime  time.Duration `json:"uptime_ns"` // so long after its begin
	Doubted bool          `json:"doubted,omitempty"`

	// Unsure is the moment, by this calendar, since which it may have been wrong
	// because nobody has vouched for it; zero when somebody has.
	Unsure time.Time `json:"unsure_since,omitzero"`
	// Lost: it is doubted, and the machine was off for a time that nobody knows: At is the
	// earliest it can be.
	Lost bool `json:"lost,omitempty"`
}

// counts reports whether the calendar has been counting up to the reading: the
// machine was not off in between.
func (c Calendar) counts(r Reading) bool {
	return !c.At.IsZero() && c.Boot == r.Boot && c.Uptime <= r.Uptime
}

// Now is the time by the calendar's count. A calendar that has not begun says
// what the wall clock does, and one from before a boot stands still.
func (c Calendar) Now(r Reading) time.Time {
	switch {
	case c.At.IsZero():
		return r.Wall
	case c.counts(r):
		return c.At.Add(r.Uptime - c.Uptime)
	}
	return c.At
}

// Follow is the calendar after a look at the clocks. A doubt ends when the wall
// clock comes back to the count, or somebody vouches for it.
func (c Calendar) Follow(r Reading) Calendar {
	now, most := c.Now(r), Slack
	switch {
	case c.At.IsZero():
		now, most = written, math.MaxInt64
	case !c.counts(r) && !c.Doubted:
		most = longestOff
	}
	ahead := r.Wall.Sub(now)
	next := Calendar{At: now, Boot: r.Boot, Uptime: r.Uptime, Unsure: c.Unsure}
	if r.Synced || -Slack <= ahead && ahead <= most {
		next.At = r.Wall
	} else {
		next.Doubted, next.Lost = true, c.Lost || !c.counts(r)
	}
	switch {
	case r.Synced:
		next.Unsure = time.Time{}
	case c.Unsure.IsZero() && (next.Doubted || !c.counts(r)), next.At.Before(c.Unsure):
		next.Unsure = next.At // what comes from now on comes behind it
		if c.counts(r) {
			next.Unsure = next.At.Add(-1) // and what comes in this very moment
		}
	}
	return next
}

// Outdated reports whether next, which followed c, is more than c counted on for
// a while, so that it is to be written down.
func (c Calendar) Outdated(next Calendar) bool {
	passed := next.Uptime - c.Uptime
	return c.Boot != next.Boot || c.Doubted != next.Doubted || c.Lost != next.Lost ||
		!c.Unsure.Equal(next.Unsure) ||
		passed < 0 || passed >= keepEvery || next.At.Sub(c.At.Add(passed)).Abs() >= keepStep
}

// Moments are what time it may be at the reading: one by a calendar that has counted on,
// and where that was lost over a boot what the wall clock says as well. What is right at one
// of them and wrong at another cannot be judged.
func (c Calendar) Moments(r Reading) []time.Time {
	next := c.Follow(r)
	if next.Lost {
		return []time.Time{next.At, r.Wall}
	}
	return []time.Time{next.At}
}

// Corrected is by how much next, which followed c at the reading, was set: more
// than Slack, or 0. Somebody vouched for it; or nobody had for c either, and the
// clock was believed over a boot, at which it may have been put right.
func (c Calendar) Corrected(next Calendar, r Reading) time.Duration {
	by := next.At.Sub(c.Now(r))
	if by.Abs() <= Slack || !next.Unsure.IsZero() && c.Unsure.IsZero() {
		return 0
	}
	return by
}

// A Standing is how calendar and wall clock stand to each other.
type Standing struct {
	Calendar time.Time `json:"calendar"` // by which parcels expire
	Wall     time.Time `json:"clock"`
	Ahead    int64     `json:"clock_ahead_s"` // whole seconds the wall clock is ahead of the calendar
	Synced   bool      `json:"synchronised"`
	Doubted  bool      `json:"doubted"`
}

// Standing compares the calendar, as it would follow now, with the clocks.
func (c Calendar) Standing(r Reading) Standing {
	next := c.Follow(r)
	return Standing{
		Calendar: next.At, Wall: r.Wall, Ahead: int64(r.Wall.Sub(next.At).Seconds()), Synced: r.Synced,
		Doubted: next.Doubted,
	}
}

// String is for people: "the clock is 365 days ahead of the station's count".
func (s Standing) String() string {
	if !s.Doubted {
		return "the clock and the station's count agree"
	}
	way, by := "ahead of", s.Ahead
	if by < 0 {
		way, by = "behind", -by
	}
	return fmt.Sprintf("the clock is %s %s the station's count", length(by), way)
}

// length says seconds in the largest unit that fits them twice.
func length(seconds int64) string {
	const hour, day = 3600, 24 * 3600
	switch {
	case seconds >= 2*day:
		return fmt.Sprintf("%d days", (seconds+day/2)/day)
	case seconds >= 2*hour:
		return fmt.Sprintf("%d hours", (seconds+hour/2)/hour)
	}
	return fmt.Sprintf("%d minutes", (seconds+30)/60)
}
