// Package orders is the room of what customers have bought: the lines, what was paid for
// each and with what, and which of them this station may take back.
//
// An order comes from the centre, whole, and can be put again. What was bought never
// changes here by itself; how much of it has come back is not kept here either, beyond
// what the centre tells of other places: this station's own is what its cases claim
// (visit.Room.Claims).
//
// The customer's reference and the answers that prove an order to be somebody's own (the
// hashes of a postcode and of a telephone's last digits) lie in a row of their own and
// are in no fact.
package orders
