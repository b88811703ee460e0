package secret

import (
	"bytes"

	"cubby/locker"
)

// maxLabel bounds what can be a label, in bytes.
const maxLabel = 64

// Recognise turns what a scanner read into a command that carries no secret.
// Anything may come in: other people's codes, control characters, 512 bytes of
// noise. Only exact forms are recognised, never a part or a variant of one.
func (k *Keys) Recognise(data []byte) locker.Present {
	data = bytes.TrimRight(data, "\r\n\t ")
	switch {
	case isCode(data):
		return locker.Present{CodeHash: k.mac(k.code, string(data)), Label: string(data), Presented: "code"}
	case bytes.HasPrefix(data, []byte(badgePrefix)) && isCode(data[len(badgePrefix):]):
		return locker.Present{BadgeHash: k.mac(k.badge, string(data)), Label: string(data), Presented: "badge"}
	case isLabel(data):
		return locker.Present{Label: string(data), Presented: "label"}
	}
	return locker.Present{Presented: "unreadable"}
}

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

func isLabel(b []byte) bool {
	if len(b) < 1 || len(b) > maxLabel {
		return false
	}
	for _, c := range b {
		if c <= ' ' || c > '~' {
			return false
		}
	}
	return true
}
