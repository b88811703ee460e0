package policy

import (
	"fmt"
	"slices"
	"time"
)

// A Day is one of a calendar. Year 0 means every year.
type Day struct {
	Year  int
	Month time.Month
	Day   int
}

// DayOf is the day of a moment in a zone.
func DayOf(at time.Time, zone *time.Location) Day {
	y, m, d := at.In(zone).Date()
	return Day{y, m, d}
}

// IsZero reports whether it is no day.
func (d Day) IsZero() bool { return d == Day{} }

// Valid reports whether the calendar has such a day; in year 0, whether some year has.
func (d Day) Valid() bool {
	y := d.Year
	if y == 0 {
		y = 2024 // which has a 29 February
	}
	t := time.Date(y, d.Month, d.Day, 0, 0, 0, 0, time.UTC)
	return t.Year() == y && t.Month() == d.Month && t.Day() == d.Day
}

func (d Day) utc() time.Time { return time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, time.UTC) }

// Add is the day so many days later.
func (d Day) Add(days int) Day { return DayOf(d.utc().AddDate(0, 0, days), time.UTC) }

// AddMonths is the same day of a later month, or the last of that month when it is shorter.
func (d Day) AddMonths(n int) Day {
	first := time.Date(d.Year, d.Month+time.Month(n), 1, 0, 0, 0, 0, time.UTC)
	last := first.AddDate(0, 1, -1).Day()
	return Day{first.Year(), first.Month(), min(d.Day, last)}
}

// After reports whether it is later than another.
func (d Day) After(other Day) bool { return d.utc().After(other.utc()) }

// Since counts the days from another to it.
func (d Day) Since(other Day) int { return int(d.utc().Sub(other.utc()) / (24 * time.Hour)) }

// End is the first moment that is no longer of the day: its 24:00 in a zone.
func (d Day) End(zone *time.Location) time.Time {
	next := d.Add(1)
	at := time.Date(next.Year, next.Month, next.Day, 0, 0, 0, 0, zone)
	for next.After(DayOf(at, zone)) { // clocks are put forward at midnight here
		at = at.Add(15 * time.Minute)
	}
	return at.UTC()
}

// String is the day as 2026-12-24.
func (d Day) String() string { return fmt.Sprintf("%04d-%02d-%02d", d.Year, d.Month, d.Day) }

// works reports whether a day is neither of the weekend nor a holiday.
func (r Rules) works(d Day) bool {
	return !slices.Contains(r.Weekend, d.utc().Weekday()) && !slices.Contains(r.Holidays, d) &&
		!slices.Contains(r.Holidays, Day{Month: d.Month, Day: d.Day})
}

// working is the day, or the next one that works. A year without any leaves the day as it is.
func (r Rules) working(d Day) Day {
	for i := range 366 {
		if next := d.Add(i); r.works(next) {
			return next
		}
	}
	return d
}
