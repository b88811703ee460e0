package sim

import (
	"bytes"
	"time"
)

// Readers of Grow (GM65 and relatives): 7E 00 TYPE LENGTH ADDRESS(2) data CRC(2),
// answered by 02 00 00 LENGTH data CRC. The CRC is CRC-16/XMODEM over type to
// data, or AB CD for those who do not want to reckon it.
const (
	growRead      byte = 0x07
	growWrite     byte = 0x08
	growSave      byte = 0x09
	growHeartbeat byte = 0x0A

	growScanNow = 0x0002 // register whose bit 0 starts one reading
)

var growDone = []byte{0x02, 0x00, 0x00, 0x01, 0x00, 0x33, 0x31}

func (r *codeReader) commandGrow(in []byte, take func(int)) []byte {
	switch {
	case in[0] != 0x7E:
		take(1)
		return nil
	case len(in) < 4:
		return nil
	}
	length := int(in[3])
	n := 6 + length + 2
	if in[2] == growRead { // its data byte is how many to read
		n = 9
	}
	if len(in) < n {
		return nil
	}
	sum := xmodem(in[2 : n-2])
	if in[1] != 0 || !bytes.Equal(in[n-2:n], []byte{0xAB, 0xCD}) && !bytes.Equal(in[n-2:n], sum) {
		take(1)
		return nil
	}
	kind, address, data := in[2], int(in[4])<<8|int(in[5]), bytes.Clone(in[6:n-2])
	take(n)
	switch kind {
	case growHeartbeat:
		return []byte{0x03, 0x00, 0x00, 0x01, 0x00, 0x33, 0x31}
	case growWrite:
		if address == growScanNow && len(data) > 0 && data[0]&1 == 1 {
			r.arm(true)
		}
		return growDone
	case growSave:
		return growDone
	case growRead:
		registers := map[int][]byte{0x0000: {0xD1}, 0x002A: {0x39, 0x01}, 0x00E2: {87}}
		values := make([]byte, int(data[0]))
		copy(values, registers[address])
		body := append([]byte{0x00, byte(len(values))}, values...)
		return append(append([]byte{0x02, 0x00}, body...), xmodem(body)...)
	}
	return nil
}

func xmodem(data []byte) []byte {
	crc := uint16(0)
	for _, b := range data {
		for bit := 7; bit >= 0; bit-- {
			top := crc>>15 != uint16(b)>>bit&1
			crc <<= 1
			if top {
				crc ^= 0x1021
			}
		}
	}
	return []byte{byte(crc >> 8), byte(crc)}
}

// The simple serial interface of Zebra and Symbol: LENGTH OPCODE SOURCE STATUS
// data CHECKSUM(2). The length leaves the checksum out, which is the two's
// complement of the sum of all before it.
const (
	ssiStart   byte = 0xE4
	ssiStop    byte = 0xE5
	ssiAck     byte = 0xD0
	ssiNak     byte = 0xD1
	ssiParam   byte = 0xC6
	ssiEnable  byte = 0xE9
	ssiDisable byte = 0xEA
	ssiDecode  byte = 0xF3

	ssiHost       byte = 0x04
	ssiWrongState byte = 0x06 // why a NAK: not in the mode for that

	ssiRepeated byte = 0x01 // status bits
	ssiMore     byte = 0x02

	ssiLongestCommand = 64 // from the host

	ssiLongest  = 250 // data bytes of one packet, the kind of code included
	ssiPatience = time.Second
	ssiTries    = 3

	codeQR byte = 0xF0 // the kind of code told with it
)

func ssiPacket(opcode, source, status byte, data ...byte) []byte {
	body := append([]byte{byte(4 + len(data)), opcode, source, status}, data...)
	var sum uint16
	for _, b := range body {
		sum += uint16(b)
	}
	sum = -sum
	return append(body, byte(sum>>8), byte(sum))
}

func (r *codeReader) commandSSI(in []byte, take func(int)) []byte {
	if in[0] == 0 { // wakes a reader that sleeps
		take(1)
		r.ear.wokenAt = time.Now()
		return nil
	}
	n := int(in[0]) + 2
	switch {
	case in[0] < 4 || in[0] > ssiLongestCommand:
		take(1)
		return nil
	case len(in) < n:
		return nil
	}
	packet := in[:n]
	if want := ssiPacket(packet[1], packet[2], packet[3], packet[4:n-2]...); packet[2] != ssiHost ||
		!bytes.Equal(packet, want) {
		take(1)
		return nil
	}
	opcode := packet[1]
	take(n)
	if since := time.Since(r.ear.wokenAt); r.site.is("asleep", r.name) &&
		(since < 50*time.Millisecond || since > 5*time.Second) {
		return nil
	}
	switch opcode {
	case ssiAck, ssiNak:
		if !r.site.is("deaf", r.name) {
			r.ear.acked, r.ear.nakked = opcode == ssiAck, opcode == ssiNak
		}
		return nil
	case ssiStart, ssiStop:
		r.arm(opcode == ssiStart)
	case ssiParam, ssiEnable, ssiDisable:
	default:
		return ssiPacket(ssiNak, 0, 0, ssiWrongState)
	}
	return ssiPacket(ssiAck, 0, 0)
}

// sendPackets sends a code as an SSI reader does: in packets that are repeated
// until they are acknowledged, three times at most.
func (r *codeReader) sendPackets(tx *sender, code []byte, beforeLast func()) error {
	for len(code) > 0 {
		n := min(len(code), ssiLongest-1)
		part, rest := code[:n], code[n:]
		status := byte(0)
		if len(rest) > 0 {
			status |= ssiMore
		}
		for try := range ssiTries {
			r.site.mu.Lock()
			r.ear.acked, r.ear.nakked = false, false
			r.site.mu.Unlock()
			if try > 0 {
				status |= ssiRepeated
			}
			if err := tx.send(ssiPacket(ssiDecode, 0, status, append([]byte{codeQR}, part...)...), nil,
				beforeLast); err != nil {
				return err
			}
			if r.awaitAck() {
				break
			}
		}
		code = rest
	}
	return nil
}

// awaitAck reports whether the host has acknowledged in time.
func (r *codeReader) awaitAck() bool {
	limit := time.After(ssiPatience)
	for {
		r.site.mu.Lock()
		acked, nakked, closed, changed := r.ear.acked, r.ear.nakked, r.site.closed, r.ear.changed
		r.site.mu.Unlock()
		switch {
		case acked:
			return true
		case nakked, closed:
			return false
		}
		select {
		case <-changed:
		case <-limit:
			return false
		}
	}
}
