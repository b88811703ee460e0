// Package members is the room of the pages of somebody who has a record at the station, or
// asks for one: known by their own QR code or by the code of a parcel, they see what is kept
// of them, change it, withdraw what they have consented to, and have it erased.
//
// A QR code of a member says who is here and is no secret of a parcel. Where the operator
// wants it so, it opens the doors of the member's parcels as their own codes do
// (parcel.Identify). Nobody needs one to collect.
//
// The visit keeps whose record it is. Each step asks anew whether the record is still there.
package members
