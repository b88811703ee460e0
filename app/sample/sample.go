// Package sample holds one view for every page a visit can show, with every
// reason and stage. The tests of the pages and the gallery draw them all; a new
// step or reason belongs here first.
package sample

import (
	"fmt"
	"slices"
	"strings"

	"cubby/locker/view"
)

// A Sample is one page to draw.
type Sample struct {
	Name  string // file name without ending
	View  view.View
	Typed string // what has been typed on the pad
	Warn  int    // seconds left on the time-out warning; 0 for none

	From, To int  // the columns of the wall that are looked at; both 0: all
	Typing   bool // a door's number is typed instead of touched

	Chosen map[string]string // what has been chosen, as a kit.Draft keeps it
}

// Wall is a station of nine columns with the screen in the fifth: 44 doors of
// four heights on 4.05 m x 1.98 m.
func Wall() view.Wall {
	const columnMM, heightMM = 450, 1980
	w := view.Wall{WidthMM: 9 * columnMM, HeightMM: heightMM}
	plans := [][]int{
		{
			110,
			110,
			220,
			220,
			440,
			880,
		}, {220, 220, 220, 220, 440, 660}, {110, 110, 110, 110, 220, 220, 440, 660},
		{440, 440, 440, 660}, nil, {440, 440, 440, 660},
		{
			110,
			110,
			110,
			110,
			220,
			220,
			440,
			660,
		}, {220, 220, 220, 220, 440, 660}, {110, 110, 220, 220, 440, 880},
	}
	n := 0
	for column, heights := range plans {
		left, top := column*columnMM, 0
		if heights == nil {
			w.Screen = view.Door{Column: column, TopMM: 420, HeightMM: 640, WidthMM: 360, LeftMM: left + 45}
			w.Doors = append(
				w.Doors,
				view.Door{
					Number:   "90",
					Column:   column,
					TopMM:    1320,
					HeightMM: 660,
					WidthMM:  columnMM,
					LeftMM:   left,
				},
			)
			continue
		}
		for _, h := range heights {
			n++
			w.Doors = append(w.Doors, view.Door{
				Number: fmt.Sprintf(
					"%02d",
					n,
				), Column: column, TopMM: top, HeightMM: h, WidthMM: columnMM, LeftMM: left,
			})
			top += h
		}
	}
	return w
}

// Languages are offered by every sample.
var Languages = []string{"en", "zh-Hans"}

func at(step view.Step, change func(*view.View)) view.View {
	v := view.View{
		Rev: 1, Station: "Cubby, Harbour Street 4", Visit: "v1", Step: step, Language: "en",
		Languages: slices.Clone(Languages), Wall: Wall(), Actions: []view.ActionName{view.ActLanguage},
		TimeoutInMs: 60_000, WarnInMs: 40_000, Extensions: 10,
	}
	switch {
	case step == view.StepIdle:
		v.Kind, v.Idle = view.KindIdle, &view.Idle{}
	case step == view.StepUnavailable, step == view.StepCommission: // the one has none, the other brings it
	case strings.HasPrefix(string(step), "staff_"):
		v.Kind, v.Staff = view.KindStaff, &view.Staff{}
	case strings.HasPrefix(string(step), "courier_"):
		v.Kind, v.Courier = view.KindCourier, &view.Courier{}
	case strings.HasPrefix(string(step), "return_"), strings.HasPrefix(string(step), "packaging"):
		v.Kind, v.Return = view.KindReturn, &view.Return{}
	case strings.HasPrefix(string(step), "member"):
		v.Kind, v.Member = view.KindMember, &view.Member{}
	case strings.HasPrefix(string(step), "bearer_"):
		v.Kind, v.Bearer = view.KindBearer, &view.Bearer{}
	case strings.HasPrefix(string(step), "shop_"), strings.HasPrefix(string(step), "goods_"):
		v.Kind, v.Shop = view.KindShop, &view.Shop{}
	default:
		v.Kind, v.Pickup = view.KindPickup, &view.Pickup{}
	}
	switch step {
	case view.StepPickupOpening,
		view.StepPickupOpen,
		view.StepCourierOpening,
		view.StepCourierOpen,
		view.StepCourierRetake,
		view.StepCourierLeave,
		view.StepReturnOpening,
		view.StepReturnOpen,
		view.StepReturnRetake,
		view.StepStaffOpening,
		view.StepStaffOpen:
		v.TimeoutInMs, v.WarnInMs = 0, 0 // the page waits for its door
	case view.StepPickupDone, view.StepCourierDone, view.StepPickupLeft, view.StepPackagingDone,
		view.StepMemberGone:
		v.WarnInMs = 0 // it is left without a word
	}
	if change != nil {
		change(&v)
	}
	if offersHelp(v) && v.Helping == nil {
		acts(&v, view.ActHelp)
	}
	if v.WarnInMs > 0 && v.Extensions > 0 {
		acts(&v, view.ActMoreTime)
	}
	return v
}

