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

func TestPushedChangesAreEvidenceAndNeverAlone(t *testing.T) {
	const all = 0b111
	type step struct {
		after time.Duration
		push  string // "1 open": what the board says unasked
		read  string // the doors a reading shows open, "-" for none
		want  string // what is reported
	}
	ms := time.Millisecond
	settled := []step{
		{0, "", "-", ""}, {100 * ms, "", "-", "1 closed, 2 closed, 3 closed"}, {5 * time.Second, "", "-", ""},
	}
	for _, c := range []struct {
		name   string
		driven bool // door 1, just before the last steps
		steps  []step
	}{
		{"a pushed opening that a reading shows is believed at once", false,
			[]step{{0, "1 open", "", ""}, {250 * ms, "", "1", "1 open"}}},
		{"but not while the contact may only bounce", false,
			[]step{
				{0, "1 open", "", ""}, {30 * ms, "", "1", ""}, {60 * ms, "1 closed", "", ""}, {200 * ms, "", "-", ""},
			}},
		{"a pushed opening that a reading does not show is not", false,
			[]step{{0, "1 open", "", ""}, {30 * ms, "", "-", ""}, {100 * ms, "", "-", ""}}},
		{"a door that opened and closed between two readings is told", false,
			[]step{{0, "1 open", "", ""}, {400 * ms, "1 closed", "", "1 open, 1 closed"}}},
		{"also when a reading came just too late for it", false,
			[]step{{0, "1 open", "", ""}, {300 * ms, "", "-", ""}, {100 * ms, "1 closed", "", "1 open, 1 closed"}}},
		{"a contact that was only shaken is not", false, []step{{0, "1 open", "", ""}, {20 * ms, "1 closed", "", ""}}},
		{"a closing long after is not its closing", false, []step{
			{0, "1 open", "", ""}, {3 * time.Second, "1 closed", "", ""},
		}},
		{"a closing alone says nothing", false, []step{{0, "1 closed", "", ""}}},
		{"a pushed opening is forgotten after a while", false,
			[]step{{0, "1 open", "", ""}, {3 * time.Second, "", "1", ""}, {100 * ms, "", "1", "1 open"}}},
		{"a door that is known to be open is not told again", false,
			[]step{
				{0, "", "1", ""}, {100 * ms, "", "1", "1 open"}, {2 * time.Second, "1 open", "", ""},
				{100 * ms, "1 closed", "", ""}, {10 * ms, "", "-", ""}, {100 * ms, "", "-", "1 closed"},
			}},
		{"a contact that bounces when the door closes makes no new opening", false,
			[]step{
				{0, "", "1", ""}, {100 * ms, "", "1", "1 open"}, {time.Second, "", "-", ""},
				{100 * ms, "", "-", "1 closed"}, {10 * ms, "1 open", "", ""}, {60 * ms, "1 closed", "", ""},
			}},
		{"all doors at once are a supply that dips", false,
			[]step{
				{0, "1 open", "", ""}, {0, "2 open", "", ""}, {0, "3 open", "", ""}, {300 * ms, "1 closed", "", ""},
			}},
		{"a cable that comes off for a moment opens no door", false,
			[]step{
				{0, "1 open", "", ""}, {250 * ms, "", "123", ""}, {500 * ms, "", "-", ""},
				{20 * ms, "1 closed", "", ""},
			}},
		{"while a coil is or was just live nothing pushed counts", true,
			[]step{
				{0, "1 open", "", ""}, {400 * ms, "1 closed", "", ""}, {0, "2 open", "", ""},
				{400 * ms, "2 closed", "", ""},
			}},
		{"a lock nobody listed says nothing", false, []step{{0, "9 open", "", ""}, {400 * ms, "9 closed", "", ""}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := newDoors(Board{Locks: map[int]string{1: "1", 2: "2", 3: "3"}})
			now := time.Now()
			for i, s := range slices.Concat(settled, c.steps) {
				now = now.Add(s.after)
				if c.driven && i == len(settled) {
					d.locks[0].coil.drove(now)
					d.locks[0].coil.off = now.Add(500 * ms)
				}
				var seen []door.Seen
				if s.push != "" {
					lock, state, _ := strings.Cut(s.push, " ")
					f := wire.Frame{Kind: wire.Event, Locks: 1 << (lock[0] - '1')}
					if state == "closed" {
						f.Closed = f.Locks
					}
					seen = d.push(f, now)
				} else {
					f := wire.Frame{Locks: all, Closed: all}
					for _, n := range strings.Trim(s.read, "-") {
						f.Closed &^= 1 << (n - '1')
					}
					seen, _ = d.apply(readAt(now, f), func(*lock) bool { return false })
				}
				var words []string
				for _, s := range seen {
					words = append(words, fmt.Sprint(s.Compartment, " ", s.State))
				}
				if got := strings.Join(words, ", "); got != s.want {
					t.Errorf("step %d: got %q, want %q", i-len(settled)+1, got, s.want)
				}
			}
		})
	}
}

// The report of a short opening is in order of time: nobody must think that the
// door stands open.
func TestAShortOpeningIsToldInOrderOfTime(t *testing.T) {
	d := newDoors(Board{Locks: map[int]string{1: "1"}})
	now := time.Now()
	closed := wire.Frame{Locks: 1, Closed: 1}
	for range 2 {
		d.apply(readAt(now, closed), func(*lock) bool { return false })
		now = now.Add(2 * time.Second)
	}
	begun := now
	d.push(wire.Frame{Locks: 1}, now)
	seen := d.push(closed, now.Add(300*time.Millisecond))
	if len(seen) != 2 || !seen[0].At.Equal(begun) || !seen[1].At.Equal(begun.Add(300*time.Millisecond)) {
		t.Errorf("%+v", seen)
	}
}

// Boards with many contacts pushed at once are only hints.
func TestAPushAboutManyLocksIsAHint(t *testing.T) {
	d := newDoors(Board{Locks: map[int]string{1: "1", 2: "2"}})
	if seen := d.push(wire.Frame{Locks: 3}, time.Now()); seen != nil || !d.locks[0].pushed.IsZero() {
		t.Errorf("%+v", seen)
	}
}
