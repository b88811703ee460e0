package printer

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/unicode/norm"
)

// Letters is how a printer wants its text. Only one of the two kinds works at a
// time: in Chinese mode bytes of 80 and more come in pairs.
type Letters struct {
	Set  string // "gb18030" (its two-byte part) or a code page: see Sets
	Page int    // the printer's number of the code page (ESC t n); -1: the number Epson gives it
}

const gb18030 = "gb18030"

// A page is a code page with the number Epson's printers know it by.
type page struct {
	number  byte
	letters *charmap.Charmap
}

var pages = map[string]page{
	"pc437":   {0, charmap.CodePage437},
	"pc850":   {2, charmap.CodePage850},
	"wpc1252": {16, charmap.Windows1252},
	"pc866":   {17, charmap.CodePage866},
	"pc852":   {18, charmap.CodePage852},
	"pc858":   {19, charmap.CodePage858},
}

// Sets are the names a Letters may have as its Set.
func Sets() []string { return append([]string{gb18030}, slices.Sorted(maps.Keys(pages))...) }

// Chinese reports whether Chinese letters can be printed.
func (l Letters) Chinese() bool { return l.Set == gb18030 }

func (l Letters) check() error {
	if !slices.Contains(Sets(), l.Set) {
		return fmt.Errorf("letters %q are not known: one of %v", l.Set, Sets())
	}
	if l.Page < -1 || l.Page > 255 {
		return fmt.Errorf("code page %d is not possible: 0 to 255, or -1 for Epson's number", l.Page)
	}
	return nil
}

// begin sets the mode. Domestic printers come up in Chinese mode, others do
// not, and a reset brings back what they come up with: so it is always said.
func (l Letters) begin() []byte {
	if l.Chinese() {
		return fsChineseOn
	}
	number := pages[l.Set].number
	if l.Page >= 0 {
		number = byte(l.Page)
	}
	return append(slices.Clone(fsChineseOff), 0x1B, 0x74, number)
}

// fullWidth are signs that GB 2312 has in full width only.
var fullWidth = strings.NewReplacer("¥", "￥", "£", "￡", "¢", "￠")

var euroBefore = regexp.MustCompile(`€(\d)`)

// fit gives a text the letters that the printer has, so that its columns can be counted.
func (l Letters) fit(text string) string {
	text = norm.NFC.String(strings.ToValidUTF8(text, "?"))
	if l.Chinese() {
		text = fullWidth.Replace(text)
	} else if _, has := l.bytes('€'); !has {
		text = euroBefore.ReplaceAllString(text, "EUR $1")
	}
	var out strings.Builder
	for _, r := range text {
		_, has := l.bytes(r)
		switch {
		case r != '\n' && (r < ' ' || r >= 0x7F && r < 0xA0): // it could be a command
			out.WriteByte(' ')
		case has:
			out.WriteRune(r)
		default:
			out.Write(plain(r))
		}
	}
	return out.String()
}

// columns is how many columns a letter takes. In Chinese mode all of two bytes take two,
// Greek and Cyrillic ones as well.
func (l Letters) columns(r rune) int {
	if l.Chinese() && r >= 0x80 {
		return 2
	}
	return columnsOf(r)
}

// bytes is how a letter is written; false: the printer has none for it.
func (l Letters) bytes(r rune) ([]byte, bool) {
	var table encoding.Encoding = simplifiedchinese.GB18030
	if !l.Chinese() {
		table = pages[l.Set].letters
	}
	b, err := table.NewEncoder().Bytes([]byte(string(r)))
	return b, err == nil && len(b) <= 2
}

// encode writes a line. What has no letter here is written as its letter
// without accents, or else as a question mark. GB18030's four-byte characters
// count as not there: printers that name that standard have its two-byte part.
func (l Letters) encode(line string) []byte {
	out := make([]byte, 0, len(line))
	for _, r := range norm.NFC.String(line) {
		b, has := l.bytes(r)
		if !has {
			b = plain(r)
		}
		out = append(out, b...)
	}
	return out
}

// plain is the nearest there is to a letter in ASCII.
func plain(r rune) []byte {
	switch r {
	case 'ß':
		return []byte("ss")
	case 'ł':
		return []byte("l")
	case 'Ł':
		return []byte("L")
	case 'ø':
		return []byte("o")
	case 'Ø':
		return []byte("O")
	case '€':
		return []byte("EUR")
	case '£':
		return []byte("GBP")
	case '¥', '￥':
		return []byte("Y")
	case '₩':
		return []byte("KRW")
	case '₹':
		return []byte("INR")
	case '×':
		return []byte("x")
	case '\u00A0', '\u2009', '\u202F':
		return []byte(" ")
	case '…':
		return []byte("...")
	case '–', '—', '‑':
		return []byte("-")
	case '‘', '’':
		return []byte("'")
	case '“', '”':
		return []byte(`"`)
	}
	if first := []rune(norm.NFD.String(string(r)))[0]; first < 0x7F {
		return []byte(string(first))
	}
	return []byte("?")
}
