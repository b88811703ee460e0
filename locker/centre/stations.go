package centre

import (
	"time"

	"cubby/locker/ledger"
	"cubby/locker/plain"
	"cubby/locker/view"
	"cubby/locker/visit"
)

// A Neighbour is another station of the same centre, as people are told of it.
type Neighbour struct {
	Station string `json:"station"` // this station's id at that centre
	ID      string `json:"id"`      // of the other one
	Name    string `json:"name"`
	Address string `json:"address,omitempty"` // in one line
}

// Neighbours are by the line and their ids, and are read when they are asked for.
var Neighbours = ledger.NewTable[Neighbour]("centre_stations", "thing")

const (
	neighbours = "stations" // the collection
	mostPlace  = 200        // characters of an address
)

type (
	// KeepNeighbour puts name and address of a station in place of those before. Repeating it
	// changes nothing.
	KeepNeighbour struct{ ID, Name, Address string }
	// DropNeighbour forgets one.
	DropNeighbour struct{ ID string }

	// NeighbourKept: people who belong to that station are sent there by this name.
	NeighbourKept struct {
		ID      string `json:"id"`
		Name    string `json:"name"`
		Address string `json:"address,omitempty"`
	}
	// NeighbourDropped: there is none of that id any more.
	NeighbourDropped struct {
		ID string `json:"id"`
	}
)

// NeighbourOf reads a station of the centre that this station belongs to.
func NeighbourOf(s *ledger.State, id string) (Neighbour, bool) {
	return Neighbours.Get(s, row(s, neighbours, id))
}

// Decide refuses what fits on no page.
func (c KeepNeighbour) Decide(t *visit.Turn) error {
	if err := plain.Check(c.Name, mostName, "name", "/name"); err != nil {
		return err
	}
	if c.Address != "" {
		if err := plain.Check(c.Address, mostPlace, "address", "/address"); err != nil {
			return err
		}
	}
	if n, _ := NeighbourOf(t.State, c.ID); n.Name != c.Name || n.Address != c.Address {
		t.Emit(&NeighbourKept{c.ID, c.Name, c.Address})
	}
	return nil
}

// Decide changes nothing when there is none.
func (c DropNeighbour) Decide(t *visit.Turn) error {
	if _, ok := NeighbourOf(t.State, c.ID); ok {
		t.Emit(&NeighbourDropped{c.ID})
	}
	return nil
}

// Type is the fact's name; Subject and Published as for every fact.
func (NeighbourKept) Type() string      { return "centre.station_kept" }
func (f NeighbourKept) Subject() string { return "stations/" + f.ID }
func (NeighbourKept) Published() bool   { return false }

// Apply keeps it.
func (f *NeighbourKept) Apply(s *ledger.State, _ time.Time) {
	Neighbours.Put(s, row(s, neighbours, f.ID), Neighbour{Now.Read(s).Station, f.ID, f.Name, f.Address})
}

// Type is the fact's name; Subject and Published as for every fact.
func (NeighbourDropped) Type() string      { return "centre.station_dropped" }
func (f NeighbourDropped) Subject() string { return "stations/" + f.ID }
func (NeighbourDropped) Published() bool   { return false }

// Apply forgets it.
func (f *NeighbourDropped) Apply(s *ledger.State, _ time.Time) {
	Neighbours.Delete(s, row(s, neighbours, f.ID))
}

// sends names the station that the bearer of a code is sent to: by the centre's words, or not
// at all. An id tells nobody where to go.
func sends(s *ledger.State, out *view.View) {
	if out.Pickup == nil || out.Pickup.Told == nil || out.Pickup.Told.Station == "" {
		return
	}
	told := *out.Pickup.Told
	n, _ := NeighbourOf(s, told.Station)
	told.Station, told.Address = n.Name, n.Address
	out.Pickup.Told = &told
}
