package climate

import (
	"bytes"
	"encoding/hex"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/creack/pty"

	"cubby/hardware/modbus"
)

func unhex(t testing.TB, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(strings.ReplaceAll(s, " ", ""))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestTheRequestIsTheOneOfTheReference(t *testing.T) {
	got, err := request(1)
	if err != nil || !bytes.Equal(got, unhex(t, "01 04 00 01 00 02 20 0B")) {
		t.Errorf("got % X, %v", got, err)
	}
	if _, err := request(0); err == nil {
		t.Error("every device at once can be asked")
	}
}

func TestRepliesAreReadAsTheirUnitSays(t *testing.T) {
	for _, c := range []struct {
		name       string
		bytes      string
		hundredths bool
		want       Reading
		says       string // in the error; empty: none
	}{
		{"30.5 °C and 54.6 %", "01 04 04 01 31 02 22 2A CE", false, Reading{30_50, 54_60}, ""},
		{"the same as hundredths", "01 04 04 01 31 02 22 2A CE", true, Reading{3_05, 5_46}, ""},
		{"frost", hexOf(modbus.Seal([]byte{1, 4, 4, 0xFF, 0x9C, 0x03, 0x20})), false, Reading{-10_00, 80_00}, ""},
		{"a refusal", hexOf(modbus.Seal([]byte{1, 0x84, 2})), false, Reading{}, "exception 2"},
		{"another address", hexOf(modbus.Seal([]byte{2, 4, 4, 1, 0x31, 2, 0x22})), false, Reading{}, "no reading"},
		{"another function", hexOf(modbus.Seal([]byte{1, 3, 4, 1, 0x31, 2, 0x22})), false, Reading{}, "no reading"},
		{"one register only", hexOf(modbus.Seal([]byte{1, 4, 2, 1, 0x31})), false, Reading{}, "no reading"},
	} {
		t.Run(c.name, func(t *testing.T) {
			reply, _, _, ok := modbus.Find(unhex(t, c.bytes))
			if !ok {
				t.Fatal("no reply is found in it")
			}
			got, err := parse(reply, 1, c.hundredths)
			if got != c.want || (err == nil) != (c.says == "") || err != nil && !strings.Contains(err.Error(), c.says) {
				t.Errorf("got %v, %v; want %v", got, err, c.want)
			}
		})
	}
}

func hexOf(b []byte) string { return hex.EncodeToString(b) }

func TestWhatCannotBeIsNotBelieved(t *testing.T) {
	for _, c := range []struct {
		name       string
		r          Reading
		hundredths bool
		says       string
	}{
		{"a cooled bank", Reading{4_00, 60_00}, false, ""},
		{"a hot day", Reading{41_00, 15_00}, false, ""},
		{"a look-alike that counts in hundredths, read as tenths", Reading{304_10, 546_00}, false, "hundredths"},
		{"the same in a cooled bank, where the temperature alone would pass", Reading{40_00, 600_00}, false,
			"hundredths"},
		{"a sensor that counts in tenths, read as hundredths", Reading{3_05, 5_46}, true, "tenths"},
		{"dry air is possible where the unit is tenths", Reading{30_50, 5_40}, false, ""},
		{"nothing at all", Reading{}, false, "broken"},
		{"colder than it can measure", Reading{-41_00, 50_00}, false, "out of"},
		{"hotter than it can measure", Reading{85_01, 50_00}, true, "out of"},
		{"humidity below nothing", Reading{20_00, -10}, false, "out of"},
		{"an input that is not connected", Reading{3276_70, 3276_70}, false, "out of"},
	} {
		why := c.r.plausible(c.hundredths)
		if (why == "") != (c.says == "") || !strings.Contains(why, c.says) {
			t.Errorf("%s: %q, want %q in it", c.name, why, c.says)
		}
	}
}

func TestAlarmsFollowTheLimitsAfterTheirDelay(t *testing.T) {
	type step struct {
		after time.Duration
		t     int // hundredths; 99999: no answer
		want  State
	}
	const missing = 99999
	for _, c := range []struct {
		name   string
		limits Limits
		steps  []step
	}{
		{"a door open for a moment is no alarm", Limits{2_00, 8_00, 10 * time.Minute},
			[]step{
				{0, 5_00, Working}, {time.Minute, 9_00, Working}, {9 * time.Minute, 9_00, Working},
				{time.Minute / 2, 7_00, Working}, {time.Hour, 9_00, Working},
			}},
		{"too warm for the whole delay", Limits{2_00, 8_00, 10 * time.Minute},
			[]step{
				{0, 9_00, Working}, {10 * time.Minute, 9_00, TooWarm}, {time.Minute, 8_10, TooWarm},
				{time.Minute, 7_60, TooWarm}, {time.Minute, 7_50, Working},
			}},
		{"too cold", Limits{2_00, 8_00, time.Minute},
			[]step{
				{0, 1_90, Working}, {time.Minute, 1_90, TooCold}, {time.Minute, 2_40, TooCold},
				{time.Minute, 2_50, Working},
			}},
		{"without delay", Limits{2_00, 8_00, 0}, []step{{0, 8_10, TooWarm}}},
		{"a lost answer does not end the delay", Limits{2_00, 8_00, time.Minute},
			[]step{{0, 9_00, Working}, {30 * time.Second, missing, ""}, {30 * time.Second, 9_00, TooWarm}}},
		{"no limits", Limits{}, []step{{0, 80_00, Working}, {time.Hour, 80_00, Working}}},
		{"three lost answers are silence", Limits{2_00, 8_00, 0},
			[]step{
				{0, 5_00, Working}, {time.Second, missing, ""}, {time.Second, missing, ""},
				{time.Second, missing, Silent}, {time.Second, 5_00, Working},
			}},
		{"one jump is a slip", Limits{2_00, 8_00, 0}, []step{
			{0, 5_00, Working}, {time.Second, 30_00, ""}, {time.Second, 5_00, Working},
		}},
		{"the same jump twice is true", Limits{2_00, 8_00, 0},
			[]step{{0, 5_00, Working}, {time.Second, 30_00, ""}, {time.Second, 31_00, TooWarm}}},
		{"jumping about is suspect", Limits{2_00, 8_00, 0},
			[]step{
				{0, 5_00, Working}, {time.Second, 30_00, ""}, {time.Second, 60_00, ""}, {time.Second, -20_00, Suspect},
				{time.Second, 5_10, Working},
			}},
	} {
		t.Run(c.name, func(t *testing.T) {
			w, now := &watch{limits: c.limits}, time.Unix(1_700_000_000, 0)
			for i, s := range c.steps {
				now = now.Add(s.after)
				var got State
				var tell bool
				if s.t == missing {
					got, _, tell = w.miss("no answer")
				} else {
					got, _, tell = w.see(Reading{s.t, 50_00}, now)
				}
				if !tell {
					got = ""
				}
				if got != s.want {
					t.Fatalf("step %d: %q, want %q", i, got, s.want)
				}
			}
		})
	}
}

// bench plays the sensor behind a pseudo-terminal.
type bench struct {
	t       *testing.T
	master  *os.File
	slave   *os.File
	address int
	mu      sync.Mutex // guards what follows
	reply   []byte     // to every request; empty: silence
	reports []Report
	changed chan struct{}
}

func newBench(t *testing.T) *bench {
	master, slave, err := pty.Open()
	if err != nil {
		t.Fatal(err)
	}
	b := &bench{t: t, master: master, slave: slave, address: 1, changed: make(chan struct{})}
	t.Cleanup(func() { master.Close(); slave.Close() })
	go func() {
		buffer, held := make([]byte, 256), []byte(nil)
		for {
			n, err := master.Read(buffer)
			if err != nil {
				return
			}
			held = append(held, buffer[:n]...)
			for len(held) >= 8 {
				held = held[8:]
				b.mu.Lock()
				out := bytes.Clone(b.reply)
				b.mu.Unlock()
				for _, c := range out { // byte by byte, as adapters deliver it
					master.Write([]byte{c})
				}
			}
		}
	}()
	return b
}

func (b *bench) says(reply []byte) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.reply = reply
}

