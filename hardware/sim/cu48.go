package sim

// Kerong CU48 frames: 02 BOARD LOCK CMD 03 SUM, the lock from 0. Some are said
// to take the lock in byte 1 and the board in byte 2; the sum cannot tell. The
// answer has twelve data bytes: the hooks of locks 1 to 48, then the infrared.
const (
	askContacts    byte = 0x60
	askDrive       byte = 0x61
	answerContacts byte = 0x75
	answerDriven   byte = 0x77 // seen once, in what was probably the answer to an unlock
)

// addressesCU48 bounds what a selector can be set to.
const addressesCU48 = 15

var cu48 = speech{
	name: "kerong-cu48", lowest: 0, highest: addressesCU48, locks: 48, most: 48,
	heads: []byte{frameStart}, addressAt: 1, step: 1, tail: 1, seal: seal,
	cut: cutCU48,
}

func init() { cu48.hear = hearCU48 } // it names cu48 itself

func cutCU48(in []byte) (frame []byte, used int) {
	for used = 0; used < len(in); used++ {
		rest := in[used:]
		if rest[0] != frameStart {
			continue
		}
		if len(rest) < 6 {
			return nil, used
		}
		if summed(rest[:6]) {
			return rest[:6], used + 6
		}
	}
	return nil, used
}

func hearCU48(s *Site, l *line, frame []byte, at int64) []reply {
	first, second, command := int(frame[1]), int(frame[2]), frame[3]
	for a := range addressesCU48 + 1 {
		b := s.board(l.name, a)
		if b == nil {
			continue
		}
		lock := second
		if b.plan.LockByte == 1 {
			lock = first
		}
		switch command {
		case askContacts:
			if (first == a || b.plan.LockByte == 1 && second == a) && first+second == a && b.awake() {
				return b.now(s.statusCU48(b))
			}
		case askDrive:
			if first+second-lock != a {
				continue
			}
			if !b.has(lock + 1) {
				s.other(l.name, a, int(command), frame, at)
				return nil
			}
			s.unlock(b, lock+1, b.pulse, frame, at, "")
			return s.verdictKerong(b, frame, s.statusCU48)
		}
	}
	switch command {
	case askContacts:
	case askDrive:
		s.unheard(l.name, first, second+1, frame, at)
	default:
		s.other(l.name, first, int(command), frame, at)
	}
	return nil
}

func (s *Site) statusCU48(b *board) []byte {
	body := []byte{frameStart, byte(b.plan.Address), 0, answerContacts}
	body = append(append(body, s.hooks(b, 6)...), s.sensors(b, 6)...)
	return seal(append(body, frameEnd)...)
}
