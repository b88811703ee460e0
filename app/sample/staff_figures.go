package sample

import (
	"fmt"

	"cubby/locker/view"
)

func bars(labels []string, tenths ...int64) (all []view.ChartBar) {
	for i, t := range tenths {
		all = append(all, view.ChartBar{Label: *text(labels[i%len(labels)]), Tenths: t, Of: 40 * (i % 3)})
	}
	return all
}

func within(tenths ...int64) (all []view.ChartBar) {
	for i, name := range []string{"half", "nine_of_ten", "nineteen_of_twenty", "longest"} {
		all = append(all, view.ChartBar{Label: *say(name), Tenths: tenths[i], Of: 40})
	}
	return all
}

func (d desk) figures() {
	var reasons []view.ChartBar
	for i, r := range reasonsOfReturns {
		label := *say("return.reason." + r)
		reasons = append(reasons, view.ChartBar{Label: label, Tenths: int64(400 - 33*i), Of: 12})
	}
	days := bars([]string{"Mon", "Tue", "Wed"}, 10, 120, 1230, 40, 50, 60, 70, 80, 90, 100, 110, 120)
	skus := bars([]string{"RJ-BL-M Rain jacket, blue, M", "不锈钢保温杯", "TS-4"}, 214, 100, 35, 0)
	unsaid := []view.ChartBar{{Label: view.Message{ID: "not_said", Text: "?"}, Tenths: 12}}
	charts := []view.Chart{
		{Title: *say("return_rate_sku"), Unit: "percent", Bars: skus},
		{Title: *say("return_rate_reason"), Unit: "percent", Bars: reasons},
		{Title: *say("return_to_decision"), Unit: "hours", Bars: within(65, 480, 500, 1210)},
		{Title: *say("return_to_money"), Unit: "hours", Bars: within(65, 480, 500, 1210)},
		{Title: *text("Returns by day"), Unit: "count", Bars: days},
		{Title: *say("return_at_once"), Unit: "percent",
			Bars: []view.ChartBar{{Label: *say("at_once"), Tenths: 312}}},
		{Title: *say("return_rate_supplier"), Unit: "of a newer core", Bars: unsaid},
		{Title: *text("Nothing"), Unit: "count"},
	}
	show := func(name string, part string, charts []view.Chart, facts ...view.StaffFact) {
		d.signed(name, view.StepStaffReturnFigures, func(_ *view.View, s *view.Staff) {
			s.Charts, s.Facts = charts, facts
		}).Chosen = map[string]string{"part": part}
	}
	few := []view.StaffFact{
		fact1("count", text("482")), fact1("total", text("€12,840.00")), fact1("sold", text("9120")),
		fact1("at_once", text("212")),
	}
	for i := range 7 {
		show(fmt.Sprint("staff_return_figures-", i), fmt.Sprint(i), charts, few...)
	}
	show("staff_return_figures-none", "", nil)
}

// saidOfReturns is what the core says of how an operation ended, or why it was refused.
var saidOfReturns = []string{
	"conditional", "refused_above-paid", "refused_credit-only", "refused_no-such-return", "refused_partial",
	"refused_reason", "refused_tender-closed", "return_tote", "pick_item",
	"taken_out", "return_next", "return_seal", "refused_no-such-tote", "refused_not-for-tote",
	"refused_not-in-tote", "refused_tote", "refused_tote-empty", "refused_tote-full", "refused_tote-sealed",
	"return_grade", "return_decide", "return_decided", "return_dispose", "return_photo", "return_add",
	"return_print", "return_retry", "return_close", "return_cancel", "refused_above-ceiling",
	"refused_amount", "refused_amount-above", "refused_amount-part", "refused_at-the-door",
	"refused_back-already", "refused_behind-door", "refused_card-number", "refused_centre-undecided",
	"refused_currency", "refused_given-back", "refused_items", "refused_leased-elsewhere",
	"refused_not-failed", "refused_not-graded", "refused_not-returnable", "refused_note",
	"refused_order-cancelled", "refused_overridden-once", "refused_paid-already", "refused_photos",
	"refused_quantity", "refused_refund-final", "refused_to-pay", "refused_wrong-state",
}

