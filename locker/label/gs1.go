package label

import (
	"fmt"
	"strings"
)

// separator is what stands for FNC1 between two elements: GS, 1D hexadecimal.
const separator = '\x1D'

// A rule says how long a value is. The lengths that GS1 has laid down for ever
// need no separator after them.
type rule struct {
	least, most int
	digits      bool
	check       bool // the value ends with a GS1 check digit
	laidDown    bool
}

// rules are the application identifiers seen on parcels and their goods. A
// letter n in a key stands for any digit.
var rules = map[string]rule{
	"00": {18, 18, true, true, true},
	"01": {14, 14, true, true, true}, "02": {14, 14, true, true, true}, "03": {14, 14, true, true, true},
	"11": {6, 6, true, false, true}, "12": {6, 6, true, false, true}, "13": {6, 6, true, false, true},
	"15": {6, 6, true, false, true}, "16": {6, 6, true, false, true}, "17": {6, 6, true, false, true},
	"20": {2, 2, true, false, true},
	"10": text(20), "21": text(20), "22": text(20), "235": text(28),
	"240": text(30), "241": text(30), "242": numeric(6), "243": text(20), "250": text(30), "251": text(30),
	"253": text(30), "254": text(20), "255": text(25),
	"30": numeric(8), "37": numeric(8),
	"31nn": {6, 6, true, false, true}, "32nn": {6, 6, true, false, true}, "33nn": {6, 6, true, false, true},
	"34nn": {6, 6, true, false, true}, "35nn": {6, 6, true, false, true}, "36nn": {6, 6, true, false, true},
	"390n": numeric(15), "391n": numeric(18), "392n": numeric(15), "393n": numeric(18), "394n": numeric(4),
	"395n": numeric(6),
	"400":  text(30), "401": text(30), "402": {17, 17, true, true, false}, "403": text(30),
	"41n": {13, 13, true, true, true},
	"420": text(20), "421": text(12), "422": numeric(3), "423": numeric(15), "424": numeric(3), "425": numeric(15),
	"426": numeric(3), "427": text(3),
	"43nn": text(70), "70nn": text(90), "71n": text(20),
	"8003": text(30), "8004": text(30), "8005": numeric(6), "8006": {18, 18, true, false, false}, "8007": text(34),
	"8008": numeric(12),
	"8017": {18, 18, true, true, false}, "8018": {18, 18, true, true, false}, "8019": numeric(10), "8020": text(25),
	"8200": text(70),
	"90":   text(30), "91": text(90), "92": text(90), "93": text(90), "94": text(90),
	"95": text(90), "96": text(90), "97": text(90), "98": text(90), "99": text(90),
}

func text(most int) rule    { return rule{least: 1, most: most} }
func numeric(most int) rule { return rule{least: 1, most: most, digits: true} }

// ruleFor finds the identifier a text begins with, longest last: none is the
// beginning of another.
func ruleFor(s string) (ai string, r rule, ok bool) {
	for n := 2; n <= 4 && n <= len(s); n++ {
		if !digits(s[:n]) {
			break
		}
		for stands := n; stands >= 2; stands-- {
			if r, ok = rules[s[:stands]+strings.Repeat("n", n-stands)]; ok {
				return s[:n], r, true
			}
		}
	}
	return "", rule{}, false
}

// elements takes an element string apart. A *Misread means that all of it has
// the right form and a check digit is wrong; any other error that it is none.
func elements(s string) (all []Element, err error) {
	var misread error
	for s != "" {
		ai, r, ok := ruleFor(s)
		if !ok {
			return nil, NotLabel("this is no GS1 element string: it has an application identifier that is not known")
		}
		s = s[len(ai):]
		value := s
		if i := strings.IndexRune(s, separator); i >= 0 {
			value = s[:i]
		}
		if r.laidDown && len(value) > r.most {
			value = value[:r.most]
		}
		s = strings.TrimPrefix(s[len(value):], string(separator))
		if err := r.fits(ai, value); err != nil {
			return nil, err
		}
		if r.check && !checksGS1(value) && misread == nil {
			misread = &Misread{kindOf(ai)}
		}
		all = append(all, Element{ai, value})
	}
	return all, misread
}

func (r rule) fits(ai, value string) error {
	if len(value) < r.least || len(value) > r.most {
		return NotLabel(fmt.Sprintf("this is no GS1 element string: (%s) has %d to %d characters", ai, r.least, r.most))
	}
	if r.digits && !digits(value) {
		return NotLabel(fmt.Sprintf("this is no GS1 element string: (%s) has digits only", ai))
	}
	return nil
}

func kindOf(ai string) Kind {
	switch ai {
	case "00":
		return SSCC
	case "01", "02", "03":
		return GTIN
	}
	return GS1
}

// marked reads a text whose symbol said that it holds element strings. Carriers
// use the symbol for numbers of their own too.
func marked(s string) (Label, error) {
	all, err := elements(s)
	if _, wrong := err.(*Misread); wrong {
		return Label{}, err
	}
	if err != nil {
		if strings.ContainsAny(s, " "+string(separator)) {
			return Label{}, err
		}
		return Label{Kind: Carrier, Text: s}, nil
	}
	return fromElements(s, all), nil
}

// unmarked reads element strings from a reader that keeps the symbol to itself:
// only where the first is an SSCC or an article that checks, with more behind
// it, or a postal code with a number of the US mail that checks.
func unmarked(s string) (Label, bool) {
	if len(s) > 16 && (strings.HasPrefix(s, "00") || strings.HasPrefix(s, "01")) {
		if all, err := elements(s); err == nil {
			return fromElements(s, all), true
		}
	}
	if !strings.HasPrefix(s, "420") || !digits(s) {
		return Label{}, false
	}
	for _, code := range []int{5, 9} {
		if at := 3 + code; len(s) >= at+20 && len(s) <= at+26 && s[at] == '9' && checksGS1(s[at:]) {
			return Label{Kind: GS1, Text: s, Elements: []Element{{"420", s[3:at]}, {s[at : at+2], s[at+2:]}}}, true
		}
	}
	return Label{}, false
}

// printed reads the form printed below the bars, "(00) 3 4012345 ...". ok tells
// whether it has that form at all.
func printed(s string) (l Label, err error, ok bool) {
	var b strings.Builder
	for i, part := range strings.Split(compact(s), "(") {
		if i == 0 {
			continue
		}
		ai, value, closed := strings.Cut(part, ")")
		found, r, known := ruleFor(ai)
		if !closed || !known || found != ai || r.fits(ai, value) != nil {
			return Label{}, nil, false
		}
		b.WriteString(ai + value + string(separator))
	}
	all, err := elements(b.String())
	if err != nil {
		return Label{}, err, true
	}
	return fromElements(compact(s), all), nil, true
}

func fromElements(text string, all []Element) Label {
	if len(all) == 1 && all[0].AI == "00" {
		return Label{Kind: SSCC, Text: all[0].Value}
	}
	return Label{Kind: GS1, Text: text, Elements: all}
}
