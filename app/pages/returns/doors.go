package returns

import (
	"cubby/app/kit"
	"cubby/app/pages"
	"cubby/locker/view"
)

// keep is the button for somebody who wants to keep the item after all.
var keep = pages.Button{Action: view.ActChangeMind, Label: "return.change_mind", Kind: kit.Secondary}

// open is the page of the open door. Its request to close the door grows with time.
func open(s pages.Sheet) pages.Drawer {
	d := pages.Door{Says: pages.Says{
		Words: "return_open", Mark: "parcel", Buttons: []pages.Button{
			keep, {Action: view.ActTooBig, Kind: kit.Secondary},
			{Action: view.ActOccupied, Kind: kit.Secondary},
			{Action: view.ActOtherDoor, Label: "return_more.another", Kind: kit.Secondary},
		},
	}, Big: true}
	if len(s.View.OfReturn().Bags) > 0 {
		d.Lead = "return_open.next"
	}
	if n := min(s.View.LeftOpen(), 3); n > 0 {
		stage := "return_open.left" + string('0'+rune(n))
		d.Title, d.Lead, d.Tone = stage+"_title", stage, pages.Warn
	}
	return d
}

func check(lead string) pages.Drawer {
	return pages.Door{Says: pages.Says{
		Words: "return_check", Lead: lead, Tone: pages.Warn, Buttons: []pages.Button{
			{Action: view.ActOpenAgain, Kind: kit.Primary}, {Action: view.ActInside, Kind: kit.Secondary},
			keep,
		},
	}}
}

// retake asks to take out again what does not stay.
func retake(s pages.Sheet) pages.Drawer {
	d := pages.Door{Says: pages.Says{
		Words: "return_retake", Tone: pages.Warn, Mark: "undo", Buttons: []pages.Button{
			{Action: view.ActBack, Label: "return_retake.not_so", Kind: kit.Secondary},
		},
	}, Big: true}
	switch r := s.View.Reason; r {
	case view.ReasonTooBig, view.ReasonOccupied:
		d.Lead = "return_retake." + string(r)
	default:
		if len(s.View.OfReturn().Bags) > 0 {
			d.Lead = "return_retake.rest"
		}
	}
	return d
}

// more asks whether everything is in.
func more(s pages.Sheet) pages.Drawer {
	return pages.Door{Says: pages.Says{
		Words: "return_more", Tone: pages.Good, Buttons: []pages.Button{
			{Action: view.ActYes, Label: "return_more.all", Kind: kit.Primary},
			{Action: view.ActMore, Label: "return_more.another", Kind: kit.Secondary},
		},
	}}
}

// noOpen says that the door did not open, or that nobody knows whether it did.
func noOpen(s pages.Sheet) pages.Drawer {
	title, lead := "no_open.title", "return_no_open.lead"
	switch r := s.View.Reason; r {
	case view.ReasonUnknown, view.ReasonRest:
		title, lead = "no_open."+string(r)+"_title", "return_no_open."+string(r)
	case view.ReasonStuck, view.ReasonUnanswered:
		lead = "return_no_open." + string(r)
	}
	return pages.Door{Says: pages.Says{
		Title: title, Lead: lead, More: "return_no_open.safe", Tone: pages.Warn, Retry: true,
		Buttons: []pages.Button{
			{Action: view.ActTryAgain, Kind: kit.Primary}, {Action: view.ActOtherDoor, Kind: kit.Secondary},
			pages.Back,
		},
	}}
}
