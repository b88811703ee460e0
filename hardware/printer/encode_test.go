package printer

import (
	"bytes"
	"encoding/hex"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func unhex(t testing.TB, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(strings.ReplaceAll(s, " ", ""))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func roll(change func(*Paper)) Paper {
	p := Paper{
		Dots:    384,
		Letters: Letters{Set: gb18030, Page: -1},
		QR:      QRByCommand,
		QRDots:  6,
		Cut:     CutPartial,
	}
	if change != nil {
		change(&p)
	}
	return p
}

// The commands as printers' manuals print them, each within a whole ticket.
func TestATicketHasTheBytesTheManualsName(t *testing.T) {
	for _, c := range []struct {
		name  string
		paper Paper
		put   Element
		want  string
	}{
		{"reset first", roll(nil), Rule{}, "1B 40"},
		{"no automatic status", roll(nil), Rule{}, "1D 61 00"},
		{"Chinese mode on", roll(nil), Rule{}, "1C 26"},
		{"Chinese letters are two bytes of GB18030", roll(nil), Text{Words: "取件码"}, "C8 A1 BC FE C2 EB 0A"},
		{"ASCII stays ASCII in Chinese mode", roll(nil), Text{Words: "PIN 1"}, "50 49 4E 20 31 0A"},
		{"a four-byte character is replaced", roll(nil), Text{Words: "a😀b"}, "61 3F 62 0A"},
		{"a letter GB18030 has in four bytes loses its dots", roll(nil), Text{Words: "Ä"}, "41 0A"},
		{"Chinese mode off and a code page by Epson's number", roll(func(p *Paper) { p.Letters.Set = "pc858" }),
			Text{Words: "ä€"}, "1C 2E 1B 74 13"},
		{"letters of the code page", roll(func(p *Paper) { p.Letters.Set = "pc858" }), Text{Words: "ä€"}, "84 D5 0A"},
		{"a code page by the maker's number", roll(func(p *Paper) { p.Letters = Letters{"wpc1252", 32} }),
			Text{Words: "ü"}, "1B 74 20"},
		{"what a code page has not is replaced", roll(func(p *Paper) { p.Letters.Set = "pc437" }), Text{Words: "取Ł€"},
			"3F 4C 45 55 52 0A"},
		{"bold", roll(nil), Text{Words: "a", Bold: true}, "1B 45 01 61 0A 1B 45 00"},
		{"centred", roll(nil), Text{Words: "a", Centre: true}, "1B 61 01 1B 45 00 61 0A"},
		{"large, also for Chinese letters", roll(nil), Text{Words: "a", Large: true},
			"1D 21 11 1C 57 01 61 0A 1D 21 00 1C 57 00"},
		{"QR model 2", roll(nil), QR{"AB"}, "1D 28 6B 04 00 31 41 32 00"},
		{"QR dot size", roll(nil), QR{"AB"}, "1D 28 6B 03 00 31 43 06"},
		{"QR level M", roll(nil), QR{"AB"}, "1D 28 6B 03 00 31 45 31"},
		{"QR store, three more than the text has", roll(nil), QR{"AB"}, "1D 28 6B 05 00 31 50 30 41 42"},
		{"QR print", roll(nil), QR{"AB"}, "1D 28 6B 03 00 31 51 30"},
		{"QR store of more than 255", roll(nil), QR{strings.Repeat("7", 300)}, "1D 28 6B 2F 01 31 50 30 37"},
		{"QR as pictures of 21 modules of 6 dots: 16 bytes, 126 rows", roll(func(p *Paper) { p.QR = QRByRaster }),
			QR{"AB"}, "1D 76 30 00 10 00 7E 00"},
		{"feed and cut partly", roll(nil), Rule{}, "1D 56 42 03"},
		{"feed and cut", roll(func(p *Paper) { p.Cut = CutFull }), Rule{}, "1D 56 41 03"},
		{"the old cut, fed before", roll(func(p *Paper) { p.Cut = CutFullOld }), Rule{}, "1B 64 04 1D 56 00"},
		{"the old partial cut", roll(func(p *Paper) { p.Cut = CutPartialOld }), Rule{}, "1B 64 04 1D 56 01"},
		{"an amount at the right edge", roll(func(p *Paper) { p.Dots = 144 }), Pair{Left: "ab", Right: "1.00"},
			"61 62 20 20 20 20 20 20 31 2E 30 30 0A"},
		{"a long text before an amount", roll(func(p *Paper) { p.Dots = 192 }),
			Pair{Left: "ab cd efgh ij", Right: "1.00"},
			"61 62 20 63 64 20 65 66 67 68 0A 69 6A 20 20 20 20 20 20 20 20 20 20 31 2E 30 30 0A"},
		{"an amount as wide as the paper", roll(func(p *Paper) { p.Dots = 144 }),
			Pair{Left: "ab", Right: "123456789.00"},
			"61 62 0A 31 32 33 34 35 36 37 38 39 2E 30 30 0A"},
		{"a Greek letter takes two columns in Chinese mode", roll(func(p *Paper) { p.Dots = 144 }),
			Pair{Left: "Ω", Right: "¥1"}, "A6 B8 20 20 20 20 20 20 20 A3 A4 31 0A"},
		{"control characters of a text are spaces", roll(nil), Text{Words: "a\x10\x04\x01\x1bb\u0085c"},
			"61 20 20 20 20 62 20 63 0A"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := Encode(c.paper, c.put)
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Contains(got, unhex(t, c.want)) {
				t.Errorf("% X\nis not in\n% X", unhex(t, c.want), got)
			}
		})
	}
	if got, _ := Encode(roll(func(p *Paper) { p.Cut = CutNone }), Rule{}); bytes.Contains(
		got,
		[]byte{0x1D, 0x56},
	) {
		t.Error("a printer without a cutter is told to cut")
	}
}

func TestPaperThatDoesNotExistIsRefused(t *testing.T) {
	for name, change := range map[string]func(*Paper){
		"no width":            func(p *Paper) { p.Dots = 0 },
		"a width between":     func(p *Paper) { p.Dots = 385 },
		"an unknown code":     func(p *Paper) { p.QR = "by hand" },
		"modules of one dot":  func(p *Paper) { p.QRDots = 1 },
		"an unknown cut":      func(p *Paper) { p.Cut = "scissors" },
		"unknown letters":     func(p *Paper) { p.Letters.Set = "ebcdic" },
		"a page out of range": func(p *Paper) { p.Letters = Letters{"pc437", 256} },
	} {
		if _, err := Encode(roll(change), Rule{}); err == nil {
			t.Errorf("%s is taken", name)
		}
	}
	if _, err := Encode(roll(func(p *Paper) { p.Dots = 104 }), QR{strings.Repeat("a", 400)}); err == nil {
		t.Error("a code wider than the paper is taken")
	}
}

func TestTextIsWrappedWhereALineMayEnd(t *testing.T) {
	for _, c := range []struct {
		text    string
		columns int
		want    []string
	}{
		{"one two three", 7, []string{"one two", "three"}},
		{"one two three", 8, []string{"one two", "three"}},
		{"abcdefgh", 3, []string{"abc", "def", "gh"}},
		{"取件码和密码", 6, []string{"取件码", "和密码"}},
		{"取件码和密码", 7, []string{"取件码", "和密码"}},
		{"PIN 是12345678", 8, []string{"PIN 是", "12345678"}},
		{"a\n\nb", 5, []string{"a", "", "b"}},
		{"", 5, []string{""}},
		{"end  ", 5, []string{"end"}},
	} {
		if got := wrap(c.text, c.columns, columnsOf); !slices.Equal(got, c.want) {
			t.Errorf("%q in %d columns: %q, want %q", c.text, c.columns, got, c.want)
		}
	}
}

// A printer obeys 10 04, 10 05 and 10 14 wherever they stand. In text and in
// pictures there must be none; a code by command is the code's own text.
func TestNothingPrintedCanBeTakenForACommandInRealTime(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := roll(func(p *Paper) {
			p.QR = QRByRaster
			p.Dots = rapid.SampledFrom([]int{384, 576}).Draw(t, "dots")
			p.QRDots = rapid.IntRange(2, 16).Draw(t, "module")
			p.Letters.Set = rapid.SampledFrom(Sets()).Draw(t, "letters")
		})
		code := rapid.StringMatching(`[A-Z0-9:]{1,60}`).Draw(t, "code")
		got, err := Encode(p, Text{Words: rapid.String().Draw(t, "text")}, QR{code})
		if err != nil {
			t.Fatal(err)
		}
		for _, bad := range [][]byte{{0x10, 0x04}, {0x10, 0x05}, {0x10, 0x14}} {
			if bytes.Contains(got, bad) {
				t.Fatalf("% X is in % X", bad, got)
			}
		}
	})
}
