package plain

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"cubby/locker/ledger"
)

// zwnj and zwj join or part the letters around them: Persian, the scripts of India
// and pictures made of several need them.
const zwnj, zwj = '\u200c', '\u200d'

// Text reports whether a text for people has least to most characters, and none
// that cannot be seen but changes how the others are shown: control characters (C0
// and C1), marks of direction, separators of lines, and what else Unicode calls
// invisible. The two joiners count as text where they join something.
func Text(s string, least, most int) bool {
	if !utf8.ValidString(s) {
		return false
	}
	n, before, joined := 0, ' ', false
	for at, r := range s {
		n++
		if r == zwnj || r == zwj {
			next, size := utf8.DecodeRuneInString(s[at+utf8.RuneLen(r):])
			if size == 0 {
				next = ' '
			}
			if joined || n == 1 || before < utf8.RuneSelf && next < utf8.RuneSelf {
				return false // it joins nothing, or what never needs it
			}
			joined = true
			continue
		}
		if invisible(r) {
			return false
		}
		before, joined = r, false
	}
	return n <= most && n >= least && (least == 0 || strings.TrimSpace(s) != "")
}

// invisible reports whether a character has no picture of its own and is not one of
// the spaces.
func invisible(r rune) bool {
	switch {
	case r < utf8.RuneSelf:
		return r < ' ' || r == 0x7f
	case unicode.In(r, unicode.Cc, unicode.Zl, unicode.Zp, unicode.Noncharacter_Code_Point):
		return true
	case unicode.Is(unicode.Cf, r):
		return !unicode.Is(unicode.Prepended_Concatenation_Mark, r) // which are drawn around numbers
	}
	return unicode.Is(unicode.Other_Default_Ignorable_Code_Point, r)
}

// Check refuses what is no text of 1 to most characters, and the number of a
// payment card, at the member that a JSON pointer names.
func Check(s string, most int, slug, pointer string) error {
	switch {
	case !Text(s, 1, most):
		return ledger.Refuse(ledger.Invalid, slug, "write 1 to %d characters of text "+Says, most).At(pointer)
	case HasCard(s):
		return ledger.Refuse(ledger.Invalid, "card-number", CardSays).At(pointer)
	}
	return nil
}

// Says is what is said of a text that PlainText refuses.
const Says = "without control characters, marks of direction or other invisible ones"
