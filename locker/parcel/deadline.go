package parcel

import (
	"time"

	"cubby/locker/ledger"
	"cubby/locker/visit"
	"cubby/locker/wall"
)

// isOver reports whether a parcel's time behind its door has ended.
func isOver(t *visit.Turn, p Parcel) bool {
	return p.Deadline != nil && p.Paused == nil && !t.Today().Before(*p.Deadline)
}

// expire ends the time of parcels whose deadline has passed and whose clock runs.
func expire(t *visit.Turn) {
	reviewAll(t)
	for _, p := range deadlines.Until(t.State, t.Today()) {
		if c, _ := wall.Compartments.Get(t.State, p.Compartment); c.Allocation == wall.Occupied && isOver(t, p) {
			endTime(t, p)
		}
		endRescue(t, p)
	}
	forgetTokens(t)
	endDelegations(t)
}

// nextDeadline is when the time of a parcel ends, or a token can be forgotten.
func nextDeadline(s *ledger.State, env visit.Env) time.Time {
	next := deadlines.Next(s)
	for _, old := range []time.Time{oldTokens.Next(s), oldDelegations.Next(s)} {
		if next.IsZero() || !old.IsZero() && old.Before(next) {
			next = old
		}
	}
	if !next.IsZero() {
		next = env.Now.Add(next.Sub(visit.CalendarNow.Read(s).Now(env.Clock)))
	}
	if pause := nextPause(s, env); next.IsZero() || !pause.IsZero() && pause.Before(next) {
		next = pause
	}
	return next
}

const week = 7 * 24 * time.Hour

// moveDeadlines gives people their hours by a calendar that has been corrected.
// What came while nobody vouched for it may have come when it was as far behind
// as it proved to be: its deadline goes forward with it, at worst for nothing.
// And no deadline lies further ahead than the hours of its parcel.
func moveDeadlines(t *visit.Turn, by time.Duration, unsure time.Time) {
	for _, n := range wall.Compartments.Keys(t.State) {
		c, _ := wall.Compartments.Get(t.State, n)
		p, ok := Parcels.Get(t.State, c.Parcel)
		if !ok || p.Deadline == nil || p.State != Stored && p.State != Collecting {
			continue
		}
		deadline, whole, set := *p.Deadline, hours(p.PickupHours+p.ExtendedHours), settings(t.Policy)
		if by > 0 && !unsure.IsZero() && deadline.After(set.Hours.Add(unsure, whole)) {
			deadline = deadline.Add(by)
		}
		last := t.Today().Add(max(whole, set.ResumeGrace))
		if !set.Hours.Always() { // what a pause has moved may end in another part of a week
			last = latest(last, set.Hours.Add(t.Today(), whole).Add(week))
		}
		if deadline.After(last) {
			deadline = last
		}
		if !deadline.Equal(*p.Deadline) {
			t.Emit(&DeadlineMoved{of(p), deadline, ClockCorrected})
		}
	}
}
