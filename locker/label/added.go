package label

import "bytes"

// What readers, and makers of codes, put around a text. It is taken off in this
// one place, for codes, badges and labels alike.
const (
	before = "\x01\x02\r\n\t" // SOH and STX, and what is left over of a suffix
	behind = "\x03\x04\r\n\t" // ETX and EOT, and suffixes, also doubled

	mark      = "\ufeff"             // the byte order mark, as UTF-8 has it
	markMixed = "\u00ef\u00bb\u00bf" // its three bytes, each taken for a letter of ISO 8859-1
)

// NoECI stands for text in the character set the symbology has by itself.
const NoECI = -1

// followsECI are the symbology identifiers of readers that follow the protocol
// of extended channel interpretations: character sets are named in the text, and
// a backslash is doubled (AIM ITS/04-023; ISO/IEC 18004, 16022, 15438, 24778).
var followsECI = map[string]bool{
	"]Q2": true, "]Q4": true, "]Q6": true, "]d4": true, "]d5": true, "]d6": true,
	"]z3": true, "]z4": true, "]z5": true, "]z9": true, "]zA": true, "]zB": true,
	"]L1": true, "]U2": true, "]U3": true, "]D4": true, "]D5": true, "]D6": true,
	"]h1": true, "]h3": true, "]J3": true, "]J4": true, "]J5": true,
}

// Strip takes off what was added around a text: framing characters, suffixes,
// the symbology identifier, which it returns, marks of the character set and
// doubled backslashes where there are such marks, and a byte order mark. decode
// makes text of the bytes that follow one mark, given its number or NoECI; nil
// leaves them as they are.
func Strip(raw []byte, decode func(eci int, part []byte) []byte) (text []byte, symbology string) {
	if decode == nil {
		decode = func(_ int, part []byte) []byte { return part }
	}
	b := unmark(bytes.TrimLeft(bytes.TrimRight(raw, behind), before))
	symbology = Identifier(string(b[:min(3, len(b))]))
	b = bytes.TrimLeft(b[len(symbology):], before)
	if _, ok := eciAt(b); ok || followsECI[symbology] {
		b = interpret(b, decode)
	} else {
		b = decode(NoECI, b)
	}
	return bytes.TrimRight(bytes.TrimLeft(unmark(b), before), behind), symbology
}

func unmark(b []byte) []byte {
	return bytes.TrimPrefix(bytes.TrimPrefix(b, []byte(mark)), []byte(markMixed))
}

// eciAt reads the mark of a character set, a backslash and six digits.
func eciAt(b []byte) (number int, ok bool) {
	if len(b) < 7 || b[0] != '\\' {
		return 0, false
	}
	for _, c := range b[1:7] {
		if c < '0' || c > '9' {
			return 0, false
		}
		number = number*10 + int(c-'0')
	}
	return number, true
}

// interpret follows the marks in a text. A backslash alone, as from makers of
// codes that do not double it, stays.
func interpret(b []byte, decode func(int, []byte) []byte) (text []byte) {
	var part []byte
	eci := NoECI
	for i := 0; i < len(b); i++ {
		if number, ok := eciAt(b[i:]); ok {
			text = append(text, decode(eci, part)...)
			part, eci = nil, number
			i += 6
			continue
		}
		part = append(part, b[i])
		if b[i] == '\\' && i+1 < len(b) && b[i+1] == '\\' {
			i++
		}
	}
	return append(text, decode(eci, part)...)
}
