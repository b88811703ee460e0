package sample

import (
	"fmt"
	"strings"
	"time"

	"cubby/locker/view"
)

func eur(minor int64) *view.Money { return &view.Money{Minor: minor, Currency: "EUR"} }

// reasonsOfReturns are those that come with the program.
var reasonsOfReturns = []string{
	"changed_mind", "too_small", "too_large", "wrong_size", "not_as_described", "faulty", "damaged_in_transit",
	"wrong_item", "too_late", "better_price", "gift", "other",
}

var endOfReturn = time.Date(2026, 12, 13, 0, 0, 0, 0, time.Local)

// bought are lines in several scripts, of which some cannot come back.
var bought = []view.ReturnLine{
	{Value: "l1", Title: "Rain jacket, blue, M", Quantity: 1, Left: 1, Eligible: true, Each: eur(5400),
		Until: &endOfReturn},
	{Value: "l2", Title: "Trekking socks 👨‍👩‍👧‍👦 family pack 🧦🧦🧦", Quantity: 4, Left: 2, Picked: 1,
		Eligible: true,
		Each:     eur(799), Until: &endOfReturn},
	{
		Value: "l3", Title: "سترة مطر زرقاء للرجال مقاس متوسط", Quantity: 3, Left: 3, Eligible: true,
		Each: eur(4990),
	},
	{Value: "l4", Title: "不锈钢保温杯 500ml 学生便携大容量水杯", Quantity: 1, Left: 1, Eligible: true},
	{Value: "l5", Title: "Earphones in-ear", Quantity: 1, Because: []view.Message{
		{ID: "a_rule_of_the_shop", Text: "Opened for hygiene: this cannot be sold again."}}},
	{Value: "l6", Title: "Gift wrapping", Quantity: 1},
	{Value: "l7", Title: strings.Repeat("A very long name of a thing that a shop has written without thinking ",
		3),
		Quantity: 1, Left: 1, Eligible: true, Each: &view.Money{Minor: 123456789, Currency: "JPY"}},
	{Value: "l8", Title: "Bed\u202Eemarf\n\tdnuor", Quantity: 1, Left: 1, Eligible: true, Each: eur(129900)},
}

func returned(change func(v *view.View, r *view.Return)) func(*view.View) {
	return func(v *view.View) { change(v, v.Return) }
}

func returns(out *[]Sample, add func(string, view.Step, func(*view.View))) {
	add("idle-returns", view.StepIdle, func(v *view.View) {
		v.Visit, v.TimeoutInMs, v.WarnInMs = "", 0, 0
		acts(v, view.ActStartPickup, view.ActStartBearer, view.ActStartCourier, view.ActStartReturn)
	})
	add("idle-returns-notices", view.StepIdle, func(v *view.View) {
		v.Visit, v.TimeoutInMs, v.WarnInMs, v.Idle.OpenDoor = "", 0, 0, "07"
		v.Notices = []view.Notice{view.NoticeSomeDoors, view.NoticeNoScanner, view.NoticeCloseTheDoor}
		acts(v, view.ActStartPickup, view.ActStartBearer, view.ActStartCourier, view.ActStartReturn)
	})
	add("idle-returns-only", view.StepIdle, func(v *view.View) {
		v.Visit, v.TimeoutInMs, v.WarnInMs = "", 0, 0
		acts(v, view.ActStartReturn)
	})
	beginnings(out)
	picking(out, add)
	offers(add)
	inDoors(add)
	receipts(add)
}

func beginnings(out *[]Sample) {
	typing := func(name string, step view.Step, typed string, change func(v *view.View, r *view.Return)) {
		*out = append(*out, Sample{Name: name, View: at(step, returned(func(v *view.View, r *view.Return) {
			acts(v, view.ActType, view.ActBack)
			if step == view.StepReturnEnter {
				acts(v, view.ActStartPackaging)
			}
			if change != nil {
				change(v, r)
			}
		})), Chosen: map[string]string{"=text": typed}})
	}
	typing("return_enter", view.StepReturnEnter, "", nil)
	typing("return_enter-typed", view.StepReturnEnter, "4711-0815", nil)
	typing("return_enter-no-scanner", view.StepReturnEnter, "4711",
		func(v *view.View, _ *view.Return) { v.Notices = []view.Notice{view.NoticeNoScanner} })
	typing("return_enter-card_number", view.StepReturnEnter, "",
		func(v *view.View, _ *view.Return) { v.Reason = view.ReasonCardNumber })
	typing("return_enter-heard", view.StepReturnEnter, "",
		func(v *view.View, _ *view.Return) { v.Heard, v.HeardInMs = view.HeardNotValid, 5000 })
	typing("return_enter-heard-read", view.StepReturnEnter, "",
		func(v *view.View, _ *view.Return) { v.Heard, v.HeardInMs = view.HeardRead, 5000 })
	for _, hint := range []string{"postcode", "phone", "both"} {
		typing("return_second-"+hint, view.StepReturnSecond, "1010",
			func(_ *view.View, r *view.Return) { r.Hint, r.Order = hint, "…4711" })
	}
	typing("return_second-not_valid", view.StepReturnSecond, "1010",
		func(v *view.View, r *view.Return) { r.Hint, v.Reason = "phone", view.ReasonNotValid })
	for _, r := range []view.Reason{
		view.ReasonNone, view.ReasonNotValid, view.ReasonWait, view.ReasonDeclined, view.ReasonOver, "newer",
	} {
		*out = append(*out, Sample{Name: named("return_refused", r), View: at(view.StepReturnRefused,
			func(v *view.View) {
				v.Reason = r
				if r == view.ReasonWait {
					v.RetryInMs = 45_000
				}
				acts(v, view.ActStartReturn, view.ActBack)
			})})
	}
	typing("return_text", view.StepReturnText, "The zip is broken at the lower end, and one seam is open",
		func(_ *view.View, r *view.Return) { r.Line, r.About = &bought[0], "l1" })
	many := Sample{Name: "return_quantity-many", View: at(view.StepReturnQuantity,
		returned(func(v *view.View, r *view.Return) {
			r.Line, r.Most, r.About = &bought[2], 240, "l3"
			acts(v, view.ActPick, view.ActBack)
		})), Chosen: map[string]string{"=text": "12"}}
	*out = append(*out, many)
}

