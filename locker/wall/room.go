package wall

import "cubby/locker/ledger"

// Module lists the facts and tables of the wall.
var Module = ledger.Module{
	Name: "wall",
	Facts: []ledger.Fact{
		&OpeningIntended{}, &OpeningEnded{}, &OpeningAdopted{}, &OpeningToCheck{}, &OpeningAbandoned{},
		&OpeningRejoined{},
		&DoorOpened{}, &DoorClosed{}, &DoorForced{}, &DoorAlarmCleared{}, &DoorUnknown{}, &DoorSeen{}, &DoorLeftOpen{},
		&CompartmentFreed{}, &CompartmentQuarantined{}, &DoorOutOfService{}, &DoorRestored{}, &LockDriven{},
		&StationStarted{},
	},
	Tables: []*ledger.Spec{Compartments.Spec, Openings.Spec},
}
