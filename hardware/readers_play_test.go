package hardware_test

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"cubby/hardware"
	"cubby/hardware/badge"
	"cubby/hardware/sim"
	"cubby/hardware/sim/simtest"
	"cubby/locker/door"
)

// ears is a sink that keeps what readers tell.
type ears struct {
	mu      sync.Mutex // guards what follows
	scans   []string
	cards   []string
	reports []hardware.DeviceReport
}

func (e *ears) DoorSeen(door.Seen)      {}
func (e *ears) OpeningEnded(door.Ended) {}
func (e *ears) Scanned(s hardware.Scan) {
	e.mu.Lock()
	defer e.mu.Unlock()
	switch {
	case s.Card:
		e.cards = append(e.cards, fmt.Sprintf("%X", s.Data))
	case s.TooLong:
		e.scans = append(e.scans, "too long")
	default:
		e.scans = append(e.scans, s.Symbology+string(s.Data))
	}
}
func (e *ears) DeviceChanged(r hardware.DeviceReport) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.reports = append(e.reports, r)
}

func (e *ears) heard() (scans, cards []string, open bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	open = len(e.reports) > 0 && e.reports[len(e.reports)-1].Condition == hardware.Working
	return slices.Clone(e.scans), slices.Clone(e.cards), open
}

func eventually(t *testing.T, what string, is func() bool) {
	t.Helper()
	for deadline := time.Now().Add(2 * time.Minute); !is(); <-time.After(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("waited in vain for %s", what)
		}
	}
}

// furnished opens a simulated site with readers, and a driver on them.
func furnished(t *testing.T, plan sim.Plan, cfg hardware.Config, faults ...sim.Fault) (*sim.Site, *ears) {
	t.Helper()
	site := simtest.Open(t, plan)
	for _, f := range faults {
		simtest.Fault(t, site, f.Kind, f.Target, f.Value)
	}
	e := new(ears)
	driver, err := hardware.Open(cfg, e)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := driver.Close(); err != nil {
			t.Error(err)
		}
	})
	eventually(t, "an open port", func() bool { _, _, open := e.heard(); return open })
	return site, e
}

