package badge

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

const (
	emBytes = 4  // what a 125 kHz card has beside the maker's byte: the printed number
	uidMost = 10 // bytes of the longest UID
)

// width is how many low bytes of a UID the reader tells; 0: all of them.
func (c Config) width() int {
	if c.Format != "digits" {
		return 0
	}
	if c.Spelling == "10d" {
		return emBytes
	}
	return 3
}

// canonical brings a reader's UID to the form cards are compared in.
func (c Config) canonical(raw []byte) []byte {
	if c.Reversed {
		raw = bytes.Clone(raw)
		slices.Reverse(raw)
	}
	if len(raw) == emBytes+1 { // only 125 kHz cards have five
		raw = raw[1:]
	}
	if n := c.width(); n > 0 && len(raw) > n {
		raw = raw[len(raw)-n:]
	}
	return raw
}

// spelt reads a text of the reader.
func (c Config) spelt(text []byte) ([]byte, bool) {
	if len(text) > textMax {
		return nil, false
	}
	s := strings.TrimFunc(string(text), func(r rune) bool { return r <= ' ' || r > '~' })
	var raw []byte
	var ok bool
	switch {
	case c.Format == "hex":
		raw, ok = fromHex(s)
	case c.Spelling == "w26":
		raw, ok = fromWiegand(s)
		ok = ok && len(s) == len("142,27997") // with leading zeros; anything shorter is a piece
	case c.Spelling == "8d":
		raw, ok = fromDecimal(s, 8, 3)
	default:
		raw, ok = fromDecimal(s, 10, emBytes)
	}
	if !ok {
		return nil, false
	}
	return c.canonical(raw), true
}

// begins reports whether more could make a card's number of a text, or of what is
// one already a longer one.
func (c Config) begins(text []byte) bool {
	most, is := 2*uidMost, hexDigit
	if c.Format == "digits" {
		most = map[string]int{"10d": 10, "8d": 8, "w26": len("142,27997")}[c.Spelling] - 1
		is = func(b byte) bool { return b >= '0' && b <= '9' || b == ',' }
	}
	return len(text) <= most && !slices.ContainsFunc(text, func(b byte) bool { return !is(b) })
}

// Card reads a card's number as a person types it, in any spelling: as printed
// (0006547886), facility and number (099,59822), or the UID in hexadecimal
// (010063E9AE, 04:A2:3B:11:22:33:44; "hex:" in front where it is digits only and
// the reader's are decimal). The result equals what the reader gives.
func (c Config) Card(text string) ([]byte, error) {
	s := strings.ReplaceAll(strings.TrimSpace(text), " ", "")
	own, forced := strings.CutPrefix(s, "hex:")
	own = strings.NewReplacer(":", "", "-", "").Replace(own)
	var raw []byte
	ok := false
	if !forced && c.Format != "hex" {
		for _, read := range []func() ([]byte, bool){
			func() ([]byte, bool) { return fromDecimal(s, 10, emBytes) },
			func() ([]byte, bool) { return fromDecimal(s, 8, 3) },
			func() ([]byte, bool) { return fromWiegand(s) },
		} {
			if raw, ok = read(); ok {
				return c.typed(raw)
			}
		}
	}
	if raw, ok = fromHex(own); !ok {
		return nil,
			errors.New("this is no card's number: type it as printed (0006547886 or 099,59822), or its UID in " +
				"hexadecimal")
	}
	if len(raw) == emBytes+1 {
		raw = raw[1:]
	}
	return c.typed(raw)
}

// typed cuts a number down to what the reader tells, or refuses one that tells
// less: a card of which a byte is not known would let several in. What a reader
// leaves out that turns the bytes round are the last ones.
func (c Config) typed(raw []byte) ([]byte, error) {
	n := c.width()
	least := n
	if least == 0 || c.Reversed {
		least = emBytes
	}
	switch {
	case len(raw) < least:
		return nil, fmt.Errorf("this spelling tells %d bytes of the card and the reader %d: type the number of 10 "+
			"digits, or the UID in hexadecimal", len(raw), least)
	case n > 0 && c.Reversed:
		return raw[:n], nil
	case n > 0:
		return raw[len(raw)-n:], nil
	}
	return raw, nil
}

// fromHex reads a UID of 3 to 10 bytes.
func fromHex(s string) ([]byte, bool) {
	raw, err := hex.DecodeString(s)
	return raw, err == nil && len(raw) >= 3 && len(raw) <= uidMost
}

// fromDecimal reads the low bytes of a UID as one decimal number with leading
// zeros.
func fromDecimal(s string, digits, size int) ([]byte, bool) {
	n, err := strconv.ParseUint(s, 10, 8*size)
	if err != nil || len(s) != digits {
		return nil, false
	}
	return binary.BigEndian.AppendUint32(nil, uint32(n))[4-size:], true
}

// fromWiegand reads facility (one byte) and number (two bytes), as the 26-bit
// Wiegand format carries them: "142,27997".
func fromWiegand(s string) ([]byte, bool) {
	facility, number, ok := strings.Cut(s, ",")
	f, err := strconv.ParseUint(facility, 10, 8)
	n, err2 := strconv.ParseUint(number, 10, 16)
	if !ok || err != nil || err2 != nil || len(facility) > 3 || len(number) > 5 {
		return nil, false
	}
	return []byte{byte(f), byte(n >> 8), byte(n)}, true
}
