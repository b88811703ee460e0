package shoprules

import (
	"errors"
	"os"
	"strings"
	"testing"

	"cubby/cmd/internal/config"
)

// Whatever a file holds, it is read or every problem of it has a line.
func FuzzRules(f *testing.F) {
	good, err := os.ReadFile(example)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(string(good))
	blocks, err := os.ReadFile("testdata/mistakes.txt")
	if err != nil {
		f.Fatal(err)
	}
	for _, block := range strings.Split(string(blocks), "=== ")[1:] {
		text, _, _ := strings.Cut(block, "--> ")
		f.Add("shop = \"acme\"\ncurrency = \"EUR\"\n" + text[strings.IndexByte(text, '\n'):])
	}
	f.Fuzz(func(t *testing.T, source string) {
		_, _, err := Parse("acme.toml", source)
		var all config.Problems
		if err == nil {
			return
		}
		if !errors.As(err, &all) || len(all) == 0 {
			t.Fatalf("%v is not a list of problems", err)
		}
		for _, p := range all {
			if p.Line < 1 || p.Line > strings.Count(source, "\n")+2 || p.Text == "" {
				t.Errorf("%+v", p)
			}
		}
	})
}