// wordsOfReturns are facts with values that single pages seldom have, on several parts.
func (d desk) wordsOfReturns() {
	facts := factsOf("grade", "grade.", grades...)
	for _, more := range [][]view.StaffFact{
		factsOf("decision", "decision.", decisions...), factsOf("disposition", "disposition.", dispositions...),
		factsOf("state", "return_state.", caseStates...), factsOf("signal", "signal.", signals...),
		factsOf("tender", "tender.", tenders...), factsOf("channel", "channel.", channels...),
		factsOf("risk", "risk.", "low", "medium", "high"),
		{
			{Name: "tender", Value: &view.Message{ID: "tender_amount", Data: map[string]string{"Tender": "card"},
				Money: map[string]view.Money{"Amount": *eur(4000)}}},
			fact1("state", say("to_grade")), fact1("state", say("unverified")), fact1("detail", say("refund_again")),
			fact1("state", say("conditional")), fact1("state", say("gift")), fact1("rule", say("order_cancelled")),
			fact1("returned", text("1")), fact1("serial", text("SN-4711-0815-AAAA-BBBB-CCCC")),
			fact1("weight", text("1.2 kg")), fact1("id", text("R-7K3M-9QPX")),
			fact1("amount", paidIn("amount", 5400)), fact1("reason", say("return.reason.faulty")),
		},
	} {
		facts = append(facts, more...)
	}
	for _, id := range saidOfReturns {
		m := say("said."+id, "Decision", "exchange", "Disposition", "recycle", "Case", "R-7K3M-9QPX", "Bag",
			"R-7K3M-9QPX-1", "Door", "14", "Tote", "T-4")
		m.Money = map[string]view.Money{"Amount": *eur(4000)}
		facts = append(facts, fact1("detail", m))
	}
	for i := range 12 {
		d.signed(fmt.Sprint("staff_return_case-words-", i), view.StepStaffReturnCase,
			func(v *view.View, s *view.Staff) {
				s.Facts, s.Said = facts, say("card_number")
			}).Chosen = map[string]string{"part": fmt.Sprint(i)}
	}
}

// asked are the pages that ask for different things, by what is being done.
func (d desk) asked() {
	for _, page := range []struct {
		step   view.Step
		doings []string
	}{
		{view.StepStaffReturnNew, []string{
			view.OpReturnTote, view.OpReturnUnverified, view.OpReturnAdd, view.OpReturnType,
		}},
		{view.StepStaffReturnNote, []string{view.OpReturnOverride, view.OpReturnAdd, "return_reason"}},
		{view.StepStaffReturnPrice, []string{
			view.OpReturnUnverified, view.OpReturnOverride, view.OpReturnDecide, "exchange",
		}},
		{view.StepStaffReturnFound, []string{view.OpReturnUnverified}},
		{view.StepStaffReturnDecide, []string{view.OpReturnRetry}},
	} {
		for _, doing := range page.doings {
			d.signed(fmt.Sprint(page.step, "-", doing), page.step, func(v *view.View, s *view.Staff) {
				s.Doing = doing
				if page.step == view.StepStaffReturnFound || page.step == view.StepStaffReturnDecide {
					s.Items = itemsOf("shop", "tender.", "gift_card", "cash")
					acts(v, view.ActPick)
				} else {
					acts(v, view.ActType)
				}
			}).Chosen = map[string]string{"=text": "12.50"}
		}
	}
	for stage := range 2 {
		d.signed(fmt.Sprint("staff_open-round-", stage), view.StepStaffOpen, func(_ *view.View, s *view.Staff) {
			s.Door, s.Doing, s.LeftOpen = "14", view.OpReturnNext, stage
		})
	}
}
