package sim

import (
	"bytes"
	"io"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

const (
	askBoard0 = "02 00 30 03 35"
	allClosed = "02 00 35 FF FF 00 00 03 38"
)

// A quirk of a line or board changes what the host reads, and when.
func TestQuirksOfALine(t *testing.T) {
	for _, tc := range []struct {
		name     string
		faults   []string
		request  string
		reply    string
		from, to time.Duration // until all of it is there; to 0: no bound
	}{
		{"an echo without its first byte", []string{"echo main short"}, askBoard0, "00 30 03 35" + allClosed, 0, 0},
		{"an adapter that holds bytes back", []string{"latency main 16ms"}, askBoard0, allClosed, 16 * time.Millisecond,
			25 * time.Millisecond},
		{"a reply in another board's name", []string{"wrong-address main 1"}, askBoard0,
			"02 10 35 FF FF 00 00 03 48", 0, 0},
		{"a late reply", []string{"late-reply main 300ms"}, askBoard0, allClosed, 300 * time.Millisecond,
			320 * time.Millisecond},
		{"a board whose cable has come off", []string{"cable-off main/0 on"}, askBoard0,
			"02 00 35 00 00 00 00 03 3A", 0, 0},
		{"a contact that reads the other way", []string{"inverted Aa on"}, askBoard0,
			"02 00 35 FE FF 00 00 03 37", 0, 0},
		{"a status unasked after an unlock", []string{"unlock-reply main/0 status", "stuck Aa on"}, "02 00 31 03 36",
			allClosed, 0, 0},
		{"a short frame after an unlock", []string{"unlock-reply main/0 short"}, "02 00 31 03 36",
			"02 00 31 03 36", 0, 0},
	} {
		t.Run(tc.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				host, s := wired(t, twoBoards())
				plague(t, s, tc.faults...)
				start, want := time.Now(), unhex(t, tc.reply)
				if got := ask(t, host, tc.request, len(want)); !bytes.Equal(got, want) {
					t.Errorf("got %x, want %x", got, want)
				}
				if took := time.Since(start); took < tc.from || tc.to > 0 && took > tc.to {
					t.Errorf("took %s, want %s to %s", took, tc.from, tc.to)
				}
			})
		})
	}
}

func plague(t *testing.T, s *Site, faults ...string) {
	t.Helper()
	if err := s.ReadFaults(strings.NewReader(strings.Join(faults, "\n"))); err != nil {
		t.Fatal(err)
	}
}

// heard collects what the host reads for a while.
func heard(t *testing.T, host io.ReadWriter, s *Site, request string, span time.Duration) []byte {
	t.Helper()
	var got []byte
	buf := make([]byte, 256)
	ended := make(chan bool)
	host.(interface{ SetReadDeadline(time.Time) error }).SetReadDeadline(time.Now().Add(span))
	go func() {
		defer close(ended)
		for {
			n, err := host.Read(buf)
			got = append(got, buf[:n]...)
			if err != nil {
				return
			}
		}
	}()
	if _, err := host.Write(unhex(t, request)); err != nil {
		t.Fatal(err)
	}
	<-ended
	return got
}

func TestRepliesThatAreSpoiled(t *testing.T) {
	for _, tc := range []struct {
		name  string
		fault string
		is    func(got []byte) bool
	}{
		{"a wrong checksum", "bad-sum main 1", func(got []byte) bool {
			return len(got) == 9 && bytes.Equal(got[:8], []byte{2, 0, 0x35, 0xff, 0xff, 0, 0, 3}) && got[8] != 0x38
		}},
		{"stray bytes around a whole reply", "stray main 1", func(got []byte) bool {
			i := bytes.Index(got, []byte{2, 0, 0x35, 0xff, 0xff, 0, 0, 3, 0x38})
			return i > 0 && len(got) > i+9
		}},
		{"foreign text before it", "text main 1", func(got []byte) bool {
			return len(got) > 9 && bytes.HasSuffix(got, []byte{3, 0x38})
		}},
		{"part of an echo", "echo main partial", func(got []byte) bool {
			return len(got) > 9 && len(got) < 14 && got[0] == 2
		}},
		{"two boards at one address", "twin main/0 on", func(got []byte) bool {
			return (len(got) == 9 || len(got) == 10) && !bytes.Equal(got, []byte{2, 0, 0x35, 0xff, 0xff, 0, 0, 3, 0x38})
		}},
		{"silence", "silent-board main/0 on", func(got []byte) bool { return len(got) == 0 }},
	} {
		t.Run(tc.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				host, s := wired(t, twoBoards())
				plague(t, s, tc.fault)
				if got := heard(t, host, s, askBoard0, time.Second); !tc.is(got) {
					t.Errorf("got %x", got)
				}
			})
		})
	}
}

