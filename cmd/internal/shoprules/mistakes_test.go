package shoprules

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Every mistake is told with its line, and what is allowed. The first line of each block is
// the fourth of the file.
func TestEveryMistakeIsToldWithItsLine(t *testing.T) {
	const head = "shop = \"acme\"\ncurrency = \"EUR\"\ncountry = \"DE\"\n"
	blocks, err := os.ReadFile("testdata/mistakes.txt")
	if err != nil {
		t.Fatal(err)
	}
	all := strings.Split(string(blocks), "=== ")[1:]
	if len(all) < 60 {
		t.Fatalf("only %d mistakes", len(all))
	}
	for _, block := range all {
		name, rest, _ := strings.Cut(block, "\n")
		text, want, _ := strings.Cut(rest, "--> ")
		t.Run(name, func(t *testing.T) {
			_, _, err := Parse("rules/acme.toml", head+text)
			if err == nil {
				t.Fatal("it is taken")
			}
			if want = strings.TrimSpace(want); want == "" || !strings.Contains(err.Error(), want) {
				t.Errorf("%v\nlacks\n%s", err, want)
			}
		})
	}
	if _, _, err := Parse("rules/acme.toml", head); err != nil {
		t.Errorf("what is right is refused: %v", err)
	}
}

func TestTheNameOfTheFileIsTheShop(t *testing.T) {
	_, _, err := Parse("rules/other.toml", "shop = \"acme\"\ncurrency = \"XYZ\"\n")
	for _, want := range []string{
		`rules/other.toml:1: shop: is "acme", and the file is that of "other"`,
		`rules/other.toml:2: currency: is "XYZ": a currency of ISO 4217`,
	} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v lacks %s", err, want)
		}
	}
}

func TestAFolderHasAFileForEachShop(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("a.toml", "shop = \"a\"\ncurrency = \"JPY\"\noverride_ceiling = \"500\"\n")
	write("b.toml", "shop = \"b\"\ncurrency = \"KWD\"\noverride_ceiling = \"1.005\"\n")
	write("readme.txt", "not TOML")
	all, err := Load(dir)
	if err != nil || len(all) != 2 || all["a"].OverrideCeiling != 500 || all["b"].OverrideCeiling != 1005 {
		t.Fatalf("%v, %v", all, err)
	}
	if r := all.For("a"); r.Currency != "JPY" {
		t.Errorf("shop a has %+v", r)
	}
	if r := all.For("c"); r.Shop != "c" || len(r.Windows) != 1 {
		t.Errorf("a shop without a file has %+v", r)
	}
	write("b.toml", "shop = \"b\"\ncurrency = \"KWD\"\nx = 1\n")
	write("c.toml", "shop = \"c\"\n")
	_, err = Load(dir)
	for _, want := range []string{"b.toml:3: x: is not a key", "c.toml:1: currency: is missing"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v lacks %s", err, want)
		}
	}
	if _, err := Load(filepath.Join(dir, "none")); err == nil {
		t.Error("a folder that is not there is taken")
	}
	if all, err := Load(""); err != nil || len(all) != 0 {
		t.Errorf("no folder: %v, %v", all, err)
	}
}
