package label

import "strings"

// identifiers are the AIM symbology identifiers that are taken off: the letter
// of each symbology with its modifiers (ISO/IEC 15424).
var identifiers = map[byte]string{
	'A': "0123457", // Code 39
	'C': "0124",    // Code 128; 1 is GS1-128
	'E': "01234",   // EAN and UPC
	'F': "0124",    // Codabar
	'G': "0",       // Code 93
	'I': "013",     // Interleaved 2 of 5
	'L': "012345",  // PDF417
	'Q': "0123456", // QR; 3 and 4 are GS1
	'U': "0123",    // MaxiCode
	'd': "0123456", // Data Matrix; 2 and 5 are GS1
	'e': "0123",    // GS1 DataBar
	'z': "0123456789ABC",
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
	case "]C1", "]d2", "]d5", "]Q3", "]Q4", "]e0":
		return true
	}
	return false
}
