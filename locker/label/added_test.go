package label

import (
	"fmt"
	"slices"
	"testing"
)

func TestWhatReadersAndMakersAddIsTakenOff(t *testing.T) {
	for _, c := range []struct{ name, raw, text, symbology string }{
		{"nothing", "TEXT", "TEXT", ""},
		{"a symbology identifier", "]Q1TEXT", "TEXT", "]Q1"},
		{"the mark of UTF-8 with its identifier", `]Q2\000026TEXT`, "TEXT", "]Q2"},
		{"the mark of UTF-8 alone", `\000026TEXT`, "TEXT", ""},
		{"the mark of ISO 8859-1", `\000003TEXT`, "TEXT", ""},
		{"the mark of GB 18030", `\000029TEXT`, "TEXT", ""},
		{"a mark in the middle", `]d4A\000026B\000003C`, "ABC", "]d4"},
		{"a mark where the identifier denies it", `]Q1\000026TEXT`, "TEXT", "]Q1"},
		{"a doubled backslash behind a mark", `\000026A\\B`, `A\B`, ""},
		{"a doubled backslash that the identifier tells of", `]Q2A\\B`, `A\B`, "]Q2"},
		{"a doubled backslash without a mark", `A\\B`, `A\\B`, ""},
		{"a doubled backslash whose identifier has no marks", `]Q1A\\B`, `A\\B`, "]Q1"},
		{"a single backslash where it should be doubled", `]Q2A\B`, `A\B`, "]Q2"},
		{"a backslash at the end", `]Q2AB\`, `AB\`, "]Q2"},
		{"five digits behind a backslash", `\00002TEXT`, `\00002TEXT`, ""},
		{"digits that are data", `]Q2A\\000026`, `A\000026`, "]Q2"},
		{"a byte order mark", "\ufeffTEXT", "TEXT", ""},
		{"a byte order mark behind identifier and mark", "]Q2\\000026\ufeffTEXT", "TEXT", "]Q2"},
		{"a byte order mark before the identifier", "\ufeff]Q1TEXT", "TEXT", "]Q1"},
		{"a byte order mark read as three letters", "\u00ef\u00bb\u00bfTEXT", "TEXT", ""},
		{"STX and ETX", "\x02TEXT\x03", "TEXT", ""},
		{"SOH and EOT", "\x01TEXT\x04", "TEXT", ""},
		{"all four", "\x01\x02]C1TEXT\x03\x04", "TEXT", "]C1"},
		{"framing inside the identifier", "]C0\x02TEXT\x03", "TEXT", "]C0"},
		{"framing and suffix", "\x02TEXT\x03\r\n", "TEXT", ""},
		{"a suffix inside the framing", "\x02TEXT\r\x03", "TEXT", ""},
		{"doubled suffixes", "TEXT\r\n\r\n", "TEXT", ""},
		{"a double tab", "TEXT\t\t", "TEXT", ""},
		{"all suffixes", "TEXT\r\n\t\r", "TEXT", ""},
		{"FNC1 in front stays", "\x02\x1d0112\x03", "\x1d0112", ""},
		{"control characters in the middle stay", "A\x03B\r\nC", "A\x03B\r\nC", ""},
		{"nothing but what was added", "\x02]Q2\\000026\ufeff\x03\r\n", "", "]Q2"},
	} {
		text, symbology := Strip([]byte(c.raw), nil)
		if string(text) != c.text || symbology != c.symbology {
			t.Errorf("%s: %q gives %q, %q", c.name, c.raw, text, symbology)
		}
	}
}

func TestEachPieceIsDecodedByItsMark(t *testing.T) {
	decode := func(eci int, part []byte) []byte {
		if len(part) == 0 {
			return nil
		}
		return fmt.Appendf(nil, "<%d %s>", eci, part)
	}
	for raw, want := range map[string]string{
		"TEXT": "<-1 TEXT>", `]Q2A\000029B\\\000026C`: `<-1 A><29 B\><26 C>`, `\000003A`: "<3 A>",
	} {
		if text, _ := Strip([]byte(raw), decode); string(text) != want {
			t.Errorf("%q: %q, want %q", raw, text, want)
		}
	}
}

func TestEverySymbologyIsKnown(t *testing.T) {
	for _, letter := range "ABCDEFGHIKLMNOPQRSTUXZcdeghopsvz" { // ISO/IEC 15424, and those of newer symbologies
		if Identifier("]"+string(letter)+"0") == "" {
			switch letter {
			case 'O':
				continue // begins with 4
			}
			t.Errorf("]%c0 is not known", letter)
		}
	}
	for symbology := range followsECI {
		if Identifier(symbology) != symbology {
			t.Errorf("%s follows the protocol and is not known", symbology)
		}
	}
}

func TestALabelIsTheSameWithAllThatIsAddedToIt(t *testing.T) {
	for _, number := range []string{sscc, s10, brown, "JJD000390007882823426", "C1001", "123456789"} {
		for _, added := range []string{
			"]Q2\\000026%s", "\\000026%s", "\ufeff%s", "\x02%s\x03", "%s\r\n\r\n", "]X0%s", "\x01%s\x04\t\t",
			"]d4\\000003\ufeff%s",
		} {
			text := fmt.Sprintf(added, number)
			if Key(text) != Key(number) || !slices.Equal(Keys(text), Keys(number)) {
				t.Errorf("%q has the keys %q, want %q", text, Keys(text), Keys(number))
			}
			if Bare(text) != number {
				t.Errorf("%q is bare %q", text, Bare(text))
			}
		}
	}
	if got := Bare("\x02]C100" + sscc + "\x03"); got != "]C100"+sscc {
		t.Errorf("how it is to be read was lost: %q", got)
	}
}
