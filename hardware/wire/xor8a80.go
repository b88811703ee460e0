package wire

import (
	"bytes"
	"time"
)

// Boards with frames of five bytes and an XOR: 9600 8N1, RS-485. The same
// design is sold under many names with 12, 18, 24 or 50 channels.
//
//	open        8A BOARD LOCK 11 BCC           reply 8A BOARD LOCK STATE BCC, after the pulse
//	query one   80 BOARD LOCK 33 BCC           reply 80 BOARD LOCK STATE BCC
//	query all   80 BOARD 00 33 BCC             reply 80 BOARD S.. 33 BCC, 7 bytes with 24 channels,
//	                                           and with fewer as well; other lengths are untested
//	push        81 or 82 BOARD LOCK STATE BCC
//
// BCC is the XOR of all bytes before it. STATE is 11 when the feedback contact
// is made, 00 when not, and a bit of S is 1 when it is made. Whether a made
// contact means a closed door is wiring; the usual one is "made when locked".
//
// How long a summary is its own bytes tell: 33 and the XOR stand where it ends.
// What is configured only says which length is looked for first.
//
// Three traps. The open reply is no verdict: with one wiring the failed, with
// the other the good reply is byte for byte the request, and so is its echo.
// The summary begins and ends like its request: one of 5 bytes in which nothing
// is made is the request, and is taken for its echo unless the line has none. And
// sources disagree whether S begins with the last eight locks
// (vendor's paper) or with the first.
//
// The head bytes that open several locks, all locks, or hold a lock powered are
// not in this file.
const (
	xorOpen   = 0x8A
	xorQuery  = 0x80
	xorPush   = 0x81
	xorPush2  = 0x82
	xorGo     = 0x11 // function of an open request
	xorMade   = 0x11 // state: the contact is made
	xorBroken = 0x00
	xorAsk    = 0x33 // function of a query

	xorShort   = 5                      // bytes
	xorAround  = 4                      // bytes around the bitmap of a summary
	xorUsual   = 3                      // bytes of the bitmap of 24 channels, and of boards with fewer
	xorMost    = 7                      // bytes of the bitmap of 50 channels
	xorLongest = xorAround + xorMost    // bytes
	xorPulse   = 500 * time.Millisecond // when nothing else is known
	xorAnswer  = 500 * time.Millisecond // what the open reply may take beyond the pulse; 0.75 to 3 s in all are in use
)

var xorFamily = family{
	people: "an 8A/80 board", leastAddress: 1, mostAddress: 32, set: "set 1 to 32 on its switches",
	usualChannels: 24, maxChannels: 50, lowFirst: true, each: true,
}

type xorBoards struct{}

func init() { Register("xor-8a80", xorBoards{}) }

func (xorBoards) Baud() int           { return 9600 }
func (xorBoards) Check(b Board) error { return xorFamily.check(b) }
func (xorBoards) Locks(b Board) int   { return xorFamily.locks(b) }

func (xorBoards) Status(b Board) ([]Request, error) {
	if err := xorFamily.check(b); err != nil {
		return nil, err
	}
	ask := func(lock int, about uint64) Request {
		return xorRequest(b, xorQuery, lock, xorAsk, Request{Expect: Status, Locks: about})
	}
	if !b.Each {
		return []Request{ask(0, bit(1))}, nil // for how many locks it answers is for the board to say
	}
	var all []Request
	for lock := 1; lock <= xorFamily.locks(b); lock++ {
		all = append(all, ask(lock, bit(lock)))
	}
	return all, nil
}

func (xorBoards) Unlock(b Board, lock int, pulse time.Duration) (Request, error) {
	if err := xorFamily.checkLock(b, lock); err != nil {
		return Request{}, err
	}
	if pulse == 0 {
		pulse = xorPulse
	}
	return xorRequest(b, xorOpen, lock, xorGo, Request{
		Expect: Verdict, Locks: bit(lock), Slow: pulse + xorAnswer, Blurred: true,
	}), nil
}

// Greet sends nothing: the pulse is fixed on the board.
func (xorBoards) Greet(b Board, _ time.Duration) ([]Request, error) { return nil, xorFamily.check(b) }

func xorRequest(b Board, head byte, lock int, function byte, r Request) Request {
	frame := []byte{head, byte(b.Address), byte(lock), function}
	r.Bytes, r.Board = append(frame, xor(frame)), b.Address
	return r
}

func (xorBoards) NewParser(boards []Board, echo Echo) Parser {
	p := &xorParser{
		cutter: cutter{
			longest: xorLongest, echo: echo,
		}, boards: map[int]Board{}, single: map[int]bool{}, bytes: map[int]int{},
	}
	for _, b := range boards {
		p.boards[b.Address] = b
	}
	p.cut, p.whole = p.frame, p.rest
	return p
}

