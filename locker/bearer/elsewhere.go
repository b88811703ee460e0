package bearer

import (
	"slices"

	"cubby/locker/ledger"
	"cubby/locker/parcel"
	"cubby/locker/view"
	"cubby/locker/visit"
)

// elsewhereSteps are the pages on which somebody has a parcel sent to another place.
func elsewhereSteps() map[view.Step]visit.Step {
	showsPlace := func(_ *ledger.State, v visit.Visit, out *view.View) {
		to := visit.DataAs[view.BearerPlace](v, placeName)
		out.Bearer.To = &to
	}
	return map[view.Step]visit.Step{
		view.StepBearerElsewhere: {
			Acts: []visit.Act{
				{Name: view.ActPick, With: pickPlace, When: func(s *ledger.State, v visit.Visit, env visit.Env) bool {
					p, _, ok := chosen(s, v)
					return ok && len(placesFor(p, env)) > 0
				}},
				{Name: view.ActBack, Do: toParcel},
			},
			Draws: func(s *ledger.State, v visit.Visit, env visit.Env, out *view.View) {
				if p, _, ok := chosen(s, v); ok {
					out.Bearer.Places = placesFor(p, env)
				}
			},
		},
		view.StepBearerMove: {
			Acts:  []visit.Act{{Name: view.ActYes, Do: move}, {Name: view.ActBack, Do: toPlaces}},
			Shows: showsPlace,
		},
		view.StepBearerMoved: {
			Acts: []visit.Act{
				{Name: view.ActFinish, Do: (*visit.Turn).Finish}, {Name: view.ActBack, Do: toParcel},
			},
			Shows: showsPlace,
		},
	}
}

// placeName is the name of the place that was picked, among what the visit keeps.
const placeName = "elsewhere"

func toPlaces(t *visit.Turn) { t.Show(view.StepBearerElsewhere, view.ReasonNone) }

// placesFor are the places to which a parcel can go from where it is.
func placesFor(p parcel.Parcel, env visit.Env) (all []view.BearerPlace) {
	for _, one := range parcel.Elsewhere(env.Policy) {
		if one.ID != parcel.Counter || p.State != parcel.CounterHeld {
			all = append(all, placeOf(one.ID, one.Name))
		}
	}
	return all
}

// placeOf is a place as a page shows it.
func placeOf(id, name string) view.BearerPlace {
	if id == parcel.Counter {
		return view.BearerPlace{Value: id, Counter: true}
	}
	if name == "" {
		name = id
	}
	return view.BearerPlace{Value: id, Name: name}
}

// mayMove: what can be collected here can be sent elsewhere. For a valuable parcel the digits
// of the phone have to have been given, as for its door.
func mayMove(_ *ledger.State, p parcel.Parcel, r parcel.Right, env visit.Env) bool {
	waits := parcel.CanOpen(p) ||
		p.State == parcel.CounterHeld && p.OnHold == nil && p.Disputed == nil && p.Leaving == nil
	return waits && p.Direction == parcel.LastMile && (!p.Valuable || r.Second) && len(placesFor(p, env)) > 0
}

func askPlace(t *visit.Turn, _ parcel.Parcel, _ parcel.Right) { toPlaces(t) }

// pickPlace asks whether the place that was touched is meant.
func pickPlace(t *visit.Turn, value string) error {
	p, _, ok := chosen(t.State, t.Visit)
	all := placesFor(p, t.Env)
	i := slices.IndexFunc(all, func(one view.BearerPlace) bool { return one.Value == value })
	if !ok || i < 0 {
		return ledger.Refuse(ledger.Stale, "stale-page",
			"this place is no longer in the list; act on the current view")
	}
	t.KeepAs(placeName, all[i])
	t.Show(view.StepBearerMove, view.ReasonNone)
	return nil
}

// move sends the parcel there. Where there is a moment's reason against it, its page is shown
// anew, as it is now.
func move(t *visit.Turn) {
	p, r, ok := chosen(t.State, t.Visit)
	to := visit.DataAs[view.BearerPlace](t.Visit, placeName)
	if !ok || !mayMove(t.State, p, r, t.Env) || !slices.Contains(placesFor(p, t.Env), to) {
		toParcel(t)
		return
	}
	c := parcel.Redirect{ID: p.ID, To: to.Value, Name: to.Name, Bearer: true}
	if c.Decide(t) != nil {
		toParcel(t)
		return
	}
	t.Show(view.StepBearerMoved, view.ReasonNone)
}
