package paper

import (
	"bytes"
	"image/png"
	"slices"
	"strings"
	"testing"

	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/qrcode"
)

func TestStatusBytesAreThePublishedOnes(t *testing.T) {
	for _, tc := range []struct {
		name  string
		state Condition
		want  [4]byte // to n = 1, 2, 3, 4
	}{
		{"fine", Condition{}, [4]byte{0x12, 0x12, 0x12, 0x12}},
		{"near end", Condition{NearEnd: true}, [4]byte{0x12, 0x12, 0x12, 0x1E}},
		{"paper out", Condition{PaperOut: true}, [4]byte{0x1A, 0x32, 0x12, 0x72}},
		{"near end and out", Condition{PaperOut: true, NearEnd: true}, [4]byte{0x1A, 0x32, 0x12, 0x7E}},
		{"cover open", Condition{CoverOpen: true}, [4]byte{0x1A, 0x16, 0x12, 0x12}},
		{"cover open and paper out", Condition{CoverOpen: true, PaperOut: true}, [4]byte{0x1A, 0x36, 0x12, 0x72}},
		{"starting up", Condition{Offline: true}, [4]byte{0x1A, 0x12, 0x12, 0x12}},
		{"cutter stuck", Condition{Cutter: true}, [4]byte{0x1A, 0x52, 0x1A, 0x12}},
	} {
		p := NewPrinter(Config{})
		p.Set(tc.state)
		var got []byte
		for n := byte(1); n <= 4; n++ {
			got = append(got, p.Feed([]byte{0x10, 0x04, n})...)
		}
		if !bytes.Equal(got, tc.want[:]) {
			t.Errorf("%s: % X, want % X", tc.name, got, tc.want)
		}
	}
	marked := NewPrinter(Config{Marks: true})
	if got := marked.Feed([]byte{0x10, 0x04, 4, 0x10, 0x04, 2}); !bytes.Equal(got, []byte{0x72, 0x12}) {
		t.Errorf("a printer of black marks says % X", got)
	}
	p := NewPrinter(Config{})
	p.Set(Condition{Mute: true})
	if got := p.Feed([]byte{0x10, 0x04, 1, 0x1D, 'r', 1}); len(got) > 0 {
		t.Errorf("a mute printer says % X", got)
	}
}

func TestJobsAreRead(t *testing.T) {
	for _, tc := range []struct {
		name   string
		config Config
		job    string
		want   string
	}{
		{"plain lines", Config{}, "\x1b@Hello\nWorld\n", "Hello\nWorld\n"},
		{"large and bold letters", Config{}, "\x1bE\x01\x1d!\x11Big\x1bE\x00\x1d!\x00 small\n", "Big small\n"},
		{"a line too long for the paper", Config{WidthDots: 120}, "0123456789ABC\n", "0123456789\nABC\n"},
		{"Chinese after FS &", Config{}, "\x1c&\xd6\xd0\xce\xc4A\x1c.\n", "中文A\n"},
		{"the same bytes without", Config{}, "\x1bt\x10\xd6\xd0\n", "ÖÐ\n"},
		{"Chinese from the start", Config{Chinese: true}, "\xd6\xd0\n", "中\n"},
		{"a reset ends Chinese", Config{}, "\x1c&\x1b@\x1bt\x10\xd6\xd0\n", "ÖÐ\n"},
		{"a letter of four bytes is none", Config{Chinese: true}, "\x81\x30\x81\x30\n", "□□\n"},
		{"a code page", Config{}, "\x1bt\x13\xd5\n", "€\n"},
		{"a cut", Config{}, "end\n\x1dVA\x03", "end\n- - - - - - - - cut (full) - - - - - - - -\n"},
		{"the old cut", Config{}, "end\n\x1dV\x01", "end\n- - - - - - - - cut (partial) - - - - - - - -\n"},
		{"a QR code", Config{},
			"\x1d(k\x04\x001A2\x00\x1d(k\x03\x001C\x06\x1d(k\x03\x001E1\x1d(k\x07\x001P0CODE\x1d(k\x03\x001Q0",
			"[QR CODE]\n"},
		{"a QR code to a printer that has none", Config{NoQR: true}, "\x1d(k\x07\x001P0CODE\x1d(k\x03\x001Q0", ""},
		{"a raster picture", Config{}, "\x1dv0\x00\x02\x00\x03\x00abcdef", "[picture 16x3]\n"},
		{"a question inside a command is data", Config{}, "\x1bd\x10\x04\x01x\n", strings.Repeat("\n", 16) + "x\n"},
		{"a bar code", Config{}, "\x1dkI\x06{BC101", "[bar code C101]\n"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			whole, pieces := NewPrinter(tc.config), NewPrinter(tc.config)
			whole.Feed([]byte(tc.job))
			for i := range len(tc.job) {
				pieces.Feed([]byte(tc.job[i : i+1]))
			}
			if got := whole.Text(); got != tc.want {
				t.Errorf("got %q, want %q", got, tc.want)
			}
			if got := pieces.Text(); got != tc.want {
				t.Errorf("byte by byte: %q, want %q", got, tc.want)
			}
		})
	}
}

