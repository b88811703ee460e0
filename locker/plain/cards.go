package plain

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// An issuer of payment cards: the ranges in which its numbers begin, and how long
// they are. Low and high have the same number of digits.
type issuer struct {
	name      string
	ranges    []cardRange
	minLength int
	maxLength int
	lengths   []int // those between that exist; nil: all
}

type cardRange struct{ low, high string }

// issuers follows ISO/IEC 7812 and the ranges the issuers publish (as collected in
// Wikipedia, "Payment card number", 2025). What begins otherwise is no card here,
// however its digits add up: one number in ten does.
var issuers = []issuer{
	{name: "Visa", ranges: []cardRange{{"4", "4"}}, minLength: 13, maxLength: 19, lengths: []int{13, 16, 19}},
	{name: "Mastercard", ranges: []cardRange{{"51", "55"}, {"2221", "2720"}}, minLength: 16, maxLength: 16},
	{name: "American Express", ranges: []cardRange{{"34", "34"}, {"37", "37"}}, minLength: 15, maxLength: 15},
	{
		name: "Discover", ranges: []cardRange{
			{"6011", "6011"}, {"644", "649"}, {"65", "65"},
		}, minLength: 16, maxLength: 19,
	},
	{name: "JCB", ranges: []cardRange{{"3528", "3589"}}, minLength: 16, maxLength: 19},
	{
		name: "Diners Club", ranges: []cardRange{
			{"300", "305"}, {"3095", "3095"}, {"36", "36"}, {"38", "39"},
		}, minLength: 14, maxLength: 19,
	},
	{name: "UnionPay", ranges: []cardRange{{"62", "62"}, {"81", "81"}}, minLength: 16, maxLength: 19},
	{name: "Maestro", ranges: []cardRange{{"5018", "5018"}, {"5020", "5020"}, {"5038", "5038"}, {"5893", "5893"},
		{"6304", "6304"},
		{"6759", "6759"}, {"6761", "6763"}}, minLength: 12, maxLength: 19},
	{name: "Mir", ranges: []cardRange{{"2200", "2204"}}, minLength: 16, maxLength: 19},
	{name: "RuPay", ranges: []cardRange{{"508", "508"}, {"60", "60"}, {"82", "82"}}, minLength: 16, maxLength: 16},
	{name: "Dankort", ranges: []cardRange{{"5019", "5019"}}, minLength: 16, maxLength: 16},
	{name: "Troy", ranges: []cardRange{{"9792", "9792"}}, minLength: 16, maxLength: 16},
}

// The groups in which numbers are printed on cards (ISO/IEC 7813 leaves it to the
// issuers): four by four; four, six, five; four, six, four.
var printedGroups = [][]int{{4, 4, 4, 4}, {4, 4, 4, 4, 3}, {4, 6, 5}, {4, 6, 4}}

// HasCard reports whether a free text holds the number of a payment card, in one
// piece or in groups of any size. A number behind a plus is a telephone's.
func HasCard(text string) bool {
	for run := range digitRuns(text) {
		for from := range run.groups {
			if run.phone && from == 0 {
				continue
			}
			number := ""
			for _, group := range run.groups[from:] {
				if number += group; len(number) > longestCard {
					break
				}
				if isCard(number) {
					return true
				}
			}
		}
	}
	return false
}

// HasPrintedCard reports whether a text that is made of numbers, as orders and labels
// are, holds the number of a payment card as it is printed on one. Ungrouped it is
// more likely to be the order's own.
func HasPrintedCard(text string) bool {
	for run := range digitRuns(text) {
		for _, printed := range printedGroups {
			for from := 0; from+len(printed) <= len(run.groups); from++ {
				groups := run.groups[from : from+len(printed)]
				fits := slices.EqualFunc(groups, printed,
					func(group string, digits int) bool { return len(group) == digits })
				if fits && isCard(strings.Join(groups, "")) {
					return true
				}
			}
		}
	}
	return false
}

const longestCard = 19 // digits, ISO/IEC 7812-1

// A digitRun is digits with at most one space, hyphen or dot between two of them.
type digitRun struct {
	groups []string
	phone  bool // a plus stood before it
}

// digitRuns finds the runs of a text.
func digitRuns(text string) func(yield func(digitRun) bool) {
	return func(yield func(digitRun) bool) {
		var run digitRun
		var group []byte
		before, parted := ' ', false
		end := func() bool {
			if len(group) > 0 {
				run.groups = append(run.groups, string(group))
			}
			ok := len(run.groups) == 0 || yield(run)
			run, group, parted = digitRun{}, nil, false
			return ok
		}
		for _, r := range text {
			d, digit := digitOf(r)
			switch {
			case digit:
				if len(group) == 0 && len(run.groups) == 0 {
					run.phone = before == '+'
				}
				group, parted = append(group, d), false
			case parts(r) && len(group) > 0 && !parted:
				run.groups, group, parted = append(run.groups, string(group)), group[:0], true
			default:
				if !end() {
					return
				}
			}
			before = r
		}
		end()
	}
}

// parts reports whether a character stands between the groups of a number.
func parts(r rune) bool {
	switch r {
	case ' ', '-', '.', '\u00a0', '\u2007', '\u2009', '\u202f', '\u3000', '\u2010', '\u2011', '\u2012', '\u2013':
		return true
	}
	return false
}

// digitOf reads a decimal digit of the scripts that keyboards and forms send.
func digitOf(r rune) (byte, bool) {
	if r >= '0' && r <= '9' {
		return byte(r), true
	}
	if r < utf8.RuneSelf {
		return 0, false
	}
	for _, zero := range []rune{'\u0660', '\u06f0', '\u0966', '\uff10'} { // Arabic, Persian, Devanagari, full width
		if r >= zero && r <= zero+9 {
			return byte('0' + r - zero), true
		}
	}
	return 0, false
}

// isCard holds digits against the issuers and the check digit.
func isCard(number string) bool {
	return slices.ContainsFunc(issuers, func(i issuer) bool { return i.issued(number) }) && luhn(number)
}

func (i issuer) issued(number string) bool {
	if len(number) < i.minLength || len(number) > i.maxLength || i.lengths != nil &&
		!slices.Contains(i.lengths, len(number)) {
		return false
	}
	return slices.ContainsFunc(i.ranges, func(r cardRange) bool {
		begin := number[:len(r.low)]
		return begin >= r.low && begin <= r.high
	})
}

// luhn is the check of ISO/IEC 7812-1, annex B: every second digit from the right
// counts double, and the sum of all digits is a multiple of ten.
func luhn(number string) bool {
	sum := 0
	for i := range len(number) {
		n := int(number[len(number)-1-i] - '0')
		if i%2 == 1 {
			if n *= 2; n > 9 {
				n -= 9
			}
		}
		sum += n
	}
	return sum%10 == 0
}

// CardSays is what is said of a text with a card's number.
const CardSays = "this looks like the number of a payment card, which is kept nowhere here: leave it out"
