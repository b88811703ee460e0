package config

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
)

// mustClassify fails for a key of a file that nobody has said of whether it is told, and
// for one that looks like a secret and is.
func mustClassify(t *testing.T, of reflect.Type, keys Showing) {
	t.Helper()
	all := Keys(of)
	for _, key := range all {
		whole, ifSet := slices.Contains(keys.Whole, key), slices.Contains(keys.IfSet, key)
		if whole == ifSet {
			t.Errorf("%s: say in the list of shown keys whether its value is told, or only that it is set", key)
		}
		name := key[strings.LastIndex(key, ".")+1:]
		for _, part := range []string{"key", "secret", "password", "token", "user", "url", "gateway", "file", "dir",
			"folder", "command", "certificate", "database", "credential"} {
			if whole && strings.Contains(name, part) {
				t.Errorf("%s looks like a secret, or like what leads to one, and its value is told", key)
			}
		}
	}
	for _, key := range slices.Concat(keys.Whole, keys.IfSet) {
		if !slices.Contains(all, key) {
			t.Errorf("%s is shown, and is no key", key)
		}
	}
}

func TestEveryKeyIsSaidToBeShownOrNot(t *testing.T) {
	mustClassify(t, reflect.TypeFor[Config](), shown)
}

func TestAKeyThatLooksLikeASecretMustBeClassified(t *testing.T) {
	type table struct {
		Name  string `toml:"name"`
		Token string `toml:"api_token"`
	}
	type file struct {
		Shop table `toml:"shop"`
	}
	c := file{table{"n", "MARKER"}}
	text, _ := json.Marshal(Show(&c, "[shop]\nname='n'\napi_token='MARKER'", ShowKeys("shop: name", "")))
	if string(text) != `{"Values":{"shop":{"name":"n"}},"FromFile":["shop.name"]}` {
		t.Errorf("what is in no list is told: %s", text)
	}
}

// fill puts a marker into every text of a value, and something else into the rest.
func fill(path string, v reflect.Value, marked func(path string) bool) {
	switch v.Kind() {
	case reflect.String:
		v.SetString("plain")
		if marked(path) {
			v.SetString("MARKER-" + path)
		}
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int, reflect.Int64:
		v.SetInt(7)
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(path, v.Elem(), marked)
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		for i := range 2 {
			fill(path, v.Index(i), marked)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if key := v.Type().Field(i).Tag.Get("toml"); key != "" && key != "-" {
				fill(join(path, key), v.Field(i), marked)
			}
		}
	}
}

func TestNoSecretIsShownInWholeOrInPart(t *testing.T) {
	var c Config
	c.Path = "MARKER-path"
	secret := func(path string) bool { return slices.Contains(shown.IfSet, path) }
	fill("", reflect.ValueOf(&c).Elem(), secret)
	s := c.Shown()
	text, err := json.Marshal(s)
	if err != nil || strings.Contains(string(text), "MARKER") {
		t.Errorf("%s, %v", text, err)
	}
	if n := strings.Count(string(text), `"set"`); n < len(shown.IfSet) {
		t.Errorf("%d are set of %d", n, len(shown.IfSet))
	}
	fill("", reflect.ValueOf(&c).Elem(), func(path string) bool { return !secret(path) })
	all, _ := json.Marshal(c.Shown())
	for _, key := range []string{"station.name", "bus.port", "terminal.scanner.port"} {
		if !strings.Contains(string(all), "MARKER-"+key) {
			t.Errorf("%s is not shown", key)
		}
	}
}

func TestWhatIsFromTheFileIsToldFromDefaults(t *testing.T) {
	c, err := Load("../../../packaging/cubby.example.toml")
	if err != nil {
		t.Fatal(err)
	}
	s := c.Shown()
	policy := s.Values["policy"].(map[string]any)
	if fmt.Sprint(policy["pickup_hours"]) != "72" || s.Values["station"].(map[string]any)["data_dir"] != set {
		t.Errorf("%v", s.Values)
	}
	for _, key := range []string{"station.id", "column.doors.number", "bus.board.address", "policy.thanks_s"} {
		if !slices.Contains(s.FromFile, key) {
			t.Errorf("%s is in the file", key)
		}
	}
	c, err = Parse("cubby.toml", strings.Replace(c.source, "\nthanks_s", "\n#thanks_s", 1))
	if err != nil {
		t.Fatal(err)
	}
	s = c.Shown()
	if policy := s.Values["policy"].(map[string]any); slices.Contains(s.FromFile, "policy.thanks_s") ||
		fmt.Sprint(policy["thanks_s"]) != "12" {
		t.Errorf("of a default it says %v, as in the file", policy["thanks_s"])
	}
}
