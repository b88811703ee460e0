package view

// StepPickupSecond asks for the last four digits of the recipient's phone, behind a code
// that was right. The action is ActPIN, with them as its value.
const StepPickupSecond Step = "pickup_second"

// Reasons of staff_counter: the code is right, and its parcel valuable.
const (
	ReasonSecond      Reason = "second"       // the last four digits of the recipient's phone are asked for
	ReasonSecondWrong Reason = "second_wrong" // they were others
)

// Reasons of pickup_refused that only the bearer of a right code is told.
const (
	ReasonLocked  Reason = "locked"   // too many wrong digits of the phone, or none are known: staff help
	ReasonNotLive Reason = "not_live" // the code changes, and this was none of now
)
