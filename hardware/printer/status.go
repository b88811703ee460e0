package printer

// Status is what an ESC/POS printer says of itself. The zero value says
// nothing: a printer that does not answer is not known to be at fault.
type Status struct {
	Answered  bool // every question got its answer
	Offline   bool // it does not print at the moment
	CoverOpen bool
	PaperOut  bool
	PaperLow  bool // the roll is near its end
	Fault     bool // it cannot go on by itself: cutter, mechanics, electronics
	Hot       bool // it rests and goes on by itself
}

// The four questions of DLE EOT n, answered with one byte each even when the
// printer is offline or its buffer is full.
const (
	askPrinter = 1
	askOffline = 2
	askError   = 3
	askPaper   = 4
)

// ask is the question n. It must not stand inside another command, where its
// bytes would be taken for data.
func ask(n int) []byte { return []byte{0x10, 0x04, byte(n)} }

// isAnswer tells an answer to DLE EOT from everything else: bits 0 and 7 are 0,
// bits 1 and 4 are 1.
func isAnswer(b byte) bool { return b&0x93 == 0x12 }

// opensAutomatic tells the first of the four bytes of an automatic status (GS
// a): bits 0, 1 and 7 are 0, bit 4 is 1. The other three have bits 4 and 7 at 0.
func opensAutomatic(b byte) bool { return b&0x93 == 0x10 }

// note takes the answer to question n. On printers that report black marks in
// place of the roll's end (blackMarks) the paper's bits 5 and 6 say nothing.
func (s *Status) note(n int, b byte, blackMarks bool) {
	has := func(mask byte) bool { return b&mask != 0 }
	switch n {
	case askPrinter:
		s.Offline = has(0x08)
	case askOffline:
		s.CoverOpen = has(0x04)
		s.PaperOut = s.PaperOut || has(0x20)
		s.Fault = s.Fault || has(0x40)
	case askError:
		s.Hot = has(0x40)
		s.Fault = has(0x2C) || s.Fault && !s.Hot // bits 2 and 3 trade places between makers: mechanics, cutter
	case askPaper:
		s.PaperLow = has(0x0C)
		s.PaperOut = s.PaperOut || has(0x60) && !blackMarks
	}
}

// answers picks the answers out of what a printer sends, over any number of
// calls. Bytes that are none are passed over.
type answers struct{ automatic int } // bytes of an automatic status to come

func (a *answers) feed(b []byte) (found []byte) {
	for _, c := range b {
		switch {
		case a.automatic > 0 && c&0x90 == 0:
			a.automatic--
		case isAnswer(c):
			a.automatic = 0
			found = append(found, c)
		case opensAutomatic(c):
			a.automatic = 3
		default:
			a.automatic = 0
		}
	}
	return found
}
