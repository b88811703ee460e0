package parcel

import (
	"regexp"
	"strconv"
	"strings"

	"cubby/locker/ledger"
	"cubby/locker/plain"
)

// Bounds of an announcement.
const (
	maxIDBytes     = 64
	maxOrderID     = 64 // characters
	maxLabels      = 8  // beside the first
	maxSideMM      = 5000
	maxWeightG     = 200_000
	maxPickupHours = 2160 // 90 days
)

// languageTag is the form of a BCP 47 tag: a language of 2 or 3 letters and
// subtags of 1 to 8 letters and digits.
var languageTag = regexp.MustCompile(`^[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*$`)

// check refuses what cannot be used.
func (a Announcement) check(id string) error {
	if !validID(id) {
		return BadParcelID()
	}
	if id == "." || id == ".." { // RFC 3986, section 5.2.4
		return ledger.Refuse(ledger.Invalid, "parcel-id",
			"clients take . and .. out of an address; choose another id")
	}
	if plain.HasPrintedCard(id) {
		return ledger.Refuse(ledger.Invalid, "card-number", plain.CardSays)
	}
	if all := a.Mistakes(); len(all) > 0 {
		return all[0].And(all[1:]...)
	}
	return nil
}

// Mistakes refuses each member that cannot be used, by its JSON pointer and with
// what is allowed.
func (a Announcement) Mistakes() (all []*ledger.Refusal) {
	refuse := func(pointer, slug, format string, args ...any) {
		all = append(all, ledger.Refuse(ledger.Invalid, slug, format, args...).At(pointer))
	}
	if a.Label != "" && !validLabel(a.Label) {
		refuse("/label", "label", "a label has 1 to 64 printable ASCII characters without spaces")
	}
	if len(a.Labels) > maxLabels {
		refuse("/labels", "too-many", "at most %d labels are possible beside the first", maxLabels)
	}
	for i, text := range a.Labels[:min(len(a.Labels), maxLabels)] {
		if text == "" || !validLabel(text) {
			refuse("/labels/"+strconv.Itoa(i), "label",
				"a label has 1 to 64 printable ASCII characters without spaces")
		}
	}
	if d := a.Dimensions; d != nil {
		for _, side := range []struct {
			name string
			mm   int
		}{{"length", d.Length}, {"width", d.Width}, {"height", d.Height}} {
			if side.mm < 1 || side.mm > maxSideMM {
				refuse("/dimensions_mm/"+side.name, "dimensions", "%s must be 1 to %d millimetres",
					side.name, maxSideMM)
			}
		}
	}
	if a.WeightG < 0 || a.WeightG > maxWeightG {
		refuse("/weight_g", "weight", "weight_g must be 0 (not known) to %d grams", maxWeightG)
	}
	if a.PickupHours < 0 || a.PickupHours > maxPickupHours {
		refuse("/pickup_hours", "pickup-hours", "pickup_hours must be 1 to %d, or 0 for the station's own",
			maxPickupHours)
	}
	text := func(pointer, s string, most int, card func(string) bool) {
		switch {
		case !plain.Text(s, 0, most):
			refuse(pointer, "text", "must be at most %d characters of text "+plain.Says, most)
		case card(s):
			refuse(pointer, "card-number", plain.CardSays)
		}
	}
	if plain.HasPrintedCard(a.Label) {
		refuse("/label", "card-number", plain.CardSays)
	}
	for i, text := range a.Labels[:min(len(a.Labels), maxLabels)] {
		if plain.HasPrintedCard(text) {
			refuse("/labels/"+strconv.Itoa(i), "card-number", plain.CardSays)
		}
	}
	text("/order_id", a.OrderID, maxOrderID, plain.HasPrintedCard)
	text("/exchange_of", a.ExchangeOf, maxOrderID, plain.HasPrintedCard)
	if r := a.Recipient; r != nil {
		if r.Language != "" && !languageTag.MatchString(r.Language) {
			refuse("/recipient/language", "language",
				`must be a BCP 47 tag such as "en", "zh-Hans" or "pt-BR"`)
		}
		if r.Email != "" && !strings.Contains(r.Email, "@") {
			refuse("/recipient/email", "email", "must be an e-mail address")
		}
		text("/recipient/name", r.Name, 200, plain.HasCard)
		// some telephone numbers add up like a card's
		text("/recipient/phone", r.Phone, 100, plain.HasPrintedCard)
		text("/recipient/email", r.Email, 254, plain.HasCard)
		text("/recipient/language", r.Language, 35, plain.HasCard)
	}
	return all
}

// BadParcelID refuses an id that is malformed.
func BadParcelID() *ledger.Refusal {
	return ledger.Refuse(ledger.Invalid,
		"parcel-id", "a parcel id has 1 to 64 of A-Z a-z 0-9 . _ : - and nothing else, no slash either; "+
			"send an id of these, and your own number as order_id")
}

func validID(s string) bool {
	if len(s) < 1 || len(s) > maxIDBytes {
		return false
	}
	return !strings.ContainsFunc(s, func(r rune) bool {
		return !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' ||
			strings.ContainsRune("._:-", r))
	})
}

func validLabel(s string) bool {
	return len(s) <= maxIDBytes && !strings.ContainsFunc(s, func(r rune) bool { return r <= ' ' || r > '~' })
}
