package hub

import (
	"encoding/json"
	"time"

	"cubby/locker/view"
)

// What the hub knows, as its readers get it. Times are UTC.
type (
	// A Station is a pickup station that has joined, or is invited to.
	Station struct {
		ID, Name, Site    string // Site: the id the station has given itself
		Address           string
		Latitude          *float64 // degrees, nil where nobody has said
		Longitude         *float64
		Version, Zone     string
		Languages         []string
		Wall              *view.Wall // nil: it has not told yet
		Joined, LastSeen  time.Time  // zero: not yet
		Removed           bool
		Epoch             string
		Through           int64     // sequence of the newest fact
		SeenUpTo          time.Time // when that fact happened, by the station's clock
		Waiting           int64     // facts it had waiting when it last said so
		OldestWaiting     *time.Time
		Doors             DoorCount
		Parcels, Troubles int
	}
	// DoorCount counts a station's doors by what can be done with them.
	DoorCount struct{ Total, Free, Reserved, Occupied, Blocked int }

	// A Door is a compartment as a station's facts tell of it.
	Door struct {
		Station, Number string
		Door            string // closed, open, unknown
		Lock            string
		Allocation      string // free, reserved, occupied, quarantine, out_of_service
		Parcel          string // id; empty: none
		Trouble         string // forced, left_open, jammed, unreachable, quarantine; empty: none
		Reason          string // why it is in quarantine or out of service
		Changed         time.Time
	}
	// A Device is the status of a device as the station tells it.
	Device struct {
		Station, Name, State, Severity, Detail string
		Title, WhatToDo                        string // sentences; empty where the station did not say
		Since                                  time.Time
	}
	// A Parcel is one parcel at one station.
	Parcel struct {
		Station, ID, State, Door string // State: as the station has it; sent: it has not taken it yet
		OrderID, Direction       string
		Labels                   []string // the first is what its courier scans
		Held, ToCheck            bool
		Code                     string // of its codes: CodeRenewed, CodeRevoked; empty: that of its deposit
		Reason                   string // why it is held, or why its deposit failed
		Deadline                 *time.Time
		Stored, Ended            *time.Time
		Contact                  bool   // somebody can be written to
		Message                  string // state of the newest message about it; empty: none
		Refused                  string // why the station did not take the newest change; empty: it did
		Changed                  time.Time
		Rev                      int64
		Ways                     Ways
	}
	// A Fact is what a station has pushed, without codes.
	Fact struct {
		N                  int64 // order of arrival at the hub, over all stations
		Station, Epoch     string
		Sequence           int64
		ID, Type, Subject  string
		Happened, Received time.Time
		Actor, Cause       string
		Event              json.RawMessage // the CloudEvent as it came, its codes left out
		Quarantined        bool
		Problem            string // why it is quarantined
	}
	// A Trouble is something that somebody has to do something about.
	Trouble struct {
		Station, Kind, Subject string // Subject: parcels/ID, compartments/NUMBER, devices/NAME, returns/ID, stations/ID
		Door                   string
		Harm                   int // 1 little ... 5 somebody may be hurt, or goods are gone
		Title, WhatToDo        string
		Since                  time.Time
	}
	// A User signs in to the console.
	User struct {
		Name    string
		Role    Role
		Created time.Time
		Removed bool
		Mark    string // another one with every password; empty in lists
	}
	// An Action is something a user or a key did at the hub.
	Action struct {
		At                time.Time
		By, What, Subject string
		Detail            string
	}
)

// A Role is what a user may do at the console.
type Role string

// The roles, each of which may do all that those before it may.
const (
	Viewer   Role = "viewer"   // sees stations, parcels, orders; no names and no contacts
	Operator Role = "operator" // announces, holds, cancels, answers, settles
	Admin    Role = "admin"    // enrols stations, makes users and keys, changes policies and texts
)