// Readers of every make, each with what goes wrong at it, against readers that
// were written without knowing the driver's code.
func TestCodesArriveOnceFromEveryKindOfReader(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("LONG-CODE-", 50) // three packets
	for _, c := range []struct {
		name   string
		reader sim.Scanner
		driver hardware.Scanner
		faults []sim.Fault
		show   []string
		want   []string
	}{
		{"continuous", sim.Scanner{Suffix: "cr"}, hardware.Scanner{Suffix: "cr"}, nil, []string{"A-1", "B-2"},
			[]string{"A-1", "B-2"}},
		{"continuous in pieces", sim.Scanner{Suffix: "crlf"}, hardware.Scanner{Suffix: "crlf"},
			[]sim.Fault{{Kind: "scan-split", Value: "1"}}, []string{"PARCEL-A", "PARCEL-B"},
			[]string{"PARCEL-A", "PARCEL-B"}},
		{"each code five times", sim.Scanner{Suffix: "tab"}, hardware.Scanner{Suffix: "tab"},
			[]sim.Fault{{Kind: "scan-repeat", Value: "5"}}, []string{"PARCEL-A"}, []string{"PARCEL-A"}},
		{"noise before", sim.Scanner{Suffix: "lf"}, hardware.Scanner{Suffix: "lf"},
			[]sim.Fault{{Kind: "scan-noise", Value: "1"}}, []string{"PARCEL-A"}, []string{"PARCEL-A"}},
		{"a symbology in front", sim.Scanner{Suffix: "cr"}, hardware.Scanner{},
			[]sim.Fault{{Kind: "aim", Value: "]C1"}}, []string{"00340123450000000017"},
			[]string{"]C100340123450000000017"}},
		{"without suffix", sim.Scanner{Suffix: "none"}, hardware.Scanner{Suffix: "none"}, nil, []string{"PARCEL-A"},
			[]string{"PARCEL-A"}},
		{"without suffix, each code five times", sim.Scanner{Suffix: "none"}, hardware.Scanner{Suffix: "none"},
			[]sim.Fault{{Kind: "scan-repeat", Value: "5"}}, []string{"PARCEL-A", "PARCEL-B"},
			[]string{"PARCEL-A", "PARCEL-B"}},
		{"each code five times, its suffix lost", sim.Scanner{Suffix: "cr"}, hardware.Scanner{Suffix: "cr"},
			[]sim.Fault{
				{Kind: "scan-repeat", Value: "5"}, {Kind: "no-suffix", Value: "1"},
			}, []string{"PARCEL-A", "PARCEL-B"}, []string{"PARCEL-A", "PARCEL-B"}},
		{"3 KB", sim.Scanner{Suffix: "cr", Baud: 115200}, hardware.Scanner{Suffix: "cr"}, nil,
			[]string{strings.Repeat("x", 2900), "A"}, []string{"too long", "A"}},

		{"Grow", sim.Scanner{Suffix: "cr", Kind: "grow"}, hardware.Scanner{Suffix: "cr", Trigger: "grow"}, nil,
			[]string{"A-1", "B-2", "C-3"}, []string{"A-1", "B-2", "C-3"}},
		{"Honeywell", sim.Scanner{Suffix: "cr", Kind: "honeywell"},
			hardware.Scanner{Suffix: "cr", Trigger: "honeywell"}, nil, []string{"A-1", "B-2"}, []string{"A-1", "B-2"}},
		{"Newland", sim.Scanner{Suffix: "cr", Kind: "newland"}, hardware.Scanner{Suffix: "cr", Trigger: "newland"}, nil,
			[]string{"A-1", "B-2"}, []string{"A-1", "B-2"}},
		{"Datalogic", sim.Scanner{Suffix: "cr", Kind: "datalogic"},
			hardware.Scanner{Suffix: "cr", Trigger: "datalogic"}, nil, []string{"A-1", "B-2"}, []string{"A-1", "B-2"}},
		{"SSI with plain text", sim.Scanner{Suffix: "cr", Kind: "ssi"}, hardware.Scanner{Suffix: "cr", Trigger: "ssi"},
			nil, []string{"A-1", "B-2"}, []string{"A-1", "B-2"}},
		{"SSI", sim.Scanner{Kind: "ssi", Packets: true}, hardware.Scanner{Frame: "ssi", Trigger: "ssi"}, nil,
			[]string{"A-1", long, "C-3"}, []string{"A-1", long, "C-3"}},
		{"SSI asleep", sim.Scanner{Kind: "ssi", Packets: true}, hardware.Scanner{Frame: "ssi", Trigger: "ssi"},
			[]sim.Fault{{Kind: "asleep", Value: "on"}}, []string{"A-1", "B-2"}, []string{"A-1", "B-2"}},
		{"SSI half deaf", sim.Scanner{Kind: "ssi", Packets: true}, hardware.Scanner{Frame: "ssi", Trigger: "ssi"},
			[]sim.Fault{{Kind: "deaf", Value: "0.5"}}, []string{"A-1", long, "C-3"}, []string{"A-1", long, "C-3"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			link := filepath.Join(t.TempDir(), "scanner")
			c.reader.Link, c.driver.Port = link, link
			if c.reader.Baud == 0 {
				c.reader.Baud = 19200
			}
			c.driver.Baud = c.reader.Baud
			for i := range c.faults {
				c.faults[i].Target = "scanner"
			}
			site, e := furnished(t, sim.Plan{
				Scanner: c.reader, Seed: 7,
			}, hardware.Config{Scanner: c.driver}, c.faults...)
			for i, code := range c.show {
				if err := site.Scan([]byte(code), false); err != nil {
					t.Fatal(err)
				}
				eventually(t, "a scan", func() bool { scans, _, _ := e.heard(); return len(scans) > i })
			}
			if scans, _, _ := e.heard(); !slices.Equal(scans, c.want) {
				t.Errorf("heard %.200q, want %.200q", scans, c.want)
			}
		})
	}
}

