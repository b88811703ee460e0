package scan

import "bytes"

// Simple Serial Interface, as Zebra and Symbol readers speak it, and modules of
// Grow in their SSI mode:
//
//	length opcode source status [data] checksum(2, high first)
//
// length counts from itself to the last data byte; source is 04 for the host, 00
// for the reader; the checksum is the two's complement of the sum of all bytes
// before it. Source: GM72 manual and Zebra's programmer guide.

// The opcodes that are used.
const (
	ssiStart  = 0xE4 // begin to read
	ssiStop   = 0xE5
	ssiAck    = 0xD0
	ssiNak    = 0xD1
	ssiDecode = 0xF3 // data: type of the code, then its bytes
)

const (
	ssiHost   = 0x04
	ssiReader = 0x00

	ssiRepeat = 0x01 // status: sent before, because no acknowledgement came
	ssiMore   = 0x02 // status: more packets of the same code follow

	ssiLeast = 4 // length of a packet without data
)

// ssiPacket builds a packet from the host.
func ssiPacket(opcode byte, data ...byte) []byte {
	b := append([]byte{byte(ssiLeast + len(data)), opcode, ssiHost, 0}, data...)
	sum := ssiSum(b)
	return append(b, byte(sum>>8), byte(sum))
}

func ssiSum(b []byte) (sum uint16) {
	for _, c := range b {
		sum -= uint16(c)
	}
	return sum
}

// ssi finds codes in packets. Every packet with data is acknowledged; one that
// is damaged is not, so that the reader sends it again.
type ssi struct {
	buffer  []byte
	code    []byte // of the packets so far, since more will follow
	flooded bool   // more than WireMax came for one code
	last    []byte // the packet taken last, to know it again
	paused  bool   // nothing has come for the idle gap
}

func (s *ssi) feed(b []byte) (cuts []cut, reply []byte) {
	s.buffer = append(s.buffer, b...)
	return s.take()
}

// take cuts packets off the buffer until it holds less than one.
func (s *ssi) take() (cuts []cut, reply []byte) {
	for len(s.buffer) > 0 {
		length := int(s.buffer[0])
		if length < ssiLeast || len(s.buffer) > 1 && !expected(s.buffer[1]) ||
			len(s.buffer) > 2 && s.buffer[2] != ssiReader {
			s.buffer = s.buffer[1:] // no packet that matters begins here
			continue
		}
		if len(s.buffer) < length+2 {
			break
		}
		packet := s.buffer[:length]
		if ssiSum(packet) != uint16(s.buffer[length])<<8|uint16(s.buffer[length+1]) {
			s.buffer = s.buffer[1:]
			continue
		}
		if packet[1] == ssiDecode && length > ssiLeast {
			reply = append(reply, ssiPacket(ssiAck)...)
			cuts = s.collect(cuts, packet)
		}
		s.buffer = s.buffer[length+2:]
	}
	s.buffer = bytes.Clone(s.buffer)
	return cuts, reply
}

// expected reports whether a reader sends packets with this opcode here. Others
// are passed over byte by byte.
func expected(opcode byte) bool { return opcode == ssiDecode || opcode == ssiAck || opcode == ssiNak }

// collect adds a packet to its code. A packet that is repeated because its
// acknowledgement was lost is taken once.
func (s *ssi) collect(cuts []cut, packet []byte) []cut {
	content := append([]byte{packet[3] &^ ssiRepeat}, packet[ssiLeast:]...)
	if packet[3]&ssiRepeat != 0 && bytes.Equal(content, s.last) {
		s.paused = false
		return cuts
	}
	if s.paused && packet[3]&ssiRepeat == 0 {
		s.code, s.flooded = nil, false // the rest of the code before never came
	}
	s.last, s.paused = content, false
	if len(s.code)+len(packet) <= WireMax {
		s.code = append(s.code, packet[ssiLeast+1:]...)
	} else {
		s.flooded = true
	}
	if packet[3]&ssiMore != 0 {
		return cuts
	}
	c := newCut(bytes.TrimRight(bytes.ReplaceAll(s.code, []byte{0}, nil), "\r\n\t")).
		with(bytes.IndexByte(s.code, 0) >= 0)
	if s.flooded {
		c.data, c.tooLong = nil, true
	}
	empty := len(c.data) == 0 && !c.tooLong
	s.code, s.flooded = nil, false
	if empty {
		return cuts
	}
	return append(cuts, c)
}

// pause frees what has waited for the rest of a packet that never came. A code
// of which packets are missing is kept: the reader sends a packet again after a
// second or two without an acknowledgement.
func (s *ssi) pause() (cuts []cut) {
	for len(s.buffer) > 0 {
		s.buffer = s.buffer[1:]
		// What is found now was hidden by noise that looked like a length; its
		// acknowledgement is left to the reader's repetition.
		more, _ := s.take()
		cuts = append(cuts, more...)
	}
	s.paused = true
	return cuts
}

func (s *ssi) holding() bool { return len(s.buffer) > 0 || len(s.code) > 0 }
