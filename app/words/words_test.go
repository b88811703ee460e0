package words_test

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"unicode"

	"cubby/app/words"
	"cubby/assets"

	"golang.org/x/image/font/sfnt"
)

func open(t *testing.T) *words.Book {
	t.Helper()
	b, err := words.Open()
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// texts are all forms of all messages of a language by id and plural form.
func texts(t *testing.T, tag string) map[string]map[string]string {
	t.Helper()
	file, err := assets.Language(tag)
	if err != nil {
		t.Fatal(err)
	}
	var raw map[string]json.RawMessage
	if err := json.Unmarshal(file, &raw); err != nil {
		t.Fatal(err)
	}
	out := map[string]map[string]string{}
	for id, m := range raw {
		var one string
		if json.Unmarshal(m, &one) == nil {
			out[id] = map[string]string{"other": one}
			continue
		}
		forms := map[string]string{}
		if err := json.Unmarshal(m, &forms); err != nil {
			t.Fatalf("%s: %s: %v", tag, id, err)
		}
		out[id] = forms
	}
	return out
}

func TestEveryLanguageHasTheSameMessagesWithTheSameGaps(t *testing.T) {
	gap := regexp.MustCompile(`{{\.(\w+)}}`)
	gaps := func(forms map[string]string) []string {
		var out []string
		for _, m := range gap.FindAllStringSubmatch(forms["other"], -1) {
			out = append(out, m[1])
		}
		slices.Sort(out)
		return slices.Compact(out)
	}
	want := texts(t, words.Fallback)
	for _, tag := range open(t).Tags() {
		got := texts(t, tag)
		for id, forms := range want {
			if _, ok := got[id]; !ok {
				t.Errorf("%s: %s is missing", tag, id)
				continue
			}
			if g, w := gaps(got[id]), gaps(forms); !slices.Equal(g, w) {
				t.Errorf("%s: %s has the gaps %v, want %v", tag, id, g, w)
			}
		}
		for id, forms := range got {
			if _, ok := want[id]; !ok {
				t.Errorf("%s: %s is not a message of %s", tag, id, words.Fallback)
			}
			for form, text := range forms {
				if strings.TrimSpace(text) == "" || strings.TrimSpace(text) != text {
					t.Errorf("%s: %s (%s) is empty or has spaces at its ends: %q", tag, id, form, text)
				}
			}
		}
	}
}

func TestEveryLanguageHasAMessageInTheSameRoom(t *testing.T) {
	where := func(tag string) map[string]string {
		rooms := map[string]string{}
		for _, room := range assets.Rooms(tag) {
			file, err := assets.Room(tag, room)
			if err != nil {
				t.Fatal(err)
			}
			var all map[string]any
			if err := json.Unmarshal(file, &all); err != nil {
				t.Fatal(err)
			}
			for id := range all {
				rooms[id] = room
			}
		}
		return rooms
	}
	want := where(words.Fallback)
	if len(want) < 300 {
		t.Fatalf("%s has only %d messages", words.Fallback, len(want))
	}
	for _, tag := range open(t).Tags() {
		for id, room := range where(tag) {
			if room != want[id] {
				t.Errorf("%s: %s is in %s.json, in %s in %q", tag, id, room, words.Fallback, want[id])
			}
		}
	}
}

func TestARoomMayBringWordsOfItsOwn(t *testing.T) {
	own := func(en, zh string) fstest.MapFS {
		return fstest.MapFS{"en/lost.json": {Data: []byte(en)}, "zh-Hans/lost.json": {Data: []byte(zh)}}
	}
	book, err := words.Open(own(`{"lost.title": "Lost and found"}`, `{"lost.title": "失物招领"}`))
	if err != nil {
		t.Fatal(err)
	}
	for tag, want := range map[string]string{"en": "Lost and found", "zh-Hans": "失物招领"} {
		if got := book.For(tag).Say("lost.title", nil); got != want {
			t.Errorf("%s: %q, want %q", tag, got, want)
		}
		if ids, _ := book.Messages(tag); !slices.Contains(ids, "lost.title") ||
			!slices.Contains(ids, "action.back") {
			t.Errorf("%s: the messages are %d, without one of the room or of the others", tag, len(ids))
		}
	}
	for name, room := range map[string]fstest.MapFS{
		"a name that is taken":      own(`{"action.back": "x"}`, `{}`),
		"a language that is missed": {"en/lost.json": {Data: []byte(`{}`)}},
	} {
		if _, err := words.Open(room); err == nil {
			t.Errorf("%s is not refused", name)
		}
	}
}

func TestEveryLetterOfEveryLanguageIsInTheFonts(t *testing.T) {
	for _, weight := range []string{"Regular", "Bold"} {
		data, err := assets.Font(weight)
		if err != nil {
			t.Fatal(err)
		}
		font, err := sfnt.Parse(data)
		if err != nil {
			t.Fatal(err)
		}
		var buf sfnt.Buffer
		for _, tag := range open(t).Tags() {
			for id, forms := range texts(t, tag) {
				for _, text := range forms {
					for _, r := range text + "•0123456789ÄäÖöÜüßéñçåø€" + "珺玥喆堃垚昇𬱖" {
						if glyph, err := font.GlyphIndex(&buf, r); err != nil ||
							glyph == 0 && !unicode.IsControl(r) {
							t.Errorf("%s: %s uses %q, which the %s font does not have", tag, id, r, weight)
						}
					}
				}
			}
		}
	}
}

func TestALanguageIsFoundByItsNearestRelative(t *testing.T) {
	b := open(t)
	for asked, want := range map[string]string{
		"en": "en", "en-GB": "en", "zh-Hans": "zh-Hans", "zh-CN": "zh-Hans", "zh": "zh-Hans", "sw": "en",
		"": "en", "not a tag": "en",
	} {
		if got := b.For(asked).Tag(); got != want {
			t.Errorf("%q is spoken in %q, want %q", asked, got, want)
		}
	}
	if b.Tags()[0] != words.Fallback {
		t.Errorf("the first language is %q, want %q", b.Tags()[0], words.Fallback)
	}
	if name, ok := b.Name("zh-Hans"); !ok || name != "简体中文" {
		t.Errorf("zh-Hans calls itself %q", name)
	}
	if _, ok := b.Name("de"); ok {
		t.Error("a language without a translation has a name")
	}
}

func TestNumbersChooseTheirPlural(t *testing.T) {
	b := open(t)
	for _, c := range []struct {
		tag  string
		n    int
		want string
	}{
		{"en", 1, "1 parcel stored"}, {"en", 2, "2 parcels stored"}, {"en", 0, "0 parcels stored"},
		{"zh-Hans", 1, "已存入 1 件"}, {"zh-Hans", 5, "已存入 5 件"},
	} {
		if got := b.For(c.tag).Say("courier_ready.count", words.Data{"Count": c.n}); got != c.want {
			t.Errorf("%s, %d: %q, want %q", c.tag, c.n, got, c.want)
		}
	}
}

func TestASentenceWithoutPluralsIsSaidWithAnyNumber(t *testing.T) {
	for _, n := range []any{1, 2, "1", "2"} {
		data := words.Data{"Lines": 1, "Count": n}
		if got := open(t).For("en").Say("fit.lines", data); !strings.Contains(
			got,
			"of "+fmt.Sprint(n)+" ports",
		) {
			t.Errorf("%v: %q", n, got)
		}
	}
	for n, want := range map[any]string{"1": "1 door is not", "2": "2 doors not"} {
		data := words.Data{"Count": n, "Door": "7", "Lock": "x"}
		if got := open(t).For("en").Say("fit.walk", data); !strings.HasPrefix(
			got,
			want,
		) {
			t.Errorf("%v: %q, want %q", n, got, want)
		}
	}
}

func TestAMessageThatDoesNotExistSaysItsName(t *testing.T) {
	if got := open(t).For("zh-Hans").Say("no.such.message", nil); got != "no.such.message" {
		t.Errorf("got %q", got)
	}
}

func TestTheMadeUpLanguageIsFourTenthsLonger(t *testing.T) {
	b := open(t)
	for _, id := range []string{"idle.lead", "action.back", "pickup_open.title"} {
		data := words.Data{"Door": "14"}
		plain, long := b.For("en").Say(id, data), words.Pseudo(b.For("en")).Say(id, data)
		n, m := len([]rune(plain)), len([]rune(long))
		if m < n*14/10 {
			t.Errorf("%q has %d letters, %q has %d", plain, n, long, m)
		}
		if !strings.Contains(plain, "Door") || strings.Contains(long, "14") {
			continue
		}
		t.Errorf("%q lost its data", long)
	}
}

// While a door is open, undo gives back the parcel that is being put in; between
// two parcels the one before. A courier must be able to tell them apart.
func TestUndoSaysWhichParcelItGivesBack(t *testing.T) {
	book := open(t)
	for _, tag := range book.Tags() {
		speaker := book.For(tag)
		if here, last := speaker.Say("action.undo", nil), speaker.Say("courier_ready.undo", nil); here == last {
			t.Errorf("in %s both are called %q", tag, here)
		}
	}
}
