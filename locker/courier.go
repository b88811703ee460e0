package locker

import (
	"strings"

	"cubby/locker/door"
	"cubby/locker/label"
	"cubby/locker/view"
)

func (t *turn) courierArrives(r CourierRecord) error {
	if t.visit.Step == view.StepCourierDone {
		t.beginAnew(CourierVisit)
	}
	t.begin(CourierVisit)
	t.visit.Actor = "courier:" + r.ID
	t.step(view.StepCourierReady, view.ReasonNone)
	return nil
}

// courierAgain answers a badge while a courier is at work. His own changes
// nothing: readers see it twice, and couriers make sure. A colleague's takes over,
// since he has not said that he is gone.
func (t *turn) courierAgain(r CourierRecord) error {
	if t.visit.Actor == "courier:"+r.ID {
		if t.visit.Step == view.StepCourierReady {
			t.step(view.StepCourierReady, view.ReasonNone)
		}
		return nil
	}
	if t.visit.Step == view.StepCourierNoOpen {
		t.leaveDoor(string(t.visit.Reason))
	}
	t.beginAnew(CourierVisit)
	return t.courierArrives(r)
}

func (t *turn) courierRefused(presented string) error {
	if t.refusedAlready(view.StepCourierRefused, view.ReasonNotValid) {
		t.Heard = view.HeardNotValid
		if t.toldEnough() {
			return nil
		}
	}
	t.emit(&CourierRefused{Presented: presented})
	t.begin(CourierVisit)
	t.refused(view.StepCourierRefused, view.ReasonNotValid)
	return nil
}

// scanLabel begins the deposit of the parcel with this label. The courier has
// said who he is, so he is told exactly what is wrong.
func (t *turn) scanLabel(text string) error {
	if t.visit.Step == view.StepCourierNoOpen {
		t.leaveDoor(string(t.visit.Reason))
	}
	if text == "" {
		t.step(view.StepCourierReady, view.ReasonNotLabel)
		return nil
	}
	p, ok, alike := t.parcelWith(text)
	if !ok {
		t.refuseLabel(text, alike)
		return nil
	}
	t.visit.Excluded, t.visit.Above = nil, 0
	t.take(p)
	return nil
}

// refuseLabel says why a label opens nothing: it fits several parcels alike, was
// read wrongly, or is of none that is announced.
func (t *turn) refuseLabel(text string, alike []string) {
	why := view.ReasonUnknownLabel
	if len(alike) > 0 {
		why = view.ReasonAmbiguous
	} else if label.IsMisread(text) {
		why = view.ReasonMisread
	}
	if said := t.visit.Step == view.StepCourierReady && t.visit.Reason == why; why != view.ReasonUnknownLabel && !said {
		t.emit(&LabelRefused{Reason: why, Parcels: alike})
	}
	t.step(view.StepCourierReady, why)
}

// take deposits the parcel if it is still to come, or says why not.
func (t *turn) take(p Parcel) {
	switch p.State {
	case Announced, DepositFailed:
		t.deposit(p)
		t.tellTurnedAway(p)
	case Booked, Depositing, Stored, Collecting:
		t.step(view.StepCourierReady, view.ReasonAlreadyStored)
	case Cancelled:
		t.step(view.StepCourierReady, view.ReasonCancelled)
	default:
		t.step(view.StepCourierReady, view.ReasonEnded)
	}
}

// deposit books a compartment for the parcel and opens it.
func (t *turn) deposit(p Parcel) {
	all := t.compartments()
	wish := wishFor(p)
	wish.Above, wish.Except = t.visit.Above, t.visit.Excluded
	c, ok := Choose(all, wish)
	if !ok {
		why := view.ReasonTooLarge
		for _, c := range all {
			if wishFor(p).suits(c) {
				why = view.ReasonNoDoor
			}
		}
		t.step(view.StepCourierReady, why)
		return
	}
	if other, blocked := t.otherOpenDoor(c.Number); blocked {
		t.waitFor(view.StepCourierReady, other)
		return
	}
	t.emit(&ParcelBooked{of(p), c.Number})
	t.visit.Last, t.visit.LastDoor, t.visit.Retake = "", "", view.ReasonNone
	t.intend(ForDeposit, c.Number, p.ID, 1)
}

// tellTurnedAway tells that there was no compartment for a parcel a courier has
// brought; once, however often its label is scanned.
func (t *turn) tellTurnedAway(p Parcel) {
	why := t.visit.Reason
	if t.visit.Step != view.StepCourierReady || why != view.ReasonNoDoor && why != view.ReasonTooLarge || p.FailedReason == string(why) {
		return
	}
	t.emit(&DepositFailure{OfParcel: of(p), Reason: string(why)})
}

func (t *turn) compartments() []Compartment {
	numbers := t.Numbers()
	all := make([]Compartment, 0, len(numbers))
	for _, n := range numbers {
		c, _ := t.Compartment(n)
		all = append(all, c)
	}
	return all
}

// retake asks the courier to take the parcel out again and close the door. What
// was said of the door counts from then on, so that it can be taken back.
func (t *turn) retake(why view.Reason) {
	since := t.visit.OpenSince
	t.visit.Retake = why
	t.step(view.StepCourierRetake, why)
	t.visit.OpenSince = since
}

