package station

import (
	"os"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// clock counts monotonic time from the machine's boot (CLOCK_BOOTTIME), so that
// times of one boot can be compared even when the wall clock was set in between.
type clock struct {
	boot  string
	base  int64 // nanoseconds since boot at start
	start time.Time
}

func startClock() clock {
	c := clock{start: time.Now()}
	if b, err := os.ReadFile("/proc/sys/kernel/random/boot_id"); err == nil {
		c.boot = strings.TrimSpace(string(b))
	}
	var now unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_BOOTTIME, &now); err == nil {
		c.base = now.Nano()
	}
	return c
}

func (c clock) mono(now time.Time) int64 { return c.base + int64(now.Sub(c.start)) }
