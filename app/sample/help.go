package sample

import (
	"strings"
	"time"

	"cubby/locker/view"
)

// offersHelp reports whether a page has the button for help: those of staff have not.
func offersHelp(v view.View) bool {
	if v.Step == view.StepReturnAsking { // whatever is waited for goes on
		return false
	}
	switch v.Kind {
	case view.KindPickup, view.KindCourier, view.KindReturn, view.KindBearer, view.KindMember:
		return true
	case view.KindIdle:
		return !v.Idle.Desk
	}
	return false
}

// helps is the help over one page of each kind, and over those that have words of their own.
func helps(out *[]Sample) {
	for _, step := range []view.Step{
		view.StepIdle, view.StepPickupEnter, view.StepPickupRefused, view.StepPickupOpen, view.StepNoOpen,
		view.StepCourierReady, view.StepReturnEnter, view.StepBearerParcel, "newer",
	} {
		*out = append(*out, Sample{Name: "help-" + string(step), View: at(step, func(v *view.View) {
			v.Helping = &view.Helping{Number: "harbour-street-4", Phone: "+44 20 7946 0100"}
			v.Actions = []view.ActionName{view.ActLanguage, view.ActHelpClose, view.ActCallStaff}
			if step == "newer" { // a page of a newer core: no kind that is known
				v.Kind, v.Pickup, v.Plain = "newer", nil, &view.AtDoor{}
			}
			if strings.HasPrefix(string(step), "pickup_refused") {
				v.Help = "020 7946 0100"
			}
		})})
	}
	*out = append(*out, Sample{Name: "help-called", View: at(view.StepPickupEnter, func(v *view.View) {
		v.Helping = &view.Helping{Number: "harbour-street-4", Called: true}
		v.Actions = []view.ActionName{view.ActLanguage, view.ActHelpClose}
	})})
}

// asksForHelp is a line of the queue of staff.
func asksForHelp(terminal, door string) view.StaffItem {
	gaps := []string{"Terminal", terminal, "Door", door}
	return view.StaffItem{
		Value: "help " + terminal, Kind: "help", Harm: "warning", At: ago(2 * time.Minute),
		Title: *say("matter.help", gaps...), Detail: say("todo.help", gaps...),
	}
}
