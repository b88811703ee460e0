package sim

import (
	"bytes"
	"encoding/hex"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// speaking is a bus with one board of a dialect, all of whose locks are wired to
// doors named "1", "2" and so on.
func speaking(dialect string, set func(*Board)) Plan {
	b := Board{Address: 1, Presence: true, Locks: map[int]string{}}
	if set != nil {
		set(&b)
	}
	talk, err := speechOf(dialect)
	if err != nil {
		panic(err)
	}
	for lock := 1; lock <= b.locks(talk); lock++ {
		b.Locks[lock] = itoa(lock)
	}
	return Plan{Buses: []Bus{{Name: "main", Dialect: dialect, Baud: 9600, Boards: []Board{b}}}}
}

func itoa(n int) string { return string(append([]byte(nil), "0123456789"[n/10], "0123456789"[n%10])) }

func at(address int) func(*Board) { return func(b *Board) { b.Address = address } }

func standingOpen(number string) func(*Site) {
	return func(s *Site) { s.doors[number].state = StateOpen }
}

func TestEveryDialectAnswersItsPublishedFrames(t *testing.T) {
	allClosedBut := func(open ...string) func(*Site) {
		return func(s *Site) {
			for _, d := range s.doors {
				if slices.Contains(open, d.number) {
					d.state = StateOpen
				}
			}
		}
	}
	onlyClosed := func(closed ...string) func(*Site) {
		return func(s *Site) {
			for _, d := range s.doors {
				if !slices.Contains(closed, d.number) {
					d.state = StateOpen
				}
			}
		}
	}
	for _, tc := range []struct {
		name    string
		dialect string
		board   func(*Board)
		prepare func(*Site)
		request string
		reply   string
	}{
		{"CU48: nothing closed", "kerong-cu48", at(0), onlyClosed(), "02 00 00 60 03 65",
			"02 00 00 75 00 00 00 00 00 00 00 00 00 00 00 00 03 7A"},
		{"CU48: lock 5 closed", "kerong-cu48", at(0), onlyClosed("05"), "02 00 00 60 03 65",
			"02 00 00 75 10 00 00 00 00 00 00 00 00 00 00 00 03 8A"},
		{"CU48: lock 14 closed", "kerong-cu48", at(0), onlyClosed("14"), "02 00 00 60 03 65",
			"02 00 00 75 00 20 00 00 00 00 00 00 00 00 00 00 03 9A"},
		{"CU48: lock 1 closed, something in it", "kerong-cu48", at(0),
			func(s *Site) { onlyClosed("01")(s); s.doors["01"].inside = true }, "02 00 00 60 03 65",
			"02 00 00 75 01 00 00 00 00 00 01 00 00 00 00 00 03 7C"},
		{"CU48: all closed but lock 1", "kerong-cu48", at(0), allClosedBut("01"), "02 00 00 60 03 65",
			"02 00 00 75 FE FF FF FF FF FF 00 00 00 00 00 00 03 73"},
		{"CU48: an unlock is not answered", "kerong-cu48", at(0), nil, "02 00 04 61 03 6A", ""},
		{"CU48: or with a short frame", "kerong-cu48", at(0), wrong("unlock-reply", "main/0", "short"),
			"02 00 04 61 03 6A", "02 00 04 75 03 7E"},
		{"CU48: or with a 77 frame", "kerong-cu48", at(0), func(s *Site) {
			onlyClosed("01")(s)
			s.doors["01"].inside = true
			wrong("unlock-reply", "main/0", "77")(s)
		}, "02 00 0A 61 03 70", "02 00 0A 77 01 00 00 00 00 00 01 00 00 00 00 00 03 88"},
		{"CU48: a lock that is not there", "kerong-cu48", at(0), nil, "02 00 30 61 03 96", ""},
		{"CU48: a foreign board", "kerong-cu48", at(2), nil, "02 00 00 60 03 65", ""},
		{"CU48: a board that takes the lock first", "kerong-cu48", func(b *Board) { b.Address, b.LockByte = 3, 1 }, nil,
			"02 00 03 60 03 68", "02 03 00 75 FF FF FF FF FF FF 00 00 00 00 00 00 03 77"},

		{"8A: lock 1 open", "xor-8a80", at(1), standingOpen("01"), "80 01 01 33 B3", "80 01 01 00 80"},
		{"8A: lock 1 closed", "xor-8a80", at(1), nil, "80 01 01 33 B3", "80 01 01 11 91"},
		{"8A: only 1, 9 and 17 closed", "xor-8a80", at(1), onlyClosed("01", "09", "17"), "80 01 00 33 B2",
			"80 01 01 01 01 33 B3"},
		{"8A: all closed but lock 1", "xor-8a80", at(1), allClosedBut("01"), "80 01 00 33 B2", "80 01 FF FF FE 33 4C"},
		{"8A: the same with the first locks first", "xor-8a80", func(b *Board) { b.LowFirst = true },
			allClosedBut("01"), "80 01 00 33 B2", "80 01 FE FF FF 33 4C"},
		{"8A: contacts that are made when open", "xor-8a80", func(b *Board) { b.InvertHook = true }, standingOpen("01"),
			"80 01 01 33 B3", "80 01 01 11 91"},
		{"8A: a board of twelve has three bytes too", "xor-8a80", func(b *Board) { b.Channels = 12 }, nil,
			"80 01 00 33 B2", "80 01 00 0F FF 33 42"},
		{"8A: a board of fifty has seven", "xor-8a80", func(b *Board) { b.Channels = 50 }, nil, "80 01 00 33 B2",
			"80 01 03 FF FF FF FF FF FF 33 B1"},
		{"8A: several at once are not answered", "xor-8a80", at(1), nil, "90 01 02 02 02 93", ""},
		{"8A: a lock that is not there", "xor-8a80", at(1), nil, "80 01 19 33 AB", ""},
		{"8A: a wrong checksum", "xor-8a80", at(1), nil, "80 01 01 33 B4", "no frame"},

		{"Waveshare: input 1 active, others not", "waveshare-modbus", at(1), standingOpen("01"),
			"01 02 00 00 00 08 79 CC", "01 02 01 01 60 48"},
		{"Waveshare: contacts the other way round", "waveshare-modbus", func(b *Board) { b.InvertHook = true },
			standingOpen("01"), "01 02 00 00 00 08 79 CC", "01 02 01 FE 20 08"},
		{"Waveshare: all relays are off", "waveshare-modbus", at(1), nil, "01 01 00 00 00 08 3D CC",
			"01 01 01 00 51 88"},
		{"Waveshare: relay 1 on for 700 ms", "waveshare-modbus", at(1), nil, "01 05 02 00 00 07 8D B0",
			"01 05 02 00 00 07 8D B0"},
		{"Waveshare: relay 4 on for 500 ms", "waveshare-modbus", at(1), nil, "01 05 02 03 00 05 FC 71",
			"01 05 02 03 00 05 FC 71"},
		{"Waveshare: all off", "waveshare-modbus", at(1), nil, "01 05 00 FF 00 00 FD FA", "01 05 00 FF 00 00 FD FA"},
		{"Waveshare: an input that is not there", "waveshare-modbus", at(1), nil, crc("01 02 00 00 00 09"),
			crc("01 82 02")},
		{"Waveshare: no input at all", "waveshare-modbus", at(1), nil, crc("01 02 00 00 00 00"), crc("01 82 03")},
		{"Waveshare: a relay that is not there", "waveshare-modbus", at(1), nil, crc("01 05 02 08 00 05"),
			"01 85 02 C3 51"},
		{"Waveshare: a pulse without end", "waveshare-modbus", at(1), nil, crc("01 05 02 00 80 00"), crc("01 85 03")},
		{"Waveshare: a function nobody knows", "waveshare-modbus", at(1), nil, crc("01 2B 00 00 00 00"),
			crc("01 AB 01")},
		{"Waveshare: its address", "waveshare-modbus", at(7), nil, crc("07 03 40 00 00 01"), crc("07 03 02 00 07")},
		{"Waveshare: its version", "waveshare-modbus", at(1), nil, crc("01 03 80 00 00 01"), crc("01 03 02 00 C8")},
		{"Waveshare: a foreign address", "waveshare-modbus", at(2), nil, "01 02 00 00 00 08 79 CC", ""},
		{"Waveshare: everybody is addressed", "waveshare-modbus", at(2), nil, crc("00 05 00 FF 00 00"), ""},

		{"WKLY: a lamp flashes", "wkly", at(0), nil, "57 4B 4C 59 09 00 81 01 80", "57 4B 4C 59 0A 00 81 00 01 83"},
		{"WKLY: one door", "wkly", at(0), nil, wklyFrame("00 83 04"), wklyFrame("00 83 00 04 01")},
		{"WKLY: one open door", "wkly", at(0), standingOpen("04"), wklyFrame("00 83 04"), wklyFrame("00 83 00 04 00")},
		{"WKLY: all doors", "wkly", func(b *Board) { b.Address, b.Channels = 0, 4 }, standingOpen("02"),
			"57 4B 4C 59 08 00 84 85", wklyFrame("00 84 00 01 00 01 01")},
		{"WKLY: a lock that is not there", "wkly", at(0), nil, wklyFrame("00 82 11"), wklyFrame("00 82 FF 11 01")},
		{"WKLY: locks counted from 0", "wkly", func(b *Board) { b.Address, b.ZeroBased = 0, true }, standingOpen("04"),
			wklyFrame("00 83 03"), wklyFrame("00 83 00 03 00")},
		{"WKLY: a foreign board", "wkly", at(1), nil, "57 4B 4C 59 08 00 84 85", ""},
		{"WKLY: a length no frame has", "wkly", at(0), nil, "57 4B 4C 59 29 00 84 85", "no frame"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			s := newSite(speaking(tc.dialect, tc.board))
			if tc.prepare != nil {
				tc.prepare(s)
			}
			if got, want := exchange(t, s, tc.request),
				strings.ToLower(strings.ReplaceAll(tc.reply, " ", "")); got != want &&
				!(tc.reply == "no frame" && got == tc.reply) {
				t.Errorf("%s is answered by %q, want %q", tc.request, got, want)
			}
		})
	}
}

