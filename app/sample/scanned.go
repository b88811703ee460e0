package sample

import (
	"fmt"

	"cubby/locker/view"
)

// scanned adds pages with the answer to a scan.
func scanned(add func(string, view.Step, func(*view.View))) {
	heard := func(h view.Heard, step view.Step, change func(*view.View)) {
		add(fmt.Sprintf("heard-%s-%s", h, step), step, func(v *view.View) {
			v.Heard, v.HeardInMs = h, 5000
			change(v)
		})
	}
	for _, h := range []view.Heard{view.HeardRead, view.HeardFirst, view.HeardBusy, "newer"} {
		heard(h, view.StepPickupOpen, func(v *view.View) { v.Pickup.Door = "14" })
	}
	heard(view.HeardFirst, view.StepCourierOpen, func(v *view.View) {
		v.Courier.Door, v.Courier.Parcel = "22", "…4821"
		acts(v, view.ActTooBig, view.ActOccupied, view.ActBroken, view.ActUndo)
	})
	heard(view.HeardNotValid, view.StepPickupEnter, enterPickup)
	heard(view.HeardNotValid, view.StepCourierEnter, enterCourier)
	heard(view.HeardLater, view.StepCourierNoOpen, func(v *view.View) {
		v.Courier.Door, v.Reason = "22", view.ReasonStuck
		acts(v, view.ActTryAgain, view.ActOtherDoor, view.ActBack)
	})
	heard(view.HeardBadge, view.StepCourierDone, func(v *view.View) { acts(v, view.ActFinish) })
}
