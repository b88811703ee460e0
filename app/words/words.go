// Package words turns message names into sentences of a language. The
// translations are embedded: each language is a folder of assets/lang, with a file for each room.
//
// A Book is read-only after Open and may be used from any goroutine.
package words

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"

	"cubby/assets"

	"github.com/nicksnyder/go-i18n/v2/i18n"
	"golang.org/x/text/language"
)

// Fallback is the language of a page whose own language has no translation.
const Fallback = "en"

// Data fills the gaps of a sentence. A whole number under "Count" also chooses
// the plural form.
type Data map[string]any

// A Speaker says messages in one language.
type Speaker interface {
	Say(id string, data Data) string // the sentence; the id itself when there is no such message
	Has(id string) bool              // there is such a message
	Tag() string                     // BCP 47 tag of the language spoken
}

// A Book holds all languages.
type Book struct {
	bundle *i18n.Bundle
	tags   []string
	names  map[string]string
	ids    map[string]bool // of all messages of the fallback, which has those of every language
	match  language.Matcher
	more   []fs.FS
}

// Open reads the embedded translations, and more: folders of rooms of their own,
// with the same layout, <tag>/<room>.json. A message that is there twice is an
// error.
func Open(more ...fs.FS) (*Book, error) {
	b := &Book{
		bundle: i18n.NewBundle(language.English), names: map[string]string{},
		ids: map[string]bool{}, more: more,
	}
	b.bundle.RegisterUnmarshalFunc("json", json.Unmarshal)
	b.tags = assets.Languages()
	// The matcher takes its first language when nothing fits.
	slices.SortStableFunc(b.tags, func(x, y string) int {
		switch {
		case x == y:
			return 0
		case x == Fallback:
			return -1
		case y == Fallback:
			return 1
		}
		return 0
	})
	var known []language.Tag
	for _, tag := range b.tags {
		file, err := translation(tag, more)
		if err != nil {
			return nil, err
		}
		if _, err := b.bundle.ParseMessageFileBytes(file, tag+".json"); err != nil {
			return nil, fmt.Errorf("words: the translation %s cannot be read: %w", tag, err)
		}
		known = append(known, language.Make(tag))
		b.names[tag] = b.For(tag).Say("language.name", nil)
	}
	b.match = language.NewMatcher(known)
	ids, err := b.Messages(Fallback)
	for _, id := range ids {
		b.ids[id] = true
	}
	return b, err
}

// translation merges all rooms of a language.
func translation(tag string, more []fs.FS) ([]byte, error) {
	own, err := assets.Language(tag)
	if err != nil || len(more) == 0 {
		return own, err
	}
	rooms := map[string][]byte{"(embedded)": own}
	for _, folder := range more {
		entries, err := fs.ReadDir(folder, tag)
		if err != nil {
			return nil, fmt.Errorf("words: a room has no translation to %s: %w", tag, err)
		}
		for _, e := range entries {
			file, err := fs.ReadFile(folder, path.Join(tag, e.Name()))
			if err != nil {
				return nil, err
			}
			rooms[e.Name()] = file
		}
	}
	return assets.Merge(tag, rooms)
}

// Tags lists the languages there are, the fallback first.
func (b *Book) Tags() []string { return slices.Clone(b.tags) }

// Name is a language's name in its own words; false when there is no such language.
func (b *Book) Name(tag string) (string, bool) {
	n, ok := b.names[tag]
	return n, ok
}

// For returns a speaker of the language, of its nearest relative, or of Fallback.
func (b *Book) For(tag string) Speaker {
	if !slices.Contains(b.tags, tag) {
		_, i, _ := b.match.Match(language.Make(tag))
		tag = b.tags[i]
	}
	return speaker{i18n.NewLocalizer(b.bundle, tag), tag, b.ids}
}

type speaker struct {
	localizer *i18n.Localizer
	tag       string
	ids       map[string]bool
}

func (s speaker) Has(id string) bool { return s.ids[id] }

func (s speaker) Tag() string { return s.tag }

func (s speaker) Say(id string, data Data) string {
	c := &i18n.LocalizeConfig{MessageID: id, TemplateData: data}
	if n, ok := data["Count"]; ok {
		c.PluralCount = n
	}
	text, err := s.localizer.Localize(c)
	if err != nil && c.PluralCount != nil { // one sentence for all numbers
		c.PluralCount = nil
		text, err = s.localizer.Localize(c)
	}
	if err != nil || text == "" {
		return id
	}
	return text
}

// Messages lists the names of all messages that a language has itself, sorted.
func (b *Book) Messages(tag string) ([]string, error) {
	file, err := translation(tag, b.more)
	if err != nil {
		return nil, err
	}
	var messages map[string]any
	if err := json.Unmarshal(file, &messages); err != nil {
		return nil, fmt.Errorf("words: the translation %s cannot be read: %w", tag, err)
	}
	return slices.Sorted(maps.Keys(messages)), nil
}
