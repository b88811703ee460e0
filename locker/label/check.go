package label

import "strings"

func digits(s string) bool {
	return s != "" && strings.Trim(s, "0123456789") == ""
}

// compact takes out the spaces people and printers put between groups.
func compact(s string) string { return strings.ReplaceAll(s, " ", "") }

// checksGS1 reports whether the last digit is the GS1 check digit of the
// others: weights 3 and 1 in turn from the right, up to the next ten. It is the
// same for GTIN, SSCC, location numbers and the numbers of the US mail.
func checksGS1(s string) bool {
	if len(s) < 2 || !digits(s) {
		return false
	}
	sum := 0
	for i := range len(s) {
		weight := 1
		if (len(s)-i)%2 == 0 {
			weight = 3
		}
		sum += weight * int(s[i]-'0')
	}
	return sum%10 == 0
}

func isGTINLength(n int) bool { return n == 8 || n >= 12 && n <= 14 }

// isS10 reports the form of a postal item's number: service, nine digits of
// which the last is the check digit, country.
func isS10(s string) bool {
	if len(s) != 13 || !digits(s[2:11]) {
		return false
	}
	return strings.Trim(strings.ToUpper(s[:2]+s[11:]), "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == ""
}

// checksS10 follows UPU S10: weights 8 6 4 2 3 5 9 7, eleven less the rest of
// the division by eleven; ten stands for 0 and eleven for 5.
func checksS10(s string) bool {
	sum := 0
	for i, weight := range [...]int{8, 6, 4, 2, 3, 5, 9, 7} {
		sum += weight * int(s[2+i]-'0')
	}
	check := 11 - sum%11
	switch check {
	case 10:
		check = 0
	case 11:
		check = 5
	}
	return int(s[10]-'0') == check
}

// isUPS reports the form 1Z and 16 letters and digits, the last a digit.
func isUPS(s string) bool {
	if len(s) != 18 || !strings.HasPrefix(s, "1Z") || s[17] < '0' || s[17] > '9' {
		return false
	}
	return strings.Trim(s[2:], "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789") == ""
}

// checksUPS counts letters as digits (A is 2, H is 9, I is 0) and doubles every
// second of the 15 before the check digit.
func checksUPS(s string) bool {
	sum := 0
	for i, c := range s[2:17] {
		n := int(c - '0')
		if c >= 'A' {
			n = int(c-'?') % 10
		}
		sum += n * (1 + i%2)
	}
	return int(s[17]-'0') == (10-sum%10)%10
}

// checksFedEx12 and checksFedEx14 hold a number against its last digit: weights
// 1 3 7 in turn from the right, the rest of the division by eleven, of which ten
// stands for 0. Source: jkeen/tracking_number_data, fedex.json.
func checksFedEx12(s string) bool { return checksFedEx(s, 12) }
func checksFedEx14(s string) bool { return checksFedEx(s, 14) }

func checksFedEx(s string, length int) bool {
	if len(s) != length {
		return false
	}
	sum := 0
	for i := range length - 1 {
		sum += [...]int{1, 3, 7}[(length-2-i)%3] * int(s[i]-'0')
	}
	return sum%11%10 == int(s[length-1]-'0')
}

// checkMod3736 is the check character of ISO/IEC 7064, mod 37,36, of digits and
// capital letters.
func checkMod3736(s string) byte {
	const alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	p := 36
	for i := range len(s) {
		if p += strings.IndexByte(alphabet, s[i]); p > 36 {
			p -= 36
		}
		if p *= 2; p >= 37 {
			p -= 37
		}
	}
	return alphabet[(37-p)%36]
}

// IsGTIN reports whether a text is the number of an article (GTIN-8, 12, 13 or 14) with
// its right check digit.
func IsGTIN(s string) bool { return isGTINLength(len(s)) && checksGS1(s) }
