package desk

import (
	"testing"

	"cubby/locker/money"
	"cubby/locker/orders"
	"cubby/locker/returns"
	"cubby/locker/returns/policy"
	"cubby/locker/view"
	"cubby/locker/visit"
)

func digits(currency string) (int, bool) {
	n, ok := map[string]int{"EUR": 2, "JPY": 0, "KWD": 3}[currency]
	return n, ok
}

func bothShops() map[string]policy.Rules {
	r := policy.Default()
	r.Currency, r.OverrideCeiling = "EUR", 10_000
	return map[string]policy.Rules{"acme": r}
}

// sells puts an order: a shirt of 54.00 and two belts of 18.00 each, paid with a gift card
// and a card, delivered two days ago.
func (b *bench) sells(t testing.TB, id string, change func(*orders.Order)) {
	t.Helper()
	delivered := b.now.AddDate(0, 0, -2)
	o := orders.Order{
		Shop: "acme", Currency: "EUR", Channel: orders.Online, Country: "DE",
		Ordered:   b.now.AddDate(0, 0, -5),
		Delivered: &delivered, Receipt: "RC-" + id, GiftReceipt: "GR-" + id,
		Tax: money.Method{Per: money.PerLine, How: money.HalfUp, Inclusive: true},
		Lines: []orders.Line{
			{ID: "A", SKU: "SHIRT", GTIN: "4006381333931", Title: "Shirt", Quantity: 1, UnitPrice: 5400},
			{ID: "B", SKU: "BELT", Title: "Belt", Quantity: 2, UnitPrice: 1800},
		},
		Tenders: []orders.Tender{
			{ID: "t1", Kind: orders.GiftCard, Amount: 3000, Reference: "GC1"},
			{ID: "t2", Kind: orders.Card, Amount: 6000, Reference: "pi_1"},
		},
	}
	if change != nil {
		change(&o)
	}
	b.do(t, "", orders.Put{ID: id, Order: o})
}

// serves has somebody of a role at the page of returns, at the desk.
func (b *bench) serves(t testing.TB, role string) {
	t.Helper()
	b.badge(t, atDesk, role)
	b.must(t, atDesk, view.ActPick, "returns")
	b.wants(t, atDesk, view.StepStaffReturns)
}

func (b *bench) scans(t testing.TB, text string) {
	t.Helper()
	b.do(t, atDesk, visit.Present{Text: text, Label: text, Presented: "label"})
}

func (b *bench) caseNow(t testing.TB) returns.Case {
	t.Helper()
	v := b.view(atDesk)
	c, ok := returns.Cases.Get(b.state(), noteOf(b.visit(atDesk)).at().Case)
	if !ok {
		t.Fatalf("%s is about no return", v.Step)
	}
	return c
}

func (b *bench) visit(terminal string) visit.Visit {
	v, _ := visit.Visits.Get(b.state(), terminal)
	return v
}

func (b *bench) pays(t testing.TB, state string) (sum int64) {
	t.Helper()
	for _, f := range b.facts {
		if f, ok := f.(*returns.RefundOrdered); ok {
			if r, _ := returns.Refunds.Get(b.state(), f.Refund); r.State == returns.Pending {
				b.do(t, "", returns.AnswerRefund{ID: f.Refund, State: state, Provider: "test", Detail: "x"})
				sum += r.Amount
			}
		}
	}
	return sum
}

func valuesOf(items []view.StaffItem) (all []string) {
	for _, i := range items {
		all = append(all, i.Value)
	}
	return all
}

func factOf(v view.View, name string) *view.Message {
	for _, f := range v.Staff.Facts {
		if f.Name == name && f.Value != nil {
			return f.Value
		}
	}
	return &view.Message{}
}

func saidOf(v view.View) string {
	if v.Staff.Said == nil {
		return ""
	}
	return v.Staff.Said.ID
}