func TestCardsArriveOncePerPresentationFromEveryKindOfReader(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		reader sim.Badge
		driver badge.Config
		faults []sim.Fault
		card   string
		want   string
	}{
		{"125 kHz", sim.Badge{Format: "rdm6300"}, badge.Config{}, nil, "010063E9AE", "0063E9AE"},
		{"125 kHz, the card leaves in a frame", sim.Badge{Format: "rdm6300"}, badge.Config{},
			[]sim.Fault{{Kind: "badge-half", Value: "1"}}, "010063E9AE", "0063E9AE"},
		{"125 kHz with noise", sim.Badge{Format: "rdm6300"}, badge.Config{},
			[]sim.Fault{{Kind: "badge-noise", Value: "1"}}, "010063E9AE", "0063E9AE"},
		{"125 kHz, half the frames damaged", sim.Badge{Format: "rdm6300"}, badge.Config{},
			[]sim.Fault{{Kind: "badge-xor", Value: "0.5"}}, "010063E9AE", "0063E9AE"},
		{"an ID card at a combined reader", sim.Badge{Format: "combined"}, badge.Config{Format: "combined"}, nil,
			"06008E6D5D", "008E6D5D"},
		{"a Mifare card of seven bytes", sim.Badge{Format: "combined"}, badge.Config{Format: "combined"}, nil,
			"04A23B11223344", "04A23B11223344"},
		{"hexadecimal text", sim.Badge{Format: "hex"}, badge.Config{Format: "hex"}, nil, "DEADBEEF", "DEADBEEF"},
		{"ten digits", sim.Badge{Format: "digits"}, badge.Config{Format: "digits"}, nil, "06008E6D5D", "008E6D5D"},
		{"ten digits of turned bytes", sim.Badge{Format: "digits", Reversed: true},
			badge.Config{Format: "digits", Reversed: true}, nil, "DEADBEEF", "DEADBEEF"},
		{"eight digits", sim.Badge{Format: "digits", Spelling: "8d"}, badge.Config{Format: "digits", Spelling: "8d"},
			nil, "06008E6D5D", "8E6D5D"},
		{"facility and number", sim.Badge{Format: "digits", Spelling: "w26"},
			badge.Config{Format: "digits", Spelling: "w26"}, nil, "06008E6D5D", "8E6D5D"},
		{"hexadecimal text of turned bytes", sim.Badge{Format: "hex", Reversed: true},
			badge.Config{Format: "hex", Reversed: true}, nil, "010063E9AE", "0063E9AE"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			link := filepath.Join(t.TempDir(), "badge")
			c.reader.Link, c.driver.Port, c.reader.Baud = link, link, 9600
			for i := range c.faults {
				c.faults[i].Target = "badge"
			}
			site, e := furnished(t, sim.Plan{Badge: c.reader, Seed: 7}, hardware.Config{Badge: c.driver}, c.faults...)
			for presentation := 1; presentation <= 2; presentation++ {
				// so that a busy machine cannot make two of it
				if err := site.HoldBadge(c.card, badge.Away/2); err != nil {
					t.Fatal(err)
				}
				eventually(t, "a card", func() bool { _, cards, _ := e.heard(); return len(cards) >= presentation })
				<-time.After(2 * badge.Away) // its last sight may be noticed late
			}
			if _, cards, _ := e.heard(); !slices.Equal(cards, []string{c.want, c.want}) {
				t.Errorf("heard %q, want %s twice", cards, c.want)
			}
			complete, err := c.driver.Complete()
			if err != nil {
				t.Fatal(err)
			}
			if typed, err := complete.Card(c.card); err == nil && fmt.Sprintf("%X", typed) != c.want {
				t.Errorf("typed by staff it is %X", typed)
			}
		})
	}
}
