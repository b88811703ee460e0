package hardware

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"cubby/hardware/wire"
	"cubby/locker/door"
)

// readAt is a reading of one moment.
func readAt(at time.Time, f wire.Frame) reading { return reading{f, at, at} }

func TestReadingsAreDebounced(t *testing.T) {
	const all = 0b11111
	type reading struct {
		closed uint64
		after  time.Duration // since the reading before
		want   string        // what is reported, "!" for a reading not believed
	}
	const unknown = "1 unknown, 2 unknown, 3 unknown, 4 unknown, 5 unknown, !"
	step := 100 * time.Millisecond
	settle := []reading{{all, 0, ""}, {all, step, "1 closed, 2 closed, 3 closed, 4 closed, 5 closed"}}
	for _, c := range []struct {
		name     string
		pulsed   int
		readings []reading
	}{
		{"a door is known after two equal readings", 0, settle},
		{"a contact that bounces is not reported", 0,
			append(settle[:2:2], reading{all &^ 1, step, ""}, reading{all, step, ""}, reading{all &^ 1, step, ""},
				reading{all, step, ""})},
		{"a door that stays open is reported once", 0,
			append(settle[:2:2], reading{all &^ 1, step, ""}, reading{all &^ 1, step, "1 open"},
				reading{all &^ 1, step, ""})},
		{"a driven lock is believed at once", 1, append(settle[:2:2], reading{all &^ 1, step, "1 open"})},
		{"its neighbour is not", 2, append(settle[:2:2], reading{all &^ 1, step, ""})},
		{"a supply that dips opens nothing", 1,
			append(settle[:2:2], reading{0, step, "!"}, reading{0, step, "!"}, reading{all, step, ""})},
		{"doors that stay open together are believed after a second", 0, append(settle[:2:2],
			reading{1, step, "!"}, reading{1, time.Second, ""}, reading{1, step, "2 open, 3 open, 4 open, 5 open"})},
		{"when all stay open together they become unknown after a second", 0, append(settle[:2:2],
			reading{0, step, "!"}, reading{0, 900 * time.Millisecond, "!"}, reading{0, step, unknown},
			reading{0, time.Hour, "!"})},
		{"also when one of them is driven", 3, append(settle[:2:2],
			reading{0, step, "!"}, reading{0, time.Second, unknown}, reading{0, step, "!"})},
		{"also when some had gone a little earlier", 0, append(settle[:2:2],
			reading{3, step, "!"}, reading{0, step, "!"}, reading{0, time.Second, unknown})},
		{"also when one stood open before", 0, append(settle[:2:2],
			reading{all &^ 1, step, ""}, reading{all &^ 1, step, "1 open"}, reading{0, step, "!"},
			reading{0, time.Second, unknown})},
		{"also when all but two stood open before", 0, append(settle[:2:2],
			reading{all &^ 3, step, ""}, reading{all &^ 3, step, "1 open, 2 open"}, reading{24, step, ""},
			reading{24, step, "3 open"},
			reading{0, step, "!"}, reading{0, time.Second, unknown})},
		{"they are known again when one of them reads closed", 0, append(settle[:2:2],
			reading{0, step, "!"}, reading{0, time.Second, unknown}, reading{2, step, ""},
			reading{2, step, "1 open, 2 closed, 3 open, 4 open, 5 open"})},
		{"and unknown once more when the contacts are lost again before that is sure", 0, append(settle[:2:2],
			reading{0, step, "!"}, reading{0, time.Second, unknown}, reading{2, step, ""}, reading{0, step, "!"},
			reading{0, time.Second, "!"}, reading{0, step, "!"})},
		{"a board that reads all open from the start stays unknown", 0, []reading{
			{0, 0, "!"}, {0, step, "!"}, {0, time.Second, "!"}, {1, step, ""},
			{1, step, "1 closed, 2 open, 3 open, 4 open, 5 open"}}},
		{"a board that reads nearly all open from the start is believed", 0, []reading{
			{1, 0, ""}, {1, step, "1 closed, 2 open, 3 open, 4 open, 5 open"}}},
		{"doors that open one after the other are believed, to the last one", 0, append(settle[:2:2],
			reading{all &^ 3, step, ""}, reading{all &^ 3, step, "1 open, 2 open"}, reading{16, step, ""},
			reading{16, step, "3 open, 4 open"},
			reading{0, step, ""}, reading{0, step, "5 open"}, reading{0, time.Hour, ""})},
		{"two doors at once are plausible", 0,
			append(settle[:2:2], reading{all &^ 3, step, ""}, reading{all &^ 3, step, "1 open, 2 open"})},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := newDoors(Board{Locks: map[int]string{1: "1", 2: "2", 3: "3", 4: "4", 5: "5"}})
			now := time.Now()
			for i, r := range c.readings {
				now = now.Add(r.after)
				seen, believed := d.apply(readAt(now, wire.Frame{Locks: all, Closed: r.closed}),
					func(l *lock) bool { return l.number == c.pulsed })
				var words []string
				for _, s := range seen {
					words = append(words, fmt.Sprint(s.Compartment, " ", s.State))
				}
				if !believed {
					words = append(words, "!")
				}
				if got := strings.Join(words, ", "); got != r.want {
					t.Errorf("reading %d: got %q, want %q", i+1, got, r.want)
				}
			}
		})
	}
}

