package locker

import (
	"cubby/locker/door"
	"cubby/locker/view"
)

// forCourier is what the openings for couriers have in common.
type forCourier struct{}

func (forCourier) pages() doorPages { return courierPages }

func (forCourier) showInterrupted(t *turn) {
	t.visit.Last, t.visit.LastDoor = "", ""
	t.step(view.StepCourierNoOpen, view.ReasonUnknown)
}

// depositing opens a free compartment for a parcel that comes.
type depositing struct{ forCourier }

// The courier stands before the open door with the parcel that was given up a
// moment ago.
func (depositing) resumed(t *turn, o Opening) {
	p, ok := t.Parcel(o.Parcel)
	box, _ := t.Compartment(o.Compartment)
	if ok && p.State == DepositFailed && box.Allocation == Quarantine && box.Parcel == "" {
		t.emit(&ParcelBooked{of(p), o.Compartment})
	}
}

func (depositing) opened(t *turn, o Opening) {
	if p, ok := t.Parcel(o.Parcel); ok && p.Compartment == o.Compartment && p.State == Booked {
		t.emit(&DepositStarted{of(p), o.Compartment})
	}
}

func (depositing) stillMeant(t *turn, o Opening) bool {
	p, _ := t.Parcel(o.Parcel)
	return p.Compartment == o.Compartment && p.State == Depositing
}

func (depositing) showOpen(t *turn) { t.step(view.StepCourierOpen, view.ReasonNone) }

func (depositing) closed(t *turn, o Opening, seen door.Seen, here bool) {
	p, _ := t.Parcel(o.Parcel)
	switch {
	case p.Compartment != o.Compartment: // it has gone another way since: nothing to learn from this door
	case here && t.retaking():
		t.retaken(o, seen.Presence)
	case p.State != Depositing:
	case here && seen.Presence == door.Empty:
		t.step(view.StepCourierCheck, view.ReasonNone)
	case here && seen.Presence == door.Present:
		t.store(o, BySensor)
	case here && o.flickered(seen.At):
		t.step(view.StepCourierCheck, view.ReasonNotSeen)
	case here:
		t.store(o, ByInference)
	default: // the courier had gone while the door stood open: anybody may have been at it
		t.emit(&DepositFailure{of(p), o.Compartment, "timeout"})
		t.emit(&CompartmentQuarantined{OfDoor{Compartment: o.Compartment}, "left open during a deposit", ContentsUnknown})
	}
}

func (depositing) notOpened(t *turn, o Opening, why view.Reason, here bool) {
	if !here {
		t.endDeposit(o, string(why))
	}
}

func (depositing) interrupted(t *turn, o Opening) {
	switch p, _ := t.Parcel(o.Parcel); p.State {
	case Booked:
		t.emit(&DepositFailure{of(p), o.Compartment, "interrupted"})
		t.emit(&CompartmentQuarantined{OfDoor{Compartment: o.Compartment}, "an opening was interrupted", ContentsUnknown})
	case Depositing:
		t.abandonDeposit(p, o.Compartment, "interrupted")
	}
}

// endDeposit ends a deposit whose door did not open, as its parcel stands.
func (t *turn) endDeposit(o Opening, why string) {
	p, ok := t.Parcel(o.Parcel)
	if !ok || o.Purpose != ForDeposit || p.Compartment != o.Compartment {
		return
	}
	if why == string(view.ReasonStuck) {
		why = "door_jammed"
	}
	switch p.State {
	case Booked:
		t.giveUpDeposit(p, o.Compartment, why)
	case Depositing:
		t.abandonDeposit(p, o.Compartment, why)
	}
}

// giveUpDeposit leaves the parcel with the courier and the compartment as it
// deserves: free when its lock is well, with staff to look at it when not, or
// when the parcel may be in.
func (t *turn) giveUpDeposit(p Parcel, compartment, why string) {
	c, _ := t.Compartment(compartment)
	t.emit(&DepositFailure{of(p), compartment, why})
	switch {
	case c.Allocation == Reserved && why == string(view.ReasonUnknown):
		t.unseen(compartment)
	case c.Allocation == Reserved:
		t.emit(&CompartmentFreed{OfDoor{Compartment: compartment}, ByInference}) // a jammed lock keeps it from being offered
	}
}

// abandonDeposit ends a deposit whose door had been open: nobody knows whether
// the parcel is in.
func (t *turn) abandonDeposit(p Parcel, compartment, why string) {
	t.emit(&DepositFailure{of(p), compartment, why})
	doubt := "a deposit ended without an answer whether the parcel is in"
	t.emit(&CompartmentQuarantined{OfDoor{Compartment: compartment}, doubt, ContentsUnknown})
}

// undoing gives the courier the parcel deposited last back.
type undoing struct{ forCourier }

func (undoing) opened(*turn, Opening)  {}
func (undoing) resumed(*turn, Opening) {}

func (undoing) stillMeant(t *turn, o Opening) bool {
	p, _ := t.Parcel(o.Parcel)
	return p.Compartment == o.Compartment && p.State == Stored
}

func (undoing) showOpen(t *turn) {
	t.visit.Retake = view.ReasonUndo
	t.step(view.StepCourierRetake, view.ReasonUndo)
}

func (undoing) closed(t *turn, o Opening, seen door.Seen, here bool) {
	p, _ := t.Parcel(o.Parcel)
	switch {
	case p.Compartment != o.Compartment:
	case here && (t.retaking() || seen.Presence == door.Empty):
		t.visit.Retake = view.ReasonUndo
		t.retaken(o, seen.Presence)
	case here && t.visit.Step == view.StepCourierOpen: // it was not meant so: the parcel stays where it is
		t.step(view.StepCourierReady, view.ReasonNone)
	case here || seen.Presence == door.Present:
	case !o.WasClosed: // it opened when nobody waited for it any more
		if !p.ToCheck {
			t.emit(&ParcelToCheck{of(p), o.Compartment, "unknown"})
		}
	default:
		t.emit(&DepositFailure{of(p), o.Compartment, "courier_cancel"})
		why := "left open while a parcel was taken back"
		t.emit(&CompartmentQuarantined{OfDoor{Compartment: o.Compartment}, why, ContentsUnknown})
	}
}

func (undoing) notOpened(t *turn, o Opening, why view.Reason, _ bool) {
	if p, _ := t.Parcel(o.Parcel); p.State == Stored && why == view.ReasonUnknown {
		t.emit(&ParcelToCheck{of(p), o.Compartment, string(why)})
	}
}

func (undoing) interrupted(t *turn, o Opening) {
	if p, _ := t.Parcel(o.Parcel); p.State == Stored {
		t.emit(&ParcelToCheck{of(p), o.Compartment, "interrupted"})
	}
}

// retaking reports whether the page asks to take the parcel out again.
func (t *turn) retaking() bool {
	return t.visit.Step == view.StepCourierRetake || t.visit.Step == view.StepCourierLeave
}
