// Package label reads what is printed on parcels: article numbers (GTIN),
// logistic units (SSCC), GS1 element strings and Digital Link addresses, postal
// items (UPU S10), and the codes of carriers that follow no common rule.
//
// It is pure and keeps nothing. One identifier has several spellings, with and
// without its application identifier, and a scan of a GS1-128 label holds more
// than the SSCC a parcel was announced with. Labels are compared by their Key,
// which all spellings share; Keys lists what a scan may be.
//
// Sources: GS1 General Specifications (application identifiers, check digit),
// GS1 Digital Link URI syntax, UPU standard S10, and the carriers' public
// descriptions of their numbers.
package label

import (
	"strings"
)

// MaxScan is the longest text that can be a label, in bytes; MaxKey the longest
// identifier a parcel can be announced under.
const (
	MaxScan = 512
	MaxKey  = 64
)

// Kind is what a label identifies, and how it is written.
type Kind string

const (
	GTIN    Kind = "gtin"    // an article: 8, 12, 13 or 14 digits
	SSCC    Kind = "sscc"    // a logistic unit: 18 digits, mostly after "00"
	GS1     Kind = "gs1"     // GS1 element strings
	Link    Kind = "link"    // a GS1 Digital Link address
	S10     Kind = "s10"     // a postal item: two letters, nine digits, country
	Carrier Kind = "carrier" // a number by a carrier's own rule
)

// A Label is one that was understood.
type Label struct {
	Kind     Kind
	Text     string    // without what the reader added, spaces taken out where they mean nothing
	Elements []Element // of GS1 and Link, in their order
}

// An Element is one application identifier with its value.
type Element struct {
	AI    string // two to four digits: "00" is an SSCC
	Value string
}

// A Misread says that a text has exactly the form of some label and its check
// digit disagrees: it was read or typed wrongly. Its sentence does not repeat
// what was read.
type Misread struct{ Kind Kind }

func (m *Misread) Error() string {
	switch m.Kind {
	case S10:
		return "the check digit of this postal number does not fit the others: scan it again"
	case SSCC:
		return "the check digit of this SSCC does not fit the others: scan it again"
	case GTIN:
		return "the check digit of this article number does not fit the others: scan it again"
	}
	return "the check digit of this label does not fit the others: scan it again"
}

// IsMisread reports whether a text's own check digit says that it was read or
// typed wrongly.
func IsMisread(text string) bool {
	_, err := Parse(text)
	_, wrong := err.(*Misread)
	return wrong
}

// A NotLabel says why a text cannot be a label.
type NotLabel string

func (n NotLabel) Error() string { return string(n) }

// Parse tells what kind of label a text is. Only forms that are certain are
// held against their check digit: a number of 12 digits may be an article or a
// carrier's, so one that does not check is a carrier's. The error is a *Misread
// or a NotLabel.
func Parse(text string) (Label, error) {
	text, symbology, err := clean(text)
	if err != nil {
		return Label{}, err
	}
	return parse(text, MarksGS1(symbology))
}

// parse is Parse for a text that has been cleaned. gs1 tells that the reader has
// said that element strings follow.
func parse(text string, gs1 bool) (Label, error) {
	if rest, ok := strings.CutPrefix(text, string(separator)); ok {
		text, gs1 = rest, true // a reader's way to pass on the FNC1 in front
	}
	if gs1 {
		return marked(text)
	}
	if isAddress(text) {
		return fromLink(text)
	}
	if strings.HasPrefix(text, "(") {
		if l, err, ok := printed(text); ok {
			return l, err
		}
	}
	s := compact(text)
	if isS10(s) {
		if !checksS10(s) {
			return Label{}, &Misread{S10}
		}
		return Label{Kind: S10, Text: strings.ToUpper(s)}, nil
	}
	if digits(s) {
		return number(s)
	}
	if upper := strings.ToUpper(s); isUPS(upper) {
		if !checksUPS(upper) {
			return Label{}, &Misread{Carrier}
		}
		return Label{Kind: Carrier, Text: upper}, nil
	}
	if strings.ContainsRune(text, separator) {
		return marked(text)
	}
	if strings.ContainsRune(text, ' ') {
		return Label{}, NotLabel("a label has no spaces")
	}
	if l, ok := unmarked(text); ok {
		return l, nil
	}
	return Label{Kind: Carrier, Text: text}, nil
}

// number tells what a text of digits alone is.
func number(s string) (Label, error) {
	switch {
	case len(s) == 20 && strings.HasPrefix(s, "00"):
		if !checksGS1(s[2:]) {
			return Label{}, &Misread{SSCC}
		}
		return Label{Kind: SSCC, Text: s[2:]}, nil
	case len(s) == 18 && checksGS1(s):
		return Label{Kind: SSCC, Text: s}, nil
	case isGTINLength(len(s)) && checksGS1(s):
		return Label{Kind: GTIN, Text: s}, nil
	}
	if l, ok := unmarked(s); ok {
		return l, nil
	}
	return Label{Kind: Carrier, Text: s}, nil
}

// clean takes off what was added around a text, and returns the symbology
// identifier it had. What is no printable ASCII is no label.
func clean(text string) (plain, symbology string, err error) {
	if !bare(text) {
		if len(text) > 2*MaxScan {
			return "", "", NotLabel("this is too long for a label")
		}
		var b []byte
		b, symbology = Strip([]byte(strings.Trim(text, " ")), nil)
		text = strings.Trim(string(b), " ")
	}
	if number, kind, ok := fromMessage(text); ok && number != "" {
		text, symbology = number, kind
	}
	if text == "" {
		return "", "", NotLabel("nothing was read")
	}
	if len(text) > MaxScan {
		return "", "", NotLabel("this is too long for a label")
	}
	if strings.ContainsFunc(text, func(r rune) bool { return r != separator && (r < ' ' || r > '~') }) {
		return "", "", NotLabel("this has characters that no label has")
	}
	first := strings.HasPrefix(text, string(separator))
	if text = strings.Trim(text, string(separator)+" "); text == "" {
		return "", "", NotLabel("nothing was read")
	}
	if first {
		text = string(separator) + text
	}
	return text, symbology, nil
}

// bare reports whether a text has certainly nothing around it, as most have.
func bare(text string) bool {
	if text == "" || text[0] == ']' || text[0] == '\\' {
		return false
	}
	for i := range len(text) {
		if text[i] <= ' ' || text[i] > '~' {
			return false
		}
	}
	return true
}

// Bare returns a text without what was added around it, as long as it can be a
// label. What says how the label is to be read stays in front.
func Bare(text string) string {
	plain, symbology, err := clean(text)
	if err != nil {
		return ""
	}
	if Matters(symbology) {
		return symbology + plain
	}
	return plain
}
