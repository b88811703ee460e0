package sample

import (
	"fmt"
	"strings"

	"cubby/locker/view"
)

// about are the facts of a question.
var about = []view.StaffFact{
	fact1("door", text("14")), fact1("parcel", text("…4821")), fact1("state", say("state.stored")),
}

// saidAll is all that the core says of how an operation ended; others say why it was
// refused.
var saidAll = []string{
	"open", "restore", "end_alarm", "to_counter", "still_there", "write_off", "hand_over",
	"hand_over_known", "hold", "new_code",
	"release", "help", "nothing_said", "found_nothing", "refused", "refused_door-open", "refused_not-permitted",
	"refused_second-person", "refused_last-manager", "refused_own-account", "refused_parcel-inside",
	"refused_not-at-counter", "refused_collected-already", "refused_on-hold", "refused_changed",
	"refused_practice", "refused_written-off", "refused_with-staff", "refused_second-factor-locked",
	"refused_not-live",
	"refused_too-many-codes", "refused_not-here", "refused_not-serving", "withdrawn", "erase_record",
	"close_case", "give_away", "shelve", "refused_still-waits", "refused_for-the-counter", "refused_place-taken",
	"sale_cash", "sale_picked", "sale_short", "sale_paid_back", "sale_back_once", "refused_not-picking",
	"refused_leaving", "refused_behind-a-door", "refused_returned-already", "refused_redirected-already",
}

var reasonsAll = []string{
	"to_check", "customer_asks", "expired", "door_stuck", "cleaning", "looked_empty", "repaired", "cleaned",
	"broken",
	"dirty", "maintenance", "looked_into", "own_staff", "found", "not_there", "damaged", "stolen",
	"identity_shown",
	"phone_lost", "code_seen", "shop_asks", "disputed", "settled", "redirected", "recalled", "other",
}

