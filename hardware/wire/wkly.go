package wire

import "time"

// Boards whose frames begin with the letters WKLY: 9600 8N1.
//
//	any frame  57 4B 4C 59 LEN BOARD CMD DATA.. BCC
//	open       82 LOCK        reply 82 RESULT LOCK STATE   (STATE 00: opened, 01: not)
//	query one  83 LOCK        reply 83 RESULT LOCK DOOR    (inferred from 82)
//	query all  84             reply 84 RESULT DOOR..       (one byte for each lock: inferred)
//	push       85             85 LOCK DOOR, unasked
//
// LEN counts the whole frame, BCC is the XOR of everything before it, letters
// included. RESULT is 00 for done and FF for not done; DOOR is 00 for open and
// 01 for closed. Nobody says whether an opening that is not done was tried: FF
// may come before the pulse or after it. Locks are counted from 1, by some makers
// from 0.
//
// LEN is the only framing there is: a wrong one would swallow the frames
// behind it. So it has to be the one its command has. The commands that open
// several locks or all, or hold a channel on, are not in this file.
const (
	wklyOpen = 0x82
	wklyOne  = 0x83
	wklyAll  = 0x84
	wklyPush = 0x85

	wklyDone   = 0x00
	wklyFailed = 0xFF
	wklyClosed = 0x01

	// The answer to an opening tells the state of the lock, so it may wait for the pulse.
	wklyPulse  = 500 * time.Millisecond // when nothing else is known
	wklyAnswer = 500 * time.Millisecond // beyond the pulse

	wklyHead   = 7  // bytes before the data
	wklyAround = 8  // bytes around the data
	wklyMost   = 40 // bytes of the longest frame believed
)

var wklyLetters = [4]byte{'W', 'K', 'L', 'Y'}

var wklyFamily = family{
	people: "a WKLY board", mostAddress: 31, set: "set 0 to 31 on it",
	usualChannels: 16, maxChannels: wklyMost - wklyAround - 1, fromZero: true, each: true,
}

type wkly struct{}

func init() { Register("wkly", wkly{}) }

func (wkly) Baud() int           { return 9600 }
func (wkly) Check(b Board) error { return wklyFamily.check(b) }
func (wkly) Locks(b Board) int   { return wklyFamily.locks(b) }

func (wkly) Status(b Board) ([]Request, error) {
	if err := wklyFamily.check(b); err != nil {
		return nil, err
	}
	if !b.Each {
		return []Request{wklyRequest(b, wklyAll, Request{Expect: Status})}, nil
	}
	var all []Request
	for lock := 1; lock <= wklyFamily.locks(b); lock++ {
		all = append(all, wklyRequest(b, wklyOne, Request{Expect: Status, Locks: bit(lock)}, wklyNumber(b, lock)))
	}
	return all, nil
}

func (wkly) Unlock(b Board, lock int, pulse time.Duration) (Request, error) {
	if err := wklyFamily.checkLock(b, lock); err != nil {
		return Request{}, err
	}
	if pulse == 0 {
		pulse = wklyPulse
	}
	return wklyRequest(b, wklyOpen, Request{
		Expect: Verdict, Locks: bit(lock), Slow: pulse + wklyAnswer,
	}, wklyNumber(b, lock)), nil
}

// Greet sends nothing: the pulse is fixed on the board.
func (wkly) Greet(b Board, _ time.Duration) ([]Request, error) { return nil, wklyFamily.check(b) }

// wklyNumber is the number of a lock on the wire.
func wklyNumber(b Board, lock int) byte {
	if b.FromZero {
		lock--
	}
	return byte(lock)
}

func wklyRequest(b Board, command byte, r Request, data ...byte) Request {
	frame := append(wklyLetters[:], byte(wklyAround+len(data)), byte(b.Address), command)
	frame = append(frame, data...)
	r.Bytes, r.Board = append(frame, xor(frame)), b.Address
	return r
}

func (wkly) NewParser(boards []Board, echo Echo) Parser {
	p := &wklyParser{
		cutter: cutter{longest: wklyAround + 1 + wklyFamily.usualChannels, echo: echo}, boards: map[int]Board{},
	}
	for _, b := range boards {
		p.boards[b.Address] = b
		p.longest = max(p.longest, wklyAround+1+wklyFamily.locks(b))
	}
	p.cut = p.frame
	return p
}

type wklyParser struct {
	cutter
	boards map[int]Board
}

func (p *wklyParser) frame(b []byte) (f Frame, size int, more bool) {
	for i, letter := range wklyLetters[:min(len(b), len(wklyLetters))] {
		if b[i] != letter {
			return f, 0, false
		}
	}
	if len(b) < wklyHead {
		return f, 0, len(b) < 5 || b[4] > wklyAround && b[4] <= wklyMost
	}
	size, command := int(b[4]), b[6]
	board, ok := p.boards[int(b[5])]
	if !ok {
		board.Address = int(b[5])
	}
	if wklyFamily.check(board) != nil || !wklyFits(size, command) {
		return f, 0, false
	}
	if len(b) < size {
		return f, 0, true
	}
	data := b[wklyHead : size-1]
	if b[size-1] != xor(b[:size-1]) {
		return f, 0, false
	}
	f.Board = board.Address
	switch command {
	case wklyAll:
		f.Kind = Status
		wklyDoors(&f, board, data)
	case wklyPush:
		f.Kind = Event
		ok = wklyDoor(&f, board, data)
	default:
		f.Kind = Status
		if command == wklyOpen {
			f.Kind = Verdict
		}
		f.Refused = data[0] == wklyFailed
		ok = f.Refused || len(data) == 3 && data[0] == wklyDone && wklyDoor(&f, board, data[1:])
	}
	if command != wklyAll && !ok {
		return Frame{}, 0, false
	}
	return f, size, false
}

// wklyFits reports whether a frame of a board may have this length. A failed
// command may be answered with its result alone.
func wklyFits(size int, command byte) bool {
	data := size - wklyAround
	switch command {
	case wklyOpen, wklyOne:
		return data == 3 || data == 1
	case wklyAll:
		return data >= 1 && size <= wklyMost
	case wklyPush:
		return data == 2
	}
	return false
}

// wklyDoor reads the number and the state of one lock.
func wklyDoor(f *Frame, board Board, data []byte) bool {
	lock := int(data[0])
	if board.FromZero {
		lock++
	}
	if lock < 1 || lock > wklyFamily.maxChannels || data[1] > wklyClosed {
		return false
	}
	f.Locks = bit(lock)
	if data[1] == wklyClosed {
		f.Closed = f.Locks
	}
	f.Blank = f.Kind == Status && f.Closed == 0
	return true
}

// wklyDoors reads the states of all locks, as many as the board tells. What
// cannot be understood of those it should have is no better than a refusal.
func wklyDoors(f *Frame, board Board, data []byte) {
	configured, n := wklyFamily.locks(board), len(data)-1
	f.Refused = data[0] != wklyDone || n == 0
	if f.Refused {
		return
	}
	if n != configured {
		f.Other = n
	}
	n = min(n, configured)
	for i, state := range data[1 : 1+n] {
		if state > wklyClosed {
			*f = Frame{Kind: f.Kind, Board: f.Board, Refused: true}
			return
		}
		f.Closed |= uint64(state) << i
	}
	f.Locks = through(n)
	f.Blank = f.Closed == 0
}
