package sample

import (
	"fmt"

	"cubby/locker/view"
)

func courier(out *[]Sample, add func(string, view.Step, func(*view.View))) {
	*out = append(
		*out,
		Sample{Name: "courier_enter", View: at(view.StepCourierEnter, enterCourier), Typed: "904"},
	)
	add("courier_enter-no-scanner", view.StepCourierEnter, func(v *view.View) {
		enterCourier(v)
		v.Notices = []view.Notice{view.NoticeNoScanner}
	})
	add("courier_enter-no-pad", view.StepCourierEnter, func(v *view.View) { acts(v, view.ActBack) })
	for _, r := range []view.Reason{view.ReasonNotValid, view.ReasonWait} {
		add(named("courier_refused", r), view.StepCourierRefused, func(v *view.View) {
			v.Reason = r
			if r == view.ReasonWait {
				v.RetryInMs = 45_000
			}
			acts(v, view.ActStartCourier, view.ActBack)
		})
	}
	add("courier_ready-first", view.StepCourierReady, func(v *view.View) { acts(v, view.ActFinish) })
	for _, r := range []view.Reason{
		view.ReasonNone, view.ReasonUnknownLabel, view.ReasonAlreadyStored, view.ReasonCancelled, view.ReasonEnded,
		view.ReasonNoDoor, view.ReasonFull, view.ReasonTooLarge, view.ReasonNotLabel, view.ReasonMisread,
		view.ReasonAmbiguous, view.ReasonDoorOpen, view.ReasonForCounter,
		view.ReasonDoorTaken, "newer"} {
		add(named("courier_ready", r), view.StepCourierReady, func(v *view.View) {
			v.Reason, v.Courier.Count, v.Courier.Last, v.Courier.LastAt, v.Courier.OpenDoor = r, 3, "…4821", "07", "12"
			acts(v, view.ActFinish, view.ActUndo, view.ActReceipt)
		})
	}
	add("courier_ready-no-scanner", view.StepCourierReady, func(v *view.View) {
		v.Notices = []view.Notice{view.NoticeNoScanner}
		acts(v, view.ActFinish)
	})
	add("courier_opening", view.StepCourierOpening, func(v *view.View) { v.Courier.Door = "22" })
	for stage := range 2 {
		add(fmt.Sprintf("courier_open-%d", stage), view.StepCourierOpen, func(v *view.View) {
			v.Courier.Door, v.Courier.Parcel, v.Courier.LeftOpen = "22", "…4821", stage
			acts(v, view.ActTooBig, view.ActOccupied, view.ActBroken, view.ActUndo)
		})
	}
	for _, r := range []view.Reason{view.ReasonNone, view.ReasonNotSeen} {
		add(named("courier_check", r), view.StepCourierCheck, func(v *view.View) {
			v.Courier.Door, v.Reason = "22", r
			acts(v, view.ActInside, view.ActOpenAgain, view.ActUndo)
		})
	}
	for _, r := range []view.Reason{
		view.ReasonNone, view.ReasonTooBig, view.ReasonBroken, view.ReasonOccupied, view.ReasonUndo,
	} {
		add(named("courier_retake", r), view.StepCourierRetake, func(v *view.View) {
			v.Courier.Door, v.Reason = "22", r
			acts(v, view.ActBack)
			if r == view.ReasonBroken {
				acts(v, view.ActOtherDoor) // it does not close either
			}
		})
	}
	add("courier_retake-given-back", view.StepCourierRetake, func(v *view.View) {
		v.Courier.Door, v.Reason = "22", view.ReasonUndo
		acts(v, view.ActBack)
	})
	add("courier_open-unannounced", view.StepCourierOpen, func(v *view.View) {
		v.Courier.Door, v.Courier.Parcel, v.Courier.Unannounced = "22", "…4821", true
		acts(v, view.ActTooBig, view.ActOccupied, view.ActBroken, view.ActUndo)
	})
	add("courier_open-given-back", view.StepCourierOpen, func(v *view.View) {
		v.Courier.Door, v.Courier.Parcel = "22", "…4821"
		acts(v, view.ActUndo)
	})
	add("courier_leave", view.StepCourierLeave, func(v *view.View) {
		v.Courier.Door, v.Reason = "22", view.ReasonBroken
		acts(v, view.ActBack, view.ActOtherDoor)
	})
	notOpened("courier_no_open", view.StepCourierNoOpen, "22", add, view.ActOtherDoor, view.ActBack)
	notOpened(
		"courier_no_open-back",
		view.StepCourierNoOpen,
		"22",
		add,
		view.ActBack,
	) // a parcel is being given back
	add("courier_receipt", view.StepCourierReceipt, func(v *view.View) {
		v.Courier.Parcel, v.Courier.Door = "…4821", "22"
		v.Courier.Code, v.Courier.PIN = "C1K7Q2M4ZPXA63RWT5NE9HVD8JBS", "48213907"
		acts(v, view.ActBack)
	})
	add("courier_receipt-plain", view.StepCourierReceipt, func(v *view.View) {
		v.Courier.Code = "C1K7Q2M4ZPXA63RWT5NE9HVD8JBS"
		acts(v, view.ActBack)
	})
	for _, slip := range []struct {
		name   string
		print  view.Printing
		well   bool
		action bool
	}{
		{"can-print", "", true, true}, {"printing", view.PrintBusy, true, false},
		{"printed", view.PrintDone, true, true},
		{"not-printed", view.PrintFailed, true, true}, {"no-paper", "", false, false},
		{"waits-for-paper", view.PrintBusy, false, false},
	} {
		add("courier_receipt-"+slip.name, view.StepCourierReceipt, func(v *view.View) {
			v.Courier.Parcel, v.Courier.Door, v.Courier.Print = "…4821", "22", slip.print
			v.Courier.Code, v.Courier.PIN = "C1K7Q2M4ZPXA63RWT5NE9HVD8JBS", "48213907"
			acts(v, view.ActBack)
			if slip.action {
				acts(v, view.ActPrint)
			}
			if !slip.well {
				v.Notices = []view.Notice{view.NoticeNoPrinter}
			}
		})
	}
	for _, n := range []int{0, 1, 7} {
		add(
			fmt.Sprintf("courier_done-%d", n),
			view.StepCourierDone,
			func(v *view.View) { v.Courier.Count = n; acts(v, view.ActFinish) },
		)
	}
}