func acts(v *view.View, names ...view.ActionName) {
	v.Actions = append(v.Actions, names...)
}

// All returns every sample. In the language of a tag: set View.Language.
func All() []Sample {
	var out []Sample
	add := func(name string, step view.Step, change func(*view.View)) {
		out = append(out, Sample{Name: name, View: at(step, change)})
	}
	idle := func(notices ...view.Notice) func(*view.View) {
		return func(v *view.View) {
			v.Visit, v.TimeoutInMs, v.WarnInMs = "", 0, 0
			v.Notices = notices
			v.Idle.OpenDoor = "07"
			acts(v, view.ActStartPickup, view.ActStartBearer, view.ActStartCourier)
		}
	}
	add("idle", view.StepIdle, idle())
	add(
		"idle-notices",
		view.StepIdle,
		idle(view.NoticeSomeDoors, view.NoticeNoDeposits, view.NoticeCloseTheDoor),
	)
	add("idle-told", view.StepIdle, told(idle()))
	add("idle-told-notices", view.StepIdle, told(idle(view.NoticeSomeDoors, view.NoticeNoDeposits)))
	add("pickup_refused-told", view.StepPickupRefused, told(func(v *view.View) {
		v.Reason = view.ReasonOnHold
		acts(v, view.ActBack, view.ActStartPickup)
	}))
	add("idle-no-scanner", view.StepIdle, idle(view.NoticeNoScanner))
	for _, r := range []view.Reason{
		view.ReasonNone, view.ReasonStarting, view.ReasonStoreFault, view.ReasonCoreMissing,
		view.ReasonNoTerminal,
	} {
		add(named("unavailable", r), view.StepUnavailable, func(v *view.View) {
			v.Reason, v.Actions, v.TimeoutInMs, v.WarnInMs = r, nil, 0, 0
		})
	}
	pickup(&out, add)
	bearers(add)
	shops(add)
	members(add)
	helps(&out)
	explained(add)
	courier(&out, add)
	returns(&out, add)
	staff(&out)
	out = append(out, commissioning()...)
	add(
		"unknown-step",
		"a_step_of_a_newer_core",
		func(v *view.View) { v.Reason = "new"; acts(v, view.ActFinish) },
	)
	scanned(add)
	templates(&out)
	warned := Sample{
		Name:  "warning-more-time",
		View:  at(view.StepPickupEnter, enterPickup),
		Typed: "4821",
		Warn:  17,
	}
	last := Sample{Name: "warning-last", View: at(view.StepPickupCheck, func(v *view.View) {
		v.Pickup.Door, v.Extensions = "14", 0
		acts(v, view.ActTaken, view.ActOpenAgain)
	}), Warn: 9}
	return append(out, warned, last)
}

func named(page string, r view.Reason) string {
	if r == view.ReasonNone {
		return page
	}
	return page + "-" + string(r)
}

func enterPickup(v *view.View) {
	v.Pickup.PINDigits = 8
	acts(v, view.ActPIN, view.ActBack)
}

func enterCourier(v *view.View) {
	v.Courier.PINDigits = 8
	acts(v, view.ActPIN, view.ActBack, view.ActStartStaff)
}

