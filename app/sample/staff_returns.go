package sample

import (
	"fmt"
	"time"

	"cubby/locker/view"
)

// Words of the desk for returns, as the rules name them.
var (
	grades = []string{"like_new", "opened", "used", "damaged", "wrong_item", "undeclared", "missing"}

	decisions = []string{
		"refund_original", "refund_gift_card", "refund_points", "exchange", "repair", "partial", "keep_item",
		"reject_and_give_back",
	}
	dispositions = []string{
		"restock_here", "restock_other", "quarantine", "refurbish", "recycle", "to_vendor", "back_to_customer",
	}
	caseStates = []string{
		"requested", "authorised", "declined", "dropped_off", "inspecting", "decided", "settling",
		"settle_failed", "closed", "cancelled", "expired",
	}
	signals = []string{
		"serial_again", "paid_twice", "serial_differs", "many_returns", "weight_differs", "partly", "not_seen",
		"label_again", "no_receipt",
	}
	tenders  = []string{"card", "cash", "gift_card", "points", "transfer", "invoice", "other"}
	channels = []string{
		"online",
		"store",
		"kiosk",
		"phone",
		"marketplace",
		"locker",
		"counter",
		"home",
		"rest",
	}
	refundStates = []string{"pending", "approved", "completed", "failed", "rejected"}
)

// opsOfCase are all that a case can have at once.
var opsOfCase = []string{
	view.OpReturnDecide, view.OpReturnGrade, view.OpReturnMore, view.OpReturnReceipt, view.OpReturnLabel,
	view.OpReturnDispose, view.OpReturnAdd, view.OpReturnPhoto, view.OpReturnExplain, view.OpReturnRound,
	view.OpReturnCancel,
}

// paidIn is a message that is an amount, or has one.
func paidIn(id string, minor int64) *view.Message {
	return &view.Message{ID: id, Money: map[string]view.Money{"Amount": *eur(minor)}, Text: "54.00 EUR"}
}

func itemsOf(kind, group string, values ...string) (items []view.StaffItem) {
	for _, v := range values {
		k := kind
		if k == "" {
			k = v
		}
		items = append(items, view.StaffItem{Value: v, Kind: k, Title: *say(group + v)})
	}
	return items
}

func factsOf(name, group string, values ...string) (facts []view.StaffFact) {
	for _, v := range values {
		facts = append(facts, fact1(name, say(group+v)))
	}
	return facts
}

func orderFacts() []view.StaffFact {
	return []view.StaffFact{
		fact1("order", text("4711-0815-4821")), fact1("channel", say("channel.online")),
		factAt("ordered", nil, ago(12*24*time.Hour)), factAt("delivered", nil, ago(9*24*time.Hour)),
		fact1("paid", text("€128.00")), fact1("tender", say("tender.card")),
	}
}

func orderLines() (items []view.StaffItem) {
	for i, l := range bought {
		item := view.StaffItem{Value: l.Value, Kind: "line", Title: *text(l.Title), Count: l.Left}
		if l.Eligible {
			item.Detail = text(
				"Right of withdrawal: 14 days from delivery, so until the end of 12 December (day 9)",
			)
		} else {
			item.Detail, item.Harm = text("The shop takes it back sealed only"), "notice"
		}
		if i == 1 {
			item.Harm = "warning"
		}
		items = append(items, item)
	}
	return items
}

func caseFacts() []view.StaffFact {
	return []view.StaffFact{
		fact1("case", text("R-7K3M-9QPX")), fact1("state", say("return_state.dropped_off")),
		fact1(
			"order",
			text("4711-0815-4821"),
		), fact1("bag", text("R-7K3M-9QPX-1")), fact1("door", text("14")),
		fact1("signal", say("signal.serial_again")), fact1("risk", say("risk.low")),
		fact1(
			"channel",
			say("channel.counter"),
		), fact1("amount", text("€54.00")), fact1("refunded", text("€0.00")),
	}
}

