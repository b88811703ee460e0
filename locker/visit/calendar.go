package visit

import (
	"time"

	"cubby/locker/calendar"
	"cubby/locker/ledger"
)

// Today is the time by which deadlines are set and judged.
func (t *Turn) Today() time.Time { return CalendarNow.Read(t.State).Now(t.Clock) }

// look has the calendar follow the machine's clocks. What it is now is written
// down when somebody may want it after a restart.
func (t *Turn) look() {
	was := CalendarNow.Read(t.State)
	if next := was.Follow(t.Clock); was.Outdated(next) {
		t.turnTo(next)
	}
}

// KeepCalendar is look, and writes the calendar down in any case: after a
// restart it is known that what follows was after all that came before.
func (t *Turn) KeepCalendar() { t.turnTo(CalendarNow.Read(t.State).Follow(t.Clock)) }

// turnTo goes on by the calendar that followed.
func (t *Turn) turnTo(next calendar.Calendar) {
	was := CalendarNow.Read(t.State)
	t.Emit(&CalendarKept{next})
	by := was.Corrected(next, t.Clock)
	if by == 0 {
		return
	}
	for _, r := range t.rules.rooms {
		if r.Corrected != nil {
			r.Corrected(t, by, was.Unsure)
		}
	}
}

func (AcceptClock) Decide(t *Turn) error {
	if !CalendarNow.Read(t.State).Follow(t.Clock).Doubted {
		return ledger.Refuse(ledger.Conflict, "clock-not-doubted",
			"the machine's clock is believed as it is; there is nothing to accept")
	}
	r := t.Clock
	r.Synced = true // as good as
	next := CalendarNow.Read(t.State).Follow(r)
	t.Emit(&ClockAccepted{Clock: r.Wall, Seconds: int64(next.At.Sub(t.Today()).Seconds())})
	t.turnTo(next)
	t.tick()
	return nil
}
