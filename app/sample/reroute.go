package sample

import "cubby/locker/view"

// reroute are the pages of what goes another way.
func reroute(add func(string, view.Step, func(*view.View))) {
	for _, r := range []view.Reason{
		view.ReasonHeldCustoms, view.ReasonHeldFee, view.ReasonHeldIdentity, view.ReasonRedirected,
		view.ReasonRecalled, view.ReasonGoneBack,
	} {
		add(named("pickup_refused", r), view.StepPickupRefused, func(v *view.View) {
			v.Reason = r
			if r == view.ReasonRedirected {
				v.Pickup.Place = "North Gate"
			}
			acts(v, view.ActStartPickup, view.ActBack)
		})
	}
	add("pickup_refused-to-counter", view.StepPickupRefused, func(v *view.View) {
		v.Reason, v.Pickup.Place = view.ReasonRedirected, "counter"
		acts(v, view.ActStartPickup, view.ActBack)
	})
	add("pickup_refused-shelf", view.StepPickupRefused, func(v *view.View) {
		v.Reason, v.Pickup.Shelf = view.ReasonAtCounter, "B3"
		acts(v, view.ActStartPickup, view.ActBack)
	})
	for _, r := range []view.Reason{view.ReasonNone, view.ReasonNoDoor} {
		add(named("courier_shelf", r), view.StepCourierShelf, func(v *view.View) {
			v.Reason, v.Courier.Shelf, v.Courier.Parcel = r, "B3", "…4821"
			acts(v, view.ActBack, view.ActOtherPlace)
		})
	}
	add("courier_elsewhere", view.StepCourierElsewhere, func(v *view.View) {
		v.Reason, v.Courier.Place, v.Courier.Parcel = view.ReasonRedirected, "North Gate", "…4821"
		acts(v, view.ActBack, view.ActFinish)
	})
	add("courier_ready-shelf", view.StepCourierReady, func(v *view.View) {
		v.Courier.Count, v.Courier.Last, v.Courier.LastShelf = 3, "…4821", "B3"
		acts(v, view.ActFinish)
	})
}