func TestPaperEndsInTheMiddleOfAJob(t *testing.T) {
	job := []byte(strings.Repeat("line\n", 40))
	for _, tc := range []struct {
		name    string
		forgets bool
		rest    bool // comes out after the reload
	}{{"what was sent comes out afterwards", false, true}, {"what was sent is lost", true, false}} {
		t.Run(tc.name, func(t *testing.T) {
			p := NewPrinter(Config{})
			p.Set(Condition{Forgets: tc.forgets})
			p.Load(50)
			p.Feed(job)
			some := strings.Count(p.Text(), "line")
			if some == 0 || some == 40 || p.Feed([]byte{0x10, 0x04, 4})[0] != 0x7E {
				t.Fatalf("%d lines were printed", some)
			}
			p.Load(80_000)
			if got := strings.Count(p.Text(), "line"); (got == 40) != tc.rest || !tc.rest && got != some {
				t.Errorf("after the reload %d lines are there, before %d", got, some)
			}
			if _, lost := p.Complaints(); (lost > 0) != tc.forgets {
				t.Errorf("%d bytes were lost", lost)
			}
		})
	}
}

func TestAPrinterTellsItsStatusUnaskedOnceItIsToldTo(t *testing.T) {
	p := NewPrinter(Config{})
	if got := p.Set(Condition{CoverOpen: true}); len(got) > 0 {
		t.Errorf("it said % X", got)
	}
	p.Set(Condition{})
	p.Feed([]byte{0x1D, 'a', 0xFF})
	if got := p.Set(Condition{PaperOut: true}); !bytes.Equal(got, []byte{0x18, 0, 0x0C, 0}) {
		t.Errorf("it said % X", got)
	}
}

func TestUnknownCommandsAreCounted(t *testing.T) {
	p := NewPrinter(Config{})
	p.Feed([]byte("\x1b\x02\x1dzok\n"))
	if unknown, _ := p.Complaints(); unknown["ESC 02"] != 1 || unknown["GS z"] != 1 || len(unknown) != 2 {
		t.Errorf("unknown: %v", unknown)
	}
}

// What is drawn can be read by a camera.
func TestPicturesOfCodesCanBeRead(t *testing.T) {
	receipt := NewPrinter(Config{})
	receipt.Feed([]byte("Your code\n\x1ba\x01\x1d(k\x03\x001C\x08\x1d(k\x0b\x001P0PICKUP-1\x1d(k\x03\x001Q0\n" +
		"\n\x1dVA\x03"))
	label := NewLabeller(nil)
	label.Feed([]byte("^XA^PW600^LL400^FO100,100^BQN,2,6^FDMA,LABEL-1^FS^XZ"))
	for want, draw := range map[string]func() ([]byte, error){"PICKUP-1": receipt.PNG, "LABEL-1": label.PNG} {
		file, err := draw()
		if err != nil {
			t.Fatal(err)
		}
		picture, err := png.Decode(bytes.NewReader(file))
		if err != nil {
			t.Fatal(err)
		}
		bitmap, err := gozxing.NewBinaryBitmapFromImage(picture)
		if err != nil {
			t.Fatal(err)
		}
		code, err := qrcode.NewQRCodeReader().Decode(bitmap,
			map[gozxing.DecodeHintType]any{gozxing.DecodeHintType_TRY_HARDER: true})
		if err != nil || code.GetText() != want {
			t.Errorf("%s: %v, %v", want, code, err)
		}
	}
}

