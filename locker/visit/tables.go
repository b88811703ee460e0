package visit

import (
	"cubby/locker/calendar"
	"cubby/locker/ledger"
)

// The tables of visits and of the station's time.
var (
	// Visits by their terminals.
	Visits = ledger.NewTable("visits", "terminal", ledger.InMemory[Visit]())

	CalendarNow = ledger.NewSingle[calendar.Calendar]("calendar")
)
