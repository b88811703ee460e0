// Package returns has the pages of somebody who brings something back. They show what
// the payload says and decide nothing: what comes back, and what money follows, is for
// the rules.
package returns

import (
	"cubby/app/kit"
	"cubby/app/pages"
	"cubby/app/words"
	"cubby/locker/view"
)

// Lengths of what is typed, in characters.
const (
	longestNumber = 64
	longestProof  = 16
	phoneDigits   = 4
	longestText   = 200
)

// Room are the pages.
func Room() pages.Room {
	return pages.Room{
		Name:  "returns",
		Steps: steps,
		Icons: map[view.ActionName]string{
			view.ActStartReturn: "undo", view.ActStartPackaging: "parcel", view.ActMore: "plus",
			view.ActChangeMind: "hand", view.ActLowDoor: "door", view.ActHome: "courier",
			view.ActPhoto: "camera", view.ActSkip: "next", view.ActPrint: "printer",
		},
		Labels: map[string]string{
			"return_more.another": "door", "return_home.yes": "tick",
			"return_photo.use": "tick", "return_more.all": "tick",
			"return_offer.low_on": "tick",
		},
		Heard: map[view.Heard]string{
			view.HeardNotValid: "heard.not_valid_return", view.HeardFirst: "heard.first_return",
		},
		Behind: map[view.Step]view.Step{view.StepReturnRefused: view.StepReturnEnter},
	}
}

var steps = map[view.Step]pages.Drawer{
	view.StepReturnEnter:   pages.Func(enter),
	view.StepReturnSecond:  pages.Func(second),
	view.StepReturnRefused: pages.By(refused),

	view.StepReturnLines:    pages.Func(lines),
	view.StepReturnLine:     pages.Func(explained),
	view.StepReturnQuantity: pages.Func(quantity),
	view.StepReturnReason:   pages.Func(reasons),
	view.StepReturnText:     pages.Func(text),
	view.StepReturnPhoto:    pages.By(photo),
	view.StepReturnOffer:    pages.Func(offer),
	view.StepReturnAsking: pages.Message{
		Says:  pages.Says{Words: "return_asking", Mark: "clock"},
		Scene: "pause",
	},
	view.StepReturnHome:    pages.Func(home),
	view.StepReturnCounter: pages.Func(counter),

	view.StepReturnOpening: pages.Door{Says: pages.Says{Words: "return_opening", Mark: "clock"}, Big: true},
	view.StepReturnOpen:    pages.By(open),
	view.StepReturnCheck: pages.Reason{
		Plain: check("return_check.lead"),
		Of:    map[view.Reason]pages.Drawer{view.ReasonNotSeen: check("return_check.not_seen")},
	},
	view.StepReturnRetake: pages.By(retake),
	view.StepReturnMore:   pages.By(more),
	view.StepReturnNoOpen: pages.By(noOpen),
	view.StepReturnDone:   pages.Func(done),

	view.StepPackaging:     pages.Func(packaging),
	view.StepPackagingDone: pages.By(packagingDone),
}

// refused is one answer to all that is not known or not proved, and says only of a
// return whose number was right how it stands.
func refused(s pages.Sheet) pages.Drawer {
	m := pages.Message{Says: pages.Says{
		Words: "return_refused", More: "return_refused.more", Tone: pages.Warn, Mark: "help",
		Buttons: []pages.Button{
			{Action: view.ActStartReturn, Label: "action.try_again", Kind: kit.Primary},
			pages.Back,
		},
	}, Scene: "scan", Shade: pages.Warn}
	switch r := s.View.Reason; r {
	case view.ReasonWait:
		m.Title, m.Lead, m.More = "return_refused.wait_title", "return_refused.wait", ""
		m.Mark, m.Retry = "clock", true
	case view.ReasonDeclined, view.ReasonOver:
		m.Title, m.Lead, m.More = "return_refused."+string(r)+"_title", "return_refused."+string(r), ""
		m.Mark, m.Scene = "receipt", "pause"
	}
	return m
}

// photo shows how taking the picture goes.
func photo(s pages.Sheet) pages.Drawer {
	m := pages.Message{Says: pages.Says{
		Words: "return_photo", More: "return_photo.more", Mark: "camera", Buttons: []pages.Button{
			{Action: view.ActYes, Label: "return_photo.use", Kind: kit.Primary},
			{Action: view.ActPhoto, Label: "return_photo.take", Kind: kit.Primary},
			{Action: view.ActSkip, Label: "return_photo.skip", Kind: kit.Secondary}, pages.Back,
		},
	}, Scene: "photo"}
	switch s.View.OfReturn().Camera {
	case "taken":
		m.Lead, m.Tone, m.Shade = "return_photo.taken", pages.Good, pages.Good
		m.Buttons[1] = pages.Button{Action: view.ActPhoto, Label: "return_photo.again", Kind: kit.Secondary}
	case "failed":
		m.Lead, m.Tone, m.Shade = "return_photo.failed", pages.Warn, pages.Warn
		m.Buttons[1].Label = "return_photo.again"
	}
	return m
}

func packagingDone(s pages.Sheet) pages.Drawer {
	points := s.View.OfReturn().Points
	m := pages.Message{Says: pages.Says{
		Words: "packaging_done", Tone: pages.Good, Mark: "tick",
		Data:    func(pages.Sheet) words.Data { return words.Data{"Count": points} },
		Buttons: []pages.Button{{Action: view.ActFinish, Label: "action.close", Kind: kit.Primary}},
	}, Scene: "done", Shade: pages.Good}
	if points == 0 {
		m.Lead, m.Data = "packaging_done.none", nil
	}
	return m
}
