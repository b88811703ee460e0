package scan

import (
	"fmt"
	"maps"
	"slices"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// A layout says what the keys of a keyboard type, by key code: alone, with shift,
// with AltGr, and with both; zero where a key types nothing. A combining accent
// stands for a dead key, which types nothing before the next key.
type layout [4][128]rune

// The levels of a layout, which add up.
const (
	withShift = 1
	withAltGr = 2
)

// rows are the keys with characters: the code of the first of each row. Source:
// linux/input-event-codes.h, where keys are named as on a keyboard of the USA.
var rows = [...]int{2, 16, 30, 43, 86}

// tables are the layouts by name, as Windows has them, for which readers are made:
// for each row the characters at each level, a space where there is none. The
// second of the last two rows is the key between shift and the first letter.
// Source: the keyboard layouts of Microsoft (kbdus, kbduk, kbdgr, kbdfr, kbdsp,
// kbdit, kbdpl1).
var tables = map[string][len(rows)][4]string{
	"us": {
		{"1234567890-=", "!@#$%^&*()_+"},
		{"qwertyuiop[]", "QWERTYUIOP{}"},
		{"asdfghjkl;'`", "ASDFGHJKL:\"~"},
		{"\\zxcvbnm,./", "|ZXCVBNM<>?"},
		{"\\", "|"},
	},
	"gb": {
		{"1234567890-=", "!\"£$%^&*()_+", "   €"},
		{"qwertyuiop[]", "QWERTYUIOP{}", "  é   úíó", "  É   ÚÍÓ"},
		{"asdfghjkl;'`", "ASDFGHJKL:@¬", "á          ¦", "Á"},
		{"#zxcvbnm,./", "~ZXCVBNM<>?"},
		{"\\", "|"},
	},
	"de": {
		{"1234567890ß\u0301", "!\"§$%&/()=?\u0300", " ²³   {[]}\\"},
		{"qwertzuiopü+", "QWERTZUIOPÜ*", "@ €        ~"},
		{"asdfghjklöä\u0302", "ASDFGHJKLÖÄ°"},
		{"#yxcvbnm,.-", "'YXCVBNM;:_", "       µ"},
		{"<", ">", "|"},
	},
	"fr": {
		{"&é\"'(-è_çà)=", "1234567890°+", " \u0303#{[|\u0300\\^@]}"},
		{"azertyuiop\u0302$", "AZERTYUIOP\u0308£", "  €        ¤"},
		{"qsdfghjklmù²", "QSDFGHJKLM%"},
		{"*wxcvbn,;:!", "µWXCVBN?./§"},
		{"<", ">"},
	},
	"es": {
		{"1234567890'¡", "!\"·$%&/()=?¿", "|@#\u0303€¬"},
		{"qwertyuiop\u0300+", "QWERTYUIOP\u0302*", "  €       []"},
		{"asdfghjklñ\u0301º", "ASDFGHJKLÑ\u0308ª", "          {\\"},
		{"çzxcvbnm,.-", "ÇZXCVBNM;:_", "}"},
		{"<", ">"},
	},
	"it": {
		{"1234567890'ì", "!\"£$%&/()=?^"},
		{"qwertyuiopè+", "QWERTYUIOPé*", "  €       []", "          {}"},
		{"asdfghjklòà\\", "ASDFGHJKLç°|", "         @#"},
		{"ùzxcvbnm,.-", "§ZXCVBNM;:_"},
		{"<", ">"},
	},
	"pl": {
		{"1234567890-=", "!@#$%^&*()_+"},
		{"qwertyuiop[]", "QWERTYUIOP{}", "  ę   € ó", "  Ę     Ó"},
		{"asdfghjkl;'`", "ASDFGHJKL:\"\u0303", "ąś      ł", "ĄŚ      Ł"},
		{"\\zxcvbnm,./", "|ZXCVBNM<>?", " żźć  ń", " ŻŹĆ  Ń"},
		{"\\", "|"},
	},
}

// layouts are the tables by key code.
var layouts = func() map[string]*layout {
	all := map[string]*layout{}
	for name, table := range tables {
		l := &layout{}
		for row, levels := range table {
			for level, keys := range levels {
				for i, c := range []rune(keys) {
					if c != ' ' {
						l[level][rows[row]+i] = c
					}
				}
			}
		}
		for level := range l {
			l[level][57] = ' '
			copy(l[level][71:], []rune("789-456+1230.")) // number pad
			l[level][55], l[level][98] = '*', '/'
		}
		all[name] = l
	}
	return all
}()

// Layouts are the names of the layouts a keyboard reader can be set to.
var Layouts = slices.Sorted(maps.Keys(tables))

// layoutOf finds a layout by its name; empty is the usual one.
func layoutOf(name string) (*layout, error) {
	if name == "" {
		name = "us"
	}
	if l, ok := layouts[name]; ok {
		return l, nil
	}
	return nil, fmt.Errorf("keyboard layout %q is not known: choose the one the reader is set to, of %v", name, Layouts)
}

// paired reports whether a key has a letter and its capital, so that caps lock
// turns it round.
func (l *layout) paired(code uint16, level int) bool {
	plain := l[level&^withShift][code]
	capital := unicode.ToUpper(plain)
	return unicode.IsLetter(plain) && plain != capital && l[level|withShift][code] == capital
}

func isDead(c rune) bool { return c >= 0x0300 && c <= 0x036F }

// accents are what dead keys type when no letter follows that has the accent.
var accents = map[rune]rune{'\u0300': '`', '\u0301': '´', '\u0302': '^', '\u0303': '~', '\u0308': '¨'}

// compose puts an accent on what is typed next. A space takes its place, and what
// can have none follows it.
func compose(dead, next rune) string {
	switch {
	case next == ' ':
		return string(accents[dead])
	case isDead(next):
		return string(accents[dead]) + string(accents[next])
	}
	both := norm.NFC.String(string(next) + string(dead))
	if utf8.RuneCountInString(both) == 1 {
		return both
	}
	return string(accents[dead]) + string(next)
}
