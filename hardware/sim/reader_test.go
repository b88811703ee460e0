package sim

import (
	"bytes"
	"errors"
	"io"
	"net"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// furnished is a device on an in-memory wire, for tests in fake time.
func furnished(t *testing.T, plan Plan, name string) (net.Conn, *Site) {
	t.Helper()
	host, far := net.Pipe()
	s := newSite(plan)
	s.furnish()
	l := s.lines[name]
	l.tx = newSender(far, l.byteTime)
	var done sync.WaitGroup
	done.Go(func() { l.serve(far, l.tx) })
	done.Go(l.tx.work)
	t.Cleanup(func() {
		host.Close()
		far.Close()
		l.tx.end()
		done.Wait()
	})
	return host, s
}

func scannerOf(kind string) Plan {
	return Plan{Scanner: Scanner{Link: "x", Baud: 9600, Suffix: "cr", Kind: kind}}
}

func read(t *testing.T, host io.Reader, n int) string {
	t.Helper()
	buf := make([]byte, n)
	if _, err := io.ReadFull(host, buf); err != nil {
		t.Fatal(err)
	}
	return string(buf)
}

func TestAReaderReadsWhenItIsTold(t *testing.T) {
	for _, tc := range []struct{ kind, trigger, answer string }{
		{"grow", "\x7e\x00\x08\x01\x00\x02\x01\xab\xcd", "\x02\x00\x00\x01\x00\x33\x31"},
		{"grow", "\x7e\x00\x08\x01\x00\x02\x01\x02\xda", "\x02\x00\x00\x01\x00\x33\x31"},
		{"ssi", "\x04\xe4\x04\x00\xff\x14", "\x04\xd0\x00\x00\xff\x2c"},
		{"honeywell", "\x16T\r", ""},
		{"newland", "\x01T\x04", ""},
		{"datalogic", "T", ""},
	} {
		t.Run(tc.kind, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				host, s := furnished(t, scannerOf(tc.kind), "scanner")
				said := make(chan error, 1)
				go func() { said <- s.Scan([]byte("CODE"), false) }()
				time.Sleep(time.Second)
				if _, err := host.Write([]byte("\xff" + tc.trigger)); err != nil {
					t.Fatal(err)
				}
				if got, want := read(t, host, len(tc.answer)+5), tc.answer+"CODE\r"; got != want {
					t.Errorf("got %q, want %q", got, want)
				}
				if err := <-said; err != nil {
					t.Error(err)
				}
				if err := s.Scan([]byte("AGAIN"), false); !errors.Is(err, ErrCannot) ||
					!strings.Contains(err.Error(), "nobody has told") {
					t.Errorf("a second code without a trigger: %v", err)
				}
			})
		})
	}
}

func TestReadersAnswerCommands(t *testing.T) {
	for _, tc := range []struct{ name, kind, command, answer string }{
		{"Grow: heartbeat", "grow", "7E 00 0A 01 00 00 00 30 1A", "03 00 00 01 00 33 31"},
		{"Grow: save", "grow", "7E 00 09 01 00 00 00 DE C8", "02 00 00 01 00 33 31"},
		{"Grow: speed", "grow", "7E 00 08 02 00 2A 39 01 A7 EA", "02 00 00 01 00 33 31"},
		{"Grow: which speed", "grow", "7E 00 07 01 00 2A 02 D8 0F", "02 00 00 02 39 01 C1 4C"},
		{"Grow: which version", "grow", "7E 00 07 01 00 E2 01 77 91", "02 00 00 01 57 19 23"},
		{"SSI: stop", "ssi", "04 E5 04 00 FF 13", "04 D0 00 00 FF 2C"},
		{"SSI: triggered by the host", "ssi", "07 C6 04 08 00 8A 08 FE 95", "04 D0 00 00 FF 2C"},
		{"SSI: what is not understood", "ssi", "04 A3 04 00 FF 55", "05 D1 00 00 06 FF 24"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				host, _ := furnished(t, scannerOf(tc.kind), "scanner")
				want := unhex(t, tc.answer)
				if got := ask(t, host, tc.command, len(want)); !bytes.Equal(got, want) {
					t.Errorf("got % x, want % x", got, want)
				}
			})
		})
	}
}

