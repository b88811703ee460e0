package parcel

import (
	"time"

	"cubby/locker/ledger"
	"cubby/locker/view"
	"cubby/locker/visit"
	"cubby/locker/wall"
)

// A Dispute is what its bearer has said about a parcel at its door. Its code opens nothing
// before that was looked into, and nobody has collected it.
type Dispute struct {
	Since time.Time `json:"since"`
	Case  string    `json:"case"` // number of the case
	Kind  string    `json:"kind"` // "not_mine", "damaged", "empty"
}

type (
	// ParcelDisputed: its bearer says that something is wrong with it. State is where it is
	// taken to be: collecting while its door is open, stored behind its door, or missing when
	// that was given to another meanwhile. One that was thought to be collected is not.
	ParcelDisputed struct {
		OfParcel
		Compartment string `json:"compartment"`
		Case        string `json:"case"`
		Kind        string `json:"kind"`
		State       State  `json:"state"`
	}
	// DisputeEnded: the case was closed.
	DisputeEnded struct {
		OfParcel
		Compartment string `json:"compartment,omitempty"`
		Case        string `json:"case"`
	}
)

// Type is the fact's name.
func (ParcelDisputed) Type() string { return "parcel.disputed" }

// Apply binds the parcel to its door again.
func (f *ParcelDisputed) Apply(s *ledger.State, at time.Time) {
	p, ok := Parcels.Get(s, f.ParcelID)
	if !ok {
		return
	}
	was := p.State
	changeParcel(s, f.ParcelID, func(p *Parcel) {
		p.Disputed = &Dispute{at, f.Case, f.Kind}
		p.State, p.ToCheck = f.State, p.ToCheck || f.State == Stored
		if was == Collected {
			p.EndedAt = nil
		}
		if f.State == Missing {
			p.EndedAt = &at
		} else {
			p.Compartment = f.Compartment
		}
	})
	if was != Collected {
		return
	}
	if f.State == Stored {
		wall.Change(s, f.Compartment, func(c *wall.Compartment) {
			c.Allocation, c.Reason, c.Parcel = wall.Occupied, "", f.ParcelID
			c.Contents, c.Evidence = wall.ContentsUnknown, wall.ByHuman
		})
	}
	good := Live // nothing was collected with them
	if f.State == Missing {
		good = Revoked // and nothing can be
	}
	for _, c := range credentialsOf.Find(s, f.ParcelID) {
		if c.State == Used {
			c.State = good
			Credentials.Put(s, c.Hash, c)
		}
	}
}

// Type is the fact's name.
func (DisputeEnded) Type() string { return "parcel.dispute_ended" }

// Apply has its code open again, where it is still behind its door.
func (f *DisputeEnded) Apply(s *ledger.State, _ time.Time) {
	changeParcel(s, f.ParcelID, func(p *Parcel) { p.Disputed = nil })
}

// disputedPause is why the clock of a parcel stands still while its case is open.
const disputedPause = "disputed"

// MayDispute reports whether the bearer of a parcel can say that something is wrong with it.
func MayDispute(s *ledger.State, v visit.Visit) bool {
	p, ok := Parcels.Get(s, v.Parcel)
	return ok && p.Disputed == nil && p.Direction == LastMile && v.Actor == "bearer" &&
		(p.State == Collecting && p.Compartment == v.Compartment || p.State == Collected)
}

// Disputing notes what the bearer who is here says about the parcel of the visit, whose door
// is open, or has closed. The case is open already.
func Disputing(t *visit.Turn, number, kind string) {
	v := t.Visit
	p, _ := Parcels.Get(t.State, v.Parcel)
	state := p.State
	if state == Collected {
		state = Missing
		c, ok := wall.Compartments.Get(t.State, v.Compartment)
		o, again := t.UnderWay(v.Compartment)
		again = again && o.Purpose == wall.ForReopen && t.InVisit(o)
		if ok && c.Parcel == "" && (c.Allocation == wall.Free || again) {
			state = Stored
		}
	}
	t.Emit(&ParcelDisputed{of(p), v.Compartment, number, kind, state})
}

// LeaveInside settles a dispute whose door is closed: nothing is to be laid back.
func LeaveInside(t *visit.Turn) {
	if p, _ := Parcels.Get(t.State, t.Visit.Parcel); p.State == Collecting {
		t.Emit(&PickupAborted{of(p), t.Visit.Compartment, disputedPause, true})
	}
}

// OpenToLayBack opens the door of a parcel in dispute once more, so that its bearer lays
// back what was taken out. ok: it is on its way.
func OpenToLayBack(t *visit.Turn) (ok bool) {
	v := t.Visit
	p, _ := Parcels.Get(t.State, v.Parcel)
	c, known := wall.Compartments.Get(t.State, v.Compartment)
	if _, busy := t.Blocked(v.Compartment); busy || !known || c.Parcel != p.ID || c.BankAlarm {
		return false
	}
	switch p.State {
	case Stored:
		t.Emit(&PickupAuthorised{OfParcel: of(p), Compartment: v.Compartment, Credential: "dispute"})
	case Collecting:
	default:
		return false
	}
	t.Intend(wall.ForPickup, v.Compartment, p.ID, 1)
	return true
}

// AtDoor answers a scan on a page about the door of a pickup: first things first.
func AtDoor(c visit.Present, t *visit.Turn) error { return atDoor(c, t) }

// NoLongerAsked leaves a parcel where it is whose bearer has gone from the question what is
// wrong with it.
func NoLongerAsked(t *visit.Turn) {
	if p, _ := Parcels.Get(t.State, t.Visit.Parcel); p.State == Collecting {
		t.Emit(&PickupAborted{of(p), t.Visit.Compartment, "not_taken", true})
	}
}

// EndDispute ends the dispute that a case was about.
func EndDispute(t *visit.Turn, id, number string) {
	p, ok := Parcels.Get(t.State, id)
	if !ok || p.Disputed == nil || p.Disputed.Case != number {
		return
	}
	t.Emit(&DisputeEnded{of(p), p.Compartment, number})
}

// disputed stops the bearer of a parcel about which a case is open.
func disputed(t *visit.Turn, p Parcel, r Right) (stopped bool) {
	if p.Disputed == nil || p.State == CounterHeld {
		return false
	}
	if o, moving := t.UnderWay(p.Compartment); moving && p.State == Collecting && t.InVisit(o) {
		return false
	}
	refuseBearer(t, p, r.By, view.ReasonDisputed)
	if t.Visit.Step != view.StepPickupRefused { // there are others to go on with
		return true
	}
	t.Visit.Parcel, t.Visit.Compartment = p.ID, p.Compartment
	t.Visit.Actor = "bearer"
	return true
}
