// Package zpl writes labels in ZPL II and reads what a ZPL printer says of
// itself. It is pure: text in, bytes out, and bytes in, status out.
//
// Measures are dots: 8 to a millimetre on printers of 203 dots per inch, 12 on
// those of 300.
package zpl

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
	"unicode/utf8"
)

// A Label is being written. Its methods add to it and return it; the first
// thing that cannot be printed is told by Bytes.
type Label struct {
	out    strings.Builder
	err    error
	copies int
	font   string // the command that picks it
}

// longest is how many bytes one field may have; ZPL's own limit is 3072.
const longest = 1000

// New begins a label of this width and length in dots. Text is UTF-8 (^CI28).
func New(width, length int) *Label {
	l := &Label{copies: 1, font: "0N,%d,%d"}
	l.bound("width", width, 50, 2400)
	l.bound("length", length, 50, 8000)
	fmt.Fprintf(&l.out, "^XA\n^CI28\n^PW%d\n^LL%d\n^LH0,0\n", width, length)
	return l
}

func (l *Label) refuse(format string, args ...any) {
	if l.err == nil {
		l.err = fmt.Errorf(format, args...)
	}
}

func (l *Label) bound(what string, n, least, most int) {
	if n < least || n > most {
		l.refuse("a %s of %d is not possible: %d to %d", what, n, least, most)
	}
}

func (l *Label) at(x, y int) {
	l.bound("distance from the left", x, 0, 2400)
	l.bound("distance from above", y, 0, 8000)
	fmt.Fprintf(&l.out, "^FO%d,%d", x, y)
}

// Font has what follows written in a font of the printer by its own name, such as
// "E:SIMSUN.TTF"; the empty name is the scalable one that each has, without Chinese.
func (l *Label) Font(name string) *Label {
	l.font = "0N,%d,%d"
	if name != "" {
		if !fontName.MatchString(name) {
			l.refuse("%q is no font: such as \"E:SIMSUN.TTF\"", name)
			name = ""
		}
		l.font = "@N,%d,%d," + name
	}
	return l
}

// fontName is a drive, a name of up to 16 letters, and what kind of font it is.
var fontName = regexp.MustCompile(`^[A-Z]:[A-Z0-9_-]{1,16}\.(TTF|TTE|FNT)$`)

// GoodFont reports whether a name can be one of a font.
func GoodFont(name string) bool { return name == "" || fontName.MatchString(name) }

// Text puts one line of text, so many dots high.
func (l *Label) Text(x, y, height int, text string) *Label {
	l.bound("height", height, 10, 1000)
	l.at(x, y)
	fmt.Fprintf(&l.out, "^A"+l.font+"%s^FS\n", height, height, l.field(text))
	return l
}