// outOfService withdraws a door that a courier has called broken.
func (t *turn) outOfService(compartment string) {
	t.emit(&DoorOutOfService{OfDoor{Compartment: compartment}, "reported broken by a courier"})
}

// retaken goes on when the door has closed after a retake.
func (t *turn) retaken(o Opening, sensor door.Presence) {
	p, _ := t.Parcel(o.Parcel)
	why := t.visit.Retake
	t.visit.Retake = view.ReasonNone
	if o.Purpose == ForUndo && sensor == door.Present {
		t.step(view.StepCourierReady, view.ReasonAlreadyStored) // it was left inside: nothing changes
		return
	}
	reason := string(why)
	if why == view.ReasonUndo {
		reason = "courier_cancel"
	}
	t.emit(&DepositFailure{of(p), o.Compartment, reason})
	t.visit.Last, t.visit.LastDoor = "", ""
	if o.Purpose == ForUndo {
		t.visit.Count--
	}
	switch {
	case why == view.ReasonBroken:
		t.outOfService(o.Compartment)
	case why == view.ReasonOccupied:
		t.emit(&CompartmentQuarantined{OfDoor{Compartment: o.Compartment}, "found occupied by a courier", ContentsPresent})
	case sensor == door.Present:
		t.emit(&CompartmentQuarantined{OfDoor{Compartment: o.Compartment}, "the sensor sees something after the parcel was taken back", ContentsUnknown})
	default:
		t.emit(&CompartmentFreed{OfDoor{Compartment: o.Compartment}, ByHuman})
	}
	if why == view.ReasonUndo {
		t.step(view.StepCourierReady, view.ReasonNone)
		return
	}
	t.another(p.ID, o.Compartment, why)
}

// another looks for a different compartment for a parcel that is still in the
// courier's hands, if the centre has not cancelled it meanwhile.
func (t *turn) another(parcel, tried string, why view.Reason) {
	c, _ := t.Compartment(tried)
	if t.courierRemoved() {
		t.step(view.StepCourierReady, view.ReasonNone)
		return
	}
	t.visit.Excluded = append(t.visit.Excluded, tried)
	if why == view.ReasonTooBig {
		t.visit.Above = max(t.visit.Above, c.Inner.Volume())
	}
	p, _ := t.Parcel(parcel)
	t.take(p)
	if t.visit.Step == view.StepCourierReady && t.visit.Reason == view.ReasonTooLarge {
		t.visit.Reason = view.ReasonNoDoor // it was announced as something that fits
	}
}

// courierRemoved reports whether the courier who is here may not come in any more.
func (t *turn) courierRemoved() bool {
	id, ok := strings.CutPrefix(t.visit.Actor, "courier:")
	if !ok {
		return false
	}
	r, _ := t.Courier(id)
	return r.Removed
}

// dismiss ends the visit of a courier who has been removed, as soon as no door
// of his is under way. Until then no other door is opened for him.
func (t *turn) dismiss() {
	if t.visit.doorStep() || !t.courierRemoved() {
		return
	}
	switch t.visit.Step {
	case view.StepCourierNoOpen:
		t.leaveDoor(string(t.visit.Reason))
	case view.StepCourierCheck:
		t.leaveDoor("timeout") // he is not asked any more
	}
	t.end("finished")
}

// leaveDoor gives up on the door that would not open.
func (t *turn) leaveDoor(why string) {
	if t.visit.Reason == view.ReasonUnknown {
		why = string(view.ReasonUnknown) // also when nobody is there any more
	}
	if o, ok := t.Opening(t.visit.Opening); ok {
		t.endDeposit(o, why)
	}
}

// kept ends a deposit for which the door was opened and nothing was put in.
func (t *turn) kept() {
	p, _ := t.Parcel(t.visit.Parcel)
	t.emit(&DepositFailure{of(p), t.visit.Compartment, "courier_cancel"})
	t.emit(&CompartmentFreed{OfDoor{Compartment: t.visit.Compartment}, ByHuman})
	t.step(view.StepCourierReady, view.ReasonNone)
}

// store completes a deposit: the door has closed on the parcel.
func (t *turn) store(o Opening, evidence Evidence) {
	t.keepCalendar()
	p, _ := t.Parcel(o.Parcel)
	c, _ := t.Compartment(o.Compartment)
	r := t.World.Recipient(p.ID)
	language := ""
	if r != nil {
		language = r.Language
	}
	t.emit(&ParcelStored{
		OfParcel: of(p), Compartment: o.Compartment, Size: c.Size, Evidence: evidence, Language: language,
		Deadline: t.today().Add(hours(p.PickupHours)),
		Hashes:   StoredHashes{t.Fresh.CodeHash, t.Fresh.PINHash}, Clear: t.Fresh,
	})
	if t.inVisit(o) {
		t.visit.Count++
		t.visit.Last, t.visit.LastDoor = p.ID, o.Compartment
		t.step(view.StepCourierReady, view.ReasonNone)
	}
}
