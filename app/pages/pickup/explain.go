package pickup

import (
	"cubby/app/kit"
	"cubby/app/pages"
	"cubby/app/words"
	"cubby/locker/view"
)

// The next step that a refusal offers first; whatever else can be done comes after it.
var (
	leaves = []pages.Button{
		{Action: view.ActBack, Kind: kit.Primary}, helps,
		{Action: view.ActStartPickup, Label: "pickup_refused.another", Kind: kit.Quiet},
	}
	triesAgain = []pages.Button{
		{Action: view.ActStartPickup, Label: "pickup_refused.another", Kind: kit.Primary}, helps, pages.Back,
	}
	asks = []pages.Button{
		{Action: view.ActHelp, Label: "help.button", Kind: kit.Primary},
		{Action: view.ActStartPickup, Label: "pickup_refused.another", Kind: kit.Secondary}, pages.Back,
	}
	helps = pages.Button{Action: view.ActHelp, Label: "help.button", Kind: kit.Secondary}
)

// explained are the refusals that only the bearer of a code that is or was right sees.
var explained = map[view.Reason]struct {
	mark string
	next []pages.Button
}{
	view.ReasonElsewhere: {"pin-here", leaves}, view.ReasonNotHere: {"courier", leaves},
	view.ReasonEarly: {"clock", leaves}, view.ReasonCollected: {"tick", leaves},
	view.ReasonExpired: {"clock", leaves}, view.ReasonCancelled: {"clear", leaves},
	view.ReasonReplaced: {"again", triesAgain}, view.ReasonCodeOver: {"clock", leaves},
	view.ReasonMissing: {"help", asks}, view.ReasonClock: {"clock", triesAgain},
	view.ReasonAmbiguous: {"help", asks},
}

// refused is the one answer to everybody, or the reason where the view has one.
func refused(s pages.Sheet) pages.Drawer {
	r := s.View.Reason
	e, ok := explained[r]
	if !ok {
		return pages.Message{Says: pages.Says{
			Words: "pickup_refused", Lead: "pickup_refused.not_valid", More: "pickup_refused.not_valid_more",
			Tone: pages.Warn, Mark: "help", Buttons: again,
		}, Scene: "scan", Shade: pages.Warn}
	}
	scene := "pause"
	if e.mark == "help" { // staff are asked
		scene = "counter"
	}
	name := "pickup_refused." + string(r)
	return pages.Message{Says: pages.Says{
		Title: name + "_title", Lead: name, More: name + "_more", Tone: pages.Warn, Mark: e.mark, Buttons: e.next,
		Data: func(s pages.Sheet) words.Data {
			told := s.View.OfPickup().Told
			if told == nil {
				told = &view.Told{}
			}
			at := ""
			if told.At != nil {
				at = pages.When(s, *told.At)
			}
			return words.Data{"Station": told.Station, "Address": told.Address, "At": at}
		},
	}, Scene: scene, Shade: pages.Warn}
}
