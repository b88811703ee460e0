package hardware

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"cubby/hardware/sim"
	"cubby/hardware/sim/simtest"
	"cubby/locker/door"
)

// walled is a line with one simulated board with two doors on its first locks.
func walled(t *testing.T, dialect string, configured, has int) (*sim.Site, *Site, *witness) {
	t.Helper()
	locks := map[int]string{1: "1", 2: "2"}
	port, baud := filepath.Join(t.TempDir(), "bus"), FactoryBaud(dialect)
	wall := simtest.Open(t, sim.Plan{Seed: 1, Wall: simtest.Wall("1", "2"), Buses: []sim.Bus{{
		Name: "main", Dialect: dialect, Link: port, Baud: baud,
		Boards: []sim.Board{{Address: 1, Channels: has, Locks: locks}},
	}}})
	site, w := start(t, Bus{Name: "main", Port: port, Dialect: dialect, Baud: baud,
		Boards: []Board{{Address: 1, Channels: configured, Locks: locks}}})
	return wall, site, w
}

func (w *witness) detail(site *Site, device string) string {
	for _, c := range site.Conditions() {
		if c.Device == device {
			return c.Detail
		}
	}
	return ""
}

// A board that answers for more or fewer locks than are configured is no broken
// board: its doors work, and the difference is said.
func TestABoardThatAnswersForOtherLocksThanConfiguredWorks(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, dialect   string
		configured, has int
		says            string // empty: nothing, for its frames do not tell
	}{
		{"XOR, 24 for 8", "xor-8a80", 8, 24, "answers for 24 locks, configured for 8"},
		{"XOR, a board of 8 that answers for 24", "xor-8a80", 8, 8, "answers for 24 locks, configured for 8"},
		{"XOR, 24 for 50", "xor-8a80", 50, 24, "answers for 24 locks, configured for 50"},
		{"XOR, 50 for 24", "xor-8a80", 0, 50, "answers for 50 locks, configured for 24"},
		{"XOR, 24 for 18", "xor-8a80", 18, 24, ""},
		{"WKLY, 24 for 8", "wkly", 8, 24, "answers for 24 locks, configured for 8"},
		{"WKLY, 8 for 16", "wkly", 0, 8, "answers for 8 locks, configured for 16"},
		{"Waveshare, 8 for 16", "waveshare-modbus", 16, 8, "answers for 8 locks, configured for 16"},
		{"Waveshare, 8 for 32", "waveshare-modbus", 32, 8, "answers for 8 locks, configured for 32"},
		{"Waveshare, 16 for 8", "waveshare-modbus", 0, 16, ""},
		{"CU16, 16 for 12", "kerong-cu16", 12, 16, ""},
		{"CU16, 12 for 16", "kerong-cu16", 16, 12, ""},
		{"CU48, 48 for 24", "kerong-cu48", 24, 48, ""},
		{"CU48, 24 for 48", "kerong-cu48", 0, 24, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			_, site, w := walled(t, c.dialect, c.configured, c.has)
			w.sees("1", door.Closed)
			w.sees("2", door.Closed)
			site.Order(soon("a", "2"))
			if e := w.outcome("a"); e.Result != door.ConfirmedOpen {
				t.Errorf("ended %+v", e)
			}
			want := Working
			if c.says != "" {
				want = Differs
			}
			w.hears("bus main board 1", want)
			if got := w.detail(site, "bus main board 1"); c.says != "" && got != c.says {
				t.Errorf("staff are told %q", got)
			}
			if s := site.BusStats()[0]; s.JunkBytes > 0 {
				t.Errorf("%d bytes were taken for junk", s.JunkBytes)
			}
		})
	}
}

// A board whose replies come when nobody waits for them any more is late, not silent.
func TestABoardThatAnswersTooLateIsSaidToBeLate(t *testing.T) {
	t.Parallel()
	for _, late := range []string{"2500ms", "4s"} {
		t.Run(late, func(t *testing.T) {
			t.Parallel()
			wall, site, w := walled(t, "kerong-cu16", 0, 0)
			w.sees("1", door.Closed)
			simtest.Fault(t, wall, "late-reply", "main", late)
			w.hears("bus main board 1", Late)
			got := w.detail(site, "bus main board 1")
			if !strings.Contains(got, "and 150 ms are waited: set reply_timeout_ms = ") {
				t.Errorf("staff are told %q", got)
			}
			if s := site.BusStats()[0]; s.Late == 0 || s.Latest < 150*time.Millisecond || s.WrongAddress > 0 {
				t.Errorf("%+v", s)
			}
			simtest.Fault(t, wall, "late-reply", "main", "off")
			w.hears("bus main board 1", Working)
		})
	}
}

func TestHowLateAReplyIs(t *testing.T) {
	const wait = 150 * time.Millisecond
	at := func(ms int) time.Time { return time.Unix(1, 0).Add(time.Duration(ms) * time.Millisecond) }
	for _, c := range []struct {
		name  string
		asked []int // ms; negative: given up
		came  int
		took  int // 0: not late
	}{
		{"nothing was asked", nil, 300, 0},
		{"the board says it twice", []int{0}, 20, 0},
		{"the question was given up", []int{-1}, 400, 399},
		{"so were two, and it is the reply to the second at least", []int{-1, -200}, 450, 250},
		{"the reply to the first was taken for that to the second", []int{-1, 150}, 350, 200},
		{"the second was asked just now", []int{-1, 300}, 400, 399},
		{"a twin says it once more, before the next question", []int{1000, 2000}, 2020, 0},
		{"a reply of long ago", []int{-1}, 9000, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			var l lateness
			for _, ms := range c.asked {
				l.asks(at(max(ms, -ms)))
				if ms < 0 {
					l.gaveUp()
				}
			}
			took, late := l.came(at(c.came), wait)
			if want := time.Duration(c.took) * time.Millisecond; late != (c.took > 0) || late && took != want {
				t.Errorf("late %t, took %s; want %s", late, took, want)
			}
		})
	}
	if got := EnoughTimeout(310 * time.Millisecond); got != 500*time.Millisecond {
		t.Errorf("for 310 ms %s is advised", got)
	}
	if got := EnoughTimeout(4 * time.Second); got != replyMost {
		t.Errorf("for 4 s %s is advised", got)
	}
}
