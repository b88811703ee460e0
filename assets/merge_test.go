package assets_test

import (
	"encoding/json"
	"strings"
	"testing"

	"cubby/assets"
)

func TestAMessageHasOneTextInOneRoom(t *testing.T) {
	for name, c := range map[string]struct {
		rooms map[string]string
		want  string // in the error; empty: the rooms fit together
	}{
		"two rooms": {map[string]string{"a": `{"a.x": "X"}`, "b": `{"b.x": {"one": "Y", "other": "Z"}}`},
			""},
		"the same in two rooms": {map[string]string{"a": `{"x": "X"}`, "b": `{"x": "X"}`},
			"x is there twice, in a and in b"},
		"the same twice in one": {map[string]string{"a": `{"x": "X", "y": "Y", "x": "Z"}`},
			"x is there twice, in a and in a"},
		"a file that is cut off": {map[string]string{"a": `{"x": "X"`}, "lang/xx/a.json"},
		"a list":                 {map[string]string{"a": `["x"]`}, "not a JSON object"},
		"no room":                {nil, "no translation"},
	} {
		t.Run(name, func(t *testing.T) {
			rooms := map[string][]byte{}
			for room, text := range c.rooms {
				rooms[room] = []byte(text)
			}
			merged, err := assets.Merge("xx", rooms)
			if c.want != "" {
				if err == nil || !strings.Contains(err.Error(), c.want) {
					t.Fatalf("the error is %v, want one with %q", err, c.want)
				}
				return
			}
			var all map[string]any
			if err != nil || json.Unmarshal(merged, &all) != nil || len(all) != 2 {
				t.Fatalf("merged is %s, error %v; want both messages", merged, err)
			}
		})
	}
}
