package hardware_test

import (
	"path/filepath"
	"sync"
	"testing"
	"time"

	"cubby/hardware"
	"cubby/hardware/sim"
	"cubby/locker/door"
)

// collector is a Sink that keeps the last state of every door and all ends.
type collector struct {
	mu    sync.Mutex // guards what follows
	doors map[string]door.State
	ended map[string]door.Ended
}

func (c *collector) DoorSeen(s door.Seen) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.doors[s.Compartment] = s.State
}

func (c *collector) OpeningEnded(e door.Ended) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.ended[e.Opening] = e
}

func (c *collector) Scanned(hardware.Scan)               {}
func (c *collector) DeviceChanged(hardware.DeviceReport) {}

func (c *collector) wait(t *testing.T, what string, holds func() bool) {
	t.Helper()
	look := time.NewTicker(5 * time.Millisecond)
	defer look.Stop()
	for limit := time.After(30 * time.Second); ; {
		c.mu.Lock()
		ok := holds()
		c.mu.Unlock()
		if ok {
			return
		}
		select {
		case <-look.C:
		case <-limit:
			t.Fatalf("%s did not happen: doors %v, ends %v", what, c.doors, c.ended)
		}
	}
}

// The driver against the simulated site, whose bytes are put together a second
// time and come at the pace of the real line.
func TestConformanceWithTheSimulatedSite(t *testing.T) {
	numbers := map[int]map[int]string{0: {1: "A1", 2: "A2", 16: "A16"}, 3: {1: "B1", 11: "B11"}}
	orders := []string{"A1", "B11", "A16", "B1"}
	for _, c := range []struct {
		name   string
		faults []sim.Fault
		result door.Result // of all but those below
		stuck  string
		silent int // number of the board that does not answer, or -1
	}{
		{"a healthy site", nil, door.ConfirmedOpen, "", -1},
		{"replies in pieces", []sim.Fault{{Kind: "split", Target: "main", Value: "on"}}, door.ConfirmedOpen, "", -1},
		{"an echoing adapter", []sim.Fault{{Kind: "echo", Target: "main", Value: "on"}}, door.ConfirmedOpen, "", -1},
		{"one bad frame in ten", []sim.Fault{{Kind: "noise", Target: "main", Value: "0.1"}}, door.ConfirmedOpen, "", -1},
		{"a slow door", []sim.Fault{{Kind: "slow", Target: "A1", Value: "1.2s"}}, door.ConfirmedOpen, "", -1},
		{"a stuck lock", []sim.Fault{{Kind: "stuck", Target: "B11", Value: "on"}}, door.ConfirmedOpen, "B11", -1},
		{"a silent board", []sim.Fault{{Kind: "silent-board", Target: "main/3", Value: "on"}}, door.ConfirmedOpen, "", 3},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			port := filepath.Join(t.TempDir(), "bus")
			plan := sim.Plan{Seed: 1, Buses: []sim.Bus{{Name: "main", Link: port, Baud: 19200}}}
			bus := hardware.Bus{Name: "main", Port: port, Dialect: "kerong-cu16", Baud: 19200, PulseMS: 300, PulseGap: 450 * time.Millisecond}
			for address, locks := range numbers {
				plan.Buses[0].Boards = append(plan.Buses[0].Boards, sim.Board{Address: address, Locks: locks})
				bus.Boards = append(bus.Boards, hardware.Board{Address: address, Locks: locks})
			}
			wall, err := sim.Open(plan)
			if err != nil {
				t.Fatal(err)
			}
			defer wall.Close()
			for _, f := range c.faults {
				if err := wall.SetFault(f); err != nil {
					t.Fatal(err)
				}
			}
			seen := &collector{doors: map[string]door.State{}, ended: map[string]door.Ended{}}
			site, err := hardware.Open(hardware.Config{Buses: []hardware.Bus{bus}}, seen)
			if err != nil {
				t.Fatal(err)
			}
			defer func() {
				if err := site.Close(); err != nil {
					t.Error(err)
				}
			}()
			seen.wait(t, "a first reading", func() bool { return seen.doors["A2"] == door.Closed })
			for _, number := range orders {
				site.Order(door.Order{Opening: "open " + number, Compartment: number, NotAfter: time.Now().Add(time.Minute)})
			}
			seen.wait(t, "the end of all openings", func() bool { return len(seen.ended) == len(orders) })
			entries, pulses := wall.Journal(0)
			for _, number := range orders {
				want, pulsed := c.result, 1
				if number == c.stuck {
					want = door.Stuck
				}
				if c.silent >= 0 && number[0] == 'B' {
					want, pulsed = door.Unanswered, 0
				}
				if e := seen.ended["open "+number]; e.Result != want || e.Pulsed != (pulsed == 1) {
					t.Errorf("%s ended %+v, want %s", number, e, want)
				}
				if pulses[number] != pulsed {
					t.Errorf("%s was driven %d times, want %d", number, pulses[number], pulsed)
				}
			}
			for _, e := range entries {
				if e.Overlap || e.Kind == "other" || e.Kind == "pulse_time" && e.PulseMS != bus.PulseMS {
					t.Errorf("on the wire: %+v", e)
				}
			}
			if pulses["A2"] != 0 {
				t.Error("a door nobody ordered was driven")
			}
		})
	}
}
