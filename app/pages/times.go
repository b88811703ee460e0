package pages

import (
	"time"

	"cubby/app/words"
)

// Now is the time by which other times are told.
func Now(s Sheet) time.Time {
	if s.Now.IsZero() {
		return time.Now()
	}
	return s.Now
}

// Hour is the time of a day.
func Hour(t time.Time) string { return t.Local().Format("15:04") }

// SameDay reports whether two times are of one day at the station.
func SameDay(a, b time.Time) bool {
	y, m, d := a.Local().Date()
	yy, mm, dd := b.Local().Date()
	return y == yy && m == mm && d == dd
}

// Day is a date as people write it, with its year when it is another one.
func Day(s Sheet, t time.Time) string {
	layout := "staff.time.day"
	if t.Local().Year() != Now(s).Local().Year() {
		layout = "staff.time.year"
	}
	t = t.Local()
	return s.Words.Say(layout, words.Data{
		"Day": t.Day(), "Month": s.Say("staff.month." + t.Format("01")), "Year": t.Year(),
	})
}

// Since is from when on something is so: a time of today, or a day.
func Since(s Sheet, t time.Time) string {
	if SameDay(t, Now(s)) {
		return s.Words.Say("staff.time.since", words.Data{"Time": Hour(t)})
	}
	return s.Words.Say("staff.time.since", words.Data{"Time": Day(s, t)})
}

// When is a moment: a time of today, or a day with its time.
func When(s Sheet, t time.Time) string {
	if SameDay(t, Now(s)) {
		return Hour(t)
	}
	return s.Words.Say("staff.time.when", words.Data{"Day": Day(s, t), "Time": Hour(t)})
}

// Moment is a day where a time is midnight, else that day with its time. A midnight of
// the world's time is the day of a calendar, wherever the station is.
func Moment(s Sheet, t time.Time) string {
	switch {
	case midnight(t.Local()):
		return Day(s, t)
	case midnight(t.UTC()):
		y, m, d := t.UTC().Date()
		return Day(s, time.Date(y, m, d, 12, 0, 0, 0, time.Local))
	}
	return When(s, t)
}

// Until is the last day of a span that ends at a time: the one before a midnight.
func Until(s Sheet, end time.Time) string { return Day(s, end.Add(-1)) }

func midnight(t time.Time) bool {
	h, m, sec := t.Clock()
	return h == 0 && m == 0 && sec == 0
}
