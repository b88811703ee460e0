package printer

import (
	"fmt"
	"math"
	"strings"

	"github.com/skip2/go-qrcode"
	"golang.org/x/text/width"
)

// An Element is one piece of a ticket, from top to bottom.
type Element interface{ put(*ticket) error }

// Text is a paragraph. It is wrapped between words; what the printer has no
// letter for is replaced, see Letters.
type Text struct {
	Words  string
	Centre bool
	Bold   bool
	Large  bool // twice as wide and high
}

// QR is a code with error correction M, centred.
type QR struct{ Words string }

// A Rule is a line of dashes across the paper.
type Rule struct{}

// A Space is so many empty lines.
type Space int

// QRBy says how a printer gets a QR code.
type QRBy string

// By command the printer draws the code itself; by raster it gets a picture,
// which takes longer on the wire and is understood by printers without the
// command.
const (
	QRByCommand QRBy = "command"
	QRByRaster  QRBy = "raster"
)

// Cut is how a printer cuts. The old forms take no feed, so that four lines are
// fed before.
type Cut string

// The ways to cut; a printer without a cutter has CutNone.
const (
	CutPartial    Cut = "partial"     // GS V 66
	CutFull       Cut = "full"        // GS V 65
	CutPartialOld Cut = "partial-old" // GS V 1
	CutFullOld    Cut = "full-old"    // GS V 0
	CutNone       Cut = "none"
)

// A Paper describes what an ESC/POS printer prints on and with.
type Paper struct {
	Dots    int     // printable width: 384 on 58 mm paper, 576 on 80 mm, at 203 dots per inch
	Letters Letters // how text is written
	QR      QRBy
	QRDots  int // side of one module, 2 to 16; made smaller when the code would not fit
	Cut     Cut
}

// columnDots is the width of a letter of font A; Chinese ones take two.
const columnDots = 12

// The commands used, as the manuals of Epson and of domestic makers name them.
var (
	escReset      = []byte{0x1B, 0x40}
	escLeft       = []byte{0x1B, 0x61, 0}
	escCentre     = []byte{0x1B, 0x61, 1}
	escPlain      = []byte{0x1B, 0x45, 0}
	escBold       = []byte{0x1B, 0x45, 1}
	gsUsual       = []byte{0x1D, 0x21, 0x00}
	gsLarge       = []byte{0x1D, 0x21, 0x11}
	gsStatusOff   = []byte{0x1D, 0x61, 0} // no automatic status: its bytes would mix with the answers
	fsUsual       = []byte{0x1C, 0x57, 0}
	fsLarge       = []byte{0x1C, 0x57, 1} // Chinese letters have a size of their own
	fsChineseOn   = []byte{0x1C, 0x26}
	fsChineseOff  = []byte{0x1C, 0x2E}
	gsCutFull     = []byte{0x1D, 0x56, 0x41, 3}
	gsCutPartial  = []byte{0x1D, 0x56, 0x42, 3}
	gsCutFullOld  = []byte{0x1D, 0x56, 0x00}
	gsCutPartOld  = []byte{0x1D, 0x56, 0x01}
	escFeedToEdge = []byte{0x1B, 0x64, 4}
)

// A ticket is being written.
type ticket struct {
	paper Paper
	out   []byte
}

func (t *ticket) raw(parts ...[]byte) {
	for _, p := range parts {
		t.out = append(t.out, p...)
	}
}

// Encode turns a ticket into what the printer is sent, from reset to cut. It
// refuses what cannot be printed at all: a code too long for the paper.
func Encode(paper Paper, elements ...Element) ([]byte, error) {
	if err := paper.check(); err != nil {
		return nil, err
	}
	t := &ticket{paper: paper}
	t.raw(escReset, gsStatusOff, paper.Letters.begin())
	for _, e := range elements {
		if err := e.put(t); err != nil {
			return nil, err
		}
	}
	switch paper.Cut {
	case CutPartial:
		t.raw(gsCutPartial)
	case CutFull:
		t.raw(gsCutFull)
	case CutPartialOld:
		t.raw(escFeedToEdge, gsCutPartOld)
	case CutFullOld:
		t.raw(escFeedToEdge, gsCutFullOld)
	case CutNone:
		t.raw(escFeedToEdge)
	}
	return t.out, nil
}

func (p Paper) check() error {
	if p.Dots < 100 || p.Dots > 2000 || p.Dots%8 != 0 {
		return fmt.Errorf("paper of %d dots is not possible: 100 to 2000, a multiple of 8; 384 on 58 mm paper, "+
			"576 on 80 mm", p.Dots)
	}
	if p.QR != QRByCommand && p.QR != QRByRaster {
		return fmt.Errorf("a QR code by %q is not known: %q or %q", p.QR, QRByCommand, QRByRaster)
	}
	if p.QRDots < leastModule || p.QRDots > 16 {
		return fmt.Errorf("QR modules of %d dots are not possible: %d to 16", p.QRDots, leastModule)
	}
	switch p.Cut {
	case CutPartial, CutFull, CutPartialOld, CutFullOld, CutNone:
		return p.Letters.check()
	}
	return fmt.Errorf("a cut %q is not known: partial, full, partial-old, full-old or none", p.Cut)
}

