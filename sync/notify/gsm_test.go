package notify

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestAnSMSHasSoManyParts(t *testing.T) {
	times := strings.Repeat
	for _, c := range []struct {
		name, text string
		want       int
	}{
		{"nothing", "", 0},
		{"160 of the alphabet", times("a", 160), 1},
		{"one more", times("a", 161), 2},
		{"two full parts", times("a", 306), 2},
		{"one more than two full parts", times("a", 307), 3},
		{"80 characters that count two", times("€", 80), 1},
		{"one more of them", times("€", 81), 2},
		{"two parts of 76 that count two each", times("€", 152), 2},
		{"and one more, for 153 places hold 76 of them", times("€", 153), 3},
		{"a character of two places at the end of a part", times("a", 152) + "€" + times("a", 152), 3},
		{"the same one place earlier", times("a", 151) + "€" + times("a", 153), 2},
		{"70 Chinese characters", times("中", 70), 1},
		{"one more", times("中", 71), 2},
		{"two full parts of 67", times("中", 134), 2},
		{"one more", times("中", 135), 3},
		{"an emoji as the 69th and 70th unit", times("a", 68) + "😀", 1},
		{"an emoji as the 70th and 71st", times("a", 69) + "😀", 2},
		{"surrogate pairs that would lie in two parts", times("中", 66) + "😀" + times("中", 66), 3},
		{"one typographic apostrophe in 71", times("a", 70) + "’", 2},
		{"ç, which is not in the alphabet", times("a", 70) + "ç", 2},
		{"ł, which is not either", times("a", 70) + "ł", 2},
		{"Ç, which is", times("a", 70) + "Ç", 1},
		{"Ä, which is", times("a", 159) + "Ä", 1},
		{"the extension table", times("a", 142) + `^{}\[~]|€`, 1},
		{"and one place more", times("a", 143) + `^{}\[~]|€`, 2},
		{"bytes that are no text count as a character", "\xff", 1},
	} {
		if got := Parts(c.text); got != c.want {
			t.Errorf("%s: %d parts, not %d", c.name, got, c.want)
		}
	}
}

// A part is never longer than it may be, and a character never lies in two.
func TestPartsAreThoseOfAnHonestSplit(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringOfN(rapid.RuneFrom([]rune("aÇ€[中😀\n")), 0, 500, -1).Draw(t, "text")
		width, whole, part := gsmWidth, 160, 153
		if strings.ContainsAny(text, "中😀") {
			width, whole, part = unitWidth, 70, 67
		}
		all, parts, room := 0, 0, 0
		for _, r := range text {
			all += width(r)
			if room < width(r) {
				parts, room = parts+1, part
			}
			room -= width(r)
		}
		if all <= whole {
			parts = min(parts, 1)
		}
		if got := Parts(text); got != parts {
			t.Fatalf("%d parts, an honest split has %d", got, parts)
		}
	})
}

func TestTypographyIsWrittenPlainlyWhereThatMakesAnSMSShorter(t *testing.T) {
	if got := fitSMS("Ann’s parcel – “here”…"); got != `Ann's parcel - "here"...` {
		t.Errorf("it is written %q", got)
	}
	if got := fitSMS("小安’s"); Parts(got) != 1 {
		t.Errorf("it is written %q", got)
	}
}
