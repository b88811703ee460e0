package staff

import (
	"cubby/app/kit"
	"cubby/app/pages"
	"cubby/locker/view"
)

// open is the page of the open door. Its request to close it grows with time.
func open(s pages.Sheet) pages.Drawer {
	d := pages.Door{Says: pages.Says{
		Words: "staff_open", Mark: "door-open", Buttons: []pages.Button{pages.Back},
	}, Big: true}
	round := s.View.OfStaff().Doing == view.OpReturnNext
	if round {
		d.Lead = "staff_open.round"
	}
	if n := min(s.View.LeftOpen(), 3); n > 0 {
		stage := "staff_open.left" + string('0'+rune(n))
		d.Title, d.Lead, d.Tone = stage+"_title", stage, pages.Warn
		if round && n == 1 {
			d.Lead = "staff_open.round"
		}
	}
	return d
}

// noOpen says that the door did not open, or that nobody knows whether it did.
func noOpen(s pages.Sheet) pages.Drawer {
	title, lead := "no_open.title", "staff_no_open.lead"
	switch r := s.View.Reason; r {
	case view.ReasonUnknown, view.ReasonRest:
		title, lead = "no_open."+string(r)+"_title", "staff_no_open."+string(r)
	case view.ReasonStuck, view.ReasonUnanswered:
		lead = "staff_no_open." + string(r)
	}
	return pages.Door{Says: pages.Says{
		Title: title, Lead: lead, Tone: pages.Warn, Retry: true, Buttons: []pages.Button{
			{Action: view.ActTryAgain, Kind: kit.Primary}, pages.Back,
			{Action: view.ActFinish, Kind: kit.Quiet},
		},
	}}
}

// looked asks what was behind the door that was closed again.
func looked(s pages.Sheet) pages.Page {
	p := begin(s, "staff_looked", "help")
	p.Plate = s.Door()
	p.Lead = s.Say("staff_looked.lead")
	ops := s.View.OfStaff().Ops
	operations(s, &p, ops)
	p.Figure = pages.Wall(s.Door(), kit.Accent)
	below(s, &p, ops)
	return pages.Compose(s, p)
}
