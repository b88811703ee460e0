package parcel

import (
	"cubby/locker/door"
	"cubby/locker/view"
	"cubby/locker/visit"
	"cubby/locker/wall"
)

// forCourier is what the openings for couriers have in common.
type forCourier struct{}

func (forCourier) Pages() visit.DoorPages {
	return visit.DoorPages{Opening: view.StepCourierOpening, NotOpened: view.StepCourierNoOpen}
}

func (forCourier) ShowInterrupted(t *visit.Turn) {
	t.Visit.Last, t.Visit.LastDoor = "", ""
	t.Show(view.StepCourierNoOpen, view.ReasonUnknown)
}

// depositing opens a free compartment for a parcel that comes.
type depositing struct{ forCourier }

// The courier stands before the open door with the parcel that was given up a
// moment ago.
func (depositing) Resumed(t *visit.Turn, o wall.Opening) {
	p, ok := Parcels.Get(t.State, o.Parcel)
	box, _ := wall.Compartments.Get(t.State, o.Compartment)
	if ok && p.State == DepositFailed && box.Allocation == wall.Quarantine && box.Parcel == "" {
		t.Emit(&ParcelBooked{of(p), o.Compartment})
	}
}

func (depositing) Opened(t *visit.Turn, o wall.Opening) {
	if p, ok := Parcels.Get(t.State, o.Parcel); ok && p.Compartment == o.Compartment && p.State == Booked {
		t.Emit(&DepositStarted{of(p), o.Compartment})
	}
}

func (depositing) StillMeant(t *visit.Turn, o wall.Opening) bool {
	p, _ := Parcels.Get(t.State, o.Parcel)
	return p.Compartment == o.Compartment && p.State == Depositing
}

func (depositing) ShowOpen(t *visit.Turn) { t.Show(view.StepCourierOpen, view.ReasonNone) }

func (depositing) Closed(t *visit.Turn, o wall.Opening, seen door.Seen, here bool) {
	p, _ := Parcels.Get(t.State, o.Parcel)
	switch {
	case p.Compartment != o.Compartment: // it has gone another way since: nothing to learn from this door
	case here && retaking(t):
		retaken(t, o, seen.Presence)
	case p.State != Depositing:
	case here && seen.Presence == door.Empty:
		t.Show(view.StepCourierCheck, view.ReasonNone)
	case here && seen.Presence == door.Present:
		store(t, o, wall.BySensor)
	case here && o.Flickered(seen.At):
		t.Show(view.StepCourierCheck, view.ReasonNotSeen)
	case here:
		store(t, o, wall.ByInference)
	default: // the courier had gone while the door stood open: anybody may have been at it
		t.Emit(&DepositFailure{of(p), o.Compartment, "timeout"})
		t.Emit(&wall.CompartmentQuarantined{
			OfDoor: wall.OfDoor{Compartment: o.Compartment}, Reason: "left open during a deposit",
			Contents: wall.ContentsUnknown,
		})
	}
}

func (depositing) NotOpened(t *visit.Turn, o wall.Opening, why view.Reason, here bool) {
	if !here {
		endDeposit(t, o, string(why))
	}
}

func (depositing) Interrupted(t *visit.Turn, o wall.Opening) {
	switch p, _ := Parcels.Get(t.State, o.Parcel); p.State {
	case Booked:
		t.Emit(&DepositFailure{of(p), o.Compartment, "interrupted"})
		t.Emit(&wall.CompartmentQuarantined{
			OfDoor: wall.OfDoor{Compartment: o.Compartment}, Reason: "an opening was interrupted",
			Contents: wall.ContentsUnknown,
		})
	case Depositing:
		abandonDeposit(t, p, o.Compartment, "interrupted")
	}
}

// endDeposit ends a deposit whose door did not open, as its parcel stands.
func endDeposit(t *visit.Turn, o wall.Opening, why string) {
	p, ok := Parcels.Get(t.State, o.Parcel)
	if !ok || o.Purpose != wall.ForDeposit || p.Compartment != o.Compartment {
		return
	}
	if why == string(view.ReasonStuck) {
		why = "door_jammed"
	}
	switch p.State {
	case Booked:
		giveUpDeposit(t, p, o.Compartment, why)
	case Depositing:
		abandonDeposit(t, p, o.Compartment, why)
	}
}

