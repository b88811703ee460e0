package sim

import (
	"slices"
	"time"
)

// Boards with frames of five bytes: HEAD BOARD LOCK FUNCTION BCC, where BCC is
// the XOR of the bytes before it. The status byte tells the contact alone: 11 is
// made, 00 is not.
const (
	xorOpen    byte = 0x8A
	xorQuery   byte = 0x80
	xorSeveral byte = 0x90 // 90 BOARD bits bits bits BCC
	xorHold    byte = 0x9A
	xorLetGo   byte = 0x9B

	functionOpen  byte = 0x11
	functionQuery byte = 0x33
	contactMade   byte = 0x11
)

// leastBitmap is how many bytes tell the contacts of all boards but the largest.
const leastBitmap = 3

// verdictPause is what a board takes after its pulse to look at the contact.
const verdictPause = 5 * time.Millisecond

var xor = speech{
	name: "xor-8a80", lowest: 1, highest: 32, locks: 24, most: 50,
	heads: []byte{xorOpen, xorQuery}, addressAt: 1, step: 1, tail: 1, seal: sealXOR,
	cut: cutXOR, hear: hearXOR, push: pushXOR, pushes: "never",
}

func sealXOR(body ...byte) []byte {
	var bcc byte
	for _, b := range body {
		bcc ^= b
	}
	return append(body[:len(body):len(body)], bcc)
}

func cutXOR(in []byte) (frame []byte, used int) {
	for used = 0; used < len(in); used++ {
		rest := in[used:]
		n := 5
		switch rest[0] {
		case xorSeveral:
			n = 6
		case xorOpen, xorQuery, xorHold, xorLetGo, 0x9D, 0xDD, 0xDE, 0xDF, 0xE1:
		default:
			continue
		}
		if len(rest) < n {
			return nil, used
		}
		if sealXOR(rest[:n-1]...)[n-1] == rest[n-1] {
			return rest[:n], used + n
		}
	}
	return nil, used
}

func hearXOR(s *Site, l *line, frame []byte, at int64) []reply {
	head, address, lock, function := frame[0], int(frame[1]), int(frame[2]), frame[3]
	b := s.board(l.name, address)
	switch {
	case head == xorOpen && function == functionOpen && lock == 0, head == xorSeveral, head == xorHold,
		head == xorLetGo, head == 0x9D:
		return s.forbiddenXOR(l, b, frame, at)
	case head == xorOpen && function == functionOpen && b == nil:
		s.unheard(l.name, address, lock, frame, at)
	case head == xorOpen && function == functionOpen && b.has(lock):
		return s.openXOR(b, lock, frame, at)
	case head == xorQuery && function == functionQuery && b != nil && !b.awake():
	case head == xorQuery && function == functionQuery && b != nil && lock == 0 && b.plan.OneByOne:
	case head == xorQuery && function == functionQuery && b != nil && lock == 0:
		return b.now(s.bulkXOR(b))
	case head == xorQuery && function == functionQuery && b != nil && b.has(lock):
		return b.now(s.singleXOR(b, xorQuery, lock))
	case head != xorQuery:
		s.other(l.name, address, int(head), frame, at)
	}
	return nil
}

// openXOR drives a lock; the answer with its contact comes after the pulse. What
// a board does with another opening until then is not documented; the journal
// tells it as an overlap.
func (s *Site) openXOR(b *board, lock int, frame []byte, at int64) []reply {
	wait := b.pulse + verdictPause
	if !s.unlock(b, lock, b.pulse, frame, at, "") {
		wait = 0
	}
	return []reply{{from: b, after: wait, bytes: func() []byte { return s.singleXOR(b, xorOpen, lock) }}}
}

func (s *Site) singleXOR(b *board, head byte, lock int) []byte {
	status := byte(0)
	if s.hook(b, lock) {
		status = contactMade
	}
	return sealXOR(head, byte(b.plan.Address), byte(lock), status)
}

// bulkXOR tells all contacts, as a rule the highest locks first.
func (s *Site) bulkXOR(b *board) []byte {
	bits := s.hooks(b, max(leastBitmap, (b.locks()+7)/8))
	if !b.plan.LowFirst {
		slices.Reverse(bits)
	}
	body := append([]byte{xorQuery, byte(b.plan.Address)}, bits...)
	return sealXOR(append(body, functionQuery)...)
}

// forbiddenXOR does what no driver should ask for, and says so.
func (s *Site) forbiddenXOR(l *line, b *board, frame []byte, at int64) []reply {
	address, lock := int(frame[1]), int(frame[2])
	if frame[0] == xorLetGo {
		s.violate(l.name, address, frame, at, "switches a held lock off")
		if b != nil && b.has(lock) {
			s.release(b, lock)
		}
		return nil
	}
	why := map[byte]string{
		xorOpen: "opens every lock of a board", 0x9D: "opens every lock of a board",
		xorSeveral: "opens several locks at once", xorHold: "holds the power on a lock",
	}[frame[0]]
	s.violate(l.name, address, frame, at, why)
	if b == nil {
		return nil
	}
	switch frame[0] {
	case xorHold:
		if b.has(lock) {
			s.unlock(b, lock, forever, frame, at, why)
		}
	case xorSeveral:
		bits := slices.Clone(frame[2:5])
		if !b.plan.LowFirst {
			slices.Reverse(bits)
		}
		for lock := 1; lock <= min(b.locks(), 24); lock++ {
			if bits[(lock-1)/8]&(1<<((lock-1)%8)) != 0 {
				s.unlock(b, lock, b.pulse, frame, at, why)
			}
		}
	default:
		for lock := 1; lock <= b.locks(); lock++ {
			s.unlock(b, lock, b.pulse, frame, at, why)
		}
		return []reply{{from: b, after: b.pulse, bytes: func() []byte { return slices.Clone(frame) }}}
	}
	return nil
}

func pushXOR(s *Site, b *board, lock int, how string) []byte {
	head := byte(0x81)
	if how == "82" {
		head = 0x82
	}
	return s.singleXOR(b, head, lock)
}
