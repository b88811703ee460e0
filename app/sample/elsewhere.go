package sample

import (
	"time"

	"cubby/locker/view"
)

// elsewhere are the pages on which somebody has a parcel sent to another place.
func elsewhere(add func(string, view.Step, func(*view.View)), p view.BearerParcel) {
	counter := view.BearerPlace{Value: "counter", Counter: true}
	north := view.BearerPlace{Value: "north", Name: "North Gate"}
	far := view.BearerPlace{Value: "far", Name: "Hospital of St Bartholomew, west entrance, at the tram"}
	rescue := time.Date(2026, 9, 15, 18, 30, 0, 0, time.Local)
	doors := []string{"15", "16", "17", "18", "19", "20", "21", "23", "24", "25", "26"}
	page := func(name string, step view.Step, change func(*view.BearerParcel, *view.Bearer),
		may ...view.ActionName) {
		it := p
		it.Door, doors = doors[0], doors[1:]
		add(name, step, func(v *view.View) {
			mine := it
			v.Bearer.Door, v.Bearer.Parcel, v.Bearer.Chosen = mine.Door, mine.Ref, &mine
			if change != nil {
				change(&mine, v.Bearer)
			}
			acts(v, append(may, view.ActBack)...)
		})
	}
	to := func(place view.BearerPlace) func(*view.BearerParcel, *view.Bearer) {
		return func(_ *view.BearerParcel, b *view.Bearer) { b.To = &place }
	}
	page("bearer_parcel-all", view.StepBearerParcel, nil, view.ActOpenDoor, view.ActAskTime, view.ActElsewhere,
		view.ActDelegate, view.ActNoDelegate, view.ActKnown)
	page("bearer_parcel-rescue", view.StepBearerParcel, func(p *view.BearerParcel, _ *view.Bearer) {
		p.State, p.RescueUntil = "expired", &rescue
	}, view.ActOpenDoor, view.ActElsewhere, view.ActDelegate)
	for name, place := range map[string]*view.BearerPlace{
		"station": &north, "counter": &counter, "recalled": nil,
	} {
		page("bearer_parcel-"+name, view.StepBearerParcel, func(p *view.BearerParcel, _ *view.Bearer) {
			p.Leaving, p.To = "redirected", place
			if place == nil {
				p.Leaving = "recalled"
			}
		})
	}
	some := []view.BearerPlace{counter, north, far}
	page("bearer_elsewhere", view.StepBearerElsewhere,
		func(_ *view.BearerParcel, b *view.Bearer) { b.Places = some }, view.ActPick)
	page("bearer_elsewhere-none", view.StepBearerElsewhere, nil)
	page("bearer_move", view.StepBearerMove, to(far), view.ActYes)
	page("bearer_move-counter", view.StepBearerMove, to(counter), view.ActYes)
	page("bearer_moved", view.StepBearerMoved, to(far), view.ActFinish)
	page("bearer_moved-counter", view.StepBearerMoved, to(counter), view.ActFinish)
}
