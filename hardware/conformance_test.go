package hardware_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"cubby/hardware"
	"cubby/locker/door"
)

// a tongue is a dialect in one of the forms in which it is configured.
type tongue struct {
	name, dialect string
	last          int // lock of the last door of board 1
	pushes        bool
	tells         bool // answers an unlock with what became of it
	board         hardware.Board
}

var tongues = []tongue{
	{name: "cu16", dialect: "kerong-cu16", last: 16},
	{name: "cu48", dialect: "kerong-cu48", last: 48},
	{name: "xor", dialect: "xor-8a80", last: 24, pushes: true, tells: true},
	{
		name: "xor, each", dialect: "xor-8a80", last: 8, pushes: true, tells: true,
		board: hardware.Board{Each: true, Channels: 8},
	},
	{name: "waveshare", dialect: "waveshare-modbus", last: 8, tells: true},
	{name: "wkly", dialect: "wkly", last: 16, pushes: true, tells: true},
	{
		name: "wkly, each", dialect: "wkly", last: 8, pushes: true, tells: true,
		board: hardware.Board{Each: true, Channels: 8},
	},
}

// Every dialect against every quirk of real boards and lines that applies to
// it. The boards are those of the simulated site, whose bytes are put together a
// second time and come at the pace of the real line. Whatever happens, no door
// is reported open that was not, no lock driven that was not ordered or more
// often than it was, and every order ends once.
func TestConformanceOfEveryDialectWithEveryQuirk(t *testing.T) {
	cells := map[[2]int]string{}
	plays := map[[2]int]func(t *testing.T, last bool){}
	var again [][2]int // plays that missed something: was it the driver, or a busy machine?
	var mu sync.Mutex  // guards cells and again
	var running sync.WaitGroup
	room := make(chan struct{}, 32) // most of a play is waiting for doors
	for i, q := range quirks {
		for j, d := range tongues {
			if testing.Short() && (i+j)%5 != 0 {
				continue
			}
			if q.unless != nil {
				if reason := q.unless(d); reason != "" {
					mu.Lock()
					cells[[2]int{i, j}] = "n.a. " + reason
					mu.Unlock()
					continue
				}
			}
			once := func(t *testing.T, last bool) {
				p := newPlay(t, d, q)
				p.run()
				mu.Lock()
				defer mu.Unlock()
				if len(p.wrong) == 0 && len(p.missed) > 0 && !last {
					again = append(again, [2]int{i, j})
					t.Log("to be played again alone: ", p.missed)
					return
				}
				cells[[2]int{i, j}] = "pass"
				for _, problem := range append(p.wrong, p.missed...) {
					cells[[2]int{i, j}] = "FAIL"
					t.Error(problem)
				}
			}
			plays[[2]int{i, j}] = once
			running.Go(func() {
				room <- struct{}{}
				defer func() { <-room }()
				t.Run(d.name+"/"+q.name, func(t *testing.T) { once(t, false) })
			})
		}
	}
	running.Wait()
	for _, at := range again {
		t.Run(tongues[at[1]].name+"/"+quirks[at[0]].name, func(t *testing.T) { plays[at](t, true) })
	}
	var table strings.Builder
	fmt.Fprintf(&table, "\n%-4s %-44s", "", "quirk")
	for _, d := range tongues {
		fmt.Fprintf(&table, " %-10s", d.name)
	}
	reasons := map[string]bool{}
	var why []string
	for i, q := range quirks {
		fmt.Fprintf(&table, "\n%-4s %-44s", q.number, q.name)
		for j, d := range tongues {
			mark, reason, _ := strings.Cut(cells[[2]int{i, j}], " ")
			fmt.Fprintf(&table, " %-10s", mark)
			if reason != "" && !reasons[reason] {
				reasons[reason] = true
				why = append(why, fmt.Sprintf("%s: %s", d.dialect, reason))
			}
		}
	}
	t.Log(table.String() + "\nnot applicable:\n  " + strings.Join(why, "\n  "))
}

// A seenDoor is a report with the time at which it was heard.
type seenDoor struct {
	door.Seen
	heard time.Time
}

// A witness keeps what the driver says.
type witness struct {
	mu      sync.Mutex // guards what follows
	seen    []seenDoor
	ended   []door.Ended
	reports []hardware.DeviceReport
}

func (w *witness) DoorSeen(s door.Seen) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.seen = append(w.seen, seenDoor{s, time.Now()})
}

func (w *witness) OpeningEnded(e door.Ended) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.ended = append(w.ended, e)
}

func (w *witness) DeviceChanged(r hardware.DeviceReport) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.reports = append(w.reports, r)
}

func (w *witness) Scanned(hardware.Scan) {}

// state is the last one reported of a door.
func (w *witness) state(compartment string) door.State {
	w.mu.Lock()
	defer w.mu.Unlock()
	for i := len(w.seen) - 1; i >= 0; i-- {
		if w.seen[i].Compartment == compartment {
			return w.seen[i].State
		}
	}
	return door.Unknown
}

// end is how an opening ended.
func (w *witness) end(opening string) (e door.Ended, ok bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, e := range w.ended {
		if e.Opening == opening {
			return e, true
		}
	}
	return e, false
}
