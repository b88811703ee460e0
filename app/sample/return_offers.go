package sample

import (
	"fmt"

	"cubby/locker/view"
)

var picked = []view.ReturnItem{
	{Title: "Rain jacket, blue, M", Quantity: 1, Reason: "wrong_size", Amount: eur(5400)},
	{Title: "سترة مطر زرقاء للرجال مقاس متوسط", Quantity: 2, Reason: "changed_mind", Amount: eur(9980)},
	{Title: "Trekking socks 🧦", Quantity: 1, Reason: "faulty", Amount: eur(799), Keep: true},
	{Title: "Gift wrapping", Quantity: 1, Reason: "moths"},
}

var waysBack = []view.ReturnWay{
	{Value: "original", Amount: *eur(5400), When: "at_drop", Fee: eur(290), Tenders: []view.ReturnTender{
		{Kind: "card", Amount: *eur(4000)}, {Kind: "gift_card", Amount: *eur(1400)}}},
	{Value: "gift_card", Amount: *eur(5690), When: "at_drop"},
	{Value: "points", Amount: *eur(5690), When: "at_drop"},
	{Value: "exchange", Amount: *eur(0), When: "none"},
}

func offers(add func(string, view.Step, func(*view.View))) {
	one := func(name string, items, ways int, change func(v *view.View, r *view.Return)) {
		add(name, view.StepReturnOffer, returned(func(v *view.View, r *view.Return) {
			r.Items, r.Ways, r.Total, r.When, r.Order = picked[:items], waysBack[:ways], eur(5400), "at_drop", "…4711"
			acts(v, view.ActPick, view.ActMore, view.ActLowDoor, view.ActHome, view.ActBack)
			if change != nil {
				change(v, r)
			}
		}))
	}
	one("return_offer", 1, 1, nil)
	one("return_offer-all", 4, 4, func(_ *view.View, r *view.Return) { r.Low = true })
	one("return_offer-conditional", 2, 2, func(_ *view.View, r *view.Return) {
		r.Conditional, r.When = true, "after_centre"
	})
	one("return_offer-case", 2, 1, func(v *view.View, r *view.Return) { // asked for before
		r.Case = "R-7K3M-9QPX"
		v.Actions = []view.ActionName{view.ActLanguage, view.ActPick, view.ActLowDoor, view.ActBack}
	})
	one("return_offer-many", 4, 3, func(_ *view.View, r *view.Return) {
		r.When = "after_grading"
		r.Items = nil
		for i := range 23 {
			r.Items = append(r.Items, picked[i%4])
		}
		r.Because = []view.Message{{ID: "a_rule", Text: "The shop gives more days until the end of January."}}
	})
	one("return_offer-keep", 1, 1, func(_ *view.View, r *view.Return) { r.Items = picked[2:3] })
	one("return_offer-no-money", 1, 1, func(_ *view.View, r *view.Return) {
		r.Total, r.When, r.Items = nil, "none", picked[3:]
		r.Ways = []view.ReturnWay{{Value: "original", When: "none"}}
	})
	one("return_offer-tenders", 1, 1, func(_ *view.View, r *view.Return) {
		var all []view.ReturnTender
		for _, kind := range []string{"card", "cash", "gift_card", "points", "transfer", "invoice", "other"} {
			all = append(all, view.ReturnTender{Kind: kind, Amount: *eur(771)})
		}
		r.Ways, r.Way = []view.ReturnWay{{Value: "original", Amount: *eur(5397), When: "at_drop", Tenders: all}},
			"original"
	})
	one("return_offer-newer", 1, 1, func(_ *view.View, r *view.Return) {
		r.When, r.Ways = "one_day", []view.ReturnWay{
			{Value: "original", Amount: *eur(5400)}, {Value: "gold_coins", Amount: *eur(5400)}}
	})
	add("return_asking", view.StepReturnAsking, nil)
	add("return_home", view.StepReturnHome, func(v *view.View) { acts(v, view.ActYes, view.ActBack) })
	add("return_home-fee", view.StepReturnHome, returned(func(v *view.View, r *view.Return) {
		r.Ways, r.Total, r.When = waysBack[:1], eur(5400), "after_grading"
		acts(v, view.ActYes, view.ActBack)
	}))
	for _, r := range []view.Reason{
		view.ReasonNone, view.ReasonNotReturnable, view.ReasonToPay, view.ReasonTooLargeHere, view.ReasonNoDoor,
		view.ReasonUndecided, "newer",
	} {
		add(named("return_counter", r), view.StepReturnCounter, returned(func(v *view.View, ret *view.Return) {
			v.Reason = r
			acts(v, view.ActFinish)
			if r == view.ReasonNotReturnable {
				ret.Because = bought[4].Because
			}
		}))
	}
}

