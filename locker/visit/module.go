package visit

import "cubby/locker/ledger"

// Module lists the facts and tables of visits, and those of the station itself.
var Module = ledger.Module{
	Name: "visit",
	Facts: []ledger.Fact{
		&Started{}, &Stepped{}, &Ended{}, &CalendarKept{}, &ClockAccepted{}, &DeviceChanged{},
		&HelpAsked{}, &HelpAnswered{},
	},
	Tables: []*ledger.Spec{Visits.Spec, CalendarNow.Spec, Calls.Spec},
}
