package console

import (
	"embed"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"

	"golang.org/x/text/language"
)

//go:embed lang/*.json
var langFiles embed.FS

// tags are the languages of the console; the first is taken where none fits.
var tags = []string{"en", "zh-Hans"}

var matcher = language.NewMatcher([]language.Tag{language.English, language.SimplifiedChinese})

// A book is the words of one language, by their keys.
type book map[string]string

// openBooks reads the word files.
func openBooks() (map[string]book, error) {
	all := map[string]book{}
	for _, tag := range tags {
		text, err := langFiles.ReadFile("lang/" + tag + ".json")
		if err != nil {
			return nil, err
		}
		b := book{}
		if err := json.Unmarshal(text, &b); err != nil {
			return nil, fmt.Errorf("console: lang/%s.json: %w", tag, err)
		}
		all[tag] = b
	}
	return all, nil
}

// say gives the text of a key with its gaps filled: name, value, name, value. Of a key
// that has a second form KEY.one, that one is said when the gap n is 1.
func (b book) say(key string, gaps ...any) string {
	text, ok := b[key]
	if !ok {
		return key
	}
	pairs := make([]string, 0, len(gaps))
	for i := 0; i+1 < len(gaps); i += 2 {
		name, value := fmt.Sprint(gaps[i]), fmt.Sprint(gaps[i+1])
		if one, ok := b[key+".one"]; ok && name == "n" && value == "1" {
			text = one
		}
		pairs = append(pairs, "{"+name+"}", value)
	}
	return strings.NewReplacer(pairs...).Replace(text)
}

// word says a word of the hub, as "state.stored"; the word itself, with spaces, where it is
// of a newer hub or station.
func (b book) word(family, word string) string {
	if text, ok := b[family+"."+word]; ok {
		return text
	}
	return strings.ReplaceAll(word, "_", " ")
}

// languageOf is the language somebody has chosen, or the browser asks for.
func languageOf(r *http.Request) string {
	chosen := readCookie(r, cookieLanguage)
	for _, tag := range tags {
		if tag == chosen {
			return tag
		}
	}
	wanted, _, err := language.ParseAcceptLanguage(r.Header.Get("Accept-Language"))
	if err != nil || len(wanted) == 0 {
		return tags[0]
	}
	_, i, _ := matcher.Match(wanted...)
	return tags[i]
}
