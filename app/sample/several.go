package sample

import "cubby/locker/view"

// several adds the list of somebody who has several parcels here, and the door of one of them.
func several(add func(string, view.Step, func(*view.View))) {
	list := func() []view.PickupItem {
		return []view.PickupItem{
			{Value: "p1", Ref: "…4821", Door: "07", Size: "M"},
			{Value: "p2", Ref: "…4822", Door: "14", Size: "S"},
			{Value: "p3", Ref: "…9310", Door: "22", Size: "L", Neighbour: true},
		}
	}
	add("pickup_choose", view.StepPickupChoose, func(v *view.View) {
		v.Pickup.List, v.Pickup.Total = list(), 3
		acts(v, view.ActOpenAll, view.ActPick, view.ActFinish)
	})
	add("pickup_choose-taken", view.StepPickupChoose, func(v *view.View) {
		v.Pickup.List, v.Pickup.Taken, v.Pickup.Total = list(), 1, 3
		v.Pickup.List[0] = view.PickupItem{Value: "p1", Ref: "…4821", Door: "07", Done: true}
		acts(v, view.ActOpenAll, view.ActPick, view.ActReport, view.ActFinish)
	})
	add("pickup_choose-turn", view.StepPickupChoose, func(v *view.View) {
		v.Pickup.List, v.Pickup.Taken, v.Pickup.Total = list()[:2], 1, 2
		v.Pickup.List[0] = view.PickupItem{Value: "p1", Ref: "…4821", Door: "07", Done: true}
		v.Pickup.List[1].Second = true
		for _, why := range []view.Reason{view.ReasonLocked, view.ReasonNotLive, view.ReasonDisputed} {
			v.Pickup.List = append(v.Pickup.List, view.PickupItem{Value: "t-" + string(why), Ref: "…5500", Door: "30",
				Why: why})
		}
		acts(v, view.ActPick, view.ActReport, view.ActFinish)
	})
	add("pickup_choose-why", view.StepPickupChoose, func(v *view.View) {
		v.Pickup.List, v.Pickup.Total = list()[:1], 1
		for _, why := range []view.Reason{view.ReasonOnHold, view.ReasonAtCounter, view.ReasonExpired, "newer"} {
			item := view.PickupItem{Value: "q-" + string(why), Ref: "…5500", Door: "30", Why: why}
			if why == view.ReasonAtCounter {
				item.Door = ""
			}
			v.Pickup.List = append(v.Pickup.List, item)
		}
		acts(v, view.ActPick, view.ActFinish)
	})
	add("pickup_choose-elsewhere", view.StepPickupChoose, func(v *view.View) {
		v.Pickup.List, v.Pickup.Total = nil, 0
		for _, why := range []view.Reason{view.ReasonHeldCustoms, view.ReasonHeldFee, view.ReasonHeldIdentity,
			view.ReasonRecalled, view.ReasonRedirected} {
			item := view.PickupItem{Value: "r-" + string(why), Ref: "…5500", Door: "30", Why: why}
			v.Pickup.List = append(v.Pickup.List, item)
		}
		acts(v, view.ActFinish)
	})
	add("pickup_open-next", view.StepPickupOpen, func(v *view.View) {
		v.Pickup.Door, v.Pickup.Next, v.Pickup.Taken, v.Pickup.Total = "07", "14", 0, 3
	})
}
