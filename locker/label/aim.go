package label

import "strings"

const anyDigit = "0123456789"

// identifiers are the AIM symbology identifiers that are taken off: the letter
// of each symbology with its modifiers (ISO/IEC 15424). Where a modifier counts
// what a maker has chosen, all are taken.
var identifiers = map[byte]string{
	'A': "0123457",           // Code 39
	'B': "0124",              // Telepen
	'C': "0124",              // Code 128; 1 is GS1-128
	'D': "0123456",           // Code One
	'E': "01234",             // EAN and UPC
	'F': "01234",             // Codabar
	'G': anyDigit,            // Code 93
	'H': anyDigit,            // Code 11
	'I': "013",               // Interleaved 2 of 5
	'J': "012345",            // DotCode; 1 and 4 are GS1
	'K': "0124",              // Code 16K
	'L': "012345",            // PDF417
	'M': anyDigit,            // MSI
	'N': "0",                 // Anker
	'O': "01456",             // Codablock
	'P': "0",                 // Plessey
	'Q': "0123456",           // QR; 3 and 4 are GS1
	'R': "013",               // Straight 2 of 5 with two bars at its ends
	'S': "013",               // the same with three
	'T': "0124",              // Code 49
	'U': "0123",              // MaxiCode
	'X': anyDigit + "ABCDEF", // others
	'Z': anyDigit,            // no bar code: typed, from a stripe or a tag
	'c': "0",                 // Channel Code
	'd': "0123456",           // Data Matrix; 2 and 5 are GS1
	'e': "0123",              // GS1 DataBar and composite symbols
	'g': anyDigit,            // Grid Matrix
	'h': "0123",              // Han Xin
	'o': "0123",              // OCR
	'p': "0123",              // PosiCode
	's': "0",                 // Super Code
	'v': anyDigit,            // Ultracode
	'z': anyDigit + "ABC",    // Aztec
}

// Identifier returns the AIM symbology identifier a text begins with, three
// characters such as "]C1"; empty when it begins with none that is known.
func Identifier(text string) string {
	if len(text) < 3 || text[0] != ']' || strings.IndexByte(identifiers[text[1]], text[2]) < 0 {
		return ""
	}
	return text[:3]
}

// MarksGS1 reports whether a symbology identifier says that GS1 element strings
// follow.
func MarksGS1(identifier string) bool {
	switch identifier {
	case "]C1", "]d2", "]d5", "]Q3", "]Q4", "]J1", "]J4", "]e0":
		return true
	}
	return false
}

// Matters reports whether a label means something else when it is known to have
// this symbology identifier: GS1 element strings follow, or characters that are
// the symbol's and not the number's.
func Matters(identifier string) bool {
	return MarksGS1(identifier) || strings.HasPrefix(identifier, "]F") || strings.HasPrefix(identifier, "]I")
}
