package care

import (
	"time"

	"cubby/locker/ledger"
	"cubby/locker/parcel"
	"cubby/locker/view"
	"cubby/locker/visit"
)

// Room is cases, and the pages on which customers say that something is wrong.
var Room = visit.Room{
	Module: ledger.Module{
		Name:   "care",
		Facts:  []ledger.Fact{&CaseOpened{}, &CaseClosed{}, &CaseRenamed{}, &CasesForgotten{}},
		Tables: []*ledger.Spec{Cases.Spec},
	},
	Steps: pages(),
	Tick:  forget, Next: nextForgotten,
	After: follow,
	Adds:  addPayload,
}

// keptClosed is how long a closed case is kept.
const keptClosed = 90 * 24 * time.Hour

func forget(t *visit.Turn) {
	var f CasesForgotten
	for _, c := range closedOnes.Until(t.State, t.Now.Add(-keptClosed)) {
		f.Cases = append(f.Cases, c.Number)
	}
	if len(f.Cases) > 0 {
		t.Emit(&f)
	}
}

func nextForgotten(s *ledger.State, _ visit.Env) time.Time {
	next := closedOnes.Next(s)
	if next.IsZero() {
		return next
	}
	return next.Add(keptClosed)
}

// pages are those of a visit that collects, and the button that leads there.
func pages() map[view.Step]visit.Step {
	report := func(do func(*visit.Turn)) visit.Step {
		return visit.Step{Acts: []visit.Act{{
			Name: view.ActReport, Do: do,
			When: func(s *ledger.State, v visit.Visit, _ visit.Env) bool { return parcel.MayDispute(s, v) },
		}}}
	}
	to := func(page view.Step) func(*visit.Turn) {
		return func(t *visit.Turn) { t.ShowAtDoor(page, view.ReasonNone) }
	}
	kinds := func(say func(*visit.Turn, Kind), back func(*visit.Turn)) []visit.Act {
		one := func(name view.ActionName, kind Kind) visit.Act {
			return visit.Act{Name: name, Do: func(t *visit.Turn) { say(t, kind) }}
		}
		return []visit.Act{
			one(view.ActNotMine, NotMine), one(view.ActDamaged, Damaged), one(view.ActEmpty, Empty),
			{Name: view.ActBack, Do: back},
		}
	}
	return map[view.Step]visit.Step{
		view.StepPickupOpen:  report(to(view.StepCareReport)),
		view.StepPickupCheck: report(to(view.StepCareAsk)),
		view.StepPickupDone:  report(whichIsWrong),
		view.StepPickupChoose: {Acts: []visit.Act{{
			Name: view.ActReport, With: ofList,
			When: func(s *ledger.State, v visit.Visit, _ visit.Env) bool {
				return len(parcel.TakenOfList(s, v)) > 0
			},
		}}},
		view.StepCareReport: {
			Acts: kinds(reported, func(t *visit.Turn) { t.ShowAtDoor(view.StepPickupOpen, view.ReasonNone) }),
			Scan: parcel.AtDoor, Clock: visit.WaitDoor, Reminds: true,
		},
		view.StepCareAsk: {
			Acts: kinds(asked, backFromAsking), Scan: parcel.AtDoor, TimeOut: parcel.NoLongerAsked,
		},
		view.StepCareClose: {Scan: parcel.AtDoor, Clock: visit.WaitDoor, Reminds: true},
		view.StepCareCase: {
			Acts: []visit.Act{
				{Name: view.ActBack, Do: parcel.ToList, When: othersWait}, printsCase(nil),
				{Name: view.ActFinish, Do: (*visit.Turn).Finish},
			},
			Keeps: func(c visit.Present, _ visit.Visit) bool { return c.CodeHash == "" },
		},
		view.StepNoOpen: {Acts: []visit.Act{printsCase(func(v visit.Visit) bool {
			return v.Reason == view.ReasonHandedOver
		})}},
	}
}

// reported takes what is said while the door is open.
func reported(t *visit.Turn, kind Kind) {
	dispute(t, kind)
	t.ShowAtDoor(view.StepCareClose, view.ReasonNone)
}

// asked takes what is said when the door has closed. What was taken out is laid back, where
// the door can be opened for that.
func asked(t *visit.Turn, kind Kind) {
	dispute(t, kind)
	if kind != Empty && parcel.OpenToLayBack(t) {
		return
	}
	parcel.LeaveInside(t)
	t.Show(view.StepCareCase, view.ReasonNone)
}

func dispute(t *visit.Turn, kind Kind) {
	parcel.Disputing(t, open(t, kind, t.Visit.Parcel, t.Visit.Compartment), string(kind))
}

func backFromAsking(t *visit.Turn) {
	p, _ := parcel.Parcels.Get(t.State, t.Visit.Parcel)
	switch {
	case p.State == parcel.Collecting:
		t.Show(view.StepPickupCheck, view.ReasonNone)
	case othersWait(t.State, t.Visit, t.Env) || len(parcel.TakenOfList(t.State, t.Visit)) > 1:
		parcel.ToList(t)
	default:
		t.Show(view.StepPickupDone, view.ReasonNone)
	}
}

func othersWait(s *ledger.State, v visit.Visit, _ visit.Env) bool { return parcel.OthersWait(s, v) }

// whichIsWrong asks which parcel it is about, where several were taken.
func whichIsWrong(t *visit.Turn) {
	if len(parcel.TakenOfList(t.State, t.Visit)) > 1 {
		parcel.ToList(t)
		return
	}
	t.ShowAtDoor(view.StepCareAsk, view.ReasonNone)
}

// ofList asks what is wrong with a parcel of the list that was taken.
func ofList(t *visit.Turn, id string) error {
	if err := parcel.AtDoorOf(t, id); err != nil {
		return err
	}
	t.ShowAtDoor(view.StepCareAsk, view.ReasonNone)
	return nil
}

// addPayload gives the pages of this room their payload, and others the number of the case.
func addPayload(s *ledger.State, v visit.Visit, out *view.View) {
	p, known := parcel.Parcels.Get(s, v.Parcel)
	if v.Actor != "bearer" {
		known = false
	}
	switch out.Step {
	case view.StepCareReport, view.StepCareAsk, view.StepCareClose, view.StepCareCase:
		out.Kind, out.Pickup = view.KindPickup, &view.Pickup{AtDoor: view.AtDoor{
			Door: v.Compartment, OpenDoor: v.OpenDoor, LeftOpen: v.LeftOpen,
		}}
		if known {
			out.Pickup.Parcel = p.ShortRef()
		}
	case view.StepNoOpen, view.StepPickupRefused:
		if out.Reason != view.ReasonHandedOver && out.Reason != view.ReasonDisputed {
			return
		}
	default:
		return
	}
	if !known || out.Pickup == nil {
		return
	}
	if c, ok := caseOf(s, v); ok {
		out.Pickup.Case, out.Pickup.Print = c.Number, v.Print
	}
}
