// Package bearer is the room of what the bearer of a parcel's code may do beside collecting
// it: look where it is and until when, and whatever stands in options. No door opens by a
// code that is shown here; one opens by the button for it, through the rules of parcels.
//
// The visit keeps what was shown (parcel.Right), and asks anew with each step whether it
// still holds.
package bearer
