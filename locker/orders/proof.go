package orders

import (
	"strings"
	"unicode"
)

// What proves an order to be somebody's own, beside its number: the postcode it went to, or
// the last digits of the telephone number given with it. Both are kept as keyed hashes only.
const (
	proofPostcode = "order.postcode"
	proofPhone    = "order.phone"

	phoneDigits = 4
)

// A Marker hashes a text with the station's key; kind tells uses apart.
type Marker func(kind, text string) string

// Proof is a postcode or a telephone number as people write them, in clear.
type Proof struct {
	Postcode, Phone string
	Keep            Keep
}

// Keep is what an order that is told anew leaves as it is of what is known of its customer.
type Keep struct{ Reference, Postcode, Phone bool }

// Prove keeps the hashes of what proves the order.
func (o *Order) Prove(mark Marker, p Proof) {
	o.PostcodeHash, o.PhoneHash = "", ""
	if text := postcode(p.Postcode); text != "" {
		o.PostcodeHash = mark(proofPostcode, o.ID+"\x00"+text)
	}
	if text := lastDigits(p.Phone); text != "" {
		o.PhoneHash = mark(proofPhone, o.ID+"\x00"+text)
	}
}

// ProvedBy reports whether what somebody has typed is the postcode or the last digits of the
// telephone number of the order.
func (o Order) ProvedBy(mark Marker, typed string) bool {
	if text := postcode(typed); text != "" && o.PostcodeHash != "" &&
		mark(proofPostcode, o.ID+"\x00"+text) == o.PostcodeHash {
		return true
	}
	text := lastDigits(typed)
	return text != "" && o.PhoneHash != "" && mark(proofPhone, o.ID+"\x00"+text) == o.PhoneHash
}

// postcode is a postcode without what people write between its parts.
func postcode(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToUpper(r)
		}
		return -1
	}, s)
}

// lastDigits are the last four digits of a telephone number; empty when it has fewer.
func lastDigits(s string) string {
	digits := strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, s)
	if len(digits) < phoneDigits {
		return ""
	}
	return digits[len(digits)-phoneDigits:]
}
