package station

import (
	"context"
	"fmt"
	"slices"

	"github.com/google/uuid"

	"cubby/locker"
	"cubby/locker/calendar"
	"cubby/locker/door"
	"cubby/locker/store"
)

// memory is the part of the state that is small and always needed: the wall,
// who is there, what is under way, and the parcels bound to doors. The rest
// stays in the store. Only the writer touches it.
type memory struct {
	numbers      []string
	compartments map[string]locker.Compartment
	openings     map[string]locker.Opening
	latest       map[string][]string // compartment -> ids of its openings, newest last
	parcels      map[string]locker.Parcel
	couriers     map[string]locker.CourierRecord
	byHash       map[string]string // badge or PIN hash -> courier id
	keys         map[string]locker.KeyRecord
	visit        locker.Visit
	guard        locker.Guards
	calendar     calendar.Calendar

	timesMoved bool // something may have become due earlier
}

// openingsKept is how many openings of a compartment are remembered.
const openingsKept = 3

func loadMemory(ctx context.Context, cfg Config) (*memory, error) {
	kept, err := cfg.Store.Load(ctx)
	if err != nil {
		return nil, fmt.Errorf("read the station's state: %w", err)
	}
	m := &memory{
		compartments: map[string]locker.Compartment{}, openings: map[string]locker.Opening{}, latest: map[string][]string{},
		parcels: map[string]locker.Parcel{}, couriers: map[string]locker.CourierRecord{}, byHash: map[string]string{},
		keys: map[string]locker.KeyRecord{}, visit: kept.Visit, guard: kept.Guard, calendar: kept.Calendar, timesMoved: true,
	}
	known := map[string]locker.Compartment{}
	for _, c := range kept.Compartments {
		known[c.Number] = c
	}
	for _, c := range cfg.Compartments {
		m.numbers = append(m.numbers, c.Number)
		m.compartments[c.Number] = adopt(c, known[c.Number])
		delete(known, c.Number)
	}
	m.alarm()
	for _, c := range known {
		if c.Allocation == locker.Occupied || c.Allocation == locker.Reserved {
			return nil, fmt.Errorf("compartment %s holds parcel %s but is not in the configuration: put it back, or empty it first", c.Number, c.Parcel)
		}
	}
	for _, o := range kept.Openings {
		m.putOpening(o)
	}
	for _, r := range kept.Couriers {
		m.putCourier(r)
	}
	for _, k := range kept.Keys {
		m.keys[k.Name] = k
	}
	ids := []string{m.visit.Parcel, m.visit.Last}
	for _, c := range m.compartments {
		ids = append(ids, c.Parcel)
	}
	for _, id := range ids {
		if id == "" {
			continue
		}
		p, _, err := cfg.Store.Parcel(ctx, id)
		if locker.CodeOf(err) == locker.NotFound {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("read parcel %s: %w", id, err)
		}
		m.parcels[id] = p
	}
	return m, nil
}

// adopt joins what the configuration says of a compartment with what is known
// of it. A compartment seen for the first time is free and assumed empty.
func adopt(configured, known locker.Compartment) locker.Compartment {
	c := known
	if known.Number == "" {
		c = locker.Compartment{Lock: locker.LockIdle, Allocation: locker.Free, Contents: locker.ContentsEmpty, Evidence: locker.ByInference}
	}
	c.Number, c.Size, c.Inner, c.Bank, c.Accessible = configured.Number, configured.Size, configured.Inner, configured.Bank, configured.Accessible
	c.Door, c.Presence = door.Unknown, door.PresenceUnknown
	return c
}

// alarm works out which banks have a forced door: the configuration may have
// moved doors between them.
func (m *memory) alarm() {
	forced := map[string]bool{}
	for _, c := range m.compartments {
		forced[c.Bank] = forced[c.Bank] || c.Forced
	}
	for n, c := range m.compartments {
		c.BankAlarm = forced[c.Bank]
		m.compartments[n] = c
	}
}

// merge takes over what a decision changed. It reports whether the screen or
// the timer may care.
func (m *memory) merge(ch locker.Changes) bool {
	moved := false
	for _, c := range ch.Compartments {
		m.compartments[c.Number] = c
		moved = true
	}
	for _, o := range ch.Openings {
		m.putOpening(o)
		moved = true
	}
	if ch.Visit != nil {
		m.visit = *ch.Visit
		moved = true
	}
	if ch.Guard != nil {
		m.guard = *ch.Guard
		moved = true
	}
	if ch.Calendar != nil {
		m.calendar = *ch.Calendar
		moved = true
	}
	for id, p := range ch.Parcels {
		if p.Compartment != "" || id == m.visit.Parcel || id == m.visit.Last {
			m.parcels[id] = p
			moved = true
		} else {
			delete(m.parcels, id)
		}
	}
	if ch.Visit != nil {
		m.forgetParcels()
	}
	for _, r := range ch.Couriers {
		m.putCourier(r)
	}
	for name, k := range ch.Keys {
		m.keys[name] = k
	}
	return moved
}

