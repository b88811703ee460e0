package centre

import (
	"maps"
	"slices"
	"strings"
	"time"

	"cubby/locker/ledger"
	"cubby/locker/plain"
	"cubby/locker/view"
	"cubby/locker/visit"
)

// A Text is what the centre has people told, by language tag.
type Text struct {
	Name string            `json:"name"`
	Text map[string]string `json:"text"`
}

// Texts are by name. Those that a page of this station shows are view.TextNotice and
// view.TextHelp; others are kept for a later version.
var Texts = ledger.NewTable("centre_texts", "name", ledger.InMemory[Text]())

// Settings are what the centre says of the station itself.
type Settings struct {
	Name string `json:"name"` // for people; empty: that of the configuration
}

// SettingsNow are they as they are.
var SettingsNow = ledger.NewSingle[Settings]("centre_settings")

// Bounds of a text, in characters, and of how many there are.
const (
	mostNotice    = 140
	mostHelp      = 60
	mostText      = 2000 // of one that no page of this version shows
	mostName      = 100
	mostTexts     = 100
	mostLanguages = 50
)

type (
	// KeepText puts a text in place of the one before. Repeating it changes nothing.
	KeepText struct {
		Name string
		Text map[string]string
	}
	// DropText takes a text away.
	DropText struct{ Name string }
	// Rename gives the station the name that the centre calls it by; empty: its own again.
	Rename struct{ Name string }

	// TextKept: people are told this from now on.
	TextKept struct {
		Name string            `json:"name"`
		Text map[string]string `json:"text"`
	}
	// TextDropped: people are not told this any more.
	TextDropped struct {
		Name string `json:"name"`
	}
	// Renamed: screens show another name of the station.
	Renamed struct {
		Name string `json:"name"`
	}
)

// CheckText refuses what does not fit on the page that shows a text, and what is no plain
// text.
func CheckText(name string, text map[string]string) error {
	most := mostText
	switch name {
	case view.TextNotice:
		most = mostNotice
	case view.TextHelp:
		most = mostHelp
	}
	if len(text) == 0 || len(text) > mostLanguages {
		return ledger.Refuse(ledger.Invalid, "languages", "a text is in 1 to %d languages",
			mostLanguages).At("/text")
	}
	for _, tag := range slices.Sorted(maps.Keys(text)) {
		if err := plain.Check(text[tag], most, "text", "/text/"+tag); err != nil {
			return err
		}
	}
	return nil
}

// Decide refuses what does not fit on a page.
func (c KeepText) Decide(t *visit.Turn) error {
	if err := CheckText(c.Name, c.Text); err != nil {
		return err
	}
	is, known := Texts.Get(t.State, c.Name)
	switch {
	case known && maps.Equal(is.Text, c.Text):
		return nil
	case !known && len(Texts.Keys(t.State)) >= mostTexts:
		return ledger.Refuse(ledger.Conflict, "too-many", "a station has at most %d texts", mostTexts)
	}
	t.Emit(&TextKept{c.Name, c.Text})
	return nil
}

// Decide changes nothing when there is none.
func (c DropText) Decide(t *visit.Turn) error {
	if _, ok := Texts.Get(t.State, c.Name); ok {
		t.Emit(&TextDropped{c.Name})
	}
	return nil
}

// Decide changes nothing when it has this name.
func (c Rename) Decide(t *visit.Turn) error {
	if c.Name != "" {
		if err := plain.Check(c.Name, mostName, "name", "/name"); err != nil {
			return err
		}
	}
	if SettingsNow.Read(t.State).Name != c.Name {
		t.Emit(&Renamed{c.Name})
	}
	return nil
}

// Type is the fact's name; Subject and Published as for every fact.
func (TextKept) Type() string      { return "centre.text_kept" }
func (f TextKept) Subject() string { return "texts/" + f.Name }
func (TextKept) Published() bool   { return false }

// Apply puts it in place of the one before.
func (f *TextKept) Apply(s *ledger.State, _ time.Time) { Texts.Put(s, f.Name, Text{f.Name, f.Text}) }

// Type is the fact's name; Subject and Published as for every fact.
func (TextDropped) Type() string      { return "centre.text_dropped" }
func (f TextDropped) Subject() string { return "texts/" + f.Name }
func (TextDropped) Published() bool   { return false }

// Apply takes it away.
func (f *TextDropped) Apply(s *ledger.State, _ time.Time) { Texts.Delete(s, f.Name) }

// Type is the fact's name; Subject and Published as for every fact.
func (Renamed) Type() string    { return "centre.station_named" }
func (Renamed) Subject() string { return "station" }
func (Renamed) Published() bool { return false }

// Apply keeps the name.
func (f *Renamed) Apply(s *ledger.State, _ time.Time) { SettingsNow.Write(s, Settings{f.Name}) }

// NameOf is what screens call the station; configured is its own name.
func NameOf(s *ledger.State, configured string) string {
	if name := SettingsNow.Read(s).Name; name != "" {
		return name
	}
	return configured
}

// In is the text in a language: that one, or else the same language of another place or
// script, or English, or whatever there is first.
func (t Text) In(tag string) string {
	base := func(tag string) string {
		first, _, _ := strings.Cut(tag, "-")
		return strings.ToLower(first)
	}
	tags := slices.Sorted(maps.Keys(t.Text))
	for _, fits := range []func(string) bool{
		func(has string) bool { return strings.EqualFold(has, tag) },
		func(has string) bool { return base(has) == base(tag) },
		func(has string) bool { return base(has) == "en" },
		func(string) bool { return true },
	} {
		if i := slices.IndexFunc(tags, fits); i >= 0 {
			return t.Text[tags[i]]
		}
	}
	return ""
}

// says gives a view the texts of the centre, in the language of the page.
func says(s *ledger.State, v visit.Visit, out *view.View) {
	sends(s, out)
	if text, ok := Texts.Get(s, view.TextHelp); ok {
		out.Help = text.In(out.Language)
	}
	if text, ok := Texts.Get(s, view.TextNotice); ok && out.Step == view.StepIdle {
		out.Announcement = text.In(out.Language)
	}
}

// forgetWords takes away what the centre has had people told, its policies and its keys.
func forgetWords(s *ledger.State) {
	for _, key := range Texts.Keys(s) {
		Texts.Delete(s, key)
	}
	for _, key := range Policies.Keys(s) {
		Policies.Delete(s, key)
	}
	SettingsNow.Clear(s)
	Keys.Clear(s)
}
