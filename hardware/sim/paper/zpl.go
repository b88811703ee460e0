package paper

import (
	"bytes"
	"fmt"
	"image"
	"strconv"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/skip2/go-qrcode"
)

// longestFormat bounds a label that never ends, in bytes.
const longestFormat = 256 << 10

// A LabelCondition is the status of a label printer.
type LabelCondition struct {
	PaperOut  bool
	RibbonOut bool
	HeadOpen  bool
	TooHot    bool
	Paused    bool
	Mute      bool
	Talks     bool // answers ~HS even when it cannot print, as older ones do
}

// Labeller is a label printer.
type Labeller struct {
	font []byte

	mu      sync.Mutex // guards what follows
	state   LabelCondition
	in      []byte
	waiting []string // formats that wait until the printer is well
	pieces  []Piece
	lost    int // formats that were broken off
}

// NewLabeller is a printer with labels in it. The font is OpenType, for
// pictures.
func NewLabeller(font []byte) *Labeller { return &Labeller{font: font} }

// Set changes the status of the printer; what has waited is printed then.
func (l *Labeller) Set(c LabelCondition) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.state = c
	l.work()
}

// Pieces are the labels printed, oldest first.
func (l *Labeller) Pieces() []Piece {
	l.mu.Lock()
	defer l.mu.Unlock()
	return append([]Piece{}, l.pieces...)
}

// Text is what the labels say.
func (l *Labeller) Text() string { return textOf(l.Pieces()) }

// PNG is a picture of the labels.
func (l *Labeller) PNG() ([]byte, error) { return pictureOf(l.Pieces()) }

// TearOff takes the labels away.
func (l *Labeller) TearOff() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.pieces = nil
}

// ready reports whether the printer prints.
func (l *Labeller) ready() bool {
	return !l.state.PaperOut && !l.state.RibbonOut && !l.state.HeadOpen && !l.state.TooHot && !l.state.Paused
}

// Feed takes what came over the port and returns the printer's answers.
func (l *Labeller) Feed(data []byte) (answers []byte) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.in = append(l.in, data...)
	for {
		asked := bytes.Index(l.in, []byte("~HS"))
		begun := bytes.Index(l.in, []byte("^XA"))
		switch {
		case asked >= 0 && (begun < 0 || asked < begun):
			answers = append(answers, l.hostStatus()...)
			l.in = bytes.Clone(l.in[asked+3:])
			continue
		case begun < 0:
			l.in = l.in[max(0, len(l.in)-2):] // a command may have begun
			return answers
		}
		ended := bytes.Index(l.in[begun:], []byte("^XZ"))
		if ended < 0 {
			if len(l.in) > longestFormat {
				l.in = nil
				l.lost++
			}
			return answers
		}
		l.waiting = append(l.waiting, string(l.in[begun+3:begun+ended]))
		l.in = bytes.Clone(l.in[begun+ended+3:])
		l.work()
	}
}

func (l *Labeller) work() {
	for len(l.waiting) > 0 && l.ready() {
		l.print(l.waiting[0])
		l.waiting = l.waiting[1:]
	}
}

// hostStatus is the answer to ~HS: three lines, each between 02 and 03 and
// ended by CR LF. Current printers say nothing while they cannot print.
func (l *Labeller) hostStatus() []byte {
	unwell := l.state.PaperOut || l.state.RibbonOut || l.state.HeadOpen || l.state.TooHot
	if l.state.Mute || unwell && !l.state.Talks {
		return nil
	}
	is := func(b bool) int {
		if b {
			return 1
		}
		return 0
	}
	return fmt.Appendf(nil, "\x02030,%d,%d,1218,%03d,%d,0,0,000,0,0,%d\x03\r\n"+
		"\x02000,0,%d,%d,1,2,6,0,%08d,1,000\x03\r\n\x021234,0\x03\r\n",
		is(l.state.PaperOut), is(l.state.Paused), len(l.waiting), is(len(l.waiting) > 5), is(l.state.TooHot),
		is(l.state.HeadOpen), is(l.state.RibbonOut), len(l.waiting))
}

// field is what one label command has set up for the next ^FD.
type field struct {
	x, y, high int
	kind       string // "text", "qr", "bars"
	size       int    // of a dot or bar
	hex        byte   // what stands before two hexadecimal digits; 0: nothing
	lines      int
	width      int
}

// bounded keeps a size a printer would not take within what it does.
func bounded(n, most int) int { return min(max(n, 1), most) }

