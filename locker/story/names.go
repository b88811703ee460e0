package story

import (
	"context"
	"slices"
	"strings"

	"cubby/locker/people"
)

// The kinds of actors, as Data["By"] of a line names them.
const (
	Customer = "customer" // whoever has shown the code
	Courier  = "courier"
	// whoever has collected in place of the customer
	Delegate  = "delegate"
	Neighbour = "neighbour"
	Staff     = "staff"
	Tools     = "tools" // the command line
	Shop      = "shop"  // a client of the endpoint
	Centre    = "centre"
)

// tools are the names of the command line, those of older logs too.
var tools = []string{people.Tools.ID, "socket", "files", "terminal"}

// kindOf is the kind of an actor; empty for what is no person: hardware, the clock, a
// screen that has told of a touch.
func kindOf(actor string) string {
	kind, id, _ := strings.Cut(actor, ":")
	switch {
	case actor == "bearer":
		return Customer
	case actor == Delegate, actor == Neighbour:
		return actor
	case kind == "courier" && id != "":
		return Courier
	case actor == people.Centre.ID, actor == people.Centre.Actor():
		return Centre
	case kind == "staff" && slices.Contains(tools, id):
		return Tools
	case kind == "staff" && id != "":
		return Staff
	case kind == "key" && id != "":
		return Shop
	}
	return ""
}

// names are those of all accounts, by actor.
type names map[string]string

func namesOf(ctx context.Context, l Log) (names, error) {
	staff, err := l.Staff(ctx)
	if err != nil {
		return nil, err
	}
	couriers, err := l.Couriers(ctx)
	if err != nil {
		return nil, err
	}
	all := names{}
	for _, e := range staff {
		all["staff:"+e.ID] = e.Name
	}
	for _, c := range couriers {
		all["courier:"+c.ID] = c.Name
	}
	return all, nil
}

// of is the name of an actor; empty for what is no person.
func (n names) of(actor string) string {
	kind := kindOf(actor)
	switch kind {
	case "", Customer, Delegate, Neighbour, Tools, Centre:
		return kind
	}
	if name := n[actor]; name != "" {
		return name
	}
	_, id, _ := strings.Cut(actor, ":")
	return id
}
