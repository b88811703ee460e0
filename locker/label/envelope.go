package label

import "strings"

// The two-dimensional symbols on carriers' labels hold a message: "[)>", RS, the
// number of a format, and its fields with GS between them, up to RS and EOT.
// Source: ISO/IEC 15434; of format 01 the carriers' guides to labels.
const (
	messageStart = "[)>\x1E"
	recordEnd    = "\x1E"
)

// fromMessage takes the number of the parcel out of a message, as the text of a
// label; ok tells whether it is one, and number is empty when it holds none that
// is known.
func fromMessage(text string) (number, symbology string, ok bool) {
	rest, ok := strings.CutPrefix(text, messageStart)
	if !ok {
		return "", "", false
	}
	for record := range strings.SplitSeq(rest, recordEnd) {
		format, body, _ := strings.Cut(record, string(separator))
		switch fields := strings.Split(body, string(separator)); format {
		case "01":
			number = fromTransport(fields)
		case "05":
			number, symbology = body, "]d2" // element strings
		case "06":
			number = fromIdentified(fields)
		}
		if number != "" {
			return number, symbology, true
		}
	}
	return "", "", true
}

// fromTransport reads the number of UPS, which is spread over fields, and that of
// FedEx, behind which stands the number of a form. The fields are postal code,
// country, class of service, number, carrier, account.
func fromTransport(fields []string) string {
	if len(fields) < 6 {
		return ""
	}
	class, number, carrier, account := fields[2], fields[3], fields[4], fields[5]
	switch {
	case carrier == "UPSN" && strings.HasPrefix(number, "1Z") && len(class) == 3 && len(account) == 6:
		if whole := "1Z" + account + class[1:] + number[2:]; isUPS(whole) {
			return whole
		}
	case strings.HasPrefix(carrier, "FD") && len(number) >= 12 && digits(number) && checksFedEx12(number[:12]):
		return number[:12]
	}
	return ""
}

// fromIdentified reads fields with data identifiers: the first license plate.
func fromIdentified(fields []string) string {
	for _, field := range fields {
		if plate := licensePlate(field, ""); plate != "" {
			return plate
		}
	}
	return ""
}
