package hardware_test

import (
	"context"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"cubby/hardware"
	"cubby/hardware/sim"
	"cubby/locker/door"
)

var (
	soakVisits = flag.Int("soak", 120, "how many visits the soak plays")
	soakSeed   = flag.Uint64("soakseed", 0, "of the soak; 0 draws one")
)

// soakLines are the lines of the soak's wall: two of one dialect that can be
// taken for each other, one over a network, and one of every other dialect.
var soakLines = []struct {
	name, dialect string
	baud          int
	addresses     []int
	doors         int // on each board
	tcp           bool
}{
	{"left", "kerong-cu16", 115200, []int{0, 1, 2}, 16, false},
	{"right", "kerong-cu16", 115200, []int{0, 3}, 16, false},
	{"far", "kerong-cu48", 57600, []int{0, 1}, 24, true},
	{"xor", "xor-8a80", 57600, []int{1, 2}, 24, false},
	{"relays", "waveshare-modbus", 57600, []int{1, 2, 9}, 8, false},
	{"wkly", "wkly", 57600, []int{0, 1}, 16, false},
}

// Pulses of the soak are short, so that thousands of visits end in minutes; the
// gap between them is long enough to be seen on a machine that has more to do.
const (
	soakPulse = 100 * time.Millisecond
	soakGap   = 300 * time.Millisecond
)

// A soak is thousands of visits to a wall at which something is always wrong.
type soak struct {
	t       *testing.T
	checker *checker
	wall    *sim.Site
	site    *hardware.Site
	lines   map[string][]string // line -> doors
	left    atomic.Int64        // visits to come
	done    atomic.Int64

	vandals []*sim.Vandal

	mu   sync.Mutex // guards what follows
	rng  *rand.Rand
	busy map[string]bool
	used map[string]time.Time // when a door was ordered last
	ends map[string]int       // by line and result
}

// Whatever goes wrong on the street: no door is said to be open that was not,
// no lock driven that was not asked for or more than it bears, nothing leaks,
// and in the end the station knows again how every door stands.
func TestSoakOfManyVisitsWithRandomFaults(t *testing.T) {
	seed := *soakSeed
	if seed == 0 {
		seed = uint64(time.Now().UnixNano())
	}
	if testing.Short() {
		*soakVisits = min(*soakVisits, 40)
	}
	t.Logf("repeat with -args -soakseed=%d -soak=%d", seed, *soakVisits)
	before := countResources(t)
	s := &soak{
		t: t, rng: rand.New(rand.NewPCG(seed, 0)), lines: map[string][]string{}, busy: map[string]bool{},
		used: map[string]time.Time{},
		ends: map[string]int{},
	}
	s.open(seed)
	begun := time.Now()
	early, late := s.run(seed)
	took := time.Since(begun)
	s.heals()
	if err := s.site.Close(); err != nil {
		t.Error(err)
	}
	s.checker.finish()
	if err := s.wall.Close(); err != nil {
		t.Error(err)
	}
	s.tell(took, early, late)
	// What the simulated site remembers (journal, histories) and the checker's
	// last minute take some hundred bytes a visit.
	if grown := int64(late) - int64(early); grown > 24<<20+2<<10*int64(*soakVisits) {
		t.Errorf("memory has grown by %d kB", grown>>10)
	}
	after := countResources(t)
	for deadline := time.Now().Add(2 * time.Minute); (after.goroutines > before.goroutines ||
		after.descriptors > before.descriptors) && time.Now().Before(deadline); after = countResources(t) {
		runtime.Gosched()
	}
	if after.goroutines > before.goroutines || after.descriptors > before.descriptors {
		buf := make([]byte, 1<<20)
		t.Errorf("%+v before, %+v after; goroutines:\n%s", before, after, buf[:runtime.Stack(buf, true)])
	}
}

type resources struct{ goroutines, descriptors int }

func countResources(t *testing.T) resources {
	t.Helper()
	open, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Fatal(err)
	}
	return resources{runtime.NumGoroutine(), len(open)}
}

func heap() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// open builds the wall and its driver from the same plan, written twice.
func (s *soak) open(seed uint64) {
	folder := s.t.TempDir()
	plan := sim.Plan{Seed: seed}
	var config hardware.Config
	for _, l := range soakLines {
		link := filepath.Join(folder, l.name)
		if l.tcp {
			link = "tcp://127.0.0.1:0"
		}
		wires := sim.Bus{Name: l.name, Dialect: l.dialect, Link: link, Baud: l.baud}
		bus := hardware.Bus{
			Name: l.name, Port: link, Dialect: l.dialect, Baud: l.baud, PulseMS: int(soakPulse.Milliseconds()),
			PulseGap: soakGap,
			IdlePoll: 300 * time.Millisecond, ActivePoll: 40 * time.Millisecond, OpenWait: 600 * time.Millisecond,
		}
		for _, address := range l.addresses {
			locks := map[int]string{}
			for lock := 1; lock <= l.doors; lock++ {
				number := fmt.Sprintf("%s-%d-%d", l.name, address, lock)
				locks[lock] = number
				s.lines[l.name] = append(s.lines[l.name], number)
			}
			wires.Boards = append(wires.Boards, sim.Board{Address: address, Locks: locks, Pulse: soakPulse})
			bus.Boards = append(bus.Boards, hardware.Board{Address: address, Locks: locks})
		}
		plan.Buses, config.Buses = append(plan.Buses, wires), append(config.Buses, bus)
	}
	wall, err := sim.Open(plan)
	if err != nil {
		s.t.Fatal(err)
	}
	s.wall = wall
	for i, d := range wall.Devices() { // a bridge has drawn its port
		config.Buses[i].Port = d.Link
	}
	s.checker = convene(s.t, wall, plan)
	if s.site, err = hardware.Open(config, s.checker); err != nil {
		wall.Close()
		s.t.Fatal(err)
	}
	s.checker.until("a first reading of every door", func() bool { return len(s.checker.states) == s.doors() })
}

