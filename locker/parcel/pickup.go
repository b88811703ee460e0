package parcel

import (
	"slices"

	"cubby/locker/view"
	"cubby/locker/visit"
	"cubby/locker/wall"
)

// bearerOf finds the parcel that a credential, shown in one of two ways, gives a right to now,
// or says why there is none; is says what it proved to be.
func bearerOf(t *visit.Turn, hash string, kind CredentialKind) (p Parcel, is CredentialKind, why string) {
	if hash == "" {
		return Parcel{}, kind, "unreadable"
	}
	c, ok := Credentials.Get(t.State, hash)
	if !ok || !c.shownAs(kind) {
		return Parcel{}, kind, "unknown"
	}
	if p, ok = Parcels.Get(t.State, c.Parcel); !ok {
		return Parcel{}, kind, "unknown"
	}
	if c.State != Live {
		return p, c.Kind, string(c.State)
	}
	if c.narrow() && delegationOver(t, p.ID) {
		return p, c.Kind, "over"
	}
	p, why = here(t, p)
	return p, c.Kind, why
}

// here tells why the bearer of a parcel cannot have it now; empty: they can.
func here(t *visit.Turn, p Parcel) (_ Parcel, why string) {
	if p.State == Stored && isOver(t, p) {
		endTime(t, p)
		p, _ = Parcels.Get(t.State, p.ID)
	}
	switch p.State {
	case Stored, Collecting, CounterHeld:
		return p, ""
	case Expired:
		if inRescue(t, p) {
			return p, ""
		}
		return p, "expired"
	}
	return p, "unknown"
}

// refusePickup gives the one answer everybody gets; why is for the log.
func refusePickup(t *visit.Turn, presented, why, parcel string) {
	if notLive[why] {
		p, _ := Parcels.Get(t.State, parcel)
		refuseBearer(t, p, ByCode, view.ReasonNotLive)
		return
	}
	if t.RefusedAlready(view.StepPickupRefused, view.ReasonNotValid) {
		t.Heard = view.HeardNotValid
		if t.ToldEnough() {
			return
		}
	}
	t.Emit(&PickupRefused{Presented: presented, Why: why, Parcel: parcel})
	if t.Visit.Actor == "bearer" {
		t.BeginAnew(PickupVisit) // whoever this is sees nothing of the one before
	} else {
		t.Begin(PickupVisit)
	}
	t.Refused(view.StepPickupRefused, view.ReasonNotValid)
}

// askedElsewhere reports whether somebody at another terminal is being asked whether
// they have taken the parcel.
func askedElsewhere(t *visit.Turn, p Parcel) bool {
	return p.State == Collecting && slices.ContainsFunc(visit.Visits.All(t.State), func(v visit.Visit) bool {
		return v.ID != t.Visit.ID && v.Parcel == p.ID && v.Step == view.StepPickupCheck
	})
}

// rejoin takes a bearer back to a door that an earlier visit left behind.
func rejoin(t *visit.Turn, p Parcel, o wall.Opening) {
	t.Visit.Actor = "bearer"
	t.Visit.Parcel, t.Visit.Compartment, t.Visit.Opening = p.ID, p.Compartment, o.ID
	switch box, _ := wall.Compartments.Get(t.State, o.Compartment); o.Purpose {
	case wall.ForInspection: // staff had it open, and have said nothing of it
		t.Doubt(box, "inspection")
	case wall.ForRemote:
		t.Doubt(box, "remote")
	}
	if p.State != Collecting { // the door stands open for another purpose
		t.Emit(&PickupAuthorised{OfParcel: of(p), Compartment: o.Compartment, Credential: "rejoined"})
	}
	again := &wall.OpeningRejoined{
		OfDoor: wall.OfDoor{Compartment: o.Compartment, Opening: o.ID},
		Visit:  t.Visit.ID,
	}
	if o.Parcel != p.ID { // what it was opened for has left meanwhile
		again.Parcel = p.ID
	}
	t.Emit(again)
	if o.State == wall.IsOpen {
		t.Show(view.StepPickupOpen, view.ReasonNone)
		t.Visit.OpenSince = t.Now
		return
	}
	t.Show(view.StepPickupOpening, view.ReasonNone)
}
