package core

import (
	"os"
	"strings"
	"testing"

	"cubby/locker/centre"
	"cubby/locker/returns"
	returnpolicy "cubby/locker/returns/policy"
)

// The centre's rules of a shop go before its file at once, outlive a restart, and leave the
// file to count again.
func TestTheCentresRulesGoBeforeTheFile(t *testing.T) {
	cfg := small(t, "")
	good, err := os.ReadFile("../../../packaging/rules/acme.toml")
	if err != nil {
		t.Fatal(err)
	}
	theirs := strings.Replace(string(good), "days = 60", "days = 61", 1)
	cfg.Returns.RulesDir = t.TempDir()
	if err := os.WriteFile(cfg.Returns.RulesDir+"/acme.toml", good, 0o600); err != nil {
		t.Fatal(err)
	}
	open := func() *Core {
		t.Helper()
		c, err := Open(t.Context(), cfg, quiet)
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	c := open()
	defer func() {
		if err := c.Close(); err != nil {
			t.Error(err)
		}
	}()
	in := func(from string, rev int64, days int) {
		t.Helper()
		all, _ := c.rules.Policies(t.Context())
		if len(all) != 1 || all[0].Shop != "acme" || all[0].From != from || all[0].Rev != rev {
			t.Errorf("the rules are from %+v, want %s, revision %d", all, from, rev)
		}
		var longest int
		for _, w := range c.station.Policy().Rooms["returns"].(returns.Settings).RulesOf("acme").Windows {
			longest = max(longest, w.Days)
		}
		if longest != days {
			t.Errorf("the longest window has %d days, want %d", longest, days)
		}
	}
	in(returnpolicy.FromFile, 0, 60)
	keep := centre.KeepPolicy{Shop: "acme", TOML: theirs, Rev: 7}
	if err := c.station.OfCentre(t.Context(), keep, centre.Actor); err != nil {
		t.Fatal(err)
	}
	in(returnpolicy.FromCentre, 7, 61)
	if err := c.Close(); err != nil {
		t.Fatal(err)
	}
	c = open()
	in(returnpolicy.FromCentre, 7, 61)
	// A text that this version cannot read leaves the shop its file.
	keep.TOML, keep.Rev = "window = 7", 8
	if err := c.station.OfCentre(t.Context(), keep, centre.Actor); err != nil {
		t.Fatal(err)
	}
	in(returnpolicy.FromFile, 0, 60)
	if err := c.station.OfCentre(t.Context(), centre.DropPolicy{Shop: "acme"}, centre.Actor); err != nil {
		t.Fatal(err)
	}
	in(returnpolicy.FromFile, 0, 60)
	if err := c.rules.Check("acme", "window = 7"); err == nil || !strings.Contains(err.Error(), "acme.toml:1") {
		t.Errorf("a wrong text is refused with %v", err)
	}
}
