package sim

import (
	"encoding/binary"
	"time"
)

// Modbus RTU relay boards with inputs, as Waveshare sells them: ADDRESS FUNCTION
// data CRC, the CRC low byte first. Relay and input 0 belong to lock 1. The usual
// contact closes when the door opens, so an active input means open.
const (
	readRelays    byte = 0x01
	readInputs    byte = 0x02
	readRegisters byte = 0x03
	writeRelay    byte = 0x05
	writeRegister byte = 0x06
	writeRelays   byte = 0x0F
	exceptionBit  byte = 0x80

	badFunction byte = 0x01
	badAddress  byte = 0x02
	badValue    byte = 0x03

	relayOn     = 0xFF00
	relayOff    = 0x0000
	relayToggle = 0x5500
	everyRelay  = 0x00FF
	flashOn     = 0x0200 // plus the relay; the value counts tenths of a second
	flashOff    = 0x0400

	registerAddress = 0x4000
	registerBaud    = 0x2000
	registerVersion = 0x8000
	firmwareVersion = 200 // V2.00

	mostFlash = 0x7FFF
)

var waveshare = speech{
	name: "waveshare-modbus", lowest: 1, highest: 247, locks: 8, most: 32,
	heads: []byte{0x01}, activeOpen: true, addressAt: 0, step: 1, tail: 2, seal: sealCRC,
	cut: cutModbus, hear: hearWaveshare,
}

func sealCRC(body ...byte) []byte {
	crc := uint16(0xFFFF)
	for _, b := range body {
		crc ^= uint16(b)
		for range 8 {
			low := crc & 1
			crc >>= 1
			if low != 0 {
				crc ^= 0xA001
			}
		}
	}
	return append(body[:len(body):len(body)], byte(crc), byte(crc>>8))
}

// cutModbus finds a request by its length and checksum. A real board goes by
// the pause between frames, which the line keeps for it.
func cutModbus(in []byte) (frame []byte, used int) {
	waits := -1
	for used = 0; used < len(in); used++ {
		rest := in[used:]
		n := 8
		if len(rest) > 1 && rest[1] == writeRelays {
			if len(rest) < 7 {
				n = 9
			} else {
				n = 9 + int(rest[6])
			}
		}
		if n > 40 {
			continue
		}
		if len(rest) < n {
			if waits < 0 {
				waits = used
			}
			continue
		}
		if sealed := sealCRC(rest[:n-2]...); sealed[n-2] == rest[n-2] && sealed[n-1] == rest[n-1] {
			return rest[:n], used + n
		}
	}
	if waits >= 0 {
		return nil, waits
	}
	return nil, used
}

func hearWaveshare(s *Site, l *line, frame []byte, at int64) []reply {
	address, function := int(frame[0]), frame[1]
	if address == 0 { // everybody listens, nobody answers
		for a := l.talk.lowest; a <= l.talk.highest; a++ {
			if b := s.board(l.name, a); b != nil {
				s.relayBoard(b, frame, at)
			}
		}
		return nil
	}
	b := s.board(l.name, address)
	if b == nil {
		if what := binary.BigEndian.Uint16(frame[2:]); function == writeRelay && what&0xFF00 == flashOn {
			s.unheard(l.name, address, int(what&0xFF)+1, frame, at)
		}
		return nil
	}
	if function <= readRegisters && !b.awake() {
		return nil
	}
	return b.now(s.relayBoard(b, frame, at))
}

