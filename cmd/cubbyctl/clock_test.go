package main

import (
	"bytes"
	"testing"
	"time"

	"cubby/locker/calendar"
)

func TestTheClockIsComparedInWords(t *testing.T) {
	noon := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		now  calendar.Standing
		want string
	}{
		{calendar.Standing{Calendar: noon, Wall: noon, Synced: true},
			"calendar  2026-03-01 12:00:00 UTC  parcels expire by it\nclock     2026-03-01 12:00:00 UTC  " +
				"synchronised\nthe clock and the station's count agree\n"},
		{calendar.Standing{Calendar: noon, Wall: noon.AddDate(1, 0, 0), Ahead: 31536000, Doubted: true},
			"calendar  2026-03-01 12:00:00 UTC  parcels expire by it\nclock     2027-03-01 12:00:00 UTC  not " +
				"synchronised\nthe clock is 365 days ahead of the station's count\n" +
				"the clock is not believed: have it synchronised, or look that it is right and run cubbyctl " +
				"clock accept\n"},
	} {
		var out bytes.Buffer
		(&tool{out: &out, zone: time.UTC}).standing(c.now)
		if out.String() != c.want {
			t.Errorf("said\n%s\nwant\n%s", &out, c.want)
		}
	}
}
