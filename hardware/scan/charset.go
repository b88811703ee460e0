package scan

import (
	"bytes"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/korean"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"
	"golang.org/x/text/encoding/unicode"

	"cubby/locker/label"
)

// charsets are the character sets a code can name by the number of an extended
// channel interpretation (AIM ITS/04-023). GB 18030 reads what was written as
// GB 2312 or GBK too.
var charsets = map[int]encoding.Encoding{
	0: charmap.CodePage437, 2: charmap.CodePage437,
	1: charmap.ISO8859_1, 3: charmap.ISO8859_1, 4: charmap.ISO8859_2, 5: charmap.ISO8859_3, 6: charmap.ISO8859_4,
	7: charmap.ISO8859_5, 8: charmap.ISO8859_6, 9: charmap.ISO8859_7, 10: charmap.ISO8859_8,
	11: charmap.ISO8859_9,
	12: charmap.ISO8859_10, 15: charmap.ISO8859_13, 16: charmap.ISO8859_14, 17: charmap.ISO8859_15,
	18: charmap.ISO8859_16,
	20: japanese.ShiftJIS, 21: charmap.Windows1250, 22: charmap.Windows1251, 23: charmap.Windows1252,
	24: charmap.Windows1256,
	25: unicode.UTF16(unicode.BigEndian, unicode.UseBOM), 28: traditionalchinese.Big5,
	29: simplifiedchinese.GB18030, 30: korean.EUCKR, 31: simplifiedchinese.GB18030,
	32: simplifiedchinese.GB18030,
	33: unicode.UTF16(unicode.LittleEndian, unicode.UseBOM),
}

// decode makes UTF-8 of bytes in the character set their code has named. Where
// it has named none, or they are not in it, they are read as readable does. Many
// makers of codes name ISO 8859-1, the usual one, and write UTF-8.
func decode(eci int, b []byte) []byte {
	set, ok := charsets[eci]
	if _, letters := set.(*charmap.Charmap); eci == label.NoECI || !ok || letters && utf8.Valid(b) {
		return readable(b)
	}
	decoded, err := set.NewDecoder().Bytes(b)
	if err != nil || bytes.ContainsRune(decoded, utf8.RuneError) {
		return readable(b)
	}
	return decoded
}

// readable returns strict UTF-8, where the bytes can be read so: the bytes of a
// reader mostly carry no mark of their encoding, and GBK in its newest form is
// what modules made for China send.
func readable(b []byte) []byte {
	if utf8.Valid(b) {
		return b
	}
	decoded, err := simplifiedchinese.GB18030.NewDecoder().Bytes(b)
	if err != nil || bytes.ContainsRune(decoded, utf8.RuneError) {
		return b
	}
	return decoded
}
