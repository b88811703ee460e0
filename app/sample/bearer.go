package sample

import (
	"strconv"
	"time"

	"cubby/locker/view"
)

// bearers are the pages of the bearer of a code.
func bearers(add func(string, view.Step, func(*view.View))) {
	add("bearer_enter", view.StepBearerEnter, func(v *view.View) {
		v.Bearer.PINDigits = 8
		acts(v, view.ActPIN, view.ActBack)
	})
	add("bearer_enter-phone", view.StepBearerEnter, func(v *view.View) {
		v.Bearer.PINDigits = 10
		acts(v, view.ActPIN, view.ActBack)
	})
	add("bearer_enter-phone-no-scanner", view.StepBearerEnter, func(v *view.View) {
		v.Bearer.PINDigits, v.Notices = 10, []view.Notice{view.NoticeNoScanner}
		acts(v, view.ActPIN, view.ActBack)
	})
	add("bearer_enter-no-scanner", view.StepBearerEnter, func(v *view.View) {
		v.Bearer.PINDigits = 8
		v.Notices = []view.Notice{view.NoticeNoScanner}
		acts(v, view.ActPIN, view.ActBack)
	})
	until := time.Date(2026, 9, 14, 18, 30, 0, 0, time.Local)
	all := []view.BearerParcel{
		{Value: "p-1", Ref: "…4821", State: "stored", Door: "14", Size: "S", Deadline: &until},
		{Value: "p-2", Ref: "…0937", State: "stored", Door: "22", Size: "M", Deadline: &until, Held: true},
		{Value: "p-3", Ref: "…7715", State: "expired", Door: "05", Size: "S", Deadline: &until},
		{Value: "p-4", Ref: "…6602", State: "counter_held"},
	}
	add("bearer_list", view.StepBearerList, func(v *view.View) {
		v.Bearer.Parcels = all
		acts(v, view.ActPick, view.ActBack)
	})
	one := func(name string, p view.BearerParcel, may ...view.ActionName) {
		add(name, view.StepBearerParcel, func(v *view.View) {
			v.Bearer.Door, v.Bearer.Parcel, v.Bearer.Chosen = p.Door, p.Ref, &p
			acts(v, append(may, view.ActBack)...)
		})
	}
	extended := until.Add(24 * time.Hour)
	doors := 0
	more := func(name string, change func(*view.Bearer), may ...view.ActionName) {
		p := all[0]
		doors++
		p.Door = strconv.Itoa(doors)
		add(name, view.StepBearerExtend, func(v *view.View) {
			v.Bearer.Door, v.Bearer.Parcel, v.Bearer.Chosen = p.Door, p.Ref, &p
			change(v.Bearer)
			acts(v, append(may, view.ActBack)...)
		})
	}
	more("bearer_extend", func(b *view.Bearer) { b.MoreTime = &view.BearerTime{Until: extended, Hours: 24} },
		view.ActYes)
	more("bearer_extend-price", func(b *view.Bearer) {
		b.MoreTime = &view.BearerTime{Until: extended, Hours: 24, Price: &view.Money{Minor: 150, Currency: "EUR"}}
	}, view.ActYes)
	more("bearer_extend-needed", func(b *view.Bearer) { b.NoTime = "door-needed" })
	more("bearer_extend-none", func(b *view.Bearer) { b.NoTime = "extended-enough" })
	one("bearer_parcel", all[0], view.ActOpenDoor, view.ActAskTime, view.ActDelegate, view.ActKnown)
	elsewhere(add, all[0])
	longer := all[0]
	longer.Ref, longer.Door, longer.Deadline = "…1188", "10", &extended
	add("bearer_parcel-given", view.StepBearerParcel, func(v *view.View) {
		v.Reason, v.Bearer.Door, v.Bearer.Parcel, v.Bearer.Chosen = view.ReasonMoreTime, "10", longer.Ref, &longer
		acts(v, view.ActOpenDoor, view.ActAskTime, view.ActDelegate, view.ActKnown, view.ActBack)
	})
	one("bearer_parcel-longer", longer, view.ActOpenDoor, view.ActAskTime, view.ActDelegate, view.ActKnown)
	sent := all[0]
	sent.Ref, sent.Door, sent.Delegate = "…2764", "11", true
	one("bearer_parcel-delegate", sent, view.ActOpenDoor, view.ActAskTime, view.ActDelegate, view.ActNoDelegate,
		view.ActKnown)
	for name, ends := range map[string]*time.Time{"bearer_delegate": nil, "bearer_delegate-until": &until} {
		add(name, view.StepBearerDelegate, func(v *view.View) {
			p := sent
			p.DelegateUntil = ends
			v.Bearer.Door, v.Bearer.Parcel, v.Bearer.Chosen = p.Door, p.Ref, &p
			v.Bearer.Code, v.Bearer.PIN = "K7Q2M4ZPXA63RWT5NE9HVD8JBS", "48213907"
			acts(v, view.ActFinish, view.ActBack)
		})
	}
	one("bearer_parcel-held", all[1])
	one("bearer_parcel-expired", all[2])
	one("bearer_parcel-counter", all[3])
	paused := all[0]
	paused.Ref, paused.Door, paused.Paused = "…3350", "09", "lock_jammed"
	one("bearer_parcel-paused", paused, view.ActOpenDoor, view.ActAskTime, view.ActDelegate)
}
