package hardware

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/creack/pty"
	"pgregory.net/rapid"

	"cubby/hardware/device"
	"cubby/locker/door"
)

func TestALineIsTakenForWhomItsBoardsAre(t *testing.T) {
	line := func(name string, boards ...int) Bus {
		b := Bus{Name: name, Dialect: "kerong-cu16", Baud: 19200}
		for _, a := range boards {
			b.Boards = append(b.Boards, Board{Address: a})
		}
		return b
	}
	slow := line("slow", 7)
	slow.Baud = 9600
	for _, tc := range []struct {
		name     string
		buses    []Bus
		distinct bool
		asked    []int
		answered []int
		says     string
	}{
		{"a line alone needs no roll call", []Bus{line("a", 0, 1)}, false, []int{0, 1}, []int{0}, ""},
		{"lines with the same boards cannot be told apart", []Bus{line("a", 0, 1), line("b", 1, 0)}, false, []int{0, 1},
			[]int{0}, ""},
		{"another speed is no twin", []Bus{line("a", 0, 1), slow}, false, []int{0, 1}, []int{0}, ""},
		{"the right boards", []Bus{line("a", 0, 1), line("b", 2)}, true, []int{0, 1, 2}, []int{0, 1}, ""},
		{"one of the right boards is dead", []Bus{line("a", 0, 1), line("b", 2)}, true, []int{0, 1, 2}, []int{1}, ""},
		{"the boards of the other line", []Bus{line("a", 0, 1), line("b", 2)}, true, []int{0, 1, 2}, []int{2},
			"boards 2 answer here, where 0, 1 should"},
		{"the other line has these boards and more", []Bus{line("a", 0, 1), line("b", 0, 1, 2)}, true, []int{0, 1, 2},
			[]int{0, 1, 2}, "swapped"},
		{"the other line has fewer", []Bus{line("a", 0, 1, 2), line("b", 0, 1)}, true, []int{0, 1, 2}, []int{0, 1},
			"only boards 0, 1 answer here, as on line b"},
		{"nearer to itself", []Bus{line("a", 0, 1, 2), line("b", 0)}, true, []int{0, 1, 2}, []int{0, 1}, ""},
		{"one dead board of one line among ten", []Bus{line("a", 0, 1, 2, 3), line("b", 4, 5, 6)}, true,
			[]int{0, 1, 2, 3, 4, 5, 6}, []int{0, 2, 3}, ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			l := rosters(tc.buses)[0]
			if l.distinct() != tc.distinct || !slices.Equal(l.asked(), tc.asked) {
				t.Errorf("distinct %v, asked %v", l.distinct(), l.asked())
			}
			got := l.judge(tc.answered)
			if (got == "") != (tc.says == "") || !strings.Contains(got, tc.says) {
				t.Errorf("%q, want %q", got, tc.says)
			}
		})
	}
}

func TestALineThatMayAsWellBeItsTwinIsNotTakenForItself(t *testing.T) {
	buses := []Bus{
		{Name: "left", Boards: []Board{{Address: 0}, {Address: 1}}}, {
			Name: "right", Boards: []Board{{Address: 0}, {Address: 3}},
		},
	}
	for _, tc := range []struct {
		name     string
		twin     bool // it is known where it is
		answered []int
		mistaken bool
	}{
		{"all its boards", false, []int{0, 1}, false},
		{"the one that tells it apart", false, []int{1}, false},
		{"the one both have", false, []int{0}, true},
		{"the one both have, and the other line is found", true, []int{0}, false},
	} {
		all := rosters(buses)
		all[1].sure.Store(tc.twin)
		if got := all[0].mistakable(tc.answered); (got != nil) != tc.mistaken {
			t.Errorf("%s: %+v", tc.name, got)
		}
		if wrong := all[0].judge(tc.answered); wrong != "" {
			t.Errorf("%s: %s", tc.name, wrong)
		}
	}
}

// Whatever the boards, a line that hears its own is right, and a line that hears
// exactly those of a different twin is not.
func TestNoSwapOfTwoWholeLinesGoesUnnoticed(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		draw := func(name string) []int {
			all := rapid.SliceOfNDistinct(rapid.IntRange(0, 9), 1, 5, rapid.ID[int]).Draw(t, name)
			slices.Sort(all)
			return all
		}
		a, b := draw("a"), draw("b")
		l := roster{own: a, twins: []twin{{name: "b", boards: b}}}
		if !l.distinct() {
			return
		}
		if wrong := l.judge(a); wrong != "" {
			t.Errorf("its own boards: %s", wrong)
		}
		if l.judge(b) == "" {
			t.Errorf("the boards of the other line were taken for its own")
		}
	})
}

