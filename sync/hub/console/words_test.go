package console

import (
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"cubby/locker/story"
)

func books(t *testing.T) map[string]book {
	t.Helper()
	all, err := openBooks()
	if err != nil {
		t.Fatal(err)
	}
	return all
}

var gaps = regexp.MustCompile(`\{\w+\}`)

func TestEveryTextIsThereInEveryLanguage(t *testing.T) {
	all := books(t)
	english := all[tags[0]]
	for tag, b := range all {
		for _, key := range slices.Sorted(maps.Keys(english)) {
			if strings.HasSuffix(key, ".one") {
				continue
			}
			text := b[key]
			if strings.TrimSpace(text) == "" {
				t.Errorf("%s has no text for %s", tag, key)
			}
			want, got := gaps.FindAllString(english[key], -1), gaps.FindAllString(text, -1)
			slices.Sort(want)
			slices.Sort(got)
			if !slices.Equal(want, got) {
				t.Errorf("%s: %s has the gaps %v, want %v", tag, key, got, want)
			}
		}
		for key := range b {
			// what the hub says in English itself
			known := strings.HasPrefix(key, "trouble.title.") || strings.HasPrefix(key, "trouble.do.")
			if _, ok := english[key]; !ok && !known {
				t.Errorf("%s has a text for %s, which English has not", tag, key)
			}
		}
	}
}

// Templates and code name their texts as plain strings, so that all can be looked up.
func TestEveryTextThatIsSaidIsThere(t *testing.T) {
	english := books(t)[tags[0]]
	said := regexp.MustCompile(
		`[({ ]t "([a-z_.A-Z0-9]+)"|(?:say|fail)\([^"()]*"([a-z_.]+)"[,)]|Word: "([a-z_.]+[a-z])"[,}]`,
	)
	families := regexp.MustCompile(`[({ ]word "([a-z]+)"`)
	count := 0
	for _, pattern := range []string{"pages/*.html", "*.go"} {
		names, err := filepath.Glob(pattern)
		if err != nil || len(names) == 0 {
			t.Fatalf("%s: %v", pattern, err)
		}
		for _, name := range names {
			if strings.HasSuffix(name, "_test.go") {
				continue
			}
			text, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range said.FindAllStringSubmatch(string(text), -1) {
				key := m[1] + m[2] + m[3]
				count++
				if english[key] == "" {
					t.Errorf("%s says %s, which no word file has", name, key)
				}
			}
			for _, m := range families.FindAllStringSubmatch(string(text), -1) {
				if !slices.ContainsFunc(slices.Collect(maps.Keys(english)), func(key string) bool {
					return strings.HasPrefix(key, m[1]+".")
				}) {
					t.Errorf("%s says words of the family %s, which no word file has", name, m[1])
				}
			}
		}
	}
	for _, g := range menu {
		for _, key := range append([]string{g.Key}, keysOf(g)...) {
			if english[key] == "" {
				t.Errorf("the menu says %s, which no word file has", key)
			}
		}
	}
	if count < 100 {
		t.Errorf("only %d texts were found: has the way changed in which templates say them?", count)
	}
}

func keysOf(g menuGroup) (all []string) {
	for _, i := range g.Items {
		all = append(all, i.Key)
	}
	return all
}

// What no story tells, or not always, is told by the console's own words.
func TestEveryFactHasASentence(t *testing.T) {
	english := books(t)[tags[0]]
	for kind := range story.Untold() {
		if english["fact."+kind] == "" {
			t.Errorf("no word file says what %s is", kind)
		}
	}
}

func TestLanguagesAreChosenByTheBrowserAndBySwitch(t *testing.T) {
	if _, err := fs.Stat(langFiles, "lang/en.json"); err != nil {
		t.Fatal(err)
	}
	for asked, want := range map[string]string{"": "en", "zh-CN,zh;q=0.9": "zh-Hans", "fr": "en",
		"de,zh;q=0.5": "zh-Hans", "en-GB": "en", ";;;": "en"} {
		r := newRequest("GET", "/", nil)
		r.Header.Set("Accept-Language", asked)
		if got := languageOf(r); got != want {
			t.Errorf("asked for %q: %s, want %s", asked, got, want)
		}
	}
}
