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

func (d desk) figures() {
	var reasons []view.ChartBar
	for i, r := range reasonsOfReturns {
		reasons = append(
			reasons,
			view.ChartBar{Label: *say("return.reason." + r), Tenths: int64(400 - 33*i), Of: 12},
		)
	}
	charts := []view.Chart{
		{Title: *text("Return rate by article"), Unit: "percent",
			Bars: bars([]string{"RJ-BL-M Rain jacket, blue, M", "不锈钢保温杯", "TS-4"}, 214, 100, 35, 0)},
		{Title: *text("Why things came back"), Unit: "percent", Bars: reasons},
		{
			Title: *text("Hours to the decision"),
			Unit:  "hours",
			Bars:  bars([]string{"half", "nine of ten"}, 65, 480),
		},
		{Title: *text("Returns by day"), Unit: "count",
			Bars: bars(
				[]string{"Mon", "Tue", "Wed"},
				10,
				120,
				1230,
				40,
				50,
				60,
				70,
				80,
				90,
				100,
				110,
				120,
			)},
		{Title: *text("By supplier"), Unit: "of a newer core"},
	}
	show := func(name string, charts []view.Chart, facts ...view.StaffFact) *Sample {
		return d.signed(name, view.StepStaffReturnFigures, func(_ *view.View, s *view.Staff) {
			s.Charts, s.Facts = charts, facts
		})
	}
	few := []view.StaffFact{fact1("count", text("482")), fact1("total", text("€12,840.00"))}
	show("staff_return_figures", charts, few...)
	show("staff_return_figures-next", charts, few...).Chosen = map[string]string{"part": "1"}
	show("staff_return_figures-last", charts, few...).Chosen = map[string]string{"part": "9"}
	show("staff_return_figures-none", nil)
}

// saidOfReturns is what the core says of how an operation ended, or why it was refused.
var saidOfReturns = []string{
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
		m := say("said."+id, "Decision", "exchange", "Disposition", "recycle")
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
