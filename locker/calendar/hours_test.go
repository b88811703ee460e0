package calendar

import (
	"strings"
	"testing"
	"time"
	_ "time/tzdata"

	"pgregory.net/rapid"
)

func open(t rapid.TB, entries ...string) Hours {
	t.Helper()
	zone, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	h, _, err := NewHours(entries, zone)
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func TestOnlyOpenTimeCounts(t *testing.T) {
	shop := []string{"mon-fri 07:00-20:00", "sat 08:00-14:00"}
	for name, c := range map[string]struct {
		hours []string
		from  string // in Berlin
		add   time.Duration
		want  string
	}{
		"always open":          {nil, "2026-06-03 12:00", 30 * time.Hour, "2026-06-04 18:00"},
		"within a day":         {shop, "2026-06-03 12:00", 3 * time.Hour, "2026-06-03 15:00"},
		"until it closes":      {shop, "2026-06-03 12:00", 8 * time.Hour, "2026-06-03 20:00"},
		"over a night":         {shop, "2026-06-03 12:00", 9 * time.Hour, "2026-06-04 08:00"},
		"over a Sunday":        {shop, "2026-06-06 13:00", 2 * time.Hour, "2026-06-08 08:00"},
		"from a closed moment": {shop, "2026-06-07 03:00", time.Hour, "2026-06-08 08:00"},
		"over the weeks":       {shop, "2026-06-01 07:00", 71 * 2 * time.Hour, "2026-06-13 14:00"},
		"over midnight": {[]string{"daily 20:00-24:00", "daily 00:00-02:00"},
			"2026-06-03 23:00", 4 * time.Hour, "2026-06-04 21:00"},
		"days by name and in a ring": {[]string{"sat-mon,wed 10:00-11:00"}, "2026-06-05 00:00",
			4 * time.Hour, "2026-06-10 11:00"},
		"overlapping times count once": {[]string{"wed 08:00-12:00", "wed 10:00-14:00"},
			"2026-06-03 00:00", 6 * time.Hour, "2026-06-03 14:00"},
		"a night with an hour less": {[]string{"daily 00:00-24:00"}, "2026-03-28 12:00", 24 * time.Hour,
			"2026-03-29 13:00"},
		"a night with an hour more": {[]string{"daily 00:00-24:00"}, "2026-10-24 12:00", 24 * time.Hour,
			"2026-10-25 11:00"},
		"times that a clock put forward leaves": {[]string{"sun 02:00-02:30", "sun 02:30-04:00"},
			"2026-03-29 00:00", time.Hour, "2026-03-29 04:00"},
		"nothing is nothing": {shop, "2026-06-07 03:00", 0, "2026-06-07 03:00"},
	} {
		t.Run(name, func(t *testing.T) {
			h := open(t, c.hours...)
			zone, _ := time.LoadLocation("Europe/Berlin")
			from, _ := time.ParseInLocation("2006-01-02 15:04", c.from, zone)
			if got := h.Add(from, c.add).In(zone).Format("2006-01-02 15:04"); got != c.want {
				t.Errorf("%s of %v from %s end at %s, want %s", c.add, c.hours, c.from, got, c.want)
			}
		})
	}
}

func TestWhatWasAddedLiesBetween(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		h := open(t, "mon-fri 07:00-12:00", "mon-fri 12:30-22:00", "sat 00:00-24:00", "sun 02:10-03:20")
		at := time.Date(2026, 3, 20, 0, 0, 0, 0, time.UTC).Add(
			time.Duration(rapid.Int64Range(0, 300*24*3600).Draw(t, "from")) * time.Second)
		add := time.Duration(rapid.Int64Range(1, 2160*3600).Draw(t, "open")) * time.Second
		end := h.Add(at, add)
		if got := h.Between(at, end); got != add {
			t.Fatalf("%s from %s end at %s, with %s between", add, at, end, got)
		}
		if end.Before(at.Add(add)) {
			t.Fatalf("%s from %s end sooner, at %s", add, at, end)
		}
		if more := h.Add(at.Add(time.Hour), add); more.Before(end) {
			t.Fatalf("what begins later ends sooner")
		}
	})
}

func TestHoursThatAreNoneSayWhatToWrite(t *testing.T) {
	for entry, says := range map[string]string{
		"":                     "such as",
		"mon":                  "such as",
		"mon 07:00":            "such as",
		"mo-fr 07:00-22:00":    "no day",
		"mon 7:00-22:00":       "no time",
		"mon 07:00-24:01":      "no time",
		"mon 07:60-22:00":      "no time",
		"mon 22:00-02:00":      "next day",
		"mon 07:00-07:00":      "next day",
		"mon 07:00-22:00-23:0": "no time",
	} {
		_, at, err := NewHours([]string{"tue 08:00-09:00", entry}, time.UTC)
		if err == nil || at != 1 || !strings.Contains(err.Error(), says) {
			t.Errorf("%q: entry %d, %v", entry, at, err)
		}
	}
}
