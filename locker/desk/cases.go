package desk

import (
	"cubby/locker/care"
	"cubby/locker/health"
	"cubby/locker/ledger"
	"cubby/locker/people"
	"cubby/locker/view"
	"cubby/locker/visit"
)

// caseKind is the kind of a matter that is a case, and what its value begins with.
const (
	caseKind  = "case"
	caseValue = "case "
)

// casesOf are the open cases as matters.
func casesOf(s *ledger.State) (all []Matter) {
	for _, c := range care.OpenCases(s) {
		all = append(all, Matter{
			Kind: caseKind, Harm: health.Warning, Door: c.Door, Parcel: c.Parcel, Case: c.Number,
			Reason: string(c.Kind), Since: c.Opened,
			ToDo: "Look behind the door, help the customer, then close the case with a note.",
		})
	}
	return all
}

// showCareCase shows one case.
func showCareCase(s *ledger.State, v visit.Visit, out *view.View) {
	c, ok := care.Cases.Get(s, noteOf(v).at().Case)
	if !ok {
		return
	}
	var f facts
	f.text("case_number", c.Number)
	f.add("case_kind", word("case_kind", string(c.Kind)))
	f.add("case_state", word("case_state", string(c.State)))
	f.text("door", c.Door)
	f.text("parcel", c.Parcel)
	f.at("since", &c.Opened)
	f.at("ended", c.ClosedAt)
	if c.Note != "" {
		f.add("reason", reasonOf(c.Note))
	}
	out.Staff.Facts = f
	out.Staff.Parcel = c.Parcel
}

func opsOfCase(s *ledger.State, number string) map[string]people.Action {
	c, ok := care.Cases.Get(s, number)
	fits := map[string]people.Action{}
	if ok && c.State == care.Open {
		fits[view.OpDoor], fits[view.OpCloseCase] = "", ""
	}
	return fits
}

// toCareCase goes to the case whose number this is, as it is on its receipt or was read out.
func toCareCase(t *visit.Turn, text string) bool {
	number, is := care.IsNumber(text)
	if !is {
		return false
	}
	p, ok := casePlace(t, number)
	if ok {
		goTo(t, p)
	}
	return ok
}

// casePlace is where a case of the queue leads.
func casePlace(t *visit.Turn, number string) (place, bool) {
	c, ok := care.Cases.Get(t.State, number)
	return place{Step: view.StepStaffCase, Case: number, Parcel: c.Parcel}, ok
}
