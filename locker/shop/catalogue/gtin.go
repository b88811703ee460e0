package catalogue

import (
	"strings"

	"cubby/locker/label"
)

// GTIN writes an article number with 8, 12, 13 or 14 digits as one with 14, as which all
// spellings are the same. Spaces and hyphens between the digits mean nothing. ok is false
// for anything else, and where the check digit is wrong.
func GTIN(number string) (gtin string, ok bool) {
	number = strings.NewReplacer(" ", "", "-", "").Replace(number)
	if len(number) > 14 || strings.Trim(number, "0123456789") != "" || !label.IsGTIN(number) ||
		strings.Trim(number, "0") == "" {
		return "", false
	}
	return strings.Repeat("0", 14-len(number)) + number, true
}

// Scanned is the article number in what a reader has read: the bare number, GS1 element
// strings with (01), or a Digital Link.
func Scanned(text string) (gtin string, ok bool) {
	if gtin, ok = GTIN(text); ok {
		return gtin, true
	}
	l, err := label.Parse(text)
	if err != nil {
		return "", false
	}
	for _, e := range l.Elements {
		if e.AI == "01" {
			return GTIN(e.Value)
		}
	}
	return GTIN(l.Text)
}
