package parcel

import (
	"time"

	"cubby/locker/door"
	"cubby/locker/ledger"
	"cubby/locker/view"
	"cubby/locker/visit"
	"cubby/locker/wall"
)

// pickupSteps are the pages of a visit that collects.
var pickupSteps = map[view.Step]visit.Step{
	view.StepPickupEnter: {
		Acts:  []visit.Act{{Name: view.ActPIN}, {Name: view.ActBack, Do: (*visit.Turn).Finish}},
		Keeps: func(c visit.Present, _ visit.Visit) bool { return c.CodeHash == "" },
		PIN:   customerPIN,
		Draws: func(_ *ledger.State, _ visit.Visit, env visit.Env, out *view.View) {
			out.Pickup.PINDigits = PadDigits(env.Policy)
		},
	},
	view.StepPickupSecond: {
		Acts:  []visit.Act{{Name: view.ActPIN}, {Name: view.ActBack, Do: leaveSecond}},
		Keeps: func(c visit.Present, _ visit.Visit) bool { return c.CodeHash == "" },
		PIN:   secondTyped,
		Shows: func(_ *ledger.State, _ visit.Visit, out *view.View) {
			out.Pickup.Door, out.Pickup.PINDigits = "", TailDigits
		},
	},
	view.StepPickupRefused: {
		Acts: []visit.Act{
			{Name: view.ActStartPickup, Do: startPickup}, {Name: view.ActBack, Do: (*visit.Turn).Finish},
		},
		Keeps: func(c visit.Present, v visit.Visit) bool {
			return c.CodeHash == "" && v.Reason != view.ReasonNotValid
		},
		Shows: func(s *ledger.State, v visit.Visit, out *view.View) {
			p, _ := Parcels.Get(s, v.Parcel)
			out.Pickup.Door, out.Pickup.Shelf = "", p.Shelf
			if v.Reason == view.ReasonRedirected {
				out.Pickup.Place = p.placeName()
			}
		},
	},
	view.StepPickupChoose:  choosePage,
	view.StepPickupOpening: {Scan: atDoor, Clock: visit.WaitDoor},
	view.StepPickupOpen: {
		// the door does not close: leave it to us
		Acts: []visit.Act{{Name: view.ActFinish, Do: leavePickup, When: closingAsked}},
		Scan: atDoor, Clock: visit.WaitDoor, Reminds: true,
	},
	view.StepPickupLeft: {
		Acts: []visit.Act{
			{Name: view.ActFinish, Do: (*visit.Turn).Finish}, {Name: view.ActBack, Do: backToOpenDoor},
		},
		Keeps: func(c visit.Present, _ visit.Visit) bool { return c.CodeHash == "" },
		Clock: visit.WaitRead, Thanks: true, LeavesOpen: true,
	},
	view.StepPickupCheck: {
		Acts: []visit.Act{
			{Name: view.ActTaken, Do: taken, When: shutAgain},
			{Name: view.ActOpenAgain, Do: openAgainToTake, When: notHeld},
		},
		Scan: atDoor,
		TimeOut: func(t *visit.Turn) {
			p, _ := Parcels.Get(t.State, t.Visit.Parcel)
			t.Emit(&PickupAborted{of(p), t.Visit.Compartment, "not_taken", false})
		},
	},
	view.StepPickupDone: {
		Acts: []visit.Act{
			{Name: view.ActFinish, Do: (*visit.Turn).Finish}, {
				Name: view.ActOpenAgain, Do: lookAgain, When: mayLookAgain,
			},
		},
		Keeps: func(c visit.Present, _ visit.Visit) bool { return c.CodeHash == "" },
		Clock: visit.WaitThanks, Thanks: true,
		Draws: func(s *ledger.State, v visit.Visit, env visit.Env, out *view.View) {
			if _, until := graceOf(s, env, v.Parcel); !until.IsZero() && v.Actor == "bearer" {
				out.Pickup.Grace = int(settings(env.Policy).ReopenGrace / time.Second)
			}
		},
	},
	view.StepNoOpen: {
		NotOpened: true,
		Acts: []visit.Act{
			{Name: view.ActTryAgain, Do: tryAgain, When: mayTryPickupAgain}, {
				Name: view.ActBack, Do: backToList,
			},
		},
		Keeps: func(c visit.Present, _ visit.Visit) bool { return c.CodeHash == "" },
	},
	view.StepToCheck: {
		NotOpened: true,
		Acts: []visit.Act{
			{Name: view.ActStartPickup, Do: startPickup}, {Name: view.ActBack, Do: (*visit.Turn).Finish},
		},
		Keeps: func(c visit.Present, _ visit.Visit) bool { return c.CodeHash == "" },
	},
}

