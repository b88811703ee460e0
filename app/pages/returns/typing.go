package returns

import (
	"cubby/app/kit"
	"cubby/app/pages"
	"cubby/locker/view"
)

// form is a page on which one text is typed.
func form(s pages.Sheet, words string, f pages.Field, buttons []pages.Button,
	tells func(p *pages.Plan)) pages.Page {
	return typed(words, f, buttons, tells).Draw(s)
}

func typed(words string, f pages.Field, buttons []pages.Button, tells func(p *pages.Plan)) pages.Form {
	f.Name = "text"
	return pages.Form{
		Says:   pages.Says{Words: words, Mark: "keypad", Buttons: buttons},
		Fields: func(pages.Sheet) []pages.Field { return []pages.Field{f} },
		Action: view.ActType, Send: words + ".send",
		Tells: func(_ pages.Sheet, p *pages.Plan) { tells(p) },
	}
}

// enter is where a return begins: everything that names it can be scanned, and the
// numbers among that typed.
func enter(s pages.Sheet) pages.Page {
	f := pages.Field{Label: "return_enter.text", Letters: true, Max: longestNumber, Bytes: longestNumber,
		Lines: 2}
	buttons := []pages.Button{
		{Action: view.ActStartPackaging, Label: "return_enter.packaging", Kind: kit.Secondary}, pages.Back,
	}
	return form(s, "return_enter", f, buttons, func(p *pages.Plan) {
		p.Mark = "undo"
		if s.Scanner() {
			p.Aside = pages.Picture(s.Look, "scan", kit.Accent)
		} else {
			p.Lead = s.Say("return_enter.lead_no_scanner")
		}
		if s.View.Reason == view.ReasonCardNumber {
			p.Alert = s.Say("return_enter.card_number")
		}
		if !s.Look.Portrait || p.Alert != "" {
			p.Aside = nil // the keyboard needs the room
		}
		if !s.Look.Portrait && p.Alert != "" {
			p.Lead = ""
		}
	})
}

// second asks for what only the customer knows: by what is on file.
func second(s pages.Sheet) pages.Page {
	f := pages.Field{Label: "return_second.both", Letters: true, Max: longestProof, Lines: 1}
	lead := "return_second.both_lead"
	switch s.View.OfReturn().Hint {
	case "phone":
		f = pages.Field{Label: "return_second.phone", Max: phoneDigits}
		lead = "return_second.phone_lead"
	case "postcode":
		f.Label, lead = "return_second.postcode", "return_second.postcode_lead"
	}
	return form(s, "return_second", f, []pages.Button{pages.Back}, func(p *pages.Plan) {
		p.Lead = s.Say(lead)
		if s.View.Reason != view.ReasonNone {
			p.Alert = s.Say("return_second.not_valid")
		}
	})
}

// text asks what is wrong, in somebody's own words.
func text(s pages.Sheet) pages.Page {
	f := pages.Field{Label: "return_text.text", Letters: true, Max: longestText, Bytes: longestText, Lines: 5}
	return form(s, "return_text", f, []pages.Button{pages.Back}, func(p *pages.Plan) {
		p.Mark = "help"
		about(s, p)
	})
}

// about says which item a question is about.
func about(s pages.Sheet, p *pages.Plan) {
	if line := s.View.OfReturn().Line; line != nil {
		p.More = pages.Brief(pages.Clean(line.Title), mostTitle)
	}
}

// mostTitle is how much of an item's name a question repeats, in characters.
const mostTitle = 60
