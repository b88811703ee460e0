package customers

import (
	"strings"

	"cubby/locker/ledger"
	"cubby/locker/plain"
)

// Kinds of contacts, as the hashes of Marker tell them apart.
const (
	markEmail = "customer.email"
	markPhone = "customer.phone"
)

// A Marker hashes a text with the station's key; kind tells uses apart.
type Marker func(kind, text string) string

// A Contact is how somebody is reached, as people write it. One of both is enough.
type Contact struct{ Email, Phone string }

// Keys are what a contact is kept and found by; an empty one is of no contact.
type Keys struct {
	Email string `json:"email_key,omitempty"`
	Phone string `json:"phone_key,omitempty"`
}

// Meet reports whether both have a key in common.
func (k Keys) Meet(o Keys) bool {
	return k.Email != "" && k.Email == o.Email || k.Phone != "" && k.Phone == o.Phone
}

// texts are what the index finds them by.
func (k Keys) texts() (all []string) {
	if k.Email != "" {
		all = append(all, "e:"+k.Email)
	}
	if k.Phone != "" {
		all = append(all, "p:"+k.Phone)
	}
	return all
}

// Of are the keys of a contact. A part that is no address or number has none. country
// goes before numbers that are written without one, as "+49"; it may be empty.
func (c Contact) Of(mark Marker, country string) (k Keys) {
	if email := normalEmail(c.Email); email != "" {
		k.Email = mark(markEmail, email)
	}
	if phone := normalPhone(c.Phone, country); phone != "" {
		k.Phone = mark(markPhone, phone)
	}
	return k
}

// Mistakes are what keeps a contact from being looked for, or kept.
func (c Contact) Mistakes(country, at string) (all []*ledger.Refusal) {
	if c.Email == "" && c.Phone == "" {
		return []*ledger.Refusal{ledger.Refuse(ledger.Invalid, "contact",
			"give an email, a phone, or both").At(at)}
	}
	if c.Email != "" && normalEmail(c.Email) == "" {
		all = append(all, ledger.Refuse(ledger.Invalid, "email",
			"write an e-mail address, as in name@example.org").At(at+"/email"))
	}
	if c.Phone != "" && normalPhone(c.Phone, country) == "" {
		all = append(all, ledger.Refuse(ledger.Invalid, "phone",
			"write the telephone number with its country, as in +49 30 123456").At(at+"/phone"))
	}
	return all
}

// normalEmail is one spelling of an address; empty when it is none.
func normalEmail(s string) string {
	s = strings.ToLower(strings.TrimSpace(s))
	at := strings.LastIndexByte(s, '@')
	if at < 1 || at == len(s)-1 || len(s) > 254 || strings.ContainsAny(s, " \t\x00<>,;\"") ||
		!plain.Text(s, 3, 254) {
		return ""
	}
	return s
}

// normalPhone is a number as +, country and digits (E.164); empty when it is none.
func normalPhone(s, country string) string {
	var digits strings.Builder
	for i, r := range strings.TrimSpace(s) {
		switch {
		case r >= '0' && r <= '9', r == '+' && i == 0:
			digits.WriteRune(r)
		case !strings.ContainsRune(" -./()\u00a0", r):
			return ""
		}
	}
	n := digits.String()
	switch {
	case strings.HasPrefix(n, "+"):
	case strings.HasPrefix(n, "00"):
		n = "+" + n[2:]
	case country == "":
		return ""
	default:
		n = country + strings.TrimPrefix(n, "0")
	}
	if n = strings.TrimPrefix(n, "+"); len(n) < 7 || len(n) > 15 || n[0] == '0' {
		return ""
	}
	return "+" + n
}
