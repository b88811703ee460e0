package parcel

import (
	"slices"

	"cubby/locker/customers"
	"cubby/locker/visit"
)

// ofNeighbours adds the ids of the parcels that are here for those who have named somebody to
// collect for them. Those whose code has to change all the time are left out.
func ofNeighbours(t *visit.Turn, who string, all []string) []string {
	if !customers.SettingsOf(t.Policy).Neighbours {
		return all
	}
	for _, r := range customers.CollectsFor(t.State, who) {
		for _, id := range ForContact(t.State, t.Policy, t.Mark, r.Person.Keys) {
			if p, _ := Parcels.Get(t.State, id); !p.Rotating && !slices.Contains(all, id) {
				all = append(all, id)
			}
		}
	}
	return all
}

// siblings are the parcels that the code of one leads to: those that belong together with it,
// and those of neighbours, from the same client: a shop must not get at those of another.
func siblings(t *visit.Turn, id string) []string {
	all := Siblings(t.State, t.Policy, id)
	if !customers.SettingsOf(t.Policy).Neighbours {
		return all
	}
	p, _ := Parcels.Get(t.State, id)
	who, ok := customers.Find(t.State, ContactKeys(t, id))
	if !ok || p.AnnouncedBy == "" || settings(t.Policy).Together != OfPerson {
		return all
	}
	return slices.DeleteFunc(ofNeighbours(t, who.ID, all), func(other string) bool {
		o, _ := Parcels.Get(t.State, other)
		return o.AnnouncedBy != p.AnnouncedBy
	})
}

// asNeighbour reports whether somebody collects a parcel for another, who has named them: the
// parcel is not their own.
func asNeighbour(t *visit.Turn, p Parcel, r Right) bool {
	if !customers.SettingsOf(t.Policy).Neighbours {
		return false
	}
	who, ok := customers.Record{}, false
	switch {
	case r.Member != "":
		who, ok = customers.Get(t.State, r.Member)
	case r.shownFor(p) != "":
		who, ok = customers.Find(t.State, ContactKeys(t, r.Shown))
	}
	keys := ContactKeys(t, p.ID)
	if !ok || who.Person.Meet(keys) {
		return false
	}
	return slices.ContainsFunc(customers.CollectsFor(t.State, who.ID), func(of customers.Record) bool {
		return of.Person.Meet(keys)
	})
}

// kindFor is how the pickup of a parcel is told: by what was shown, or as a neighbour.
func kindFor(t *visit.Turn, p Parcel, r Right) CredentialKind {
	if asNeighbour(t, p, r) {
		return ByNeighbour
	}
	return r.By
}
