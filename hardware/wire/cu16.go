package wire

import (
	"fmt"
	"time"
)

// Kerong CU12, CU16 and NCU16L boards: 19200 8N1 as delivered, RS-485, also
// behind transparent network bridges.
//
//	request  02 ADDR CMD [data] 03 SUM
//	status   02 ADDR 35 H1 H2 I1 I2 03 SUM
//
// ADDR carries the board in its high and the lock (0..15) in its low nibble.
// SUM is the low byte of the sum of all bytes before it. H1 bit i is the hook
// of lock i+1, H2 bit i of lock i+9, 1 = latched; I1 and I2 are the infrared
// sensors in the same order, 1 = something inside. 03 is no terminator: it
// occurs inside frames, so frames are cut by length and SUM.
const (
	cu16Start = 0x02
	cu16End   = 0x03

	cu16Query   = 0x30 // status of one board
	cu16Unlock  = 0x31 // one pulse on one lock; the board does not answer
	cu16Time    = 0x37 // pulse length, two bytes, high first, unit 10 ms; without them the question for it
	cu16State   = 0x35 // reply to cu16Query
	cu16StateOf = 0x36 // the same from firmware that tells the two queries apart
	cu16TimeSet = 0x38 // reply to cu16Time

	cu16Locks     = 16
	cu16Status    = 9 // bytes
	cu16PulseUnit = 10 * time.Millisecond
	cu16PulseMax  = 24 * time.Second // the lower of two published bounds, exclusive
)

// cu16Family leaves out board 15: with it ADDR would be F0 and more, where F0
// means every board on the line.
var cu16Family = family{
	people: "a CU16 board", mostAddress: 14, set: "set 0 to 9 on its selector",
	usualChannels: cu16Locks, maxChannels: cu16Locks,
}

type cu16 struct{}

func init() { Register("kerong-cu16", cu16{}) }

func (cu16) Baud() int           { return 19200 }
func (cu16) Check(b Board) error { return cu16Family.check(b) }
func (cu16) Locks(b Board) int   { return cu16Family.locks(b) }

func (cu16) Status(b Board) ([]Request, error) {
	r, err := cu16Request(b, 1, cu16Query, Status)
	return []Request{r}, err
}

func (cu16) Unlock(b Board, lock int, _ time.Duration) (Request, error) {
	r, err := cu16Request(b, lock, cu16Unlock, None)
	r.Slow = linger
	return r, err
}

func (cu16) Greet(b Board, pulse time.Duration) ([]Request, error) {
	if pulse == 0 {
		return nil, cu16Family.check(b)
	}
	if pulse < cu16PulseUnit || pulse >= cu16PulseMax || pulse%cu16PulseUnit != 0 {
		return nil, fmt.Errorf("a CU16 pulse of %v is not possible: give whole steps of 10 ms under 24 s", pulse)
	}
	units := pulse / cu16PulseUnit
	r, err := cu16Request(b, 1, cu16Time, Setting, byte(units>>8), byte(units))
	r.Purpose = fmt.Sprintf("a pulse of %d ms", pulse.Milliseconds())
	return []Request{r}, err
}

// Wake asks for the length of the pulse.
func (cu16) Wake(b Board) (Request, error) { return cu16Request(b, 1, cu16Time, Setting) }

func cu16Request(b Board, lock int, command byte, expect Kind, data ...byte) (Request, error) {
	if err := cu16Family.checkLock(b, lock); err != nil {
		return Request{}, err
	}
	frame := append([]byte{cu16Start, byte(b.Address<<4 | (lock - 1)), command}, data...)
	frame = append(frame, cu16End)
	return Request{Bytes: append(frame, sum(frame)), Board: b.Address, Expect: expect}, nil
}

func (cu16) NewParser(_ []Board, echo Echo) Parser {
	return &cutter{cut: cu16Frame, longest: cu16Status, echo: echo}
}

func cu16Frame(b []byte) (f Frame, size int, more bool) {
	if b[0] != cu16Start {
		return f, 0, false
	}
	if len(b) < 3 {
		return f, 0, true
	}
	switch b[2] {
	case cu16State, cu16StateOf:
		size = cu16Status
	case cu16TimeSet:
		size = 7
	default:
		return f, 0, false
	}
	if len(b) < size {
		return f, 0, true
	}
	if b[size-2] != cu16End || b[size-1] != sum(b[:size-1]) {
		return f, 0, false
	}
	f.Board = int(b[1] >> 4)
	if b[2] == cu16TimeSet {
		f.Kind = Setting
		return f, size, false
	}
	f.Kind, f.Sensors = Status, true
	f.Locks = through(cu16Locks)
	f.Closed = uint64(b[3]) | uint64(b[4])<<8
	f.Blank = f.Closed == 0
	f.Present = uint64(b[5]) | uint64(b[6])<<8
	return f, size, false
}
