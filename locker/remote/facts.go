package remote

import (
	"maps"
	"slices"
	"time"

	"cubby/locker/ledger"
)

type (
	// Decided: a command was weighed. Who ordered it, and why it is refused, is for the
	// station alone: the centre is told CommandObeyed or CommandRefused.
	Decided struct {
		Command     string    `json:"command_id"`
		Number      string    `json:"number,omitempty"` // empty: it was not signed, or not for now
		What        string    `json:"what,omitempty"`
		Compartment string    `json:"compartment,omitempty"` // if there is this door
		OrderedBy   string    `json:"ordered_by,omitempty"`
		Reason      string    `json:"reason,omitempty"`  // of who ordered it
		Refused     string    `json:"refused,omitempty"` // why; empty: it is obeyed
		Issued      time.Time `json:"issued,omitzero"`
		Expires     time.Time `json:"expires,omitzero"`
		At          time.Time `json:"at"` // by the calendar
		Moment
	}

	// CommandObeyed: the station carries a command out. What becomes of an opening, its own facts say.
	CommandObeyed struct {
		Command     string `json:"command_id"`
		What        string `json:"what"`
		Compartment string `json:"compartment,omitempty"`
		Parcel      string `json:"parcel_id,omitempty"` // what is bound to the door that opens
		Order       string `json:"order_id,omitempty"`
		Opening     string `json:"opening,omitempty"`
	}

	// CommandRefused: the station does not carry a command out. This is all the centre is told,
	// whatever was wrong with it.
	CommandRefused struct {
		Command string `json:"command_id"`
	}

	// PastForgotten: the log does not have all that happened. What was ordered before counts
	// as used up, and as many doors as there may be as opened just now.
	PastForgotten struct {
		At time.Time `json:"at"` // by the calendar
		Moment
	}
)

func subject(compartment string) string {
	if compartment == "" {
		return "station"
	}
	return "compartments/" + compartment
}

// Type is the fact's name; Subject and Published as for every fact.
func (Decided) Type() string      { return "remote.decided" }
func (f Decided) Subject() string { return subject(f.Compartment) }
func (Decided) Published() bool   { return false }

// Apply notes the number, and what the command has used up.
func (f *Decided) Apply(s *ledger.State, _ time.Time) {
	if f.Number == "" {
		return
	}
	spent := SpentNow.Read(s)
	for _, n := range over.Until(s, f.At) {
		Numbers.Delete(s, n.ID)
		spent.forget(n.Issued)
	}
	if f.Refused == Flood {
		spent.forget(f.Issued)
	} else {
		Numbers.Put(s, f.Number, Number{f.Number, f.Issued, f.Expires})
	}
	if f.Refused == "" {
		spent.use(f)
	}
	SpentNow.Write(s, spent)
}

// forget has nothing that is as old be obeyed from now on.
func (s *Spent) forget(issued time.Time) {
	if issued.After(s.NotBefore) {
		s.NotBefore = issued
	}
}

// use counts what is obeyed.
func (s *Spent) use(f *Decided) {
	s.Disabled = maps.Clone(s.Disabled)
	switch f.What {
	case Open:
		s.Openings = append(slices.Clone(s.Openings), f.Moment)
		s.Openings = s.Openings[max(0, len(s.Openings)-Ceiling):]
		s.Door = f.Compartment
		delete(s.Disabled, f.Compartment) // staff are to look before it is used again
	case Restart:
		s.Restarted = &f.Moment
	case Disable:
		if s.Disabled == nil {
			s.Disabled = map[string]string{}
		}
		s.Disabled[f.Compartment] = disabled(f.Reason)
	case Enable:
		delete(s.Disabled, f.Compartment)
	}
}

// Type is the fact's name; Subject and Published as for every fact.
func (CommandObeyed) Type() string      { return "remote.command_obeyed" }
func (f CommandObeyed) Subject() string { return subject(f.Compartment) }
func (CommandObeyed) Published() bool   { return true }

// Apply changes nothing: Decided has.
func (*CommandObeyed) Apply(*ledger.State, time.Time) {}

// Type is the fact's name; Subject and Published as for every fact.
func (CommandRefused) Type() string    { return "remote.command_refused" }
func (CommandRefused) Subject() string { return "station" }
func (CommandRefused) Published() bool { return true }

// Apply changes nothing: Decided has.
func (*CommandRefused) Apply(*ledger.State, time.Time) {}

// Type is the fact's name; Subject and Published as for every fact.
func (PastForgotten) Type() string    { return "remote.past_forgotten" }
func (PastForgotten) Subject() string { return "station" }
func (PastForgotten) Published() bool { return false }

// Apply uses everything up.
func (f *PastForgotten) Apply(s *ledger.State, _ time.Time) {
	spent := SpentNow.Read(s)
	spent.Openings = slices.Repeat([]Moment{f.Moment}, Ceiling)
	spent.Restarted = &f.Moment
	spent.forget(f.At)
	SpentNow.Write(s, spent)
}
