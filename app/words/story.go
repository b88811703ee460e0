package words

import (
	"regexp"
	"strings"
	"time"

	"cubby/locker/view"
)

// minuteIn is how a sentence of a story writes a time.
const minuteIn = "2006-01-02 15:04"

// Tell is the sentence of a line of a story, with times of the machine's zone. It has no
// full stop: it stands in a list.
func Tell(s Speaker, l view.StoryLine) string { return TellIn(s, l, time.Local) }

// TellIn is Tell with the times of another zone.
func TellIn(s Speaker, l view.StoryLine, zone *time.Location) string {
	// A sentence asks whether there is something for a gap, so that each must be known.
	gaps := Data{"Who": "", "Stage": "", "Copy": "", "ToCheck": "", "KeepsCode": "", "Size": "", "Order": "",
		"Door": "", "Parcel": "", "Reason": "", "Second": "", "Credential": "", "Deadline": "",
		"What": "", "OrderedBy": "", "Refused": ""}
	for name, value := range l.Data {
		gaps[name] = value
	}
	gaps["Who"] = whoDid(s, l)
	gaps["Reason"] = reason(s, l.Data["Reason"])
	gaps["Refused"] = reason(s, l.Data["Refused"])
	gaps["What"] = known(s, "story.ordered.", l.Data["What"])
	gaps["Credential"] = known(s, "story.credential.", l.Data["Credential"])
	if at, err := time.Parse(time.RFC3339, l.Data["Deadline"]); err == nil {
		gaps["Deadline"] = at.In(zone).Format(minuteIn)
	}
	if id := "story." + l.What; s.Has(id) {
		return s.Say(id, gaps)
	}
	return s.Say("story.other", nil)
}

// whoDid names who did it as that kind of person is named.
func whoDid(s Speaker, l view.StoryLine) string {
	if l.Who == "" {
		return ""
	}
	if id := "story.who." + l.Data["By"]; s.Has(id) {
		return s.Say(id, Data{"Name": l.Who})
	}
	return l.Who
}

var (
	// word is how reasons look that the program gives, and no person types so.
	word = regexp.MustCompile(`^[a-z]+(_[a-z]+)*$`)
	// text is how its fixed texts look.
	text = regexp.MustCompile(`^[a-z]+([ '][a-z]+)+$`)
	gap  = regexp.MustCompile(`[ ']`)
)

// reason says the reasons that the program itself gives in the language. What somebody has
// typed stays as it is.
func reason(s Speaker, why string) string {
	if said := known(s, "story.reason.", why); said != why {
		return said
	}
	kind, more, two := strings.Cut(why, ": ")
	if said := fixed(s, kind); said != kind {
		if two {
			said += ": " + fixed(s, more)
		}
		return said
	}
	if word.MatchString(why) {
		return strings.ReplaceAll(why, "_", " ") // of a newer core
	}
	return why
}

// Why says a reason as stories do: those that the program gives are said in the language.
func Why(s Speaker, why string) string { return reason(s, why) }

// fixed says a text that the program writes into the log.
func fixed(s Speaker, why string) string {
	if !text.MatchString(why) {
		return why
	}
	if id := "story.text." + gap.ReplaceAllString(why, "_"); s.Has(id) {
		return s.Say(id, nil)
	}
	return why
}

// known says a word; the word itself when there is no message for it.
func known(s Speaker, family, w string) string {
	if !word.MatchString(w) {
		return w
	}
	if s.Has(family + w) {
		return s.Say(family+w, nil)
	}
	return w
}
