// Package visit is a person at a terminal, and the rules that all rooms share.
//
// Rooms are put together into Rules. Rules.Decide takes the state it may read, a
// Command and an Env with the time, randomness and policy of the moment, and answers
// with a Decision: facts, the rows they changed, and what is to be done after the
// commit. It does no I/O and keeps nothing.
//
// A visit stands on a page. What a page offers, and what a touch, a scan, a PIN or the
// passing of time does on it, is one row (Step) of the room it belongs to. What a door
// is opened for is a DoorPurpose of the room whose things lie behind it.
package visit
