package parcel

import (
	"slices"

	"cubby/locker/view"
	"cubby/locker/visit"
	"cubby/locker/wall"
)

// bearer finds the parcel that a scanned code or token gives a right to now, or says why
// there is none.
func bearer(t *visit.Turn, c visit.Present) (p Parcel, by CredentialKind, why string) {
	if c.Token != nil {
		p, why = bearerOfToken(t, c.Token)
		return p, ByToken, why
	}
	p, why = bearerOf(t, c.CodeHash, ByCode)
	return p, ByCode, why
}

// bearerOf finds the parcel a credential gives a right to now, or says why there is none.
func bearerOf(t *visit.Turn, hash string, kind CredentialKind) (p Parcel, why string) {
	if hash == "" {
		return Parcel{}, "unreadable"
	}
	c, ok := Credentials.Get(t.State, hash)
	if !ok || c.Kind != kind {
		return Parcel{}, "unknown"
	}
	if p, ok = Parcels.Get(t.State, c.Parcel); !ok {
		return Parcel{}, "unknown"
	}
	if c.State != Live {
		return p, string(c.State)
	}
	return here(t, p)
}

// here tells why the bearer of a parcel cannot have it now; empty: they can.
func here(t *visit.Turn, p Parcel) (_ Parcel, why string) {
	if p.State == Stored && isOver(t, p) {
		t.Emit(&ParcelExpired{of(p), p.Compartment, *p.Deadline})
		p.State = Expired
	}
	switch p.State {
	case Stored, Collecting, CounterHeld:
		return p, ""
	case Expired:
		return p, "expired"
	}
	return p, "unknown"
}

// refusePickup gives the one answer everybody gets; why is for the log.
func refusePickup(t *visit.Turn, presented, why, parcel string) {
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

// authorise lets the bearer of a live credential in, unless the parcel is held or at
// the counter.
func authorise(t *visit.Turn, p Parcel, by CredentialKind, token *visit.Token) {
	if p.OnHold != nil {
		refuseBearer(t, p, by, view.ReasonOnHold)
		return
	}
	if p.State == CounterHeld {
		refuseBearer(t, p, by, view.ReasonAtCounter)
		return
	}
	switch v := t.Visit; {
	case v.Step == view.StepPickupDone, v.Step == view.StepPickupLeft && v.Compartment != p.Compartment:
		t.BeginAnew(PickupVisit) // the same person's next parcel is a visit of its own
	}
	o, moving := t.UnderWay(p.Compartment)
	if moving && !t.Elsewhere(o) {
		t.Begin(PickupVisit)
		noteToken(t, p, token)
		rejoin(t, p, o)
		return
	}
	other, busy := t.OtherOpenDoor(p.Compartment)
	if moving || askedElsewhere(t, p) {
		other, busy = p.Compartment, true
	}
	if busy {
		t.Emit(&PickupRefused{Presented: string(by), Why: "door_open", Parcel: p.ID})
		t.Begin(PickupVisit)
		t.WaitFor(view.StepPickupRefused, other)
		return
	}
	t.Begin(PickupVisit)
	t.Visit.Actor = "bearer"
	t.Visit.Parcel, t.Visit.Compartment = p.ID, p.Compartment
	noteToken(t, p, token)
	t.Emit(&PickupAuthorised{of(p), p.Compartment, by})
	t.Intend(wall.ForPickup, p.Compartment, p.ID, 1)
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
	if p.State == Stored { // the door stands open for another purpose
		t.Emit(&PickupAuthorised{of(p), o.Compartment, "rejoined"})
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
