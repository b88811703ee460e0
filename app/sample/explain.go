package sample

import (
	"time"

	"cubby/locker/view"
)

// explained are the refusals that are explained, with all that can be said and with less.
func explained(add func(string, view.Step, func(*view.View))) {
	for _, r := range []view.Reason{
		view.ReasonElsewhere, view.ReasonNotHere, view.ReasonEarly, view.ReasonCollected, view.ReasonExpired,
		view.ReasonCancelled, view.ReasonReplaced, view.ReasonCodeOver, view.ReasonMissing, view.ReasonClock,
		view.ReasonAmbiguous,
	} {
		add(named("pickup_refused", r), view.StepPickupRefused, func(v *view.View) {
			v.Reason = r
			acts(v, view.ActStartPickup, view.ActBack)
		})
		told := view.Told{At: ago(3 * 24 * time.Hour)}
		switch r {
		case view.ReasonElsewhere:
			told = view.Told{Station: "Harbour Street 12", Address: "12 Harbour Street, London E1 6AN"}
		case view.ReasonEarly, view.ReasonCollected, view.ReasonExpired, view.ReasonCodeOver:
		default:
			continue
		}
		add(named("pickup_refused", r)+"-told", view.StepPickupRefused, func(v *view.View) {
			v.Reason, v.Pickup.Told = r, &told
			acts(v, view.ActStartPickup, view.ActBack)
		})
	}
}
