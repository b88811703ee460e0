package parcel

import (
	"time"

	"cubby/locker/ledger"
	"cubby/locker/visit"
	"cubby/locker/wall"
)

// rescueUntil is until when the code of a parcel that expires now is still good; nil: no
// longer.
func rescueUntil(t *visit.Turn, p Parcel) *time.Time {
	set := settings(t.Policy)
	switch {
	case p.RescueUntil != nil && p.RescueUntil.After(*p.Deadline): // a try to collect it then has failed
		return p.RescueUntil
	case set.Rescue <= 0:
		return nil
	}
	until := t.Today().Add(set.Rescue).Round(0).UTC()
	return &until
}

// inRescue reports whether an expired parcel may still be collected where it is.
func inRescue(t *visit.Turn, p Parcel) bool {
	return p.State == Expired && p.RescueUntil != nil && t.Today().Before(*p.RescueUntil)
}

// endTime ends the time of a parcel behind its door.
func endTime(t *visit.Turn, p Parcel) {
	t.Emit(&ParcelExpired{of(p), p.Compartment, *p.Deadline, rescueUntil(t, p)})
}

// endRescue ends the rescue of a parcel when its time has come.
func endRescue(t *visit.Turn, p Parcel) {
	if p.State == Expired && p.RescueUntil != nil && !inRescue(t, p) {
		t.Emit(&RescueEnded{of(p), p.Compartment})
	}
}

// RescueEnded: its code is good no longer; staff take it out of its door.
type RescueEnded struct {
	OfParcel
	Compartment string `json:"compartment"`
}

func (RescueEnded) Type() string { return "parcel.rescue_ended" }

func (f *RescueEnded) Apply(s *ledger.State, _ time.Time) {
	changeParcel(s, f.ParcelID, func(p *Parcel) { p.RescueUntil = nil })
}

// MustLeave reports whether staff are to take a parcel out of its door: it is to leave, or
// its time is over and its rescue too. With Settings.RescueYields a rescue ends when no
// other door that would take the parcel is free.
func MustLeave(s *ledger.State, policy visit.Policy, p Parcel) bool {
	switch {
	case p.Compartment == "":
		return false
	case p.Leaving != nil:
		return true
	case p.State != Expired:
		return false
	case p.RescueUntil == nil:
		return true
	case !settings(policy).RescueYields:
		return false
	}
	_, free := wall.Choose(wall.Compartments.All(s), wishFor(p))
	return !free
}
