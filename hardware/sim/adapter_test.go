package sim

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// two is a site with two buses on adapters that look alike, each with one door.
func two(t *testing.T) (*Site, string) {
	t.Helper()
	folder := t.TempDir()
	plan := Plan{Devices: filepath.Join(folder, "adapters")}
	for i, name := range []string{"left", "right"} {
		plan.Buses = append(plan.Buses, Bus{
			Name: name, Link: filepath.Join(folder, "by-path", name), Baud: 115200, Adapter: AdapterFor("/dev/x", i+1),
			Boards: []Board{{Address: i, Locks: map[int]string{1: name}}},
		})
	}
	s, err := Open(plan)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
		if left, _ := filepath.Glob(filepath.Join(folder, "*", "*")); len(left) > 0 {
			t.Errorf("left behind: %v", left)
		}
	})
	return s, folder
}

func word(t *testing.T, parts ...string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(parts...))
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(string(text))
}

func TestAdaptersAreListedWhileTheyArePluggedIn(t *testing.T) {
	s, folder := two(t)
	here := filepath.Join(folder, "adapters", "left")
	if got := word(t, here, "vendor") + ":" + word(t, here, "product") + " " +
		word(t, here, "path"); got != "1a86:7523 9-1" {
		t.Errorf("the adapter is %s", got)
	}
	if tty, err := os.Readlink(filepath.Join(here, "tty")); err != nil || tty != s.lines["left"].terminal() {
		t.Errorf("its terminal is %s, %v", tty, err)
	}
	plague(t, s, "unplug left on")
	if _, err := os.Stat(here); !os.IsNotExist(err) {
		t.Errorf("an unplugged adapter is still listed: %v", err)
	}
}

func TestAnAdapterComesBackUnderAnotherName(t *testing.T) {
	s, folder := two(t)
	before := s.lines["left"].terminal()
	plague(t, s, "rename left on", "unplug left on", "unplug left off")
	after, err := os.Readlink(filepath.Join(folder, "by-path", "left"))
	if err != nil || after == before {
		t.Errorf("before %s, after %s, %v", before, after, err)
	}
}

// answering tells which of the two boards answers on a terminal.
func answering(t *testing.T, path string) byte {
	t.Helper()
	f := openTTY(t, path)
	defer f.Close()
	if _, err := f.Write(unhex(t, "02 F0 32 03 27")); err != nil {
		t.Fatal(err)
	}
	return readBytes(t, f, 9)[1] >> 4
}

func TestTwoAdaptersAreSwapped(t *testing.T) {
	s, folder := two(t)
	left := filepath.Join(folder, "by-path", "left")
	if got := answering(t, left); got != 0 {
		t.Fatalf("board %d answers", got)
	}
	plague(t, s, "swap left right")
	if got := answering(t, left); got != 1 {
		t.Errorf("swapped, board %d answers", got)
	}
	if got := word(t, folder, "adapters", "right", "path"); got != "9-1" {
		t.Errorf("the right adapter is in socket %s", got)
	}
	plague(t, s, "swap left off")
	if got := answering(t, left); got != 0 {
		t.Errorf("swapped back, board %d answers", got)
	}
}

func TestAnAdapterBreaksOffInTheMiddle(t *testing.T) {
	for _, tc := range []struct {
		name, when, request string
		bytes               int // that still come, at most: a busy reader may lose them
		driven              bool
	}{
		{"of a request", "request", "02 00 30 03 35", 0, false},
		{"of a reply", "reply", "02 00 30 03 35", 5, false},
		{"of an unlock", "unlock", "02 00 31 03 36", 0, true},
	} {
		t.Run(tc.name, func(t *testing.T) {
			s, folder := two(t)
			link := filepath.Join(folder, "by-path", "left")
			f := openTTY(t, link)
			plague(t, s, "break-off left "+tc.when)
			if _, err := f.Write(unhex(t, tc.request)); err != nil {
				t.Fatal(err)
			}
			if err := f.SetReadDeadline(time.Now().Add(2 * time.Minute)); err != nil {
				t.Fatal(err)
			}
			got, buf := 0, make([]byte, 64)
			for {
				n, err := f.Read(buf)
				got += n
				if err != nil {
					if os.IsTimeout(err) {
						t.Error("the port is still there")
					}
					break
				}
			}
			if _, pulses := s.Journal(0); got > tc.bytes || (pulses["left"] == 1) != tc.driven {
				t.Errorf("%d bytes came, pulses %v", got, pulses)
			}
			plague(t, s, "unplug left off")
			if answering(t, link) != 0 {
				t.Error("it does not come back")
			}
		})
	}
}

func TestAPortsNameTellsItsAdapter(t *testing.T) {
	for port, want := range map[string]Adapter{
		"/dev/serial/by-path/x": {Path: "9-4", Vendor: "1a86", Product: "7523"},
		"usb:0403:6001:A50285":  {Path: "9-4", Vendor: "0403", Product: "6001", Serial: "A50285"},
		"usb:0403:6001":         {Path: "9-4", Vendor: "0403", Product: "6001"},
		"usb-path:3-1.2":        {Path: "3-1.2", Vendor: "1a86", Product: "7523"},
		"usb-path:3-1.2:1.1":    {Path: "3-1.2", Interface: "1.1", Vendor: "1a86", Product: "7523"},
	} {
		if got := AdapterFor(port, 4); got != want {
			t.Errorf("%s: %+v, want %+v", port, got, want)
		}
	}
}
