package desk

import (
	"slices"
	"testing"

	"cubby/locker/orders"
	"cubby/locker/people"
	"cubby/locker/returns"
	"cubby/locker/view"
)

// brought has a shirt of an order taken over the counter, and looked at if need be.
func (b *bench) brought(t testing.TB, order, line string, grade returns.Grade) string {
	t.Helper()
	var c returns.Case
	b.do(t, "", returns.Request{By: people.Tools, Channel: returns.AtCounter, Order: order, Now: &c,
		Items: []returns.Ask{{Line: line, Quantity: 1, Reason: "changed_mind"}}})
	b.do(t, "", returns.Drop{By: people.Tools, Case: c.ID})
	if grade != "" {
		note := ""
		if grade.NeedsNote() {
			note = "torn"
		}
		b.do(t, "", returns.Grading{By: people.Tools, Case: c.ID, Item: 1, Result: grade, Note: note})
	}
	return c.ID
}

// late is an order whose time to come back is over.
func late(o *orders.Order) {
	long := o.Ordered.AddDate(-1, 0, 0)
	o.Ordered, o.Delivered = long, &long
}

// rightsOfReturns show what each role may do about returns.
func rightsOfReturns(t *testing.T, pageHas func(place, string) func(*bench) bool,
) map[people.Action]func(*bench) bool {
	menuHas := func(value string) func(*bench) bool {
		return func(b *bench) bool {
			v := b.at(t, place{Step: view.StepStaffReturns})
			offered := slices.Contains(valuesOf(v.Staff.Items), value)
			if went := b.act(atDesk, view.ActPick, value) == nil; went != offered {
				t.Errorf("%s is offered %t, and leads there %t", value, offered, went)
			}
			return offered
		}
	}
	return map[people.Action]func(*bench) bool{
		people.TakeReturns: func(b *bench) bool {
			offered := slices.Contains(valuesOf(b.view(atDesk).Staff.Items), "returns")
			if went := b.act(atDesk, view.ActPick, "returns") == nil; went != offered {
				t.Errorf("returns are offered %t, and lead there %t", offered, went)
			}
			return offered
		},
		people.GradeReturns: func(b *bench) bool {
			b.sells(t, "O-1", nil)
			id := b.brought(t, "O-1", "A", "")
			return pageHas(place{Step: view.StepStaffReturnCase, Case: id}, view.OpReturnGrade)(b)
		},
		people.DecideReturns: func(b *bench) bool {
			b.sells(t, "O-1", nil)
			id := b.brought(t, "O-1", "A", returns.LikeNew)
			return pageHas(place{Step: view.StepStaffReturnCase, Case: id}, view.OpReturnDecide)(b)
		},
		people.OverrideReturns: func(b *bench) bool {
			b.sells(t, "O-1", late)
			p := place{Step: view.StepStaffReturnLine, Order: "O-1", Line: "A", Text: "changed_mind"}
			return pageHas(p, view.OpReturnOverride)(b)
		},
		people.UnverifiedReturns: func(b *bench) bool {
			return pageHas(place{Step: view.StepStaffReturnFound}, view.OpReturnUnverified)(b)
		},
		people.SettleRefunds: func(b *bench) bool {
			b.sells(t, "O-1", nil)
			id := b.brought(t, "O-1", "A", returns.LikeNew)
			b.do(t, "", returns.Settle{By: people.Tools, Case: id, Item: 1, Decision: returns.RefundOriginal})
			b.pays(t, "failed")
			offered := pageHas(place{Step: view.StepStaffReturnCase, Case: id}, view.OpReturnRetry)(b)
			if menu := menuHas("return_money")(b); menu != offered {
				t.Errorf("failed refunds are tried again %t, and listed %t", offered, menu)
			}
			return offered
		},
		people.SeeFigures: menuHas("return_figures"),
	}
}
