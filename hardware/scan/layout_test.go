package scan

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// How readers type on each layout, as on a keyboard of that country: the key, and
// what is held with it.
func sh(code uint16) []byte { return with(keyShift, code) }
func gr(code uint16) []byte { return with(keyAltGr, code) }
func gs(code uint16) []byte {
	return slices.Concat(event(eventKey, keyShift, 1), gr(code), event(eventKey, keyShift, 0))
}

func TestEveryLayoutTypesWhatCodesAndLabelsHold(t *testing.T) {
	const space = 57
	for layout, cases := range map[string]map[string][]byte{
		"us": {
			"]C1-B:z": slices.Concat(press(27), sh(46), press(2, 12), sh(48), sh(39), press(44)),
			`\~|_+%`:  slices.Concat(press(43), sh(41), sh(43), sh(12), sh(13), sh(6)),
		},
		"gb": {
			`"@#\~|`: slices.Concat(sh(3), sh(40), press(43), press(86), sh(43), sh(86)),
			"€Á":     slices.Concat(gr(5), gs(30)),
		},
		"de": {
			"]C1-B:Zy": slices.Concat(gr(10), sh(46), press(2, 53), sh(48), sh(52), sh(21), press(44)),
			`/%\+()`:   slices.Concat(sh(8), sh(6), gr(12), press(27), sh(9), sh(10)),
			"_@#?=&'*": slices.Concat(sh(53), gr(16), press(43), sh(12), sh(11), sh(7), sh(43), sh(27)),
			"{[}|<>~€": slices.Concat(gr(8), gr(9), gr(11), gr(86), press(86), sh(86), gr(27), gr(18)),
			"^`äÖßé": slices.Concat(press(41, space), sh(13), press(space), press(40), sh(39), press(12),
				press(13, 18)),
			"^1":  press(41, 2),
			"^\r": press(41, keyEnter),
		},
		"fr": {
			"]C1-B:Az":   slices.Concat(gr(12), sh(46), sh(2), press(7), sh(48), press(52), sh(16), press(17)),
			"0123456789": slices.Concat(sh(11), sh(2), sh(3), sh(4), sh(5), sh(6), sh(7), sh(8), sh(9), sh(10)),
			`qmw/%\+()`:  slices.Concat(press(30, 39, 44), sh(52), sh(40), gr(9), sh(13), press(6, 12)),
			`_.,;!?@#`:   slices.Concat(press(9), sh(51), press(50, 51, 53), sh(50), gr(11), gr(4)),
			"é~`ëê^": slices.Concat(press(3), gr(3), press(space), gr(8), press(space), sh(26), press(18),
				press(26, 18), gr(10)),
			`$*&"'<>=`: slices.Concat(press(27, 43, 2, 4, 5, 86), sh(86), press(13)),
		},
		"es": {
			"]C1-B:Zñ": slices.Concat(gr(27), sh(46), press(2, 53), sh(48), sh(52), sh(44), press(39)),
			`/%\+()_@#~`: slices.Concat(sh(8), sh(6), gr(41), press(27), sh(9), sh(10), sh(53), gr(3), gr(4), gr(5),
				press(space)),
			"[{}|áü": slices.Concat(gr(26), gr(40), gr(43), gr(2), press(40, 30), sh(40), press(22)),
		},
		"it": {`]-/:\+@_{}`: slices.Concat(gr(27), press(53), sh(8), sh(52), press(41, 27), gr(39), sh(53),
			gs(26), gs(27))},
		"pl": {"]C1-ąŁżź~": slices.Concat(press(27), sh(46), press(2, 12), gr(30), gs(38), gr(44), gr(45), sh(41),
			press(space))},
	} {
		for want, in := range cases {
			for _, size := range []int{1, 10000} {
				if got := typedOn(t, layout, false, in, size); got != want {
					t.Errorf("%s, in pieces of %d: %q, want %q", layout, size, got, want)
				}
			}
		}
	}
}

