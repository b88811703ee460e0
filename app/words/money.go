package words

import (
	"strconv"
	"strings"

	"cubby/locker/view"
)

// Money writes an amount.
func Money(_ Speaker, m view.Money) string {
	digits, sign := strconv.FormatInt(m.Minor, 10), ""
	if m.Minor < 0 {
		digits, sign = digits[1:], "-"
	}
	if n := minor(m.Currency); n > 0 {
		if len(digits) <= n {
			digits = strings.Repeat("0", n+1-len(digits)) + digits
		}
		digits = digits[:len(digits)-n] + "." + digits[len(digits)-n:]
	}
	return strings.TrimSpace(sign + digits + " " + m.Currency)
}

// minor is how many digits the minor unit of a currency has, by ISO 4217.
func minor(currency string) int {
	switch currency {
	case "JPY", "KRW", "VND", "CLP", "ISK":
		return 0
	case "KWD", "BHD", "OMR", "JOD", "TND":
		return 3
	}
	return 2
}
