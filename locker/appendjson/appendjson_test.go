package appendjson

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestEveryStringReadsBackAsItWas(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := rapid.OneOf(rapid.String(),
			rapid.Map(rapid.SliceOf(rapid.Byte()), func(b []byte) string { return string(b) })).Draw(t, "text")
		var got string
		if err := json.Unmarshal(String(nil, want), &got); err != nil {
			t.Fatal(err)
		}
		if want = strings.Join(runes(want), ""); got != want {
			t.Fatalf("%q became %q", want, got)
		}
	})
}

// runes are the characters of s, each broken byte one replacement character.
func runes(s string) (all []string) {
	for _, r := range s {
		all = append(all, string(r))
	}
	return all
}

func TestWhatIsNotThereIsLeftOut(t *testing.T) {
	b := Optional(nil, `,"a":`, "")
	b = Flag(b, `,"b":true`, false)
	b = Time(b, `,"c":`, nil)
	if len(b) != 0 {
		t.Errorf("%s", b)
	}
	at := time.Date(2026, 2, 28, 23, 59, 59, 120e6, time.FixedZone("", 3600))
	b = Time(Flag(Optional(b, `{"a":`, "\x1f\"<\\\u2028"), `,"b":true`, true), `,"c":`, &at)
	if want := "{\"a\":\"\\u001f\\\"<\\\\\u2028\",\"b\":true,\"c\":\"2026-02-28T22:59:59.12Z\""; string(b) != want {
		t.Errorf("%s, not %s", b, want)
	}
}
