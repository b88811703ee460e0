// Package wall is what a station is made of: compartments with their doors and locks,
// and the openings of them. Its facts say what happened to a door; which door is
// opened for whom is decided elsewhere.
//
// Lengths are millimetres, volumes cubic millimetres.
package wall