func (d desk) returns() {
	page := func(name string, step view.Step, facts []view.StaffFact, items []view.StaffItem, ops ...string) *Sample {
		return d.signed(name, step, func(v *view.View, s *view.Staff) {
			s.Facts, s.Items, s.Ops = facts, items, ops
			if len(items) > 0 {
				acts(v, view.ActPick)
			}
			if len(ops) > 0 {
				acts(v, view.ActOp)
			}
		})
	}
	typing := func(name string, step view.Step, typed string) *Sample {
		s := d.signed(name, step, func(v *view.View, s *view.Staff) { acts(v, view.ActType) })
		s.Chosen = map[string]string{"=text": typed}
		return s
	}
	menu := places(
		"return_serve",
		"return_round",
		"return_grade",
		"return_totes",
		"return_packaging",
		"return_money",
		"return_figures",
		"returns",
	)
	menu[1].Count, menu[2].Count = 3, 12
	page("staff_returns", view.StepStaffReturns, nil, menu)
	typing("staff_return_find", view.StepStaffReturnFind, "4711-0815")
	typing("staff_return_find-loading", view.StepStaffReturnFind, "").View.Staff.Loading = true
	page("staff_return_found", view.StepStaffReturnFound, nil, orderLines()[:3])
	page(
		"staff_return_found-none",
		view.StepStaffReturnFound,
		nil,
		nil,
		view.OpReturnUnverified,
		view.OpReturnType,
	)
	d.signed("staff_return_found-packaging", view.StepStaffReturnFound, func(v *view.View, s *view.Staff) {
		s.Doing, s.Items = "return_packaging", itemsOf("", "packaging.", "box", "bag", "tote")
		acts(v, view.ActPick)
	})
	d.signed("staff_returns-packaging", view.StepStaffReturns, func(v *view.View, s *view.Staff) {
		s.Said, s.Items = say("said.return_packaging", "Points", "25"), menu
		acts(v, view.ActPick)
	})
	page(
		"staff_return_order",
		view.StepStaffReturnOrder,
		orderFacts(),
		orderLines(),
		view.OpReturnUnverified,
	)
	page("staff_return_order-conditional", view.StepStaffReturnOrder,
		append([]view.StaffFact{fact1("state", say("conditional"))}, orderFacts()...), orderLines())
	page("staff_return_order-next", view.StepStaffReturnOrder, orderFacts(), orderLines()).
		Chosen = map[string]string{"part": "1"}
	page("staff_return_line", view.StepStaffReturnLine, []view.StaffFact{
		fact1(
			"title",
			text(bought[0].Title),
		), fact1("sku", text("RJ-BL-M")), fact1("gtin", text("04012345123456")),
		fact1("left", text("1")), fact1("amount", text("€54.00")), fact1("until", text("12 Dec")),
		fact1(
			"rule",
			text(
				"Right of withdrawal: 14 days from delivery on 28 Nov, so until the end of 12 Dec (day 9)",
			),
		),
	}, nil, view.OpReturnGrade, view.OpReturnOverride)
	var numbers []view.StaffItem
	for i := range 12 {
		numbers = append(
			numbers,
			view.StaffItem{Value: fmt.Sprint(i + 1), Kind: "line", Title: *text(fmt.Sprint(i + 1))},
		)
	}
	page("staff_return_quantity", view.StepStaffReturnQuantity,
		[]view.StaffFact{fact1("title", text(bought[2].Title))}, numbers)
	page("staff_return_quantity-none", view.StepStaffReturnQuantity, nil, nil)
	page("staff_return_reason", view.StepStaffReturnReason, nil,
		itemsOf("reason", "return.reason.", reasonsOfReturns...))
	page(
		"staff_return_grade",
		view.StepStaffReturnGrade,
		[]view.StaffFact{fact1("title", text(bought[0].Title))},
		itemsOf("", "grade.", grades...),
	)
	typing("staff_return_note", view.StepStaffReturnNote, "The zip is broken at the lower end")
	d.signed("staff_return_photo", view.StepStaffReturnPhoto, func(v *view.View, s *view.Staff) {
		s.Facts = []view.StaffFact{fact1("title", text(bought[0].Title))}
		acts(v, view.ActPhoto, view.ActSkip)
	})
	d.signed("staff_return_photo-taken", view.StepStaffReturnPhoto, func(v *view.View, s *view.Staff) {
		acts(v, view.ActPhoto, view.ActYes)
	})
	page("staff_return_decide", view.StepStaffReturnDecide, []view.StaffFact{
		fact1(
			"title",
			text(bought[0].Title),
		), fact1("grade", say("grade.damaged")), fact1("amount", text("€54.00")),
	}, itemsOf("", "decision.", decisions...))
	page(
		"staff_return_dispose",
		view.StepStaffReturnDispose,
		nil,
		itemsOf("", "disposition.", dispositions...),
	)
	typing("staff_return_new", view.StepStaffReturnNew, "04012345123456")
	typing("staff_return_price", view.StepStaffReturnPrice, "12.50")
	d.asked()
	d.signed("staff_return_pay", view.StepStaffReturnPay, func(v *view.View, s *view.Staff) {
		s.Facts = []view.StaffFact{
			fact1("title", text("Rain jacket, blue, L")),
			fact1("amount", text("€6.00")),
		}
		acts(v, view.ActYes)
	})
	page("staff_return_case-facts", view.StepStaffReturnCase, caseFacts(), nil, view.OpReturnGrade,
		view.OpReturnReceipt)
	page("staff_return_case", view.StepStaffReturnCase, caseFacts()[:6], orderLines()[:2], view.OpReturnGrade,
		view.OpReturnLabel, view.OpReturnReceipt, view.OpReturnCancel)
	page("staff_return_case-decide", view.StepStaffReturnCase, caseFacts()[:3], orderLines()[:2],
		view.OpReturnDecide, view.OpReturnExplain, view.OpReturnLabel, view.OpReturnReceipt)
	page("staff_return_case-more", view.StepStaffReturnCase, caseFacts()[:3], orderLines()[:2], opsOfCase...).
		View.Staff.Said = say("pick_item")
	page("staff_return_case-more-next", view.StepStaffReturnCase, caseFacts()[:3], orderLines()[:2],
		opsOfCase...).Chosen = map[string]string{"ops": "1"}
	page("staff_return_found-shops", view.StepStaffReturnFound, nil,
		[]view.StaffItem{{Value: "acme", Kind: "shop", Title: *text("acme")}, {Value: "x", Kind: "shop"}})
	page("staff_return_case-dispose", view.StepStaffReturnCase, caseFacts()[:3], orderLines()[:2],
		view.OpReturnDispose, view.OpReturnClose, view.OpReturnReceipt)
	page(
		"staff_return_case-few",
		view.StepStaffReturnCase,
		caseFacts()[:3],
		orderLines()[:1],
		view.OpReturnGrade,
		view.OpReturnReceipt,
	)
	page(
		"staff_return_cases",
		view.StepStaffReturnCases,
		nil,
		itemsOf("case", "return_state.", caseStates...),
	)
	page("staff_return_cases-none", view.StepStaffReturnCases, nil, nil)
	page("staff_return_round-bags", view.StepStaffReturnRound, nil, []view.StaffItem{
		{Value: "14", Kind: "bag", Title: *say("round_door", "Door", "14"),
			Detail: text("R-7K3M-9QPX-1"), At: ago(time.Hour)},
		{Value: "7", Kind: "bag", Title: *say("round_door", "Door", "7"),
			Detail: text("R-V6ZN-7272-1"), Harm: "warning"},
	}, view.OpReturnNext)
	page(
		"staff_return_money-day",
		view.StepStaffReturnMoney,
		[]view.StaffFact{fact1("day", text("2026-11-30"))},
		[]view.StaffItem{
			{Value: "day 2026-11-29", Kind: "day", Title: *say("day_before", "Day", "2026-11-29")},
		},
	)
	page("staff_return_round", view.StepStaffReturnRound, nil, orderLines()[:4], view.OpReturnNext)
	page("staff_return_round-none", view.StepStaffReturnRound, nil, nil)
	page("staff_return_totes", view.StepStaffReturnTotes, nil, orderLines()[:2], view.OpReturnTote)
	page("staff_return_totes-none", view.StepStaffReturnTotes, nil, nil, view.OpReturnTote)
	page("staff_return_tote", view.StepStaffReturnTote,
		[]view.StaffFact{fact1("tote", text("TOTE-0007")), fact1("count", text("4"))},
		orderLines()[:4], view.OpReturnSeal, view.OpReturnType)
	refunds := itemsOf("", "refund_state.", refundStates...)
	refunds[3].Harm = "warning"
	page("staff_return_money", view.StepStaffReturnMoney, []view.StaffFact{
		fact1("day", text("30 Nov")), fact1("total", text("€1,284.00")), fact1("provider", text("centre")),
	}, refunds, view.OpReturnRetry)
	page("staff_return_money-none", view.StepStaffReturnMoney, nil, nil)
	d.figures()
	d.wordsOfReturns()
}