func (d desk) questions() {
	find := func(name, typed string) *Sample {
		s := d.signed(name, view.StepStaffFind, func(v *view.View, s *view.Staff) { acts(v, view.ActType) })
		s.Chosen = map[string]string{"=text": typed}
		return s
	}
	find("staff_find", "")
	find("staff_find-typed", "4821")
	find("staff_find-long", "HX-2026-004821-0815-4711-AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")
	find("staff_find-nothing", "4821").View.Staff.Said = say("found_nothing")
	find("staff_find-practice", "4821").View.Staff.Practice = true
	find("staff_find-loading", "").View.Staff.Loading = true
	reason := func(name, doing string, values ...string) {
		d.signed(name, view.StepStaffReason, func(v *view.View, s *view.Staff) {
			s.Doing, s.Door, s.Facts = doing, "14", about
			for _, r := range values {
				s.Items = append(s.Items, view.StaffItem{Value: r, Kind: "reason",
					Title: *say("reason." + r)})
			}
			acts(v, view.ActPick)
		})
	}
	reason("staff_reason-open", view.OpOpen, reasonsAll[:5]...)
	reason("staff_reason-write_off", view.OpWriteOff, "not_there", "damaged", "stolen", "other")
	reason("staff_reason", view.OpHold, reasonsAll...)
	form := func(name string, step view.Step, doing, typed string) {
		s := d.signed(name, step, func(v *view.View, s *view.Staff) {
			s.Doing = doing
			if step == view.StepStaffWhy {
				s.Facts = about
			}
			acts(v, view.ActType)
		})
		s.Chosen = map[string]string{"=text": typed}
	}
	form("staff_new", view.StepStaffNew, "", "")
	form("staff_new-courier", view.StepStaffNew, "courier", "Grace")
	form("staff_new-account", view.StepStaffNew, "account", "王小云")
	form("staff_why", view.StepStaffWhy, view.OpOpen, "")
	form("staff_why-typed", view.StepStaffWhy, view.OpOpen,
		"The lady from the flower shop says that her parcel drips, so we look whether something has broken in it")
	for _, r := range []view.Reason{
		view.ReasonNone, view.ReasonSamePerson, view.ReasonMayNot, view.ReasonNotValid, view.ReasonWait,
		"newer",
	} {
		d.signed(named("staff_second", r), view.StepStaffSecond, func(v *view.View, s *view.Staff) {
			s.Doing, s.Door, s.Facts, s.PINDigits, v.Reason = view.OpOpen, "14", about, 8, r
			acts(v, view.ActPIN)
			if r == view.ReasonWait {
				v.RetryInMs = 45_000
			}
		}).Typed = "90"
	}
	d.signed("staff_second-no-scanner", view.StepStaffSecond, func(v *view.View, s *view.Staff) {
		s.PINDigits, v.Notices = 8, []view.Notice{view.NoticeNoScanner}
		acts(v, view.ActPIN)
	})
	for _, r := range []view.Reason{
		view.ReasonNone, view.ReasonNoCode, view.ReasonWait, view.ReasonSecond, view.ReasonSecondWrong,
	} {
		d.signed(named("staff_counter", r), view.StepStaffCounter, func(v *view.View, s *view.Staff) {
			v.Reason, s.PINDigits = r, 8
			if strings.HasPrefix(string(r), "second") {
				s.PINDigits = 4
			}
			acts(v, view.ActPIN)
			if r == view.ReasonWait {
				v.RetryInMs = 45_000
			}
		})
	}
	d.signed("staff_counter-no-scanner", view.StepStaffCounter, func(v *view.View, s *view.Staff) {
		s.PINDigits, v.Notices = 8, []view.Notice{view.NoticeNoScanner}
		acts(v, view.ActPIN)
	})
	for _, op := range []string{
		view.OpWriteOff, view.OpRemove, view.OpHandKnown, view.OpNewCode, view.OpRestore, view.OpEraseRecord,
		view.OpGiveAway, "",
	} {
		d.signed("staff_confirm-"+op, view.StepStaffConfirm, func(v *view.View, s *view.Staff) {
			s.Doing, s.Facts, s.Door = op, about, "14"
			acts(v, view.ActYes)
		})
	}
	d.signed("staff_secret", view.StepStaffSecret, func(_ *view.View, s *view.Staff) {
		s.Badge, s.PIN = "B:1K7Q2M4ZPXA63RWT5NE9HVD8JB", "48213907"
		s.Facts = []view.StaffFact{fact1("name", text("Grace Hopper"))}
	})
	d.signed("staff_secret-loading", view.StepStaffSecret,
		func(_ *view.View, s *view.Staff) { s.Loading = true })
	d.signed("staff_practice", view.StepStaffPractice, func(_ *view.View, s *view.Staff) { s.Loading = true })
	d.signed("staff_practice-on", view.StepStaffPractice,
		func(_ *view.View, s *view.Staff) { s.Practice = true })
}

func (d desk) doors() {
	door := func(name string, step view.Step, change func(v *view.View, s *view.Staff)) {
		d.signed(name, step, func(v *view.View, s *view.Staff) {
			s.Door, s.Doing = "14", view.OpOpen
			if change != nil {
				change(v, s)
			}
		})
	}
	door("staff_opening", view.StepStaffOpening, nil)
	for stage := range 4 {
		door(fmt.Sprintf("staff_open-%d", stage), view.StepStaffOpen,
			func(_ *view.View, s *view.Staff) { s.LeftOpen = stage })
	}
	door("staff_open-practice", view.StepStaffOpen, func(_ *view.View, s *view.Staff) { s.Practice = true })
	for _, r := range []view.Reason{
		view.ReasonNone, view.ReasonStuck, view.ReasonUnanswered, view.ReasonUnknown, view.ReasonRest,
	} {
		door(named("staff_no_open", r), view.StepStaffNoOpen, func(v *view.View, _ *view.Staff) {
			v.Reason = r
			if r == view.ReasonRest {
				v.RetryInMs = 30_000
			} else {
				acts(v, view.ActTryAgain)
			}
		})
	}
	looked := func(name string, ops ...string) {
		door(name, view.StepStaffLooked, func(v *view.View, s *view.Staff) {
			s.Ops, s.Facts = ops, about
			acts(v, view.ActOp)
		})
	}
	looked("staff_looked", view.OpStillThere, view.OpToCounter, view.OpWriteOff, view.OpNothing)
	looked("staff_looked-leaves", view.OpStillThere, view.OpToCounter, view.OpGiveAway, view.OpNothing)
	looked("staff_looked-empty", view.OpRestore, view.OpOutOfService, view.OpNothing, view.OpPractise,
		view.OpCustomer)
}
