package zpl

import (
	"bytes"
	"errors"
	"regexp"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestALabelIsWrittenAsTheManualSays(t *testing.T) {
	got, err := New(812, 1218).Text(40, 50, 60, "Return ~ R^1_2").Block(40, 150, 40, 700, 3, `Müller \ Söhne`).
		QR(40, 300, 6, "R:ABC").Code128(40, 700, 3, 120, "R>4711").Copies(2).Bytes()
	if err != nil {
		t.Fatal(err)
	}
	want := strings.Join([]string{
		"^XA", "^CI28", "^PW812", "^LL1218", "^LH0,0",
		"^FO40,50^A0N,60,60^FH^FDReturn _7E R_5E1_5F2^FS",
		`^FO40,150^A0N,40,40^FB700,3,0,L,0^FH^FDMüller \\ Söhne^FS`,
		"^FO40,300^BQN,2,6^FH^FDMA,R:ABC^FS",
		"^FO40,700^BY3^BCN,120,Y,N,N^FH^FDR>04711^FS",
		"^PQ2", "^XZ", "",
	}, "\n")
	if string(got) != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestWhatCannotBePrintedIsRefused(t *testing.T) {
	for name, l := range map[string]*Label{
		"no width":                 New(0, 1000),
		"a label as long as a man": New(800, 10_000),
		"outside on the left":      New(800, 1000).Text(-1, 0, 20, "a"),
		"letters too small":        New(800, 1000).Text(0, 0, 5, "a"),
		"an endless field":         New(800, 1000).Text(0, 0, 20, strings.Repeat("a", 1001)),
		"bytes that are no text":   New(800, 1000).Text(0, 0, 20, "\xff"),
		"a bar code in Chinese":    New(800, 1000).Code128(0, 0, 2, 50, "取"),
		"an empty bar code":        New(800, 1000).Code128(0, 0, 2, 50, ""),
		"modules too large":        New(800, 1000).QR(0, 0, 11, "a"),
		"a hundred copies":         New(800, 1000).Copies(100),
		"a block without lines":    New(800, 1000).Block(0, 0, 20, 100, 0, "a"),
	} {
		if out, err := l.Bytes(); err == nil {
			t.Errorf("%s gives %q", name, out)
		}
	}
}

// Whatever a text says, it is no command: every ^ and ~ is one of ours.
func TestNoTextIsACommand(t *testing.T) {
	ours := regexp.MustCompile(
		`\^(XA|CI28|PW\d+|LL\d+|LH0,0|FO\d+,\d+|A0N,\d+,\d+|FB\d+,\d+,0,L,0|` +
			`FH|FD|FS|BQN,2,\d|BY\d+|BCN,\d+,Y,N,N|PQ\d+|XZ)`)
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.String().Draw(t, "text")
		out, err := New(800, 1000).Text(1, 2, 30, text).Block(1, 2, 30, 300, 2, text).QR(1, 2, 3, text).Bytes()
		if err != nil {
			t.Skip()
		}
		rest := ours.ReplaceAllString(string(out), "")
		if strings.ContainsAny(rest, "^~") {
			t.Fatalf("%q leaves %q", text, rest)
		}
		if n := strings.Count(string(out), "^FD"); n != 3 {
			t.Fatalf("%q gives %d fields", text, n)
		}
	})
}

const (
	well1 = "030,0,0,1245,000,0,0,0,000,0,0,0"
	well2 = "000,0,0,0,0,2,4,0,00000000,1,000"
	well3 = "1234,0"
)