func crc(body string) string { return ended(body, sealCRC) }

func wklyFrame(rest string) string {
	b, err := hex.DecodeString(strings.ReplaceAll(rest, " ", ""))
	if err != nil {
		panic(err)
	}
	return hex.EncodeToString(sealXOR(append([]byte{'W', 'K', 'L', 'Y', byte(len(b) + 6)}, b...)...))
}

func ended(body string, seal func(...byte) []byte) string {
	b, err := hex.DecodeString(strings.ReplaceAll(body, " ", ""))
	if err != nil {
		panic(err)
	}
	return hex.EncodeToString(seal(b...))
}

// An unlock drives one lock; where the board answers it does so after the pulse.
func TestEveryDialectDrivesTheLockThatIsAskedFor(t *testing.T) {
	for _, tc := range []struct {
		name, dialect string
		board         func(*Board)
		fault         func(*Site)
		request       string
		door          string // that opens; none if empty
		reply         string
		after         time.Duration // at least
	}{
		{"CU48", "kerong-cu48", at(0), nil, "02 00 2F 61 03 95", "48", "", 0},
		{"CU48 with the lock first", "kerong-cu48", func(b *Board) { b.Address, b.LockByte = 2, 1 }, nil,
			"02 04 02 61 03 6C", "05", "", 0},
		{"8A", "xor-8a80", at(1), nil, "8A 01 0C 11 96", "12", "8A 01 0C 00 87", 500 * time.Millisecond},
		{"8A, last lock", "xor-8a80", at(1), nil, "8A 01 18 11 82", "24", "8A 01 18 00 93", 500 * time.Millisecond},
		{"8A, stuck", "xor-8a80", at(1), wrong("stuck", "01", "on"), "8A 01 01 11 9B", "", "8A 01 01 11 9B",
			500 * time.Millisecond},
		{"8A, board 2", "xor-8a80", at(2), nil, "8A 02 01 11 98", "01", "8A 02 01 00 89", 500 * time.Millisecond},
		{"8A, cooling down", "xor-8a80", at(1), wrong("cool-down", "main/1", "0"), "8A 01 01 11 9B", "",
			"8A 01 01 11 9B", 0},
		{"Waveshare", "waveshare-modbus", at(1), nil, "01 05 02 03 00 05 FC 71", "04", "01 05 02 03 00 05 FC 71", 0},
		{"WKLY", "wkly", at(1), wrong("push", "main/1", "never"), wklyFrame("01 82 04"), "04",
			"57 4B 4C 59 0B 01 82 00 04 00 85", 500 * time.Millisecond},
		{"WKLY, stuck", "wkly", at(1), wrong("stuck", "04", "on"), wklyFrame("01 82 04"), "",
			wklyFrame("01 82 00 04 01"), 500 * time.Millisecond},
		{"WKLY, cooling down", "wkly", at(1), wrong("cool-down", "main/1", "0"), wklyFrame("01 82 04"), "",
			wklyFrame("01 82 FF 04 01"), 0},
		{"WKLY from 0", "wkly", func(b *Board) { b.ZeroBased = true }, wrong("push", "main/1", "never"),
			wklyFrame("01 82 04"), "05", wklyFrame("01 82 00 04 00"), 500 * time.Millisecond},
	} {
		t.Run(tc.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				host, s := wired(t, speaking(tc.dialect, tc.board))
				if tc.fault != nil {
					tc.fault(s)
				}
				start := time.Now()
				want := unhex(t, tc.reply)
				if got := ask(t, host, tc.request, len(want)); !bytes.Equal(got, want) {
					t.Errorf("got %x, want %x", got, want)
				}
				if took := time.Since(start); took < tc.after {
					t.Errorf("answered after %s, before the pulse had ended", took)
				}
				time.Sleep(2 * time.Second)
				for number := range s.doors {
					if open := stateOf(t, s, number) == StateOpen; open != (number == tc.door) {
						t.Errorf("door %s is open: %v", number, open)
					}
				}
			})
		})
	}
}

