package customers

import (
	"slices"
	"time"

	"cubby/locker/ledger"
	"cubby/locker/visit"
)

// NeighbourPurpose is the consent of both: of whoever has named somebody to collect their
// parcels, and of whoever was named. Its withdrawal ends all that rests on it.
const NeighbourPurpose = "neighbour"

// mostNeighbours bounds whom one person names, and who names them.
const mostNeighbours = 5

// A Neighbour is an agreement: By may collect the parcels of Of. Both have records.
type Neighbour struct {
	ID    string    `json:"id"` // random
	Of    string    `json:"of"`
	By    string    `json:"by"`
	Since time.Time `json:"since"`
}

// Neighbours are the agreements that hold.
var (
	Neighbours = ledger.NewTable("neighbours", "id", ledger.InMemory[Neighbour]())
	byPerson   = ledger.NewIndex(Neighbours, "person", func(_ string, n Neighbour) []string {
		return []string{n.Of, n.By}
	})
)

// NeighboursOf are the agreements that somebody is part of, the oldest first.
func NeighboursOf(s *ledger.State, id string) []Neighbour {
	all := byPerson.Find(s, id)
	slices.SortFunc(all, func(a, b Neighbour) int { return a.Since.Compare(b.Since) })
	return all
}

// CollectsFor are the records of those whose parcels somebody may collect.
func CollectsFor(s *ledger.State, id string) (all []Record) {
	for _, n := range NeighboursOf(s, id) {
		if r, ok := Get(s, n.Of); ok && n.By == id {
			all = append(all, r)
		}
	}
	return all
}

type (
	// NameNeighbour has By collect the parcels of Of. Both have agreed. Naming somebody again
	// changes nothing.
	NameNeighbour struct {
		Of, By         string
		Asked, ByAsked Asked      // the purposes are set here
		Made           *Neighbour // set to it when not nil
	}
	// EndNeighbour ends an agreement, as either of both may at any time. Customer is part of it.
	// Repeating it changes nothing.
	EndNeighbour struct{ ID, Customer, Through string }

	// NeighbourNamed: somebody may collect the parcels of somebody else. Who that is, nobody is
	// told but who may read records.
	NeighbourNamed struct {
		OfNeighbour
		Pair NeighbourPair `json:"-"`
	}
	// NeighbourEnded: they may no longer. Reasons: ended, withdrawn, erased.
	NeighbourEnded struct {
		OfNeighbour
		Reason string `json:"reason"`
	}
)

// OfNeighbour names the agreement that a fact is about.
type OfNeighbour struct {
	NeighbourID string `json:"neighbour_id"` // random
}

// Subject of a fact about an agreement.
func (o OfNeighbour) Subject() string { return "neighbours/" + o.NeighbourID }

// Published: the feed tells that there is one, and not between whom.
func (o OfNeighbour) Published() bool { return true }

// NeighbourPair are the random ids of both.
type NeighbourPair struct {
	Of string `json:"of"`
	By string `json:"by"`
}

// Type is the fact's name.
func (NeighbourNamed) Type() string { return "neighbour.named" }

// Private is what the log keeps and the feed does not tell.
func (f *NeighbourNamed) Private() any { return &f.Pair }

// Apply keeps the agreement.
func (f *NeighbourNamed) Apply(s *ledger.State, at time.Time) {
	Neighbours.Put(s, f.NeighbourID, Neighbour{f.NeighbourID, f.Pair.Of, f.Pair.By, at.UTC().Round(0)})
}

// Type is the fact's name.
func (NeighbourEnded) Type() string { return "neighbour.ended" }

// Apply ends it.
func (f *NeighbourEnded) Apply(s *ledger.State, _ time.Time) { Neighbours.Delete(s, f.NeighbourID) }

// Decide refuses what only one of both wants.
func (c NameNeighbour) Decide(t *visit.Turn) error {
	of, err := find(t, c.Of, ledger.Condition{})
	if err != nil {
		return err
	}
	by, err := find(t, c.By, ledger.Condition{})
	if err != nil {
		return err
	}
	if !SettingsOf(t.Policy).Neighbours {
		return ledger.Refuse(ledger.Conflict, "neighbours-not-allowed",
			"nobody collects for neighbours here; [customers] neighbours = true in the station's "+
				"configuration allows it")
	}
	if of.ID == by.ID {
		return ledger.Refuse(ledger.Invalid, "same-person",
			"nobody is their own neighbour; name somebody else").At("/by")
	}
	c.Asked.Purpose, c.ByAsked.Purpose = NeighbourPurpose, NeighbourPurpose
	if err := refused(append(c.Asked.mistakes("/asked"), c.ByAsked.mistakes("/by_asked")...)); err != nil {
		return err
	}
	named, names := 0, 0
	for _, n := range NeighboursOf(t.State, of.ID) {
		switch {
		case n.Of == of.ID && n.By == by.ID:
			if c.Made != nil {
				*c.Made = n
			}
			return nil
		case n.Of == of.ID:
			named++
		}
	}
	for _, n := range NeighboursOf(t.State, by.ID) {
		if n.By == by.ID {
			names++
		}
	}
	if max(named, names) >= mostNeighbours {
		return ledger.Refuse(ledger.Conflict, "too-many-neighbours",
			"a person names at most %d others, and collects for at most %d; end one of them first",
			mostNeighbours, mostNeighbours)
	}
	for _, one := range []struct {
		who   Record
		asked Asked
	}{{of, c.Asked}, {by, c.ByAsked}} {
		if !one.who.Consented(NeighbourPurpose) {
			t.Emit(&Consented{OfCustomer{one.who.ID}, NeighbourPurpose, one.asked.Through, one.asked.Text})
		}
		use(t, one.who.ID)
	}
	id := t.NewID()
	t.Emit(&NeighbourNamed{OfNeighbour{id}, NeighbourPair{of.ID, by.ID}})
	if c.Made != nil {
		*c.Made, _ = Neighbours.Get(t.State, id)
	}
	return nil
}

// Decide ends it for both.
func (c EndNeighbour) Decide(t *visit.Turn) error {
	if _, err := find(t, c.Customer, ledger.Condition{}); err != nil {
		return err
	}
	if !slices.Contains(Ways, c.Through) {
		return badWay("/through")
	}
	n, ok := Neighbours.Get(t.State, c.ID)
	if !ok || n.Of != c.Customer && n.By != c.Customer {
		return nil
	}
	t.Emit(&NeighbourEnded{OfNeighbour{n.ID}, "ended"})
	for _, id := range []string{n.Of, n.By} { // a consent to nothing is none
		if r, ok := Get(t.State, id); ok && r.Consented(NeighbourPurpose) && len(NeighboursOf(t.State, id)) == 0 {
			t.Emit(&Withdrew{OfCustomer{id}, NeighbourPurpose, c.Through})
		}
	}
	return nil
}

// endNeighbours ends what rests on a consent that was withdrawn, or on a record that is gone.
func endNeighbours(t *visit.Turn) {
	end := func(id, why string) {
		for _, n := range NeighboursOf(t.State, id) {
			t.Emit(&NeighbourEnded{OfNeighbour{n.ID}, why})
		}
	}
	for _, f := range slices.Clone(t.Facts) {
		switch f := f.(type) {
		case *Erased:
			end(f.CustomerID, "erased")
		case *Withdrew:
			if f.Purpose == NeighbourPurpose {
				end(f.CustomerID, "withdrawn")
			}
		}
	}
}
