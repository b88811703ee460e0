// Package care is the room of cases: what customers have said is wrong at a door, and doors
// that could not be opened for them. A case has a number that people can read out, and is
// open until somebody of the staff, or the shop, closes it with a note. It has nothing
// personal.
package care
