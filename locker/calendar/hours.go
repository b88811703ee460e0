package calendar

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Hours are when a place can be reached in a week. The zero Hours are always.
type Hours struct {
	zone *time.Location
	days [7][]span // by time.Weekday; in order, and none touches another
	text string    // as they were written
}

// A span is a part of a day, in minutes since its midnight by the clock on the wall.
type span struct{ from, to int }

const wholeDay = 24 * 60

var dayNames = []string{"sun", "mon", "tue", "wed", "thu", "fri", "sat"}

// HoursSay is what an entry of opening hours looks like.
const HoursSay = `days and times such as "mon-fri 07:00-22:00", "sat,sun 08:30-14:00" or "daily 06:00-24:00"`

// NewHours reads opening hours, each entry as HoursSay has it; none are always. The error
// says which entry is wrong, by its index, and why.
func NewHours(entries []string, zone *time.Location) (h Hours, wrong int, err error) {
	if len(entries) == 0 {
		return Hours{}, 0, nil
	}
	h.zone, h.text = zone, strings.Join(entries, "; ")
	for i, entry := range entries {
		if err := h.add(entry); err != nil {
			return Hours{}, i, fmt.Errorf("is %q: %w", entry, err)
		}
	}
	for day, all := range h.days {
		slices.SortFunc(all, func(a, b span) int { return a.from - b.from })
		var joined []span
		for _, s := range all {
			if n := len(joined); n > 0 && s.from <= joined[n-1].to {
				joined[n-1].to = max(joined[n-1].to, s.to)
			} else {
				joined = append(joined, s)
			}
		}
		h.days[day] = joined
	}
	return h, 0, nil
}

func (h *Hours) add(entry string) error {
	days, times, ok := strings.Cut(strings.TrimSpace(entry), " ")
	from, to, both := strings.Cut(strings.TrimSpace(times), "-")
	if !ok || !both {
		return fmt.Errorf("write %s", HoursSay)
	}
	s, err := span{}, error(nil)
	if s.from, err = minuteOf(from); err != nil {
		return err
	}
	if s.to, err = minuteOf(to); err != nil {
		return err
	}
	if s.from >= s.to {
		return fmt.Errorf("it has to end after it begins and on the same day: write the part after " +
			"midnight as an entry of the next day")
	}
	if days == "daily" {
		days = "sun-sat"
	}
	for _, part := range strings.Split(days, ",") {
		first, last, many := strings.Cut(part, "-")
		if !many {
			last = first
		}
		a, b := slices.Index(dayNames, first), slices.Index(dayNames, last)
		if a < 0 || b < 0 {
			return fmt.Errorf("%q is no day: mon, tue, wed, thu, fri, sat, sun, a range of them, or daily", part)
		}
		for day := a; ; day = (day + 1) % 7 {
			h.days[day] = append(h.days[day], s)
			if day == b {
				break
			}
		}
	}
	return nil
}

func minuteOf(text string) (int, error) {
	hour, minute, ok := strings.Cut(text, ":")
	a, err := strconv.Atoi(hour)
	b, err2 := strconv.Atoi(minute)
	if !ok || err != nil || err2 != nil || len(hour) != 2 || len(minute) != 2 || a < 0 || b < 0 || b > 59 ||
		a*60+b > wholeDay {
		return 0, fmt.Errorf("%q is no time of a day: 00:00 to 24:00", text)
	}
	return a*60 + b, nil
}

// Always reports whether there is no time at which it is closed.
func (h Hours) Always() bool { return h.zone == nil }

// String is how they were written; empty: always.
func (h Hours) String() string { return h.text }

// Weekly is how long it is open in a week without a change of the clocks.
func (h Hours) Weekly() (sum time.Duration) {
	if h.Always() {
		return 7 * 24 * time.Hour
	}
	for _, day := range h.days {
		for _, s := range day {
			sum += time.Duration(s.to-s.from) * time.Minute
		}
	}
	return sum
}

// mostDays bounds a search through the hours: 2160 of them at four in a week.
const mostDays = 12 * 366

// each calls do with the open times that end after at, in their order, until it says no.
func (h Hours) each(at time.Time, do func(from, to time.Time) bool) {
	local := at.In(h.zone)
	year, month, day := local.Date()
	var last time.Time
	for n := -1; n < mostDays; n++ { // the day before may last longer where a clock is put back
		date := time.Date(year, month, day+n, 0, 0, 0, 0, h.zone)
		for _, s := range h.days[time.Date(year, month, day+n, 12, 0, 0, 0, time.UTC).Weekday()] {
			y, m, d := time.Date(year, month, day+n, 12, 0, 0, 0, time.UTC).Date()
			from := time.Date(y, m, d, 0, s.from, 0, 0, h.zone)
			to := time.Date(y, m, d, 0, s.to, 0, 0, h.zone)
			if s.from == 0 {
				from = date
			}
			if from.Before(last) { // of a time that a clock put forward leaves out
				from = last
			}
			if !to.After(from) {
				continue
			}
			last = to
			if to.After(at) && !do(from, to) {
				return
			}
		}
	}
}

// Add is when so much open time has passed since a moment. Time that is over already, or
// none, changes nothing.
func (h Hours) Add(at time.Time, open time.Duration) time.Time {
	if h.Always() || open <= 0 {
		return at.Add(open)
	}
	end := at.Add(open)
	h.each(at, func(from, to time.Time) bool {
		if from.Before(at) {
			from = at
		}
		if left := to.Sub(from); open > left {
			open -= left
			end = to
			return true
		}
		end = from.Add(open)
		return false
	})
	return end.UTC()
}

// Between is how much of the time from a moment to another is open; 0 when the other is
// not later.
func (h Hours) Between(at, until time.Time) (open time.Duration) {
	if h.Always() {
		return max(0, until.Sub(at))
	}
	h.each(at, func(from, to time.Time) bool {
		if from.Before(at) {
			from = at
		}
		if to.After(until) {
			to = until
		}
		open += max(0, to.Sub(from))
		return from.Before(until)
	})
	return open
}
