package hardware

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/creack/pty"

	"cubby/locker/door"
)

// A reader is a code reader on a pseudo-terminal.
type reader struct {
	t             testing.TB
	path          string
	master, slave *os.File
}

func newReader(t testing.TB) *reader {
	r := &reader{t: t, path: filepath.Join(t.TempDir(), "scanner")}
	r.plug()
	t.Cleanup(r.unplug)
	return r
}

func (r *reader) plug() {
	var err error
	if r.master, r.slave, err = pty.Open(); err != nil {
		r.t.Fatal(err)
	}
	if err := os.Symlink(r.slave.Name(), r.path); err != nil {
		r.t.Fatal(err)
	}
}

func (r *reader) unplug() {
	os.Remove(r.path)
	r.slave.Close()
	r.master.Close()
}

func (r *reader) send(s string) {
	r.t.Helper()
	if _, err := r.master.WriteString(s); err != nil {
		r.t.Fatal(err)
	}
}

func (w *witness) scanned(n int, want string) {
	w.t.Helper()
	w.until(fmt.Sprintf("scan %d", n), func() bool { return len(w.scans) >= n })
	w.mu.Lock()
	defer w.mu.Unlock()
	if got := string(w.scans[n-1].Data); got != want || w.scans[n-1].At.IsZero() {
		w.t.Errorf("scan %d is %q, want %q", n, got, want)
	}
}

func TestScansArriveOnce(t *testing.T) {
	t.Parallel()
	r := newReader(t)
	site, w := startWith(t, Config{Scanner: Scanner{Port: r.path}}, usualCoil)
	w.hears("scanner", Working)
	r.send("ABC\r\n")
	w.scanned(1, "ABC")
	r.send("ABC\r\nABC\r\nDEF\r\n")
	w.scanned(2, "DEF")
	r.send("ABC\r")
	w.scanned(3, "ABC") // another code came between
	r.send("NOEND")
	w.scanned(4, "NOEND")
	r.send(strings.Repeat("y", 3000) + "\r")
	w.until("a scan too long", func() bool { return len(w.scans) >= 5 && w.scans[4].TooLong && len(w.scans[4].Data) == 0 })
	if s := site.ScannerStats(); s.Scans != 5 || s.TooLong != 1 || s.Duplicates != 2 || s.Opens != 1 {
		t.Errorf("%+v", s)
	}
}

func TestTheSameCodeCountsAgainAfterAWhile(t *testing.T) {
	w := newWitness(t)
	s := newScanner(Scanner{}, &Site{sink: w})
	now := time.Now()
	for _, at := range []time.Duration{0, time.Second, 2 * time.Second, 2*time.Second + sameCode} {
		s.pass(newSplitter("cr").feed([]byte("ABC\r")), now.Add(at))
	}
	if len(w.scans) != 2 {
		t.Errorf("%d scans; a code held before the reader is one, and one more after a pause", len(w.scans))
	}
}

func TestTwoScansTooLongAreTwoUnlessTheyAreEqual(t *testing.T) {
	for _, c := range []struct {
		name, first, second string
		scans               int
	}{
		{"different from the start", strings.Repeat("x", 600), strings.Repeat("y", 600), 2},
		{"different in what is not kept", strings.Repeat("x", 600) + "a", strings.Repeat("x", 600) + "b", 2},
		{"of different length", strings.Repeat("x", 600), strings.Repeat("x", 601), 2},
		{"one byte too long", strings.Repeat("x", scanMax) + "a", strings.Repeat("x", scanMax) + "b", 2},
		{"the same twice", strings.Repeat("x", 600), strings.Repeat("x", 600), 1},
	} {
		for _, suffix := range []string{"cr", "crlf"} {
			t.Run(c.name+" under "+suffix, func(t *testing.T) {
				w := newWitness(t)
				s, split, now := newScanner(Scanner{}, &Site{sink: w}), newSplitter(suffix), time.Now()
				for _, code := range []string{c.first, c.second} {
					s.pass(split.feed([]byte(code+map[string]string{"cr": "\r", "crlf": "\r\n"}[suffix])), now)
				}
				if len(w.scans) != c.scans || !w.scans[0].TooLong {
					t.Errorf("%d scans, want %d", len(w.scans), c.scans)
				}
			})
		}
	}
}

func TestAScannerSurvivesBeingUnplugged(t *testing.T) {
	t.Parallel()
	r := newReader(t)
	site, w := startWith(t, Config{Scanner: Scanner{Port: r.path, IdleGap: 2 * time.Second}}, usualCoil)
	w.hears("scanner", Working)
	r.send("SECRET-HALF")
	w.until("bytes", func() bool { return site.ScannerStats().Bytes > 0 })
	r.unplug()
	w.hears("scanner", Gone)
	r.plug()
	w.hears("scanner", Working)
	r.send("SECRET-WHOLE\r")
	w.scanned(1, "SECRET-WHOLE")
	w.mu.Lock()
	defer w.mu.Unlock()
	if said := fmt.Sprint(w.reports, site.Conditions(), site.ScannerStats()); strings.Contains(said, "SECRET") {
		t.Errorf("what was scanned got out: %s", said)
	}
}

func TestAScanKeepsTheLineFreeForItsOrder(t *testing.T) {
	t.Parallel()
	reader, r := newReader(t), newRig(t, 1)
	site, w := startWith(t, Config{Buses: []Bus{quick(r, 1)}, Scanner: Scanner{Port: reader.path}}, usualCoil)
	w.hears("scanner", Working)
	w.sees("1-1", door.Closed)
	before := time.Now()
	reader.send("ABC")
	w.scanned(1, "ABC")
	if until := site.buses[0].hush.until(); !until.After(before) {
		t.Error("the scan did not hold back readings")
	}
}
