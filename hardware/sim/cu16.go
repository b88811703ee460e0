package sim

import (
	"time"
)

// Kerong CU16 frames: 02 ADDR CMD data... 03 SUM. ADDR is the board in the high
// nibble and the lock (0 to 15) in the low one; SUM adds all bytes before it.
const (
	frameStart byte = 0x02
	frameEnd   byte = 0x03

	askStatus    byte = 0x30 // answered by 0x35
	askUnlock    byte = 0x31 // never answered
	askAll       byte = 0x32 // like 0x30; ADDR F0 means every board
	answerStatus byte = 0x35
	askPulse     byte = 0x37 // two data bytes set the pulse in units of 10 ms, none ask for it
	answerPulse  byte = 0x38
	everyBoard   byte = 0xF0
)

type board struct {
	plan   Board
	pulse  time.Duration
	silent bool
	hot    time.Time // until when one of its coils is driven
}

// request is one frame with a good checksum.
type request struct {
	address byte
	command byte
	data    []byte
	at      int64 // monotonic ns of its first byte
}

func seal(body ...byte) []byte {
	var sum byte
	for _, b := range body {
		sum += b
	}
	return append(body, sum)
}

// lengths of the frames that begin with this command, the longest first. A board
// knows them by heart; the end byte is no help, it occurs inside frames.
func lengths(command byte) []int {
	switch command {
	case askPulse:
		return []int{7, 5}
	case 0x39, 0x40: // delay and speed: one data byte; boards here ignore both
		return []int{6}
	}
	return []int{5}
}

// cutRequest finds the first frame in the bytes. It returns how many bytes are
// used up, junk in front included; ok is false when no whole frame is there.
func cutRequest(in []byte) (r request, used int, ok bool) {
	for used = 0; used < len(in); used++ {
		rest := in[used:]
		if rest[0] != frameStart {
			continue
		}
		if len(rest) < 5 {
			return r, used, false
		}
		for _, n := range lengths(rest[2]) {
			if len(rest) < n || rest[n-2] != frameEnd {
				continue
			}
			var sum byte
			for _, b := range rest[:n-1] {
				sum += b
			}
			if sum == rest[n-1] {
				return request{address: rest[1], command: rest[2], data: rest[3 : n-2]}, used + n, true
			}
		}
		if longest := lengths(rest[2])[0]; len(rest) < longest {
			return r, used, false // the rest of it may still come
		}
	}
	return r, used, false
}

// answer does what the boards do on hearing a request, and returns their
// replies, one for each board that answers. Callers hold mu.
func (s *Site) answer(bus string, r request) [][]byte {
	address := int(r.address >> 4)
	if r.command == askAll && r.address == everyBoard {
		var replies [][]byte
		for a := range 16 {
			if b := s.boards[boardID{bus, a}]; b != nil && !b.silent {
				replies = append(replies, s.status(bus, b))
			}
		}
		return replies
	}
	b := s.boards[boardID{bus, address}]
	heard := b != nil && !b.silent
	switch r.command {
	case askUnlock:
		s.unlock(bus, address, int(r.address&0x0f)+1, r.at, heard)
		return nil
	case askStatus, askAll:
		if heard {
			return [][]byte{s.status(bus, b)}
		}
	case askPulse:
		if heard {
			return [][]byte{s.pulseTime(bus, b, r)}
		}
	default:
		s.record(Entry{Kind: "other", Bus: bus, Board: address, Command: int(r.command), FirstByteNS: r.at})
	}
	return nil
}

func (s *Site) status(bus string, b *board) []byte {
	var hooks, sensors uint16
	for lock, number := range b.plan.Locks {
		d := s.doors[number]
		bit := uint16(1) << (lock - 1)
		if (d.state == StateClosed) != b.plan.InvertHook {
			hooks |= bit
		}
		if b.plan.Presence && (d.inside || d.dirty) != b.plan.InvertPresence {
			sensors |= bit
		}
	}
	return seal(frameStart, byte(b.plan.Address)<<4, answerStatus,
		byte(hooks), byte(hooks>>8), byte(sensors), byte(sensors>>8), frameEnd)
}

func (s *Site) pulseTime(bus string, b *board, r request) []byte {
	if len(r.data) == 2 {
		units := int(r.data[0])<<8 | int(r.data[1])
		b.pulse = time.Duration(units) * 10 * time.Millisecond
		s.record(Entry{Kind: "pulse_time", Bus: bus, Board: b.plan.Address, PulseMS: units * 10, FirstByteNS: r.at})
		s.tell("bus %s board %d: pulse set to %s", bus, b.plan.Address, b.pulse)
	}
	units := int(b.pulse / (10 * time.Millisecond))
	return seal(frameStart, byte(b.plan.Address)<<4, answerPulse, byte(units>>8), byte(units), frameEnd)
}

// unlock drives a coil. A frame nobody heard is kept in the journal as well.
func (s *Site) unlock(bus string, address, lock int, at int64, heard bool) {
	e := Entry{Kind: "unlock", Bus: bus, Board: address, Lock: lock, Acted: heard, FirstByteNS: at}
	if !heard {
		s.record(e)
		s.tell("bus %s: unlock of board %d lock %d, which nobody heard", bus, address, lock)
		return
	}
	b := s.boards[boardID{bus, address}]
	now := time.Now()
	for id, other := range s.boards {
		if id.bus == bus && other.hot.After(now) {
			e.Overlap = true // two coils at once: the supply of a real bus would dip
		}
	}
	b.hot = now.Add(b.pulse)
	e.PulseMS = int(b.pulse.Milliseconds())
	d := s.doors[b.plan.Locks[lock]]
	if d == nil {
		s.record(e)
		s.tell("bus %s board %d lock %d: driven, but no door hangs on it", bus, address, lock)
		return
	}
	e.Door = d.number
	s.journal.pulses[d.number]++
	s.record(e)
	s.tell("door %s: lock driven for %s", d.number, b.pulse)
	s.drive(d)
	s.announce(d)
}
