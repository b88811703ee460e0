package parcel

import (
	"cubby/locker/door"
	"cubby/locker/ledger"
	"cubby/locker/people"
	"cubby/locker/view"
	"cubby/locker/visit"
	"cubby/locker/wall"
)

// courierSteps are the pages of a visit that deposits.
var courierSteps = map[view.Step]visit.Step{
	view.StepCourierEnter: {
		Acts:  []visit.Act{{Name: view.ActPIN}, {Name: view.ActBack, Do: (*visit.Turn).Finish}},
		Keeps: func(c visit.Present, _ visit.Visit) bool { return c.BadgeHash == "" },
		PIN:   courierPIN,
		Shows: func(_ *ledger.State, _ visit.Visit, out *view.View) { out.Courier.PINDigits = people.PINDigits },
	},
	view.StepCourierRefused: {
		Acts: []visit.Act{
			{Name: view.ActStartCourier, Do: startCourier}, {Name: view.ActBack, Do: (*visit.Turn).Finish},
		},
		Keeps: func(c visit.Present, v visit.Visit) bool {
			return c.BadgeHash == "" && v.Reason != view.ReasonNotValid
		},
		Shows: showNoDoor,
	},
	view.StepCourierReady: {
		Acts: []visit.Act{
			{Name: view.ActFinish, Do: courierLeaves},
			{Name: view.ActUndo, Do: undoLast, When: lastIsStored},
			{Name: view.ActReceipt, Do: toReceipt, When: func(s *ledger.State, v visit.Visit, env visit.Env) bool {
				return lastIsStored(s, v, env) && env.Policy.CourierReceipt
			}},
		},
		Scan: atWork, Clock: visit.WaitCourier, Shows: showLast,
	},
	view.StepCourierOpening: {Scan: atDoor, Clock: visit.WaitDoor},
	view.StepCourierOpen: {
		Acts: []visit.Act{
			{Name: view.ActTooBig, Do: func(t *visit.Turn) { retake(t, view.ReasonTooBig) }, When: bringing},
			{Name: view.ActBroken, Do: func(t *visit.Turn) { retake(t, view.ReasonBroken) }, When: bringing},
			{Name: view.ActOccupied, Do: func(t *visit.Turn) { retake(t, view.ReasonOccupied) }, When: bringing},
			{Name: view.ActUndo, Do: func(t *visit.Turn) { retake(t, view.ReasonUndo) }},
		},
		Scan: atDoor, Clock: visit.WaitDoor, Reminds: true,
	},
	view.StepCourierCheck: {
		Acts: []visit.Act{
			{Name: view.ActInside, Do: func(t *visit.Turn) {
				o, _ := wall.Openings.Get(t.State, t.Visit.Opening)
				store(t, o, wall.ByHuman)
			}},
			{
				Name: view.ActOpenAgain, Do: func(t *visit.Turn) {
					t.OpenAgain(wall.ForDeposit, t.Visit.Compartment, t.Visit.Parcel)
				},
			},
			{Name: view.ActUndo, Do: kept},
		},
		Scan: atDoor, Clock: visit.WaitCourier, TimeOut: leaveDoorUnanswered,
	},
	view.StepCourierRetake: {
		Acts: []visit.Act{
			{Name: view.ActBack, Do: putItInAfterAll}, // nothing has followed yet
			// it does not even close
			{Name: view.ActOtherDoor, Do: askToLeave, When: func(_ *ledger.State, v visit.Visit, _ visit.Env) bool {
				return v.Retake == view.ReasonBroken
			}},
		},
		Scan: atDoor, Clock: visit.WaitDoor, Reminds: true, Abandoned: leaveBroken,
	},
	view.StepCourierLeave: {
		Acts: []visit.Act{{Name: view.ActBack, Do: backToRetake}, {Name: view.ActOtherDoor, Do: leaveOpenDoor}},
		Scan: atDoor, Clock: visit.WaitDoor, Reminds: true, Abandoned: leaveBroken,
	},
	view.StepCourierNoOpen: {
		NotOpened: true,
		Acts: []visit.Act{
			{Name: view.ActTryAgain, Do: tryAgain, When: func(s *ledger.State, v visit.Visit, env visit.Env) bool {
				p, _ := Parcels.Get(s, v.Parcel)
				return !v.Waits(env) && p.Compartment == v.Compartment && v.Reason != view.ReasonUnknown
			}},
			{Name: view.ActOtherDoor, Do: takeOtherDoor, When: func(s *ledger.State, v visit.Visit, _ visit.Env) bool {
				p, _ := Parcels.Get(s, v.Parcel)
				return p.State != Stored
			}},
			{Name: view.ActBack, Do: giveDoorUp},
		},
		Scan: atWork, Clock: visit.WaitCourier, TimeOut: leaveDoorUnanswered,
	},
	view.StepCourierReceipt: {
		Acts: []visit.Act{
			{Name: view.ActBack, Do: backToReady},
			{Name: view.ActPrint, Do: printReceipt, When: func(_ *ledger.State, v visit.Visit, env visit.Env) bool {
				return env.CanPrint && v.Print != view.PrintBusy
			}},
		},
		Scan: atWork, Clock: visit.WaitCourier,
	},
	view.StepCourierDone: {
		Acts:  []visit.Act{{Name: view.ActFinish, Do: (*visit.Turn).Finish}},
		Keeps: func(c visit.Present, _ visit.Visit) bool { return c.CodeHash == "" },
		Clock: visit.WaitThanks, Thanks: true, Shows: showNoDoor,
	},
}

