package label

import "testing"

func TestSymbologyIdentifiersAreKnownByTheirThreeCharacters(t *testing.T) {
	for _, c := range []struct {
		text, want string
		gs1        bool
	}{
		{"]Q0A", "]Q0", false}, {"]Q1A", "]Q1", false}, {"]Q2A", "]Q2", false}, {"]Q3A", "]Q3", true},
		{"]Q4A", "]Q4", true}, {"]Q5A", "]Q5", false},
		{"]C0A", "]C0", false}, {"]C1A", "]C1", true}, {"]C2A", "]C2", false},
		{"]d1A", "]d1", false}, {"]d2A", "]d2", true}, {"]d5A", "]d5", true},
		{"]E0A", "]E0", false}, {"]E4A", "]E4", false}, {"]e0A", "]e0", true}, {"]L2A", "]L2", false},
		{"]A0A", "]A0", false}, {"]z0A", "]z0", false}, {"]I0A", "]I0", false},
		{"]Q9A", "", false}, {"]y1A", "", false}, {"]Q", "", false}, {"Q1A", "", false}, {"", "", false},
		{"A]Q1", "", false},
	} {
		if got := Identifier(c.text); got != c.want || MarksGS1(got) != c.gs1 {
			t.Errorf("%q: %q, GS1 %t", c.text, got, MarksGS1(got))
		}
	}
}