func typedOn(t *testing.T, layout string, capsLock bool, in []byte, size int) (got string) {
	t.Helper()
	k, err := NewKeys(layout, capsLock)
	if err != nil {
		t.Fatal(err)
	}
	for piece := range slices.Chunk(in, size) {
		text, lost := k.Type(piece)
		if lost {
			t.Errorf("%s: something was lost", layout)
		}
		got += string(text)
	}
	return got
}

// Every printable character of ASCII can be typed on every layout, but for those
// that the country's own keyboards have not.
func TestEveryLayoutHasAllOfASCII(t *testing.T) {
	missing := map[string]string{"it": "`~"}
	for name, l := range layouts {
		has := map[rune]bool{}
		for _, level := range l {
			for _, c := range level {
				has[c] = true
				if isDead(c) {
					has[accents[c]] = true
				}
			}
		}
		for c := ' '; c <= '~'; c++ {
			if has[c] == strings.ContainsRune(missing[name], c) {
				t.Errorf("%s: %q, can be typed: %t", name, c, has[c])
			}
		}
	}
}

func TestCapsLockTurnsLettersRoundOnEveryLayout(t *testing.T) {
	in := slices.Concat(press(46), sh(46), press(2), press(keyCapsLock), press(46), sh(46), press(2))
	for layout, want := range map[string][2]string{
		"us": {"cC1Cc1", "Cc1cC1"}, "de": {"cC1Cc1", "Cc1cC1"}, "fr": {"cC&Cc&", "Cc&cC&"}, "pl": {"cC1Cc1", "Cc1cC1"},
	} {
		for i, on := range []bool{false, true} {
			if got := typedOn(t, layout, on, in, 24); got != want[i] {
				t.Errorf("%s, caps lock on %t: %q, want %q", layout, on, got, want[i])
			}
		}
	}
	if got := typedOn(t, "de", true, slices.Concat(press(40), gr(18), gr(16)), 24); got != "Ä€@" {
		t.Errorf("letters of the country and signs: %q", got)
	}
}

func TestFNC1AndCharactersByTheirNumberOnEveryLayout(t *testing.T) {
	number := func(keys ...uint16) []byte { return with(keyAlt, keys...) }
	for _, layout := range Layouts {
		for name, c := range map[string]struct {
			in   []byte
			want string
		}{
			"Ctrl and the key of ] in the USA": {with(keyCtrl, 27), "\x1d"},
			"GS by its number":                 {number(82, 80, 73), "\x1d"},
			"65":                               {number(77, 76), "A"},
			"0093, ]":                          {number(82, 82, 73, 81), "]"},
			"0252, as Windows has it":          {number(82, 80, 76, 80), "ü"},
			"129, as the old PC had it":        {number(79, 80, 73), "ü"},
			"a number that is none":            {number(73, 73, 73), ""},
			"Alt alone":                        {number(), ""},
			"digits of the number pad":         {press(79, 80), "12"},
		} {
			if got := typedOn(t, layout, false, c.in, 24); got != c.want {
				t.Errorf("%s, %s: %q, want %q", layout, name, got, c.want)
			}
		}
	}
}

func TestALayoutNobodyKnowsIsRefusedWithAllThereAre(t *testing.T) {
	_, err := Config{Port: "evdev:x", Layout: "dvorak"}.Complete()
	if err == nil || !strings.Contains(err.Error(), `"dvorak"`) || !strings.Contains(err.Error(), fmt.Sprint(Layouts)) {
		t.Errorf("%v", err)
	}
	for _, layout := range append(Layouts, "") {
		if _, err := (Config{Port: "evdev:x", Layout: layout}).Complete(); err != nil {
			t.Errorf("%s: %v", layout, err)
		}
	}
}

// A pickup code through the whole reader, on a layout of which the machine knows
// nothing.
func TestAScanFromAFrenchReaderIsReadWhole(t *testing.T) {
	p := parser(t, Config{Port: "evdev:x", Suffix: "any", Layout: "fr"})
	// ]Q1B:AW2
	in := slices.Concat(gr(12), sh(30), sh(2), sh(48), press(52), sh(16), sh(44), sh(3), press(keyEnter, keyEnter))
	if got := parse(p, in, 24); !slices.Equal(got, []string{"]Q1B:AW2"}) {
		t.Errorf("%q", got)
	}
}
