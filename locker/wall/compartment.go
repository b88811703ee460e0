package wall

import (
	"time"

	"cubby/locker/door"
)

// LockState is the status of the lock of a compartment.
type LockState string

const (
	LockIdle        LockState = "idle"
	LockPulsing     LockState = "pulsing"     // an opening is under way
	LockFired       LockState = "fired"       // driven, and the door was seen open
	LockJammed      LockState = "jammed"      // driven, and the door stayed closed
	LockUnreachable LockState = "unreachable" // its board did not answer an opening
)

// Allocation is who a compartment is meant for.
type Allocation string

const (
	Free         Allocation = "free"
	SoftReserved Allocation = "soft_reserved" // promised for a while; may be withdrawn
	Reserved     Allocation = "reserved"      // for the parcel named, during a deposit
	Occupied     Allocation = "occupied"      // holds the parcel named
	ForSale      Allocation = "for_sale"      // goods for sale lie in it
	Quarantine   Allocation = "quarantine"    // nobody may use it until staff have looked; Reason says why
	OutOfService Allocation = "out_of_service"
)

// Contents is what is inside, as far as is known.
type Contents string

const (
	ContentsEmpty   Contents = "empty"
	ContentsPresent Contents = "present"
	ContentsUnknown Contents = "unknown"
)

// Evidence says how the contents are known.
type Evidence string

const (
	BySensor    Evidence = "sensor"
	ByHuman     Evidence = "human"
	ByInference Evidence = "inferred" // from a door that opened and closed
)

// Box is an inner space in millimetres.
type Box struct {
	Width  int `json:"width"`
	Height int `json:"height"`
	Depth  int `json:"depth"`
}

// Volume in cubic millimetres.
func (b Box) Volume() int64 { return int64(b.Width) * int64(b.Height) * int64(b.Depth) }

// A Compartment is one door with its space. What the configuration says of it
// comes first; then its four facts, which are never folded into one.
type Compartment struct {
	Number     string `json:"number"` // as painted on the door
	Size       string `json:"size"`
	Inner      Box    `json:"inner_mm"`
	Bank       string `json:"bank"`       // doors of one bank share a line and a supply
	Accessible bool   `json:"accessible"` // within reach of everybody

	Door       door.State    `json:"door"`
	LeftOpen   bool          `json:"left_open"`
	Forced     bool          `json:"forced"`     // it opened without an order, and nobody has looked since
	BankAlarm  bool          `json:"bank_alarm"` // some door of its bank is Forced
	Lock       LockState     `json:"lock"`
	Allocation Allocation    `json:"allocation"`
	Reason     string        `json:"reason,omitempty"` // why quarantine or out of service
	Contents   Contents      `json:"contents"`
	Evidence   Evidence      `json:"evidence,omitempty"`
	Presence   door.Presence `json:"presence"` // what the sensor says; evidence, never proof

	Parcel string `json:"parcel,omitempty"`
	// Sealed: what was put in, or was last said to be in, has not been seen to leave: the
	// door has not been open since, whatever was said of the parcel. Follows from readings
	// too, so that it is not compared with the log.
	Sealed    bool       `json:"sealed,omitempty"`
	Openings  int        `json:"openings"` // confirmed, in the life of the lock: its wear
	Failures  int        `json:"failures"` // openings that did not open it
	DoorSince *time.Time `json:"door_since,omitempty"`
	// since when its lock has not opened it, over further tries; of this run of the core
	LockSince *time.Time `json:"lock_since,omitempty"`

	LastKnown door.State `json:"last_known"` // the last reading that was not unknown; survives a restart
}

// NewCompartment is a compartment seen for the first time: what the configuration
// says of it, free and assumed empty.
func NewCompartment(configured Compartment) Compartment {
	return Compartment{
		Number: configured.Number, Size: configured.Size, Inner: configured.Inner, Bank: configured.Bank,
		Accessible: configured.Accessible,
		Lock:       LockIdle, Allocation: Free, Contents: ContentsEmpty, Evidence: ByInference,
		Door: door.Unknown, Presence: door.PresenceUnknown,
	}
}

// MayHoldParcel reports whether staff open the door by two: a parcel is bound to it, or
// left it by word alone.
func (c Compartment) MayHoldParcel() bool { return c.Parcel != "" || c.Sealed }

// Why a door does not serve.
const (
	SilentDoor = "door_unknown"
	JammedLock = "lock_jammed"
	SilentLock = "lock_unreachable"
)

// Fault is why nobody can be let in to what is behind the door, and since when; empty:
// somebody can. A try that is under way does not end a fault before it has opened the door.
func (c Compartment) Fault() (why string, since time.Time) {
	switch {
	case c.Door == door.Open:
	case c.Door == door.Unknown && c.DoorSince != nil:
		return SilentDoor, *c.DoorSince
	case c.LockSince == nil:
	case c.Lock == LockUnreachable:
		return SilentLock, *c.LockSince
	default:
		return JammedLock, *c.LockSince
	}
	return "", time.Time{}
}

// Offerable reports whether a deposit may be offered this compartment. A forced
// door stops deposits into its whole bank until somebody has looked.
func (c Compartment) Offerable() bool {
	return c.Allocation == Free && c.Door == door.Closed && c.Contents != ContentsPresent &&
		!c.BankAlarm && (c.Lock == LockIdle || c.Lock == LockFired)
}
