// Package modbus builds the requests and cuts the replies of Modbus RTU, as
// relay boards and climate sensors on RS-485 speak it.
//
// It is pure: no port, no clock, no state. What it builds can only read; the
// few writes a relay board needs are put together by its dialect with Seal.
//
//	request  UNIT FUNCTION DATA... CRC CRC
//	reply    UNIT FUNCTION DATA... CRC CRC
//	refusal  UNIT FUNCTION+80 EXCEPTION CRC CRC
//
// The CRC is CRC-16/Modbus, low byte first; all other numbers of two bytes are
// high byte first (Modbus over Serial Line 1.02, Modbus Application Protocol 1.1b3).
package modbus

import "fmt"

// The functions a reply is understood of.
const (
	ReadCoils          = 0x01 // relays as they are driven
	ReadInputs         = 0x02 // contacts
	ReadHolding        = 0x03 // registers that can be written
	ReadInputRegisters = 0x04 // measured values
	WriteCoil          = 0x05 // one relay; the reply is the request
)

// Exceptions: of a request for more than there is, and of no fault of the request.
const (
	BadAddress    = 0x02 // the device has not so many of what was asked for
	BadValue      = 0x03 // the same, of devices that count otherwise
	DeviceFailure = 0x04 // something went wrong while it was done
	DeviceBusy    = 0x06 // nothing is done: ask again later
)

const (
	refusal   = 0x80 // set in the function of an exception reply
	crcSize   = 2
	unitMax   = 247
	bitsMost  = 2000
	wordsMost = 125
)

// A Reply is one frame from a device, its CRC found right.
type Reply struct {
	Unit     int  // who answers, 1 to 247
	Function byte // as asked
	// of a read, what was read; of a write, its address and value; valid as long as the bytes it was cut
	// from
	Data      []byte
	Exception byte // not 0: the device refused, 1 function, 2 address, 3 value, DeviceFailure and more its own trouble
}

// Word is the i-th number of two bytes in the data of a read.
func (r Reply) Word(i int) uint16 { return uint16(r.Data[2*i])<<8 | uint16(r.Data[2*i+1]) }

// Read builds the request for count values from the first on, both counted as
// on the wire, from 0. Functions are ReadCoils to ReadInputRegisters.
func Read(unit int, function byte, first, count int) ([]byte, error) {
	most := wordsMost
	switch function {
	case ReadCoils, ReadInputs:
		most = bitsMost
	case ReadHolding, ReadInputRegisters:
	default:
		return nil, fmt.Errorf("modbus: function %02X does not read", function)
	}
	if err := CheckUnit(unit); err != nil {
		return nil, err
	}
	if first < 0 || count < 1 || count > most || first+count > 1<<16 {
		return nil, fmt.Errorf("modbus: %d values from %d on cannot be read at once: 1 to %d, below 65536",
			count, first, most)
	}
	return Seal([]byte{byte(unit), function, byte(first >> 8), byte(first), byte(count >> 8), byte(count)}), nil
}

// CheckUnit refuses what is not the address of one device: 0 speaks to all.
func CheckUnit(unit int) error {
	if unit < 1 || unit > unitMax {
		return fmt.Errorf("a Modbus device cannot have address %d: set 1 to %d on it", unit, unitMax)
	}
	return nil
}

// Seal appends the CRC to a frame.
func Seal(frame []byte) []byte {
	c := CRC(frame)
	return append(frame, byte(c), byte(c>>8))
}

// CRC is CRC-16/Modbus: polynomial A001 reflected, begun with FFFF.
func CRC(b []byte) uint16 {
	c := uint16(0xFFFF)
	for _, x := range b {
		c ^= uint16(x)
		for range 8 {
			low := c & 1
			c >>= 1
			if low != 0 {
				c ^= 0xA001
			}
		}
	}
	return c
}

// Cut reads the reply that b begins with. A size of 0 means there is none; more
// then says that further bytes could make it one. A read request is never taken
// for a reply, a write request cannot be told from its reply.
func Cut(b []byte) (r Reply, size int, more bool) {
	if len(b) == 0 || b[0] < 1 || b[0] > unitMax {
		return r, 0, len(b) == 0
	}
	if len(b) < 3 {
		return r, 0, len(b) < 2 || known(b[1])
	}
	from := 2
	switch function := b[1]; {
	case !known(function):
		return r, 0, false
	case function&refusal != 0:
		size = 3 + crcSize
		if b[2] == 0 {
			return r, 0, false
		}
	case function == WriteCoil:
		size = 6 + crcSize
	default:
		words := function == ReadHolding || function == ReadInputRegisters
		if b[2] == 0 || int(b[2]) > 2*wordsMost || words && b[2]%2 != 0 {
			return r, 0, false
		}
		from, size = 3, 3+int(b[2])+crcSize
	}
	if len(b) < size {
		return r, 0, true
	}
	end := size - crcSize
	if CRC(b[:end]) != uint16(b[end])|uint16(b[end+1])<<8 {
		return r, 0, false
	}
	r = Reply{Unit: int(b[0]), Function: b[1] &^ refusal, Data: b[from:end:end]}
	if b[1]&refusal != 0 {
		r.Exception, r.Data = b[2], nil
	}
	return r, size, false
}

func known(function byte) bool {
	f := function &^ refusal
	return f >= ReadCoils && f <= WriteCoil
}

// Find looks for the first reply in b, whatever stands before it. Rest is what
// follows it; without a reply, what may still become one, at most one frame
// long. Junk is how many bytes were skipped.
func Find(b []byte) (r Reply, rest []byte, junk int, ok bool) {
	for len(b) > 0 {
		r, size, more := Cut(b)
		if size > 0 {
			return r, b[size:], junk, true
		}
		if more {
			return r, b, junk, false
		}
		b, junk = b[1:], junk+1
	}
	return r, nil, junk, false
}
