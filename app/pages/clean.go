package pages

import (
	"strings"
	"unicode"

	"cubby/app/kit"
)

// Clean is a text that somebody else has written, a shop or a customer, as it can be
// shown: on one line, without signs that turn what stands around them, and without
// pictures, for which the fonts of a panel have no drawings.
func Clean(text string) string {
	plain := strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r) || unicode.IsControl(r):
			return ' '
		case r >= 0x202A && r <= 0x202E || r >= 0x2066 && r <= 0x2069 || r == unicode.ReplacementChar:
			return -1
		}
		return r
	}, text)
	bare := strings.Join(strings.Fields(strings.Map(func(r rune) rune {
		if r >= 0x1F000 && r < 0x20000 || r >= 0x2600 && r <= 0x27BF || r == 0xFE0F || r == 0x200D {
			return -1
		}
		return r
	}, plain)), " ")
	if bare == "" {
		return strings.Join(strings.Fields(plain), " ") // better than nothing
	}
	return bare
}

// Brief is a text that has no more characters than most; the end of a longer one is
// left out.
func Brief(text string, most int) string {
	if len([]rune(text)) <= most {
		return text
	}
	for len([]rune(text)) >= most && text != "" {
		text = kit.Shorter(text)
	}
	return strings.TrimSpace(text) + "…"
}
