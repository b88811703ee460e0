package catalogue

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// plainly writes full-width letters and ligatures as the plain ones, and ß as ss.
func plainly(s string) string {
	return strings.NewReplacer("ß", "ss", "ẞ", "SS").Replace(norm.NFKC.String(s))
}

// unspaced reports whether a letter is of a script that puts no spaces between words.
func unspaced(r rune) bool {
	return unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai, unicode.Lao,
		unicode.Khmer, unicode.Myanmar)
}

// runs takes a text apart into runs that are written without spaces, and the rest.
func runs(s string, take func(run []rune, bare bool)) {
	var run []rune
	bare := false
	for _, r := range plainly(s) {
		if is := unspaced(r); is != bare && len(run) > 0 {
			take(run, bare)
			run = run[:0]
		}
		bare = unspaced(r)
		run = append(run, r)
	}
	if len(run) > 0 {
		take(run, bare)
	}
}

// tokens writes a text as it is indexed: each pair of neighbours in a run without spaces is
// a word, and the last letter of the run, so that each letter is the beginning of a word.
func tokens(s string) string {
	var b strings.Builder
	runs(s, func(run []rune, bare bool) {
		if !bare {
			b.WriteString(string(run))
			return
		}
		for i := range run {
			b.WriteByte(' ')
			b.WriteString(string(run[i:min(i+2, len(run))]))
		}
		b.WriteByte(' ')
	})
	return b.String()
}

// speaks reports whether a character is a letter or part of a number.
func speaks(r rune) bool { return unicode.IsLetter(r) || unicode.IsNumber(r) }

// mostTerms bounds what is searched for at once.
const mostTerms = 8

// match writes what was typed as a query of FTS5: every word begins so, and what is written
// without spaces stands so. It is empty when there is no letter and no digit in it.
func match(typed string) string {
	var terms []string
	runs(typed, func(run []rune, bare bool) {
		if bare {
			var pairs []string
			for i := range max(len(run)-1, 1) {
				pairs = append(pairs, string(run[i:min(i+2, len(run))]))
			}
			terms = append(terms, `"`+strings.Join(pairs, " ")+`"*`)
			return
		}
		for _, word := range strings.FieldsFunc(string(run), func(r rune) bool {
			return !speaks(r) && !unicode.IsMark(r)
		}) {
			if strings.ContainsFunc(word, speaks) {
				terms = append(terms, `"`+word+`"*`)
			}
		}
	})
	return strings.Join(terms[:min(len(terms), mostTerms)], " ")
}
