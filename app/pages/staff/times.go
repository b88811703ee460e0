package staff

import (
	"time"

	"cubby/app/pages"
	"cubby/app/words"
)

// now is the time by which other times are told.
func now(s pages.Sheet) time.Time {
	if s.Now.IsZero() {
		return time.Now()
	}
	return s.Now
}

func clock(t time.Time) string { return t.Local().Format("15:04") }

func sameDay(a, b time.Time) bool {
	y, m, d := a.Local().Date()
	yy, mm, dd := b.Local().Date()
	return y == yy && m == mm && d == dd
}

// day is a date as people write it, with its year when it is another one.
func day(s pages.Sheet, t time.Time) string {
	layout := "staff.time.day"
	if t.Local().Year() != now(s).Local().Year() {
		layout = "staff.time.year"
	}
	t = t.Local()
	return s.Words.Say(layout, words.Data{
		"Day": t.Day(), "Month": s.Say("staff.month." + t.Format("01")), "Year": t.Year(),
	})
}

// since is from when on something is so: a time of today, or a day.
func since(s pages.Sheet, t time.Time) string {
	if sameDay(t, now(s)) {
		return s.Words.Say("staff.time.since", words.Data{"Time": clock(t)})
	}
	return s.Words.Say("staff.time.since", words.Data{"Time": day(s, t)})
}

// when is a moment: a time of today, or a day with its time.
func when(s pages.Sheet, t time.Time) string {
	if sameDay(t, now(s)) {
		return clock(t)
	}
	return s.Words.Say("staff.time.when", words.Data{"Day": day(s, t), "Time": clock(t)})
}