// relayBoard does what a request asks of one board and returns its answer.
func (s *Site) relayBoard(b *board, frame []byte, at int64) []byte {
	function := frame[1]
	what, value := int(binary.BigEndian.Uint16(frame[2:])), int(binary.BigEndian.Uint16(frame[4:]))
	fails := func(code byte) []byte { return sealCRC(byte(b.plan.Address), function|exceptionBit, code) }
	switch function {
	case readRelays, readInputs:
		switch {
		case value == 0:
			return fails(badValue)
		case what+value > b.locks():
			return fails(badAddress)
		}
		return s.readBits(b, function, what, value)
	case readRegisters:
		registers := map[int]int{registerAddress: b.plan.Address, registerVersion: firmwareVersion}
		r, ok := registers[what]
		if !ok || value != 1 {
			return fails(badAddress)
		}
		return sealCRC(byte(b.plan.Address), function, 2, byte(r>>8), byte(r))
	case writeRelay:
		if code := s.switchRelay(b, what, value, frame, at); code != 0 {
			return fails(code)
		}
	case writeRelays:
		if code := s.switchRelays(b, what, value, frame, at); code != 0 {
			return fails(code)
		}
	case writeRegister:
		if what != registerAddress && what != registerBaud {
			return fails(badAddress)
		}
		s.violate(b.bus, b.plan.Address, frame, at, "would change the board's address or speed")
	default:
		s.other(b.bus, b.plan.Address, int(function), frame, at)
		return fails(badFunction)
	}
	b.sleepy = time.Time{}
	return sealCRC(append([]byte{byte(b.plan.Address)}, frame[1:6]...)...)
}

func (s *Site) readBits(b *board, function byte, from, count int) []byte {
	bits := make([]byte, (count+7)/8)
	for i := range count {
		lock := from + i + 1
		if function == readInputs && s.hook(b, lock) || function == readRelays && b.coils[lock-1].on() {
			bits[i/8] |= 1 << (i % 8)
		}
	}
	return sealCRC(append([]byte{byte(b.plan.Address), function, byte(len(bits))}, bits...)...)
}

// switchRelay is function 05. A relay that is switched on stays on.
func (s *Site) switchRelay(b *board, what, value int, frame []byte, at int64) (code byte) {
	relay := what & 0xFF
	lock := relay + 1
	switch flash := what &^ 0xFF; {
	case what == everyRelay && value == relayOff:
		for lock := 1; lock <= b.locks(); lock++ {
			s.release(b, lock)
		}
	case what == everyRelay && (value == relayOn || value == relayToggle):
		why := "switches every relay of a board on"
		s.violate(b.bus, b.plan.Address, frame, at, why)
		for lock := 1; lock <= b.locks(); lock++ {
			s.unlock(b, lock, forever, frame, at, why)
		}
	case !b.has(lock):
		return badAddress
	case flash == flashOn:
		if value == 0 || value > mostFlash {
			return badValue
		}
		s.unlock(b, lock, time.Duration(value)*100*time.Millisecond, frame, at, "")
	case flash == flashOff:
		s.violate(b.bus, b.plan.Address, frame, at, "a pulse the other way round: the relay is left on")
		s.later(time.Duration(value)*100*time.Millisecond,
			func() { s.unlock(b, lock, forever, frame, at, "left on by a reversed pulse") })
	case flash != 0:
		return badAddress
	case value == relayOff || value == relayToggle && b.coils[relay].on():
		s.release(b, lock)
	case value == relayOn || value == relayToggle:
		why := "switches a relay on that nothing switches off"
		s.violate(b.bus, b.plan.Address, frame, at, why)
		s.unlock(b, lock, forever, frame, at, why)
	default:
		return badValue
	}
	return 0
}

// switchRelays is function 0F.
func (s *Site) switchRelays(b *board, from, count int, frame []byte, at int64) (code byte) {
	switch {
	case count == 0 || int(frame[6]) != (count+7)/8 || len(frame) != 9+int(frame[6]):
		return badValue
	case from+count > b.locks():
		return badAddress
	}
	told := false
	for i := range count {
		lock := from + i + 1
		if frame[7+i/8]&(1<<(i%8)) == 0 {
			s.release(b, lock)
			continue
		}
		why := "switches relays on that nothing switches off"
		if !told {
			s.violate(b.bus, b.plan.Address, frame, at, why)
			told = true
		}
		s.unlock(b, lock, forever, frame, at, why)
	}
	return 0
}
