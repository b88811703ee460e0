package figures_test

import (
	"strings"
	"testing"
	"time"

	. "cubby/locker/returns/figures"
)

var day = time.Date(2026, 11, 30, 12, 0, 0, 0, time.UTC)

func TestTheReturnRateIsOfWhatWasSold(t *testing.T) {
	sales := []Sale{
		{"O1", "1", "A", "north", 10, 0}, {"O2", "1", "A", "north", 10, 2}, {"O2", "2", "B", "south", 30, 0},
		{"O3", "1", "C", "south", 5, 0},
	}
	back := []Return{
		{"O1", "1", "too_small", 3}, {"O2", "2", "faulty", 1}, {"O2", "2", "too_small", 1},
		{"O9", "1", "faulty", 7}, // sold before
	}
	f := Of(day, day.Add(time.Hour), sales, back, nil)
	if f.Sold != 55 || f.Back != 7 {
		t.Errorf("%d of %d", f.Back, f.Sold)
	}
	if len(f.BySKU) != 2 || f.BySKU[0] != (Rate{"A", 20, 5, 250}) || f.BySKU[1] != (Rate{"B", 30, 2, 67}) {
		t.Errorf("by SKU: %v", f.BySKU)
	}
	if f.BySupplier[0] != (Rate{"north", 20, 5, 250}) || f.BySupplier[1] != (Rate{"south", 35, 2, 57}) {
		t.Errorf("by supplier: %v", f.BySupplier)
	}
	if len(f.ByReason) != 3 || f.ByReason[0] != (Rate{"too_small", 55, 4, 73}) ||
		f.ByReason[1] != (Rate{"elsewhere", 55, 2, 36}) || f.ByReason[2] != (Rate{"faulty", 55, 1, 18}) {
		t.Errorf("by reason: %v", f.ByReason)
	}
	if f := Of(day, day, nil, back, nil); f.Back != 0 || f.BySKU == nil {
		t.Errorf("of nothing: %+v", f)
	}
}

func TestPercentilesAreOfTheNearestRank(t *testing.T) {
	var all []time.Duration
	for n := 10; n > 0; n-- {
		all = append(all, time.Duration(n)*time.Second)
	}
	if s := SpreadOf(all); s != (Spread{10, 5, 9, 10, 10}) {
		t.Errorf("1 to 10: %+v", s)
	}
	if s := SpreadOf([]time.Duration{-time.Hour}); s != (Spread{Count: 1}) {
		t.Errorf("a clock that was set: %+v", s)
	}
	if s := SpreadOf(nil); s != (Spread{}) {
		t.Errorf("nothing: %+v", s)
	}
}

func TestWhatIsDecidedAtOnce(t *testing.T) {
	in := func(d time.Duration) time.Time { return day.Add(d) }
	f := Of(day, day, nil, nil, []Stay{
		{Dropped: day},
		{Dropped: day, AtDrop: true, Paid: in(2 * time.Hour)},
		{Dropped: day, Decided: in(time.Minute), Paid: in(time.Hour)},
		{Dropped: day, Decided: in(time.Minute + 1)},
	})
	if f.Dropped != 4 || f.AtOnce != 2 || f.ToDecision != (Spread{2, 60, 60, 60, 60}) ||
		f.ToMoney != (Spread{2, 3600, 7200, 7200, 7200}) {
		t.Errorf("%+v", f)
	}
	for _, want := range []string{
		"drop_to_money,,,,,2,1.0,2.0,2.0,2.0\r\n", "decided_at_once,,,2,50.0,4,,,,\r\n",
		"return_rate,,0,0,0.0,",
	} {
		if !strings.Contains(string(f.CSV()), want) {
			t.Errorf("%s lacks %q", f.CSV(), want)
		}
	}
}

func TestTheDayIsThatOfTheStation(t *testing.T) {
	berlin := time.FixedZone("", 3600)
	at := func(text string) time.Time {
		d, err := time.ParseInLocation("01-02 15:04", text, berlin)
		if err != nil {
			t.Fatal(err)
		}
		return d.AddDate(2026, 0, 0).UTC()
	}
	done := at("11-30 00:00")
	all := []Refund{
		{ID: "early", Ordered: at("11-29 23:59"), Amount: 1, Currency: "EUR", State: "pending"},
		{ID: "ended", Ordered: at("11-29 23:59"), Ended: &done, Amount: 2, Currency: "EUR",
			State: "completed", Kind: "card"},
		{ID: "first", Ordered: at("11-30 00:00"), Amount: 4, Currency: "EUR", State: "failed", Kind: "card"},
		{ID: "=last", Ordered: at("11-30 23:59"), Amount: 8, Currency: "EUR", State: "completed", Kind: "card"},
		{ID: "yen", Ordered: at("11-30 12:00"), Amount: 16, Currency: "JPY", State: "approved", Kind: "points"},
		{ID: "late", Ordered: at("12-01 00:00"), Amount: 32, Currency: "EUR", State: "pending"},
	}
	r := Reconcile(at("11-30 07:00"), berlin, all)
	if r.Day != "2026-11-30" || len(r.Refunds) != 4 {
		t.Fatalf("%s: %+v", r.Day, r.Refunds)
	}
	if len(r.Sums) != 3 || r.Sums[0] != (Sum{"EUR", "card", "", "completed", 2, 10}) ||
		r.Sums[1] != (Sum{"EUR", "card", "", "failed", 1, 4}) ||
		r.Sums[2] != (Sum{"JPY", "points", "", "approved", 1, 16}) {
		t.Errorf("sums: %+v", r.Sums)
	}
	if len(r.Totals) != 2 || r.Totals[0] != (Total{"EUR", 3, 14, 10, 0, 4}) ||
		r.Totals[1] != (Total{"JPY", 1, 16, 0, 16, 0}) {
		t.Errorf("totals: %+v", r.Totals)
	}
	if text := string(r.CSV()); !strings.Contains(text, "2026-11-30,'=last,") ||
		strings.Count(text, "\r\n") != 5 {
		t.Errorf("%s", text)
	}
}

func TestNoCellIsAFormula(t *testing.T) {
	for cell, want := range map[string]string{
		"=1+1": "'=1+1", "+1": "'+1", "-1": "'-1", "@x": "'@x", "\tx": "'\tx", "a=b": "a=b", "": "", "é": "é",
	} {
		if got := Defused(cell); got != want {
			t.Errorf("%q is %q", cell, got)
		}
	}
}
