package main

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"cubby/app/words"
	"cubby/locker/story"
	"cubby/locker/view"
)

// samples are lines of a fact with every gap filled, with none but the door, and with
// each kind of person.
func samples(what string) (lines []view.StoryLine) {
	full := map[string]string{
		"By": "staff", "Door": "14", "Parcel": "…4711", "Order": "A-4711", "Reason": "interrupted",
		"Second":     "Jon P.",
		"Credential": "code", "Size": "M", "Deadline": "2026-03-03T09:00:00Z", "Stage": "2", "Copy": "yes",
		"ToCheck": "yes", "KeepsCode": "yes",
	}
	for _, by := range []string{"customer", "courier", "staff", "shop", "tools", "centre"} {
		line := view.StoryLine{What: what, Who: "Mira", Data: map[string]string{}}
		for name, value := range full {
			line.Data[name] = value
		}
		line.Data["By"] = by
		lines = append(lines, line)
	}
	for _, only := range []string{"", "Parcel", "Reason", "Credential", "Second"} {
		line := view.StoryLine{
			What: what, Data: map[string]string{"Door": "14", "Deadline": "2026-03-03T09:00:00Z"},
		}
		if only != "" {
			line.Data[only] = full[only]
		}
		lines = append(lines, line)
	}
	return append(lines, view.StoryLine{What: what, Who: "Mira", Data: map[string]string{
		"By": "staff", "Door": "14", "Deadline": "2026-03-03T09:00:00Z",
	}})
}

func TestEveryToldFactIsASentenceInEveryLanguage(t *testing.T) {
	book, err := words.Open()
	if err != nil {
		t.Fatal(err)
	}
	wrong := regexp.MustCompile(`<no value>|\{\{|story\.|_|  |^ | $| [.,:;)]|[,:;(]$|\(\)|（）|, [,:;]|::`)
	latin := regexp.MustCompile(`[A-Za-z]{2,}`)
	for _, tag := range book.Tags() {
		other := words.Tell(book.For(tag), view.StoryLine{What: "something.else"})
		for _, what := range story.Told() {
			for _, line := range samples(what) {
				said := words.Tell(book.For(tag), line)
				if said == other || wrong.MatchString(said) {
					t.Errorf("%s: %s with %v is %q", tag, what, line.Data, said)
				}
				names := strings.NewReplacer("Mira", "", "Jon P.", "", "RFC", "")
				if left := latin.FindString(names.Replace(said)); tag == "zh-Hans" && left != "" {
					t.Errorf("%s: %s says %q in %q", tag, what, left, said)
				}
			}
		}
	}
	if t.Failed() || !testing.Verbose() {
		return
	}
	for _, what := range story.Told() { // to be read by whoever changes them
		for _, line := range samples(what) {
			fmt.Printf("%-24s %-95s %s\n", what, words.Tell(book.For("en"), line),
				words.Tell(book.For("zh-Hans"), line))
		}
	}
}