func (s *soak) doors() (n int) {
	for _, l := range s.lines {
		n += len(l)
	}
	return n
}

// run plays all visits and returns the memory in use after a fifth of them and
// at the end.
func (s *soak) run(seed uint64) (early, late uint64) {
	s.left.Store(int64(*soakVisits))
	var visitors, vandals sync.WaitGroup
	ctx, stop := context.WithCancel(s.t.Context())
	defer stop()
	for line := range s.lines {
		for range 3 {
			visitors.Go(func() {
				for s.left.Add(-1) >= 0 {
					s.visit(line)
					s.done.Add(1)
				}
			})
		}
		vandal, err := s.wall.NewVandal(line, seed)
		if err != nil {
			s.t.Error(err)
			continue
		}
		s.vandals = append(s.vandals, vandal)
		vandals.Go(func() {
			if err := vandal.Run(ctx); err != nil {
				s.t.Error(err)
			}
		})
	}
	look := time.NewTicker(20 * time.Millisecond)
	defer look.Stop()
	for s.done.Load() < int64(*soakVisits/5) {
		<-look.C
	}
	early = heap()
	visitors.Wait()
	stop()
	vandals.Wait()
	return early, heap()
}

// visit opens one door, reaches in and closes it again.
func (s *soak) visit(line string) {
	number := s.choose(line)
	defer s.free(number)
	e := s.checker.order(s.site, number)
	s.mu.Lock()
	s.ends[strings.SplitN(number, "-", 2)[0]+" "+string(e.Result)]++
	put, pushes := s.rng.IntN(2) == 0, s.rng.IntN(10) == 0
	pause := time.Duration(10+s.rng.IntN(100)) * time.Millisecond
	s.mu.Unlock()
	if !e.Pulsed {
		pause += time.Second // nobody stands there and tries again at once
	}
	<-time.After(pause)
	if state, err := s.wall.Door(number); err != nil || state.State == sim.StateClosed {
		return
	}
	act := sim.ActTake
	if put {
		act = sim.ActPut
	}
	for _, a := range []sim.Act{act, sim.ActPush, sim.ActOpen, sim.ActClose} {
		if (a == sim.ActPush || a == sim.ActOpen) && !pushes {
			continue
		}
		_ = s.wall.Do(number, a) // a door that is in no state for it, as doors are
	}
}

// choose takes the door of a line that has rested longest; now and then one that
// has just been opened, which its lock may refuse.
func (s *soak) choose(line string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	doors := slices.DeleteFunc(slices.Clone(s.lines[line]), func(n string) bool { return s.busy[n] })
	slices.SortFunc(doors, func(a, b string) int { return s.used[a].Compare(s.used[b]) })
	number := doors[s.rng.IntN(3)]
	if s.rng.IntN(20) == 0 {
		number = doors[len(doors)-1]
	}
	s.busy[number], s.used[number] = true, time.Now()
	return number
}

func (s *soak) free(number string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.busy, number)
}

// heals mends everything, closes all doors and waits until the driver knows how
// every door stands.
func (s *soak) heals() {
	if err := s.wall.Calm(s.t.Context()); err != nil {
		s.t.Error(err)
	}
	for _, doors := range s.lines {
		for _, number := range doors {
			if err := s.wall.Do(number, sim.ActClose); err != nil {
				s.t.Error(err)
			}
		}
	}
	s.checker.until("every door known to be closed", func() bool {
		for _, state := range s.checker.states {
			if state != door.Closed {
				return false
			}
		}
		return len(s.checker.states) == s.doors()
	})
}

func (s *soak) tell(took time.Duration, early, late uint64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	entries, pulses := s.wall.Journal(0)
	driven := 0
	for _, n := range pulses {
		driven += n
	}
	s.t.Logf("%d visits to %d doors on %d lines in %s (%.1f a second)", *soakVisits, s.doors(), len(s.lines),
		took.Round(time.Second), float64(*soakVisits)/took.Seconds())
	s.t.Logf("openings: %v; locks driven %d times, %d entries in the journal, %d reports of doors", s.ends, driven,
		len(entries), s.checker.reports)
	faults := map[string]int{}
	for _, v := range s.vandals {
		for kind, n := range v.Done() {
			faults[kind] += n
		}
	}
	s.t.Logf("faults: %v", faults)
	s.t.Logf("memory %d kB after a fifth, %d kB at the end; said to be stuck though it opened later: %d", early>>10,
		late>>10, s.checker.mistaken)
	s.t.Logf("pulses that seemed to overlap while the machine stood still: %d; it stood still for %s at most",
		s.checker.excused, s.checker.longest.Round(time.Millisecond))
}
