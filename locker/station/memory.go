package station

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/google/uuid"

	"cubby/locker/centre"
	"cubby/locker/desk"
	"cubby/locker/ledger"
	"cubby/locker/parcel"
	"cubby/locker/people"
	"cubby/locker/shop"
	"cubby/locker/stock"
	"cubby/locker/store"
	"cubby/locker/visit"
	"cubby/locker/wall"
)

// memory is the state as the writer sees it: what is small and always needed is
// in memory, the rest in the store. Only the writer touches it.
type memory struct {
	*ledger.Memory
	timesMoved bool // something may have become due earlier
}

func (m *memory) state() *ledger.State { return ledger.NewState(m) }

// visit is who is at a terminal; its ID is empty when nobody is.
func (m *memory) visit(terminal string) visit.Visit {
	v, _ := visit.Visits.Get(m.state(), cmp.Or(terminal, visit.Kiosk))
	return v
}

// alone reports whether nobody is at any terminal who would wait for the writer.
// Staff are signed in for hours, and wait when they have a door opened.
func (m *memory) alone() bool {
	return !slices.ContainsFunc(visit.Visits.All(m.state()), func(v visit.Visit) bool {
		return v.Kind != desk.Kind || v.Opening != ""
	})
}

func loadMemory(ctx context.Context, cfg Config) (*memory, error) {
	m := &memory{ledger.NewMemory(cfg.Store.Rows()), true}
	for _, spec := range cfg.Rules.Ledger.Tables() {
		if open := spec.TakenUp(); open != "" {
			for _, r := range cfg.Store.Rows().Rows(spec, open, ledger.Open) {
				m.Set(spec, r)
			}
		}
		if !spec.Whole() || spec == wall.Compartments.Spec {
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
	kept, err := store.All(ctx, cfg.Store, wall.Compartments)
	if err != nil {
		return nil, fmt.Errorf("read the wall: %w", err)
	}
	return m, m.takeWall(ctx, cfg, kept)
}

// takeWall takes the doors that the configuration names, in its order, with what
// is known of them, and the parcels behind them.
func (m *memory) takeWall(ctx context.Context, cfg Config, kept []wall.Compartment) error {
	known := map[string]wall.Compartment{}
	for _, c := range kept {
		known[c.Number] = c
	}
	var all []wall.Compartment
	forced := map[string]bool{} // banks; the configuration may have moved doors between them
	for _, c := range cfg.Compartments {
		c = adopt(c, known[c.Number])
		delete(known, c.Number)
		forced[c.Bank] = forced[c.Bank] || c.Forced
		all = append(all, c)
	}
	for _, c := range known {
		if c.Allocation == wall.ForSale {
			return fmt.Errorf("behind compartment %s lie goods for sale but it is not in the configuration: put "+
				"it back, or take them out first", c.Number)
		}
		if c.Allocation == wall.Occupied || c.Allocation == wall.Reserved {
			return fmt.Errorf("compartment %s holds parcel %s but is not in the configuration: put "+
				"it back, or "+
				"empty it first", c.Number, c.Parcel)
		}
	}
	for _, c := range all {
		c.BankAlarm = forced[c.Bank]
		m.Set(wall.Compartments.Spec, ledger.Row{Key: c.Number, Value: c})
		if c.Parcel == "" {
			continue
		}
		p, _, err := cfg.Store.Parcel(ctx, c.Parcel)
		if ledger.CodeOf(err) == ledger.NotFound {
			continue
		}
		if err != nil {
			return fmt.Errorf("read parcel %s: %w", c.Parcel, err)
		}
		m.Set(parcel.Parcels.Spec, ledger.Row{Key: p.ID, Value: p})
	}
	return nil
}

// adopt joins what the configuration says of a compartment with what is known
// of it.
func adopt(configured, known wall.Compartment) wall.Compartment {
	c := wall.NewCompartment(configured)
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
	visits := visit.Visits.All(m.state())
	shown := func(parcel string) bool {
		return slices.ContainsFunc(visits, func(v visit.Visit) bool {
			return parcel == v.Parcel || parcel == v.Last
		})
	}
	ch.Each(func(spec *ledger.Spec, r ledger.Row) {
		switch spec {
		case parcel.Parcels.Spec:
			p, _ := r.Value.(parcel.Parcel)
			moved = moved || p.Compartment != "" || shown(r.Key)
		case shop.Sales.Spec, stock.Behind.Spec:
			moved = moved || slices.ContainsFunc(visits,
				func(v visit.Visit) bool { return v.Kind == shop.Visit })
		case wall.Compartments.Spec, wall.Openings.Spec, visit.Visits.Spec, people.PINGuard.Spec,
			visit.CalendarNow.Spec, visit.Calls.Spec, centre.Texts.Spec, centre.SettingsNow.Spec:
			moved = true
		}
		m.timesMoved = m.timesMoved || r.Value != nil && !spec.DueAt(r.Value).IsZero()
		m.Set(spec, r)
	})
	return moved
}

// newID draws an unguessable id.
func newID() string { return uuid.NewString() }