func TestHostStatusIsRead(t *testing.T) {
	for _, c := range []struct {
		name         string
		first, other string
		want         Status
	}{
		{"well", well1, well2, Status{}},
		{"paper out", "030,1,0,1245,000,0,0,0,000,0,0,0", well2, Status{PaperOut: true}},
		{"paused", "030,0,1,1245,000,0,0,0,000,0,0,0", well2, Status{Paused: true}},
		{"three labels in the buffer, which is full", "030,0,0,1245,003,1,0,0,000,0,0,0", well2,
			Status{Waiting: 3, BufferFull: true}},
		{"too cold", "030,0,0,1245,000,0,0,0,000,0,1,0", well2, Status{TooCold: true}},
		{"too hot", "030,0,0,1245,000,0,0,0,000,0,0,1", well2, Status{TooHot: true}},
		{"head open", well1, "000,0,1,0,0,2,4,0,00000000,1,000", Status{HeadOpen: true}},
		{"ribbon out", well1, "000,0,0,1,0,2,4,0,00000000,1,000", Status{RibbonOut: true}},
		{"a label waits to be taken, two to come", well1, "000,0,0,0,0,2,4,1,00000002,1,000",
			Status{LabelWaits: true, BatchToCome: 2}},
		{"later firmware with more fields", well1 + ",0,5", well2 + ",7", Status{}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := ParseStatus([3]string{c.first, c.other, well3})
			if err != nil || got != c.want {
				t.Errorf("got %+v, %v; want %+v", got, err, c.want)
			}
		})
	}
	for _, bad := range [][3]string{{}, {well2, well1, well3}, {well1, well2, "x"},
		{"030,2,0,1245,000,0,0,0,000,0,0,0", well2, well3},
		{"030,,0,1245,000,0,0,0,000,0,0,0", well2, well3}, {"030,0,0,1245,-1,0,0,0,000,0,0,0", well2, well3}} {
		if _, err := ParseStatus(bad); !errors.Is(err, ErrStatus) {
			t.Errorf("%q is taken for a status", bad)
		}
	}
}

func wire(lines ...string) (b []byte) {
	for _, l := range lines {
		b = append(b, "\x02"+l+"\x03\r\n"...)
	}
	return b
}

func TestLinesAreCutOutOfWhatComes(t *testing.T) {
	all := append([]byte("\x00\xffnoise\x03"), wire(well1, well2, well3)...)
	var r Reader
	for i, c := range all {
		done := r.Feed([]byte{c})
		if last := i >= len(all)-3; done != last { // CR and LF follow the last 03
			t.Fatalf("after byte %d it says %v", i, done)
		}
	}
	if got := r.Lines(); got != [3]string{well1, well2, well3} {
		t.Errorf("got %q", got)
	}
	if r.Feed([]byte("\x02")) {
		t.Error("the lines are there again")
	}
}

// An answer that was given up comes together with the next one's.
func TestOfTwoStatusesInOnePieceTheNewerCounts(t *testing.T) {
	older, newer := wire("030,1,0,1245,000,0,0,0,000,0,0,0", well2, well3), wire(well1, well2, well3)
	for cut := len(older); cut <= len(older)+len(newer); cut++ {
		both := append(bytes.Clone(older), newer...)
		var r Reader
		done := r.Feed(both[:cut])
		if !done {
			done = r.Feed(both[cut:])
		}
		if got := r.Lines(); !done || cut > len(older)+len(well1)+2 && got[0] != well1 {
			t.Errorf("in two pieces at %d: %v, %q", cut, done, got)
		}
	}
}

func FuzzStatus(f *testing.F) {
	f.Add(wire(well1, well2, well3), 10)
	f.Add(append([]byte("\x02\x02"), wire(well1, well2)...), 3)
	f.Add([]byte("\x02"+strings.Repeat("0,", 300)+"\x03"), 1)
	f.Fuzz(func(t *testing.T, b []byte, cut int) {
		var whole, pieces Reader
		done := whole.Feed(b)
		if cut < 0 || cut > len(b) {
			cut = len(b) / 2
		}
		pieces.Feed(b[:cut])
		if pieces.Feed(b[cut:]) != done {
			t.Fatalf("%q in two pieces at %d is not the same", b, cut)
		}
		lines := whole.Lines()
		if lines != pieces.Lines() {
			t.Fatalf("%q in two pieces at %d gives other lines", b, cut)
		}
		kept := 0
		for _, l := range lines {
			kept += len(l)
		}
		if kept > 3*longestLine {
			t.Fatalf("%d bytes are kept", kept)
		}
		if s, err := ParseStatus(lines); err != nil && s != (Status{}) {
			t.Fatalf("%+v with %v", s, err)
		}
	})
}
