package label

import "strings"

// ofParcel are the identifiers of GS1 that a carrier gives to one parcel: an SSCC, a
// consignment, a shipment. Those from 90 are carriers' own.
func ofParcel(ai string) bool {
	return ai == "00" || ai == "401" || ai == "402" || len(ai) == 2 && ai[0] == '9'
}

// IsOfParcel reports whether a text is a label that a carrier gives to one parcel, going by its
// form alone. Articles, web addresses and what other codes say are none: where nothing else
// tells that a parcel is meant, these are not taken for one.
func IsOfParcel(text string) bool {
	l, err := Parse(text)
	if err != nil {
		return false
	}
	switch l.Kind {
	case GTIN:
		return false
	case GS1, Link:
		for _, e := range l.Elements {
			if ofParcel(e.AI) {
				return true
			}
		}
		return false
	case Carrier:
		plain := func(r rune) bool {
			return r >= '0' && r <= '9' || r >= 'A' && r <= 'Z' || r >= 'a' && r <= 'z' || r == '-'
		}
		return strings.ContainsAny(l.Text, "0123456789") &&
			!strings.ContainsFunc(l.Text, func(r rune) bool { return !plain(r) })
	}
	return true
}
