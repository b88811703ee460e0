package hardware

import (
	"sync"
	"time"
)

// BusStats counts what happened on one bus since it was opened.
type BusStats struct {
	Bus          string
	Opens        uint64        // how often the port was opened
	Polls        uint64        // status requests written
	Timeouts     uint64        // requests without their reply
	JunkBytes    uint64        // bytes that belonged to no valid frame
	Echoes       uint64        // our own requests heard back
	Late         uint64        // valid replies that nobody waited for
	Latest       time.Duration // how long one of them has taken
	WrongAddress uint64        // valid replies from another board than the one asked
	Spikes       uint64        // readings not believed because too many doors sprang open together, or all are open
	Pushes       uint64        // changes of contacts that boards told unasked
	Pulses       uint64        // unlock frames written
	Latency      Latency
}

// LatencyBounds are the upper bounds of the buckets of a Latency; the last
// bucket has none.
var LatencyBounds = [...]time.Duration{
	250 * time.Microsecond, 500 * time.Microsecond, time.Millisecond, 2 * time.Millisecond, 5 * time.Millisecond,
	10 * time.Millisecond, 20 * time.Millisecond, 50 * time.Millisecond, 200 * time.Millisecond, time.Second,
}

// Latency is a histogram of the time from Order to the unlock frame handed to
// the port. Orders that had to let a lock or the supply rest are not in it.
type Latency struct {
	Buckets [len(LatencyBounds) + 1]uint64 // not cumulative
	Count   uint64
	Sum     time.Duration
	Max     time.Duration
}

func (l *Latency) add(d time.Duration) {
	i := 0
	for i < len(LatencyBounds) && d > LatencyBounds[i] {
		i++
	}
	l.Buckets[i]++
	l.Count++
	l.Sum += d
	l.Max = max(l.Max, d)
}

// ScannerStats counts what happened at a code reader. Nothing in it tells what
// was scanned.
type ScannerStats struct {
	Device     string
	Opens      uint64
	Bytes      uint64
	Scans      uint64 // passed on, TooLong included
	TooLong    uint64
	Duplicates uint64 // the same code again within 1.5 s, not passed on
}

// counted is a set of counters with its mutex.
type counted[T any] struct {
	mu    sync.Mutex
	stats T
}

func (c *counted[T]) count(change func(*T)) {
	c.mu.Lock()
	defer c.mu.Unlock()
	change(&c.stats)
}

func (c *counted[T]) read() T {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.stats
}
