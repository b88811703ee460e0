package core

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestABrokenFileOfRulesKeepsTheCoreFromStarting(t *testing.T) {
	cfg := demo(t, "[returns]\n", "[returns]\nrules_dir = \"rules\"\n")
	if cfg.Returns.RulesDir != filepath.Join(filepath.Dir(cfg.Path), "rules") {
		t.Fatalf("rules_dir is %q", cfg.Returns.RulesDir)
	}
	refused := func(want string) {
		t.Helper()
		c, err := Open(t.Context(), cfg, quiet)
		if err == nil {
			c.Close()
		}
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v\nlacks %s", err, want)
		}
		if _, err := os.Stat(cfg.Station.DataDir); err == nil {
			t.Error("it has made a station")
		}
	}
	refused("returns.rules_dir")
	if err := os.Mkdir(cfg.Returns.RulesDir, 0o700); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(cfg.Returns.RulesDir, "acme.toml")
	good, err := os.ReadFile("../../../packaging/rules/acme.toml")
	if err != nil {
		t.Fatal(err)
	}
	write := func(text string) {
		t.Helper()
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write(strings.Replace(string(good), "days = 60", "days = 60\ndays = 61", 1))
	refused("acme.toml:42: window.days: ")
	write(strings.Replace(string(good), `keep_percent = 20`, `keep_percent = 200`, 1))
	refused("acme.toml:73: condition.keep_percent: is 200: from 0 to 100")
	write(string(good))
	c, err := Open(t.Context(), cfg, quiet)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if r := c.rules.files.For("acme"); len(r.Windows) != 3 || r.Country != "DE" {
		t.Errorf("the core has the rules %+v", r)
	}
}
