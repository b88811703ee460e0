package badge

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

var noon = time.Date(2026, 7, 1, 12, 0, 0, 0, time.UTC)

func unhex(t testing.TB, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(strings.ReplaceAll(s, " ", ""))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func complete(t testing.TB, c Config) Config {
	t.Helper()
	if c.Port == "" {
		c.Port = "/dev/x"
	}
	c, err := c.Complete()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// read feeds all bytes in pieces within one moment, then pauses.
func read(c Config, b []byte, size int) (got []string) {
	p := NewParser(c)
	for piece := range slices.Chunk(b, size) {
		for _, uid := range p.Feed(piece, noon) {
			got = append(got, fmt.Sprintf("%X", uid))
		}
	}
	for _, uid := range append(p.Pause(noon), p.Still(noon)...) {
		got = append(got, fmt.Sprintf("%X", uid))
	}
	return got
}

const (
	rdm  = "02 30 31 30 30 36 33 45 39 41 45 32 35 03" // 01 0063E9AE, printed 0006547886
	em   = "02 0A 02 06 00 8E 6D 5D B0 03"             // printed 0009334109
	tag  = "02 09 01 DE AD BE EF 2A 03"
	long = "02 0C 01 04 A2 3B 11 22 33 44 D4 03"
)

func TestCardsAreReadFromFrames(t *testing.T) {
	broken := strings.Replace(rdm, "32 35 03", "32 36 03", 1)
	for _, c := range []struct {
		name, format, in string
		want             []string
	}{
		{"a 125 kHz card", "rdm6300", rdm, []string{"0063E9AE"}},
		{"with CR LF before its end", "rdm6300", strings.Replace(rdm, " 03", " 0D 0A 03", 1), []string{"0063E9AE"}},
		{"repeated while it is there", "rdm6300", rdm + rdm + rdm, []string{"0063E9AE"}},
		{"half a frame, then a whole one", "rdm6300", rdm[:20] + " " + rdm, []string{"0063E9AE"}},
		{"half a frame when the card leaves", "rdm6300", rdm[:20], nil},
		{"a wrong checksum", "rdm6300", broken, nil},
		{"a wrong checksum, then a right one", "rdm6300", broken + rdm, []string{"0063E9AE"}},
		{"noise around", "rdm6300", "FF 00 02 02" + rdm + "03 41", []string{"0063E9AE"}},
		{"two cards", "rdm6300", rdm + "02 30 31 30 30 30 30 30 30 30 31 30 30 03", []string{"0063E9AE", "00000001"}},
		{"an ID card at a combined reader", "combined", em, []string{"008E6D5D"}},
		{"a Mifare card", "combined", tag, []string{"DEADBEEF"}},
		{"a Mifare card of seven bytes", "combined", long, []string{"04A23B11223344"}},
		{"a UID that holds STX and ETX", "combined", "02 09 01 02 03 02 03 08 03", []string{"02030203"}},
		{"a type nobody knows", "combined", "02 09 07 DE AD BE EF 2C 03", nil},
		{"a wrong BCC", "combined", "02 09 01 DE AD BE EF 2B 03", nil},
		{"an impossible length, then a card", "combined", "02 FF " + tag, []string{"DEADBEEF"}},
		{"half a card, then a whole one", "combined", tag[:14] + " " + tag, []string{"DEADBEEF"}},
	} {
		for _, size := range []int{1, 5, 200} {
			t.Run(c.name, func(t *testing.T) {
				if got := read(complete(t, Config{Format: c.format}), unhex(t, c.in),
					size); !slices.Equal(got, c.want) {
					t.Errorf("in pieces of %d: %q, want %q", size, got, c.want)
				}
			})
		}
	}
}

func TestOneCardIsTheSameInItsSpellings(t *testing.T) {
	for _, c := range []struct {
		name   string
		config Config
		in     string
		want   string
	}{
		{"hexadecimal text", Config{Format: "hex"}, "DEADBEEF\r\n", "DEADBEEF"},
		{"in small letters without a line end", Config{Format: "hex"}, "deadbeef", "DEADBEEF"},
		{"of seven bytes", Config{Format: "hex"}, "04A23B11223344\r\n", "04A23B11223344"},
		{"a 125 kHz card in hexadecimal", Config{Format: "hex"}, "010063E9AE\r", "0063E9AE"},
		{"with its bytes turned round", Config{Format: "hex", Reversed: true}, "EFBEADDE\r", "DEADBEEF"},
		{"a 125 kHz card with its bytes turned round", Config{Format: "hex", Reversed: true},
			"AEE9630001\r", "0063E9AE"},
		{"ten digits", Config{Format: "digits"}, "0006547886\r", "0063E9AE"},
		{"ten digits of the other example", Config{Format: "digits"}, "0009334109\r", "008E6D5D"},
		{"ten digits of turned bytes", Config{Format: "digits", Reversed: true}, "2934530816\r", "0063E9AE"},
		{"eight digits", Config{Format: "digits", Spelling: "8d"}, "09334109\r", "8E6D5D"},
		{"facility and number", Config{Format: "digits", Spelling: "w26"}, "142,27997\r", "8E6D5D"},
		{"a small facility and number", Config{Format: "digits", Spelling: "w26"}, "001,00002\r", "010002"},
		{"the beginning of a number", Config{Format: "digits", Spelling: "w26"}, "142,27\r", ""},
		{"the end of a facility", Config{Format: "digits", Spelling: "w26"}, "2,27997\r", ""},
		{"too many digits", Config{Format: "digits"}, "00065478860\r", ""},
		{"a number too large", Config{Format: "digits"}, "9999999999\r", ""},
		{"a number with too many zeros", Config{Format: "digits", Spelling: "w26"}, "142,0027997\r", ""},
		{"the end of an endless text is no facility", Config{Format: "digits", Spelling: "w26"},
			strings.Repeat("0", 200) + "142,27997\r", ""},
		{"a facility too large", Config{Format: "digits", Spelling: "w26"}, "256,1\r", ""},
		{"words", Config{Format: "hex"}, "hello\r", ""},
		{"an endless text", Config{Format: "hex"}, strings.Repeat("AB", 500) + "\r", ""},
		{"the end of an endless text is no card", Config{Format: "digits"},
			strings.Repeat("0", 500) + "0006547886\r", ""},
	} {
		for _, size := range []int{1, 7, 2000} {
			got := strings.Join(read(complete(t, c.config), []byte(c.in), size), " ")
			if got != c.want {
				t.Errorf("%s, in pieces of %d: %q, want %q", c.name, size, got, c.want)
			}
		}
	}
}

func TestACardTypedByStaffIsTheCardTheReaderReads(t *testing.T) {
	for _, c := range []struct {
		name         string
		config       Config
		typed        string
		read, refuse string
	}{
		{"as printed", Config{}, "0006547886", rdm, ""},
		{"as ten hexadecimal digits", Config{}, "010063E9AE", rdm, ""},
		{"as eight hexadecimal digits", Config{}, "0063e9ae", rdm, ""},
		{"with the maker's byte, digits only", Config{Format: "combined"}, "hex:06008E6D5D", em, ""},
		{"the other example", Config{Format: "combined"}, "0009334109", em, ""},
		{"a Mifare card", Config{Format: "combined"}, "DE:AD:BE:EF", tag, ""},
		{"a long Mifare card", Config{Format: "combined"}, "04-A2-3B-11-22-33-44", long, ""},
		{"facility and number for a reader that tells more", Config{}, "142,27997", "", "tells 3 bytes"},
		{"nothing", Config{}, "", "", "no card's number"},
		{"a name", Config{}, "Anna", "", "no card's number"},
	} {
		cfg := complete(t, c.config)
		uid, err := cfg.Card(c.typed)
		if c.refuse != "" {
			if err == nil || !strings.Contains(err.Error(), c.refuse) {
				t.Errorf("%s: %X, %v", c.name, uid, err)
			}
			continue
		}
		if got := read(cfg, unhex(t, c.read), 99); err != nil || len(got) != 1 || got[0] != fmt.Sprintf("%X", uid) {
			t.Errorf("%s: typed %X (%v), read %v", c.name, uid, err, got)
		}
	}
	for _, spelling := range []string{"142,27997", "09334109", "0009334109"} {
		cfg := complete(t, Config{Format: "digits", Spelling: "w26"})
		if uid, err := cfg.Card(spelling); err != nil || fmt.Sprintf("%X", uid) != "8E6D5D" {
			t.Errorf("%s: %X, %v", spelling, uid, err)
		}
	}
	// What a reader that turns the bytes round leaves out is the end of the UID.
	for _, c := range []struct{ spelling, typed, text, refuse string }{
		{"10d", "0006547886", "2934530816\r", ""},
		{"10d", "04:A2:3B:11:22:33:44", "0289120772\r", ""},
		{"8d", "0006547886", "15295232\r", ""},
		{"8d", "010063E9AE", "15295232\r", ""},
		{"w26", "0006547886", "233,25344\r", ""},
		{"8d", "099,59822", "15295232\r", "tells 3 bytes"},
	} {
		cfg := complete(t, Config{Format: "digits", Spelling: c.spelling, Reversed: true})
		uid, err := cfg.Card(c.typed)
		if c.refuse != "" {
			if err == nil || !strings.Contains(err.Error(), c.refuse) {
				t.Errorf("%s for %s: %X, %v", c.typed, c.spelling, uid, err)
			}
		} else if got := read(cfg, []byte(c.text), 99); err != nil || len(got) != 1 ||
			got[0] != fmt.Sprintf("%X", uid) {
			t.Errorf("%s for %s: typed %X (%v), read %v", c.typed, c.spelling, uid, err, got)
		}
	}
	hexReader := complete(t, Config{Format: "hex"})
	if uid, err := hexReader.Card("12345678"); err != nil || !bytes.Equal(uid, []byte{0x12, 0x34, 0x56, 0x78}) {
		t.Errorf("digits for a reader of hexadecimal: %X, %v", uid, err)
	}
}

// A machine that is busy, or a wire that halts, cuts texts anywhere.
func TestAPieceOfACardsNumberIsNoCard(t *testing.T) {
	for _, c := range []struct {
		name   string
		config Config
		halt   time.Duration
		late   bool     // it is this process that halts, not the text
		texts  []string // each with a pause behind it, unless they are read late
		want   string
	}{
		{"a text that is read late is one", Config{Format: "hex"}, 5 * Away, true,
			[]string{"DEADBEEF\r\n", "04A23B11", "223344\r\n"}, "DEADBEEF 04A23B11223344"},
		{"the first text that halts is one as well", Config{Format: "hex"}, 3 * Gap, false,
			[]string{"04A23B11", "223344\r\n"}, "04A23B11223344"},
		{"wherever it halts", Config{Format: "hex"}, 3 * Gap, false, []string{"04A23", "B1", "1223344\r\n"},
			"04A23B11223344"},
		{"the first digits as well", Config{Format: "digits"}, 3 * Gap, false,
			[]string{"0006", "547886\r"}, "0063E9AE"},
		{"a text without line end halts, too", Config{Format: "hex"}, 3 * Gap, false,
			[]string{"04A23B11", "223344", ""}, "04A23B11223344"},
		{"digits without line end halt, too", Config{Format: "digits"}, 3 * Gap, false,
			[]string{"0006", "547886"}, "0063E9AE"},
		{"half a number, and soon a card", Config{Format: "digits"}, 3 * Gap, false,
			[]string{"0009334109\r", "0006", "0006547886\r"}, "008E6D5D 0063E9AE"},
		{"half a number first, and soon a card", Config{Format: "digits", Spelling: "w26"}, 3 * Gap, false,
			[]string{"142,", "142,27997\r"}, "8E6D5D"},
		{"half a number, and soon a card without line end", Config{Format: "digits", Spelling: "8d"}, 3 * Gap, false,
			[]string{"0933", "09334109"}, "8E6D5D"},
		{"half a UID, and soon a card, may be anything", Config{Format: "hex"}, 3 * Gap, false,
			[]string{"04A23B11223344\r", "04A23B112233", "DEADBEEF55\r", "DEADBEEF\r"}, "04A23B11223344 DEADBEEF"},
		{"a text that halts is one", Config{Format: "hex"}, 3 * Gap, false,
			[]string{"DEADBEEF\r\n", "04A23B11", "223344\r\n"}, "DEADBEEF 04A23B11223344"},
		{"digits as well", Config{Format: "digits", Spelling: "w26"}, 3 * Gap, false,
			[]string{"001,00002\r", "142,", "27997\r"}, "010002 8E6D5D"},
		{"half a text when the card leaves is none", Config{Format: "hex"}, Away, false,
			[]string{"DEADBEEF\r", "04A23B11", "04A23B11223344\r"}, "DEADBEEF 04A23B11223344"},
		{"a reader without line ends has pauses", Config{Format: "hex"}, Away, false,
			[]string{"DEADBEEF", "04A23B11223344"}, "DEADBEEF 04A23B11223344"},
		{"one that repeats its text as well", Config{Format: "hex"}, 3 * Gap, false,
			[]string{"DEADBEEF", "DEADBEEF", "DEADBEEF", "04A23B11223344"}, "DEADBEEF 04A23B11223344"},
		{"one that loses its line ends is read again after one card", Config{Format: "hex"}, Away, false,
			[]string{"DEADBEEF\r", "04A23B11223344", "04A23B11223344"}, "DEADBEEF 04A23B11223344"},
	} {
		p, at := NewParser(complete(t, c.config)), noon
		var got []string
		note := func(cards [][]byte) {
			for _, uid := range cards {
				got = append(got, fmt.Sprintf("%X", uid))
			}
		}
		for _, text := range c.texts {
			note(p.Feed([]byte(text), at))
			if !c.late {
				note(p.Pause(at))
			}
			if !c.late && c.halt >= Away && p.Holding() {
				note(p.Still(at))
			}
			at = at.Add(c.halt)
		}
		if p.Holding() {
			note(p.Still(at))
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("%s: %q, want %s", c.name, got, c.want)
		}
	}
}

func TestACardIsPresentedOnceUntilItHasBeenAway(t *testing.T) {
	p := NewParser(complete(t, Config{}))
	frame, other := unhex(t, rdm), unhex(t, "02 30 31 30 30 30 30 30 30 30 31 30 30 03")
	times := 0
	at := noon
	for range 100 { // held there for five seconds
		times += len(p.Feed(frame, at))
		at = at.Add(50 * time.Millisecond)
	}
	if times != 1 {
		t.Errorf("a card held before the reader counts %d times", times)
	}
	at = at.Add(5 * time.Second) // in which this process was not run
	if len(p.Feed(frame, at)) != 0 {
		t.Error("a card counts again of which bytes were read late")
	}
	p.Pause(at)
	at = at.Add(Away)
	if len(p.Feed(frame, at)) != 1 {
		t.Error("a card that comes again does not count")
	}
	if !p.Seen() || p.Seen() {
		t.Error("a card that is there is seen, once asked")
	}
	if len(p.Feed(other, at)) != 1 || len(p.Feed(frame, at)) != 1 {
		t.Error("another card, and the first one after it, do not count")
	}
}

func TestABadgeReadersConfigurationIsRefusedWhereItCannotBe(t *testing.T) {
	for _, c := range []struct {
		config Config
		said   string
	}{
		{Config{}, "no badge reader"},
		{Config{Port: "picture:/x"}, "no badge reader"},
		{Config{Port: "x", Baud: 5}, "baud"},
		{Config{Port: "x", Format: "osdp"}, "format"},
		{Config{Port: "x", Spelling: "roman"}, "spelling"},
		{Config{Port: "evdev:/dev/input/by-id/x"}, "types"},
	} {
		if _, err := c.config.Complete(); err == nil || !strings.Contains(err.Error(), c.said) {
			t.Errorf("%+v: %v", c.config, err)
		}
	}
}

func FuzzBadge(f *testing.F) {
	for _, seed := range []string{rdm, em, tag, long, "30 30 30 36 35 34 37 38 38 36 0D", "02 0A 02 02 02"} {
		f.Add(unhex(f, seed))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		for _, c := range []Config{
			{Format: "rdm6300"}, {Format: "combined"}, {Format: "hex"}, {Format: "digits"}, {
				Format: "digits", Spelling: "w26",
			},
		} {
			c.Port = "x"
			c, err := c.Complete()
			if err != nil {
				t.Fatal(err)
			}
			all := read(c, b, max(1, len(b)))
			if pieces := read(c, b, 3); !slices.Equal(all, pieces) {
				t.Fatalf("%s: whole %q, in pieces %q", c.Format, all, pieces)
			}
			for _, uid := range all {
				if len(uid) < 6 || len(uid) > 20 {
					t.Fatalf("%s: UID %q", c.Format, uid)
				}
			}
		}
	})
}

// keyed is what the kernel tells of keys that go down and up: events of time, type
// 1, code and value (linux/input.h).
func keyed(codes ...uint16) (b []byte) {
	for _, code := range codes {
		for _, value := range []uint32{1, 0} {
			b = append(b, make([]byte, 2*strconv.IntSize/8)...)
			b = binary.NativeEndian.AppendUint16(b, 1)
			b = binary.NativeEndian.AppendUint16(b, code)
			b = binary.NativeEndian.AppendUint32(b, value)
		}
	}
	return b
}

// On a French keyboard digits are typed with shift; caps lock turns letters round.
func TestACardReaderTypesInItsOwnLayout(t *testing.T) {
	shifted := func(codes ...uint16) (b []byte) {
		down := keyed(42)
		return slices.Concat(down[:len(down)/2], keyed(codes...), down[len(down)/2:])
	}
	c, err := Config{Port: "evdev:x", Format: "hex", Layout: "fr", CapsLock: true}.Complete()
	if err != nil {
		t.Fatal(err)
	}
	// 04A223B
	seen := NewParser(c).Feed(slices.Concat(shifted(11, 5), keyed(16), shifted(3, 3, 4), keyed(48), keyed(28)),
		time.Now())
	if len(seen) != 0 {
		t.Errorf("half a byte is a card: %x", seen)
	}
	// 04A23B11
	seen = NewParser(c).Feed(slices.Concat(shifted(11, 5), keyed(16), shifted(3, 4), keyed(48), shifted(2, 2),
		keyed(28)), time.Now())
	if len(seen) != 1 || hex.EncodeToString(seen[0]) != "04a23b11" {
		t.Errorf("read %x", seen)
	}
}
