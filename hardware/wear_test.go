package hardware

import (
	"strings"
	"testing"
	"time"

	"cubby/hardware/wire"
	"cubby/locker/door"
)

func TestFitnessIsJudgedByTheLastTwentyOpenings(t *testing.T) {
	openings := func(pattern string) (last []time.Duration) { // g good, s slow, f failed, r refused
		for _, c := range pattern {
			last = append(last, map[rune]time.Duration{
				'g': 200 * time.Millisecond, 's': 1200 * time.Millisecond, 'f': never, 'r': denied,
			}[c])
		}
		return last
	}
	for _, c := range []struct {
		name, last string
		want       Fitness
	}{
		{"nothing is known at first", "", Unused},
		{"one that opened", "g", Good},
		{"two slow ones", "sgggs", Good},
		{"three slow ones", "sgsggs", GettingSlow},
		{"one that did not open", "gggfggg", GettingSlow},
		{"the first one did not open", "f", GettingSlow},
		{"the last two did not open", "ggggff", Failing},
		{"two in a row that were mended", "ffgggggg", GettingSlow},
		{"three of many", "fggfgggggfggg", Failing},
		{"one that its board refused", "gggrggg", Good},
		{"the first one was refused", "r", Unused},
		{"the last two were refused", "gggrr", Refusing},
		{"two refused in a row, and one that opened since", "rrg", Good},
		{"three refused of many", "grgggrgggrgg", Refusing},
		{"refusals of a lock that fails as well", "frfrfr", Failing},
		{"failures of long ago", "ff" + strings.Repeat("g", 20), Good},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := &worn{}
			for _, took := range openings(c.last) {
				d.took(took)
			}
			if d.Fitness != c.want {
				t.Errorf("got %q", d.Fitness)
			}
			if len(d.last) > fitnessOver {
				t.Errorf("%d openings are kept", len(d.last))
			}
		})
	}
}

func TestHealthCountsOpeningsOfClosedDoors(t *testing.T) {
	t.Parallel()
	r := newRig(t, 2)
	r.with(2, func(b *fakeBoard) { b.stuck = 1 << 5; b.hooks = 0xFFBF }) // lock 6 is stuck, door 7 stands open
	bus := quick(r, 2)
	bus.OpenWait = 2 * time.Second
	site, w := start(t, bus)
	w.sees("2-7", door.Open)
	w.sees("2-5", door.Closed)
	for i, c := range []struct {
		door   string
		result door.Result
	}{{"2-5", door.ConfirmedOpen}, {"2-6", door.Stuck}, {"2-7", door.ConfirmedOpen}} {
		site.Order(soon(c.door, c.door))
		if e := w.outcome(c.door); e.Result != c.result {
			t.Fatalf("opening %d: %+v", i, e)
		}
	}
	for _, h := range site.DoorHealth() {
		timed := uint64(0)
		for _, n := range h.TimeToOpen {
			timed += n
		}
		want := map[string][3]uint64{"2-5": {1, 0, 1}, "2-6": {1, 1, 0}, "2-7": {1, 0, 0}}[h.Compartment]
		if got := [3]uint64{h.Openings, h.Failed, timed}; got != want {
			t.Errorf("%s: openings, failed, timed %v, want %v", h.Compartment, got, want)
		}
		if f := map[string]Fitness{"2-5": Good, "2-6": GettingSlow}[h.Compartment]; h.Fitness != f {
			t.Errorf("%s is %q, want %q", h.Compartment, h.Fitness, f)
		}
	}
}

func TestSuspicion(t *testing.T) {
	zero := time.Now()
	at := func(d time.Duration) time.Time { return zero.Add(d) }
	for _, c := range []struct {
		name       string
		state      door.State
		changed    time.Duration
		springs    []time.Duration
		driven     time.Duration // 0: never
		neighbours bool
		now        time.Duration
		says       string
	}{
		{"a door that opened by itself three times", door.Closed, 0, []time.Duration{0, 1, 2}, 0, true,
			time.Minute, ""},
		{"four times within a minute", door.Closed, 0, []time.Duration{0, 1, 2, time.Minute}, 0, true,
			time.Minute, "4 times"},
		{"four times within an hour", door.Closed, 0, []time.Duration{0, 1, 2, time.Hour}, 0, true, time.Hour, ""},
		{"that was long ago", door.Closed, 0, []time.Duration{0, 1, 2, 3}, 0, true, 11 * time.Minute, ""},
		{"a door that stands open undriven", door.Open, 0, nil, 0, true, 10 * time.Minute,
			"has read open for ten minutes"},
		{"for less", door.Open, 0, nil, 0, true, 9 * time.Minute, ""},
		{"one that was driven before", door.Open, time.Hour, nil, 59 * time.Minute, true, 2 * time.Hour,
			"has read open"},
		{"one that was driven since", door.Open, time.Minute, nil, 2 * time.Minute, true, time.Hour, ""},
		{"one whose neighbours read open as well", door.Open, 0, nil, 0, false, time.Hour, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			l := &lock{changed: at(c.changed)}
			l.state.value, l.state.known = c.state, true
			for _, s := range c.springs {
				l.springs = append(l.springs, at(s))
			}
			if c.driven != 0 {
				l.coil.drove(at(c.driven))
			}
			got := l.suspicion(at(c.now), c.neighbours)
			if (got == "") != (c.says == "") || !strings.Contains(got, c.says) {
				t.Errorf("says %q", got)
			}
		})
	}
}