func TestCodesComeInEveryShape(t *testing.T) {
	for _, tc := range []struct {
		name   string
		faults []string
		suffix string
		how    Presented
		want   string
	}{
		{"plainly", nil, "cr", Presented{}, "CODE\r"},
		{"with two bytes behind", nil, "crlf", Presented{}, "CODE\r\n"},
		{"with nothing behind", nil, "none", Presented{}, "CODE"},
		{"with an identifier", nil, "cr", Presented{Prefix: "]Q1"}, "]Q1CODE\r"},
		{"with an identifier by setting", []string{"aim scanner ]C1"}, "tab", Presented{}, "]C1CODE\t"},
		{"five times", nil, "cr", Presented{Times: 5, Fast: true}, strings.Repeat("CODE\r", 5)},
		{"three times by setting", []string{"scan-repeat scanner 3"}, "cr", Presented{}, strings.Repeat("CODE\r", 3)},
		{"glued to another", nil, "cr", Presented{Glued: []byte("NEXT")}, "CODENEXT\r"},
		{"without its suffix", []string{"no-suffix scanner on"}, "cr", Presented{}, "CODE"},
		{"in pieces", []string{"scan-split scanner on"}, "cr", Presented{}, "CODE\r"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				plan := scannerOf("")
				plan.Scanner.Suffix = tc.suffix
				host, s := furnished(t, plan, "scanner")
				plague(t, s, tc.faults...)
				said := make(chan error, 1)
				go func() { said <- s.Present([]byte("CODE"), tc.how) }()
				if got := read(t, host, len(tc.want)); got != tc.want {
					t.Errorf("got %q, want %q", got, tc.want)
				}
				if err := <-said; err != nil {
					t.Error(err)
				}
			})
		})
	}
}

func TestPacketsAreRepeatedUntilTheyAreAcknowledged(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		plan := scannerOf("ssi")
		plan.Scanner.Packets, plan.Scanner.Baud = true, 115200
		host, s := furnished(t, plan, "scanner")
		code := bytes.Repeat([]byte("0123456789"), 30)
		said := make(chan error, 1)
		go func() { said <- s.Scan(code, false) }()
		ask(t, host, "04 E4 04 00 FF 14", 6)
		var got []byte
		for i, status := range []byte{ssiMore, ssiMore | ssiRepeated, 0} {
			head := unhex(t, "")
			head = append(head, read(t, host, 1)[0])
			packet := append(head, read(t, host, int(head[0])+1)...)
			if packet[1] != ssiDecode || packet[3] != status || packet[4] != codeQR {
				t.Fatalf("packet %d begins with % x, want status %02x", i, packet[:5], status)
			}
			if i == 0 {
				continue // not acknowledged: it comes again
			}
			got = append(got, packet[5:len(packet)-2]...)
			if _, err := host.Write(unhex(t, "04 D0 04 00 FF 28")); err != nil {
				t.Fatal(err)
			}
		}
		if err := <-said; err != nil || !bytes.Equal(got, code) {
			t.Errorf("%v, got %d bytes", err, len(got))
		}
	})
}

