package people

import (
	"cubby/locker/ledger"
	"cubby/locker/visit"
)

// PINDigits is the length of PINs, customers' and couriers' alike.
const PINDigits = 8

// Room is who may come in: couriers, staff, and the clients of the endpoint.
var Room = visit.Room{
	Module: ledger.Module{
		Name: "people",
		Facts: []ledger.Fact{
			&CourierAdded{}, &CourierRemoved{}, &EmployeeAdded{}, &EmployeeRemoved{}, &KeyAdded{}, &KeyRotated{},
			&KeyRevoked{}, &GuardChanged{},
		},
		Tables: []*ledger.Spec{Couriers.Spec, Staff.Spec, Keys.Spec, Consumers.Spec, PINGuard.Spec},
	},
	Start: startGuards,
}

// CourierWith finds whose badge, card or PIN this is; nobody's who was removed.
func CourierWith(s *ledger.State, hash string) (CourierRecord, bool) {
	if hash == "" {
		return CourierRecord{}, false
	}
	r, ok := CourierByHash(s, hash)
	return r, ok && !r.Removed
}
