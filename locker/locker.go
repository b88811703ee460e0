// Package locker is the domain of a pickup station: parcels, compartments,
// visits, credentials and the rules between them.
//
// The rules are pure. Decide takes the state it may read (a World), a Command
// and an Env with the time, randomness and policy of the moment, and answers
// with facts and the entities they changed, or with a Refusal. It does no I/O
// and keeps nothing. Package station runs it, package store keeps its facts.
//
// Lengths are millimetres, weights grams, times UTC.
package locker
