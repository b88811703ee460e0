package hardware

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"cubby/locker/door"
)

// BenchmarkOrderToUnlockFrame prints the time from Order to the unlock frame as
// read at the other end of the line, beside what the pseudo-terminal itself
// takes for the same bytes and what the bus counted.
func BenchmarkOrderToUnlockFrame(b *testing.B) {
	r := newRig(b, 1)
	bus := quick(r, 1)
	bus.IdlePoll, bus.PulseGap = time.Second, 10*time.Millisecond
	pulse := make(chan time.Time, 1)
	r.set(func(r *rig) { r.onPulse = func(u unlock) { pulse <- u.at } })
	site, w := startWith(b, Config{Buses: []Bus{bus}}, coilLimits{})
	w.sees("1-16", door.Closed)
	var took []time.Duration
	for i := 0; b.Loop(); i++ {
		r.with(1, func(board *fakeBoard) { board.hooks = 0xFFFF })
		id := fmt.Sprint(i)
		begin := time.Now()
		site.Order(soon(id, fmt.Sprintf("1-%d", i%16+1)))
		took = append(took, (<-pulse).Sub(begin))
		w.outcome(id)
		<-time.After(bus.PulseGap) // the supply's rest is not the owner's latency
	}
	slices.Sort(took)
	at := func(q float64) float64 { return float64(took[int(q*float64(len(took)-1))].Microseconds()) }
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(at(0.5), "µs-p50")
	b.ReportMetric(at(0.99), "µs-p99")
	b.ReportMetric(at(1), "µs-max")
	if l := site.BusStats()[0].Latency; l.Count > 0 {
		b.ReportMetric(float64((l.Sum / time.Duration(l.Count)).Microseconds()), "µs-counted-mean")
	}
}
