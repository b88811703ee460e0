package sim

import (
	"bytes"
	"time"
)

// Boards whose frames begin with the letters WKLY: 57 4B 4C 59 LENGTH BOARD CMD
// data... XOR. The length counts the whole frame, the XOR goes over all before it.
const (
	wklyTogether byte = 0x80
	wklyFlash    byte = 0x81 // of a channel's lamp
	wklyOpen     byte = 0x82
	wklyQuery    byte = 0x83
	wklyQueryAll byte = 0x84
	wklyPush     byte = 0x85
	wklyOpenAll  byte = 0x86
	wklyInTurn   byte = 0x87
	wklyHold     byte = 0x88
	wklyLetGo    byte = 0x89

	wklyOK     byte = 0x00
	wklyFailed byte = 0xFF

	wklyHead    = "WKLY"
	wklyLongest = 40 // of a frame
)

var wkly = speech{
	name: "wkly", lowest: 0, highest: 31, locks: 16, most: 31,
	heads: []byte{'W'}, addressAt: 5, step: 1, tail: 1, seal: sealXOR,
	cut: cutWKLY, hear: hearWKLY, push: pushWKLY, pushes: "on",
}

func cutWKLY(in []byte) (frame []byte, used int) {
	for used = 0; used < len(in); used++ {
		rest := in[used:]
		if n := min(len(rest), len(wklyHead)); !bytes.Equal(rest[:n], []byte(wklyHead[:n])) {
			continue
		}
		if len(rest) < 5 {
			return nil, used
		}
		n := int(rest[4])
		if n < 8 || n > wklyLongest {
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

// says puts an answer or a report together.
func (b *board) says(command byte, data ...byte) []byte {
	body := append([]byte(wklyHead), byte(8+len(data)), byte(b.plan.Address), command)
	return sealXOR(append(body, data...)...)
}

// channel is what the board calls a lock; lock is the way back.
func (b *board) channel(lock int) byte {
	if b.plan.ZeroBased {
		return byte(lock - 1)
	}
	return byte(lock)
}

func (b *board) lockOf(channel byte) int {
	if b.plan.ZeroBased {
		return int(channel) + 1
	}
	return int(channel)
}

func hearWKLY(s *Site, l *line, frame []byte, at int64) []reply {
	address, command, data := int(frame[5]), frame[6], frame[7:len(frame)-1]
	b := s.board(l.name, address)
	switch {
	case b == nil && command == wklyOpen && len(data) == 1:
		s.unheard(l.name, address, int(data[0]), frame, at)
	case b == nil:
	case command == wklyOpen && len(data) == 1:
		return s.openWKLY(b, data[0], frame, at)
	case (command == wklyQuery || command == wklyQueryAll) && !b.awake():
	case command == wklyQuery && len(data) == 1:
		if !b.has(b.lockOf(data[0])) {
			return b.now(b.says(command, wklyFailed, data[0], 0))
		}
		return b.now(b.says(command, wklyOK, data[0], s.doorWKLY(b, b.lockOf(data[0]))))
	case command == wklyQueryAll && len(data) == 0:
		states := []byte{wklyOK}
		for lock := 1; lock <= b.locks(); lock++ {
			states = append(states, s.doorWKLY(b, lock))
		}
		return b.now(b.says(command, states...))
	case command == wklyFlash && len(data) == 1:
		b.sleepy = time.Time{}
		s.other(l.name, address, int(command), frame, at)
		return b.now(b.says(command, wklyOK, data[0]))
	case command == wklyTogether, command == wklyOpenAll, command == wklyInTurn, command == wklyHold,
		command == wklyLetGo:
		return s.forbiddenWKLY(b, command, data, frame, at)
	default:
		s.other(l.name, address, int(command), frame, at)
	}
	return nil
}

// doorWKLY is 01 where the contact is made, which is closed in the usual wiring.
func (s *Site) doorWKLY(b *board, lock int) byte {
	if s.hook(b, lock) {
		return 1
	}
	return 0
}

// openWKLY drives a lock and answers after the pulse whether it let go.
func (s *Site) openWKLY(b *board, channel byte, frame []byte, at int64) []reply {
	lock := b.lockOf(channel)
	if !b.has(lock) || !s.unlock(b, lock, b.pulse, frame, at, "") {
		return b.now(b.says(wklyOpen, wklyFailed, channel, 1))
	}
	return []reply{{from: b, after: b.pulse + verdictPause, bytes: func() []byte {
		return b.says(wklyOpen, wklyOK, channel, s.doorWKLY(b, lock)) // 01: not opened
	}}}
}

// forbiddenWKLY does what no driver should ask for, and says so.
func (s *Site) forbiddenWKLY(b *board, command byte, data, frame []byte, at int64) []reply {
	why := map[byte]string{
		wklyTogether: "opens several locks at once", wklyOpenAll: "opens every lock of a board",
		wklyInTurn: "opens several locks in turn",
		wklyHold:   "holds the power on a lock", wklyLetGo: "switches a held lock off",
	}[command]
	s.violate(b.bus, b.plan.Address, frame, at, why)
	var locks []int
	for _, channel := range data {
		locks = append(locks, b.lockOf(channel))
	}
	if command == wklyOpenAll {
		for lock := 1; lock <= b.locks(); lock++ {
			locks = append(locks, lock)
		}
	}
	for _, lock := range locks {
		switch {
		case !b.has(lock):
		case command == wklyLetGo:
			s.release(b, lock)
		case command == wklyHold:
			s.unlock(b, lock, forever, frame, at, why)
		default:
			s.unlock(b, lock, b.pulse, frame, at, why)
		}
	}
	return b.now(b.says(command, wklyOK))
}

func pushWKLY(s *Site, b *board, lock int, _ string) []byte {
	return b.says(wklyPush, b.channel(lock), s.doorWKLY(b, lock))
}