// print draws a label and reads what it says.
func (l *Labeller) print(source string) {
	width, length, copies := 812, 1218, 1
	s := newSheet(width, l.font)
	var text strings.Builder
	var codes []string
	f := field{high: 30, kind: "text", size: 2}
	for _, part := range strings.Split(source, "^") {
		part = strings.TrimRight(part, "\r\n")
		if len(part) < 2 {
			continue
		}
		name, rest := part[:2], part[2:]
		n := numbers(rest)
		switch {
		case name == "PW":
			width = min(max(n[0], 100), 2000)
			s = newSheet(width, l.font)
		case name == "LL":
			length = min(max(n[0], 50), longestSheet/2)
		case name == "PQ":
			copies = min(max(n[0], 1), keptPieces)
		case name == "FO" || name == "FT":
			f.x, f.y = n[0], n[1]
		case name[0] == 'A': // A0, or A@ with the name of a font
			f.kind, f.high = "text", max(bounded(n[1], 1000), 10)
		case name == "FB":
			f.width, f.lines = n[0], n[1]
		case name == "BY":
			f.size = bounded(n[0], 10)
		case name == "BQ":
			f.kind, f.size = "qr", bounded(n[2], 10)
		case name == "BC":
			f.kind, f.high = "bars", max(bounded(n[1], 1000), 10)
		case name == "FH":
			f.hex = '_'
			if rest != "" {
				f.hex = rest[0]
			}
		case name == "FD":
			said := f.unescaped(rest)
			text.WriteString(f.drawOn(s, said) + "\n")
			if f.kind != "text" {
				codes = append(codes, f.says(said))
			}
		case name == "FS":
			f = field{high: 30, kind: "text", size: f.size}
		}
	}
	s.y = length
	picture := s.cropped()
	for range copies {
		if len(l.pieces) == keptPieces {
			l.pieces = l.pieces[1:]
		}
		l.pieces = append(l.pieces, Piece{
			Text: text.String(), Codes: codes, Cut: "full", Lines: strings.Count(text.String(), "\n"), picture: picture,
		})
	}
}

// numbers reads the parameters of a command; what is no number is 0.
func numbers(rest string) [4]int {
	var out [4]int
	for i, word := range strings.SplitN(rest, ",", 5) {
		if i < len(out) {
			out[i], _ = strconv.Atoi(strings.TrimSpace(word)) // 0 otherwise, as a printer takes it
		}
	}
	return out
}

// unescaped puts in the bytes that stand as hexadecimal numbers.
func (f field) unescaped(s string) string {
	if f.hex == 0 {
		return s
	}
	var out []byte
	for i := 0; i < len(s); i++ {
		if s[i] == f.hex && i+2 < len(s) {
			if b, err := strconv.ParseUint(s[i+1:i+3], 16, 8); err == nil {
				out = append(out, byte(b))
				i += 2
				continue
			}
		}
		out = append(out, s[i])
	}
	return string(out)
}

// says is the content of a code, without what tells the printer how to draw it.
func (f field) says(said string) string {
	if f.kind == "qr" {
		if _, content, ok := strings.Cut(said, ","); ok {
			return content
		}
	}
	if f.kind == "bars" {
		return strings.ReplaceAll(said, ">0", ">")
	}
	return said
}

// drawOn draws a field where it belongs and returns what it says.
func (f field) drawOn(s *sheet, said string) string {
	place := func(p *image.Gray) {
		s.y = f.y
		if s.room(p.Rect.Dy()) {
			for y := range p.Rect.Dy() {
				for x := range p.Rect.Dx() {
					if p.GrayAt(x, y).Y < 128 && f.x+x < s.width {
						s.canvas.SetGray(f.x+x, f.y+y, p.GrayAt(x, y))
					}
				}
			}
		}
	}
	content := f.says(said)
	switch f.kind {
	case "qr":
		level := qrcode.Medium
		if said != "" {
			level = levels[said[0]]
		}
		if p, err := qrDots(content, level, f.size); err == nil {
			place(p)
		}
		return "[QR " + content + "]"
	case "bars":
		if p, err := bars(content, f.size, f.high); err == nil {
			place(p)
		}
		return "[bar code " + content + "]"
	}
	y := f.y
	for _, line := range f.wrapped(content) {
		x := f.x
		for _, r := range line {
			wide := f.high * cell(r) / (2 * letterDots)
			box := image.Rect(x, y, x+wide, y+f.high)
			s.y = y
			if s.room(f.high) && box.Max.X <= s.width {
				s.fonts.letter(s.canvas, r, box, false)
			}
			x += wide
		}
		y += f.high
	}
	return content
}

// wrapped breaks a text into the lines of a field block.
func (f field) wrapped(text string) []string {
	if f.width == 0 {
		return []string{text}
	}
	most := max(1, f.width/(f.high/2))
	var lines []string
	for utf8.RuneCountInString(text) > most && len(lines) < f.lines-1 {
		at := strings.LastIndex(string([]rune(text)[:most+1]), " ")
		if at <= 0 {
			at = len(string([]rune(text)[:most]))
		}
		lines = append(lines, text[:at])
		text = strings.TrimLeft(text[at:], " ")
	}
	return append(lines, text)
}
