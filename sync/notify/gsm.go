package notify

import (
	"strings"
	"unicode/utf16"
)

// Length of SMS, as 3GPP TS 23.038 has it: 160 characters of the GSM alphabet or 70 UTF-16
// units; where they go in several parts, 153 and 67 in each. Characters of the extension
// table take two places, and neither they nor a surrogate pair lie in two parts.

const gsmBasic = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡" +
	"ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"

const gsmExtension = "\f^{}\\[~]|€"

// gsmWidth is how many places a character takes in the GSM alphabet; 0: it has none.
func gsmWidth(r rune) int {
	switch {
	case strings.ContainsRune(gsmBasic, r):
		return 1
	case strings.ContainsRune(gsmExtension, r):
		return 2
	}
	return 0
}

func unitWidth(r rune) int { return utf16.RuneLen(r) }

// Parts is in how many parts an SMS with this text is sent; 0 for an empty one.
func Parts(text string) int {
	text = strings.ToValidUTF8(text, "\ufffd")
	width, whole, part := gsmWidth, 160, 153
	for _, r := range text {
		if gsmWidth(r) == 0 {
			width, whole, part = unitWidth, 70, 67
			break
		}
	}
	all, parts, filled := 0, 0, part
	for _, r := range text {
		w := width(r)
		all += w
		if filled+w > part {
			parts, filled = parts+1, 0
		}
		filled += w
	}
	if all > 0 && all <= whole {
		return 1
	}
	return parts
}

// One of these makes a whole text UCS-2, and their likes in the GSM alphabet say the same.
var gsmLikes = strings.NewReplacer("’", "'", "‘", "'", "“", `"`, "”", `"`, "–", "-", "—", "-", "…", "...",
	"\u00a0", " ", "\u202f", " ", "\u2009", " ", "•", "-")

// fitSMS writes typographic characters plainly where the whole text becomes shorter by it.
func fitSMS(text string) string {
	if plain := gsmLikes.Replace(text); Parts(plain) <= Parts(text) {
		return plain
	}
	return text
}
