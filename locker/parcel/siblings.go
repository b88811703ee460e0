package parcel

import "cubby/locker/ledger"

// Waiting reads a parcel that is here for its bearer: behind a door or at the counter.
func Waiting(s *ledger.State, id string) (Parcel, bool) {
	p, ok := Parcels.Get(s, id)
	return p, ok && (p.State == Stored || p.State == Expired || p.State == CounterHeld)
}

// Siblings are the parcels that are here for the same person as one of them, which is the
// first.
func Siblings(_ *ledger.State, id string) []string { return []string{id} }
