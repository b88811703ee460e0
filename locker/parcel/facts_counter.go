package parcel

import (
	"time"

	"cubby/locker/ledger"
	"cubby/locker/wall"
)

// Facts about parcels that staff look after. By is the id of who of them it was; it is
// empty for a client of the endpoint, and in logs from before staff had accounts.

// ParcelCounterHeld: staff have taken a parcel out of its door, or have found it again.
type ParcelCounterHeld struct {
	OfParcel
	Compartment string `json:"compartment"` // empty: it was not behind a door
	Reason      string `json:"reason"`
	// KeepsCode: its code and PIN are good at the counter. Without it they are revoked,
	// as they always were while nothing else was known.
	KeepsCode bool   `json:"keeps_code,omitempty"`
	By        string `json:"by,omitempty"`
}

func (ParcelCounterHeld) Type() string { return "parcel.counter_held" }

func (f *ParcelCounterHeld) Apply(s *ledger.State, at time.Time) {
	changeParcel(s, f.ParcelID, func(p *Parcel) {
		if f.KeepsCode || p.State == Missing {
			p.CounterAt, p.EndedAt = &at, nil
		}
		p.State, p.Compartment, p.ToCheck = CounterHeld, "", false
		if p.Leaving.ToCounter() {
			p.Leaving = nil
		}
	})
	wall.Unbind(s, f.Compartment, f.ParcelID)
	if !f.KeepsCode {
		endCredentials(s, f.ParcelID, Revoked)
	}
}

// ParcelHandedOver: staff have given it to its customer at the counter, against its
// code or PIN or for a reason.
type ParcelHandedOver struct {
	OfParcel
	Credential CredentialKind `json:"credential,omitempty"`
	Reason     string         `json:"reason,omitempty"`
	By         string         `json:"by,omitempty"`
}

func (ParcelHandedOver) Type() string { return "parcel.handed_over" }

func (f *ParcelHandedOver) Apply(s *ledger.State, at time.Time) {
	changeParcel(s, f.ParcelID, func(p *Parcel) {
		p.State, p.EndedAt, p.OnHold = Collected, &at, nil
		p.By, _ = f.Credential.whose()
	})
	endCredentials(s, f.ParcelID, Used)
}

// ParcelWrittenOff: staff have looked, and it is gone.
type ParcelWrittenOff struct {
	OfParcel
	Compartment string `json:"compartment,omitempty"` // where it should be; empty: at the counter
	Reason      string `json:"reason"`
	By          string `json:"by,omitempty"`
}

func (ParcelWrittenOff) Type() string { return "parcel.written_off" }

func (f *ParcelWrittenOff) Apply(s *ledger.State, at time.Time) {
	changeParcel(s, f.ParcelID, func(p *Parcel) {
		p.State, p.Compartment, p.ToCheck, p.CounterAt, p.EndedAt = Missing, "", false, nil, &at
	})
	wall.Unbind(s, f.Compartment, f.ParcelID)
	endCredentials(s, f.ParcelID, Revoked)
}

// ParcelStillThere: staff have looked, and it is behind its door.
type ParcelStillThere struct {
	OfParcel
	Compartment string `json:"compartment"`
	By          string `json:"by,omitempty"`
}

func (ParcelStillThere) Type() string { return "parcel.still_there" }

func (f *ParcelStillThere) Apply(s *ledger.State, at time.Time) {
	changeParcel(s, f.ParcelID, func(p *Parcel) { p.ToCheck = false })
	wall.Seal(s, f.Compartment, f.ParcelID)
}

// RecipientSeen: somebody of the staff has looked at what is known of its recipient.
type RecipientSeen struct {
	OfParcel
	By string `json:"by"`
}

func (RecipientSeen) Type() string    { return "parcel.recipient_seen" }
func (RecipientSeen) Published() bool { return false }

func (*RecipientSeen) Apply(*ledger.State, time.Time) {}