func TestBadgesAreToldAgainAndAgain(t *testing.T) {
	const rdm = "\x02010063E9AE25\x03"
	for _, tc := range []struct {
		name, format, uid string // the format may have a spelling after a slash
		fault             string
		span              time.Duration
		want              string
	}{
		{"125 kHz, published", "rdm6300", "01 00 63 E9 AE", "", 10 * time.Millisecond, rdm},
		{"ID card in a combined reader, published", "combined", "06008E6D5D", "", 10 * time.Millisecond,
			"\x02\x0a\x02\x06\x00\x8e\x6d\x5d\xb0\x03"},
		{"Mifare in a combined reader", "combined", "04:A1:B2:C3", "", 10 * time.Millisecond,
			"\x02\x09\x01\x04\xa1\xb2\xc3\xdc\x03"},
		{"hexadecimal", "hex", "04A1B2C3", "", 10 * time.Millisecond, "04A1B2C3\r\n"},
		{"ten digits", "digits", "010063E9AE", "", 10 * time.Millisecond, "0006547886\r"},
		{"ten digits of another, published", "digits", "06008E6D5D", "", 10 * time.Millisecond, "0009334109\r"},
		{"the same, facility and number", "digits/w26", "06008E6D5D", "", 10 * time.Millisecond, "142,27997\r"},
		{"the same, eight digits", "digits/8d", "06008E6D5D", "", 10 * time.Millisecond, "09334109\r"},
		{"as long as it lies there", "rdm6300", "010063E9AE", "", 200 * time.Millisecond, rdm + rdm + rdm + rdm},
		{"gone in the middle", "rdm6300", "010063E9AE", "badge-half badge on", 90 * time.Millisecond, rdm + rdm[:7]},
		{"a wrong checksum", "rdm6300", "010063E9AE", "badge-xor badge on", 10 * time.Millisecond,
			"\x02010063E9AE24\x03"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				format, spelling, _ := strings.Cut(tc.format, "/")
				host, s := furnished(t, Plan{Badge: Badge{Link: "x", Baud: 9600, Format: format, Spelling: spelling}},
					"badge")
				if tc.fault != "" {
					plague(t, s, tc.fault)
				}
				said := make(chan error, 1)
				go func() { said <- s.HoldBadge(tc.uid, tc.span) }()
				if got := read(t, host, len(tc.want)); got != tc.want {
					t.Errorf("got %q, want %q", got, tc.want)
				}
				if err := <-said; err != nil {
					t.Error(err)
				}
			})
		})
	}
	s := newSite(Plan{Badge: Badge{Link: "x", Baud: 9600, Format: "rdm6300"}})
	if err := s.HoldBadge("0100", time.Second); !errors.Is(err, ErrUnknown) {
		t.Errorf("a reader that is not wired up: %v", err)
	}
	s.furnish()
	for uid, want := range map[string]string{"xyz": "hexadecimal", "0100": "reads cards with 5 bytes"} {
		if err := s.HoldBadge(uid, time.Second); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", uid, err)
		}
	}
}

func TestEveryTerminalHasItsOwnReader(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		host, s := furnished(t, Plan{
			Scanner: Scanner{Link: "x", Baud: 9600, Suffix: "cr"},
			Further: []Scanner{{Terminal: "desk", Link: "y", Baud: 9600, Suffix: "lf"}},
			Badges:  []Badge{{Terminal: "desk", Link: "z", Baud: 9600, Format: "hex"}},
		}, "scanner-desk")
		go func() {
			if err := s.Present([]byte("DESK"), Presented{Terminal: "desk"}); err != nil {
				t.Error(err)
			}
		}()
		if got := read(t, host, 5); got != "DESK\n" {
			t.Errorf("the desk's reader said %q", got)
		}
		if err := s.Present([]byte("X"), Presented{Terminal: "shelf"}); !errors.Is(err, ErrUnknown) {
			t.Errorf("a reader that is not there: %v", err)
		}
		for _, f := range []Fault{
			{Kind: "aim", Target: "scanner-desk", Value: "]Q1"}, {Kind: "badge-xor", Target: "badge-desk", Value: "on"},
		} {
			if err := s.SetFault(f); err != nil {
				t.Error(err)
			}
		}
		go s.Present([]byte("DESK"), Presented{Terminal: "desk"})
		if got := read(t, host, 8); got != "]Q1DESK\n" {
			t.Errorf("with a fault of its own the desk's reader said %q", got)
		}
	})
}

func TestNamesOfReadersAreNotTwo(t *testing.T) {
	bus := Bus{Name: "scanner-desk", Boards: []Board{{Address: 1, Locks: map[int]string{1: "1"}}}}
	plan := Plan{Buses: []Bus{bus}, Further: []Scanner{{Terminal: "desk", Link: "x", Baud: 9600}}}
	if err := plan.check(); err == nil || !strings.Contains(err.Error(), "scanner-desk is named twice") {
		t.Errorf("it is taken: %v", err)
	}
}