func picking(out *[]Sample, add func(string, view.Step, func(*view.View))) {
	list := func(name string, all []view.ReturnLine, change func(v *view.View)) {
		add(name, view.StepReturnLines, returned(func(v *view.View, r *view.Return) {
			r.Lines, r.Order = all, "…4711"
			acts(v, view.ActBack, view.ActPick)
			if change != nil {
				change(v)
			}
		}))
	}
	list("return_lines", bought, nil)
	list("return_lines-one", bought[:1], nil)
	list("return_lines-none", nil, nil)
	list("return_lines-picked", bought[:3], func(v *view.View) { acts(v, view.ActYes) })
	leased := append([]view.ReturnLine{}, bought[3:6]...)
	leased[1].Because = []view.Message{{ID: "return.because.leased_elsewhere",
		Data: map[string]string{"Site": "Hauptbahnhof"}}}
	leased[2].Because = []view.Message{{ID: "return.because.back_already"}}
	list("return_lines-leased_there", leased, func(v *view.View) { v.Reason = view.ReasonLeasedThere })
	list("return_lines-not_returnable", bought[:3], func(v *view.View) { v.Reason = view.ReasonNotReturnable })
	var many []view.ReturnLine
	for i := range 40 {
		one := bought[i%len(bought)]
		one.Value = fmt.Sprint("m", i)
		many = append(many, one)
	}
	list("return_lines-many", many, nil)
	(*out)[len(*out)-1].Chosen = map[string]string{"part": "1"}

	why := []view.Message{
		{ID: "a_rule_of_the_shop", Text: "Opened for hygiene: this cannot be sold again."},
		{ID: "another_rule", Text: "Returns were possible until 12 November 2026."},
	}
	add("return_line", view.StepReturnLine, returned(func(v *view.View, r *view.Return) {
		r.Line, r.Because, r.About = &bought[4], why, "l5"
		acts(v, view.ActBack)
	}))
	add("return_line-plain", view.StepReturnLine, returned(func(v *view.View, r *view.Return) {
		r.Line, r.About = &bought[5], "l6"
		acts(v, view.ActBack)
	}))
	add("return_line-nothing", view.StepReturnLine, func(v *view.View) { acts(v, view.ActBack) })
	for _, most := range []int{2, 12} {
		add(fmt.Sprint("return_quantity-", most), view.StepReturnQuantity,
			returned(func(v *view.View, r *view.Return) {
				r.Line, r.Most, r.About = &bought[2], most, "l3"
				acts(v, view.ActPick, view.ActBack)
			}))
	}
	choose := func(name string, step view.Step, values ...string) {
		add(name, step, returned(func(v *view.View, r *view.Return) {
			for _, value := range values {
				r.Reasons = append(r.Reasons, view.ReturnReason{Value: value})
			}
			if step == view.StepReturnReason {
				r.Line, r.About = &bought[0], "l1"
				r.Reasons = append(r.Reasons, view.ReturnReason{Value: "moths", Text: "Moths were in it"})
			}
			acts(v, view.ActPick, view.ActBack)
		}))
	}
	choose("return_reason", view.StepReturnReason, reasonsOfReturns...)
	choose("return_reason-few", view.StepReturnReason, reasonsOfReturns[:3]...)
	choose("packaging", view.StepPackaging, "box", "bag", "tote")
	for _, camera := range []string{"", "taken", "failed"} {
		add(strings.TrimSuffix("return_photo-"+camera, "-"), view.StepReturnPhoto,
			returned(func(v *view.View, r *view.Return) {
				r.Camera, r.Line, r.About = camera, &bought[0], "l1"
				acts(v, view.ActPhoto, view.ActBack)
				switch camera {
				case "taken":
					acts(v, view.ActYes)
				case "failed":
					acts(v, view.ActSkip)
				}
			}))
	}
}
