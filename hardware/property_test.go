package hardware

import (
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"cubby/locker/door"
)

// Whatever is ordered and whatever the boards do: one end for every opening, at
// most one unlock frame for it, none for a lock that was not ordered, none that
// is said not to have been sent, and no lock driven beyond its budget.
func TestNoLockIsDrivenMoreThanItWasOrdered(t *testing.T) {
	t.Parallel()
	limits := coilLimits{pause: 15 * time.Millisecond, window: 1500 * time.Millisecond}
	r := newRig(t, 1, 2, 3)
	bus := quick(r, 1, 2, 3, 4) // board 4 is never there
	bus.ReplyTimeout, bus.OpenWait, bus.PulseGap = 40*time.Millisecond, 60*time.Millisecond, 10*time.Millisecond
	site, w := startWith(t, Config{Buses: []Bus{bus}}, limits)
	begun, number := time.Now(), 0
	// These grow over all cases: a rig that lags may read a frame of one case during the next.
	ordered, said := map[unlock]int{}, map[unlock]map[string]bool{}
	rapid.Check(t, func(t *rapid.T) {
		for address := byte(1); address <= 3; address++ {
			fault := rapid.SampledFrom([]string{
				"", "", "stuck", "silent", "noise", "bytewise", "late",
			}).Draw(t, "fault")
			r.with(address, func(b *fakeBoard) {
				*b = fakeBoard{hooks: 0xFFFF, silent: fault == "silent", bytewise: fault == "bytewise"}
				switch fault {
				case "stuck":
					b.stuck = 0xFFFF
				case "noise":
					b.before = []byte{0, 2, 0x35}
				case "late":
					b.lateOnce = 60 * time.Millisecond
				}
			})
		}
		w.mu.Lock()
		first := len(w.ended)
		w.mu.Unlock()
		var ids []string
		for range rapid.IntRange(1, 8).Draw(t, "orders") {
			board, lock := rapid.IntRange(1, 4).Draw(t, "board"), rapid.IntRange(1, 2).Draw(t, "lock")
			number++
			id := fmt.Sprint("opening ", number)
			left := time.Duration(rapid.IntRange(-5, 200).Draw(t, "ms left")) * time.Millisecond
			ordered[unlock{board: board, lock: lock}]++
			ids = append(ids, id)
			o := door.Order{Opening: id, Compartment: fmt.Sprintf("%d-%d", board, lock), NotAfter: time.Now().Add(left)}
			site.Order(o)
			if rapid.IntRange(0, 9).Draw(t, "twice") == 0 {
				ids = append(ids, id)
				site.Order(o)
			}
		}
		w.until("the end of all openings", func() bool { return len(w.ended) >= first+len(ids) })
		w.mu.Lock()
		ended := append([]door.Ended(nil), w.ended[first:]...)
		w.mu.Unlock()
		if len(ended) != len(ids) {
			t.Fatalf("%d ends for %d orders", len(ended), len(ids))
		}
		for _, e := range ended {
			var u unlock
			if _, err := fmt.Sscanf(e.Compartment, "%d-%d", &u.board, &u.lock); err != nil {
				t.Fatal(err)
			}
			if said[u] == nil {
				said[u] = map[string]bool{}
			}
			if e.Pulsed {
				said[u][e.Opening] = true
			}
			if e.Result == door.ConfirmedOpen && (!e.Pulsed || u.board == 4) || e.Result == door.Stuck && !e.Pulsed {
				t.Fatalf("%+v cannot be", e)
			}
		}
		got := map[unlock]int{}
		for _, p := range r.pulses() {
			u := unlock{board: p.board, lock: p.lock}
			got[u]++
			if got[u] > ordered[u] || got[u] > len(said[u]) {
				t.Fatalf("%d pulses on %v; ordered %d, openings that may have been pulsed %d", got[u], u, ordered[u],
					len(said[u]))
			}
		}
	})
	total := map[unlock]int{}
	for _, p := range r.pulses() {
		total[unlock{board: p.board, lock: p.lock}]++
	}
	allowed := coilPulses * (int(time.Since(begun)/limits.window) + 1)
	for u, n := range total {
		if n > allowed {
			t.Errorf("%d pulses on %v in %v, allowed %d", n, u, time.Since(begun), allowed)
		}
	}
	if len(total) == 0 {
		t.Error("nothing was ever pulsed: this proves nothing")
	}
}