func (b *bench) ClimateChanged(r Report) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.reports = append(b.reports, r)
	close(b.changed)
	b.changed = make(chan struct{})
}

func (b *bench) until(s State) Report {
	b.t.Helper()
	for limit := time.After(2 * time.Minute); ; {
		b.mu.Lock()
		reports, changed := b.reports, b.changed
		b.mu.Unlock()
		if n := len(reports); n > 0 && reports[n-1].State == s {
			return reports[n-1]
		}
		select {
		case <-changed:
		case <-limit:
			b.t.Fatalf("it never was %s: %+v", s, reports)
		}
	}
}

func values(address byte, t, h int16) []byte {
	return modbus.Seal([]byte{address, 4, 4, byte(t >> 8), byte(t), byte(h >> 8), byte(h)})
}

func (b *bench) open(port string) *Sensor {
	b.t.Helper()
	s, err := Open(Config{Device: "climate cooled", Port: port, Address: b.address, Limits: Limits{
		Min: 2_00, Max: 8_00,
	},
		Poll: 30 * time.Millisecond, Reply: 300 * time.Millisecond}, b)
	if err != nil {
		b.t.Fatal(err)
	}
	b.t.Cleanup(func() {
		if err := s.Close(); err != nil {
			b.t.Error(err)
		}
	})
	return s
}

