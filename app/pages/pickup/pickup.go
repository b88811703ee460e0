// Package pickup has the pages of a visit that collects. Almost all are data.
package pickup

import (
	"maps"

	"cubby/app/kit"
	"cubby/app/pages"
	"cubby/app/words"
	"cubby/locker/view"
)

// customerPIN is how many digits a customer's PIN has; phoneDigits are those of a phone that
// are asked for.
const (
	customerPIN = 8
	phoneDigits = 4
)

// Room are the pages.
func Room() pages.Room {
	return pages.Room{
		Name:  "pickup",
		Steps: allSteps(),
		Icons: map[view.ActionName]string{view.ActTaken: "tick", view.ActOpenAll: "door-open",
			view.ActReport:  "help",
			view.ActNotMine: "person", view.ActDamaged: "warning", view.ActEmpty: "shape-square",
		},
		Labels: map[string]string{
			"pickup_open.does_not_close": "door-open", // a complaint bears no tick
		},
		Behind: map[view.Step]view.Step{view.StepPickupRefused: view.StepPickupEnter},
	}
}

func allSteps() map[view.Step]pages.Drawer {
	all := maps.Clone(steps)
	maps.Copy(all, careSteps)
	return all
}

var again = []pages.Button{
	{Action: view.ActStartPickup, Label: "action.try_again", Kind: kit.Primary},
	pages.Back,
}

var steps = map[view.Step]pages.Drawer{
	view.StepPickupEnter:  pages.By(enter),
	view.StepPickupSecond: pages.By(second),
	view.StepPickupRefused: pages.Reason{
		Plain: pages.By(refused),
		Of: map[view.Reason]pages.Drawer{
			view.ReasonWait: pages.Message{Says: pages.Says{
				Title: "pickup_refused.wait_title", Lead: "pickup_refused.wait", Tone: pages.Warn, Mark: "clock",
				Buttons: again, Retry: true,
			}, Scene: "scan"},
			view.ReasonOnHold: pages.Message{Says: pages.Says{
				Title: "pickup_refused.hold_title", Lead: "pickup_refused.hold", More: "pickup_refused.hold_more",
				Tone: pages.Warn, Mark: "help", Buttons: []pages.Button{
					{Action: view.ActBack, Kind: kit.Primary},
					{Action: view.ActStartPickup, Label: "pickup_refused.another", Kind: kit.Quiet},
				},
			}, Scene: "pause", Shade: pages.Warn},
			view.ReasonAtCounter:    pages.By(counterTold),
			view.ReasonRedirected:   pages.By(redirectedTold),
			view.ReasonRecalled:     byReason("recalled", "undo"),
			view.ReasonGoneBack:     byReason("gone_back", "undo"),
			view.ReasonHeldCustoms:  byReason("held_customs", "help"),
			view.ReasonHeldFee:      byReason("held_fee", "help"),
			view.ReasonHeldIdentity: byReason("held_identity", "counter"),
			view.ReasonLocked: pages.Message{Says: pages.Says{
				Title: "pickup_refused.locked_title", Lead: "pickup_refused.locked", Tone: pages.Warn, Mark: "help",
				Buttons: again,
			}, Scene: "scan", Shade: pages.Warn},
			view.ReasonNotLive: pages.Message{Says: pages.Says{
				Title: "pickup_refused.not_live_title", Lead: "pickup_refused.not_live",
				More: "pickup_refused.not_live_more", Tone: pages.Warn, Mark: "clock", Buttons: again,
			}, Scene: "scan", Shade: pages.Warn},
			view.ReasonDisputed: pages.Message{Says: pages.Says{
				Title: "pickup_refused.disputed_title", Lead: "pickup_refused.disputed", Alert: "care.number",
				Tone: pages.Warn, Mark: "help", Data: number, Buttons: []pages.Button{
					{Action: view.ActBack, Kind: kit.Primary},
					{Action: view.ActStartPickup, Label: "pickup_refused.another", Kind: kit.Quiet},
				},
			}, Scene: "counter", Shade: pages.Warn},
			view.ReasonDoorOpen:  otherDoor("pickup_refused.door"),
			view.ReasonDoorTaken: otherDoor("pickup_refused.door_taken"),
		},
	},
	view.StepPickupChoose:  pages.By(choose),
	view.StepPickupOpening: pages.Door{Says: pages.Says{Words: "pickup_opening", Mark: "clock"}, Big: true},
	view.StepPickupOpen:    pages.By(open),
	view.StepPickupCheck: pages.Reason{
		Plain: check("pickup_check.title", "pickup_check.lead"),
		Of: map[view.Reason]pages.Drawer{
			view.ReasonNotSeen: check("pickup_check.not_seen_title", "pickup_check.not_seen"),
		},
	},
	view.StepPickupDone: pages.By(done),
	// Taking it back lies where it was said that the door does not close.
	view.StepPickupLeft: pages.Door{Says: pages.Says{
		Words: "pickup_left", More: "pickup_left.more", Tone: pages.Warn, Buttons: []pages.Button{
			{Action: view.ActFinish, Label: "action.close", Kind: kit.Primary},
			{Action: view.ActBack, Label: "pickup_left.back", Kind: kit.Secondary},
		},
	}},
	view.StepNoOpen: pages.Reason{
		Plain: noOpen("no_open.title", "no_open.lead", ""),
		Of: map[view.Reason]pages.Drawer{
			view.ReasonStuck:      stuck("no_open.stuck", "push"),
			view.ReasonStuckPause: stuck("no_open.stuck_pause", "pause"),
			view.ReasonStuckPull:  stuck("no_open.stuck_pull", "pull"),
			view.ReasonHandedOver: pages.By(handedOver),
			view.ReasonUnanswered: noOpen("no_open.title", "no_open.unanswered", "no_open.safe"),
			view.ReasonUnknown:    noOpen("no_open.unknown_title", "no_open.unknown", "no_open.safe"),
			view.ReasonRest:       noOpen("no_open.rest_title", "no_open.rest", "no_open.safe"),
		},
	},
	view.StepToCheck: pages.Door{Says: pages.Says{
		Words: "to_check", More: "to_check.more", Tone: pages.Warn, Buttons: []pages.Button{
			{Action: view.ActStartPickup, Label: "idle.pickup", Kind: kit.Primary}, pages.Back,
		},
	}},
}