const hostStatus = "\x02030,0,0,1218,000,0,0,0,000,0,0,0\x03\r\n\x02000,0,0,0,1,2,6,0,00000000,1,000\x03\r\n" +
	"\x021234,0\x03\r\n"

func TestALabelPrinterTellsHowItIsOrIsSilent(t *testing.T) {
	for _, tc := range []struct {
		name  string
		state LabelCondition
		want  string
	}{
		{"fine", LabelCondition{}, hostStatus},
		{"paused", LabelCondition{Paused: true}, strings.Replace(hostStatus, "030,0,0,", "030,0,1,", 1)},
		{"out of labels", LabelCondition{PaperOut: true}, ""},
		{"head open", LabelCondition{HeadOpen: true}, ""},
		{"ribbon out", LabelCondition{RibbonOut: true}, ""},
		{"too hot", LabelCondition{TooHot: true}, ""},
		{"an old one out of labels", LabelCondition{PaperOut: true, Talks: true},
			strings.Replace(hostStatus, "030,0,", "030,1,", 1)},
		{"an old one with its head open", LabelCondition{HeadOpen: true, Talks: true},
			strings.Replace(hostStatus, "\x02000,0,0,0", "\x02000,0,1,0", 1)},
		{"mute", LabelCondition{Mute: true}, ""},
	} {
		l := NewLabeller(nil)
		l.Set(tc.state)
		if got := string(l.Feed([]byte("\x00~HS\r\n"))); got != tc.want {
			t.Errorf("%s: %q, want %q", tc.name, got, tc.want)
		}
	}
}

func TestLabelsAreRead(t *testing.T) {
	l := NewLabeller(nil)
	job := "^XA\n^CI28\n^PW812\n^LL600\n^FO40,50^A0N,60,60^FH^FDReturn _7E R_5E1 中^FS\n" +
		"^FO40,200^BQN,2,6^FH^FDMA,R:ABC^FS\n^FO40,400^BY3^BCN,120,Y,N,N^FH^FDR>04711^FS\n^PQ2\n^XZ\n"
	for i := range len(job) { // byte by byte
		l.Feed([]byte(job[i : i+1]))
	}
	pieces := l.Pieces()
	if len(pieces) != 2 || pieces[0].Text != "Return ~ R^1 中\n[QR R:ABC]\n[bar code R>4711]\n" ||
		!slices.Equal(pieces[1].Codes, []string{"R:ABC", "R>4711"}) {
		t.Errorf("%+v", pieces)
	}
	l.TearOff()
	l.Set(LabelCondition{PaperOut: true})
	l.Feed([]byte(job))
	if n := len(l.Pieces()); n != 0 {
		t.Errorf("%d labels without paper", n)
	}
	l.Set(LabelCondition{})
	if n := len(l.Pieces()); n != 2 {
		t.Errorf("%d labels afterwards", n)
	}
}

func FuzzPrintersTakeAnything(f *testing.F) {
	f.Add([]byte("\x1b@Hello\n\x1d(k\x07\x001P0CODE\x1d(k\x03\x001Q0\x1dVA\x03"))
	f.Add([]byte("\x1dv0\x00\xff\xff\xff\xff\x10\x04\x01"))
	f.Add([]byte("^XA^PW99999999^LL-5^FO-9,-9^FDx^FS^BQN,2,99^FDMA,y^FS^BY99^BCN,99^FDz^FS^PQ99^XZ~HS"))
	f.Fuzz(func(t *testing.T, data []byte) {
		p, l := NewPrinter(Config{Chinese: len(data)%2 == 0}), NewLabeller(nil)
		p.Feed(data)
		l.Feed(data)
		if len(p.Pieces()) > 0 {
			if _, err := p.PNG(); err != nil {
				t.Error(err)
			}
		}
		p.Text()
		l.Text()
	})
}
