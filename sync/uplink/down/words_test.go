package down

import (
	"errors"
	"strings"
	"testing"

	"cubby/locker"
	"cubby/locker/centre"
)

func TestAPolicyOfTheCentreIsKeptWithItsRevision(t *testing.T) {
	w := newWorld(t)
	w.refuses("policies", "acme", `{"toml":"x"}`, "no-policies", "")
	w.down.cfg.Rules = func(shop, toml string) error {
		if toml != "good" && toml != "better" {
			return errors.New(shop + ".toml:3: window.days: is 0: from 1 to 400" + strings.Repeat("é", 2000))
		}
		return nil
	}
	w.takes("policies", "acme", `{"toml":"good"}`, "centre.policy_kept")
	w.takes("policies", "acme", `{"toml":"good"}`)
	w.refuses("policies", "acme", `{"toml":"bad"}`, "policy", "/toml")
	w.refuses("policies", "acme", `{}`, "missing-member", "/toml")
	if p, ok := centre.Policies.Get(w.state(), "acme"); !ok || p.TOML != "good" || p.Rev != 1 {
		t.Errorf("after a bad one it is %+v", p)
	}
	w.takes("policies", "acme", `{"toml":"better"}`, "centre.policy_kept")
	w.takes("policies", "acme", "", "centre.policy_dropped")
	w.takes("policies", "acme", "")
}

func TestTextsAreShownInTheLanguageOfThePage(t *testing.T) {
	w := newWorld(t)
	w.env.Policy.Languages = []string{"en", "zh-Hans"}
	w.takes("texts", "notice", `{"text":{"en":"Closed on Monday","zh-Hant":"週一休息"},"until":"later"}`,
		"centre.text_kept")
	w.takes("texts", "help", `{"text":{"en":"+49 30 123456"}}`, "centre.text_kept")
	w.takes("texts", "of_a_later_version", `{"text":{"de":"Hallo"}}`, "centre.text_kept")
	w.takes("texts", "help", `{"text":{"en":"+49 30 123456"}}`)
	v := locker.Station.ViewOf(w.Memory, w.env)
	if v.Announcement != "Closed on Monday" || v.Help != "+49 30 123456" {
		t.Errorf("the page says %q and %q", v.Announcement, v.Help)
	}
	w.env.Policy.Languages = []string{"zh-Hans", "en"}
	if v := locker.Station.ViewOf(w.Memory, w.env); v.Announcement != "週一休息" || v.Help != "+49 30 123456" {
		t.Errorf("in Chinese the page says %q and %q", v.Announcement, v.Help)
	}
	w.takes("texts", "notice", "", "centre.text_dropped")
	if v := locker.Station.ViewOf(w.Memory, w.env); v.Announcement != "" || v.Help == "" {
		t.Errorf("without a notice the page says %q and %q", v.Announcement, v.Help)
	}
	for _, c := range []struct{ id, doc, slug, at string }{
		{"Notice", `{"text":{"en":"x"}}`, "id", "/id"},
		{"notice", `{}`, "missing-member", "/text"},
		{"notice", `{"text":{}}`, "languages", "/text"},
		{"notice", `{"text":{"english please":"x"}}`, "language", "/text/english please"},
		{"notice", `{"text":{"en":7}}`, "wrong-type", "/text/en"},
		{"notice", `{"text":{"en":"` + strings.Repeat("x", 141) + `"}}`, "text", "/text/en"},
		{"help", `{"text":{"en":"` + strings.Repeat("x", 61) + `"}}`, "text", "/text/en"},
		{"notice", `{"text":{"en":"a\u0007b"}}`, "text", "/text/en"},
		{"notice", `{"text":{"en":""}}`, "text", "/text/en"},
	} {
		w.refuses("texts", c.id, c.doc, c.slug, c.at)
	}
}

func TestTheStationIsCalledAsTheCentreSays(t *testing.T) {
	w := newWorld(t)
	name := func() string { return centre.NameOf(w.state(), "Own name") }
	w.takes("settings", "station", `{"name":"Main Street","zone":"later"}`, "centre.station_named")
	w.takes("settings", "station", `{"name":"Main Street"}`)
	if name() != "Main Street" {
		t.Errorf("it is called %q", name())
	}
	w.refuses("settings", "station", `{"name":"`+strings.Repeat("x", 101)+`"}`, "text", "/name")
	w.takes("settings", "station", "", "centre.station_named")
	if name() != "Own name" {
		t.Errorf("without the centre's it is called %q", name())
	}
}

// What the centre has told goes with the line to it.
func TestNothingOfACentreStaysWithoutTheLine(t *testing.T) {
	w := newWorld(t)
	w.down.cfg.Rules = func(string, string) error { return nil }
	if err := w.decide(centre.Join{Joined: centre.Joined{Station: "S", Centre: "C"}}); err != nil {
		t.Fatal(err)
	}
	w.takes("settings", "station", `{"name":"Main Street"}`, "centre.station_named")
	w.takes("texts", "help", `{"text":{"en":"call"}}`, "centre.text_kept")
	w.takes("policies", "acme", `{"toml":"good"}`, "centre.policy_kept")
	if err := w.decide(centre.Leave{Why: "test"}); err != nil {
		t.Fatal(err)
	}
	if n := len(centre.Policies.All(w.state())) + len(centre.Texts.All(w.state())); n != 0 ||
		centre.NameOf(w.state(), "Own") != "Own" {
		t.Errorf("%d policies and texts stay, and the name %q", n, centre.NameOf(w.state(), "Own"))
	}
}

// People are sent to another station by the name that the centre has for it.
func TestOtherStationsHaveTheirNamesOfTheCentre(t *testing.T) {
	w := newWorld(t)
	w.takes("stations", "s-2", `{"name":"Harbour Street","address":"12 Harbour Street","until":"later"}`,
		"centre.station_kept")
	w.takes("stations", "s-2", `{"name":"Harbour Street","address":"12 Harbour Street"}`)
	if n, ok := centre.NeighbourOf(w.state(), "s-2"); !ok || n.Name != "Harbour Street" ||
		n.Address != "12 Harbour Street" {
		t.Errorf("kept as %+v", n)
	}
	w.refuses("stations", "s-2", `{"name":""}`, "text", "/name")
	w.refuses("stations", "s-2", `{"name":"a\u202eb"}`, "text", "/name")
	w.takes("stations", "s-2", "", "centre.station_dropped")
	w.takes("stations", "s-2", "")
	if n, ok := centre.NeighbourOf(w.state(), "s-2"); ok {
		t.Errorf("dropped, and there is %+v", n)
	}
}
