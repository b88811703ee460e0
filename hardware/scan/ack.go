package scan

// Readers that are told to read acknowledge it in the middle of their data. These
// are what they say; no code holds them, since its bytes 00 are dropped. No
// first byte of one stands in another.
var acknowledgements = [][]byte{
	{0x02, 0x00, 0x00, 0x01, 0x00, 0x33, 0x31}, // Grow: written
	{0x04, 0xD0, 0x00, 0x00, 0xFF, 0x2C},       // SSI, from readers that send codes as text
}

// acks takes acknowledgements out of a stream, wherever they stand.
type acks struct {
	which int // of acknowledgements
	seen  int // its bytes that came last
}

// strip returns the stream without them. What may be the beginning of one is
// held back.
func (a *acks) strip(b []byte) []byte {
	out := make([]byte, 0, len(b))
	for _, c := range b {
		if a.seen > 0 && c != acknowledgements[a.which][a.seen] {
			out = append(out, a.rest()...)
		}
		if a.seen == 0 && !a.begins(c) {
			out = append(out, c)
			continue
		}
		a.seen++
		if a.seen == len(acknowledgements[a.which]) {
			a.seen = 0
		}
	}
	return out
}

// begins looks for the acknowledgement that begins with this byte.
func (a *acks) begins(c byte) bool {
	for i, whole := range acknowledgements {
		if whole[0] == c {
			a.which = i
			return true
		}
	}
	return false
}

// rest gives back what was held and is not followed by the rest of an
// acknowledgement.
func (a *acks) rest() []byte {
	held := acknowledgements[a.which][:a.seen]
	a.seen = 0
	return held
}