// The links stay, the adapters behind them change places: what a by-path name
// does when somebody plugs two cables into each other's sockets.
func TestTwoSwappedAdaptersDriveNoLock(t *testing.T) {
	t.Parallel()
	left, right := newRig(t, 0, 1), newRig(t, 0, 1, 2)
	bus := func(name string, r *rig, prefix string, boards ...int) Bus {
		b := quick(r, boards...)
		b.Name = name
		for i, a := range boards {
			b.Boards[i].Locks = map[int]string{1: prefix + string(rune('0'+a))}
		}
		return b
	}
	site, w := startWith(t, Config{Buses: []Bus{bus("left", left, "L", 0, 1), bus("right", right, "R", 0, 1, 2)}},
		quickCoil)
	w.hears("bus left board 1", Working)
	w.hears("bus right board 2", Working)

	swap(t, left, right)
	w.hears("bus left", NotCommissioned)
	w.hears("bus right", NotCommissioned)
	for i, compartment := range []string{"L0", "L1", "R0", "R1", "R2"} {
		id := "swapped-" + string(rune('a'+i))
		site.Order(soon(id, compartment))
		if e := w.outcome(id); e.Pulsed || e.Result == door.ConfirmedOpen {
			t.Errorf("%s: %+v", compartment, e)
		}
	}
	if n := len(left.pulses()) + len(right.pulses()); n != 0 {
		t.Fatalf("%d locks were driven", n)
	}

	swap(t, left, right)
	w.hears("bus right board 2", Working)
	w.hears("bus left board 1", Working)
	site.Order(soon("back", "L1"))
	if e := w.outcome("back"); e.Result != door.ConfirmedOpen {
		t.Errorf("after they were put back: %+v", e)
	}
	if p := left.pulses(); len(p) != 1 || p[0].board != 1 || len(right.pulses()) != 0 {
		t.Errorf("driven: %v and %v", p, right.pulses())
	}
}

// The one board that tells two lines apart is dead when they are swapped: what
// answers could be either line, and its locks are another's.
func TestALineWhoseTellingBoardIsDeadIsNotTakenForItsTwin(t *testing.T) {
	t.Parallel()
	left, right := newRig(t, 0, 1), newRig(t, 0, 3)
	bus := func(name string, r *rig, other int, first, second string) Bus {
		b := quick(r, 0, other)
		b.Name = name
		b.Boards[0].Locks, b.Boards[1].Locks = map[int]string{1: first}, map[int]string{1: second}
		return b
	}
	site, w := startWith(t, Config{Buses: []Bus{bus("left", left, 1, "L0", "L1"), bus("right", right, 3, "R0", "R3")}},
		quickCoil)
	w.hears("bus left board 1", Working)
	w.hears("bus right board 3", Working)
	left.with(1, func(b *fakeBoard) { b.silent = true })
	right.with(3, func(b *fakeBoard) { b.silent = true })

	swap(t, left, right)
	w.hears("bus left", NotCommissioned)
	w.hears("bus right", NotCommissioned)
	for i, compartment := range []string{"L0", "R0"} {
		id := "either-" + string(rune('a'+i))
		site.Order(soon(id, compartment))
		if e := w.outcome(id); e.Pulsed || e.Result == door.ConfirmedOpen {
			t.Errorf("%s: %+v", compartment, e)
		}
	}
	swap(t, left, right)
	left.with(1, func(b *fakeBoard) { b.silent = false })
	w.hears("bus left board 1", Working)
	w.hears("bus right board 0", Working) // the other line is found: this is the one that is left
	site.Order(soon("back", "R0"))
	if e := w.outcome("back"); e.Result != door.ConfirmedOpen || len(left.pulses()) != 0 {
		t.Errorf("after they were put back: %+v; driven on the other line: %v", e, left.pulses())
	}
}

// swap unplugs two adapters and plugs each in where the other was.
func swap(t *testing.T, a, b *rig) {
	t.Helper()
	a.unplug()
	b.unplug()
	b.path, a.path = a.path, b.path
	a.plug()
	b.plug()
}

// The adapter is pulled while a lock is driven and comes back as another
// terminal: nobody knows whether the door opened until it is read again, and
// nothing is driven a second time.
func TestAnAdapterPulledDuringAnOpeningIsFoundUnderItsNewName(t *testing.T) {
	r := newRig(t, 0)
	tree := t.TempDir()
	adapter := filepath.Join(tree, "usb1")
	if err := os.Mkdir(adapter, 0o755); err != nil {
		t.Fatal(err)
	}
	for file, text := range map[string]string{"path": "1-1", "vendor": "1a86", "product": "7523"} {
		if err := os.WriteFile(filepath.Join(adapter, file), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	tty := filepath.Join(adapter, "tty")
	plug := func() string {
		if err := os.Symlink(r.slave.Name(), tty); err != nil {
			t.Fatal(err)
		}
		return r.slave.Name()
	}
	first := plug()
	r.set(func(r *rig) { r.onPulse = func(unlock) { r.drop() } })
	bus := quick(r, 0)
	bus.Port = "usb-path:1-1"
	devices := device.Tree(tree).Watch()
	t.Cleanup(func() { devices.Close() })
	site, w := startWith(t, Config{Buses: []Bus{bus}, Devices: devices}, quickCoil)
	w.sees("0-1", door.Closed)
	site.Order(soon("a", "0-1"))
	if e := w.outcome("a"); e.Result != door.Uncertain || !e.Pulsed {
		t.Errorf("ended %+v", e)
	}
	w.hears("bus main", Gone)
	if err := os.Remove(tty); err != nil {
		t.Fatal(err)
	}
	r.readers.Wait()
	for number := ""; number != first; { // so that the terminal's number is not free
		taken, held, err := pty.Open()
		if err != nil {
			t.Fatal(err)
		}
		defer taken.Close()
		defer held.Close()
		if number = held.Name(); len(number) > len(first) || len(number) == len(first) && number > first {
			break // the lowest that is free: another program has it
		}
	}
	r.plug()
	if second := plug(); second == first {
		t.Fatalf("it is %s again", second)
	}
	w.hears("bus main board 0", Working)
	w.sees("0-1", door.Open)
	if p := r.pulses(); len(p) != 1 {
		t.Errorf("pulses %v", p)
	}
}
