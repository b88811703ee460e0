package parcel

import (
	"cubby/locker/ledger"
	"cubby/locker/visit"
	"cubby/locker/wall"
)

type (
	// ListLeaving reads what has to leave.
	ListLeaving struct{ Into *[]Parcel }
	// ListShelf reads the places of the shelf, those of the configuration first.
	ListShelf struct{ Into *[]OnShelf }
)

// Decide changes nothing.
func (c ListLeaving) Decide(t *visit.Turn) error {
	*c.Into = Departing(t.State, t.Policy)
	return nil
}

// Departing are the parcels that staff are to take out, by door, and then those at the
// counter that are to be given away.
func Departing(s *ledger.State, policy visit.Policy) (all []Parcel) {
	for _, n := range wall.Compartments.Keys(s) {
		box, _ := wall.Compartments.Get(s, n)
		if p, ok := Parcels.Get(s, box.Parcel); ok && p.Compartment == n && MustLeave(s, policy, p) {
			all = append(all, p)
		}
	}
	for _, p := range waitingThere.Find(s, string(CounterHeld)) {
		if p.Leaving != nil {
			all = append(all, p)
		}
	}
	return all
}

// Decide changes nothing.
func (c ListShelf) Decide(t *visit.Turn) error {
	set := settings(t.Policy)
	for _, place := range set.Shelf {
		on, _ := Shelf.Get(t.State, place)
		*c.Into = append(*c.Into, OnShelf{place, on.Parcel})
	}
	for _, on := range Shelf.All(t.State) {
		if _, is := PlaceOf(t.Policy, on.Place); !is { // taken out of the configuration meanwhile
			*c.Into = append(*c.Into, on)
		}
	}
	return nil
}
