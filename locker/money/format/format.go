// Package format knows how many digits a currency has, and writes amounts for people in
// their language. The data is that of CLDR, in github.com/bojanz/currency.
package format

import (
	"strconv"
	"strings"

	"github.com/bojanz/currency"
)

// Digits is how many digits the minor unit of a currency of ISO 4217 has: 0 for JPY, 2 for
// EUR, 3 for KWD; false: there is no such currency.
func Digits(code string) (int, bool) {
	if !currency.IsValid(code) { // which takes capitals only, as ISO 4217 writes them
		return 0, false
	}
	n, ok := currency.GetDigits(code)
	return int(n), ok
}

// Text writes an amount for people who speak a language (a BCP 47 tag; what is not known
// is written as in English). An amount of a currency that does not exist is its minor
// units and the code.
func Text(minor int64, code, lang string) string {
	if _, ok := Digits(code); !ok {
		return strings.TrimSpace(strconv.FormatInt(minor, 10) + " " + code)
	}
	amount, err := currency.NewAmountFromInt64(minor, code)
	if err != nil {
		return strconv.FormatInt(minor, 10) + " " + code
	}
	f := currency.NewFormatter(currency.NewLocale(lang))
	return f.Format(amount)
}
