package view

import "time"

// Why nothing opens, told to whoever shows a code that is or was right. Each is told on
// StepPickupRefused; others of its reasons are above.
const (
	ReasonElsewhere Reason = "elsewhere" // it is for another station; Told.Station names it
	ReasonNotHere   Reason = "not_here"  // the parcel has not come yet
	ReasonEarly     Reason = "early"     // it is not good before Told.At
	ReasonCollected Reason = "collected" // the parcel was collected, at Told.At
	ReasonReplaced  Reason = "replaced"  // another code counts now, or none
	ReasonCodeOver  Reason = "code_over" // the code's own time is over
	ReasonMissing   Reason = "missing"   // staff have looked for the parcel and not found it
	ReasonClock     Reason = "clock"     // nobody knows what time it is, and the code has one
)

// Told is more of the reason why nothing opens. A stranger is told nothing of it.
type Told struct {
	Station string     `json:"station,omitempty"` // name of the station where the code is good
	Address string     `json:"address,omitempty"` // of that station, in one line
	At      *time.Time `json:"at,omitempty"`
}

// Same reports whether both say the same.
func (t Told) Same(other Told) bool {
	if (t.At == nil) != (other.At == nil) || t.At != nil && !t.At.Equal(*other.At) {
		return false
	}
	return t.Station == other.Station && t.Address == other.Address
}