func pickup(out *[]Sample, add func(string, view.Step, func(*view.View))) {
	add("pickup_enter", view.StepPickupEnter, enterPickup)
	*out = append(
		*out,
		Sample{Name: "pickup_enter-typed", View: at(view.StepPickupEnter, enterPickup), Typed: "48213"},
	)
	*out = append(
		*out,
		Sample{Name: "pickup_enter-full", View: at(view.StepPickupEnter, enterPickup), Typed: "48213907"},
	)
	add("pickup_enter-no-scanner", view.StepPickupEnter, func(v *view.View) {
		enterPickup(v)
		v.Notices = []view.Notice{view.NoticeNoScanner}
	})
	add("pickup_enter-phone", view.StepPickupEnter, func(v *view.View) {
		enterPickup(v)
		v.Pickup.PINDigits = 10
	})
	add("pickup_enter-phone-no-scanner", view.StepPickupEnter, func(v *view.View) {
		enterPickup(v)
		v.Pickup.PINDigits, v.Notices = 10, []view.Notice{view.NoticeNoScanner}
	})
	for _, r := range []view.Reason{view.ReasonNone, view.ReasonNotValid} {
		add(named("pickup_second", r), view.StepPickupSecond, func(v *view.View) {
			v.Reason, v.Pickup.PINDigits = r, 4
			acts(v, view.ActPIN, view.ActBack)
		})
	}
	add("pickup_enter-no-pad", view.StepPickupEnter, func(v *view.View) { acts(v, view.ActBack) })
	for _, r := range []view.Reason{
		view.ReasonNotValid, view.ReasonWait, view.ReasonOnHold, view.ReasonAtCounter, view.ReasonDoorOpen,
		view.ReasonLocked, view.ReasonNotLive, view.ReasonDisputed,
		view.ReasonDoorTaken, "newer",
	} {
		add(named("pickup_refused", r), view.StepPickupRefused, func(v *view.View) {
			v.Reason, v.Pickup.OpenDoor = r, "07"
			if r == view.ReasonWait {
				v.RetryInMs = 45_000
			}
			if r == view.ReasonDisputed {
				v.Pickup.Case = someCase
			}
			acts(v, view.ActStartPickup, view.ActBack)
		})
	}
	several(add)
	reroute(add)
	add(
		"pickup_opening",
		view.StepPickupOpening,
		func(v *view.View) { v.Pickup.Door = "14"; v.Reason = view.ReasonNone },
	)
	for stage := range 4 {
		add(fmt.Sprintf("pickup_open-%d", stage), view.StepPickupOpen, func(v *view.View) {
			v.Pickup.Door, v.Pickup.LeftOpen = "14", stage
			if stage > 0 {
				acts(v, view.ActFinish) // it does not close
			}
		})
	}
	add(
		"pickup_check",
		view.StepPickupCheck,
		func(v *view.View) { v.Pickup.Door = "14"; acts(v, view.ActTaken, view.ActOpenAgain) },
	)
	add("pickup_check-not_seen", view.StepPickupCheck, func(v *view.View) {
		v.Pickup.Door, v.Reason = "14", view.ReasonNotSeen
		acts(v, view.ActTaken, view.ActOpenAgain)
	})
	add(
		"pickup_done",
		view.StepPickupDone,
		func(v *view.View) { v.Pickup.Door = "14"; acts(v, view.ActFinish, view.ActOpenAgain) },
	)
	add(
		"pickup_left",
		view.StepPickupLeft,
		func(v *view.View) { v.Pickup.Door = "14"; acts(v, view.ActFinish, view.ActBack) },
	)
	notOpened("no_open", view.StepNoOpen, "14", add, view.ActBack)
	care(add)
	add(
		"to_check",
		view.StepToCheck,
		func(v *view.View) { v.Pickup.Door = "14"; acts(v, view.ActStartPickup, view.ActBack) },
	)
}

// notOpened adds the pages about a door that is not known to be open. Trying
// again is offered unless it would be blind or the lock must rest; others is
// what can always be done.
func notOpened(
	page string,
	step view.Step,
	door string,
	add func(string, view.Step, func(*view.View)),
	others ...view.ActionName,
) {
	for _, r := range []view.Reason{
		view.ReasonNone, view.ReasonStuck, view.ReasonUnanswered, view.ReasonUnknown, view.ReasonRest,
	} {
		add(named(page, r), step, func(v *view.View) {
			DoorOf(v).Door, v.Reason = door, r
			switch r {
			case view.ReasonUnknown:
			case view.ReasonRest:
				v.RetryInMs = 30_000
			default:
				acts(v, view.ActTryAgain)
			}
			acts(v, others...)
		})
	}
	add(page+"-rested", step, func(v *view.View) {
		DoorOf(v).Door, v.Reason, v.RetryInMs = door, view.ReasonRest, 1
		acts(v, view.ActTryAgain)
		acts(v, others...)
	})
}

// DoorOf is the part of a view's payload about doors, to change it.
func DoorOf(v *view.View) *view.AtDoor {
	switch {
	case v.Courier != nil:
		return &v.Courier.AtDoor
	case v.Staff != nil:
		return &v.Staff.AtDoor
	case v.Return != nil:
		return &v.Return.AtDoor
	case v.Shop != nil:
		return &v.Shop.AtDoor
	}
	return &v.Pickup.AtDoor
}

// Copy is a view whose payload can be changed without changing the other's.
func Copy(v view.View) view.View {
	v.Idle, v.Pickup, v.Courier, v.Commission = own(v.Idle), own(v.Pickup), own(v.Courier), own(v.Commission)
	v.Staff, v.Return, v.Bearer, v.Member = own(v.Staff), own(v.Return), own(v.Bearer), own(v.Member)
	v.Shop = own(v.Shop)
	return v
}

func own[T any](payload *T) *T {
	if payload == nil {
		return nil
	}
	mine := *payload
	return &mine
}

// told adds what a centre has people told, as long as it may be.
func told(change func(*view.View)) func(*view.View) {
	return func(v *view.View) {
		change(v)
		if v.Step == view.StepIdle {
			v.Announcement = "The locker moves to platform 3 on 14 March. Please collect the parcels that are here " +
				"now before that day. Thank you."
		}
		v.Help = "+49 30 1234 5678, daily from 8 in the morning until 10 pm"
	}
}