// bringing reports whether the open door is there to put a parcel in.
func bringing(s *ledger.State, v visit.Visit, _ visit.Env) bool {
	o, ok := wall.Openings.Get(s, v.Opening)
	return !ok || o.Purpose != wall.ForUndo
}

func lastIsStored(s *ledger.State, v visit.Visit, _ visit.Env) bool {
	p, ok := Parcels.Get(s, v.Last)
	return ok && p.State == Stored
}

// showNoDoor leaves out the door of the page before.
func showNoDoor(_ *ledger.State, _ visit.Visit, out *view.View) { out.Courier.Door = "" }

// showLast shows where the parcel deposited last is.
func showLast(s *ledger.State, v visit.Visit, out *view.View) {
	showNoDoor(s, v, out)
	if p, ok := Parcels.Get(s, v.Last); ok {
		out.Courier.Last, out.Courier.LastAt, out.Courier.LastShelf = p.courierRef(), v.LastDoor, p.Shelf
	}
}

func courierLeaves(t *visit.Turn) {
	t.Visit.Last, t.Visit.LastDoor = "", ""
	t.Show(view.StepCourierDone, view.ReasonNone)
}

func toReceipt(t *visit.Turn)   { t.Show(view.StepCourierReceipt, view.ReasonNone) }
func backToReady(t *visit.Turn) { t.Show(view.StepCourierReady, view.ReasonNone) }

// undoLast gives the courier the parcel stored last back.
func undoLast(t *visit.Turn) {
	if other, blocked := t.Blocked(t.Visit.LastDoor); blocked {
		t.WaitFor(view.StepCourierReady, other)
		return
	}
	t.Intend(wall.ForUndo, t.Visit.LastDoor, t.Visit.Last, 1)
}

func putItInAfterAll(t *visit.Turn) {
	t.Visit.Retake = view.ReasonNone
	t.ShowAtDoor(view.StepCourierOpen, view.ReasonNone)
}

// askToLeave asks once more before an open door is left.
func askToLeave(t *visit.Turn) { t.ShowAtDoor(view.StepCourierLeave, t.Visit.Reason) }

func backToRetake(t *visit.Turn) { t.ShowAtDoor(view.StepCourierRetake, t.Visit.Retake) }

// leaveOpenDoor leaves a door that does not close, for another one.
func leaveOpenDoor(t *visit.Turn) {
	o, _ := wall.Openings.Get(t.State, t.Visit.Opening)
	t.Emit(&wall.OpeningAbandoned{OfDoor: wall.OfDoor{Compartment: o.Compartment, Opening: o.ID}})
	retaken(t, o, door.PresenceUnknown)
}

// takeOtherDoor leaves a door that does not open, for another one.
func takeOtherDoor(t *visit.Turn) {
	v := t.Visit
	leaveDoor(t, string(v.Reason))
	another(t, v.Parcel, v.Compartment, v.Reason)
}

func giveDoorUp(t *visit.Turn) {
	leaveDoor(t, string(t.Visit.Reason))
	backToReady(t)
}

func leaveDoorUnanswered(t *visit.Turn) { leaveDoor(t, "timeout") }

// leaveBroken withdraws a door that the courier has called broken and left open.
func leaveBroken(t *visit.Turn) {
	if t.Visit.Retake == view.ReasonBroken {
		outOfService(t, t.Visit.Compartment)
	}
}
