package parcel

import (
	"slices"

	"cubby/locker/customers"
	"cubby/locker/ledger"
	"cubby/locker/view"
	"cubby/locker/visit"
	"cubby/locker/wall"
)

// Together says which parcels may be collected with the code of one of them.
type Together string

// What belongs together.
const (
	OfPerson Together = ""      // of one order, or for one person; announced by the same client
	OfOrder  Together = "order" // of one order; announced by the same client
	Never    Together = "no"
)

// waitingThere finds the parcels that are at the counter.
var waitingThere = ledger.NewIndex(Parcels, "at counter", func(_ string, p Parcel) []string {
	if p.State == CounterHeld {
		return []string{string(CounterHeld)}
	}
	return nil
}, "state = ?1 AND state <> 'collected'") // the second names the index

// hereNow are the parcels that are behind a door or at the counter.
func hereNow(s *ledger.State) (all []Parcel) {
	for _, number := range wall.Compartments.Keys(s) {
		box, _ := wall.Compartments.Get(s, number)
		if box.Parcel == "" {
			continue
		}
		p, ok := Parcels.Get(s, box.Parcel)
		if ok && p.Compartment == number && (p.State == Stored || p.State == Collecting || p.State == Expired) {
			all = append(all, p)
		}
	}
	return append(all, waitingThere.Find(s, string(CounterHeld))...)
}

// Siblings are the ids of the parcels that are here now and may be collected with the code of
// one of them, which is the first: those for the same person, or of the same order, as the
// policy says. The nearest door comes before the others. Parcels of different clients never
// are: a shop must not get at those of another by announcing one to the same person.
func Siblings(s *ledger.State, policy visit.Policy, id string) []string {
	set := settings(policy)
	p, ok := Parcels.Get(s, id)
	if !ok || set.Together == Never || p.AnnouncedBy == "" || p.Direction == BroughtBack {
		return []string{id}
	}
	var all []Parcel
	whom := keysOf(s, policy, p, inClear)
	known := set.Together == OfPerson && whom != (customers.Keys{})
	for _, other := range hereNow(s) {
		switch {
		case other.ID == p.ID, other.AnnouncedBy != p.AnnouncedBy, other.Direction == BroughtBack:
		case p.OrderID != "" && p.OrderID == other.OrderID:
			all = append(all, other)
		case known && whom.Meet(keysOf(s, policy, other, inClear)):
			all = append(all, other)
		}
	}
	return append([]string{id}, ids(nearestFirst(policy, all))...)
}

// ForContact are the ids of the parcels that are here now for the person with this contact,
// whoever has announced them. keys are made with mark. The nearest door comes first.
func ForContact(s *ledger.State, policy visit.Policy, mark customers.Marker, keys customers.Keys) []string {
	var all []Parcel
	for _, p := range hereNow(s) {
		if p.Direction != BroughtBack && keys.Meet(keysOf(s, policy, p, mark)) {
			all = append(all, p)
		}
	}
	return ids(nearestFirst(policy, all))
}

func ids(all []Parcel) (list []string) {
	for _, p := range all {
		list = append(list, p.ID)
	}
	return list
}

// inClear is for contacts that are compared at once and kept nowhere.
func inClear(_, text string) string { return text }

func keysOf(s *ledger.State, policy visit.Policy, p Parcel, mark customers.Marker) customers.Keys {
	r := recipientOf(s, p.ID)
	if r == nil {
		return customers.Keys{}
	}
	return customers.Contact{Email: r.Email, Phone: r.Phone}.Of(mark, customers.SettingsOf(policy).Country)
}

// nearestFirst orders parcels by the way from the screen to their doors. Those at the
// counter come last.
func nearestFirst(policy visit.Policy, all []Parcel) []Parcel {
	near := settings(policy).Nearest
	way := func(p Parcel) int {
		if p.Compartment == "" {
			return len(near) + 1
		}
		if i := slices.Index(near, p.Compartment); i >= 0 {
			return i
		}
		return len(near) // the order of the wall, in which they were found
	}
	slices.SortStableFunc(all, func(a, b Parcel) int { return way(a) - way(b) })
	return all
}

// standing tells why the bearer of a parcel cannot have it from its door now; empty: they can.
func standing(p Parcel) view.Reason {
	switch {
	case p.OnHold != nil:
		return p.holdReason()
	case p.Disputed != nil:
		return view.ReasonDisputed
	case p.Leaving != nil:
		return p.Leaving.reason()
	case p.State == CounterHeld:
		return view.ReasonAtCounter
	case p.State == Expired && p.RescueUntil == nil:
		return view.ReasonExpired
	}
	return view.ReasonNone
}

// Waiting reads a parcel that is here for its bearer: behind a door or at the counter.
func Waiting(s *ledger.State, id string) (Parcel, bool) {
	p, ok := Parcels.Get(s, id)
	return p, ok && (p.State == Stored || p.State == Expired || p.State == CounterHeld)
}
