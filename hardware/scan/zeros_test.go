package scan

import "testing"

// TestZeroBytesAreTold: a code that came with them is another text than that code.
func TestZeroBytesAreTold(t *testing.T) {
	for _, c := range []struct {
		name, in string
		zeros    bool
	}{
		{"none", "ABCDEFGH\r", false},
		{"before it, from a line that wakes up", "\x00\x00ABCDEFGH\r", false},
		{"behind the suffix of the one before", "XYZ\r\x00ABCDEFGH\r", false},
		{"behind it", "ABCDEFGH\x00\r", true},
		{"within it", "ABCD\x00EFGH\r", true},
		{"and a pause", "ABCDEFGH\x00", true},
	} {
		p := NewParser(Config{Suffix: "any"})
		codes, _ := p.Feed([]byte(c.in))
		codes = append(codes, p.Pause()...)
		last := codes[len(codes)-1]
		if string(last.Data) != "ABCDEFGH" || last.Zeros != c.zeros {
			t.Errorf("%s: %q, zeros %t", c.name, last.Data, last.Zeros)
		}
	}
	plain, _ := NewParser(Config{Suffix: "cr"}).Feed([]byte("ABC\r"))
	zeros, _ := NewParser(Config{Suffix: "cr"}).Feed([]byte("ABC\x00\r"))
	if plain[0].Digest == zeros[0].Digest {
		t.Error("a scan with zero bytes hides the one without them")
	}
}
