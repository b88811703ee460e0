package locker

import (
	"cubby/locker/calendar"
	"cubby/locker/door"
	"cubby/locker/view"
)

// World is the state that deciding may read: what is committed, and what the
// commands before this one in the same commit have decided.
type World interface {
	Parcel(id string) (Parcel, bool)
	// ByLabel reads the parcels that a label with these keys (label.Keys) may mean:
	// those with a label whose key is among them, and those with one that may
	// stand for the first of them. A parcel may come twice.
	ByLabel(keys []string) []Parcel
	// Announced reads what an announcement meets: the parcel with its id, and the
	// others that a label with these keys may mean. Either may be absent.
	Announced(id string, keys []string) (p *Parcel, others []Parcel)
	Recipient(parcel string) *Recipient
	Credential(hash string) (Credential, bool)
	CredentialsOf(parcel string) []Credential
	Courier(id string) (CourierRecord, bool)
	CourierByHash(hash string) (CourierRecord, bool) // badge, PIN or card; one not removed, if there are several
	Key(name string) (KeyRecord, bool)
	Compartment(number string) (Compartment, bool)
	Numbers() []string // of all compartments, in the order of the wall
	Opening(id string) (Opening, bool)
	OpeningsOf(compartment string) []Opening // under way, and the latest that is not
	Visit() (Visit, bool)
	Guard() Guards
	Calendar() calendar.Calendar
}

// Changes are the entities a decision made or changed, in their new form.
type Changes struct {
	Parcels      map[string]Parcel
	Compartments map[string]Compartment
	Openings     map[string]Opening
	Credentials  map[string]Credential
	Couriers     map[string]CourierRecord
	Keys         map[string]KeyRecord
	Recipients   map[string]Recipient
	Visit        *Visit // an empty ID means that the visit has ended
	Guard        *Guards
	Calendar     *calendar.Calendar
}

// A KeyRecord is a key with the hash of its token.
type KeyRecord struct {
	Key
	SHA256 string `json:"sha256"`
}

// A Decision is what a command leads to.
type Decision struct {
	Facts  []Fact
	Orders []door.Order // to be given to the hardware after the commit, never before
	Prints []PrintOrder // the same, to the printer
	Heard  view.Heard   // how the page answers a scan for some seconds; empty: there was none, or another page is the answer
	Changes
}

func put[V any](m *map[string]V, key string, v V) {
	if *m == nil {
		*m = make(map[string]V, 4)
	}
	(*m)[key] = v
}