func inDoors(add func(string, view.Step, func(*view.View))) {
	add("return_opening", view.StepReturnOpening, func(v *view.View) { v.Return.Door = "14" })
	for stage := range 4 {
		add(fmt.Sprint("return_open-", stage), view.StepReturnOpen, returned(func(v *view.View, r *view.Return) {
			r.Door, r.LeftOpen, r.Items, r.Case = "14", stage, picked[:1], "R-7K3M-9QPX"
			acts(v, view.ActChangeMind, view.ActTooBig, view.ActOccupied)
		}))
	}
	add("return_open-all", view.StepReturnOpen, returned(func(v *view.View, r *view.Return) {
		r.Door, r.Bags = "14", []view.ReturnBag{{Code: "R-7K3M-9QPX-1", Door: "07"}}
		acts(v, view.ActChangeMind, view.ActTooBig, view.ActOccupied, view.ActOtherDoor)
	}))
	for _, reason := range []view.Reason{view.ReasonNone, view.ReasonNotSeen} {
		add(named("return_check", reason), view.StepReturnCheck, func(v *view.View) {
			v.Return.Door, v.Reason = "14", reason
			acts(v, view.ActInside, view.ActOpenAgain, view.ActChangeMind)
		})
	}
	for _, reason := range []view.Reason{
		view.ReasonNone, view.ReasonTooBig, view.ReasonOccupied,
	} {
		add(named("return_retake", reason), view.StepReturnRetake, func(v *view.View) {
			v.Return.Door, v.Reason = "14", reason
			acts(v, view.ActBack)
		})
	}
	add("return_retake-rest", view.StepReturnRetake, returned(func(v *view.View, r *view.Return) {
		r.Door, v.Reason, r.Bags = "14", view.ReasonUndo, []view.ReturnBag{{Code: "R-7K3M-9QPX-1", Door: "07"}}
		acts(v, view.ActBack)
	}))
	add("return_more", view.StepReturnMore, returned(func(v *view.View, r *view.Return) {
		r.Door, r.Bags = "14", []view.ReturnBag{{Code: "R-7K3M-9QPX-1", Door: "14"}}
		acts(v, view.ActYes, view.ActMore)
	}))
	notOpened("return_no_open", view.StepReturnNoOpen, "14", add, view.ActOtherDoor, view.ActBack)
	add("return_open-heard", view.StepReturnOpen, returned(func(v *view.View, r *view.Return) {
		r.Door, v.Heard, v.HeardInMs = "14", view.HeardFirst, 5000
		acts(v, view.ActChangeMind, view.ActTooBig, view.ActOccupied)
	}))
}

func receipts(add func(string, view.Step, func(*view.View))) {
	one := func(name string, bags int, change func(v *view.View, r *view.Return)) {
		add(name, view.StepReturnDone, returned(func(v *view.View, r *view.Return) {
			r.Case, r.Total, r.When = "R-7K3M-9QPX", eur(5400), "at_drop"
			for i := range bags {
				r.Bags = append(r.Bags, view.ReturnBag{Code: fmt.Sprint("R-7K3M-9QPX-", i+1),
					Door: fmt.Sprint(14 + i)})
			}
			acts(v, view.ActFinish, view.ActPrint)
			if change != nil {
				change(v, r)
			}
		}))
	}
	one("return_done", 1, nil)
	one("return_done-bags", 3, func(_ *view.View, r *view.Return) { r.When = "after_grading" })
	one("return_done-many", 8, func(_ *view.View, r *view.Return) { r.When = "after_grading" })
	one("return_done-conditional", 1, func(_ *view.View, r *view.Return) {
		r.Conditional, r.When, r.Total = true, "after_centre", nil
	})
	one("return_done-exchange", 1, func(v *view.View, r *view.Return) {
		r.Next, r.Total, r.When = "22", nil, "none"
		acts(v, view.ActYes)
	})
	one("return_done-keep", 0, nil)
	one("return_done-gift-card", 1, func(_ *view.View, r *view.Return) { r.Ways = waysBack[1:2] })
	one("return_done-new-item-follows", 1, func(_ *view.View, r *view.Return) {
		r.Ways, r.Total = []view.ReturnWay{{Value: "exchange", Amount: *eur(0), When: "at_drop"}}, eur(0)
	})
	for _, p := range []view.Printing{view.PrintBusy, view.PrintDone, view.PrintFailed} {
		one("return_done-"+string(p), 1, func(v *view.View, r *view.Return) {
			r.Print = p
			if p == view.PrintBusy {
				v.Actions = v.Actions[:len(v.Actions)-1]
			}
		})
	}
	one("return_done-waits-for-paper", 1, func(v *view.View, r *view.Return) {
		r.Print, v.Notices = view.PrintBusy, []view.Notice{view.NoticeNoPrinter}
		v.Actions = v.Actions[:len(v.Actions)-1]
	})
	for _, points := range []int{0, 1, 25} {
		add(fmt.Sprint("packaging_done-", points), view.StepPackagingDone, func(v *view.View) {
			v.Return.Points = points
			acts(v, view.ActFinish)
		})
	}
}
