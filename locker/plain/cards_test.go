package plain

import (
	"strings"
	"testing"
)

// The numbers are those that payment services publish for tests; none is anybody's.
func TestCardNumbersInFreeText(t *testing.T) {
	for name, c := range map[string]struct {
		text string
		card bool
	}{
		"Visa":                              {"4111111111111111", true},
		"Visa in groups":                    {"paid with 4111 1111 1111 1111, thanks", true},
		"Visa with hyphens":                 {"4111-1111-1111-1111", true},
		"Visa in odd groups":                {"41 11111 111 111111", true},
		"Visa of 13 digits":                 {"4222222222222", true},
		"Visa of 19 digits":                 {"4000000000000000006", true},
		"Mastercard":                        {"5555555555554444", true},
		"Mastercard, second series":         {"2223003122003222", true},
		"its first":                         {"2221000000000009", true},
		"below it":                          {"2220990000000004", false},
		"American Express":                  {"378282246310005", true},
		"American Express in its groups":    {"3782 822463 10005", true},
		"Discover":                          {"6011111111111117", true},
		"JCB":                               {"3530111333300000", true},
		"Diners Club":                       {"30569309025904", true},
		"Diners Club 38":                    {"38520000023237", true},
		"UnionPay":                          {"6200000000000005", true},
		"Maestro":                           {"6759649826438453", true},
		"Maestro of 12 digits":              {"501800000009", true},
		"Mir":                               {"2200000000000004", true},
		"Mir, its last range":               {"2204000000000000", true},
		"behind Mir":                        {"2205000000000009", false},
		"RuPay":                             {"6069850000000003", true},
		"Dankort":                           {"5019717010103742", true},
		"Troy":                              {"9792000000000003", true},
		"full width":                        {"４１１１１１１１１１１１１１１１", true},
		"Arabic digits":                     {"٤١١١١١١١١١١١١١١١", true},
		"no-break spaces":                   {"4111\u00a01111\u00a01111\u00a01111", true},
		"behind another number":             {"door 12 4111 1111 1111 1111", true},
		"the stripe of a card":              {";4111111111111111=30122010000012300000?", true},
		"a letter before it":                {"x4111111111111111y", true},
		"one digit wrong":                   {"4111111111111112", false},
		"one digit more":                    {"41111111111111110", false},
		"within a longer number":            {"00411111111111111100", false},
		"an issuer's range, another length": {"378282246310", false},
		"no issuer's range":                 {"9999999999999995", false},
		"a telephone":                       {"+4222222222222", false},
		"a telephone in groups":             {"+42 2222 222 2222", false},
		"two spaces part numbers":           {"4111  1111  1111  1111", false},
		"words":                             {"the door sticks", false},
		"nothing":                           {"", false},
	} {
		if got := HasCard(c.text); got != c.card {
			t.Errorf("%s (%q): %t", name, c.text, got)
		}
	}
}

func TestCardNumbersInOrdersAndLabels(t *testing.T) {
	for text, card := range map[string]bool{
		"4111 1111 1111 1111":       true,
		"4111-1111-1111-1111":       true,
		"SO 4111 1111 1111 1111":    true,
		"3782 822463 10005":         true,
		"3056 930902 5904":          true,
		"4000 0000 0000 0000 006":   true,
		"4111111111111111":          false, // an order's own number may look so
		"SO-4111111111111111":       false,
		"41 1111 1111 1111 11":      false,
		"4111 1111 1111 1112":       false,
		"2024-1111-2222-3333":       false,
		"1Z999AA10123456784":        false,
		"RR 123 456 785 GB":         false,
		"340123450000000017":        false,
		strings.Repeat("1234 ", 12): false,
	} {
		if got := HasPrintedCard(text); got != card {
			t.Errorf("%q: %t", text, got)
		}
	}
}

func TestEveryIssuersRangeIsWritten(t *testing.T) {
	for _, i := range issuers {
		for _, r := range i.ranges {
			if len(r.low) != len(r.high) || r.low > r.high || i.minLength > i.maxLength || i.maxLength > longestCard {
				t.Errorf("%s: %+v", i.name, r)
			}
		}
	}
}