func TestAFlappingContactIsSuspectAndItsDoorCanStillBeOpened(t *testing.T) {
	t.Parallel()
	r := newRig(t, 2)
	site, w := start(t, quick(r, 2))
	w.sees("2-5", door.Closed)
	for range springsSuspect {
		r.with(2, func(b *fakeBoard) { b.hooks = 0xFFEF })
		w.sees("2-5", door.Open)
		r.with(2, func(b *fakeBoard) { b.hooks = 0xFFFF })
		w.sees("2-5", door.Closed)
	}
	w.hears("door 2-5", Suspect)
	if h := site.DoorHealth()[4]; h.Compartment != "2-5" || h.Suspect == "" {
		t.Errorf("%+v", h)
	}
	site.Order(soon("a", "2-5"))
	if e := w.outcome("a"); e.Result != door.ConfirmedOpen {
		t.Errorf("ended %+v", e)
	}
}

// Sixty pulses a minute before a restart are still in the coil after it.
func TestARestartDoesNotForgetAHotCoil(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		before []time.Duration // ago
		result door.Result
	}{
		{"three pulses within 30 s", []time.Duration{20 * time.Second, 10 * time.Second, 5 * time.Second},
			door.Refused},
		{"two pulses within 30 s", []time.Duration{time.Hour, 20 * time.Second, 10 * time.Second}, door.ConfirmedOpen},
		{"pulses of a clock that was set back", []time.Duration{-time.Hour, -time.Hour, -time.Hour}, door.Refused},
		{"none", nil, door.ConfirmedOpen},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			r := newRig(t, 2)
			cfg := Config{Buses: []Bus{quick(r, 2)}, Pulsed: map[string][]time.Time{}}
			for _, ago := range c.before {
				cfg.Pulsed["2-5"] = append(cfg.Pulsed["2-5"], time.Now().Add(-ago).Round(0))
			}
			site, w := startWith(t, cfg, quickCoil)
			w.sees("2-5", door.Closed)
			site.Order(soon("a", "2-5"))
			if e := w.outcome("a"); e.Result != c.result || (e.Rest > 0) != (c.result == door.Refused) {
				t.Errorf("ended %+v", e)
			}
		})
	}
}

// A supply that dips makes a board read all zero for a moment: with one wiring
// all open, with the other all closed.
func TestABlankReadingAfterAPulseIsNotBelieved(t *testing.T) {
	for _, inverted := range []bool{false, true} {
		d := newDoors(Board{InvertHook: inverted, Locks: map[int]string{1: "1", 2: "2"}})
		now := time.Now()
		frame := func(open uint64) wire.Frame {
			f := wire.Frame{Locks: 3, Closed: 3 &^ open}
			if inverted {
				f.Closed ^= 3
			}
			return f
		}
		look := func(f wire.Frame) (string, bool) {
			now = now.Add(100 * time.Millisecond)
			seen, believed := d.apply(readAt(now, f), func(*lock) bool { return false })
			words := ""
			for _, s := range seen {
				words += s.Compartment + " " + s.State.String() + " "
			}
			return words, believed
		}
		look(frame(1))
		look(frame(1))
		d.locks[1].coil.drove(now)
		blank := wire.Frame{Locks: 3, Blank: true}
		for i := range 5 {
			if words, believed := look(blank); believed || words != "" {
				t.Errorf("inverted %v, reading %d: %q, believed %v", inverted, i, words, believed)
			}
		}
		now = now.Add(dipFor)
		look(blank)
		if words, believed := look(blank); !believed || words == "" {
			t.Errorf("inverted %v: what lasts is not believed", inverted)
		}
	}
}
