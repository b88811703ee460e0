package wire

import (
	"bytes"
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
	cu16Time    = 0x37 // pulse length, two bytes, high first, unit 10 ms
	cu16State   = 0x35 // reply to cu16Query
	cu16StateOf = 0x36 // the same from firmware that tells the two queries apart
	cu16TimeSet = 0x38 // reply to cu16Time

	cu16Locks     = 16
	cu16PulseUnit = 10 * time.Millisecond
	cu16PulseMax  = 24 * time.Second // the lower of two published bounds, exclusive

	// Board 15 is not used: with it ADDR would be F0 and more, where F0 means
	// every board on the line.
	cu16MaxAddress = 14
)

type cu16 struct{}

func init() { Register("kerong-cu16", cu16{}) }

func (cu16) MaxAddress() int { return cu16MaxAddress }
func (cu16) Locks() int      { return cu16Locks }

func (c cu16) Status(board int) (Request, error) {
	return c.request(board, 1, cu16Query, Status)
}

func (c cu16) Unlock(board, lock int) (Request, error) {
	return c.request(board, lock, cu16Unlock, None)
}

func (c cu16) Pulse(board int, length time.Duration) (Request, error) {
	if length < cu16PulseUnit || length >= cu16PulseMax || length%cu16PulseUnit != 0 {
		return Request{}, fmt.Errorf("a CU16 pulse of %v is not possible: give whole steps of 10 ms under 24 s", length)
	}
	units := length / cu16PulseUnit
	return c.request(board, 1, cu16Time, Setting, byte(units>>8), byte(units))
}

func (cu16) request(board, lock int, command byte, expect Kind, data ...byte) (Request, error) {
	if board < 0 || board > cu16MaxAddress {
		return Request{}, fmt.Errorf("a CU16 board cannot have address %d: set 0 to 9 on its selector", board)
	}
	if lock < 1 || lock > cu16Locks {
		return Request{}, fmt.Errorf("a CU16 board has no lock %d: locks are 1 to 16", lock)
	}
	frame := append([]byte{cu16Start, byte(board<<4 | (lock - 1)), command}, data...)
	frame = append(frame, cu16End)
	return Request{Bytes: append(frame, sum(frame)), Board: board, Expect: expect}, nil
}

func (cu16) NewParser() Parser { return &cu16Parser{} }

type cu16Parser struct {
	buffer []byte
	sent   []byte
	noise  Noise
}

func (p *cu16Parser) Sent(r Request) { p.sent = r.Bytes }
func (p *cu16Parser) Noise() Noise   { return p.noise }

func (p *cu16Parser) Feed(b []byte) []Frame {
	p.buffer = append(p.buffer, b...)
	return p.scan(false)
}

func (p *cu16Parser) Quiet() []Frame { return p.scan(true) }

// scan takes frames and echoes off the buffer and skips everything else byte by
// byte. Unless the line is quiet it stops at a beginning that may still become
// a frame.
func (p *cu16Parser) scan(quiet bool) []Frame {
	var frames []Frame
	for len(p.buffer) > 0 {
		if n := len(p.sent); n > 0 && bytes.HasPrefix(p.buffer, p.sent) {
			p.noise.Echoes++
			p.buffer = p.buffer[n:]
			continue
		}
		frame, size, more := cu16Frame(p.buffer)
		switch {
		case size > 0:
			frames = append(frames, frame)
			p.buffer = p.buffer[size:]
		case !quiet && (more || bytes.HasPrefix(p.sent, p.buffer)):
			return frames
		default:
			p.noise.Junk++
			p.buffer = p.buffer[1:]
		}
	}
	p.buffer = nil
	return frames
}

// cu16Frame reads the frame that b begins with. A size of 0 means there is
// none; more then says that further bytes could make it one.
func cu16Frame(b []byte) (f Frame, size int, more bool) {
	if b[0] != cu16Start {
		return f, 0, false
	}
	if len(b) < 3 {
		return f, 0, true
	}
	switch b[2] {
	case cu16State, cu16StateOf:
		size = 9
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
	f.Locks = 1<<cu16Locks - 1
	f.Closed = uint64(b[3]) | uint64(b[4])<<8
	f.Present = uint64(b[5]) | uint64(b[6])<<8
	return f, size, false
}

// sum adds all bytes and keeps the low eight bits.
func sum(b []byte) (s byte) {
	for _, x := range b {
		s += x
	}
	return s
}
