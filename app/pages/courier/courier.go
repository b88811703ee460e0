// Package courier has the pages of a visit that deposits. Most are data.
package courier

import (
	"cubby/app/kit"
	"cubby/app/pages"
	"cubby/app/words"
	"cubby/locker/view"
)

// courierPIN is how many digits the shortest courier PIN has.
const courierPIN = 6

const printIcon = "printer"

// Room are the pages.
func Room() pages.Room {
	return pages.Room{
		Name:  "courier",
		Steps: steps,
		Icons: map[view.ActionName]string{
			view.ActTooBig: "parcel", view.ActBroken: "wrench", view.ActOccupied: "hand", view.ActUndo: "undo",
			view.ActOtherDoor: "door", view.ActReceipt: "receipt", view.ActPrint: printIcon,
		},
		Heard:  map[view.Heard]string{view.HeardNotValid: "heard.not_valid_courier"},
		Behind: map[view.Step]view.Step{view.StepCourierRefused: view.StepCourierEnter},
	}
}

var steps = map[view.Step]pages.Drawer{
	view.StepCourierEnter: pages.Keypad{
		Words: "courier_enter", Scene: "badge", Least: courierPIN, Hidden: true, Buttons: []pages.Button{
			pages.Back, {Action: view.ActStartStaff, Kind: kit.Quiet},
		},
	},
	view.StepCourierRefused: pages.Reason{
		Plain: refused("courier_refused.title", "courier_refused.not_valid", "badge", false),
		Of: map[view.Reason]pages.Drawer{
			view.ReasonWait: refused("courier_refused.wait_title", "courier_refused.wait", "clock", true),
		},
	},
	view.StepCourierReady:     pages.Func(ready),
	view.StepCourierShelf:     pages.By(shelf),
	view.StepCourierElsewhere: pages.By(elsewhere),
	view.StepCourierOpening:   pages.Door{Says: pages.Says{Words: "courier_opening", Mark: "clock"}, Big: true},
	view.StepCourierOpen:      pages.By(open),
	view.StepCourierCheck: pages.Reason{
		Plain: check("courier_check.lead"),
		Of:    map[view.Reason]pages.Drawer{view.ReasonNotSeen: check("courier_check.not_seen")},
	},
	view.StepCourierRetake: pages.Reason{
		Plain: retake("courier_retake.lead"),
		Of: map[view.Reason]pages.Drawer{
			view.ReasonTooBig:   retake("courier_retake.too_big"),
			view.ReasonBroken:   retake("courier_retake.broken"),
			view.ReasonOccupied: retake("courier_retake.occupied"),
			view.ReasonUndo:     retake("courier_retake.undo"),
		},
	},
	// Asked before a second door is opened while this one stands open. Going back
	// lies where the question came from.
	view.StepCourierLeave: pages.Door{Says: pages.Says{
		Words: "courier_leave", Tone: pages.Warn, Last: true, Buttons: []pages.Button{
			{Action: view.ActBack, Label: "courier_leave.back", Kind: kit.Primary},
			{Action: view.ActOtherDoor, Label: "courier_leave.other", Kind: kit.Secondary},
		},
	}},
	view.StepCourierNoOpen:  pages.By(noOpen),
	view.StepCourierReceipt: pages.Func(receiptPage),
	view.StepCourierDone:    pages.By(done),
}

func refused(title, lead, mark string, wait bool) pages.Drawer {
	return pages.Message{Says: pages.Says{
		Title: title, Lead: lead, Tone: pages.Warn, Mark: mark, Retry: wait, Buttons: []pages.Button{
			{Action: view.ActStartCourier, Label: "action.try_again", Kind: kit.Primary},
			{
				Action: view.ActTryAgain,
				Kind:   kit.Primary,
			}, pages.Back, {Action: view.ActFinish, Kind: kit.Quiet},
		},
	}, Scene: "badge", Shade: pages.Warn}
}

func open(s pages.Sheet) pages.Drawer {
	d := pages.Door{Says: pages.Says{
		Words: "courier_open", Mark: "parcel", Buttons: []pages.Button{
			{Action: view.ActTooBig, Kind: kit.Secondary}, {Action: view.ActOccupied, Kind: kit.Secondary},
			{Action: view.ActBroken, Kind: kit.Secondary}, {Action: view.ActUndo, Kind: kit.Secondary},
		},
	}, Big: true}
	if s.View.OfCourier().Unannounced {
		d.Lead = "courier_open.unannounced"
	}
	if s.View.LeftOpen() > 0 {
		d.Title, d.Lead, d.Tone = "courier_open.left", "courier_open.left_lead", pages.Warn
	}
	return d
}

func check(lead string) pages.Drawer {
	return pages.Door{Says: pages.Says{
		Words: "courier_check", Lead: lead, Tone: pages.Warn, Buttons: []pages.Button{
			{Action: view.ActOpenAgain, Kind: kit.Primary}, {Action: view.ActInside, Kind: kit.Secondary},
			{Action: view.ActUndo, Label: "courier_check.kept", Kind: kit.Secondary},
		},
	}}
}

func retake(lead string) pages.Drawer {
	return pages.Door{Says: pages.Says{
		Words: "courier_retake", Lead: lead, Tone: pages.Warn, Mark: "undo", Buttons: []pages.Button{
			{Action: view.ActBack, Label: "courier_retake.not_so", Kind: kit.Secondary},
			{Action: view.ActOtherDoor, Label: "courier_retake.does_not_close", Kind: kit.Quiet},
		},
	}, Big: true}
}

// noOpen is about a door that is not known to be open, and says the same of it
// as a customer's page does. A parcel that is being given back is behind it.
func noOpen(s pages.Sheet) pages.Drawer {
	key, lead := "courier_no_open.", "courier_no_open.lead"
	if !s.View.Allows(view.ActOtherDoor) {
		key, lead = "courier_no_open.back_", "courier_no_open.back"
	}
	title := "courier_no_open.title"
	switch r := s.View.Reason; r {
	case view.ReasonUnknown, view.ReasonRest:
		title, lead = "no_open."+string(r)+"_title", key+string(r)
	case view.ReasonStuck, view.ReasonUnanswered:
		lead = key + string(r)
	}
	return pages.Door{Says: pages.Says{
		Title: title, Lead: lead, Tone: pages.Warn, Retry: true, Buttons: []pages.Button{
			{
				Action: view.ActTryAgain,
				Kind:   kit.Primary,
			}, {Action: view.ActOtherDoor, Kind: kit.Secondary}, pages.Back,
		},
	}}
}

func done(s pages.Sheet) pages.Drawer {
	m := pages.Message{Says: pages.Says{
		Words: "courier_done", Tone: pages.Good, Mark: "tick",
		Data:    func(s pages.Sheet) words.Data { return words.Data{"Count": s.View.OfCourier().Count} },
		Buttons: []pages.Button{{Action: view.ActFinish, Label: "action.close", Kind: kit.Primary}},
	}, Scene: "done", Shade: pages.Good}
	if s.View.OfCourier().Count == 0 {
		m.Lead, m.Data = "courier_done.none", nil
	}
	return m
}
