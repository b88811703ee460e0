package returns

import (
	"slices"
	"time"

	"cubby/locker/ledger"
	"cubby/locker/view"
	"cubby/locker/visit"
	"cubby/locker/wall"
)

// Room is what comes back.
var Room visit.Room

// The rows of pages lead to each other.
func init() {
	Room = visit.Room{
		Module: ledger.Module{
			Name: "returns",
			Facts: []ledger.Fact{
				&CaseRequested{}, &CaseAuthorised{}, &CaseDeclined{}, &RuleOverridden{}, &BagDropped{},
				&AllDropped{}, &ItemsAdded{}, &ItemAdded{}, &ItemGraded{}, &PhotoKept{}, &ItemDecided{},
				&ItemDisposed{},
				&SwapSet{}, &CaseEnded{}, &PackagingTaken{}, &TurnedAway{}, &Signalled{},
				&ToteBegun{}, &ToteFilled{}, &ToteSealed{},
				&RefundOrdered{}, &RefundAsked{}, &RefundApproved{}, &RefundCompleted{}, &RefundFailed{},
			},
			Tables: []*ledger.Spec{
				Cases.Spec, Refunds.Spec, Totes.Spec, serials.Spec, texts.Spec, turned.Spec,
			},
		},
		Steps: map[view.Step]visit.Step{view.StepIdle: {Acts: []visit.Act{{
			Name: view.ActStartReturn, Do: start, When: taken,
		}}}},
		Purposes: map[wall.Purpose]visit.DoorPurpose{wall.ForReturn: laying{}},
		Arrive:   arrive,
		Claims:   Claimed,
		Repays:   Refunded,
		Busy:     busy,
		HasCase:  exchangeable,
		Awaits:   awaitsReturn,
		Start:    askAtOnce,
		Tick: func(t *visit.Turn) {
			tick(t)
			answered(t)
		},
		Next: nextDue,
		After: func(t *visit.Turn) {
			answered(t)
			after(t)
			writes(t)
		},
		Adds: addPayload,
	}
	for name, row := range steps {
		Room.Steps[name] = row
	}
}

func nextDue(s *ledger.State, env visit.Env) time.Time {
	due := next(s, env)
	for _, v := range visit.Visits.All(s) {
		if at := noteOf(v).Asked; v.Step == view.StepReturnAsking && (due.IsZero() || at.Before(due)) {
			due = at
		}
	}
	return due
}

// Texts are what the customer has written of the items of a case, by item; or of those that
// are picked in a visit.
func Texts(s *ledger.State, id string) []string {
	all, _ := texts.Get(s, id)
	return slices.Clone(all)
}
