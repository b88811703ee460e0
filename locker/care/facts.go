package care

import (
	"cmp"
	"slices"
	"time"

	"cubby/locker/ledger"
)

// OfCase names the case a fact is about.
type OfCase struct {
	Case string `json:"case"` // its number
}

// Subject of a fact about a case.
func (o OfCase) Subject() string { return "cases/" + o.Case }

// Published: the feed tells what happens to cases.
func (o OfCase) Published() bool { return true }

type (
	// CaseOpened: a customer has said that something is wrong at a door, or a door could not
	// be opened for its bearer.
	CaseOpened struct {
		OfCase
		Kind        Kind   `json:"kind"`
		Parcel      string `json:"parcel_id"`
		Order       string `json:"order_id,omitempty"`
		Compartment string `json:"compartment"`
	}
	// CaseClosed: it was seen to.
	CaseClosed struct {
		OfCase
		Parcel string `json:"parcel_id"`
		Note   string `json:"note"`
		By     string `json:"by,omitempty"` // id of who of the staff it was
	}
	// CaseRenamed: its parcel, which a courier had brought, was announced and has another id
	// from now on.
	CaseRenamed struct {
		OfCase
		Parcel string `json:"parcel_id"`
	}
	// CasesForgotten: they were closed long ago.
	CasesForgotten struct {
		Cases []string `json:"cases"`
	}
)

// Type is the fact's name.
func (CaseOpened) Type() string { return "case.opened" }

// Apply begins the case.
func (f *CaseOpened) Apply(s *ledger.State, at time.Time) {
	Cases.Put(s, f.Case, Case{
		Number: f.Case, Kind: f.Kind, State: Open, Parcel: f.Parcel, Order: f.Order, Door: f.Compartment,
		Opened: at.UTC().Round(0), Rev: 1,
	})
}

// Type is the fact's name.
func (CaseClosed) Type() string { return "case.closed" }

// Apply ends it.
func (f *CaseClosed) Apply(s *ledger.State, at time.Time) {
	Cases.Change(s, f.Case, func(c *Case) {
		at := at.UTC().Round(0)
		c.State, c.ClosedAt, c.Note, c.By = Closed, &at, f.Note, f.By
		c.Rev++
	})
}

// Type is the fact's name.
func (CaseRenamed) Type() string { return "case.renamed" }

// Published: the feed tells that the parcel was renamed.
func (CaseRenamed) Published() bool { return false }

// Apply has the case be about that parcel.
func (f *CaseRenamed) Apply(s *ledger.State, _ time.Time) {
	Cases.Change(s, f.Case, func(c *Case) {
		c.Parcel = f.Parcel
		c.Rev++
	})
}

// Type is the fact's name.
func (CasesForgotten) Type() string { return "case.forgotten" }

// Subject of a fact about many cases.
func (CasesForgotten) Subject() string { return "station" }

// Published: the feed does not tell it.
func (CasesForgotten) Published() bool { return false }

// Apply forgets them.
func (f *CasesForgotten) Apply(s *ledger.State, _ time.Time) {
	for _, number := range f.Cases {
		Cases.Delete(s, number)
	}
}

func sortByAge(all []Case) {
	slices.SortFunc(all, func(a, b Case) int {
		return cmp.Or(a.Opened.Compare(b.Opened), cmp.Compare(a.Number, b.Number))
	})
}
