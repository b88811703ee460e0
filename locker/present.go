package locker

import "cubby/locker/view"

// courier finds who a badge, card or PIN belongs to.
func (t *turn) courier(hash string) (CourierRecord, bool) {
	if hash == "" {
		return CourierRecord{}, false
	}
	r, ok := t.CourierByHash(hash)
	return r, ok && !r.Removed
}

// bearerOf finds the parcel a credential opens now, or says why there is none.
func (t *turn) bearerOf(hash string, kind CredentialKind) (p Parcel, why string) {
	if hash == "" {
		return Parcel{}, "unreadable"
	}
	c, ok := t.Credential(hash)
	if !ok || c.Kind != kind {
		return Parcel{}, "unknown"
	}
	if p, ok = t.Parcel(c.Parcel); !ok {
		return Parcel{}, "unknown"
	}
	if c.State != Live {
		return p, string(c.State)
	}
	if p.State == Stored && t.isOver(p) {
		t.emit(&ParcelExpired{of(p), p.Compartment, *p.Deadline})
		p.State = Expired
	}
	switch p.State {
	case Stored, Collecting:
		return p, ""
	case Expired:
		return p, "expired"
	}
	return p, "unknown"
}

// refusePickup gives the one answer everybody gets; why is for the log.
func (t *turn) refusePickup(presented, why, parcel string) {
	if t.refusedAlready(view.StepPickupRefused, view.ReasonNotValid) {
		t.Heard = view.HeardNotValid
		if t.toldEnough() {
			return
		}
	}
	t.emit(&PickupRefused{Presented: presented, Why: why, Parcel: parcel})
	if t.visit.Actor == "bearer" {
		t.beginAnew(PickupVisit) // whoever this is sees nothing of the one before
	} else {
		t.begin(PickupVisit)
	}
	t.refused(view.StepPickupRefused, view.ReasonNotValid)
}

// refusedAlready reports whether the page shows this refusal already.
func (t *turn) refusedAlready(page view.Step, why view.Reason) bool {
	return t.visit.Step == page && t.visit.Reason == why
}

// toldEnough reports whether refusals were told so often in this visit that one
// more neither needs to be told nor keeps the page alive.
func (t *turn) toldEnough() bool {
	return t.visit.Refusals >= refusalsTold && t.Now.Sub(t.visit.RefusedAt) < refusalsEvery
}

// refused shows the refusal and counts it.
func (t *turn) refused(page view.Step, why view.Reason) {
	t.step(page, why)
	t.visit.Refusals++
	t.visit.RefusedAt = t.Now
}

// authorise lets the bearer of a live credential in, unless the parcel is held.
func (t *turn) authorise(p Parcel, by CredentialKind) {
	if p.OnHold != nil {
		t.refuseHeld(p, by)
		return
	}
	switch v := t.visit; {
	case v.Step == view.StepPickupDone, v.Step == view.StepPickupLeft && v.Compartment != p.Compartment:
		t.beginAnew(PickupVisit) // the same person's next parcel is a visit of its own
	}
	o, moving := t.underWay(p.Compartment)
	if moving && !t.elsewhere(o) {
		t.begin(PickupVisit)
		t.rejoin(p, o)
		return
	}
	other, busy := t.otherOpenDoor(p.Compartment)
	if moving {
		other, busy = p.Compartment, true
	}
	if busy {
		t.emit(&PickupRefused{Presented: string(by), Why: "door_open", Parcel: p.ID})
		t.begin(PickupVisit)
		t.waitFor(view.StepPickupRefused, other)
		return
	}
	t.begin(PickupVisit)
	t.visit.Actor = "bearer"
	t.visit.Parcel, t.visit.Compartment = p.ID, p.Compartment
	t.emit(&PickupAuthorised{of(p), p.Compartment, by})
	t.intend(ForPickup, p.Compartment, p.ID, 1)
}

// rejoin takes a bearer back to a door that his earlier visit left behind.
func (t *turn) rejoin(p Parcel, o Opening) {
	t.visit.Actor = "bearer"
	t.visit.Parcel, t.visit.Compartment, t.visit.Opening = p.ID, p.Compartment, o.ID
	if p.State == Stored { // the door stands open for another purpose
		t.emit(&PickupAuthorised{of(p), o.Compartment, "rejoined"})
	}
	t.emit(&OpeningRejoined{OfDoor{o.Compartment, o.ID}, t.visit.ID})
	if o.State == IsOpen {
		t.step(view.StepPickupOpen, view.ReasonNone)
		t.visit.OpenSince = t.Now
		return
	}
	t.step(view.StepPickupOpening, view.ReasonNone)
}

// otherOpenDoor finds a door of the same bank that somebody has open. Doors
// whose visit has ended do not block the others: an alarm is out for them.
func (t *turn) otherOpenDoor(compartment string) (string, bool) {
	here, _ := t.Compartment(compartment)
	for _, n := range t.Numbers() {
		c, _ := t.Compartment(n)
		if n == compartment || c.Bank != here.Bank {
			continue
		}
		if o, ok := t.underWay(n); ok && !o.Abandoned {
			return n, true
		}
	}
	return "", false
}

func (c TypePIN) decide(t *turn) error {
	if c.Visit != t.visit.ID || t.visit.ID == "" || c.Step != "" && c.Step != t.visit.Step {
		return staleAction()
	}
	customer := t.visit.Step == view.StepPickupEnter
	if !customer && t.visit.Step != view.StepCourierEnter {
		return staleAction()
	}
	guards := t.Guard()
	guard := guards.of(customer)
	if wait := guard.waiting(t.Now); wait > 0 {
		if customer {
			t.emit(&PickupRefused{Presented: "pin", Why: "wait"})
		}
		t.waitForPIN(customer, *guard)
		return nil
	}
	if customer {
		p, why := t.bearerOf(c.PINHash, ByPIN)
		if why == "" {
			t.rightPIN(customer)
			t.authorise(p, ByPIN)
			return nil
		}
		t.refusePickup("pin", why, p.ID)
	} else {
		if r, ok := t.courier(c.CourierHash); ok {
			t.rightPIN(customer)
			return t.courierArrives(r)
		}
		if err := t.courierRefused("pin"); err != nil {
			return err
		}
	}
	*guard = guard.failed(t.Now, t.Policy.FreePINTries)
	t.emit(&GuardChanged{guards})
	if guard.waiting(t.Now) > 0 {
		t.waitForPIN(customer, *guard)
	}
	return nil
}

func (t *turn) waitForPIN(customer bool, g Guard) {
	page := view.StepCourierRefused
	if customer {
		page = view.StepPickupRefused
	}
	t.step(page, view.ReasonWait)
	t.visit.RetryAt = g.Until
}

// rightPIN tells the guard of these PINs, and no other.
func (t *turn) rightPIN(customer bool) {
	before := t.Guard()
	after := before
	guard := after.of(customer)
	*guard = guard.succeeded(t.Now, t.Policy.FreePINTries)
	if after != before {
		t.emit(&GuardChanged{after})
	}
}

func staleAction() *Refusal {
	return Refuse(Stale, "stale-page", "this page is no longer shown; act on the current view")
}