// forgetParcels drops the parcels that neither a door nor the visit holds.
func (m *memory) forgetParcels() {
	for id, p := range m.parcels {
		if p.Compartment == "" && id != m.visit.Parcel && id != m.visit.Last {
			delete(m.parcels, id)
		}
	}
}

func (m *memory) putOpening(o locker.Opening) {
	if _, ok := m.openings[o.ID]; !ok {
		ids := append(m.latest[o.Compartment], o.ID)
		for len(ids) > openingsKept && !m.openings[ids[0]].UnderWay() {
			delete(m.openings, ids[0])
			ids = ids[1:]
		}
		m.latest[o.Compartment] = ids
	}
	m.openings[o.ID] = o
}

func (m *memory) putCourier(r locker.CourierRecord) {
	m.couriers[r.ID] = r
	m.byHash[r.BadgeHash] = r.ID
	m.byHash[r.PINHash] = r.ID
	if holder, taken := m.CourierByHash(r.CardHash); r.CardHash == "" || taken && r.Removed && !holder.Removed {
		return // a card can go from a courier who was removed to another
	}
	m.byHash[r.CardHash] = r.ID
}

func (m *memory) Numbers() []string { return m.numbers }

func (m *memory) Compartment(number string) (locker.Compartment, bool) {
	c, ok := m.compartments[number]
	return c, ok
}

func (m *memory) Opening(id string) (locker.Opening, bool) {
	o, ok := m.openings[id]
	return o, ok
}

func (m *memory) OpeningsOf(compartment string) []locker.Opening {
	ids := m.latest[compartment]
	if len(ids) == 0 {
		return nil
	}
	all := make([]locker.Opening, 0, len(ids))
	for _, id := range slices.Backward(ids) {
		all = append(all, m.openings[id])
	}
	return all
}

func (m *memory) Courier(id string) (locker.CourierRecord, bool) {
	r, ok := m.couriers[id]
	return r, ok
}

func (m *memory) CourierByHash(hash string) (locker.CourierRecord, bool) {
	return m.Courier(m.byHash[hash])
}

func (m *memory) Key(name string) (locker.KeyRecord, bool) {
	k, ok := m.keys[name]
	return k, ok
}

func (m *memory) Visit() (locker.Visit, bool) { return m.visit, m.visit.ID != "" }
func (m *memory) Guard() locker.Guards        { return m.guard }
func (m *memory) Calendar() calendar.Calendar { return m.calendar }

// Parcel finds parcels bound to a door or to the visit only; see deciding.
func (m *memory) Parcel(id string) (locker.Parcel, bool) {
	p, ok := m.parcels[id]
	return p, ok
}

func (m *memory) ByLabel([]string) []locker.Parcel                             { return nil }
func (m *memory) Announced(string, []string) (*locker.Parcel, []locker.Parcel) { return nil, nil }
func (m *memory) Recipient(string) *locker.Recipient                           { return nil }
func (m *memory) Credential(string) (locker.Credential, bool)                  { return locker.Credential{}, false }
func (m *memory) CredentialsOf(string) []locker.Credential                     { return nil }

// deciding is the whole state: memory first, then the store within the commit
// being made.
type deciding struct {
	*memory
	tx *store.Tx
}

func (d deciding) Parcel(id string) (locker.Parcel, bool) {
	if id == "" {
		return locker.Parcel{}, false
	}
	if p, ok := d.memory.Parcel(id); ok {
		return p, true
	}
	return d.tx.Parcel(id)
}

func (d deciding) Opening(id string) (locker.Opening, bool) {
	if o, ok := d.memory.Opening(id); ok || id == "" {
		return o, ok
	}
	return d.tx.Opening(id)
}

func (d deciding) ByLabel(keys []string) []locker.Parcel { return d.tx.ByLabel(keys) }
func (d deciding) Announced(id string, keys []string) (*locker.Parcel, []locker.Parcel) {
	return d.tx.Announced(id, keys)
}
func (d deciding) Recipient(parcel string) *locker.Recipient        { return d.tx.Recipient(parcel) }
func (d deciding) Credential(hash string) (locker.Credential, bool) { return d.tx.Credential(hash) }
func (d deciding) CredentialsOf(parcel string) []locker.Credential  { return d.tx.CredentialsOf(parcel) }

// newID draws an unguessable id.
func newID() string { return uuid.NewString() }
