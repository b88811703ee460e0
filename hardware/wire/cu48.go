package wire

import (
	"slices"
	"time"
)

// Kerong CU48 and CU48B boards: 19200 8N1 as delivered. Their frames look like
// those of the CU16, but are not.
//
//	request  02 ADDR LOCK CMD 03 SUM
//	status   02 ADDR 00 75 D0..D11 03 SUM
//	push     02 ADDR LOCK 77 D0..D11 03 SUM
//
// LOCK is 0 to 47, 0 in a status request. D0 to D5 are the hooks of locks 1 to
// 48, lowest bit first, 1 = latched; D6 to D11 the infrared sensors in the same
// order, 1 = something inside (inferred from one capture and the CU48B manual).
//
// Sources disagree whether byte 1 or byte 2 of a request names the lock; SUM
// is the same both ways, so only a door that opens tells. What answers an
// unlock is not documented: nothing, a frame of 6 bytes with 75, or a 77 have
// been seen. None of them is waited for; the last two are understood.
const (
	cu48Query  = 0x60 // status of one board
	cu48Unlock = 0x61 // one pulse on one lock
	cu48State  = 0x75
	cu48Push   = 0x77

	cu48Locks  = 48
	cu48Status = 18 // bytes
	cu48Short  = 6  // bytes of the answer some firmware gives to an unlock
)

var cu48Family = family{
	people: "a CU48 board", mostAddress: 15, set: "set 0 to 9 on its selector",
	usualChannels: cu48Locks, maxChannels: cu48Locks, lockByte: true,
}

type cu48 struct{}

func init() { Register("kerong-cu48", cu48{}) }

func (cu48) Baud() int           { return 19200 }
func (cu48) Check(b Board) error { return cu48Family.check(b) }
func (cu48) Locks(b Board) int   { return cu48Family.locks(b) }

func (cu48) Status(b Board) ([]Request, error) {
	r, err := cu48Request(b, 1, cu48Query, Status)
	return []Request{r}, err
}

func (cu48) Unlock(b Board, lock int, _ time.Duration) (Request, error) {
	r, err := cu48Request(b, lock, cu48Unlock, None)
	r.Slow = linger
	return r, err
}

// Greet sends nothing: no way to set the pulse is documented.
func (cu48) Greet(b Board, _ time.Duration) ([]Request, error) { return nil, cu48Family.check(b) }

func cu48Request(b Board, lock int, command byte, expect Kind) (Request, error) {
	if err := cu48Family.checkLock(b, lock); err != nil {
		return Request{}, err
	}
	first, second := byte(b.Address), byte(lock-1)
	if b.LockByte == 1 {
		first, second = second, first
	}
	frame := []byte{cu16Start, first, second, command, cu16End}
	return Request{Bytes: append(frame, sum(frame)), Board: b.Address, Expect: expect}, nil
}

func (cu48) NewParser(boards []Board, echo Echo) Parser {
	p := &cu48Parser{cutter: cutter{longest: cu48Status, echo: echo}}
	for _, b := range boards {
		if b.LockByte == 1 {
			p.swapped = append(p.swapped, b.Address)
		}
	}
	p.cut = p.frame
	return p
}

type cu48Parser struct {
	cutter
	swapped []int // addresses of boards that have lock and board the other way round
}

func (p *cu48Parser) frame(b []byte) (f Frame, size int, more bool) {
	if b[0] != cu16Start {
		return f, 0, false
	}
	if len(b) < 4 {
		return f, 0, true
	}
	if b[3] != cu48State && b[3] != cu48Push {
		return f, 0, false
	}
	if p.short(b) {
		if len(b) < cu48Short {
			return f, 0, true
		}
		if b[4] == cu16End && b[5] == sum(b[:5]) {
			return Frame{Kind: Verdict, Board: p.sent.Board}, cu48Short, false
		}
	}
	if len(b) < cu48Status {
		return f, 0, true
	}
	if b[cu48Status-2] != cu16End || b[cu48Status-1] != sum(b[:cu48Status-1]) {
		return f, 0, false
	}
	f = Frame{Kind: Status, Board: int(b[1]), Locks: through(cu48Locks), Sensors: true}
	other := b[2]
	if b[1] == 0 && slices.Contains(p.swapped, int(b[2])) {
		f.Board, other = int(b[2]), b[1]
	}
	if b[3] == cu48Push || other != 0 {
		f.Kind = Event
	}
	for i := range cu48Locks / 8 {
		f.Closed |= uint64(b[4+i]) << (8 * i)
		f.Present |= uint64(b[10+i]) << (8 * i)
	}
	f.Blank = f.Closed == 0
	return f, cu48Status, false
}

// short reports whether b may be the short answer to the unlock request sent
// last. A long frame can begin with the same bytes; it is told apart by what
// was asked.
func (p *cu48Parser) short(b []byte) bool {
	s := p.sent.Bytes
	return len(s) > 3 && s[3] == cu48Unlock && b[3] == cu48State && b[1] == s[1] && b[2] == s[2]
}
