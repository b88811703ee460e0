package policy_test

import (
	"slices"
	"testing"
	"time"

	. "cubby/locker/returns/policy"
)

// The last days of withdrawal for every day of delivery from 2024 to 2030 end at a midnight
// of Berlin, on a working day, 14 days later at least and 14 + 4 at most.
func TestDeadlinesOfSevenYears(t *testing.T) {
	r := plain()
	golden := map[string]string{ // checked by hand with a calendar
		"2024-02-15": "2024-02-29", "2024-02-16": "2024-03-01", "2024-03-17": "2024-04-01",
		"2025-12-11": "2025-12-29",
		"2025-12-18": "2026-01-02", "2026-12-02": "2026-12-16", "2026-12-11": "2026-12-28",
		"2026-10-11": "2026-10-26",
		"2027-12-10": "2027-12-24", "2027-12-11": "2027-12-27", "2028-02-15": "2028-02-29",
		"2030-12-18": "2031-01-02",
	}
	for day := (Day{2024, 1, 1}); day.Year < 2031; day = day.Add(1) {
		q := ask(day.String(), day.String())
		v := Judge(r, q)
		last := DayOf(v.Until.Add(-1), berlin)
		if want, ok := golden[day.String()]; ok && last.String() != want {
			t.Errorf("%s: until %s, not %s", day, last, want)
		}
		d := v.Until.In(berlin)
		if n := last.Since(day); n < 14 || n > 18 || d.Hour()+d.Minute() != 0 {
			t.Errorf("%s: until %s, %d days", day, d, n)
		}
		if w := last.Add(0); slices.Contains(r.Holidays, Day{Month: w.Month, Day: w.Day}) {
			t.Errorf("%s: until the holiday %s", day, last)
		}
	}
}

// Where clocks are put forward at midnight, a day ends with the first moment of the next.
func TestADayEndsWhereItsNextOneBegins(t *testing.T) {
	for _, c := range []struct{ zone, day, end string }{
		{"Europe/Berlin", "2026-03-28", "2026-03-28T23:00:00Z"}, {"Europe/Berlin", "2026-03-29",
			"2026-03-29T22:00:00Z"},
		{"Europe/Berlin", "2026-10-25", "2026-10-25T23:00:00Z"}, {"Asia/Shanghai", "2026-10-08",
			"2026-10-08T16:00:00Z"},
		{"America/Sao_Paulo", "2018-11-03", "2018-11-04T03:00:00Z"}, // 00:00 to 01:00 is left out
		{"Asia/Beirut", "2026-03-28", "2026-03-28T22:00:00Z"},       // there, too
		{"Pacific/Apia", "2011-12-29", "2011-12-30T10:00:00Z"},      // and here the whole next day
	} {
		d, err := time.Parse("2006-01-02", c.day)
		if err != nil {
			t.Fatal(err)
		}
		if got := DayOf(d, time.UTC).End(zone(c.zone)).Format(time.RFC3339); got != c.end {
			t.Errorf("%s in %s ends at %s, not %s", c.day, c.zone, got, c.end)
		}
	}
}

// What is once for a whole return is counted once.
func TestItemsOfOneReturnBearItsFeeAndShippingOnce(t *testing.T) {
	r := plain()
	r.Fees = []Fee{{Named: Named{Name: "f"}, Kind: "return", By: "customer", Amount: 300}}
	q := ask("2026-12-02", "2026-12-05")
	q.All, q.Shipping, q.Back = true, Shipping{495, 995}, "post"
	late := q
	late.Paid = 3600
	got := Together(r, []Question{q, late})

	if got[0].Refund != 5100 || got[0].Fee != 300 || got[0].Shipping != 495 || got[1].Refund != 3600 ||
		got[1].Fee != 0 ||
		got[1].Shipping != 0 {
		t.Errorf("%+v", got)
	}
}

// What another ground would have kept back is not among the reasons: nothing of it is.
func TestOnlyTheGroundThatIsUsedTellsOfMoney(t *testing.T) {
	r := Default()
	r.Fees = []Fee{{Named: Named{Name: "f"}, Kind: "restocking", By: "customer", Percent: 15}}
	q := ask("2026-12-02", "2026-12-10")
	if v := Judge(r, q); v.Ground != "withdrawal" || v.Fee != 0 || has(v, "f", "fee_restocking") ||
		!has(v, "usual", "window") {
		t.Errorf("%+v", v)
	}
	q.Asked = noon(berlin, "2026-12-20")
	if v := Judge(r, q); v.Ground != "shop" || v.Fee != 810 || !has(v, "f", "fee_restocking") ||
		!has(v, "law.eu.withdrawal", "withdrawal_late") {
		t.Errorf("%+v", v)
	}
}
