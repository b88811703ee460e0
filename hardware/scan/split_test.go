package scan

import (
	"bytes"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// plain is the parser of a serial reader with this suffix.
func plain(t testing.TB, suffix string) *Parser { return parser(t, Config{Port: "x", Suffix: suffix}) }

func parser(t testing.TB, c Config) *Parser {
	t.Helper()
	c, err := c.Complete()
	if err != nil {
		t.Fatal(err)
	}
	return NewParser(c)
}

// parse feeds pieces of some size, pauses, and writes what was found, with a
// dash for a code that was too long.
func parse(p *Parser, b []byte, size int) (got []string) {
	note := func(codes []Code) {
		for _, c := range codes {
			if c.TooLong {
				got = append(got, "-")
			} else {
				got = append(got, c.Symbology+string(c.Data))
			}
		}
	}
	for piece := range slices.Chunk(b, size) {
		codes, _ := p.Feed(piece)
		note(codes)
	}
	note(p.Pause())
	return got
}

func TestScansAreCutWhereTheyEnd(t *testing.T) {
	long, wire := strings.Repeat("x", CodeMax), strings.Repeat("y", WireMax)
	for _, c := range []struct {
		name, suffix, in string
		want             []string
	}{
		{"a suffix ends a scan", "cr", "ABC\r", []string{"ABC"}},
		{"scans with suffix follow each other", "any", "ABC\rDEF\tGHI\n", []string{"ABC", "DEF", "GHI"}},
		{"a pair is one end under any", "any", "ABC\r\nDEF\r\n", []string{"ABC", "DEF"}},
		{"a pair is one end under cr", "cr", "ABC\r\nDEF\r\n", []string{"ABC", "DEF"}},
		{"a pair is one end under crlf", "crlf", "ABC\r\nDEF\r\n", []string{"ABC", "DEF"}},
		{"half a pair is data under crlf", "crlf", "A\rB\nC\r\n", []string{"A\rB\nC"}},
		{"a pause ends a scan without its suffix", "cr", "ABC", []string{"ABC"}},
		{"half a suffix before a pause is dropped", "crlf", "ABC\r", []string{"ABC"}},
		{"only a pause ends a scan under none", "none", "A\tB\rC", []string{"A\tB\rC"}},
		{"a suffix nobody configured is dropped at a pause", "none", "ABC\r\n", []string{"ABC"}},
		{"zero bytes are dropped everywhere", "any", "\x00A\x00B\x00\r", []string{"AB"}},
		{"noise before a code is dropped", "any", "\xFF\x02\x1B ABC\r", []string{" ABC"}},
		{"GS before a code is not noise", "any", "\x1D0109\x1D21\r", []string{"\x1D0109\x1D21"}},
		{"an empty scan is none", "any", "\r\r\n\t", nil},
		{"the longest code passes", "cr", long + "\r", []string{long}},
		{"and with a pair", "crlf", long + "\r\n", []string{long}},
		{"one byte more is too long", "cr", long + "x\rABC\r", []string{"-", "ABC"}},
		{"and with a pair is too", "crlf", long + "x\r\nABC\r\n", []string{"-", "ABC"}},
		{"a QR code of 3 KB is one code too long", "cr", wire[:3000] + "\rABC\r", []string{"-", "ABC"}},
		{"a flood is one code too long", "crlf", wire + wire + "\r\nABC\r\n", []string{"-", "ABC"}},
		{"a flood ends at a pause too", "none", wire + wire, []string{"-"}},

		{"an AIM identifier is taken off", "cr", "]Q1ABC\r", []string{"]Q1ABC"}},
		{"one that is not known is data", "cr", "]y1ABC\r", []string{"]y1ABC"}},
		{"an AIM identifier alone is no code", "cr", "]Q1\r", nil},

		{"the same code glued five times is one scan", "none", strings.Repeat("PARCEL-1", 5), []string{"PARCEL-1"}},
		{"and held for long", "none", strings.Repeat("PARCEL-1", 100), []string{"PARCEL-1"}},
		{"and when the last one has its suffix", "any", strings.Repeat("PARCEL-1", 5) + "\r", []string{"PARCEL-1"}},
		{"and where every one should have it", "cr", strings.Repeat("PARCEL-1", 2) + "\rPARCEL-2\r",
			[]string{"PARCEL-1", "PARCEL-2"}},
		{"and where none ever has", "tab", strings.Repeat("PARCEL-1", 3), []string{"PARCEL-1"}},
		{"and with a suffix nobody configured", "none", strings.Repeat("PARCEL-1\r\n", 3), []string{"PARCEL-1"}},
		{"a short code may repeat itself", "none", "12341234", []string{"12341234"}},
		{"a code of one digit throughout is not split", "none", strings.Repeat("1", 16),
			[]string{strings.Repeat("1", 16)}},
		{"different codes glued stay together", "none", "PARCEL-1PARCEL-2", []string{"PARCEL-1PARCEL-2"}},
		{"glued scans that name their symbology are split", "none", "]Q1AAA]C0BBB]Q1CCC",
			[]string{"]Q1AAA", "]C0BBB", "]Q1CCC"}},
		{"and when a pause had to end them", "any", "]Q1AAA]C0BBB", []string{"]Q1AAA", "]C0BBB"}},
		{"and when the last one has its suffix", "cr", "]Q1AAA]C0BBB\r]Q1CCC\r",
			[]string{"]Q1AAA", "]C0BBB", "]Q1CCC"}},
		{"and with a suffix nobody configured", "none", "]Q1AAA\r]C0BBB\r", []string{"]Q1AAA", "]C0BBB"}},
		{"an identifier in a code is data where the first code has none", "none", "AAA]C0BBB", []string{"AAA]C0BBB"}},
		{"and where it is followed by nothing", "cr", "]Q1AAA]C0\r", []string{"]Q1AAA]C0"}},
		{"codes of 300 bytes glued are all read", "none", "]Q1" + long[:300] + "]Q1" + wire[:300],
			[]string{"]Q1" + long[:300], "]Q1" + wire[:300]}},

		{"the acknowledgement of a trigger stands before the code", "cr", "\x02\x00\x00\x01\x00\x33\x31ABC\r",
			[]string{"ABC"}},
		{"and in its middle", "cr", "AB\x02\x00\x00\x01\x00\x33\x31C\r", []string{"ABC"}},
		{"and twice", "cr", "\x02\x00\x00\x01\x00\x33\x31\x02\x00\x00\x01\x00\x33\x31ABC\r", []string{"ABC"}},
		{"an acknowledgement of SSI", "cr", "\x04\xD0\x00\x00\xFF\x2CABC\r", []string{"ABC"}},
		{"one after the beginning of another", "cr", "\x04\x02\x00\x00\x01\x00\x33\x31ABC\r", []string{"ABC"}},
		{"a beginning of one is noise", "cr", "\x02\x00\x00\x02\x00\x00\x01\x00\x33\x31ABC\r", []string{"ABC"}},
		{"a beginning of one before a pause is noise", "none", "\x02\x00\x00", nil},

		{"framing characters are taken off", "cr", "\x02ABC\x03\r\x01DEF\x04\r", []string{"ABC", "DEF"}},
		{"and where a pause ends the scan", "none", "\x01\x02ABC\x03\x04", []string{"ABC"}},
		{"and behind the suffix", "any", "\x02ABC\r\x03\x02DEF\r\x03", []string{"ABC", "DEF"}},
		{"framed scans glued together are split", "none", "\x02ABC\x03\x02DEF\x03", []string{"ABC", "DEF"}},
		{"a doubled suffix is one", "crlf", "ABC\r\n\r\nDEF\r\n\r\n", []string{"ABC", "DEF"}},
		{"and under another one", "lf", "ABC\r\n\r\n", []string{"ABC"}},
		{"and under none", "none", "ABC\t\t", []string{"ABC"}},
		{"and a tab before the end", "cr", "ABC\t\r", []string{"ABC"}},
		{"the mark of a character set is taken off", "cr", "]Q2\\000026ABC\r", []string{"]Q2ABC"}},
		{"and without an identifier", "cr", "\\000003ABC\r", []string{"ABC"}},
		{"with it a doubled backslash is one", "cr", "\\000026A\\\\B\r", []string{"A\\B"}},
		{"without it every backslash stays", "cr", "A\\\\B\\\r", []string{"A\\\\B\\"}},
		{"a byte order mark is taken off", "cr", "\xEF\xBB\xBFABC\r", []string{"ABC"}},
		{"all of it together", "none", "\x02]Q2\\000026\xEF\xBB\xBFABC\x03\r\n\r\n", []string{"]Q2ABC"}},
		{"GB 18030 is read where it is named", "cr", "]Q2\\000029\xC1\xAA\xCD\xA8\r", []string{"]Q2联通"}},
		{"and where it could be UTF-8", "cr", "\\000029\xC4\xA3\r", []string{"模"}},
		{"the same bytes without a mark are UTF-8", "cr", "\xC4\xA3\r", []string{"ģ"}},
		{"ISO 8859-1 is read where it is named", "cr", "\\000003M\xFCller\r", []string{"Müller"}},
		{"and UTF-8 where only its usual name is written", "cr", "\\000003Müller\r", []string{"Müller"}},
		{"two character sets in one code", "cr", "\\000003\xFC\\000029\xB0\xFC\r", []string{"ü包"}},
		{"bytes that are not in the set named stay", "cr", "\\000026A\x81\r", []string{"A\x81"}},
		{"nothing between framing characters is no code", "cr", "\x02\x03\r", nil},

		{"UTF-8 stays", "cr", "包裹\r", []string{"包裹"}},
		{"GBK is read", "cr", "\xB0\xFC\xB9\xFC\r", []string{"包裹"}},
		{"four bytes of GB18030 are read", "cr", "\x95\x32\x82\x36\r", []string{"𠀀"}},
		{"what is neither stays as it came", "cr", "A\x81\r", []string{"A\x81"}},
	} {
		for _, size := range []int{1, 7, 8192} {
			t.Run(c.name, func(t *testing.T) {
				if got := parse(plain(t, c.suffix), []byte(c.in), size); !slices.Equal(got, c.want) {
					t.Errorf("in pieces of %d: got %q, want %q", size, got, c.want)
				}
			})
		}
	}
}

func TestTheCharactersOfAReaderBecomeFNC1(t *testing.T) {
	for _, c := range []struct{ name, separator, in, want string }{
		{"as it should be", "", "10A\x1D2142\r", "10A\x1D2142"},
		{"two characters", "^]", "10A^]2142\r", "10A\x1D2142"},
		{"a bar", "|", "10A|2142|\r", "10A\x1D2142\x1D"},
		{"a letter", "Z", "10AZ2142\r", "10A\x1D2142"},
		{"the identifier is not touched", "]", "]C110A]2142\r", "]C110A\x1D2142"},
	} {
		if got := parse(parser(t, Config{Port: "x", Separator: c.separator}), []byte(c.in), 99); !slices.Equal(got,
			[]string{c.want}) {
			t.Errorf("%s: %q", c.name, got)
		}
	}
}

// What a reader sends when it has read nothing is nothing, however it is packed;
// a code that has such a text in it is a code.
func TestATextForNothingReadIsNoCode(t *testing.T) {
	texts := "NO READ, NOREAD,NO LABEL,ERROR"
	for _, c := range []struct {
		name, nothing, in string
		want              []string
	}{
		{"each of them", texts, "NO READ\rNOREAD\rNO LABEL\rERROR\r", nil},
		{"in small letters, with blanks", texts, "no read\r NoRead \rerror\r", nil},
		{"framed", texts, "\x02NOREAD\x03\r", nil},
		{"behind an identifier", texts, "]A0ERROR\r", nil},
		{"between codes", texts, "1Z1\rNOREAD\r1Z2\r", []string{"1Z1", "1Z2"}},
		{"a code with one in it", texts, "NO READ 7\rERRORS\rXERROR\r", []string{"NO READ 7", "ERRORS", "XERROR"}},
		{"one of the reader's own", "?, BR", "?\rBR\rNOREAD\r", []string{"NOREAD"}},
		{"none", "", "NOREAD\r", []string{"NOREAD"}},
		{"blanks and commas are none", " , ,", ",\r", []string{","}},
	} {
		if got := parse(parser(t, Config{Port: "x", Nothing: c.nothing}), []byte(c.in), 3); !slices.Equal(got, c.want) {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
	if _, err := (Config{Port: "x", Nothing: "A," + strings.Repeat("x", 65)}).Complete(); err == nil ||
		!strings.Contains(err.Error(), "65 bytes") {
		t.Errorf("a long one: %v", err)
	}
}

func TestTwoCodesTooLongAreToldApart(t *testing.T) {
	for _, c := range []struct {
		name, first, second string
		same                bool
	}{
		{"different from the start", strings.Repeat("x", 600), strings.Repeat("y", 600), false},
		{"different at the end", strings.Repeat("x", 600) + "a", strings.Repeat("x", 600) + "b", false},
		{"different in what is not kept", strings.Repeat("x", WireMax+9) + "a",
			strings.Repeat("x", WireMax+9) + "b", false},
		{"one byte too long for the wire", strings.Repeat("x", WireMax) + "a",
			strings.Repeat("x", WireMax) + "b", false},
		{"of different length", strings.Repeat("x", 600), strings.Repeat("x", 601), false},
		{"the same twice", strings.Repeat("x", 5000), strings.Repeat("x", 5000), true},
	} {
		for suffix, end := range map[string]string{"cr": "\r", "crlf": "\r\n"} {
			codes, _ := plain(t, suffix).Feed([]byte(c.first + end + c.second + end))
			if len(codes) != 2 || !codes[0].TooLong || !codes[1].TooLong ||
				(codes[0].Digest == codes[1].Digest) != c.same {
				t.Errorf("%s under %s: %d codes", c.name, suffix, len(codes))
			}
		}
	}
}

func FuzzText(f *testing.F) {
	f.Add([]byte("ABC\r\nDEF\x00\t"), uint64(1))
	f.Add(bytes.Repeat([]byte("x"), 2*WireMax), uint64(2))
	f.Add([]byte("]Q1AAA]C0BBB\xFF"), uint64(3))
	f.Add([]byte("A\x02\x00\x00\x01\x00\x33\x31B\x02\x00\r"), uint64(4))
	f.Add([]byte("PARCEL-1PARCEL-1"), uint64(5))
	f.Add([]byte("\xB0\xFC\xB9\xFC\r"), uint64(6))
	f.Fuzz(func(t *testing.T, b []byte, seed uint64) {
		random := rand.New(rand.NewPCG(seed, 0))
		suffixes, most := Suffixes, 10
		if len(b) > 1024 { // long ones one at a time, and not byte by byte: they take long
			one := random.IntN(len(Suffixes))
			suffixes, most = Suffixes[one:one+1], 500
		}
		for _, suffix := range suffixes {
			all := parse(plain(t, suffix), b, max(len(b), 1))
			pieces := parse(plain(t, suffix), b, 1+random.IntN(most))
			if !slices.Equal(all, pieces) {
				t.Fatalf("%s: whole %q, in pieces %q", suffix, all, pieces)
			}
			for _, c := range all {
				if c == "" || len(c) > CodeMax+3 || strings.Contains(c, "\x00") {
					t.Fatalf("%s: code %q", suffix, c)
				}
			}
		}
	})
}