func TestASensorIsReadAndItsTroublesAreTold(t *testing.T) {
	b := newBench(t)
	b.says(values(1, 51, 600))
	s := b.open(b.slave.Name())
	b.until(Working)
	if r, at := s.Reading(); r != (Reading{5_10, 60_00}) || at.IsZero() {
		t.Errorf("it reads %v at %v", r, at)
	}
	b.says(append([]byte{0x00, 0xFF}, values(1, 95, 600)...)) // noise before the reply
	b.until(TooWarm)
	b.says(values(1, 510, 6000))
	if r := b.until(Suspect); !strings.Contains(r.Detail, "hundredths") {
		t.Errorf("it says %q", r.Detail)
	}
	b.says(values(7, 51, 600))
	b.until(Silent)
	b.says(values(1, 51, 600))
	b.until(Working)
	b.says(modbus.Seal([]byte{1, 0x84, 2}))
	if r := b.until(Silent); !strings.Contains(r.Detail, "exception 2") {
		t.Errorf("it says %q", r.Detail)
	}
}

// The end of the request that the adapter hears back may look like the beginning
// of a longer reply, which the sensor's is then taken for a part of.
func TestASensorIsReadBehindAnAdapterThatHearsItself(t *testing.T) {
	hidden := 0
	for address := 1; address <= 247 && hidden == 0; address++ {
		ask, err := request(address)
		if err != nil {
			t.Fatal(err)
		}
		if _, _, _, found := modbus.Find(append(ask, values(byte(address), 51, 600)...)); !found {
			hidden = address
		}
	}
	ask, err := request(hidden)
	if err != nil {
		t.Fatal(err)
	}
	b := newBench(t)
	b.says(append(ask, values(byte(hidden), 51, 600)...))
	b.address = hidden
	s := b.open(b.slave.Name())
	b.until(Working)
	if r, _ := s.Reading(); r != (Reading{5_10, 60_00}) {
		t.Errorf("sensor %d reads %v", hidden, r)
	}
}

// Each reason that is told is an entry in the log.
func TestASensorThatIsSilentForReasonsByTurnsIsToldOnce(t *testing.T) {
	w, told := &watch{}, ""
	for _, why := range []string{"a", "b", "a", "b", "a", "b", "b", "b", "a"} {
		if state, why, tell := w.miss(why); tell {
			told += why + string(state) + " "
		} else {
			told += "- "
		}
	}
	if told != "- - asilent - - - - bsilent - " {
		t.Errorf("told is %q", told)
	}
}

// What staff read is what is the matter now.
func TestASensorThatIsSilentForAnotherReasonSaysSo(t *testing.T) {
	b := newBench(t)
	b.open(b.slave.Name())
	b.says(nil)
	if r := b.until(Silent); r.Detail != noAnswer {
		t.Errorf("it says %q", r.Detail)
	}
	b.says(modbus.Seal([]byte{1, 0x84, 2}))
	for limit := time.After(2 * time.Minute); ; {
		b.mu.Lock()
		last, changed := b.reports[len(b.reports)-1], b.changed
		b.mu.Unlock()
		if last.State == Silent && strings.Contains(last.Detail, "exception 2") {
			return
		}
		select {
		case <-changed:
		case <-limit:
			t.Fatalf("it still says %q", last.Detail)
		}
	}
}

func TestASensorThatIsPluggedInLaterIsFound(t *testing.T) {
	b := newBench(t)
	b.says(values(1, 51, 600))
	link := filepath.Join(t.TempDir(), "sensor")
	b.open(link)
	b.until(Gone)
	if err := os.Symlink(b.slave.Name(), link); err != nil {
		t.Fatal(err)
	}
	b.until(Working)
}

func TestASensorThatCannotBeIsRefused(t *testing.T) {
	for name, c := range map[string]Config{
		"no port":            {Device: "climate", Address: 1},
		"no name":            {Port: "/dev/null", Address: 1},
		"address 0":          {Device: "climate", Port: "/dev/null"},
		"limits in no order": {Device: "climate", Port: "/dev/null", Address: 1, Limits: Limits{Min: 8_00, Max: 2_00}},
	} {
		if s, err := Open(c, newBench(t)); err == nil {
			s.Close()
			t.Errorf("%s is taken", name)
		}
	}
}

func FuzzReading(f *testing.F) {
	f.Add([]byte{0x01, 0x04, 0x04, 0x01, 0x31, 0x02, 0x22, 0x2A, 0xCE}, false)
	f.Add(modbus.Seal([]byte{1, 0x84, 2}), true)
	f.Add(append([]byte{0, 0xFF, 1, 4}, values(1, -100, 800)...), false)
	f.Fuzz(func(t *testing.T, b []byte, hundredths bool) {
		w, now := &watch{limits: Limits{2_00, 8_00, 0}, hundredths: hundredths}, time.Unix(0, 0)
		for {
			reply, rest, _, ok := modbus.Find(b)
			if !ok {
				return
			}
			b = rest
			r, err := parse(reply, 1, hundredths)
			if err != nil {
				continue
			}
			now = now.Add(time.Minute)
			state, _, _ := w.see(r, now)
			if state != Suspect && (r.Temperature < coldest || r.Temperature > hottest || r.Humidity < driest ||
				r.Humidity > wettest) {
				t.Fatalf("%v is believed", r)
			}
		}
	})
}
