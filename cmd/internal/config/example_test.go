package config

import (
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"
)

const (
	examplePath = "../../../packaging/cubby.example.toml"
	demoPath    = "../../../packaging/demo/cubby.toml"
)

// schema lists every key of the structs with its tag: "policy.thanks_s".
func schema(t reflect.Type, path string) map[string]reflect.StructTag {
	found := map[string]reflect.StructTag{}
	for i := range t.NumField() {
		field := t.Field(i)
		key := field.Tag.Get("toml")
		if !field.IsExported() || key == "-" {
			continue
		}
		inner := field.Type
		for inner.Kind() == reflect.Slice || inner.Kind() == reflect.Pointer {
			inner = inner.Elem()
		}
		if inner.Kind() == reflect.Struct {
			for k, tag := range schema(inner, join(path, key)) {
				found[k] = tag
			}
			if field.Type.Kind() == reflect.Slice && key == "doors" {
				found[join(path, key)] = field.Tag
			}
			continue
		}
		found[join(path, key)] = field.Tag
	}
	return found
}

// comments gives the text above each key's first appearance, and for the keys
// of a door the line about it in the text above "doors".
func comments(t *testing.T, source string) map[string]string {
	t.Helper()
	header := regexp.MustCompile(`^\[+([a-z_.]+)\]+`)
	key := regexp.MustCompile(`^(?:# )?([a-z_]+) += `)
	field := regexp.MustCompile(`^#   ([a-z]+) {2,}(.*)$`)
	found := map[string]string{}
	note := func(k, text string) {
		if _, ok := found[k]; !ok {
			found[k] = strings.Join(strings.Fields(text), " ")
		}
	}
	table, above := "", ""
	for _, line := range strings.Split(source, "\n") {
		switch {
		case header.MatchString(line):
			table, above = header.FindStringSubmatch(line)[1], ""
		case key.MatchString(line):
			note(table+"."+key.FindStringSubmatch(line)[1], above)
			above = ""
		case field.MatchString(line):
			m := field.FindStringSubmatch(line)
			note(table+".doors."+m[1], m[2])
		case strings.HasPrefix(line, "#"):
			above += " " + strings.TrimPrefix(line, "#")
		case line == "":
			above = ""
		}
	}
	return found
}

func TestTheExampleDocumentsEveryKeyWithItsDefaultAndBounds(t *testing.T) {
	source, err := os.ReadFile(examplePath)
	if err != nil {
		t.Fatal(err)
	}
	text := comments(t, string(source))
	keys := schema(reflect.TypeFor[Config](), "")
	for key, tag := range keys {
		if of, same := strings.CutPrefix(key, "terminal."); same && keys[of] != "" { // told there
			delete(text, key)
			continue
		}
		about, ok := text[key]
		if !ok {
			t.Errorf("%s: the example does not have it", key)
			continue
		}
		for _, want := range documented(key, tag) {
			if !strings.Contains(about, want) {
				t.Errorf("%s: its comment should say %q: %s", key, want, about)
			}
		}
		delete(text, key)
	}
	for key := range text {
		t.Errorf("%s: documented, but the structs do not have it", key)
	}
}

// documented is what the comment of a key must say.
func documented(key string, tag reflect.StructTag) []string {
	var want []string
	def, hasDefault := tag.Lookup("default")
	switch {
	case tag.Get("required") == "true":
		want = append(want, "Required.")
	case key == "station.languages":
		want = append(want, `Default ["`+strings.ReplaceAll(def, ",", `", "`)+`"].`)
	case key == "column.doors":
		want = append(want, "Default [].")
	case !hasDefault:
		want = append(want, "Default: ")
	case tag.Get("min") != "" || def == "true" || def == "false" || def == "0" || number(def) != 0:
		want = append(want, "Default "+def+".")
	default:
		want = append(want, `Default "`+def+`"`)
	}
	if tag.Get("min") != "" {
		want = append(want, fmt.Sprintf("From %s to %s.", tag.Get("min"), tag.Get("max")))
	}
	if choice := tag.Get("oneof"); choice != "" {
		want = append(want, "One of "+strings.ReplaceAll(choice, ",", ", ")+".")
	}
	return want
}

func TestTheTagsThemselvesAreSound(t *testing.T) {
	for key, tag := range schema(reflect.TypeFor[Config](), "") {
		for _, bound := range []string{"min", "max"} {
			if s := tag.Get(bound); s != "" && fmt.Sprint(number(s)) != s {
				t.Errorf("%s: %s %q is not a number", key, bound, s)
			}
		}
		if (tag.Get("min") == "") != (tag.Get("max") == "") {
			t.Errorf("%s: only one bound", key)
		}
		if d, ok := tag.Lookup("default"); ok && tag.Get("min") != "" &&
			(number(d) < number(tag.Get("min")) || number(d) > number(tag.Get("max"))) {
			t.Errorf("%s: the default %s is out of its own bounds", key, d)
		}
		if s := tag.Get("unit"); s != "" && unitOf(tag) == 1 {
			t.Errorf("%s: unit %q is not a duration", key, s)
		}
	}
}

func TestTheExampleLoads(t *testing.T) {
	c, err := Load(examplePath)
	if err != nil {
		t.Fatal(err)
	}
	if n := len(c.Compartments()); n != 5 {
		t.Errorf("it has %d compartments, want 5", n)
	}
}

func TestTheDemoStationHasAFlushWallOfFortyDoors(t *testing.T) {
	c, err := Load(demoPath)
	if err != nil {
		t.Fatal(err)
	}
	doors, accessible := c.Compartments(), 0
	bottom := map[int]int{}
	for _, k := range doors {
		if k.Accessible {
			accessible++
			if !k.Low {
				t.Errorf("door %s is accessible but not low", k.Number)
			}
		}
		bottom[k.Column] = max(bottom[k.Column], k.TopMM+k.DoorHeightMM)
	}
	if len(doors) != 40 || accessible < 3 {
		t.Errorf("%d doors, %d of them accessible; want 40 and a few", len(doors), accessible)
	}
	wall := c.Wall()
	for column, b := range bottom {
		if b != wall.HeightMM {
			t.Errorf("column %d ends at %d mm, the wall at %d", column, b, wall.HeightMM)
		}
	}
	if wall.Screen.WidthMM == 0 || wall.Screen.Column == 0 || wall.Screen.Column == len(bottom)-1 {
		t.Errorf("the screen is not in the middle: %+v", wall.Screen)
	}
	h := c.Hardware()
	if len(h.Buses) != 1 || len(h.Buses[0].Boards) != 3 {
		t.Fatalf("want one bus with three boards: %+v", h.Buses)
	}
	locks := 0
	for _, b := range h.Buses[0].Boards {
		locks += len(b.Locks)
		if !b.HasPresence {
			t.Errorf("board %d has no presence sensors", b.Address)
		}
	}
	if locks != 40 {
		t.Errorf("%d locks are wired, want 40", locks)
	}
	folder, _ := filepath.Abs(filepath.Dir(demoPath))
	if want := filepath.Join(folder, "run/lockbus"); h.Buses[0].Port != want {
		t.Errorf("port is %q, want it from the file's folder: %q", h.Buses[0].Port, want)
	}
	if want := filepath.Join(folder, "run/scanner"); h.Scanner.Port != want {
		t.Errorf("scanner is %q, want %q", h.Scanner.Port, want)
	}
}