func TestABoardSleepsAfterAnUnlockUntilItIsWoken(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		host, s := wired(t, twoBoards())
		plague(t, s, "sleepy main/0 5s")
		if got := heard(t, host, s, "02 00 31 03 36", time.Second); len(got) > 0 {
			t.Errorf("an unlock is answered by %x", got)
		}
		if got := heard(t, host, s, askBoard0, time.Second); len(got) > 0 {
			t.Errorf("a sleeping board answers %x", got)
		}
		if got := heard(t, host, s, "02 00 37 03 3C", time.Second); len(got) != 7 {
			t.Errorf("the other command is answered by %x", got)
		}
		if got := heard(t, host, s, askBoard0, time.Second); len(got) != 9 {
			t.Errorf("a woken board answers %x", got)
		}
	})
}

func TestADippingSupplyResetsTheBoard(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		host, s := wired(t, twoBoards())
		plague(t, s, "power-dip main/0 on", "banner main/0 on", "stuck Aa on")
		ask(t, host, "02 00 37 00 64 03 A0", 7) // 1 s
		if got := heard(t, host, s, "02 00 31 03 36", 100*time.Millisecond); !bytes.Contains(got, []byte("boot ok")) {
			t.Errorf("the banner is missing: %q", got)
		}
		if got := heard(t, host, s, askBoard0, 100*time.Millisecond); !bytes.Equal(got,
			unhex(t, "02 00 35 00 00 00 00 03 3A")) {
			t.Errorf("while it starts it answers %x", got)
		}
		time.Sleep(300 * time.Millisecond)
		if got := heard(t, host, s, askBoard0, 100*time.Millisecond); !bytes.Equal(got, unhex(t, allClosed)) {
			t.Errorf("after that it answers %x", got)
		}
		if got := heard(t, host, s, "02 00 37 03 3C", 100*time.Millisecond); !bytes.Equal(got,
			unhex(t, "02 00 38 00 32 03 6F")) {
			t.Errorf("its pulse is told as %x", got)
		}
	})
}

func TestALockWithoutASpringCatchesAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSite(twoBoards())
		plague(t, s, "no-spring Aa on")
		exchange(t, s, "02 00 31 03 36")
		time.Sleep(400 * time.Millisecond)
		if got := exchange(t, s, askBoard0); got != "020035feff00000337" {
			t.Errorf("while the coil is driven it reads %s", got)
		}
		time.Sleep(200 * time.Millisecond)
		if got := exchange(t, s, askBoard0); got != "020035ffff00000338" || stateOf(t, s, "Aa") != StateClosed {
			t.Errorf("then it reads %s and is %s", got, stateOf(t, s, "Aa"))
		}
		if open, err := s.WasOpen("Aa", time.Now().Add(-time.Hour), time.Now()); open || err != nil {
			t.Errorf("it counts as opened: %v, %v", open, err)
		}
	})
}

func TestAContactBounces(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSite(twoBoards())
		plague(t, s, "bounce Aa on")
		mustDo(t, s, "Aa", ActForce)
		changes, last := 0, false
		for range 300 {
			s.mu.Lock()
			now := s.latched(s.doors["Aa"])
			s.mu.Unlock()
			if now != last {
				changes, last = changes+1, now
			}
			time.Sleep(time.Millisecond)
		}
		if last || changes != 2 && changes != 4 { // after the first change, to open
			t.Errorf("%d changes, at last closed: %v", changes, last)
		}
	})
}

