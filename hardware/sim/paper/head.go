package paper

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/simplifiedchinese"
)

const (
	dotsPerMM   = 8
	letterDots  = 12 // width of font A
	lineDots    = 24 // its height
	spacingDots = 30 // from line to line
)

// style is how letters look.
type style struct {
	bold, underlined, reversed bool
	wide, high                 int // 1 to 8 times
}

// span is letters of one look, on one line.
type span struct {
	style
	text string
}

// printHead prints one piece after the other and keeps the settings between
// them. Its owner guards it.
type printHead struct {
	config Config
	sheet  *sheet
	text   strings.Builder
	codes  []string
	lines  int

	line     []span
	lineDots int // how far the line has come
	align    byte
	look     style
	spacing  int
	page     byte // code page
	chinese  bool
	qr       qrSettings
	barHigh  int

	finished string // a cut was asked for: its kind
}

type qrSettings struct {
	dots  int
	level byte
	data  string
}

func newPrintHead(c Config) *printHead {
	h := &printHead{config: c}
	h.next()
	h.reset()
	return h
}

// next begins another piece.
func (h *printHead) next() {
	h.sheet = newSheet(h.config.WidthDots, h.config.Font)
	h.text.Reset()
	h.codes, h.lines, h.finished = nil, 0, ""
}

func (h *printHead) reset() {
	h.align, h.look, h.spacing, h.page = 0, style{wide: 1, high: 1}, spacingDots, 0
	h.chinese, h.qr, h.barHigh = h.config.Chinese, qrSettings{dots: 3, level: 'L'}, 162
	h.line, h.lineDots = nil, 0
}

// piece is what hangs in the printer.
func (h *printHead) piece() Piece {
	return Piece{Text: h.text.String(), Codes: h.codes, Lines: h.lines, picture: h.sheet.cropped()}
}

// do obeys a command. It returns the paper used in millimetres, and whether it
// knows the command at all.
func (h *printHead) do(c command) (mm float64, known bool) {
	before := h.sheet.height()
	known = true
	switch c.group {
	case 0:
		h.write(c.data)
	case esc:
		known = h.escape(c)
	case fs:
		known = h.doFS(c)
	case gs:
		known = h.doGS(c)
	default:
		known = c.group == dle
	}
	return float64(h.sheet.height()-before) / dotsPerMM, known
}

// pages are code pages by the number ESC t gives them, as Epson counts.
var pages = map[byte]*charmap.Charmap{
	0: charmap.CodePage437, 2: charmap.CodePage850, 3: charmap.CodePage860, 4: charmap.CodePage863,
	5:  charmap.CodePage865,
	16: charmap.Windows1252, 17: charmap.CodePage866, 18: charmap.CodePage852, 19: charmap.CodePage858,
	45: charmap.Windows1250,
	46: charmap.Windows1251, 47: charmap.Windows1253, 48: charmap.Windows1254, 49: charmap.Windows1255,
	50: charmap.Windows1256,
}

func (h *printHead) write(data []byte) {
	switch {
	case len(data) == 2:
		letter, err := simplifiedchinese.GB18030.NewDecoder().Bytes(data)
		if err != nil || strings.ContainsRune(string(letter), utf8.RuneError) {
			letter = []byte("□")
		}
		h.put(string(letter), 2*letterDots)
	case data[0] == lf:
		h.feedLine()
	case data[0] == ht:
		stop := 8 * letterDots
		h.put(" ", stop-h.lineDots%stop)
	case data[0] >= 0x80:
		letter := '□'
		if page := pages[h.page]; page != nil {
			letter = page.DecodeByte(data[0])
		}
		h.put(string(letter), letterDots)
	case data[0] >= ' ':
		h.put(string(rune(data[0])), letterDots)
	}
}

