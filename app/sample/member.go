package sample

import (
	"time"

	"cubby/locker/view"
)

// members are the pages of somebody who has a record, or asks for one.
func members(add func(string, view.Step, func(*view.View))) {
	since := time.Date(2026, 3, 2, 9, 5, 0, 0, time.Local)
	const contact = "a…@example.org"
	add("pickup_done-remember", view.StepPickupDone, func(v *view.View) {
		v.Pickup.Door = "14"
		acts(v, view.ActFinish, view.ActOpenAgain, view.ActRemember)
	})
	for name, count := range map[string]int{"member": 2, "member-one": 1, "member-none": 0} {
		add(name, view.StepMember, func(v *view.View) {
			v.Member.Count = count
			acts(v, view.ActKnown, view.ActFinish)
		})
	}
	lines := []view.MemberLine{
		{Value: "wish low_door", Kind: "wish", Name: "low_door"},
		{Value: "wish accessible_door", Kind: "wish", Name: "accessible_door", On: true},
		{Value: "wish large_text", Kind: "wish", Name: "large_text"},
		{Value: "wish more_time", Kind: "wish", Name: "more_time", On: true},
		{Value: "receipt", Kind: "receipt"}, {Value: "language", Kind: "language", Text: "zh-Hans"},
		{Value: "channel", Kind: "channel", Name: "email", Text: contact, On: true},
		{Value: "consent messages", Kind: "consent", Name: "messages", On: true, At: &since},
		{Kind: "consent", Name: "marketing", At: &since},
		{Kind: "name", Text: "A…"}, {Value: "qr", Kind: "qr", On: true, At: &since},
		{Kind: "kept", At: &since}, {Value: "erase", Kind: "erase"},
	}
	add("member_known", view.StepMemberKnown, func(v *view.View) {
		v.Member.Contact, v.Member.Lines = contact, lines
		acts(v, view.ActPick, view.ActHistory, view.ActNewQR, view.ActFinish)
	})
	add("member_known-neighbours", view.StepMemberKnown, func(v *view.View) {
		v.Member.Contact, v.Member.Lines = contact, append([]view.MemberLine{
			{Value: "neighbour 1", Kind: "neighbour", Name: "collects", Text: "b…@example.org", On: true, At: &since},
			{Value: "neighbour 2", Kind: "neighbour", Name: "collected_for", On: true, At: &since},
		}, lines[9:]...)
		acts(v, view.ActPick, view.ActHistory, view.ActNewQR, view.ActNeighbour, view.ActFinish)
	})
	add("member_known-by-parcel", view.StepMemberKnown, func(v *view.View) {
		v.Member.Lines = []view.MemberLine{
			{Value: "language", Kind: "language"}, {Kind: "channel", Name: "none"},
			{Value: "channel", Kind: "channel", Name: "sms", Text: "… 567", On: true},
			{Kind: "consent", Name: "tastings", On: true, Value: "consent tastings", At: &since}, lines[11],
		}
		acts(v, view.ActPick, view.ActHistory, view.ActFinish)
	})
	for name, loading := range map[string]bool{"member_history": false, "member_history-loading": true} {
		add(name, view.StepMemberHistory, func(v *view.View) {
			v.Member.Loading = loading
			v.Member.Lines = []view.MemberLine{
				{Kind: "said", Name: "messages", Text: "kiosk", On: true, At: &since},
				{Kind: "said", Name: "marketing", Text: "message", At: &since},
				{Kind: "said", Name: "record", Text: "desk", On: true, At: &since},
				{Kind: "said", Name: "messages", Text: "shop", At: &since},
				{Kind: "said", Name: "messages", Text: "phone", On: true, At: &since},
			}
			if !loading {
				v.Member.Lines = append(v.Member.Lines,
					view.MemberLine{Kind: "parcel", Text: "P-4821", Name: "stored", At: &since},
					view.MemberLine{Kind: "order", Text: "SO-1", Name: "acme", At: &since},
					view.MemberLine{Kind: "return", Text: "R-0937", Name: "received", At: &since},
					view.MemberLine{Kind: "message", Text: "stored (email)", Name: "sent", At: &since})
			}
			acts(v, view.ActBack, view.ActFinish)
		})
	}
	for _, how := range []view.Printing{view.PrintBusy, view.PrintDone, view.PrintFailed} {
		add("member_history-"+string(how), view.StepMemberHistory, func(v *view.View) {
			v.Member.Print, v.Member.Lines = how, []view.MemberLine{{Kind: "kept", At: &since}}
			if how != view.PrintBusy {
				acts(v, view.ActPrint)
			}
			acts(v, view.ActBack, view.ActFinish)
		})
	}
	for name, text := range map[string]string{
		"member_qr": "M:ABCDEFGHIJKLMNOPQRSTUVWXYZ", "member_qr-gone": "",
	} {
		add(name, view.StepMemberQR, func(v *view.View) {
			v.Member.QR = text
			acts(v, view.ActBack, view.ActFinish)
		})
	}
	add("member_erase", view.StepMemberErase, func(v *view.View) { acts(v, view.ActYes, view.ActBack) })
	add("member_ask", view.StepMemberAsk, func(v *view.View) {
		v.Member.Contact = contact
		acts(v, view.ActYes, view.ActFinish)
	})
	add("member_neighbour", view.StepMemberNeighbour, func(v *view.View) { acts(v, view.ActBack) })
	add("member_agree", view.StepMemberAgree, func(v *view.View) {
		v.Member.Contact = "a…@example.org"
		acts(v, view.ActYes, view.ActBack)
	})
	add("member_agree-somebody", view.StepMemberAgree, func(v *view.View) { acts(v, view.ActYes, view.ActBack) })
	add("member_gone", view.StepMemberGone, func(v *view.View) { acts(v, view.ActFinish) })
	add("member_history-states", view.StepMemberHistory, func(v *view.View) {
		for _, state := range []string{"announced", "booked", "depositing", "stored", "collecting", "collected",
			"deposit_failed", "expired", "counter_held", "missing", "cancelled", "received", "waiting", "sending",
			"failed", "dropped"} {
			one := view.MemberLine{Kind: "parcel", Text: "P-1", Name: state, At: &since}
			v.Member.Lines = append(v.Member.Lines, one)
		}
		acts(v, view.ActBack, view.ActFinish)
	})
}