type xorParser struct {
	cutter
	boards map[int]Board
	single map[int]bool // addresses of boards that were last asked for one lock
	bytes  map[int]int  // how long the bitmap of a board was the last time, by address
}

func (p *xorParser) Sent(r Request) {
	p.cutter.Sent(r)
	if r.Expect == Status {
		p.single[r.Board] = r.Bytes[2] != 0
	}
}

// board returns what is known of the board with an address; one that is not on
// this line is taken to be a usual one.
func (p *xorParser) board(address byte) Board {
	b, ok := p.boards[int(address)]
	if !ok {
		b.Address = int(address)
	}
	return b
}

func (p *xorParser) frame(b []byte) (f Frame, size int, more bool) {
	switch b[0] {
	case xorOpen:
		f.Kind = Verdict
	case xorQuery:
		f.Kind = Status
	case xorPush, xorPush2:
		f.Kind = Event
	default:
		return f, 0, false
	}
	if len(b) < 2 {
		return f, 0, true
	}
	board := p.board(b[1])
	if xorFamily.check(board) != nil {
		return f, 0, false
	}
	f.Board = board.Address
	if f.Kind == Status && !p.single[f.Board] {
		return p.summary(b, board)
	}
	if len(b) < xorShort {
		return f, 0, true
	}
	lock, state := int(b[2]), b[3]
	if lock < 1 || lock > xorFamily.maxChannels || state != xorMade && state != xorBroken || b[4] != xor(b[:4]) {
		return f, 0, false
	}
	f.Locks = bit(lock)
	if state == xorMade {
		f.Closed = f.Locks
	} else {
		f.Blank = f.Kind == Status
	}
	return f, xorShort, false
}

// summary reads the contacts of a whole board. The length that is expected is
// looked for first; a frame of another length that is whole and right is one too.
func (p *xorParser) summary(b []byte, board Board) (f Frame, size int, more bool) {
	expected := p.expected(board)
	if len(b) < xorAround+expected {
		return f, 0, true
	}
	if f, ok := p.bitmap(b, expected, board); ok {
		return f, xorAround + expected, false
	}
	if p.echoed(b) {
		return f, 0, false
	}
	for n := 1; n <= xorMost; n++ {
		if len(b) < xorAround+n {
			return f, 0, true
		}
		if f, ok := p.bitmap(b, n, board); ok {
			return f, xorAround + n, false
		}
	}
	return f, 0, false
}

// rest reads a summary that is shorter than expected, behind which nothing comes.
func (p *xorParser) rest(b []byte) (f Frame, size int) {
	if len(b) < xorShort || b[0] != xorQuery || p.single[int(b[1])] || p.echoed(b) {
		return f, 0
	}
	for n := 1; n <= len(b)-xorAround; n++ {
		if f, ok := p.bitmap(b, n, p.board(b[1])); ok {
			return f, xorAround + n
		}
	}
	return f, 0
}

// echoed reports whether b begins with what may be the echo of the request. That
// and the summary behind it together have a right XOR, too.
func (p *xorParser) echoed(b []byte) bool {
	return p.echo != NoEcho && len(p.sent.Bytes) > 0 && bytes.HasPrefix(b, p.sent.Bytes)
}

// expected is how many bytes the bitmap of a board has as far as is known. One
// byte is the length that an echo has, and is not expected before it was seen.
func (p *xorParser) expected(board Board) int {
	if n := p.bytes[board.Address]; n > 0 {
		return n
	}
	if n := (xorFamily.locks(board) + 7) / 8; n > 1 {
		return n
	}
	return xorUsual
}

// bitmap reads a summary whose bitmap has n bytes.
func (p *xorParser) bitmap(b []byte, n int, board Board) (f Frame, ok bool) {
	size := xorAround + n
	if b[size-2] != xorAsk || b[size-1] != xor(b[:size-1]) || size == len(p.sent.Bytes) && p.echoed(b) {
		return f, false
	}
	p.bytes[board.Address] = n
	configured := xorFamily.locks(board)
	f = Frame{Kind: Status, Board: board.Address, Locks: through(min(8*n, configured)), Blank: true}
	for i, s := range b[2 : 2+n] {
		f.Blank = f.Blank && s == 0
		if !board.LowFirst {
			i = n - 1 - i
		}
		f.Closed |= uint64(s) << (8 * i)
	}
	if n != (configured+7)/8 {
		f.Other = min(8*n, xorFamily.maxChannels)
	}
	f.Closed &= f.Locks
	return f, true
}
