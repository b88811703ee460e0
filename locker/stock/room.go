package stock

import (
	"time"

	"cubby/locker/ledger"
	"cubby/locker/visit"
)

// Room is stock. It has no pages and no doors of its own.
var Room = visit.Room{
	Module: ledger.Module{
		Name: "stock",
		Facts: []ledger.Fact{
			&Moved{}, &Held{}, &Committed{}, &Released{}, &Delivered{}, &Planned{}, &Awaited{}, &Tallied{},
			&TallyEnded{}, &TaskOpened{}, &TaskClosed{}, &DoorStocked{}, &LeaseChanged{}, &LeaseWanted{},
		},
		Tables: []*ledger.Spec{
			Levels.Spec, Behind.Spec, Reservations.Spec, Expecting.Spec, Tallies.Spec, Open.Spec, Leases.Spec,
		},
	},
	Doubt:   doubt,
	Restore: restore,
	Tick: func(t *visit.Turn) {
		lapse(t)
		endLeases(t)
	},
	Next: next,
}

// next is when a reservation lapses or a lease ends.
func next(s *ledger.State, env visit.Env) time.Time {
	at := lapsing.Next(s)
	if end := endings.Next(s); at.IsZero() || !end.IsZero() && end.Before(at) {
		at = end
	}
	if at.IsZero() {
		return at
	}
	return env.Now.Add(at.Sub(visit.CalendarNow.Read(s).Now(env.Clock)))
}
