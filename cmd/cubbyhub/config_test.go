package main

import (
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"testing"

	"cubby/cmd/internal/config"
)

func TestEveryKeyOfTheHubIsSaidToBeShownOrNot(t *testing.T) {
	all := config.Keys(reflect.TypeFor[settings]())
	for _, key := range all {
		if slices.Contains(shown.Whole, key) == slices.Contains(shown.IfSet, key) {
			t.Errorf("%s: say in the list of shown keys whether its value is told, or only that it is set", key)
		}
	}
	for _, key := range slices.Concat(shown.Whole, shown.IfSet) {
		if !slices.Contains(all, key) {
			t.Errorf("%s is shown, and is no key", key)
		}
	}
}

func TestTheHubTellsNoSecret(t *testing.T) {
	c, err := parse("hub.toml", `[hub]
name = "A"
database = "postgres://hub:MARKER@db/hub"
[messages]
mail_user = "MARKER"
`)
	if err != nil {
		t.Fatal(err)
	}
	told, _ := c.told(t.Context())
	text, err := json.Marshal(told)
	if err != nil || strings.Contains(string(text), "MARKER") || strings.Contains(string(text), "hub.toml") ||
		!strings.Contains(string(text), `"database":"set"`) ||
		!strings.Contains(string(text), `"mail_user":"set"`) ||
		!slices.Contains(told.FromFile, "hub.database") || slices.Contains(told.FromFile, "hub.listen") {
		t.Errorf("%s, %v", text, err)
	}
}
