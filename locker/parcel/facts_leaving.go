package parcel

import (
	"time"

	"cubby/locker/ledger"
	"cubby/locker/people"
	"cubby/locker/wall"
)

// Facts about parcels that go another way. By is the id of who of the staff it was; it is
// empty for a client of the endpoint.
type (
	// ParcelRedirected: it is collected at another place. Its code opens no door here.
	ParcelRedirected struct {
		OfParcel
		Compartment string `json:"compartment,omitempty"` // where it waits to be taken out
		To          string `json:"to"`                    // "counter", or the id of a station
		Name        string `json:"to_name,omitempty"`
		Reason      string `json:"reason,omitempty"`
		By          string `json:"by,omitempty"`
		Bearer      bool   `json:"bearer,omitempty"` // its bearer asked for it
		Final       bool   `json:"final,omitempty"`  // it had not come: nothing more follows here
	}
	// ParcelRecalled: the shop wants it back. Its code opens no door.
	ParcelRecalled struct {
		OfParcel
		Compartment string `json:"compartment,omitempty"`
		Reason      string `json:"reason,omitempty"`
		By          string `json:"by,omitempty"`
	}
	// ParcelStays: it is not to leave any more, and its code is good again. Why: redirected,
	// recalled.
	ParcelStays struct {
		OfParcel
		Compartment string `json:"compartment,omitempty"`
		Why         string `json:"why"`
		Reason      string `json:"reason,omitempty"`
		By          string `json:"by,omitempty"`
	}
	// ParcelRemoved: it was given away, to go where it is meant to. Why: redirected, recalled,
	// expired.
	ParcelRemoved struct {
		OfParcel
		Compartment string `json:"compartment,omitempty"` // where it was; empty: at the counter
		Why         string `json:"why"`
		To          string `json:"to,omitempty"`
		Name        string `json:"to_name,omitempty"`
		Reason      string `json:"reason,omitempty"`
		By          string `json:"by,omitempty"`
	}
)

// expiredOver is why a parcel is removed that nothing else was said of.
const expiredOver = "expired"

func (ParcelRedirected) Type() string { return "parcel.redirected" }

func (f *ParcelRedirected) Apply(s *ledger.State, at time.Time) {
	changeParcel(s, f.ParcelID, func(p *Parcel) {
		p.leaves(Leaving{at, ToElsewhere, f.To, f.Name, f.Reason, f.By == people.Centre.ID})
		if f.Final {
			p.State, p.EndedAt, p.OnHold = Redirected, &at, nil
		}
	})
}

func (ParcelRecalled) Type() string { return "parcel.recalled" }

func (f *ParcelRecalled) Apply(s *ledger.State, at time.Time) {
	changeParcel(s, f.ParcelID, func(p *Parcel) {
		p.leaves(Leaving{Since: at, Why: ToSender, Reason: f.Reason, Centre: f.By == people.Centre.ID})
	})
}

// leaves notes that it is to leave; told anew, since when stays.
func (p *Parcel) leaves(l Leaving) {
	if was := p.Leaving; was != nil && was.Why == l.Why {
		l.Since, l.Centre = was.Since, was.Centre || l.Centre
	}
	p.Leaving = &l
}

func (ParcelStays) Type() string { return "parcel.stays" }

func (f *ParcelStays) Apply(s *ledger.State, _ time.Time) {
	changeParcel(s, f.ParcelID, func(p *Parcel) { p.Leaving = nil })
}

func (ParcelRemoved) Type() string { return "parcel.removed" }

func (f *ParcelRemoved) Apply(s *ledger.State, at time.Time) {
	changeParcel(s, f.ParcelID, func(p *Parcel) {
		p.State, p.Compartment, p.EndedAt, p.ToCheck, p.OnHold = Returned, "", &at, false, nil
		p.CounterAt = nil
		if f.Why == ToElsewhere {
			p.State = Redirected
		}
	})
	wall.Unbind(s, f.Compartment, f.ParcelID)
	endCredentials(s, f.ParcelID, Revoked)
}
