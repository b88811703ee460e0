package locker

import (
	"cubby/locker/door"
	"cubby/locker/view"
)

// forCustomer is what the openings for customers have in common.
type forCustomer struct{}

func (forCustomer) pages() doorPages        { return customerPages }
func (forCustomer) resumed(*turn, Opening)  {}
func (forCustomer) showOpen(t *turn)        { t.step(view.StepPickupOpen, view.ReasonNone) }
func (forCustomer) showInterrupted(t *turn) { t.step(view.StepToCheck, view.ReasonNone) }

// collecting opens the door for the bearer of the parcel's code.
type collecting struct{ forCustomer }

func (collecting) opened(t *turn, o Opening) {
	if p, ok := t.Parcel(o.Parcel); ok && p.Compartment == o.Compartment && p.State == Stored { // late, after we had given up
		t.emit(&PickupAuthorised{of(p), o.Compartment, "late"})
	}
}

func (collecting) stillMeant(t *turn, o Opening) bool {
	p, _ := t.Parcel(o.Parcel)
	return p.Compartment == o.Compartment && p.State == Collecting
}

func (collecting) closed(t *turn, o Opening, seen door.Seen, here bool) {
	p, _ := t.Parcel(o.Parcel)
	if p.Compartment != o.Compartment || p.State != Collecting {
		return // it has gone another way since: nothing to learn from this door
	}
	sensor, unproven := seen.Presence, !o.WasClosed || o.flickered(seen.At)
	switch {
	case sensor == door.Present && here:
		t.step(view.StepPickupCheck, view.ReasonNone)
	case sensor == door.Present:
		t.emit(&PickupAborted{of(p), o.Compartment, "not_taken", true})
	case unproven && sensor != door.Empty && here:
		t.step(view.StepPickupCheck, view.ReasonNotSeen)
	case unproven && sensor != door.Empty:
		t.emit(&PickupAborted{of(p), o.Compartment, "not_seen", true})
	case here:
		evidence := ByInference
		if sensor == door.Empty {
			evidence = BySensor
		}
		t.collect(p, o.Compartment, evidence)
	default:
		t.emit(&ParcelCollected{of(p), o.Compartment, ByInference})
		t.emit(&CompartmentQuarantined{OfDoor{Compartment: o.Compartment}, "left open after a pickup", ContentsUnknown})
	}
}

// collect hands the parcel over and frees its compartment.
func (t *turn) collect(p Parcel, compartment string, evidence Evidence) {
	t.emit(&ParcelCollected{of(p), compartment, evidence})
	t.emit(&CompartmentFreed{OfDoor{Compartment: compartment}, evidence})
	t.step(view.StepPickupDone, view.ReasonNone)
}

func (collecting) notOpened(t *turn, o Opening, why view.Reason, _ bool) {
	if p, _ := t.Parcel(o.Parcel); p.State == Collecting {
		t.emit(&PickupAborted{of(p), o.Compartment, string(why), why == view.ReasonUnknown})
	}
}

// The parcel stays bound to its door, and its bearer may show the code again.
func (collecting) interrupted(t *turn, o Opening) {
	if p, _ := t.Parcel(o.Parcel); p.State == Collecting {
		t.emit(&PickupAborted{of(p), o.Compartment, "interrupted", true})
	}
}

// reopening lets a customer look once more into the compartment just emptied.
type reopening struct{ forCustomer }

func (reopening) opened(*turn, Opening)          {}
func (reopening) stillMeant(*turn, Opening) bool { return true }

func (reopening) closed(t *turn, o Opening, seen door.Seen, here bool) {
	if box, _ := t.Compartment(o.Compartment); box.Allocation == OutOfService {
		// Staff have withdrawn it meanwhile, and it stays so.
	} else if seen.Presence == door.Present || !here {
		why := "something may have been left inside after a pickup"
		t.emit(&CompartmentQuarantined{OfDoor{Compartment: o.Compartment}, why, ContentsUnknown})
	} else {
		t.emit(&CompartmentFreed{OfDoor{Compartment: o.Compartment}, ByInference})
	}
	if here {
		t.step(view.StepPickupDone, view.ReasonNone)
	}
}

func (reopening) notOpened(t *turn, o Opening, why view.Reason, _ bool) {
	if why == view.ReasonUnknown {
		t.unseen(o.Compartment)
	} else {
		t.emit(&CompartmentFreed{OfDoor{Compartment: o.Compartment}, ByInference})
	}
}

func (reopening) interrupted(t *turn, o Opening) {
	t.emit(&CompartmentQuarantined{OfDoor{Compartment: o.Compartment}, "an opening was interrupted", ContentsUnknown})
}
