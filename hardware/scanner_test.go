package hardware

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/creack/pty"
	"github.com/skip2/go-qrcode"

	"cubby/hardware/badge"
	"cubby/hardware/scan"
	"cubby/locker/door"
)

// A handset is a code or badge reader on a pseudo-terminal.
type handset struct {
	t             testing.TB
	path          string
	master, slave *os.File
}

func newReader(t testing.TB) *handset {
	r := &handset{t: t, path: filepath.Join(t.TempDir(), "scanner")}
	r.plug()
	t.Cleanup(r.unplug)
	return r
}

func (r *handset) plug() {
	var err error
	if r.master, r.slave, err = pty.Open(); err != nil {
		r.t.Fatal(err)
	}
	r.master = interruptible(r.t, r.master)
	if err := os.Symlink(r.slave.Name(), r.path); err != nil {
		r.t.Fatal(err)
	}
}

func (r *handset) unplug() {
	os.Remove(r.path)
	r.slave.Close()
	r.master.Close()
}

func (r *handset) send(s string) {
	r.t.Helper()
	if _, err := r.master.WriteString(s); err != nil {
		r.t.Fatal(err)
	}
}

// receives waits until exactly these bytes have been written to the reader.
func (r *handset) receives(want string) {
	r.t.Helper()
	if err := r.master.SetReadDeadline(time.Now().Add(patience)); err != nil {
		r.t.Fatal(err)
	}
	got := make([]byte, len(want))
	if n, err := io.ReadFull(r.master, got); err != nil || string(got) != want {
		r.t.Fatalf("the reader was sent % X (%v), want % X", got[:n], err, want)
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
	w.until("a scan too long", func() bool {
		return len(w.scans) >= 5 && w.scans[4].TooLong && len(w.scans[4].Data) == 0
	})
	if s := site.ScannerStats()[0]; s.Scans != 5 || s.TooLong != 1 || s.Duplicates != 2 || s.Opens != 1 {
		t.Errorf("%+v", s)
	}
}

func TestTheSameCodeCountsAgainAfterAWhile(t *testing.T) {
	cfg, err := Scanner{Port: "x", Suffix: "cr"}.Complete()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name  string
		same  time.Duration
		scans int
	}{
		{"a code held before the reader is one, and one more after a pause", cfg.SameCode, 2},
		{"every sight counts where nothing is held back", -1, 4},
	} {
		w := newWitness(t)
		cfg.SameCode = c.same
		s := newScanner("", cfg, &Site{sink: w})
		now := time.Now()
		for _, at := range []time.Duration{0, time.Second, 2 * time.Second, 3500 * time.Millisecond} {
			codes, _ := scan.NewParser(cfg).Feed([]byte("ABC\r"))
			s.pass(codes, now.Add(at))
		}
		if len(w.scans) != c.scans {
			t.Errorf("%s: %d scans", c.name, len(w.scans))
		}
	}
}

func TestAReaderThatNeedsATriggerIsKeptReading(t *testing.T) {
	t.Parallel()
	r := newReader(t)
	site, w := startWith(t, Config{Scanner: Scanner{
		Port: r.path, Trigger: "hex:4C 4F 4E 0D/4C 4F 46 46 0D", Rearm: 500 * time.Millisecond,
	}}, usualCoil)
	w.hears("scanner", Working)
	r.receives("LON\r")
	r.receives("LON\r") // nothing came: again
	r.send("ABC\r")
	w.scanned(1, "ABC")
	r.receives("LON\r")
	if err := site.Close(); err != nil {
		t.Fatal(err)
	}
	r.receives("LOFF\r")
}

func TestATriggersAcknowledgementIsNoPartOfTheCode(t *testing.T) {
	t.Parallel()
	r := newReader(t)
	_, w := startWith(t, Config{Scanner: Scanner{Port: r.path, Trigger: "grow"}}, usualCoil)
	r.receives("\x7E\x00\x08\x01\x00\x02\x01\x02\xDA")
	r.send("\x02\x00\x00\x01\x00\x33\x31]Q1ABC\r")
	w.scanned(1, "ABC")
	if w.scans[0].Symbology != "]Q1" {
		t.Errorf("symbology %q", w.scans[0].Symbology)
	}
}

func TestPacketsAreAcknowledgedSoThatTheReaderGoesOn(t *testing.T) {
	t.Parallel()
	r := newReader(t)
	_, w := startWith(t, Config{Scanner: Scanner{Port: r.path, Frame: "ssi", Trigger: "ssi"}}, usualCoil)
	r.receives("\x00\x04\xE4\x04\x00\xFF\x14")
	r.send("\x08\xF3\x00\x00\x1CABC\xFE\x23")
	r.receives("\x04\xD0\x04\x00\xFF\x28")
	w.scanned(1, "ABC")
}

