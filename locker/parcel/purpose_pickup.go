package parcel

import (
	"cubby/locker/door"
	"cubby/locker/view"
	"cubby/locker/visit"
	"cubby/locker/wall"
)

// forCustomer is what the openings for customers have in common.
type forCustomer struct{}

func (forCustomer) Pages() visit.DoorPages {
	return visit.DoorPages{Opening: view.StepPickupOpening, NotOpened: view.StepNoOpen}
}

func (forCustomer) Resumed(*visit.Turn, wall.Opening) {}
func (forCustomer) ShowOpen(t *visit.Turn)            { t.Show(view.StepPickupOpen, view.ReasonNone) }
func (forCustomer) ShowInterrupted(t *visit.Turn)     { t.Show(view.StepToCheck, view.ReasonNone) }

// ShowOpen asks whoever has said that something is wrong with the parcel to leave it there.
func (collecting) ShowOpen(t *visit.Turn) {
	if p, _ := Parcels.Get(t.State, t.Visit.Parcel); p.Disputed != nil {
		t.Show(view.StepCareClose, view.ReasonNone)
		return
	}
	t.Show(view.StepPickupOpen, view.ReasonNone)
}

// collecting opens the door for the bearer of the parcel's code.
type collecting struct{ forCustomer }

func (collecting) Opened(t *visit.Turn, o wall.Opening) {
	// late, after we had given up
	p, ok := Parcels.Get(t.State, o.Parcel)
	if ok && p.Compartment == o.Compartment && (p.State == Stored || inRescue(t, p)) {
		t.Emit(&PickupAuthorised{OfParcel: of(p), Compartment: o.Compartment, Credential: "late"})
	}
}

func (collecting) StillMeant(t *visit.Turn, o wall.Opening) bool {
	p, _ := Parcels.Get(t.State, o.Parcel)
	return p.Compartment == o.Compartment && p.State == Collecting
}

func (collecting) Closed(t *visit.Turn, o wall.Opening, seen door.Seen, here bool) {
	p, _ := Parcels.Get(t.State, o.Parcel)
	if p.Compartment != o.Compartment || p.State != Collecting {
		return // it has gone another way since: nothing to learn from this door
	}
	if p.Code != nil && p.Code.Revoked && t.Visit.Step == view.StepPickupRefused {
		here = false // its code was taken back meanwhile: nobody is asked
	}
	sensor, unproven := seen.Presence, !o.WasClosed || o.Flickered(seen.At)
	switch {
	case p.Disputed != nil:
		t.Emit(&PickupAborted{of(p), o.Compartment, disputedPause, true})
		if here {
			t.Show(view.StepCareCase, view.ReasonNone)
		}
	case here && t.Visit.Step == view.StepCareReport: // it was about to be said what is wrong
		t.Show(view.StepCareAsk, view.ReasonNone)
	case sensor == door.Present && here:
		t.Show(view.StepPickupCheck, view.ReasonNone)
	case sensor == door.Present:
		t.Emit(&PickupAborted{of(p), o.Compartment, "not_taken", true})
	case unproven && sensor != door.Empty && here:
		t.Show(view.StepPickupCheck, view.ReasonNotSeen)
	case unproven && sensor != door.Empty:
		t.Emit(&PickupAborted{of(p), o.Compartment, "not_seen", true})
	case here:
		evidence := wall.ByInference
		if sensor == door.Empty {
			evidence = wall.BySensor
		}
		collect(t, p, o.Compartment, evidence)
	default:
		t.Emit(&ParcelCollected{of(p), o.Compartment, wall.ByInference, p.By})
		t.Emit(&wall.CompartmentQuarantined{
			OfDoor: wall.OfDoor{Compartment: o.Compartment}, Reason: "left open after a pickup",
			Contents: wall.ContentsUnknown,
		})
	}
}

// collect hands the parcel over and frees its compartment.
func collect(t *visit.Turn, p Parcel, compartment string, evidence wall.Evidence) {
	t.Emit(&ParcelCollected{of(p), compartment, evidence, p.By})
	t.Emit(&wall.CompartmentFreed{OfDoor: wall.OfDoor{Compartment: compartment}, Evidence: evidence})
	next(t)
}

func (collecting) NotOpened(t *visit.Turn, o wall.Opening, why view.Reason, _ bool) {
	if p, _ := Parcels.Get(t.State, o.Parcel); p.State == Collecting {
		t.Emit(&PickupAborted{of(p), o.Compartment, string(why), why == view.ReasonUnknown})
	}
}

// The parcel stays bound to its door, and its bearer may show the code again.
func (collecting) Interrupted(t *visit.Turn, o wall.Opening) {
	if p, _ := Parcels.Get(t.State, o.Parcel); p.State == Collecting {
		t.Emit(&PickupAborted{of(p), o.Compartment, "interrupted", true})
	}
}

// reopening lets a customer look once more into the compartment just emptied.
type reopening struct{ forCustomer }

func (reopening) Opened(*visit.Turn, wall.Opening)          {}
func (reopening) StillMeant(*visit.Turn, wall.Opening) bool { return true }

func (reopening) Closed(t *visit.Turn, o wall.Opening, seen door.Seen, here bool) {
	box, _ := wall.Compartments.Get(t.State, o.Compartment)
	if box.Parcel != "" { // its bearer has said that something is wrong with it
		if here {
			t.Show(view.StepCareCase, view.ReasonNone)
		}
		return
	}
	if box.Allocation == wall.OutOfService {
		// Staff have withdrawn it meanwhile, and it stays so.
	} else if seen.Presence == door.Present || !here {
		why := "something may have been left inside after a pickup"
		t.Emit(&wall.CompartmentQuarantined{
			OfDoor: wall.OfDoor{Compartment: o.Compartment}, Reason: why, Contents: wall.ContentsUnknown,
		})
	} else {
		t.Emit(&wall.CompartmentFreed{OfDoor: wall.OfDoor{Compartment: o.Compartment}, Evidence: wall.ByInference})
	}
	switch {
	case here && t.Visit.Step == view.StepCareReport: // it was about to be said what is wrong
		t.Show(view.StepCareAsk, view.ReasonNone)
	case here:
		t.Show(view.StepPickupDone, view.ReasonNone)
	}
}

func (reopening) NotOpened(t *visit.Turn, o wall.Opening, why view.Reason, _ bool) {
	if why == view.ReasonUnknown {
		t.Unseen(o.Compartment)
	} else {
		t.Emit(&wall.CompartmentFreed{OfDoor: wall.OfDoor{Compartment: o.Compartment}, Evidence: wall.ByInference})
	}
}

func (reopening) Interrupted(t *visit.Turn, o wall.Opening) {
	if box, _ := wall.Compartments.Get(t.State, o.Compartment); box.Parcel != "" {
		t.Doubt(box, "interrupted")
		return
	}
	t.Emit(&wall.CompartmentQuarantined{
		OfDoor: wall.OfDoor{Compartment: o.Compartment}, Reason: "an opening was interrupted",
		Contents: wall.ContentsUnknown,
	})
}
