package sim

import "time"

// Kerong CU16 frames: 02 ADDR CMD data... 03 SUM. ADDR is the board in the high
// nibble and the lock (0 to 15) in the low one; SUM adds all bytes before it.
const (
	frameStart byte = 0x02
	frameEnd   byte = 0x03

	askStatus    byte = 0x30 // answered by 0x35
	askUnlock    byte = 0x31 // usually not answered
	askAll       byte = 0x32 // like 0x30; ADDR F0 means every board
	openAll      byte = 0x33 // opens a whole board
	answerStatus byte = 0x35
	askPulse     byte = 0x37 // two data bytes set the pulse in units of 10 ms, none ask for it
	answerPulse  byte = 0x38
	setDelay     byte = 0x39 // one data byte
	setBaud      byte = 0x40 // one data byte
	everyBoard   byte = 0xF0
)

var cu16 = speech{
	name: "kerong-cu16", lowest: 0, highest: 15, locks: 16, most: 16,
	heads: []byte{frameStart}, addressAt: 1, step: 0x10, tail: 1, seal: seal,
	cut: cutCU16, hear: hearCU16,
}

// seal adds up the bytes.
func seal(body ...byte) []byte {
	var sum byte
	for _, b := range body {
		sum += b
	}
	return append(body[:len(body):len(body)], sum)
}

// lengths of the frames that begin with this command, the longest first. A board
// knows them by heart; the end byte is no help, it occurs inside frames.
func lengths(command byte) []int {
	switch command {
	case askPulse:
		return []int{7, 5}
	case setDelay, setBaud:
		return []int{6}
	}
	return []int{5}
}

func cutCU16(in []byte) (frame []byte, used int) {
	for used = 0; used < len(in); used++ {
		rest := in[used:]
		if rest[0] != frameStart {
			continue
		}
		if len(rest) < 5 {
			return nil, used
		}
		for _, n := range lengths(rest[2]) {
			if len(rest) >= n && summed(rest[:n]) {
				return rest[:n], used + n
			}
		}
		if longest := lengths(rest[2])[0]; len(rest) < longest {
			return nil, used // the rest of it may still come
		}
	}
	return nil, used
}

// summed reports whether the frame has its end byte and a good sum.
func summed(frame []byte) bool {
	n := len(frame)
	return frame[n-2] == frameEnd && seal(frame[:n-1]...)[n-1] == frame[n-1]
}

func hearCU16(s *Site, l *line, frame []byte, at int64) []reply {
	address, command, data := frame[1], frame[2], frame[3:len(frame)-2]
	number := int(address >> 4)
	if command == askAll && address == everyBoard {
		var replies []reply
		for a := range 16 {
			if b := s.board(l.name, a); b != nil {
				replies = append(replies, b.now(s.statusCU16(b))...)
			}
		}
		return replies
	}
	b := s.board(l.name, number)
	switch {
	case command == askUnlock && b == nil:
		s.unheard(l.name, number, int(address&0x0f)+1, frame, at)
	case command == askUnlock:
		s.unlock(b, int(address&0x0f)+1, b.pulse, frame, at, "")
		return s.verdictKerong(b, frame, s.statusCU16)
	case command == openAll || command == setBaud:
		s.forbiddenCU16(l, b, number, frame, at)
	case b == nil:
	case command == askStatus || command == askAll:
		if b.awake() {
			return b.now(s.statusCU16(b))
		}
	case command == askPulse:
		return b.now(s.pulseTime(b, data, frame, at))
	default:
		b.sleepy = time.Time{}
		s.other(l.name, number, int(command), frame, at)
	}
	return nil
}

func (s *Site) forbiddenCU16(l *line, b *board, number int, frame []byte, at int64) {
	if frame[2] == setBaud {
		s.violate(l.name, number, frame, at, "would change the board's speed")
		return
	}
	why := "opens every lock of a board"
	s.violate(l.name, number, frame, at, why)
	if b != nil {
		for lock := 1; lock <= b.locks(); lock++ {
			s.unlock(b, lock, b.pulse, frame, at, why)
		}
	}
}

func (s *Site) statusCU16(b *board) []byte {
	body := []byte{frameStart, byte(b.plan.Address) << 4, answerStatus}
	body = append(append(body, s.hooks(b, 2)...), s.sensors(b, 2)...)
	return seal(append(body, frameEnd)...)
}

func (s *Site) pulseTime(b *board, data, frame []byte, at int64) []byte {
	b.sleepy = time.Time{}
	if len(data) == 2 {
		units := int(data[0])<<8 | int(data[1])
		b.pulse = time.Duration(units) * 10 * time.Millisecond
		s.record(Entry{
			Kind: "pulse_time", Bus: b.bus, Board: b.plan.Address, PulseMS: units * 10, FirstByteNS: at,
			Request: hexOf(frame),
		})
		s.tell("bus %s board %d: pulse set to %s", b.bus, b.plan.Address, b.pulse)
	}
	units := int(b.pulse / (10 * time.Millisecond))
	return seal(frameStart, byte(b.plan.Address)<<4, answerPulse, byte(units>>8), byte(units), frameEnd)
}

// verdictKerong is what a board says after an unlock. Nothing, as a rule; what
// some firmware is said to send is a fault to be switched on.
func (s *Site) verdictKerong(b *board, frame []byte, status func(*board) []byte) []reply {
	switch s.word("unlock-reply", b.name()) {
	case "short":
		answer := append([]byte(nil), frame[:len(frame)-1]...)
		if b.talk == &cu48 {
			answer[3] = answerContacts
		}
		return b.now(seal(answer...))
	case "status":
		return b.now(status(b))
	case "77":
		answer := status(b)
		if b.talk == &cu48 {
			answer[2], answer[3] = frame[2], answerDriven
			return b.now(seal(answer[:len(answer)-1]...))
		}
		return b.now(answer)
	}
	return nil
}