// giveUpDeposit leaves the parcel with the courier and the compartment as it
// deserves: free when its lock is well, with staff to look at it when not, or
// when the parcel may be in.
func giveUpDeposit(t *visit.Turn, p Parcel, compartment, why string) {
	c, _ := wall.Compartments.Get(t.State, compartment)
	t.Emit(&DepositFailure{of(p), compartment, why})
	switch {
	case c.Allocation == wall.Reserved && why == string(view.ReasonUnknown):
		t.Unseen(compartment)
	case c.Allocation == wall.Reserved:
		// a jammed lock keeps it from being offered
		t.Emit(&wall.CompartmentFreed{OfDoor: wall.OfDoor{Compartment: compartment}, Evidence: wall.ByInference})
	}
}

// abandonDeposit ends a deposit whose door had been open: nobody knows whether
// the parcel is in.
func abandonDeposit(t *visit.Turn, p Parcel, compartment, why string) {
	t.Emit(&DepositFailure{of(p), compartment, why})
	doubt := "a deposit ended without an answer whether the parcel is in"
	t.Emit(&wall.CompartmentQuarantined{
		OfDoor: wall.OfDoor{Compartment: compartment}, Reason: doubt, Contents: wall.ContentsUnknown,
	})
}

// undoing gives the courier the parcel deposited last back.
type undoing struct{ forCourier }

func (undoing) Opened(*visit.Turn, wall.Opening)  {}
func (undoing) Resumed(*visit.Turn, wall.Opening) {}

func (undoing) StillMeant(t *visit.Turn, o wall.Opening) bool {
	p, _ := Parcels.Get(t.State, o.Parcel)
	return p.Compartment == o.Compartment && p.State == Stored
}

func (undoing) ShowOpen(t *visit.Turn) {
	t.Visit.Retake = view.ReasonUndo
	t.Show(view.StepCourierRetake, view.ReasonUndo)
}

func (undoing) Closed(t *visit.Turn, o wall.Opening, seen door.Seen, here bool) {
	p, _ := Parcels.Get(t.State, o.Parcel)
	switch {
	case p.Compartment != o.Compartment:
	case here && (retaking(t) || seen.Presence == door.Empty):
		t.Visit.Retake = view.ReasonUndo
		retaken(t, o, seen.Presence)
	case here && t.Visit.Step == view.StepCourierOpen: // it was not meant so: the parcel stays where it is
		t.Show(view.StepCourierReady, view.ReasonNone)
	case here || seen.Presence == door.Present:
	case !o.WasClosed: // it opened when nobody waited for it any more
		if !p.ToCheck {
			t.Emit(&ParcelToCheck{of(p), o.Compartment, "unknown"})
		}
	default:
		t.Emit(&DepositFailure{of(p), o.Compartment, "courier_cancel"})
		why := "left open while a parcel was taken back"
		t.Emit(&wall.CompartmentQuarantined{
			OfDoor: wall.OfDoor{Compartment: o.Compartment}, Reason: why, Contents: wall.ContentsUnknown,
		})
	}
}

func (undoing) NotOpened(t *visit.Turn, o wall.Opening, why view.Reason, _ bool) {
	if p, _ := Parcels.Get(t.State, o.Parcel); p.State == Stored && why == view.ReasonUnknown {
		t.Emit(&ParcelToCheck{of(p), o.Compartment, string(why)})
	}
}

func (undoing) Interrupted(t *visit.Turn, o wall.Opening) {
	if p, _ := Parcels.Get(t.State, o.Parcel); p.State == Stored {
		t.Emit(&ParcelToCheck{of(p), o.Compartment, "interrupted"})
	}
}

// retaking reports whether the page asks to take the parcel out again.
func retaking(t *visit.Turn) bool {
	return t.Visit.Step == view.StepCourierRetake || t.Visit.Step == view.StepCourierLeave
}
