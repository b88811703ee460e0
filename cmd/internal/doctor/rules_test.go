package doctor

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestTheRulesOfReturnsAreLookedAt(t *testing.T) {
	e := patient(t, "[station]", "[returns]\nrules_dir = \"rules\"\n\n[station]")
	dir := e.Config.Returns.RulesDir
	look := func(grade Grade, said string) {
		t.Helper()
		e.findings = nil
		e.shopRules()
		if len(e.findings) != 1 || e.findings[0].Grade != grade ||
			!strings.Contains(e.findings[0].What, said) {
			t.Errorf("%+v lacks %q", e.findings, said)
		}
	}
	write := func(text string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(dir, "acme.toml"), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	look(Trouble, "cannot be read")
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	look(Hint, "all shops have the usual rules")
	write("shop = \"acme\"\ncurrency = \"EUR\"\nx = 1\ny = 2\n")
	look(Trouble, "acme.toml:3: x: is not a key of this table")
	write("shop = \"acme\"\ncurrency = \"EUR\"\n")
	look(Fine, "1 shops")
}
