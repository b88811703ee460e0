package label

import "strings"

// A form is a way in which a carrier or a symbology writes more around a number
// than a shop is told of it.
type form struct {
	name, source string
	// certain: all texts with the same number inside stand for one parcel. The
	// form then has a check digit of its own, or a length and marks no other has.
	// The other forms only tell what a text may stand for besides itself.
	certain bool
	number  func(text, symbology string) string // the number inside; empty when the text has not this form
}

// forms is the one table of them. Texts that begin with application identifiers
// are read in gs1.go, postal numbers and those of UPS in check.go.
var forms = []form{
	{"FedEx, 34 digits: the number at the end, behind two zeros",
		"FedEx, pages.message.fedex.com/barcodescan_home (from position 21) and announcement FDX1D, 2024",
		true, fedex34},
	{"FedEx Ground \"96\", 22 digits: the last 15",
		"FedEx Ground Label Layout Specification, page 8", true, fedex22},
	{"FedEx, two zeros before 12 digits",
		"darkain/php-tracking-urls, issue 4: FedEx itself drops them", true, fedexZeros},
	{"FedEx ASTRA, 32 digits: digits 17 to 28",
		"FedEx ASTRA label: \"positions 17 through 28 of the 32-character barcode\"", false, fedex32},
	{"FedEx Ground Economy: 20 digits of which the symbol has 22",
		"jkeen/tracking_number_data: IMpb that is printed without its \"92\"", false, fedexEconomy},
	{"Codabar: start and stop letters are the symbol's",
		"EN 798; AIM BC3", true, codabarSymbol},
	{"the same from a reader that does not name the symbology",
		"EN 798; AIM BC3", false, codabarText},
	{"Interleaved 2 of 5: a zero before an odd number of digits",
		"ISO/IEC 16390: the symbol has an even number", false, interleaved},
	{"one check digit more than is printed, as on parcels in the Czech Republic",
		"Salamek/PplMyApi, Package::getPackageNumberChecksum and issue 45 (a zero instead)", false, checkDigitMore},
	{"ISO 15459 license plate with its data identifier J, or 1J to 6J",
		"ISO/IEC 15459-1; ANSI MH10.8.2", false, licensePlate},
	{"DPD, 28 characters: %, postal code, number (14), service, country",
		"DPD, DPDAPPD 4.0.2, illustrations 2 and 7, as zint cites it", true, dpd28},
	{"the same with the check character that is printed instead of %",
		"DPD, DPDAPPD 4.0.2; ISO/IEC 7064, mod 37,36", true, dpdPrinted},
	{"the same without either",
		"zint, symbology DPD: the reader drops %", false, dpd27},
	{"a number of DPD with its check character",
		"DPD, DPDAPPD 4.0.2; ISO/IEC 7064, mod 37,36", false, dpd15},
}

// standsFor lists the numbers a text may stand for, by its forms: those of
// certain forms, and the others.
func standsFor(text, symbology string) (certain, others []string) {
	for _, f := range forms {
		if number := f.number(text, symbology); number != "" && f.certain {
			certain = append(certain, number)
		} else if number != "" {
			others = append(others, number)
		}
	}
	return certain, others
}

func fedex34(s, _ string) string {
	if len(s) != 34 || !digits(s) || s[0] == '9' && s[1] != '6' || s[20:22] != "00" || s[22] == '0' ||
		!checksFedEx14(s[20:]) {
		return ""
	}
	return s[22:]
}

func fedex22(s, _ string) string {
	if len(s) != 22 || !digits(s) || !strings.HasPrefix(s, "96") || !checksGS1(s[7:]) {
		return ""
	}
	return s[7:]
}

func fedexZeros(s, _ string) string {
	if len(s) != 14 || !digits(s) || s[:2] != "00" || s[2] == '0' || !checksFedEx12(s[2:]) {
		return ""
	}
	return s[2:]
}

func fedex32(s, _ string) string {
	if len(s) != 32 || !digits(s) || s[16] == '0' || !checksFedEx12(s[16:28]) {
		return ""
	}
	return s[16:28]
}

func fedexEconomy(s, _ string) string {
	if len(s) != 22 || !digits(s) || s[:2] != "92" || !checksGS1(s) {
		return ""
	}
	return s[2:]
}

// codabarSymbol takes off the letters a reader has passed on: A to D, or by
// older names T, N, * and E.
func codabarSymbol(s, symbology string) string {
	if !strings.HasPrefix(symbology, "]F") || len(s) < 3 || !codabarEnd(s[0]) || !codabarEnd(s[len(s)-1]) ||
		!codabarInside(s[1:len(s)-1]) {
		return ""
	}
	return s[1 : len(s)-1]
}

// codabarText is careful: a shop may number its parcels A1B.
func codabarText(s, symbology string) string {
	const least = 6 // digits
	if strings.HasPrefix(symbology, "]F") || len(s) < least+2 || strings.IndexByte("ABCDabcd", s[0]) < 0 ||
		strings.IndexByte("ABCDabcd", s[len(s)-1]) < 0 || !digits(s[1:len(s)-1]) {
		return ""
	}
	return s[1 : len(s)-1]
}

func codabarEnd(c byte) bool { return strings.IndexByte("ABCDTN*Eabcdtne", c) >= 0 }

func codabarInside(s string) bool { return s != "" && strings.Trim(s, "0123456789-$:/.+") == "" }

func interleaved(s, symbology string) string {
	if !strings.HasPrefix(symbology, "]I") || !digits(s) || len(s) < 8 || s[0] != '0' {
		return ""
	}
	return s[1:]
}

func checkDigitMore(s, _ string) string {
	if len(s) != 12 || !digits(s) || s[11] != '0' && !checksGS1(s) {
		return ""
	}
	return s[:11]
}

func licensePlate(s, _ string) string {
	const least, most = 10, 35
	_, plate, ok := strings.Cut(s, "J")
	if !ok || len(s)-len(plate) > 2 || len(s)-len(plate) == 2 && (s[0] < '1' || s[0] > '6') {
		return ""
	}
	if len(plate) < least || len(plate) > most || !capitals(plate) {
		return ""
	}
	return plate
}

func dpd28(s, _ string) string {
	if len(s) != 28 || s[0] != '%' {
		return ""
	}
	return dpd27(s[1:], "")
}

func dpdPrinted(s, _ string) string {
	if len(s) != 28 || !capitals(s) || checkMod3736(s[:27]) != s[27] {
		return ""
	}
	return dpd27(s[:27], "")
}

func dpd27(s, _ string) string {
	if len(s) != 27 || !capitals(s[:21]) || !digits(s[21:]) {
		return ""
	}
	return s[7:21]
}

func dpd15(s, _ string) string {
	if len(s) != 15 || !capitals(s) || checkMod3736(s[:14]) != s[14] {
		return ""
	}
	return s[:14]
}

// capitals reports whether s has nothing but digits and capital letters.
func capitals(s string) bool {
	for i := range len(s) {
		if c := s[i]; (c < '0' || c > '9') && (c < 'A' || c > 'Z') {
			return false
		}
	}
	return s != ""
}
