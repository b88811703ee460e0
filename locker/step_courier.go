package locker

import (
	"cubby/locker/door"
	"cubby/locker/view"
)

// courierSteps are the pages of a visit that deposits.
var courierSteps = map[view.Step]step{
	view.StepCourierEnter: {
		acts:  []act{{name: view.ActPIN}, {name: view.ActBack, do: (*turn).finishVisit}},
		keeps: func(c Present, _ Visit) bool { return c.BadgeHash == "" },
		shows: showPad,
	},
	view.StepCourierRefused: {
		acts:  []act{{name: view.ActStartCourier, do: startCourier}, {name: view.ActBack, do: (*turn).finishVisit}},
		keeps: func(c Present, v Visit) bool { return c.BadgeHash == "" && v.Reason != view.ReasonNotValid },
		shows: showNoDoor,
	},
	view.StepCourierReady: {
		acts: []act{
			{name: view.ActFinish, do: courierLeaves},
			{name: view.ActUndo, do: undoLast, when: lastIsStored},
			{name: view.ActReceipt, do: toReceipt, when: func(w World, v Visit, env Env) bool {
				return lastIsStored(w, v, env) && env.Policy.CourierReceipt
			}},
		},
		scan: Present.atWork, clock: waitCourier, shows: showLast,
	},
	view.StepCourierOpening: {scan: Present.atDoor, clock: waitDoor},
	view.StepCourierOpen: {
		acts: []act{
			{name: view.ActTooBig, do: func(t *turn) { t.retake(view.ReasonTooBig) }, when: bringing},
			{name: view.ActBroken, do: func(t *turn) { t.retake(view.ReasonBroken) }, when: bringing},
			{name: view.ActOccupied, do: func(t *turn) { t.retake(view.ReasonOccupied) }, when: bringing},
			{name: view.ActUndo, do: func(t *turn) { t.retake(view.ReasonUndo) }},
		},
		scan: Present.atDoor, clock: waitDoor, reminds: true,
	},
	view.StepCourierCheck: {
		acts: []act{
			{name: view.ActInside, do: func(t *turn) {
				o, _ := t.Opening(t.visit.Opening)
				t.store(o, ByHuman)
			}},
			{name: view.ActOpenAgain, do: func(t *turn) { t.again(ForDeposit, t.visit.Compartment, t.visit.Parcel) }},
			{name: view.ActUndo, do: (*turn).kept},
		},
		scan: Present.atDoor, clock: waitCourier, timeOut: leaveDoorUnanswered,
	},
	view.StepCourierRetake: {
		acts: []act{
			{name: view.ActBack, do: putItInAfterAll}, // nothing has followed yet
			{name: view.ActOtherDoor, do: askToLeave, when: func(_ World, v Visit, _ Env) bool { // it does not even close
				return v.Retake == view.ReasonBroken
			}},
		},
		scan: Present.atDoor, clock: waitDoor, reminds: true,
	},
	view.StepCourierLeave: {
		acts: []act{{name: view.ActBack, do: backToRetake}, {name: view.ActOtherDoor, do: leaveOpenDoor}},
		scan: Present.atDoor, clock: waitDoor, reminds: true,
	},
	view.StepCourierNoOpen: {
		acts: []act{
			{name: view.ActTryAgain, do: (*turn).tryAgain, when: func(w World, v Visit, env Env) bool {
				p, _ := w.Parcel(v.Parcel)
				return !waiting(v, env) && p.Compartment == v.Compartment && v.Reason != view.ReasonUnknown
			}},
			{name: view.ActOtherDoor, do: takeOtherDoor, when: func(w World, v Visit, _ Env) bool {
				p, _ := w.Parcel(v.Parcel)
				return p.State != Stored
			}},
			{name: view.ActBack, do: giveDoorUp},
		},
		scan: Present.atWork, clock: waitCourier, timeOut: leaveDoorUnanswered,
	},
	view.StepCourierReceipt: {
		acts: []act{
			{name: view.ActBack, do: backToReady},
			{name: view.ActPrint, do: (*turn).printReceipt, when: func(_ World, v Visit, env Env) bool {
				return env.CanPrint && v.Print != view.PrintBusy
			}},
		},
		scan: Present.atWork, clock: waitCourier,
	},
	view.StepCourierDone: {
		acts:  []act{{name: view.ActFinish, do: (*turn).finishVisit}},
		keeps: func(c Present, _ Visit) bool { return c.CodeHash == "" },
		clock: waitThanks, thanks: true, shows: showNoDoor,
	},
}

// bringing reports whether the open door is there to put a parcel in.
func bringing(w World, v Visit, _ Env) bool {
	o, ok := w.Opening(v.Opening)
	return !ok || o.Purpose != ForUndo
}

func lastIsStored(w World, v Visit, _ Env) bool {
	p, ok := w.Parcel(v.Last)
	return ok && p.State == Stored
}

// showLast shows where the parcel deposited last is.
func showLast(w World, v Visit, out *view.View) {
	out.Door = ""
	if p, ok := w.Parcel(v.Last); ok {
		out.Last, out.LastAt = p.courierRef(), v.LastDoor
	}
}

func courierLeaves(t *turn) {
	t.visit.Last, t.visit.LastDoor = "", ""
	t.step(view.StepCourierDone, view.ReasonNone)
}

func toReceipt(t *turn)   { t.step(view.StepCourierReceipt, view.ReasonNone) }
func backToReady(t *turn) { t.step(view.StepCourierReady, view.ReasonNone) }

// undoLast gives the courier the parcel stored last back.
func undoLast(t *turn) {
	if other, blocked := t.otherOpenDoor(t.visit.LastDoor); blocked {
		t.waitFor(view.StepCourierReady, other)
		return
	}
	t.intend(ForUndo, t.visit.LastDoor, t.visit.Last, 1)
}

func putItInAfterAll(t *turn) {
	t.visit.Retake = view.ReasonNone
	t.stepAtDoor(view.StepCourierOpen, view.ReasonNone)
}

// askToLeave asks once more before an open door is left.
func askToLeave(t *turn) { t.stepAtDoor(view.StepCourierLeave, t.visit.Reason) }

func backToRetake(t *turn) { t.stepAtDoor(view.StepCourierRetake, t.visit.Retake) }

// leaveOpenDoor leaves a door that does not close, for another one.
func leaveOpenDoor(t *turn) {
	o, _ := t.Opening(t.visit.Opening)
	t.emit(&OpeningAbandoned{OfDoor: OfDoor{o.Compartment, o.ID}})
	t.retaken(o, door.PresenceUnknown)
}

// takeOtherDoor leaves a door that does not open, for another one.
func takeOtherDoor(t *turn) {
	v := t.visit
	t.leaveDoor(string(v.Reason))
	t.another(v.Parcel, v.Compartment, v.Reason)
}

func giveDoorUp(t *turn) {
	t.leaveDoor(string(t.visit.Reason))
	backToReady(t)
}

func leaveDoorUnanswered(t *turn) { t.leaveDoor("timeout") }
