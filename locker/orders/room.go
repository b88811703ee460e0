package orders

import (
	"cubby/locker/ledger"
	"cubby/locker/visit"
)

// Room is orders. It has no pages and no doors.
var Room = visit.Room{Module: ledger.Module{
	Name: "orders",
	Facts: []ledger.Fact{
		&Accepted{}, &Accepted{Changed: true}, &ReturnedElsewhere{}, &LeaseGranted{}, &Cancelled{},
		&CustomerErased{}, &Forgotten{},
	},
	Tables: []*ledger.Spec{Orders.Spec, Customers.Spec},
}}
