package scan

import "encoding/binary"

// Readers of Grow (GM65, GM805, GM861 and relatives) take register commands
//
//	7E 00  type  length  address(2, high first)  data  CRC(2, high first)
//
// and answer a write with 02 00 00 01 00 33 31, in the middle of the data
// stream, before the text of the code. The CRC is CRC-16/XMODEM over type to
// data. Source: GM65 and GM72 user manuals. Settings are never written: their
// registers differ between models, so staff scan the maker's setup codes.

// The types of a register command that are used, and the register whose bit 0
// starts one reading.
const (
	growWrite   = 0x08
	growTrigger = 0x0002
)

// growCommand builds a register command.
func growCommand(kind byte, address uint16, data ...byte) []byte {
	b := []byte{0x7E, 0x00, kind, byte(len(data)), byte(address >> 8), byte(address)}
	b = append(b, data...)
	return binary.BigEndian.AppendUint16(b, crcXMODEM(b[2:]))
}

// crcXMODEM has polynomial 1021, start 0, no reflection.
func crcXMODEM(b []byte) (crc uint16) {
	for _, c := range b {
		crc ^= uint16(c) << 8
		for range 8 {
			if crc&0x8000 != 0 {
				crc = crc<<1 ^ 0x1021
			} else {
				crc <<= 1
			}
		}
	}
	return crc
}