// What no driver may ever send is done as the real boards do it, and told.
func TestWhatNoDriverShouldSendIsAViolation(t *testing.T) {
	for _, tc := range []struct {
		name, dialect, request string
		opens                  int // doors
		burns                  bool
	}{
		{"Kerong opens a board", "kerong-cu16", "02 10 33 03 48", 16, false},
		{"Kerong changes its speed", "kerong-cu16", "02 10 40 01 03 56", 0, false},
		{"8A opens a board", "xor-8a80", "8A 01 00 11 9A", 24, false},
		{"8A opens several", "xor-8a80", "90 01 02 02 02 93", 3, false},
		{"8A holds the power", "xor-8a80", "9A 01 05 11 8F", 1, true},
		{"WKLY opens a board", "wkly", wklyFrame("01 86"), 16, false},
		{"WKLY opens several together", "wkly", wklyFrame("01 80 01 02"), 2, false},
		{"WKLY opens several in turn", "wkly", wklyFrame("01 87 01 02 03"), 3, false},
		{"WKLY holds a channel", "wkly", wklyFrame("01 88 03"), 1, true},
		{"Waveshare switches a relay on for good", "waveshare-modbus", "01 05 00 00 FF 00 8C 3A", 1, true},
		{"Waveshare switches all on", "waveshare-modbus", crc("01 05 00 FF FF 00"), 8, true},
		{"Waveshare toggles a relay", "waveshare-modbus", crc("01 05 00 02 55 00"), 1, true},
		{"Waveshare writes several", "waveshare-modbus", crc("01 0F 00 00 00 08 01 05"), 2, true},
		{"Waveshare pulses the other way round", "waveshare-modbus", crc("01 05 04 00 00 05"), 1, true},
		{"Waveshare changes its address", "waveshare-modbus", crc("01 06 40 00 00 02"), 0, false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newSite(speaking(tc.dialect, nil))
				exchange(t, s, tc.request)
				time.Sleep(time.Minute)
				open := 0
				for number := range s.doors {
					if stateOf(t, s, number) == StateOpen {
						open++
					}
				}
				entries, _ := s.Journal(0)
				burnt := slices.ContainsFunc(entries, func(e Entry) bool {
					return strings.Contains(e.Violation, "burnt")
				})
				told := slices.ContainsFunc(entries, func(e Entry) bool {
					return e.Kind == "violation" && e.Request != ""
				})
				if open != tc.opens || burnt != tc.burns || !told {
					t.Errorf("%d doors open, burnt %v, told %v; want %d, %v: %+v", open, burnt, told, tc.opens,
						tc.burns, entries)
				}
			})
		})
	}
}