func (x Text) put(t *ticket) error {
	columns := t.paper.Dots / columnDots
	align, weight := escLeft, escPlain
	if x.Centre {
		align = escCentre
	}
	if x.Bold {
		weight = escBold
	}
	t.raw(align, weight)
	if x.Large {
		columns /= 2
		t.raw(gsLarge)
		if t.paper.Letters.Chinese() {
			t.raw(fsLarge)
		}
	}
	for _, line := range wrap(t.paper.Letters.fit(x.Words), columns, t.paper.Letters.columns) {
		t.raw(t.paper.Letters.encode(line), []byte{'\n'})
	}
	if x.Large {
		t.raw(gsUsual)
		if t.paper.Letters.Chinese() {
			t.raw(fsUsual)
		}
	}
	t.raw(escPlain, escLeft)
	return nil
}

func (Rule) put(t *ticket) error {
	t.raw([]byte(strings.Repeat("-", t.paper.Dots/columnDots)), []byte{'\n'})
	return nil
}

func (n Space) put(t *ticket) error {
	t.raw([]byte(strings.Repeat("\n", max(0, min(int(n), 20)))))
	return nil
}

// leastModule keeps codes readable, and keeps the byte 10 out of pictures: it
// would need a single black dot between white ones. 10 04, 10 05 and 10 14 are
// obeyed by a printer even inside a picture.
const leastModule = 2

// quiet is the white border of a code, in modules, which the printer's own
// margin does not replace.
const quiet = 4

func (q QR) put(t *ticket) error {
	code, err := qrcode.New(q.Words, qrcode.Medium)
	if err != nil {
		return fmt.Errorf("this text cannot be drawn as a QR code: %w", err)
	}
	code.DisableBorder = true
	modules := code.Bitmap()
	side := min(t.paper.QRDots, t.paper.Dots/(len(modules)+2*quiet))
	if side < leastModule {
		return fmt.Errorf("a QR code of %d modules does not fit on paper of %d dots: shorten its text", len(modules),
			t.paper.Dots)
	}
	t.raw(escCentre)
	if t.paper.QR == QRByRaster {
		t.raster(modules, side)
	} else {
		t.qrCommand(q.Words, side)
	}
	t.raw([]byte{'\n'}, escLeft)
	return nil
}

// qrCommand has the printer draw the code: GS ( k, functions 165, 167, 169, 180
// and 181. The length bytes count from the one after them.
func (t *ticket) qrCommand(words string, side int) {
	const levelM = 0x31
	k := len(words) + 3
	t.raw(
		[]byte{0x1D, 0x28, 0x6B, 4, 0, 0x31, 0x41, 0x32, 0},
		[]byte{0x1D, 0x28, 0x6B, 3, 0, 0x31, 0x43, byte(side)},
		[]byte{0x1D, 0x28, 0x6B, 3, 0, 0x31, 0x45, levelM},
		[]byte{0x1D, 0x28, 0x6B, byte(k), byte(k >> 8), 0x31, 0x50, 0x30}, []byte(words),
		[]byte{0x1D, 0x28, 0x6B, 3, 0, 0x31, 0x51, 0x30},
	)
}

// bandRows bounds the height of one picture: cheap printers hold little more.
const bandRows = 192

// raster sends the code as pictures one below the other: GS v 0, width in bytes
// and height in dots, low byte first, one bit for each dot, 1 is black.
func (t *ticket) raster(modules [][]bool, side int) {
	rowBytes := (len(modules)*side + 7) / 8
	var rows [][]byte
	for _, line := range modules {
		row := make([]byte, rowBytes)
		for x := range len(line) * side {
			if line[x/side] {
				row[x/8] |= 0x80 >> (x % 8)
			}
		}
		for range side {
			rows = append(rows, row)
		}
	}
	for len(rows) > 0 {
		n := min(bandRows, len(rows))
		t.raw([]byte{0x1D, 0x76, 0x30, 0, byte(rowBytes), byte(rowBytes >> 8), byte(n), byte(n >> 8)})
		t.raw(rows[:n]...)
		rows = rows[n:]
	}
}

// columnsOf is how many columns a letter takes.
func columnsOf(r rune) int {
	switch width.LookupRune(r).Kind() {
	case width.EastAsianWide, width.EastAsianFullwidth:
		return 2
	}
	return 1
}

// wrap cuts a paragraph into lines of so many columns, at spaces where there are
// any and between any two Chinese letters. Control characters become spaces: in
// them a text could carry commands.
func wrap(words string, columns int, columnsOf func(rune) int) (lines []string) {
	words = strings.ToValidUTF8(words, "?")
	for _, paragraph := range strings.Split(words, "\n") {
		var line []rune
		used, breakAt := 0, -1 // breakAt: the line may end before this letter
		for _, r := range paragraph {
			if r < ' ' || r >= 0x7F && r < 0xA0 {
				r = ' '
			}
			w := columnsOf(r)
			if used+w > columns {
				rest := []rune(nil)
				if breakAt > 0 && r != ' ' {
					rest = append(rest, line[breakAt:]...)
					line = line[:breakAt]
				}
				lines = append(lines, strings.TrimRight(string(line), " "))
				line, used, breakAt = rest, 0, -1
				for _, kept := range rest {
					used += columnsOf(kept)
				}
				if r == ' ' {
					continue
				}
			}
			if w == 2 {
				breakAt = len(line)
			}
			line = append(line, r)
			used += w
			if r == ' ' || w == 2 {
				breakAt = len(line)
			}
		}
		lines = append(lines, strings.TrimRight(string(line), " "))
	}
	return lines
}

// wireTime is how long the bytes take on a serial line.
func wireTime(n, baud int) float64 { return float64(n) * 10 / math.Max(float64(baud), 1) }
