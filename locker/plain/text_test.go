package plain

import (
	"strings"
	"testing"
)

func TestTextsForPeople(t *testing.T) {
	for name, c := range map[string]struct {
		text string
		ok   bool
	}{
		"plain":                               {"A. Example", true},
		"Chinese at the bound":                {strings.Repeat("字", 20), true},
		"one more":                            {strings.Repeat("字", 21), false},
		"pictures beyond the first plane":     {strings.Repeat("📦", 20), true},
		"letters with marks":                  {"Zoë Ñandú", true},
		"spaces of all widths":                {"a\u00a0b\u2009c\u3000d", true},
		"Arabic without marks":                {"محمد علی", true},
		"Persian with a non-joiner":           {"می\u200cخواهم", true},
		"Latin with a Persian ending":         {"PDF\u200cها", true},
		"an Indian letter that ends joined":   {"ന്\u200d", true},
		"a family":                            {"👩\u200d👩\u200d👧", true},
		"a heart with its variant":            {"❤\ufe0f", true},
		"a Japanese name with its variant":    {"葛\U000e0100城", true},
		"an Arabic number sign":               {"\u0600٤", true},
		"a joiner between Latin letters":      {"pay\u200dpal", false},
		"a joiner in front":                   {"\u200dم", false},
		"two joiners":                         {"م\u200d\u200dم", false},
		"a joiner at the end of Latin":        {"abc\u200c", false},
		"NUL":                                 {"a\x00b", false},
		"a line break":                        {"a\nb", false},
		"delete":                              {"a\x7fb", false},
		"C1, next line":                       {"a\u0085b", false},
		"C1, the start of a terminal's order": {"a\u009bb", false},
		"C1, first":                           {"a\u0080b", false},
		"C1, last":                            {"a\u009fb", false},
		"right-to-left override":              {"a\u202eb", false},
		"embedding":                           {"a\u202ab", false},
		"isolate":                             {"a\u2066b", false},
		"end of isolate":                      {"a\u2069b", false},
		"left-to-right mark":                  {"a\u200eb", false},
		"right-to-left mark":                  {"a\u200fb", false},
		"Arabic letter mark":                  {"a\u061cb", false},
		"zero width space":                    {"a\u200bb", false},
		"word joiner":                         {"a\u2060b", false},
		"byte order mark inside":              {"a\ufeffb", false},
		"soft hyphen":                         {"a\u00adb", false},
		"line separator":                      {"a\u2028b", false},
		"paragraph separator":                 {"a\u2029b", false},
		"combining grapheme joiner":           {"a\u034fb", false},
		"Hangul filler":                       {"\u3164", false},
		"tag letters":                         {"a\U000e0041", false},
		"interlinear annotation":              {"a\ufff9b", false},
		"no character at all":                 {"a\uffffb", false},
		"no UTF-8":                            {"a\xff", false},
		"nothing":                             {"", false},
		"spaces only":                         {" \u3000 ", false},
	} {
		if got := Text(c.text, 1, 20); got != c.ok {
			t.Errorf("%s (%q): %t", name, c.text, got)
		}
	}
	if !Text("", 0, 5) {
		t.Error("an optional text may be empty")
	}
}