// A relay that is only told "all off" must not be driven by that.
func TestAnAllOffMovesNothing(t *testing.T) {
	s := newSite(speaking("waveshare-modbus", nil))
	exchange(t, s, "01 05 00 FF 00 00 FD FA")
	if entries, pulses := s.Journal(0); len(entries) > 0 || len(pulses) > 0 {
		t.Errorf("journal %+v, pulses %v", entries, pulses)
	}
}

func TestBoardsTellChangesUnasked(t *testing.T) {
	for _, tc := range []struct {
		name, dialect, how string
		board              func(*Board)
		opens, closes      string
	}{
		{"WKLY", "wkly", "on", at(1), "57 4B 4C 59 0A 01 85 04 00 83", "57 4B 4C 59 0A 01 85 04 01 82"},
		{"8A with 81", "xor-8a80", "81", at(1), "81 01 04 00 84", "81 01 04 11 95"},
		{"8A with 82", "xor-8a80", "82", at(1), "82 01 04 00 87", "82 01 04 11 96"},
		{"8A with 81, contacts made when open", "xor-8a80", "81", func(b *Board) { b.InvertHook = true },
			"81 01 04 11 95", "81 01 04 00 84"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				host, s := wired(t, speaking(tc.dialect, tc.board))
				wrong("push", "main/1", tc.how)(s)
				mustDo(t, s, "04", ActForce)
				if got, want := ask(t, host, "", len(unhex(t, tc.opens))), unhex(t, tc.opens); !bytes.Equal(got, want) {
					t.Errorf("opening is told by %x, want %x", got, want)
				}
				mustDo(t, s, "04", ActClose)
				if got, want := ask(t, host, "", len(unhex(t, tc.closes))),
					unhex(t, tc.closes); !bytes.Equal(got, want) {
					t.Errorf("closing is told by %x, want %x", got, want)
				}
			})
		})
	}
}
