// Package ledger is the kernel that the rooms of the domain stand on: facts,
// the tables they change, and reading both back.
//
// A Fact is something that happened. It is written to the log once and never
// changed, and it knows how it changes the tables (Apply). A Table is declared
// once by the room that owns it; the overlay of a decision that is being made,
// saving, loading and replaying the log are generic. A Module lists the facts
// and tables of one room.
//
// Nothing here does I/O or keeps time. A State belongs to one goroutine.
package ledger

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"time"
)

// A Fact is something that happened and is never taken back. Its JSON form is
// its public data: no personal data, no secret.
type Fact interface {
	Type() string    // stable name, for example "parcel.stored"
	Subject() string // what it is about, for example "parcels/8f3a"
	Published() bool // false: the station's own bookkeeping, left out of the change feed

	// Apply changes the tables. It is the only place where they change, so that
	// replaying the log gives the same tables. It must not depend on anything
	// but the fact, the tables and the wall time at which the fact was decided.
	Apply(s *State, at time.Time)
}

// A PrivatePart is a part of a fact that is kept in the log but left out of the feed.
type PrivatePart interface {
	Fact
	Private() any // pointer to the part, for writing and for reading back
}

// An Effect is something that is to happen in the world after a decision was
// committed, and never before. Whoever runs the decisions has a handler for each
// kind; what came of it comes back as a command.
type Effect interface{ Kind() string }

// A Module is what one room brings to the ledger.
type Module struct {
	Name string
	// Facts has one value of every type of fact, by pointer. A Go type that
	// stands for several fact types is listed once for each, told apart by its members.
	Facts  []Fact
	Tables []*Spec
}

// A Catalogue knows all facts and tables of a program.
type Catalogue struct {
	facts  map[string]Fact
	tables []*Spec
}

// NewCatalogue joins the modules. It panics when two facts or two tables have
// the same name: that is a mistake in the program.
func NewCatalogue(modules ...Module) *Catalogue {
	c := &Catalogue{facts: map[string]Fact{}}
	for _, m := range modules {
		for _, f := range m.Facts {
			if _, taken := c.facts[f.Type()]; taken {
				panic(fmt.Sprintf("ledger: two facts are called %q", f.Type()))
			}
			c.facts[f.Type()] = f
		}
		for _, s := range m.Tables {
			if slices.ContainsFunc(c.tables, func(o *Spec) bool { return o.name == s.name }) {
				panic(fmt.Sprintf("ledger: two tables are called %q", s.name))
			}
			c.tables = append(c.tables, s)
		}
	}
	return c
}

// Tables lists all tables in the order in which they were declared.
func (c *Catalogue) Tables() []*Spec { return c.tables }

// Facts lists one empty fact of each type, in the order of their types.
func (c *Catalogue) Facts() []Fact {
	all := make([]Fact, 0, len(c.facts))
	for _, t := range c.Types() {
		all = append(all, c.facts[t])
	}
	return all
}

// Types lists the names of all facts, sorted.
func (c *Catalogue) Types() []string {
	all := make([]string, 0, len(c.facts))
	for name := range c.facts {
		all = append(all, name)
	}
	slices.Sort(all)
	return all
}

// Published reports whether facts of this type appear in the change feed.
func (c *Catalogue) Published(factType string) bool {
	f, ok := c.facts[factType]
	return ok && f.Published()
}

// PublishedTypes lists the names of all facts that appear in the change feed, sorted.
func (c *Catalogue) PublishedTypes() []string {
	return slices.DeleteFunc(c.Types(), func(name string) bool { return !c.facts[name].Published() })
}

// Read makes a fact from its type, its public data and its private part, as the
// log keeps them. private is empty when the fact has none.
func (c *Catalogue) Read(factType string, data, private []byte) (Fact, error) {
	known, ok := c.facts[factType]
	if !ok {
		return nil, fmt.Errorf("this program does not know the fact %q", factType)
	}
	read := reflect.New(reflect.TypeOf(known).Elem())
	read.Elem().Set(reflect.ValueOf(known).Elem())
	f := read.Interface().(Fact)
	if err := json.Unmarshal(data, f); err != nil {
		return nil, fmt.Errorf("the data of %s: %w", factType, err)
	}
	if p, ok := f.(PrivatePart); ok && len(private) > 0 {
		if err := json.Unmarshal(private, p.Private()); err != nil {
			return nil, fmt.Errorf("the private part of %s: %w", factType, err)
		}
	}
	return f, nil
}