func TestACardIsToldAsACardAndOncePerPresentation(t *testing.T) {
	t.Parallel()
	r := newReader(t)
	_, w := startWith(t, Config{Badge: badge.Config{Port: r.path}}, usualCoil)
	w.hears("badge", Working)
	frame := "\x02010063E9AE25\x03"
	r.send(frame + frame[:9] + frame + frame)
	r.send("\x02010000000100\x03")
	w.until("two cards", func() bool { return len(w.scans) >= 2 })
	for i, want := range []string{"\x00\x63\xE9\xAE", "\x00\x00\x00\x01"} {
		if s := w.scans[i]; !s.Card || string(s.Data) != want || s.At.IsZero() {
			t.Errorf("card %d: %+v", i, s)
		}
	}
	r.unplug()
	w.hears("badge", Gone)
	r.plug()
	w.hears("badge", Working)
	if said := fmt.Sprint(w.reports); strings.Contains(said, "63E9AE") {
		t.Errorf("a card's number got out: %s", said)
	}
}

func TestABadgeReaderWhoseBytesHoldNoCardIsSuspectUntilOneIsRead(t *testing.T) {
	t.Parallel()
	r := newReader(t)
	site, w := startWith(t, Config{Badge: badge.Config{Port: r.path}}, usualCoil)
	w.hears("badge", Working)
	condition := func(want Condition) {
		t.Helper()
		w.until(string(want), func() bool { c := site.Conditions(); return c[len(c)-1].Condition == want })
	}
	for range missesMost {
		r.send("\x02garbage of another speed")
		<-time.After(3 * badge.Gap)
	}
	condition(Suspect)
	r.send("\x02010063E9AE25\x03")
	condition(Working)
	for range missesMost + 1 { // the same card, held there by a slow reader
		r.send("\x02010063E9AE25\x03")
		<-time.After(3 * badge.Gap)
	}
	condition(Working)
}

func TestPicturesInAFolderArriveAsScans(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	_, w := startWith(t, Config{Scanner: Scanner{Port: "picture:" + folder}}, usualCoil)
	w.hears("scanner", Working)
	if err := qrcode.WriteFile("PICKUP-CODE", qrcode.Medium, 300, filepath.Join(folder, ".new.png")); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(filepath.Join(folder, ".new.png"), filepath.Join(folder, "a.png")); err != nil {
		t.Fatal(err)
	}
	w.scanned(1, "PICKUP-CODE")
}

func TestReadersOfTwoTerminalsAreToldApart(t *testing.T) {
	t.Parallel()
	kiosk, desk, cards := newReader(t), newReader(t), newReader(t)
	site, w := startWith(t, Config{
		Scanner: Scanner{Port: kiosk.path},
		Terminals: []Readers{{
			Terminal: "desk", Scanner: Scanner{Port: desk.path}, Badge: badge.Config{Port: cards.path},
		}},
	}, usualCoil)
	for _, name := range []string{"scanner", "scanner desk", "badge desk"} {
		w.hears(name, Working)
	}
	desk.send("SAME\r\n")
	w.scanned(1, "SAME")
	kiosk.send("SAME\r\n") // somebody else, with the same code at the same time
	w.scanned(2, "SAME")
	cards.send("\x02010063E9AE25\x03")
	w.until("a card", func() bool { return len(w.scans) == 3 })
	if a, b, c := w.scans[0], w.scans[1], w.scans[2]; a.Terminal != "desk" || b.Terminal != "" ||
		c.Terminal != "desk" || !c.Card {
		t.Errorf("they come from %q, %q and %q", a.Terminal, b.Terminal, c.Terminal)
	}
	all := site.ScannerStats()
	if len(all) != 2 || all[0].Device != "scanner" || all[1].Device != "scanner desk" || all[0].Scans != 1 ||
		all[1].Scans != 1 {
		t.Errorf("%+v", all)
	}
	desk.unplug()
	w.hears("scanner desk", Gone)
	kiosk.send("OTHER\r\n")
	w.scanned(4, "OTHER")
}

func TestTwoReadersOfOnePortAreRefused(t *testing.T) {
	desk := Readers{Terminal: "desk", Scanner: Scanner{Port: "/dev/x"}}
	for _, cfg := range []Config{
		{Scanner: Scanner{Port: "/dev/x"}, Terminals: []Readers{desk}},
		{Terminals: []Readers{desk, {Terminal: "desk"}}},
		{Terminals: []Readers{{Terminal: "desk", Badge: badge.Config{Port: "/dev/x", Format: "osdp"}}}},
		{Scanner: Scanner{Port: "/dev/x"}, Badge: badge.Config{Port: "/dev/x"}},
		{Scanner: Scanner{Port: "/dev/x", Trigger: "laser"}},
		{Badge: badge.Config{Port: "/dev/x", Format: "osdp"}},
	} {
		if _, err := complete(cfg); err == nil {
			t.Errorf("%+v is accepted", cfg)
		}
	}
}

func TestAScannerSurvivesBeingUnplugged(t *testing.T) {
	t.Parallel()
	r := newReader(t)
	site, w := startWith(t, Config{Scanner: Scanner{Port: r.path, IdleGap: 2 * time.Second}}, usualCoil)
	w.hears("scanner", Working)
	r.send("SECRET-HALF")
	w.until("bytes", func() bool { return site.ScannerStats()[0].Bytes > 0 })
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
	if until := site.buses[0].quiet.until(); !until.After(before) {
		t.Error("the scan did not hold back readings")
	}
}
