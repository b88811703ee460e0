package locker

import (
	"time"

	"cubby/locker/calendar"
)

// today is the time by which deadlines are set and judged.
func (t *turn) today() time.Time { return t.Calendar().Now(t.Clock) }

// isOver reports whether a parcel's time behind its door has ended.
func (t *turn) isOver(p Parcel) bool { return p.Deadline != nil && !t.today().Before(*p.Deadline) }

// look has the calendar follow the machine's clocks. What it is now is written
// down when somebody may want it after a restart.
func (t *turn) look() {
	was := t.Calendar()
	if next := was.Follow(t.Clock); was.Outdated(next) {
		t.turnTo(next)
	}
}

// keepCalendar is look, and writes the calendar down in any case: after a
// restart it is known that what follows was after all that came before.
func (t *turn) keepCalendar() { t.turnTo(t.Calendar().Follow(t.Clock)) }

// turnTo goes on by the calendar that followed.
func (t *turn) turnTo(next calendar.Calendar) {
	was := t.Calendar()
	t.emit(&CalendarKept{next})
	if by := was.Corrected(next, t.Clock); by != 0 {
		t.moveDeadlines(by, was.Unsure)
	}
}

// moveDeadlines gives people their hours by a calendar that has been corrected.
// What came while nobody vouched for it may have come when it was as far behind
// as it proved to be: its deadline goes forward with it, at worst for nothing.
// And no deadline lies further ahead than the hours of its parcel.
func (t *turn) moveDeadlines(by time.Duration, unsure time.Time) {
	for _, n := range t.Numbers() {
		c, _ := t.Compartment(n)
		p, ok := t.Parcel(c.Parcel)
		if !ok || p.Deadline == nil || p.State != Stored && p.State != Collecting {
			continue
		}
		deadline, whole := *p.Deadline, hours(p.PickupHours)
		if by > 0 && !unsure.IsZero() && deadline.Add(-whole).After(unsure) {
			deadline = deadline.Add(by)
		}
		if latest := t.today().Add(whole); deadline.After(latest) {
			deadline = latest
		}
		if !deadline.Equal(*p.Deadline) {
			t.emit(&DeadlineMoved{of(p), deadline, ClockCorrected})
		}
	}
}

func (AcceptClock) decide(t *turn) error {
	if !t.Calendar().Follow(t.Clock).Doubted {
		return Refuse(Conflict, "clock-not-doubted", "the machine's clock is believed as it is; there is nothing to accept")
	}
	r := t.Clock
	r.Synced = true // as good as
	next := t.Calendar().Follow(r)
	t.emit(&ClockAccepted{Clock: r.Wall, Seconds: int64(next.At.Sub(t.today()).Seconds())})
	t.turnTo(next)
	t.expire()
	return nil
}
