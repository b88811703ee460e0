package sim

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// opened is a site on real pseudo-terminals in a folder of its own.
func opened(t *testing.T) (*Site, Plan) {
	t.Helper()
	folder := t.TempDir()
	plan := twoBoards()
	plan.Buses[0].Link = filepath.Join(folder, "run", "lockbus")
	plan.Scanner = Scanner{Link: filepath.Join(folder, "run", "scanner"), Baud: 115200, Suffix: "crlf"}
	s, err := Open(plan)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s, plan
}

func openTTY(t *testing.T, path string) *os.File {
	t.Helper()
	f, err := os.OpenFile(path, os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

func readBytes(t *testing.T, f *os.File, n int) []byte {
	t.Helper()
	if err := f.SetReadDeadline(time.Now().Add(2 * time.Minute)); err != nil {
		t.Fatal(err)
	}
	buf := make([]byte, n)
	if _, err := io.ReadFull(f, buf); err != nil {
		t.Fatal(err)
	}
	return buf
}

func TestADriverCanOpenCloseAndOpenThePortAgain(t *testing.T) {
	_, plan := opened(t)
	for range 2 {
		f := openTTY(t, plan.Buses[0].Link)
		if _, err := f.Write(unhex(t, "02 00 30 03 35")); err != nil {
			t.Fatal(err)
		}
		if got := readBytes(t, f, 9); !bytes.Equal(got, unhex(t, "02 00 35 FF FF 00 00 03 38")) {
			t.Errorf("got %x", got)
		}
		f.Close()
	}
}

func TestAnUnpluggedPortIsGoneAndComesBack(t *testing.T) {
	s, plan := opened(t)
	link := plan.Buses[0].Link
	f := openTTY(t, link)
	if err := s.SetFault(Fault{Kind: "unplug", Target: "main", Value: "on"}); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Lstat(link); !os.IsNotExist(err) {
		t.Errorf("the link is still there: %v", err)
	}
	if err := f.SetReadDeadline(time.Now().Add(2 * time.Minute)); err != nil {
		t.Fatal(err)
	}
	if n, err := f.Read(make([]byte, 1)); err == nil || os.IsTimeout(err) {
		t.Errorf("the driver's end reads %d bytes, %v; want it hung up", n, err)
	}
	f.Close()
	if got := s.Faults(); len(got) != 1 || got[0] != (Fault{Kind: "unplug", Target: "main", Value: "on"}) {
		t.Errorf("faults: %v", got)
	}
	if err := s.SetFault(Fault{Kind: "unplug", Target: "main", Value: "off"}); err != nil {
		t.Fatal(err)
	}
	f = openTTY(t, link)
	if _, err := f.Write(unhex(t, "02 00 30 03 35")); err != nil {
		t.Fatal(err)
	}
	readBytes(t, f, 9)
}

func TestForeignFilesAreLeftAlone(t *testing.T) {
	for _, tc := range []struct {
		name  string
		make  func(path string) error
		taken bool
	}{
		{"a file", func(p string) error { return os.WriteFile(p, []byte("mine"), 0o600) }, false},
		{"a link to a file", func(p string) error { return os.Symlink("/etc/hostname", p) }, false},
		{"a link to a terminal in use", func(p string) error { return os.Symlink("/dev/pts/ptmx", p) }, false},
		{"a link a killed simulator left behind", func(p string) error { return os.Symlink("/dev/pts/999999", p) },
			true},
	} {
		t.Run(tc.name, func(t *testing.T) {
			plan := twoBoards()
			plan.Buses[0].Link = filepath.Join(t.TempDir(), "lockbus")
			if err := tc.make(plan.Buses[0].Link); err != nil {
				t.Fatal(err)
			}
			s, err := Open(plan)
			if (err == nil) != tc.taken {
				t.Fatalf("err = %v, want taken over = %v", err, tc.taken)
			}
			if err != nil {
				if _, lost := os.Lstat(plan.Buses[0].Link); lost != nil || !strings.Contains(err.Error(), "remove it") {
					t.Errorf("%v, %v", lost, err)
				}
				return
			}
			if err := s.Close(); err != nil {
				t.Error(err)
			}
			if _, err := os.Lstat(plan.Buses[0].Link); !os.IsNotExist(err) {
				t.Errorf("the link stays behind: %v", err)
			}
		})
	}
}

// The numbers of new terminals come in any order, so a link left behind may name
// the terminal that the next start makes for another port.
func TestAKilledSimulatorsLinksDoNotHinderTheNext(t *testing.T) {
	folder := t.TempDir()
	plan := twoBoards()
	plan.Buses[0].Link = filepath.Join(folder, "lockbus")
	plan.Scanner = Scanner{Link: filepath.Join(folder, "scanner"), Baud: 9600, Suffix: "any"}
	for range 3 {
		s, err := Open(plan)
		if err != nil {
			t.Fatal(err)
		}
		bus, scanner := s.lines["main"].terminal(), s.readers["scanner"].line.terminal()
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		if _, err := os.Stat(bus); err == nil {
			t.Skip("another program has been given the terminal's number")
		}
		if err := errors.Join(os.Symlink(scanner, plan.Buses[0].Link), os.Symlink(bus, plan.Scanner.Link)); err != nil {
			t.Fatal(err)
		}
	}
}

func TestAScanArrivesByteForByteWithItsSuffix(t *testing.T) {
	s, plan := opened(t)
	f := openTTY(t, plan.Scanner.Link)
	var every []byte // control characters must pass as they are
	for c := range 256 {
		every = append(every, byte(c))
	}
	for _, fast := range []bool{false, true} {
		sent := make(chan error, 1)
		go func() { sent <- s.Scan(every, fast) }()
		if got := readBytes(t, f, 258); !bytes.Equal(got, append(every[:256:256], '\r', '\n')) {
			t.Errorf("fast %v: got %x", fast, got)
		}
		if err := <-sent; err != nil {
			t.Error(err)
		}
	}
	entries, _ := s.Journal(0)
	if len(entries) != 2 || entries[1].Kind != "scan" || entries[1].Bytes != 258 ||
		entries[1].LastByteNS <= entries[0].LastByteNS {
		t.Errorf("journal: %+v", entries)
	}
	if err := s.Scan(nil, true); err == nil {
		t.Error("an empty code was scanned")
	}
	if err := s.Scan(make([]byte, maxScan+1), true); err == nil {
		t.Error("a code larger than any QR code was scanned")
	}
	if err := s.SetFault(Fault{Kind: "unplug", Target: "scanner", Value: "on"}); err != nil {
		t.Fatal(err)
	}
	if err := s.Scan(every, true); err == nil {
		t.Error("an unplugged scanner scans")
	}
}

// What was scanned while nobody listened must not open a door when the station
// starts later.
func TestALineKeepsNothingForALateListener(t *testing.T) {
	s, plan := opened(t)
	if err := s.Scan([]byte("early"), true); err != nil {
		t.Fatal(err)
	}
	f := openTTY(t, plan.Scanner.Link)
	waitUntilEmpty(t, s.readers["scanner"].line)
	if err := s.Scan([]byte("late"), true); err != nil {
		t.Fatal(err)
	}
	if got := readBytes(t, f, 6); string(got) != "late\r\n" {
		t.Errorf("got %q", got)
	}
}
