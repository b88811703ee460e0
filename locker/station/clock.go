package station

import (
	"os"
	"strconv"
	"strings"
	"time"
)

// clock counts monotonic time from the machine's boot, so that times of one
// boot can be compared even when the wall clock was set in between.
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
	if b, err := os.ReadFile("/proc/uptime"); err == nil {
		seconds, _, _ := strings.Cut(string(b), " ")
		if f, err := strconv.ParseFloat(seconds, 64); err == nil {
			c.base = int64(f * 1e9)
		}
	}
	return c
}

func (c clock) mono(now time.Time) int64 { return c.base + int64(now.Sub(c.start)) }
