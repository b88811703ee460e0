package station

import (
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"golang.org/x/sys/unix"

	"cubby/locker/calendar"
	"cubby/locker/health"
	"cubby/locker/parcel"
	"cubby/locker/visit"
	"cubby/locker/wall"
)

// clock counts monotonic time from the machine's boot (CLOCK_BOOTTIME), so that
// times of one boot can be compared even when the wall clock was set in between.
type clock struct {
	boot  string
	base  int64 // nanoseconds since boot at start
	start time.Time
}

func startClock() clock {
	c := clock{start: time.Now(), boot: uuid.NewString()} // a boot without a name is like no other
	if b, err := os.ReadFile("/proc/sys/kernel/random/boot_id"); err == nil {
		c.boot = strings.TrimSpace(string(b))
	}
	c.base = int64(uptime())
	return c
}

func (c clock) mono(now time.Time) int64 { return c.base + int64(now.Sub(c.start)) }

// read asks the machine for the time.
func (c clock) read() calendar.Reading {
	return calendar.Reading{Wall: time.Now().Round(0).UTC(), Boot: c.boot, Uptime: uptime(), Synced: synchronised()}
}

func uptime() time.Duration {
	var now unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_BOOTTIME, &now); err != nil {
		return 0
	}
	return time.Duration(now.Nano())
}

// mostError is the error the kernel gives a wall clock that nobody disciplines,
// and that somebody has just set: it makes it the greatest of all (adjtimex(2)).
const mostError = 16_000_000 // microseconds

// synchronised reports whether the wall clock is kept right from outside. The
// error tells more than the flag STA_UNSYNC, which some leave set on purpose, to
// keep the kernel's hands off the battery's clock.
func synchronised() bool {
	var t unix.Timex
	_, err := unix.Adjtimex(&t)
	return err == nil && t.Maxerror < mostError
}

// lookEvery is how soon a clock that jumps is noticed when nothing happens.
const lookEvery = time.Minute

// clockMoved tells the status of the clock, and reports whether the calendar that
// follows it is to be written down.
func (s *Station) clockMoved() bool {
	s.tellClock()
	s.tellPaused()
	kept := visit.CalendarNow.Read(s.mem.state())
	return kept.Outdated(kept.Follow(s.cfg.Clocks()))
}

// tellClock tells the status of the clock when that has changed.
func (s *Station) tellClock() {
	state, detail := "working", ""
	if now := visit.CalendarNow.Read(s.mem.state()).Standing(s.cfg.Clocks()); now.Doubted {
		state, detail = "suspect", now.String()
	}
	if s.cfg.Status != nil && s.clockTold != state+detail {
		s.clockTold = state + detail
		s.cfg.Status(health.Clock, state, detail, time.Now())
	}
}

// tellPaused tells that the clocks of parcels stand still, and of how many and why. Of those
// whose recipient has not been told yet nothing is to be seen to.
func (s *Station) tellPaused() {
	why := map[string]int{}
	state := s.mem.state()
	for _, n := range wall.Compartments.Keys(state) {
		c, _ := wall.Compartments.Get(state, n)
		if p, ok := parcel.Parcels.Get(state, c.Parcel); ok && p.Paused != nil &&
			p.Paused.Reason != parcel.NotTold {
			why[p.Paused.Reason]++
		}
	}
	is, detail := "working", ""
	for _, reason := range slices.Sorted(maps.Keys(why)) {
		is, detail = "paused", fmt.Sprintf("%s, %s: %d", detail, reason, why[reason])
	}
	detail = strings.TrimPrefix(detail, ", ")
	if s.cfg.Status != nil && s.pausedTold != detail {
		s.pausedTold = detail
		s.cfg.Status(health.Deadlines, is, detail, time.Now())
	}
}
