package secret

import (
	"bytes"
	"encoding/hex"

	"cubby/locker/label"
	"cubby/locker/plain"
	"cubby/locker/visit"
)

// Recognise turns what a scanner read into a command that carries no secret.
// Anything may come in: other people's codes, control characters, 512 bytes of
// noise. Only exact forms are recognised, never a part or a variant of one; a
// label has many, and package label knows them.
//
// A token is held against of, the station's centre.
func (k *Keys) Recognise(data []byte, of Centre) visit.Present {
	data = bytes.TrimRight(data, "\r\n\t ")
	switch {
	case isToken(data):
		return ofToken(string(data), of)
	case isCode(data):
		return visit.Present{CodeHash: k.mac(k.code, string(data)), Label: string(data), Presented: "code"}
	case isMember(data):
		return visit.Present{CodeHash: k.mac(k.code, string(data[len(MemberPrefix):])), Presented: "member"}
	case isLive(data):
		code, digits := string(data[:codeLength]), string(data[codeLength+1:])
		return visit.Present{CodeHash: k.mac(k.code, code), Label: string(data), Presented: "code",
			Rotating: &visit.Tail{Key: k.tailKey(code), Digits: digits}}
	case bytes.HasPrefix(data, []byte(badgePrefix)) && isCode(data[len(badgePrefix):]):
		return visit.Present{BadgeHash: k.mac(k.badge, string(data)), Label: string(data), Presented: "badge"}
	}
	text := label.Bare(string(data))
	p := visit.Present{Presented: "unreadable", CardNumber: plain.HasPrintedCard(text)}
	if !p.CardNumber && plain.Text(text, 1, longestText) {
		p.Text = text
	}
	switch {
	case label.IsMisread(text):
		p.Label, p.Presented = text, "misread"
	case len(label.Keys(text)) > 0:
		p.Label, p.Presented = text, "label"
	}
	return p
}

// longestText bounds what may name an order or a thing, in characters.
const longestText = 300

// isMember reports whether a scan has the form of a member's QR code. A code alone is
// not known as one, and the other way round.
func isMember(data []byte) bool {
	return bytes.HasPrefix(data, []byte(MemberPrefix)) && isCode(data[len(MemberPrefix):])
}

// IsSecret reports whether a scan has the form of a code, of a token, of a badge or of a
// member's QR code.
func IsSecret(data []byte) bool {
	data = bytes.TrimRight(data, "\r\n\t ")
	return isToken(data) || isMember(data) || isLive(data) || isCode(bytes.TrimPrefix(data, []byte(badgePrefix)))
}

// isLive reports whether a scan is a code with a tail that changes.
func isLive(data []byte) bool {
	return len(data) == codeLength+1+tailLength && isCode(data[:codeLength]) && data[codeLength] == '.' &&
		len(bytes.Trim(data[codeLength+1:], "0123456789")) == 0
}

// tailLength is how many digits a tail has.
const tailLength = 6

func isCode(b []byte) bool {
	if len(b) != codeLength {
		return false
	}
	for _, c := range b {
		if !(c >= 'A' && c <= 'Z' || c >= '2' && c <= '7') {
			return false
		}
	}
	return true
}

// HashCard returns the hash a card is kept as; empty for none. Its UID is short
// and can be copied: it is keyed like a badge, and worth less.
func (k *Keys) HashCard(uid []byte) string {
	if len(uid) == 0 {
		return ""
	}
	return k.mac(k.badge, "card:"+hex.EncodeToString(uid)) // a badge begins with "B:"
}
