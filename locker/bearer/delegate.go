package bearer

import (
	"cubby/locker/ledger"
	"cubby/locker/parcel"
	"cubby/locker/view"
	"cubby/locker/visit"
)

// delegateSteps are the pages on which somebody else is sent for a parcel.
func delegateSteps() map[view.Step]visit.Step {
	return map[view.Step]visit.Step{
		view.StepBearerDelegate: {Acts: []visit.Act{
			{Name: view.ActFinish, Do: (*visit.Turn).Finish}, {Name: view.ActBack, Do: toParcel},
		}},
	}
}

func toParcel(t *visit.Turn) { t.Show(view.StepBearerParcel, view.ReasonNone) }

func mayDelegate(_ *ledger.State, p parcel.Parcel, _ parcel.Right, env visit.Env) bool {
	return parcel.MayDelegate(p, env.Policy)
}

// sendDelegate makes the code that the next page shows. One that was made before ends. Where
// there is a moment's reason against it, the page is shown anew without the button.
func sendDelegate(t *visit.Turn, p parcel.Parcel, _ parcel.Right) {
	if err := parcel.ToDelegate(t, p); err != nil {
		toParcel(t)
		return
	}
	t.Show(view.StepBearerDelegate, view.ReasonNone)
}

func hasDelegate(s *ledger.State, p parcel.Parcel, _ parcel.Right, _ visit.Env) bool {
	_, has := parcel.Delegations.Get(s, p.ID)
	return has
}

func endDelegate(t *visit.Turn, p parcel.Parcel, _ parcel.Right) {
	parcel.EndDelegate(t, p.ID, "withdrawn")
	toParcel(t)
}