// enter asks for a code or a PIN; behind one of six digits those of the phone are typed.
func enter(s pages.Sheet) pages.Drawer {
	k := pages.Keypad{
		Words: "pickup_enter", Scene: "scan", Least: customerPIN, Buttons: []pages.Button{pages.Back},
	}
	if s.View.PINDigits() > customerPIN {
		k.Words = "pickup_enter_phone"
	}
	return k
}

// second asks for the last digits of the recipient's phone.
func second(s pages.Sheet) pages.Drawer {
	k := pages.Keypad{
		Words: "pickup_second", Scene: "scan", Least: phoneDigits, Hidden: true, Only: true,
		Buttons: []pages.Button{pages.Back},
	}
	if s.View.Reason == view.ReasonNotValid {
		k.Words = "pickup_second_again"
	}
	return k
}

// otherDoor is about the door that must be closed first.
func otherDoor(lead string) pages.Drawer {
	return pages.Door{Says: pages.Says{
		Title: "pickup_refused.door_title", Lead: lead, Tone: pages.Warn, Buttons: again,
	}, Other: true}
}

// open is the page of the open door. Its request to close the door grows with time.
func open(s pages.Sheet) pages.Drawer {
	d := pages.Door{Says: pages.Says{
		Words: "pickup_open", Mark: "door-open",
		Buttons: []pages.Button{
			{Action: view.ActFinish, Label: "pickup_open.does_not_close", Kind: kit.Quiet},
			report,
		},
	}, Big: true}
	if s.View.OfPickup().Next != "" {
		d.More = "pickup_open.next"
		d.Data = func(s pages.Sheet) words.Data { return words.Data{"Next": s.View.OfPickup().Next} }
	}
	if n := min(s.View.LeftOpen(), 3); n > 0 {
		stage := "pickup_open.left" + string('0'+rune(n))
		d.Title, d.Lead, d.Tone = stage+"_title", stage, pages.Warn
	}
	return d
}

func check(title, lead string) pages.Drawer {
	return pages.Door{Says: pages.Says{
		Title: title, Lead: lead, Tone: pages.Warn, Buttons: []pages.Button{
			{Action: view.ActOpenAgain, Label: "pickup_check.open_again", Kind: kit.Primary},
			{Action: view.ActTaken, Label: "pickup_check.taken", Kind: kit.Secondary},
			report,
		},
	}}
}

func done(s pages.Sheet) pages.Drawer {
	m := pages.Message{Says: pages.Says{
		Words: "pickup_done", Tone: pages.Good, Mark: "tick",
		Last: true, // not "open again" where "I have everything" was
		Buttons: []pages.Button{
			{Action: view.ActFinish, Label: "action.close", Kind: kit.Primary},
			{Action: view.ActOpenAgain, Label: "pickup_done.open_again", Kind: kit.Secondary},
			{Action: view.ActRemember, Kind: kit.Quiet},
			report,
		},
	}, Scene: "done", Shade: pages.Good}
	if s.View.Allows(view.ActOpenAgain) && s.Door() != "" {
		m.More = "pickup_done.more"
		if left := s.View.OfPickup().Grace; left > 0 {
			m.More = "pickup_done.grace"
			m.Data = func(pages.Sheet) words.Data { return words.Data{"Minutes": (left + 59) / 60} }
		}
	}
	return m
}

// noOpen says that the door did not open, or that nobody knows whether it did.
func noOpen(title, lead, more string) pages.Drawer {
	return pages.Door{Says: pages.Says{
		Title: title, Lead: lead, More: more, Tone: pages.Warn, Retry: true, Buttons: []pages.Button{
			{
				Action: view.ActTryAgain,
				Kind:   kit.Primary,
			}, pages.Back, {Action: view.ActFinish, Kind: kit.Quiet},
		},
	}}
}
