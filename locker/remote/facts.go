package remote

import (
	"maps"
	"slices"
	"time"

	"cubby/locker/ledger"
)

type (
	// Decided: a command was weighed. Why is for the station alone: the centre is told
	// Obeyed or Refused.
	Decided struct {
		Command     string    `json:"command_id"`
		Number      string    `json:"number,omitempty"` // empty: it was not signed, or not for now
		What        string    `json:"what,omitempty"`
		Compartment string    `json:"compartment,omitempty"` // if there is this door
		OrderedBy   string    `json:"ordered_by,omitempty"`
		Why         string    `json:"why,omitempty"` // it is refused; empty: it is obeyed
		Issued      time.Time `json:"issued,omitzero"`
		Expires     time.Time `json:"expires,omitzero"`
		At          time.Time `json:"at"` // by the calendar
		Moment
		Reason string `json:"reason,omitempty"` // of a door that is disabled
	}

	// Obeyed: the station carries a command out. What becomes of an opening, its own facts say.
	Obeyed struct {
		Command     string `json:"command_id"`
		What        string `json:"what"`
		Compartment string `json:"compartment,omitempty"`
		Parcel      string `json:"parcel_id,omitempty"` // what is bound to the door that opens
		Order       string `json:"order_id,omitempty"`
		Opening     string `json:"opening,omitempty"`
		OrderedBy   string `json:"ordered_by"`
		Reason      string `json:"reason,omitempty"`
	}

	// Refused: the station does not carry a command out. This is all the centre is told,
	// whatever was wrong with it.
	Refused struct {
		Command string `json:"command_id"`
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
	for _, key := range Numbers.Keys(s) {
		if n, _ := Numbers.Get(s, key); !f.At.Before(n.Expires.Add(Skew)) {
			Numbers.Delete(s, key)
			spent.forget(n.Issued)
		}
	}
	if f.Why == Flood {
		spent.forget(f.Issued)
	} else {
		Numbers.Put(s, f.Number, Number{f.Issued, f.Expires})
	}
	if f.Why == "" {
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
	case Restart:
		s.Restarted = &f.Moment
	case Disable:
		if s.Disabled == nil {
			s.Disabled = map[string]string{}
		}
		s.Disabled[f.Compartment] = f.Reason
	case Enable:
		delete(s.Disabled, f.Compartment)
	}
}

// Type is the fact's name; Subject and Published as for every fact.
func (Obeyed) Type() string      { return "remote.command_obeyed" }
func (f Obeyed) Subject() string { return subject(f.Compartment) }
func (Obeyed) Published() bool   { return true }

// Apply: Decided has changed what changes.
func (*Obeyed) Apply(*ledger.State, time.Time) {}

// Type is the fact's name; Subject and Published as for every fact.
func (Refused) Type() string    { return "remote.command_refused" }
func (Refused) Subject() string { return "station" }
func (Refused) Published() bool { return true }

// Apply: likewise.
func (*Refused) Apply(*ledger.State, time.Time) {}
