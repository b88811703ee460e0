package notify

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

func TestAPersonIsWrittenToInALanguageThatIsUnderstood(t *testing.T) {
	words, err := loadTemplates("", []string{"en", "zh-Hans"})
	if err != nil {
		t.Fatal(err)
	}
	for tag, want := range map[string]string{
		"": "en", "en": "en", "en-GB": "en", "zh": "zh-Hans", "zh-CN": "zh-Hans", "zh-Hans-CN": "zh-Hans",
		"zh-TW": "zh-Hans", "de": "en", "tlh": "en", "nonsense!": "en", "ZH-hans": "zh-Hans",
	} {
		if got := words.in(tag).tag.String(); got != want {
			t.Errorf("%q gets %s, not %s", tag, got, want)
		}
	}
	chinese, err := loadTemplates("", []string{"zh-Hans", "en"})
	if err != nil || chinese.in("de").tag.String() != "zh-Hans" {
		t.Errorf("at a Chinese station somebody who speaks German gets %s: %v", chinese.in("de").tag, err)
	}
}

// folder writes an operator's templates.
func folder(t *testing.T, files map[string]string) string {
	dir := t.TempDir()
	for name, text := range files {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func TestAnOperatorReplacesOnePartAndTheRestStays(t *testing.T) {
	dir := folder(t, map[string]string{"en/stored.tmpl": "--- subject\r\nCome to {{.Station}}!\r\n"})
	words, err := loadTemplates(dir, []string{"en"})
	if err != nil {
		t.Fatal(err)
	}
	s := words.in("en")
	if got, err := s.write("stored/subject", sampleSections(Stored)[0]); err != nil || got != "Come to Station!" {
		t.Errorf("the subject is %q: %v", got, err)
	}
	got, err := s.write("stored/text", sampleSections(Stored)[0])
	if err != nil || !strings.Contains(got, "1234 5678") {
		t.Errorf("the text is %q: %v", got, err)
	}
}

func TestALanguageOfTheOperatorsOwnHasAllParts(t *testing.T) {
	files := map[string]string{"de/stored.tmpl": "--- subject\nDa\n"}
	_, err := loadTemplates(folder(t, files), []string{"en"})
	if err == nil || !strings.Contains(err.Error(), "de/stored.tmpl, part text: is missing") ||
		strings.Contains(err.Error(), "de/stored.tmpl, part subject") {
		t.Errorf("what is missing is told as %v", err)
	}
	for _, k := range append([]Kind{frame}, Kinds...) {
		source, err := builtIn.ReadFile("templates/en/" + string(k) + end)
		if err != nil {
			t.Fatal(err)
		}
		files["de/"+string(k)+end] = string(source)
	}
	words, err := loadTemplates(folder(t, files), []string{"en"})
	if err != nil || words.in("de-AT").tag.String() != "de" {
		t.Errorf("German is not taken: %v", err)
	}
}

func TestEachMistakeOfATemplateIsTold(t *testing.T) {
	dir := folder(t, map[string]string{
		"en/stored.tmpl":    "--- text\nPIN {{.Pin}}\n--- html\n<p>{{range .Items}}{{.PIN}}{{end}}\n--- colour\nred\n",
		"en/reminder.tmpl":  "--- sms\n{{if}}\n",
		"en/colleted.tmpl":  "--- sms\nx\n",
		"en/expired.tmpl":   "subject without a line above it\n",
		"en/held.tmpl":      "--- subject\n" + strings.Repeat("x", maxTemplate),
		"english/held.tmpl": "--- sms\nx\n",
		"readme.txt":        "hello",
	})
	_, err := loadTemplates(dir, []string{"en"})
	if err == nil {
		t.Fatal("nothing is wrong")
	}
	for _, want := range []string{
		"en/stored.tmpl, part text: ", "can't evaluate field Pin",
		"en/stored.tmpl, part html: does not show each QR code", `en/stored.tmpl: has no part "colour"`,
		"en/reminder.tmpl, part sms: ", "en/colleted.tmpl: nothing is called so", `en/expired.tmpl: has no part ""`,
		"en/held.tmpl: is larger than", "english: is not a folder with a language's name",
		"readme.txt: is not a folder",
	} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("it does not say %q:\n%v", want, err)
		}
	}
	if _, err := loadTemplates(filepath.Join(dir, "nowhere"), nil); err == nil {
		t.Error("a folder that is not there is taken")
	}
}

// A translation that lacks what the other says would keep it from its readers.
func TestBothLanguagesSayTheSameThings(t *testing.T) {
	names := "PIN|QR|Until|When|Station|Address|Help|Number|Amount|Decision|Shut|Reason|Phone|Live|Shelf|To|By"
	placeholder := regexp.MustCompile(`\{\{[^}]*\.(` + names + `)\b`)
	for _, k := range Kinds {
		said := map[string][]string{}
		for _, tag := range []string{"en", "zh-Hans"} {
			source, err := builtIn.ReadFile("templates/" + tag + "/" + string(k) + end)
			if err != nil {
				t.Fatal(err)
			}
			for part, text := range splitParts(string(source)) {
				var names []string
				for _, m := range placeholder.FindAllStringSubmatch(text, -1) {
					names = append(names, m[1])
				}
				slices.Sort(names)
				said[part] = append(said[part], strings.Join(slices.Compact(names), " "))
			}
		}
		for part, both := range said {
			if len(both) != 2 || both[0] != both[1] {
				t.Errorf("%s, %s: English has %q, Chinese %q", k, part, both[0], both[1:])
			}
		}
	}
}

// What a stranger has written into an announcement is text in a message, never a tag, a
// header or another line.
func TestNamesAndPlacesAreTextOnly(t *testing.T) {
	w := newWorld(t, filepath.Join(t.TempDir(), "m.db"), nil)
	evil := "<script>alert(1)</script>\r\nBcc: x@example.org\u2028{{.PIN}}"
	l, err := w.compose("id", []told{{
		content{Who: Person{Name: evil, Language: "en"}, Place: Place{Name: evil, Address: evil, Help: evil},
			Facts: facts{Parcel: evil}, PIN: "12345678", Code: code1},
		row{kind: Stored},
	}})
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{"subject": l.subject, "SMS": l.sms} {
		if strings.ContainsAny(text, "\r\n\u2028") {
			t.Errorf("the %s has more than one line: %q", name, text)
		}
	}
	if strings.Contains(l.html, "<script>") || strings.Contains(l.text, "\nBcc:") {
		t.Errorf("it is written as it came:\n%s\n%s", l.html, l.text)
	}
}