// put adds a letter to the line, or to the next when this one is full.
func (h *printHead) put(letter string, dots int) {
	dots *= h.look.wide
	if h.lineDots+dots > h.config.WidthDots {
		h.feedLine()
	}
	h.lineDots += dots
	if n := len(h.line); n > 0 && h.line[n-1].style == h.look {
		h.line[n-1].text += letter
		return
	}
	h.line = append(h.line, span{h.look, letter})
}

// feedLine prints the line and goes to the next.
func (h *printHead) feedLine() {
	high := 1
	for _, s := range h.line {
		h.text.WriteString(s.text)
		high = max(high, s.high)
	}
	h.text.WriteByte('\n')
	if len(h.line) > 0 {
		h.lines++
	}
	h.sheet.write(h.line, h.align, max(h.spacing, lineDots*high+spacingDots-lineDots))
	h.line, h.lineDots = nil, 0
}

// endLine prints what has been begun, if anything has.
func (h *printHead) endLine() {
	if len(h.line) > 0 {
		h.feedLine()
	}
}

func (h *printHead) escape(c command) bool {
	switch c.name {
	case '@':
		h.reset()
	case '!':
		h.look = style{
			bold: c.data[0]&0x08 != 0, underlined: c.data[0]&0x80 != 0, wide: 1 + int(c.data[0]>>5&1),
			high: 1 + int(c.data[0]>>4&1),
		}
	case 'E', 'G':
		h.look.bold = c.data[0]&1 != 0
	case '-':
		h.look.underlined = c.data[0]%48 != 0
	case 'a':
		h.align = c.data[0] % 48
	case 'd':
		h.endLine()
		for range c.data[0] {
			h.feedLine()
		}
	case 'J':
		h.endLine()
		h.sheet.feed(int(c.data[0]) / 2)
	case '2':
		h.spacing = spacingDots
	case '3':
		h.spacing = int(c.data[0]) / 2
	case 't':
		h.page = c.data[0]
	case 'i', 'm':
		h.cutPiece(map[byte]string{'i': "full", 'm': "partial"}[c.name])
	case 'M', 'R', '{', ' ', '$', '\\', 'p', 'c', '=', 'r', 'V', 'D', 'U', 'u', 'v', 'T', 'S', 'L', 'e', 'K', '%', '*':
		// Known, and of no matter to what is read here.
	default:
		return false
	}
	return true
}

func (h *printHead) doFS(c command) bool {
	switch c.name {
	case '&':
		h.chinese = true
	case '.':
		h.chinese = false
	case 'W':
		times := 1 + int(c.data[0]&1)
		h.look.wide, h.look.high = times, times
	case '!', '-', 'S', 'C', 'p':
	default:
		return false
	}
	return true
}

func (h *printHead) doGS(c command) bool {
	switch c.name {
	case '!':
		h.look.wide, h.look.high = 1+int(c.data[0]>>4&7), 1+int(c.data[0]&7)
	case 'B':
		h.look.reversed = c.data[0]&1 != 0
	case 'V':
		h.cutPiece(map[bool]string{true: "full", false: "partial"}[c.data[0]%48 == 0 || c.data[0] == 'A'])
	case 'v':
		h.raster(c.data)
	case '(':
		return h.doSized(c.data)
	case 'k':
		return h.barCode(c.data)
	case 'h':
		h.barHigh = int(c.data[0])
	case 'L', 'W', 'w', 'H', 'f', 'I', 'P', '/', 'b', '$', '\\', 'j', '*', '^':
	default:
		return false
	}
	return true
}

func (h *printHead) cutPiece(kind string) {
	h.endLine()
	h.finished = kind
}

// raster is GS v 0: m, width in bytes, height in dots, the dots.
func (h *printHead) raster(data []byte) {
	wide, high := int(data[2])+int(data[3])<<8, int(data[4])+int(data[5])<<8
	h.endLine()
	fmt.Fprintf(&h.text, "[picture %dx%d]\n", 8*wide, high)
	h.lines++
	h.sheet.dots(data[6:], wide, high, h.align, 1+int(data[1]&1), 1+int(data[1]>>1&1))
}
