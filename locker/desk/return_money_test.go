package desk

import (
	"testing"
	"time"

	"cubby/locker/returns/figures"
	"cubby/locker/view"
)

func TestTheRefundsOfADayAreListedWithTheirSums(t *testing.T) {
	at := time.Date(2026, 3, 1, 10, 0, 0, 0, time.UTC)
	one := func(id, kind, state, currency string, amount int64) figures.Refund {
		return figures.Refund{
			ID: id, Case: "R-0000-0001", Kind: kind, State: state, Currency: currency, Amount: amount, Ordered: at,
		}
	}
	p := &view.Staff{Loading: true}
	ShowRefunds(figures.Reconcile(at, time.UTC, []figures.Refund{
		one("rf-1", "card", "completed", "EUR", 5400), one("rf-2", "card", "completed", "EUR", 100),
		one("rf-3", "card", "failed", "EUR", 7), one("rf-4", "gift_card", "pending", "JPY", 1980),
	}), p)
	totals := map[string]int64{}
	for _, f := range p.Facts {
		if f.Name == "total" {
			m := f.Value.Money["Amount"]
			totals[m.Currency] = m.Minor
		}
	}
	if totals["EUR"] != 5507 || totals["JPY"] != 1980 {
		t.Errorf("the sums are %v", totals)
	}
	if len(p.Items) != 5 || p.Items[0].Value != "day 2026-02-28" {
		t.Fatalf("%+v", p.Items)
	}
	for _, i := range p.Items[1:] {
		if (i.Value == "rf-3") != (i.Harm == "warning") {
			t.Errorf("%s is shown as %q", i.Value, i.Harm)
		}
	}
}

func TestFiguresAreFactsAndBars(t *testing.T) {
	p := &view.Staff{}
	from := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	ShowFigures(figures.Of(from, from.AddDate(0, 3, 0),
		[]figures.Sale{{Order: "O", Line: "1", SKU: "SHIRT", Supplier: "", Units: 8}},
		[]figures.Return{{Order: "O", Line: "1", Reason: "faulty", Units: 1}},
		[]figures.Stay{{Dropped: from, Decided: from.Add(90 * time.Minute), Paid: from.Add(36 * time.Hour)}}), p)
	if len(p.Charts) != 6 {
		t.Fatalf("%d charts", len(p.Charts))
	}
	if bar := p.Charts[0].Bars[0]; bar.Label.Text != "SHIRT" || bar.Tenths != 125 || bar.Of != 8 {
		t.Errorf("%+v", bar)
	}
	if bar := p.Charts[1].Bars[0]; bar.Label.ID != "return.reason.faulty" {
		t.Errorf("%+v", bar)
	}
	if bars := p.Charts[4].Bars; p.Charts[4].Unit != "hours" || bars[0].Tenths != 15 {
		t.Errorf("%+v", p.Charts[4])
	}
	if bars := p.Charts[5].Bars; bars[3].Tenths != 360 {
		t.Errorf("%+v", bars)
	}
	none := &view.Staff{}
	ShowFigures(figures.Figures{From: from}, none)
	if len(none.Charts) != 0 {
		t.Errorf("%+v of nothing", none.Charts)
	}
}
