package station

import (
	"context"
	"fmt"
	"slices"

	"github.com/google/uuid"

	"cubby/locker"
	"cubby/locker/ledger"
	"cubby/locker/store"
)

// memory is the state as the writer sees it: what is small and always needed is
// in memory, the rest in the store. Only the writer touches it.
type memory struct {
	*ledger.Memory
	timesMoved bool // something may have become due earlier
}

func (m *memory) world() locker.World { return locker.NewWorld(m) }

// visit is who is at a terminal; its ID is empty when nobody is.
func (m *memory) visit(terminal string) locker.Visit {
	v, _ := m.world().Visit(terminal)
	return v
}

// alone reports whether nobody is at any terminal.
func (m *memory) alone() bool { return len(m.world().Visits()) == 0 }

func loadMemory(ctx context.Context, cfg Config) (*memory, error) {
	m := &memory{ledger.NewMemory(cfg.Store.Rows()), true}
	for _, spec := range locker.Ledger.Tables() {
		if !spec.Whole() || spec == locker.Compartments.Spec {
			continue
		}
		rows, err := cfg.Store.Load(ctx, spec)
		if err != nil {
			return nil, fmt.Errorf("read the station's state: %w", err)
		}
		for _, r := range rows {
			m.Set(spec, r)
		}
	}
	kept, err := store.All(ctx, cfg.Store, locker.Compartments)
	if err != nil {
		return nil, fmt.Errorf("read the wall: %w", err)
	}
	return m, m.takeWall(ctx, cfg, kept)
}

// takeWall takes the doors that the configuration names, in its order, with what
// is known of them, and the parcels behind them.
func (m *memory) takeWall(ctx context.Context, cfg Config, kept []locker.Compartment) error {
	known := map[string]locker.Compartment{}
	for _, c := range kept {
		known[c.Number] = c
	}
	var wall []locker.Compartment
	forced := map[string]bool{} // banks; the configuration may have moved doors between them
	for _, c := range cfg.Compartments {
		c = adopt(c, known[c.Number])
		delete(known, c.Number)
		forced[c.Bank] = forced[c.Bank] || c.Forced
		wall = append(wall, c)
	}
	for _, c := range known {
		if c.Allocation == locker.Occupied || c.Allocation == locker.Reserved {
			return fmt.Errorf("compartment %s holds parcel %s but is not in the configuration: put it back, or empty it first", c.Number, c.Parcel)
		}
	}
	for _, c := range wall {
		c.BankAlarm = forced[c.Bank]
		m.Set(locker.Compartments.Spec, ledger.Row{Key: c.Number, Value: c})
		if c.Parcel == "" {
			continue
		}
		p, _, err := cfg.Store.Parcel(ctx, c.Parcel)
		if locker.CodeOf(err) == locker.NotFound {
			continue
		}
		if err != nil {
			return fmt.Errorf("read parcel %s: %w", c.Parcel, err)
		}
		m.Set(locker.Parcels.Spec, ledger.Row{Key: p.ID, Value: p})
	}
	return nil
}

// adopt joins what the configuration says of a compartment with what is known
// of it.
func adopt(configured, known locker.Compartment) locker.Compartment {
	c := locker.NewCompartment(configured)
	if known.Number == "" {
		return c
	}
	known.Size, known.Inner, known.Bank, known.Accessible = c.Size, c.Inner, c.Bank, c.Accessible
	known.Door, known.Presence = c.Door, c.Presence
	return known
}

// merge takes over what a decision changed. It reports whether the screen or
// the timer may care.
func (m *memory) merge(ch ledger.Changes) bool {
	moved := false
	visits := m.world().Visits()
	shown := func(parcel string) bool {
		return slices.ContainsFunc(visits, func(v locker.Visit) bool { return parcel == v.Parcel || parcel == v.Last })
	}
	ch.Each(func(spec *ledger.Spec, r ledger.Row) {
		switch spec {
		case locker.Parcels.Spec:
			p, _ := r.Value.(locker.Parcel)
			moved = moved || p.Compartment != "" || shown(r.Key)
		case locker.Compartments.Spec, locker.Openings.Spec, locker.Visits.Spec, locker.PINGuard.Spec, locker.CalendarNow.Spec:
			moved = true
		}
		m.Set(spec, r)
	})
	return moved
}

// newID draws an unguessable id.
func newID() string { return uuid.NewString() }
