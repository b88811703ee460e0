package config

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

func TestCommissioningWritesItsTablesAndLeavesTheRest(t *testing.T) {
	source, err := os.ReadFile(examplePath)
	if err != nil {
		t.Fatal(err)
	}
	before, err := Parse(examplePath, string(source))
	if err != nil {
		t.Fatal(err)
	}
	text, err := Rewrite(examplePath, string(source), Rewiring{
		Buses: []Bus{{Name: "main", Port: "usb-path:3-1.2", Dialect: "kerong-cu16", Baud: 19200, Boards: []Board{
			{Address: 0, InvertHook: true, FirstLock: 1}, {
				Address: 1, Presence: true, InvertPresence: true, FirstLock: 1,
			},
		}}},
		Doors: []Door{{Number: "1", Bus: "main", Board: 0, Lock: 2}, {Number: "2", Bus: "main", Board: 0, Lock: 1}},
	})
	if err != nil {
		t.Fatal(err)
	}
	after, err := Parse(examplePath, text)
	if err != nil {
		t.Fatalf("%v in\n%s", err, text)
	}
	if after.Station.ID != before.Station.ID || after.Policy != before.Policy || after.Scanner != before.Scanner {
		t.Error("what commissioning does not own has changed")
	}
	if b := after.Buses[0]; b.Port != "usb-path:3-1.2" || b.Pulse != before.Buses[0].Pulse || !b.Boards[0].InvertHook ||
		b.Boards[0].Presence || !b.Boards[1].InvertPresence {
		t.Errorf("the line: %+v", b)
	}
	doors := after.Compartments()
	if len(doors) != 5 || doors[0].Lock != 2 || doors[1].Lock != 1 || doors[2].Lock != 3 || !doors[2].Accessible {
		t.Errorf("the doors: %+v", doors)
	}
	for _, kept := range []string{"# The station's name for machines", "# How long a parcel waits to be collected",
		"[scanner]"} {
		if !strings.Contains(text, kept) {
			t.Errorf("%q is lost", kept)
		}
	}
	again, err := Rewrite(examplePath, text, Rewiring{Buses: after.Buses})
	if err != nil || strings.Count(again, "written by commissioning") != 1 {
		t.Errorf("a second time: %v\n%s", err, again)
	}
}

func TestAWallNamedAnewKeepsWhatIsKnownOfItsDoors(t *testing.T) {
	source := strings.Replace(shortest, `lock = 2 }`, `lock = 2, accessible = true, low = true }`, 1)
	text, err := Rewrite("c.toml", source, Rewiring{
		Buses: []Bus{{
			Name: "x", Port: "/dev/b", Dialect: "wkly", Baud: 9600, Boards: []Board{{Address: 3, Channels: 12}},
		}},
		Sizes: []Size{{Name: "Q", WidthMM: 300, HeightMM: 100, DepthMM: 400}},
		Columns: []Column{
			{Doors: []Door{{Number: "2", Size: "Q"}}},
			{Doors: []Door{{Number: "7-a", Size: "M"}}},
		},
		Doors: []Door{{Number: "2", Bus: "x", Board: 3, Lock: 1}, {Number: "7-a", Bus: "x", Board: 3, Lock: 12}},
	})
	if err != nil {
		t.Fatal(err)
	}
	c, err := Parse("c.toml", text)
	if err != nil {
		t.Fatal(err)
	}
	doors := c.Compartments()
	if len(doors) != 2 || doors[0].Number != "2" || doors[0].Size != "Q" || !doors[0].Accessible ||
		doors[1].Lock != 12 || doors[1].Bus != "x" || doors[1].Column != 1 {
		t.Errorf("doors %+v of\n%s", doors, text)
	}
	if b := c.Buses[0].Boards[0]; b.FirstLock != 0 || b.Channels != 12 {
		t.Errorf("board %+v", b)
	}
}

func TestARewiringThatMakesNoGoodFileIsRefused(t *testing.T) {
	for _, tc := range []struct {
		name, source string
		r            Rewiring
	}{
		{"a door on a line that is gone", shortest,
			Rewiring{Buses: []Bus{{
				Name: "other", Port: "/dev/b", Dialect: "wkly", Baud: 9600, Boards: []Board{{Address: 0}},
			}}}},
		{"no line at all", shortest, Rewiring{}},
		{"a file that is no TOML", "[", Rewiring{}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if text, err := Rewrite("c.toml", tc.source, tc.r); err == nil {
				t.Errorf("it became\n%s", text)
			}
		})
	}
}

func TestTheOldFileIsKeptAndItsRightsToo(t *testing.T) {
	path := filepath.Join(t.TempDir(), "cubby.toml")
	now := time.Date(2026, 11, 22, 1, 2, 3, 0, time.UTC)
	if kept, err := Replace(path, "first", now); err != nil || kept != "" {
		t.Fatalf("%q, %v", kept, err)
	}
	if err := os.Chmod(path, 0o640); err != nil {
		t.Fatal(err)
	}
	owner := os.Getuid()
	if owner == 0 { // who runs it under sudo is not who serves with it
		owner = 1234
		if err := os.Chown(path, owner, 5678); err != nil {
			t.Fatal(err)
		}
	}
	kept, err := Replace(path, "second", now)
	if err != nil || kept != path+".20261122-010203.old" {
		t.Fatalf("%q, %v", kept, err)
	}
	for name, want := range map[string]string{path: "second", kept: "first"} {
		if text, err := os.ReadFile(name); err != nil || string(text) != want {
			t.Errorf("%s has %q, %v", name, text, err)
		}
	}
	for _, name := range []string{path, kept} {
		info, err := os.Stat(name)
		if err != nil {
			t.Fatal(err)
		}
		if is := info.Sys().(*syscall.Stat_t); info.Mode().Perm() != 0o640 || int(is.Uid) != owner ||
			owner == 1234 && is.Gid != 5678 {
			t.Errorf("%s: %v of %d, group %d", name, info.Mode(), is.Uid, is.Gid)
		}
	}
	again, err := Replace(path, "third", now) // in the same second
	if text, _ := os.ReadFile(again); err != nil || again == kept || string(text) != "second" {
		t.Errorf("%s has %q, %v", again, text, err)
	}
	if left, _ := filepath.Glob(filepath.Join(filepath.Dir(path), ".cubby-*")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

func TestTablesAreCutWhereTheyBegin(t *testing.T) {
	source := "a = 1 # [[bus]]\n\n# kept\n\n# of the bus\n[[bus]]\nx = '''\n[[size]]\n'''\ny = [\n [1],\n]\n" +
		"[[bus.board]]\n[keep]\n[ \"column\" ]\n"
	var got []string
	for _, b := range cutTables(source) {
		mark := ""
		if b.owned {
			mark = "*"
		}
		got = append(got, mark+b.text)
	}
	want := []string{
		"a = 1 # [[bus]]\n\n# kept\n\n", "*# of the bus\n[[bus]]\nx = '''\n[[size]]\n'''\ny = [\n [1],\n]\n",
		"*[[bus.board]]\n", "[keep]\n", "*[ \"column\" ]\n",
	}
	if strings.Join(got, "|") != strings.Join(want, "|") {
		t.Errorf("%q\nwant %q", got, want)
	}
}
