package paper

import (
	"bytes"
	"slices"
	"sync"
)

// bufferBytes is what a printer takes in while it cannot print. What comes
// beyond it is lost.
const bufferBytes = 4096

// A Condition is the status of a receipt printer.
type Condition struct {
	CoverOpen bool
	PaperOut  bool // the roll has been taken out; it also ends by itself, see Load
	NearEnd   bool // the sensor says so; a roll with less than NearEndMM does as well
	Offline   bool // not ready for another reason, such as starting up
	Cutter    bool // the cutter is stuck
	Mute      bool // answers nothing
	Forgets   bool // loses what it was sent while it could not print, instead of printing it afterwards
}

// NearEndMM is how much of a roll is left when its sensor notices.
const NearEndMM = 2000

// A Config says what kind of receipt printer it is.
type Config struct {
	WidthDots int    // of the paper that is printed on; 0: 576, as on paper 80 mm wide. 8 dots are a millimetre
	Chinese   bool   // begins in Chinese mode, as those sold in China do
	NoQR      bool   // does not know the QR command
	Marks     bool   // its fourth status tells black marks where others tell the paper's end
	Font      []byte // OpenType, for pictures; empty: letters beyond ASCII are boxes
}

// Printer is a receipt printer.
type Printer struct {
	config Config

	mu       sync.Mutex // guards what follows
	state    Condition
	leftMM   float64 // of paper
	in       []byte  // what has come and is no whole command yet
	waiting  []command
	held     int // bytes in waiting
	lost     int // bytes
	unknown  map[string]int
	statusOn byte // automatic status back
	pieces   []Piece
	head     *printHead
	chinese  bool // what the last commands received have switched to
}

// rollMM is the length of a new roll.
const rollMM = 80_000

// NewPrinter is a printer with a new roll.
func NewPrinter(c Config) *Printer {
	if c.WidthDots == 0 {
		c.WidthDots = 576
	}
	p := &Printer{config: c, leftMM: rollMM, unknown: map[string]int{}, chinese: c.Chinese}
	p.head = newPrintHead(c)
	return p
}

// Set changes the status of the printer. One that can print again goes on with what
// it was sent, or has forgotten it.
func (p *Printer) Set(c Condition) (answers []byte) {
	p.mu.Lock()
	defer p.mu.Unlock()
	before := p.status()
	p.state = c
	return append(p.work(), p.unasked(before)...)
}

// Load puts in a roll of this length, or cuts the present one down to it.
func (p *Printer) Load(mm int) (answers []byte) {
	p.mu.Lock()
	defer p.mu.Unlock()
	before := p.status()
	p.leftMM = float64(mm)
	return append(p.work(), p.unasked(before)...)
}

// LeftMM is how much paper is left.
func (p *Printer) LeftMM() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return int(p.leftMM)
}

// TearOff takes away all that was printed and cut.
func (p *Printer) TearOff() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.pieces = nil
}

// Pieces are what has been printed, oldest first; the last may still hang in the
// printer.
func (p *Printer) Pieces() []Piece {
	p.mu.Lock()
	defer p.mu.Unlock()
	all := append([]Piece{}, p.pieces...)
	if hanging := p.head.piece(); hanging.Lines > 0 || len(hanging.Codes) > 0 {
		all = append(all, hanging)
	}
	return all
}

// Text is all that was printed.
func (p *Printer) Text() string { return textOf(p.Pieces()) }

// PNG is a picture of all that was printed.
func (p *Printer) PNG() ([]byte, error) { return pictureOf(p.Pieces()) }

// Complaints count what no printer should be sent: commands nobody knows, and
// bytes that were lost.
func (p *Printer) Complaints() (unknown map[string]int, lostBytes int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	unknown = map[string]int{}
	for k, n := range p.unknown {
		unknown[k] = n
	}
	return unknown, p.lost
}

// Feed takes what came over the port and returns the printer's answers.
func (p *Printer) Feed(data []byte) (answers []byte) {
	p.mu.Lock()
	defer p.mu.Unlock()
	before := p.status()
	p.in = append(p.in, data...)
	for {
		c, used := cut(p.in, p.chinese)
		if used == 0 {
			break
		}
		c.data = bytes.Clone(c.data)
		p.in = p.in[used:]
		answers = append(answers, p.take(c, used)...)
	}
	p.in = bytes.Clone(p.in)
	return append(answers, p.unasked(before)...)
}

// take answers what is asked in real time and keeps everything else in order.
func (p *Printer) take(c command, size int) (answers []byte) {
	switch {
	case c.group == dle && c.name == eot:
		return p.answer(c.data[0])
	case c.group == fs && c.name == '&':
		p.chinese = true
	case c.group == fs && c.name == '.':
		p.chinese = false
	case c.group == esc && c.name == '@':
		p.chinese = p.config.Chinese
	case c.group == gs && c.name == 'v': // a question inside a picture is answered, too
		for i := 0; i+2 < len(c.data); i++ {
			if c.data[i] == dle && c.data[i+1] == eot && c.data[i+2] >= 1 && c.data[i+2] <= 4 {
				answers = append(answers, p.answer(c.data[i+2])...)
			}
		}
	}
	if p.held+size > bufferBytes && !p.ready() || p.state.Forgets && !p.ready() {
		p.lost += size
		return answers
	}
	p.waiting = append(p.waiting, c)
	p.held += size
	return append(answers, p.work()...)
}

// ready reports whether the printer prints.
func (p *Printer) ready() bool {
	return !p.state.CoverOpen && !p.state.PaperOut && !p.state.Offline && !p.state.Cutter && p.leftMM > 0
}

// work prints what waits, for as long as it can.
func (p *Printer) work() (answers []byte) {
	for len(p.waiting) > 0 && p.ready() {
		c := p.waiting[0]
		p.waiting = p.waiting[1:]
		p.held -= len(c.data) + 2
		switch {
		case c.group == gs && c.name == 'r' && !p.state.Mute:
			answers = append(answers, p.paperByte()&0x0F)
		case c.group == gs && c.name == 'a':
			p.statusOn = c.data[0]
		default:
			used, known := p.head.do(c)
			if !known {
				p.unknown[nameOf(c)]++
			}
			p.leftMM -= used
			if p.head.finished != "" {
				p.finish()
			}
		}
		if p.leftMM <= 0 && p.state.Forgets {
			for _, c := range p.waiting {
				p.lost += len(c.data) + 2
			}
			p.waiting = nil
		}
	}
	if len(p.waiting) == 0 {
		p.held = 0
	}
	return answers
}

// finish lays a cut piece to the others.
func (p *Printer) finish() {
	piece := p.head.piece()
	piece.Cut = p.head.finished
	if len(p.pieces) == keptPieces {
		p.pieces = slices.Delete(p.pieces, 0, 1)
	}
	p.pieces = append(p.pieces, piece)
	p.head.next()
}