func closingAsked(_ *ledger.State, v visit.Visit, _ visit.Env) bool { return v.LeftOpen > 0 }

// shutAgain reports whether the door that somebody is asked about does not stand open again,
// as after a rattle: nobody can say of an open door that it was emptied.
func shutAgain(s *ledger.State, v visit.Visit, _ visit.Env) bool {
	c, _ := wall.Compartments.Get(s, v.Compartment)
	return c.Door != door.Open
}

func notHeld(s *ledger.State, v visit.Visit, _ visit.Env) bool {
	p, _ := Parcels.Get(s, v.Parcel)
	return p.OnHold == nil
}

func mayLookAgain(s *ledger.State, v visit.Visit, _ visit.Env) bool {
	c, ok := wall.Compartments.Get(s, v.Compartment)
	return ok && c.Offerable() && !v.Reopened
}

// While the page stands the parcel may expire or be held, and staff withdraw a
// compartment that is free.
func mayTryPickupAgain(s *ledger.State, v visit.Visit, env visit.Env) bool {
	if v.Waits(env) || v.Reason == view.ReasonUnknown || v.Reason == view.ReasonHandedOver {
		return false
	}
	if o, _ := wall.Openings.Get(s, v.Opening); o.Purpose == wall.ForReopen {
		c, _ := wall.Compartments.Get(s, v.Compartment)
		return c.Allocation == wall.Free
	}
	p, _ := Parcels.Get(s, v.Parcel)
	return p.State == Stored && p.OnHold == nil && p.Disputed == nil && p.Compartment == v.Compartment
}

// leavePickup leaves the open door to staff, which can be taken back on the next
// page.
func leavePickup(t *visit.Turn) { t.ShowAtDoor(view.StepPickupLeft, view.ReasonNone) }

func backToOpenDoor(t *visit.Turn) { t.ShowAtDoor(view.StepPickupOpen, view.ReasonNone) }

// answered leaves the question whether a parcel was taken when its door has answered it: one
// that had been given up opened late, and closed.
func answered(t *visit.Turn) {
	if t.Visit.Step != view.StepPickupCheck {
		return
	}
	switch p, _ := Parcels.Get(t.State, t.Visit.Parcel); p.State {
	case Collecting:
	case Collected:
		next(t)
	default:
		t.Finish()
	}
}

func taken(t *visit.Turn) {
	p, _ := Parcels.Get(t.State, t.Visit.Parcel)
	collect(t, p, t.Visit.Compartment, wall.ByHuman)
}

func openAgainToTake(t *visit.Turn) { t.OpenAgain(wall.ForPickup, t.Visit.Compartment, t.Visit.Parcel) }

func lookAgain(t *visit.Turn) {
	if t.OpenAgain(wall.ForReopen, t.Visit.Compartment, t.Visit.Parcel) {
		t.Visit.Reopened = true
	}
}

func tryAgain(t *visit.Turn) {
	v := t.Visit
	o, _ := wall.Openings.Get(t.State, v.Opening)
	if _, busy := t.Blocked(v.Compartment); busy {
		t.Heard = view.HeardBusy
		return
	}
	if p, _ := Parcels.Get(t.State, v.Parcel); o.Purpose == wall.ForPickup && p.State == Stored {
		t.Emit(&PickupAuthorised{OfParcel: of(p), Compartment: v.Compartment, Credential: "again"})
	}
	t.Intend(o.Purpose, v.Compartment, v.Parcel, attemptNow(v, o))
}
