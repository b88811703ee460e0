package people

import (
	"maps"
	"slices"
	"strings"
)

// Role is what somebody of the staff does at the station.
type Role string

// The roles, from the least trusted to the most.
const (
	Associate  Role = "associate"  // serves customers
	Technician Role = "technician" // looks after locks and devices; sees no customers
	Supervisor Role = "supervisor" // is responsible for a shift
	Manager    Role = "manager"    // is responsible for the store and its accounts
)

// Valid reports whether the role exists.
func (r Role) Valid() bool {
	switch r {
	case Associate, Technician, Supervisor, Manager:
		return true
	}
	return false
}

// RoleNames lists the roles for a message.
func RoleNames() string {
	return strings.Join([]string{
		string(Associate), string(Technician), string(Supervisor), string(Manager),
	}, ", ")
}

// Action is something that staff may do or not.
type Action string

// The actions of staff.
const (
	SeeWall       Action = "see_wall"      // every door, the queue of what needs somebody, the devices
	FindParcel    Action = "find_parcel"   // a parcel and its story
	SeeCustomer   Action = "see_customer"  // what is known of a recipient; every look is a fact
	OpenEmpty     Action = "open_empty"    // a door behind which nothing is known to be
	OpenOccupied  Action = "open_occupied" // any door, with a second person
	BeSecond      Action = "be_second"     // be that person
	RestoreDoor   Action = "restore_door"  // give a door back to use after looking into it
	WithdrawDoor  Action = "withdraw_door" // take a door out of use
	EndAlarm      Action = "end_alarm"     // of a door that was forced
	WriteOff      Action = "write_off"     // a parcel that is gone
	TakeToCounter Action = "take_to_counter"
	HandOver      Action = "hand_over"       // a parcel at the counter, against its code
	HandOverKnown Action = "hand_over_known" // the same without a code, with a reason
	HoldParcels   Action = "hold_parcels"    // and release them
	RenewCodes    Action = "renew_codes"     // give a parcel another code, or end the one it has
	ManageCourier Action = "manage_couriers"
	ManageStaff   Action = "manage_staff"
	Practise      Action = "practise"
	SettleCases   Action = "settle_cases" // close what customers have said is wrong at a door

	TakeReturns       Action = "take_returns"       // and take out of doors what has come back
	GradeReturns      Action = "grade_returns"      // and say where an item goes
	DecideReturns     Action = "decide_returns"     // within the rules
	OverrideReturns   Action = "override_returns"   // against them, up to the ceiling, with a reason
	UnverifiedReturns Action = "unverified_returns" // without an order
	SettleRefunds     Action = "settle_refunds"     // try failed ones again, or pay them another way
	SeeFigures        Action = "see_figures"
)

// Permissions say which roles may do what. What is not here nobody may do.
var Permissions = map[Action][]Role{
	SeeWall:       {Associate, Technician, Supervisor, Manager},
	FindParcel:    {Associate, Supervisor, Manager},
	SeeCustomer:   {Associate, Supervisor, Manager},
	OpenEmpty:     {Associate, Technician, Supervisor, Manager},
	OpenOccupied:  {Supervisor, Manager},
	BeSecond:      {Associate, Technician, Supervisor, Manager},
	RestoreDoor:   {Associate, Technician, Supervisor, Manager},
	WithdrawDoor:  {Associate, Technician, Supervisor, Manager},
	EndAlarm:      {Technician, Supervisor, Manager},
	WriteOff:      {Supervisor, Manager},
	TakeToCounter: {Associate, Supervisor, Manager},
	HandOver:      {Associate, Supervisor, Manager},
	HandOverKnown: {Supervisor, Manager},
	HoldParcels:   {Supervisor, Manager},
	RenewCodes:    {Supervisor, Manager},
	ManageCourier: {Supervisor, Manager},
	ManageStaff:   {Manager},
	Practise:      {Associate, Technician, Supervisor, Manager},
	SettleCases:   {Associate, Technician, Supervisor, Manager},

	TakeReturns:       {Associate, Supervisor, Manager},
	GradeReturns:      {Associate, Supervisor, Manager},
	DecideReturns:     {Associate, Supervisor, Manager},
	OverrideReturns:   {Supervisor, Manager},
	UnverifiedReturns: {Supervisor, Manager},
	SettleRefunds:     {Supervisor, Manager},
	SeeFigures:        {Supervisor, Manager},
}

// May reports whether a role may do something.
func (r Role) May(a Action) bool { return slices.Contains(Permissions[a], r) }

// Actions lists all actions, sorted.
func Actions() []Action { return slices.Sorted(maps.Keys(Permissions)) }