// Block puts text into so many lines of a width in dots, broken between words.
func (l *Label) Block(x, y, height, width, lines int, text string) *Label {
	l.bound("height", height, 10, 1000)
	l.bound("width", width, 10, 2400)
	l.bound("number of lines", lines, 1, 50)
	l.at(x, y)
	// In a block a backslash begins a command of its own: two print one.
	text = strings.ReplaceAll(text, `\`, `\\`)
	fmt.Fprintf(&l.out, "^A"+l.font+"^FB%d,%d,0,L,0%s^FS\n", height, height, width, lines, l.field(text))
	return l
}

// QR puts a QR code, model 2, with error correction M; module is the side of
// one module, 1 to 10 dots.
func (l *Label) QR(x, y, module int, text string) *Label {
	l.bound("module", module, 1, 10)
	l.at(x, y)
	// The field begins with the correction level and the input mode: MA is M, automatic.
	fmt.Fprintf(&l.out, "^BQN,2,%d%s^FS\n", module, l.field("MA,"+text))
	return l
}

// Code128 puts a Code 128 bar code with its text below; module is the width of
// the narrowest bar, 1 to 10 dots. Only printable ASCII can be coded.
func (l *Label) Code128(x, y, module, height int, text string) *Label {
	l.bound("module", module, 1, 10)
	l.bound("height", height, 10, 2000)
	if text == "" || strings.ContainsFunc(text, func(r rune) bool { return r < ' ' || r > '~' }) {
		l.refuse("%q cannot be a bar code: printable ASCII only", text)
	}
	l.at(x, y)
	// ">" begins a command inside Code 128 data; ">0" stands for the letter.
	text = strings.ReplaceAll(text, ">", ">0")
	fmt.Fprintf(&l.out, "^BY%d^BCN,%d,Y,N,N%s^FS\n", module, height, l.field(text))
	return l
}

// Copies has the printer print the label so often.
func (l *Label) Copies(n int) *Label {
	l.bound("number of copies", n, 1, 20)
	l.copies = n
	return l
}

// Bytes is the whole label, or why it cannot be printed.
func (l *Label) Bytes() ([]byte, error) {
	if l.err != nil {
		return nil, l.err
	}
	return fmt.Appendf(nil, "%s^PQ%d\n^XZ\n", l.out.String(), l.copies), nil
}

// field is a field's data. Whatever could be a command is written as its hex
// number after "_", which ^FH switches on: "^", "~" and "_" itself.
func (l *Label) field(text string) string {
	if !utf8.ValidString(text) || len(text) > longest {
		l.refuse("a field has at most %d bytes of UTF-8 text", longest)
		return ""
	}
	var b strings.Builder
	b.WriteString("^FH^FD")
	for _, r := range text {
		switch {
		case r == '^' || r == '~' || r == '_':
			fmt.Fprintf(&b, "_%02X", r)
		case r < ' ' || r >= 0x7F && r < 0xA0:
			b.WriteByte(' ')
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// AskStatus has the printer send its host status.
var AskStatus = []byte("~HS\r\n")

// A Status is what a printer says after AskStatus: three lines, each between
// the bytes 02 and 03 and ended by CR LF.
type Status struct {
	PaperOut    bool // line 1, second field
	Paused      bool // line 1, third
	Waiting     int  // line 1, fifth: labels in its buffer that are not printed yet
	BufferFull  bool // line 1, sixth
	TooCold     bool // line 1, eleventh
	TooHot      bool // line 1, twelfth
	HeadOpen    bool // line 2, third
	RibbonOut   bool // line 2, fourth
	LabelWaits  bool // line 2, eighth: the printed label has not been taken
	BatchToCome int  // line 2, ninth: labels of the present batch to come
}

// ErrStatus says that what came is no host status.
var ErrStatus = errors.New("this is not the answer to ~HS")

// Fields of the three lines; later firmware has more of them.
const (
	fieldsFirst  = 12
	fieldsSecond = 11
	fieldsThird  = 2
)

// ParseStatus reads the contents of the three lines.
func ParseStatus(lines [statusLines]string) (s Status, err error) {
	var fields [statusLines][]string
	for i, least := range []int{fieldsFirst, fieldsSecond, fieldsThird} {
		if fields[i] = strings.Split(lines[i], ","); len(fields[i]) < least {
			return Status{}, ErrStatus
		}
	}
	number := func(line, field int) int {
		n := 0
		text := strings.TrimSpace(fields[line-1][field-1])
		if text == "" || len(text) > 8 {
			err = ErrStatus
		}
		for _, c := range []byte(text) {
			if c < '0' || c > '9' {
				err = ErrStatus
				return 0
			}
			n = 10*n + int(c-'0')
		}
		return n
	}
	flag := func(line, field int) bool {
		n := number(line, field)
		if n > 1 {
			err = ErrStatus
		}
		return n == 1
	}
	s = Status{
		PaperOut: flag(1, 2), Paused: flag(1, 3), Waiting: number(1, 5), BufferFull: flag(1, 6), TooCold: flag(1, 11),
		TooHot:   flag(1, 12),
		HeadOpen: flag(2, 3), RibbonOut: flag(2, 4), LabelWaits: flag(2, 8), BatchToCome: number(2, 9),
	}
	if err != nil {
		return Status{}, err
	}
	return s, nil
}

// A Reader collects the lines of a host status from what a printer sends, in
// any number of pieces. What does not stand between 02 and 03 is passed over; of
// two statuses the newer one counts.
type Reader struct {
	line   []byte
	inside bool
	lines  []string
}

const (
	statusLines = 3
	longestLine = 200 // bytes kept of a line; real ones have 40
)

// Feed takes bytes and reports whether three lines have come; Lines gives them
// and begins anew.
func (r *Reader) Feed(b []byte) bool {
	for _, c := range b {
		switch {
		case c == 0x02:
			r.line, r.inside = r.line[:0], true
		case c == 0x03 && r.inside:
			if len(r.lines) == statusLines {
				r.lines = r.lines[:0]
			}
			r.lines = append(r.lines, string(r.line))
			r.inside = false
		case r.inside && len(r.line) == longestLine:
			r.inside = false // noise that began like a line
		case r.inside:
			r.line = append(r.line, c)
		}
	}
	return len(r.lines) == statusLines
}

// Lines gives the three lines and begins anew.
func (r *Reader) Lines() (lines [statusLines]string) {
	copy(lines[:], r.lines)
	r.Reset()
	return lines
}

// Reset forgets what has come: a new question begins.
func (r *Reader) Reset() { r.lines, r.line, r.inside = nil, r.line[:0], false }
