package locker

import "cubby/locker/view"

// pickupSteps are the pages of a visit that collects.
var pickupSteps = map[view.Step]step{
	view.StepPickupEnter: {
		acts:  []act{{name: view.ActPIN}, {name: view.ActBack, do: (*turn).finishVisit}},
		keeps: func(c Present, _ Visit) bool { return c.CodeHash == "" },
		shows: showPad,
	},
	view.StepPickupRefused: {
		acts:  []act{{name: view.ActStartPickup, do: startPickup}, {name: view.ActBack, do: (*turn).finishVisit}},
		keeps: func(c Present, v Visit) bool { return c.CodeHash == "" && v.Reason != view.ReasonNotValid },
		shows: showNoDoor,
	},
	view.StepPickupOpening: {scan: Present.atDoor, clock: waitDoor},
	view.StepPickupOpen: {
		acts: []act{{name: view.ActFinish, do: leavePickup, when: closingAsked}}, // the door does not close: leave it to us
		scan: Present.atDoor, clock: waitDoor, reminds: true,
	},
	view.StepPickupLeft: {
		acts:  []act{{name: view.ActFinish, do: (*turn).finishVisit}, {name: view.ActBack, do: backToOpenDoor}},
		keeps: func(c Present, _ Visit) bool { return c.CodeHash == "" },
		clock: waitRead, thanks: true,
	},
	view.StepPickupCheck: {
		acts: []act{{name: view.ActTaken, do: taken}, {name: view.ActOpenAgain, do: openAgainToTake, when: notHeld}},
		scan: Present.atDoor,
		timeOut: func(t *turn) {
			p, _ := t.Parcel(t.visit.Parcel)
			t.emit(&PickupAborted{of(p), t.visit.Compartment, "not_taken", false})
		},
	},
	view.StepPickupDone: {
		acts:  []act{{name: view.ActFinish, do: (*turn).finishVisit}, {name: view.ActOpenAgain, do: lookAgain, when: mayLookAgain}},
		keeps: func(c Present, _ Visit) bool { return c.CodeHash == "" },
		clock: waitThanks, thanks: true,
	},
	view.StepNoOpen: {
		acts:  []act{{name: view.ActTryAgain, do: (*turn).tryAgain, when: mayTryPickupAgain}, {name: view.ActBack, do: (*turn).finishVisit}},
		keeps: func(c Present, _ Visit) bool { return c.CodeHash == "" },
	},
	view.StepToCheck: {
		acts:  []act{{name: view.ActStartPickup, do: startPickup}, {name: view.ActBack, do: (*turn).finishVisit}},
		keeps: func(c Present, _ Visit) bool { return c.CodeHash == "" },
	},
}

func closingAsked(_ World, v Visit, _ Env) bool { return v.LeftOpen > 0 }

func notHeld(w World, v Visit, _ Env) bool {
	p, _ := w.Parcel(v.Parcel)
	return p.OnHold == nil
}

func mayLookAgain(w World, v Visit, _ Env) bool {
	c, ok := w.Compartment(v.Compartment)
	return ok && c.Offerable() && !v.Reopened
}

// While the page stands the parcel may expire or be held, and staff withdraw a
// compartment that is free.
func mayTryPickupAgain(w World, v Visit, env Env) bool {
	if waiting(v, env) || v.Reason == view.ReasonUnknown {
		return false
	}
	if o, _ := w.Opening(v.Opening); o.Purpose == ForReopen {
		c, _ := w.Compartment(v.Compartment)
		return c.Allocation == Free
	}
	p, _ := w.Parcel(v.Parcel)
	return p.State == Stored && p.OnHold == nil && p.Compartment == v.Compartment
}

// leavePickup leaves the open door to staff, which can be taken back on the next
// page.
func leavePickup(t *turn) { t.stepAtDoor(view.StepPickupLeft, view.ReasonNone) }

func backToOpenDoor(t *turn) { t.stepAtDoor(view.StepPickupOpen, view.ReasonNone) }

func taken(t *turn) {
	p, _ := t.Parcel(t.visit.Parcel)
	t.collect(p, t.visit.Compartment, ByHuman)
}

func openAgainToTake(t *turn) { t.again(ForPickup, t.visit.Compartment, t.visit.Parcel) }

func lookAgain(t *turn) {
	if t.again(ForReopen, t.visit.Compartment, t.visit.Parcel) {
		t.visit.Reopened = true
	}
}

func (t *turn) tryAgain() {
	v := t.visit
	o, _ := t.Opening(v.Opening)
	if _, busy := t.otherOpenDoor(v.Compartment); busy {
		t.Heard = view.HeardBusy
		return
	}
	if p, _ := t.Parcel(v.Parcel); o.Purpose == ForPickup && p.State == Stored {
		t.emit(&PickupAuthorised{of(p), v.Compartment, "again"})
	}
	t.intend(o.Purpose, v.Compartment, v.Parcel, 1)
}
