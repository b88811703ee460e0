package badge

import (
	"bytes"
	"encoding/hex"
)

const (
	stx = 0x02
	etx = 0x03
)

// A frame reader takes a frame off the front of b, which begins with STX. It
// returns the UID and how many bytes the frame has; no UID and 0 when more must
// come, no UID and 1 when no frame begins here.
type frameReader func(b []byte) (uid []byte, size int)

// frames takes all frames from the buffer. A frame is known by its form and its
// checksum: STX and ETX may occur in the middle of one.
func (p *Parser) frames(next frameReader) (seen [][]byte) {
	for {
		i := bytes.IndexByte(p.buffer, stx)
		if i < 0 {
			p.buffer = nil
			return seen
		}
		p.buffer = p.buffer[i:]
		uid, size := next(p.buffer)
		if size == 0 {
			p.buffer = bytes.Clone(p.buffer)
			return seen
		}
		p.buffer = p.buffer[size:]
		if uid != nil {
			seen = append(seen, p.cfg.canonical(uid))
		}
	}
}

// rdm6300 reads STX, ten hexadecimal digits, two of their checksum (the XOR of
// the five bytes), ETX; some readers put CR LF before ETX. The first byte is
// the maker's or customer's, the other four the number printed on the card.
func rdm6300(b []byte) (uid []byte, size int) {
	const digits = 12
	for i := 1; i <= digits; i++ {
		if i >= len(b) {
			return nil, 0
		}
		if !hexDigit(b[i]) {
			return nil, 1
		}
	}
	size = 1 + digits
	for _, c := range []byte("\r\n") {
		if size < len(b) && b[size] == c {
			size++
		}
	}
	if size >= len(b) {
		return nil, 0
	}
	raw := make([]byte, digits/2)
	if _, err := hex.Decode(raw, b[1:1+digits]); err != nil || b[size] != etx || xor(raw) != 0 {
		return nil, 1
	}
	return raw[:5], size + 1
}

// The kinds of card a combined reader tells apart.
const (
	typeMifare = 0x01
	typeEM     = 0x02
)

// combined reads STX, length, type, UID, BCC, ETX: the length counts all of it,
// the BCC is the XOR of length to UID.
func combined(b []byte) (uid []byte, size int) {
	const around, least, most = 5, 4, 10 // bytes beside the UID, and of it
	if len(b) < 2 {
		return nil, 0
	}
	size = int(b[1])
	if size < around+least || size > around+most {
		return nil, 1
	}
	if len(b) > 2 && b[2] != typeMifare && b[2] != typeEM {
		return nil, 1
	}
	if len(b) < size {
		return nil, 0
	}
	if b[size-1] != etx || xor(b[1:size-1]) != 0 {
		return nil, 1
	}
	return bytes.Clone(b[3 : size-2]), size
}

func xor(b []byte) (x byte) {
	for _, c := range b {
		x ^= c
	}
	return x
}

func hexDigit(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'A' && c <= 'F' || c >= 'a' && c <= 'f'
}
