package locker

import (
	"cmp"
	"cubby/locker/calendar"
	"cubby/locker/ledger"
	"cubby/locker/view"
	"slices"
)

// World is the state that deciding may read: what is committed, what the
// commands before this one in the same commit have decided, and what this one has.
type World struct{ state *ledger.State }

// NewWorld reads from a source, where nothing has been decided yet.
func NewWorld(source ledger.Source) World { return World{ledger.NewState(source)} }

// Parcel reads a parcel.
func (w World) Parcel(id string) (Parcel, bool) { return Parcels.Get(w.state, id) }

// ByLabel reads the parcels that a label with these keys (label.Keys) may mean:
// those with a label whose key is among them, and those with one that may stand
// for the first of them. A parcel may come twice.
func (w World) ByLabel(keys []string) (all []Parcel) {
	for i, key := range keys {
		if i == 0 {
			all = parcelsByKey.Find(w.state, key)
		} else {
			all = append(all, parcelsByOwnKey.Find(w.state, key)...)
		}
	}
	return all
}

// Announced reads what an announcement meets: the parcel with its id, and the
// others that a label with these keys may mean. Either may be absent.
func (w World) Announced(id string, keys []string) (known *Parcel, others []Parcel) {
	if p, ok := w.Parcel(id); ok {
		known = &p
	}
	for _, p := range w.ByLabel(keys) {
		if p.ID != id {
			others = append(others, p)
		}
	}
	return known, others
}

// Recipient reads the personal data of a parcel; nil when there is none.
func (w World) Recipient(parcel string) *Recipient {
	if r, ok := Recipients.Get(w.state, parcel); ok {
		return &r
	}
	return nil
}

// Credential reads a credential by its hash.
func (w World) Credential(hash string) (Credential, bool) { return Credentials.Get(w.state, hash) }

// CredentialsOf reads all credentials of a parcel.
func (w World) CredentialsOf(parcel string) []Credential { return credentialsOf.Find(w.state, parcel) }

// Courier reads a courier.
func (w World) Courier(id string) (CourierRecord, bool) { return Couriers.Get(w.state, id) }

// CourierByHash reads whom a badge, PIN or card belongs to; the one not removed,
// if there are several.
func (w World) CourierByHash(hash string) (found CourierRecord, ok bool) {
	for _, r := range couriersByHash.Find(w.state, hash) {
		if !ok || !r.Removed {
			found, ok = r, true
		}
	}
	return found, ok
}

// Key reads an API key.
func (w World) Key(name string) (KeyRecord, bool) { return Keys.Get(w.state, name) }

// Compartment reads a compartment.
func (w World) Compartment(number string) (Compartment, bool) {
	return Compartments.Get(w.state, number)
}

// Numbers lists all compartments in the order of the wall.
func (w World) Numbers() []string { return Compartments.Keys(w.state) }

// Wall reads all compartments in the order of the wall.
func (w World) Wall() []Compartment { return Compartments.All(w.state) }

// Opening reads an opening.
func (w World) Opening(id string) (Opening, bool) { return Openings.Get(w.state, id) }

// OpeningsOf reads the openings of a compartment, the newest first.
func (w World) OpeningsOf(compartment string) []Opening {
	all := openingsOf.Find(w.state, compartment)
	slices.Reverse(all)
	slices.SortStableFunc(all, func(a, b Opening) int { return b.At.Compare(a.At) })
	return all
}

// Visit reads who is at a terminal; false when nobody is. The empty name is the kiosk.
func (w World) Visit(terminal string) (Visit, bool) {
	return Visits.Get(w.state, cmp.Or(terminal, Kiosk))
}

// Visits reads all visits.
func (w World) Visits() []Visit { return Visits.All(w.state) }

// Guard reads how PINs are kept waiting.
func (w World) Guard() Guards { return PINGuard.Read(w.state) }

// Calendar reads the calendar by which parcels expire.
func (w World) Calendar() calendar.Calendar { return CalendarNow.Read(w.state) }

// A KeyRecord is a key with the hash of its token.
type KeyRecord struct {
	Key
	SHA256 string `json:"sha256"`
}

// A Decision is what a command leads to.
type Decision struct {
	Facts   []Fact
	Effects []ledger.Effect // to be carried out after the commit, never before
	Heard   view.Heard      // how the page answers a scan for some seconds; empty: there was none, or another page is the answer
	Changes ledger.Changes
	VisitID string // of who is here afterwards; empty when nobody is
}

// EffectsOf picks the effects of one kind.
func EffectsOf[E ledger.Effect](d Decision) (all []E) {
	for _, e := range d.Effects {
		if e, ok := e.(E); ok {
			all = append(all, e)
		}
	}
	return all
}
