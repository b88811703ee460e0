package sample

import "cubby/locker/view"

const someCase = "C-7K3M-90QX"

// care are the pages on which somebody says that something is wrong, and the steps with a
// door that stays closed.
func care(add func(string, view.Step, func(*view.View))) {
	for _, r := range []view.Reason{view.ReasonStuckPause, view.ReasonStuckPull} {
		add(named("no_open", r), view.StepNoOpen, func(v *view.View) {
			v.Pickup.Door, v.Reason, v.GoesOnInMs = "14", r, 17_000
			acts(v, view.ActTryAgain, view.ActBack)
		})
	}
	add("no_open-stuck-goes-on", view.StepNoOpen, func(v *view.View) {
		v.Pickup.Door, v.Reason, v.GoesOnInMs = "14", view.ReasonStuck, 6_000
		acts(v, view.ActTryAgain, view.ActBack)
	})
	add(named("no_open", view.ReasonHandedOver), view.StepNoOpen, func(v *view.View) {
		v.Pickup.Door, v.Reason, v.Pickup.Case = "14", view.ReasonHandedOver, someCase
		acts(v, view.ActBack)
	})
	reports := func(name string, step view.Step, others ...view.ActionName) {
		add(name, step, func(v *view.View) {
			v.Pickup.Door = "14"
			acts(v, others...)
			acts(v, view.ActReport)
		})
	}
	reports("pickup_open-report", view.StepPickupOpen)
	reports("pickup_check-report", view.StepPickupCheck, view.ActTaken, view.ActOpenAgain)
	add("pickup_done-grace", view.StepPickupDone, func(v *view.View) {
		v.Pickup.Door, v.Pickup.Grace = "14", 120
		acts(v, view.ActFinish, view.ActOpenAgain, view.ActReport)
	})
	for name, step := range map[string]view.Step{
		"care_report": view.StepCareReport, "care_ask": view.StepCareAsk,
	} {
		add(name, step, func(v *view.View) {
			v.Pickup.Door = "14"
			acts(v, view.ActNotMine, view.ActDamaged, view.ActEmpty, view.ActBack)
		})
	}
	add("care_close", view.StepCareClose, func(v *view.View) {
		v.Pickup.Door, v.Pickup.Case = "14", someCase
	})
	add("care_case", view.StepCareCase, func(v *view.View) {
		v.Pickup.Door, v.Pickup.Case = "14", someCase
		acts(v, view.ActFinish)
	})
	add("care_case-others", view.StepCareCase, func(v *view.View) {
		v.Pickup.Door, v.Pickup.Case = "14", someCase
		acts(v, view.ActBack, view.ActPrint, view.ActFinish)
	})
	for _, how := range []view.Printing{view.PrintBusy, view.PrintDone, view.PrintFailed} {
		add("care_case-"+string(how), view.StepCareCase, func(v *view.View) {
			v.Pickup.Door, v.Pickup.Case, v.Pickup.Print = "14", someCase, how
			acts(v, view.ActFinish)
			if how != view.PrintBusy {
				acts(v, view.ActPrint)
			}
		})
		add(named("no_open", view.ReasonHandedOver)+"-"+string(how), view.StepNoOpen, func(v *view.View) {
			v.Pickup.Door, v.Reason, v.Pickup.Case = "14", view.ReasonHandedOver, someCase
			v.Pickup.Print = how
			acts(v, view.ActBack, view.ActPrint)
		})
	}
}