func TestOnABoardOfThreeTheContactsAreLostAlsoUnderAPulse(t *testing.T) {
	for _, c := range []struct {
		name   string
		locks  int
		driven []int
		lost   bool
	}{
		{"three locks, none driven", 3, nil, true},
		{"three locks, one driven", 3, []int{2}, true},
		{"three locks, all driven", 3, []int{1, 2, 3}, false},
		{"two locks are too few to tell", 2, nil, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			locks := map[int]string{}
			for n := range c.locks {
				locks[n+1] = fmt.Sprint(n + 1)
			}
			d, now := newDoors(Board{Locks: locks}), time.Now()
			read := func(closed uint64, after time.Duration) {
				now = now.Add(after)
				d.apply(readAt(now, wire.Frame{Locks: 7, Closed: closed}),
					func(l *lock) bool { return slices.Contains(c.driven, l.number) })
			}
			read(7, 0)
			read(7, 100*time.Millisecond)
			read(0, 100*time.Millisecond)
			read(0, spikeHold)
			read(0, 100*time.Millisecond)
			want := door.Open
			if c.lost {
				want = door.Unknown
			}
			if got := d.locks[0].state.value; got != want || d.suspect != c.lost {
				t.Errorf("door 1 is %v, suspect %v; want %v", got, d.suspect, want)
			}
		})
	}
}

func TestAFlickeringSensorDoesNotHideItsDoor(t *testing.T) {
	d := newDoors(Board{HasPresence: true, Locks: map[int]string{1: "1"}})
	now, reports := time.Now(), 0
	for i := range 20 {
		f := wire.Frame{Locks: 1, Sensors: true, Present: uint64(i % 2)}
		if i < 10 {
			f.Closed = 1
		}
		seen, _ := d.apply(readAt(now, f), func(*lock) bool { return false })
		reports += len(seen)
	}
	if reports != 2 {
		t.Errorf("%d reports, want the door closed and then open", reports)
	}
}

func TestABoardIsWatchedCloselyWhileADoorIsInUse(t *testing.T) {
	d := newDoors(Board{Locks: map[int]string{1: "1"}})
	now := time.Now()
	read := func(closed uint64) {
		for range 2 {
			d.apply(readAt(now, wire.Frame{Locks: 1, Closed: closed}), func(*lock) bool { return false })
		}
	}
	if !d.busy(now) {
		t.Error("an unknown door can wait")
	}
	read(1)
	if d.busy(now) {
		t.Error("a closed door cannot wait")
	}
	read(0)
	if !d.busy(now) || !d.busy(now.Add(inUse-time.Second)) {
		t.Error("a door just opened can wait")
	}
	if d.busy(now.Add(inUse)) {
		t.Error("a door left open is watched for ever")
	}
}
