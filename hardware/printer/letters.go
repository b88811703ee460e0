package printer

import (
	"fmt"
	"maps"
	"slices"

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

// encode writes a line. What has no letter here is written as its letter
// without accents, or else as a question mark. GB18030's four-byte characters
// count as not there: printers that name that standard have its two-byte part.
func (l Letters) encode(line string) []byte {
	var table encoding.Encoding = simplifiedchinese.GB18030
	if !l.Chinese() {
		table = pages[l.Set].letters
	}
	encoder := table.NewEncoder()
	out := make([]byte, 0, len(line))
	for _, r := range norm.NFC.String(line) {
		b, err := encoder.Bytes([]byte(string(r)))
		if err != nil || len(b) > 2 {
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
