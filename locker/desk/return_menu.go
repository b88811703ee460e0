package desk

import (
	"slices"

	"cubby/locker/ledger"
	"cubby/locker/parcel"
	"cubby/locker/people"
	"cubby/locker/returns"
	"cubby/locker/view"
	"cubby/locker/visit"
	"cubby/locker/wall"
)

// returnMenu are the places of returns, each with the right that one needs for it.
var returnMenu = []entry{
	{"return_serve", view.StepStaffReturnFind, people.TakeReturns},
	{"return_round", view.StepStaffReturnRound, people.TakeReturns},
	{"return_grade", view.StepStaffReturnCases, people.GradeReturns},
	{"return_totes", view.StepStaffReturnTotes, people.GradeReturns},
	{packaging, view.StepStaffReturnFound, people.TakeReturns},
	{"return_money", view.StepStaffReturnMoney, people.SettleRefunds},
	{"return_figures", view.StepStaffReturnFigures, people.SeeFigures},
}

// packaging is what boxes, bags and totes that are brought back to the counter are called.
const packaging = "return_packaging"

func showReturns(s *ledger.State, v visit.Visit, env visit.Env, out *view.View) {
	for _, m := range returnMenu {
		if !may(s, v, m.needs) || m.value == packaging && len(returns.SettingsOf(env).Points) == 0 {
			continue
		}
		item := view.StaffItem{Value: m.value, Kind: m.value, Title: view.Message{ID: "menu." + m.value}}
		switch m.step {
		case view.StepStaffReturnRound:
			item.Count = len(bagsInDoors(s))
		case view.StepStaffReturnCases:
			item.Count = len(waiting(s))
		}
		out.Staff.Items = append(out.Staff.Items, item)
	}
}

func pickReturns(t *visit.Turn, value string) error {
	i := slices.IndexFunc(returnMenu, func(m entry) bool { return m.value == value })
	if i < 0 || !may(t.State, t.Visit, returnMenu[i].needs) {
		return stale()
	}
	if value == packaging {
		n := noteOf(t.Visit)
		n.Op = packaging
		question(t, view.StepStaffReturnFound, n)
		return nil
	}
	goTo(t, place{Step: returnMenu[i].step})
	return nil
}

// waiting are the returns that wait for staff: to be graded, decided or looked into, the
// oldest first. What has failed comes before.
func waiting(s *ledger.State) (all []returns.Case) {
	for _, c := range returns.Open(s) {
		if c.Here() || c.State == returns.SettleFailed || c.State == returns.Decided ||
			c.State == returns.Authorised && c.Channel == returns.AtCounter {
			all = append(all, c)
		}
	}
	slices.SortStableFunc(all, func(a, b returns.Case) int {
		if x, y := a.State == returns.SettleFailed, b.State == returns.SettleFailed; x != y {
			if x {
				return -1
			}
			return 1
		}
		return since(a).Compare(since(b))
	})
	return all
}

// bagsInDoors are the bags of returns behind doors, by door.
func bagsInDoors(s *ledger.State) (all []parcel.Parcel) {
	for _, c := range wall.Compartments.All(s) {
		if p, ok := parcel.Parcels.Get(s, c.Parcel); ok && p.Direction == parcel.BroughtBack &&
			p.State == parcel.Stored {
			all = append(all, p)
		}
	}
	return all
}

// mostWaiting bounds a list that a page shows.
const mostWaiting = 100

func showCases(s *ledger.State, _ visit.Visit, _ visit.Env, out *view.View) {
	all := waiting(s)
	for _, c := range all[:min(len(all), mostWaiting)] {
		out.Staff.Items = append(out.Staff.Items, caseItem(c))
	}
}

// caseItem is one return in a list.
func caseItem(c returns.Case) view.StaffItem {
	at := since(c)
	item := view.StaffItem{
		Value: c.ID, Kind: "case", Title: *text(c.ID), At: &at,
		Detail: list(*word("return_state", string(c.State)), *word("channel", string(c.Channel))),
	}
	for _, i := range c.Items[:min(len(c.Items), 2)] {
		item.Detail.Parts = append(item.Detail.Parts, *text(unitsOf(i.Quantity, i.Title)))
	}
	switch {
	case c.State == returns.SettleFailed:
		item.Harm = "warning"
	case c.Conditional:
		item.Harm = "notice"
		item.Detail.Parts = append(item.Detail.Parts, view.Message{ID: "conditional"})
	}
	return item
}

func pickCase(t *visit.Turn, value string) error {
	if _, ok := returns.Cases.Get(t.State, value); !ok {
		return stale()
	}
	goTo(t, place{Step: view.StepStaffReturnCase, Case: value})
	return nil
}