func TestSensorsAreLateAndFlicker(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSite(twoBoards())
		plague(t, s, "sensor-late Aa 2s", "flicker Ab 0.5")
		mustDo(t, s, "Aa", ActForce, ActPut)
		mustDo(t, s, "Aa", ActClose)
		sees := func(number string) bool {
			s.mu.Lock()
			defer s.mu.Unlock()
			d := s.doors[number]
			return s.sensor(s.boards[boardID{d.bus, d.board}], d.lock)
		}
		if sees("Aa") {
			t.Error("a late sensor sees at once")
		}
		time.Sleep(2 * time.Second)
		if !sees("Aa") {
			t.Error("a late sensor never sees")
		}
		seen := 0
		for range 200 {
			if sees("Ab") {
				seen++
			}
		}
		if seen < 50 || seen > 150 {
			t.Errorf("a flickering sensor sees %d of 200 times", seen)
		}
	})
}

func TestACoolDownRefusesAndForgets(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSite(twoBoards())
		plague(t, s, "cool-down main/0 2")
		for range 3 {
			exchange(t, s, "02 00 31 03 36")
			time.Sleep(3 * time.Second)
		}
		time.Sleep(time.Minute)
		exchange(t, s, "02 00 31 03 36")
		entries, pulses := s.Journal(0)
		var refused []bool
		for _, e := range entries {
			refused = append(refused, e.Refused && !e.Acted)
		}
		if !slices.Equal(refused, []bool{false, false, true, false}) || pulses["Aa"] != 3 {
			t.Errorf("refused %v, pulses %v", refused, pulses)
		}
	})
}

func TestACoilThatIsDrivenTooOftenBurns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSite(twoBoards())
		for range 3 { // what a driver may do in 30 s
			exchange(t, s, "02 00 31 03 36")
			time.Sleep(2 * time.Second)
		}
		entries, _ := s.Journal(0)
		if len(entries) != 3 {
			t.Errorf("three pulses have done harm: %+v", entries)
		}
		exchange(t, s, "02 00 37 07 D0 03 13") // twenty seconds
		exchange(t, s, "02 00 31 03 36")
		mustDo(t, s, "Aa", ActClose)
		time.Sleep(time.Minute)
		exchange(t, s, "02 00 37 27 10 03 73") // a hundred: more than four pulses of this length
		s.boards[boardID{"main", 0}].pulse = 500 * time.Millisecond
		for range 12 {
			exchange(t, s, "02 00 31 03 36")
			time.Sleep(600 * time.Millisecond)
		}
		entries, _ = s.Journal(0)
		if !slices.ContainsFunc(entries, func(e Entry) bool {
			return strings.Contains(e.Violation, "burnt") && e.Door == "Aa"
		}) {
			t.Errorf("twelve pulses in a row did no harm: %+v", entries)
		}
	})
}

func TestHistoryTellsWhatADoorReallyDid(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSite(twoBoards())
		start := time.Now()
		time.Sleep(time.Second)
		mustDo(t, s, "Aa", ActForce)
		time.Sleep(time.Second)
		mustDo(t, s, "Aa", ActPush)
		time.Sleep(time.Second)
		mustDo(t, s, "Aa", ActClose)
		for after, want := range map[time.Duration]State{
			-time.Hour: StateClosed, 500 * time.Millisecond: StateClosed, 1500 * time.Millisecond: StateOpen,
			2500 * time.Millisecond: StateAjar, 3500 * time.Millisecond: StateClosed,
		} {
			if got, err := s.StateAt("Aa", start.Add(after)); got != want || err != nil {
				t.Errorf("after %s it was %s, %v; want %s", after, got, err, want)
			}
		}
		for _, tc := range []struct {
			from, to time.Duration
			want     bool
		}{
			{0, 900 * time.Millisecond, false}, {0, 1100 * time.Millisecond, true},
			{1500 * time.Millisecond, 1600 * time.Millisecond, true}, {3100 * time.Millisecond, time.Hour, false},
		} {
			if got, err := s.WasOpen("Aa", start.Add(tc.from), start.Add(tc.to)); got != tc.want || err != nil {
				t.Errorf("from %s to %s it was open: %v, %v", tc.from, tc.to, got, err)
			}
		}
		if _, err := s.StateAt("Zz", start); err == nil {
			t.Error("a door that is not there has a history")
		}
	})
}
