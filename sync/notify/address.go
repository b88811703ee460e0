package notify

import (
	"errors"
	"net/mail"
	"strings"
	"unicode"
)

// CheckEmail refuses what is not one plain address of a mailbox. What it lets pass is
// safe in a header and as an SMTP argument.
func CheckEmail(address string) error {
	bad := errors.New("not an e-mail address such as ann@example.org")
	if len(address) > 254 || strings.ContainsFunc(address, func(r rune) bool {
		return r <= ' ' || r == unicode.ReplacementChar || !unicode.IsPrint(r) ||
			strings.ContainsRune(`<>()[],;:\"`, r)
	}) {
		return bad
	}
	read, err := mail.ParseAddress(address)
	if err != nil || read.Name != "" || read.Address != address {
		return bad
	}
	local, domain, _ := strings.Cut(address, "@")
	if len(local) > 64 || strings.Contains(domain, "@") {
		return bad
	}
	for part := range strings.SplitSeq(domain, ".") {
		if part == "" || strings.HasPrefix(part, "-") || strings.HasSuffix(part, "-") {
			return bad
		}
	}
	return nil
}

// sameEmail is one spelling of an address, to tell persons apart.
func sameEmail(address string) string { return strings.ToLower(address) }

// phoneNumber writes a number as +, country and digits (E.164), or says that it cannot:
// a number without a country goes with that of the operator, such as "+49".
func phoneNumber(text, country string) (string, error) {
	var digits strings.Builder
	for i, r := range strings.TrimSpace(text) {
		switch {
		case r >= '0' && r <= '9', r == '+' && i == 0:
			digits.WriteRune(r)
		case !strings.ContainsRune(" -./()\u00a0", r):
			return "", errors.New("not a telephone number")
		}
	}
	n := digits.String()
	switch {
	case strings.HasPrefix(n, "+"):
	case strings.HasPrefix(n, "00"):
		n = "+" + n[2:]
	case country == "":
		return "", errors.New("a telephone number without a country")
	default:
		n = country + strings.TrimPrefix(n, "0")
	}
	if n = strings.TrimPrefix(n, "+"); len(n) < 7 || len(n) > 15 || n[0] == '0' {
		return "", errors.New("not a telephone number")
	}
	return "+" + n, nil
}
