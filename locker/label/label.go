// Package label reads what is printed on parcels: article numbers (GTIN),
// logistic units (SSCC), GS1 element strings and Digital Link addresses, postal
// items (UPU S10), and the codes of carriers that follow no common rule.
//
// It is pure and keeps nothing. One identifier has several spellings: a scan of
// a GS1-128 label holds more than the SSCC a parcel was announced with. Keys
// lists them all, so that a lookup by exact text finds it.
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

// A NotLabel says why a text cannot be a label.
type NotLabel string

func (n NotLabel) Error() string { return string(n) }

// Parse tells what kind of label a text is. Only forms that are certain are
// held against their check digit: a number of 12 digits may be an article or a
// carrier's, so one that does not check is a carrier's. The error is a *Misread
// or a NotLabel.
func Parse(text string) (Label, error) {
	text, gs1, err := clean(text)
	if err != nil {
		return Label{}, err
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
	if s := compact(text); isS10(s) {
		if !checksS10(s) {
			return Label{}, &Misread{S10}
		}
		return Label{Kind: S10, Text: strings.ToUpper(s)}, nil
	}
	if s := compact(text); digits(s) {
		return number(s)
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
	if isUPS(text) && !checksUPS(text) {
		return Label{}, &Misread{Carrier}
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
	case (len(s) == 8 || len(s) >= 12 && len(s) <= 14) && checksGS1(s):
		return Label{Kind: GTIN, Text: s}, nil
	}
	if l, ok := unmarked(s); ok {
		return l, nil
	}
	return Label{Kind: Carrier, Text: s}, nil
}

// clean takes off what a reader adds, and tells whether it has said that GS1
// element strings follow. What is no printable ASCII is no label.
func clean(text string) (string, bool, error) {
	text = strings.Trim(text, " \r\n\t")
	if text == "" {
		return "", false, NotLabel("nothing was read")
	}
	if len(text) > MaxScan {
		return "", false, NotLabel("this is too long for a label")
	}
	if strings.ContainsFunc(text, func(r rune) bool { return r != separator && (r < ' ' || r > '~') }) {
		return "", false, NotLabel("this has characters that no label has")
	}
	gs1 := false
	if id := Identifier(text); id != "" {
		text, gs1 = text[len(id):], MarksGS1(id)
	}
	if rest, ok := strings.CutPrefix(text, string(separator)); ok {
		text, gs1 = rest, true // a reader's way to pass on the FNC1 in front
	}
	text = strings.TrimRight(text, string(separator)+" ")
	if text == "" {
		return "", false, NotLabel("nothing was read")
	}
	return text, gs1, nil
}

// Keys lists the identifiers a parcel with this label may have been announced
// under, the most exact first; none when the text can be no label. A label
// with a wrong check digit has only its own text: it is never mended.
func Keys(text string) []string {
	plain, _, err := clean(text)
	if err != nil {
		return nil
	}
	var keys keys
	keys.add(strings.Trim(text, " \r\n\t"))
	keys.add(plain)
	l, err := Parse(text)
	if err != nil {
		return keys
	}
	switch l.Kind {
	case SSCC:
		keys.sscc(l.Text)
	case GTIN:
		keys.add(l.Text)
		for number := strings.TrimLeft(l.Text, "0"); len(number) > 0; number = "0" + number {
			if n := len(number); n == 8 || n >= 12 && n <= 14 {
				keys.add(number)
			}
			if len(number) == 14 {
				break
			}
		}
	case GS1, Link:
		keys.elements(l.Elements)
	default:
		keys.add(l.Text)
	}
	return keys
}

// keys collects identifiers once each, and only what an announcement can hold.
type keys []string

func (k *keys) add(s string) {
	if s == "" || len(s) > MaxKey || strings.ContainsFunc(s, func(r rune) bool { return r <= ' ' || r > '~' }) {
		return
	}
	for _, known := range *k {
		if known == s {
			return
		}
	}
	*k = append(*k, s)
}

// spellings adds a value with its identifier in front, alone, and as printed.
func (k *keys) spellings(ai, value string) {
	k.add(ai + value)
	k.add(value)
	k.add("(" + ai + ")" + value)
}

func (k *keys) sscc(s string) { k.spellings("00", s) }

// elements adds what identifies one parcel: its SSCC; else its article with a
// serial number, or its consignment's or shipment's number; and the carrier's
// own number behind a postal code, as the postal service of the USA prints it.
func (k *keys) elements(all []Element) {
	value := map[string]string{}
	for _, e := range all {
		if value[e.AI] == "" {
			value[e.AI] = e.Value
		}
	}
	if s := value["00"]; s != "" {
		k.sscc(s)
		return
	}
	if article, serial := value["01"], value["21"]; article != "" && serial != "" {
		k.add("01" + article + "21" + serial)
		k.add("(01)" + article + "(21)" + serial)
	}
	for _, ai := range []string{"401", "402"} {
		if value[ai] != "" {
			k.spellings(ai, value[ai])
		}
	}
	if value["420"] == "" {
		return
	}
	for _, e := range all {
		if e.AI[0] == '9' {
			k.add(e.AI + e.Value)
		}
	}
}
