package parcel

import (
	"strings"

	"cubby/locker/door"
	"cubby/locker/label"
	"cubby/locker/people"
	"cubby/locker/view"
	"cubby/locker/visit"
	"cubby/locker/wall"
)

func courierArrives(t *visit.Turn, r people.CourierRecord) error {
	if t.Visit.Step == view.StepCourierDone {
		t.BeginAnew(CourierVisit)
	}
	t.Begin(CourierVisit)
	t.Visit.Actor = "courier:" + r.ID
	t.Show(view.StepCourierReady, view.ReasonNone)
	return nil
}

// courierAgain answers a badge while a courier is at work. Their own badge changes
// nothing: readers see it twice, and couriers make sure. A colleague's takes over, since
// nobody has said goodbye.
func courierAgain(t *visit.Turn, r people.CourierRecord) error {
	if t.Visit.Actor == "courier:"+r.ID {
		if t.Visit.Step == view.StepCourierReady {
			t.Show(view.StepCourierReady, view.ReasonNone)
		}
		return nil
	}
	if t.Visit.Step == view.StepCourierNoOpen {
		leaveDoor(t, string(t.Visit.Reason))
	}
	t.BeginAnew(CourierVisit)
	return courierArrives(t, r)
}

func courierRefused(t *visit.Turn, presented string) error {
	if t.RefusedAlready(view.StepCourierRefused, view.ReasonNotValid) {
		t.Heard = view.HeardNotValid
		if t.ToldEnough() {
			return nil
		}
	}
	t.Emit(&CourierRefused{Presented: presented})
	t.Begin(CourierVisit)
	t.Refused(view.StepCourierRefused, view.ReasonNotValid)
	return nil
}

// scanLabel begins the deposit of the parcel with this label. The courier has
// proved to be one, and is told exactly what is wrong.
func scanLabel(t *visit.Turn, c visit.Present) error {
	text := c.Label
	if t.Visit.Step == view.StepCourierNoOpen {
		leaveDoor(t, string(t.Visit.Reason))
	}
	if text == "" {
		t.Show(view.StepCourierReady, view.ReasonNotLabel)
		return nil
	}
	p, ok, alike := parcelWith(t, text)
	if !ok && len(alike) == 0 {
		p, ok = newcomer(t, c)
	}
	if !ok {
		refuseLabel(t, text, alike)
		return nil
	}
	t.Visit.Excluded, t.Visit.Above = nil, 0
	take(t, p)
	return nil
}

// refuseLabel says why a label opens nothing: it fits several parcels alike, was
// read wrongly, or is of none that is announced.
func refuseLabel(t *visit.Turn, text string, alike []string) {
	why := view.ReasonUnknownLabel
	if len(alike) > 0 {
		why = view.ReasonAmbiguous
	} else if label.IsMisread(text) {
		why = view.ReasonMisread
	}
	if said := t.Visit.Step == view.StepCourierReady &&
		t.Visit.Reason == why; why != view.ReasonUnknownLabel && !said {
		t.Emit(&LabelRefused{Reason: why, Parcels: alike})
	}
	t.Show(view.StepCourierReady, why)
}

// take deposits the parcel if it is still to come, or says why not.
func take(t *visit.Turn, p Parcel) {
	switch p.State {
	case Announced, DepositFailed:
		if p.Direction == BroughtBack { // customers bring these
			t.Show(view.StepCourierReady, view.ReasonUnknownLabel)
			return
		}
		if p.Leaving.ToCounter() {
			if !offerShelf(t, p, view.ReasonNone) {
				t.Show(view.StepCourierReady, view.ReasonForCounter)
			}
			return
		}
		deposit(t, p)
		tellTurnedAway(t, p)
	case Redirected:
		elsewhere(t, p)
	case Booked, Depositing, Stored, Collecting:
		t.Show(view.StepCourierReady, view.ReasonAlreadyStored)
	case Cancelled:
		t.Show(view.StepCourierReady, view.ReasonCancelled)
	default:
		t.Show(view.StepCourierReady, view.ReasonEnded)
	}
}

// deposit books a compartment for the parcel and opens it.
func deposit(t *visit.Turn, p Parcel) {
	if t.Full {
		t.Show(view.StepCourierReady, view.ReasonFull)
		return
	}
	all := wall.Compartments.All(t.State)
	wish := wishNow(t, p)
	wish.Above, wish.Except = t.Visit.Above, t.Visit.Excluded
	c, ok := wall.Choose(all, wish)
	if !ok {
		why := view.ReasonTooLarge
		for _, c := range all {
			if wishFor(p).Suits(c) {
				why = view.ReasonNoDoor
			}
		}
		if offerShelf(t, p, why) {
			return
		}
		t.Show(view.StepCourierReady, why)
		return
	}
	if other, blocked := t.OtherOpenDoor(c.Number); blocked {
		t.WaitFor(view.StepCourierReady, other)
		return
	}
	if p.isNew() {
		takeIn(t, p)
	}
	t.Emit(&ParcelBooked{of(p), c.Number})
	t.Visit.Last, t.Visit.LastDoor, t.Visit.Retake = "", "", view.ReasonNone
	t.Intend(wall.ForDeposit, c.Number, p.ID, 1)
}

// tellTurnedAway tells that there was no compartment for a parcel a courier has
// brought; once, however often its label is scanned.
func tellTurnedAway(t *visit.Turn, p Parcel) {
	why := t.Visit.Reason
	if t.Visit.Step != view.StepCourierReady || why != view.ReasonNoDoor && why != view.ReasonTooLarge ||
		p.FailedReason == string(why) || p.isNew() || p.State != Announced && p.State != DepositFailed {
		return // the last: while the counter was offered, staff took it in there
	}
	t.Emit(&DepositFailure{OfParcel: of(p), Reason: string(why)})
}

// retake asks the courier to take the parcel out again and close the door. What
// was said of the door counts from then on, so that it can be taken back.
func retake(t *visit.Turn, why view.Reason) {
	since := t.Visit.OpenSince
	t.Visit.Retake = why
	t.Show(view.StepCourierRetake, why)
	t.Visit.OpenSince = since
}

// outOfService withdraws a door that a courier has called broken.
func outOfService(t *visit.Turn, compartment string) {
	t.Emit(&wall.DoorOutOfService{
		OfDoor: wall.OfDoor{Compartment: compartment}, Reason: "reported broken by a courier",
	})
}

// retaken goes on when the door has closed after a retake.
func retaken(t *visit.Turn, o wall.Opening, sensor door.Presence) {
	p, _ := Parcels.Get(t.State, o.Parcel)
	why := t.Visit.Retake
	t.Visit.Retake = view.ReasonNone
	if o.Purpose == wall.ForUndo && sensor == door.Present {
		t.Show(view.StepCourierReady, view.ReasonAlreadyStored) // it was left inside: nothing changes
		return
	}
	reason := string(why)
	if why == view.ReasonUndo {
		reason = "courier_cancel"
	}
	t.Emit(&DepositFailure{of(p), o.Compartment, reason})
	t.Visit.Last, t.Visit.LastDoor = "", ""
	if o.Purpose == wall.ForUndo {
		t.Visit.Count--
	}
	switch {
	case why == view.ReasonBroken:
		outOfService(t, o.Compartment)
	case why == view.ReasonOccupied:
		t.Emit(&wall.CompartmentQuarantined{
			OfDoor: wall.OfDoor{Compartment: o.Compartment}, Reason: "found occupied by a courier",
			Contents: wall.ContentsPresent,
		})
	case sensor == door.Present:
		t.Emit(&wall.CompartmentQuarantined{
			OfDoor:   wall.OfDoor{Compartment: o.Compartment},
			Reason:   "the sensor sees something after the parcel was taken back",
			Contents: wall.ContentsUnknown,
		})
	default:
		t.Emit(&wall.CompartmentFreed{
			OfDoor: wall.OfDoor{Compartment: o.Compartment}, Evidence: wall.ByHuman,
		})
	}
	if why == view.ReasonUndo {
		t.Show(view.StepCourierReady, view.ReasonNone)
		return
	}
	another(t, p.ID, o.Compartment, why)
}

// another looks for a different compartment for a parcel that is still in the
// courier's hands, if the centre has not cancelled it meanwhile.
func another(t *visit.Turn, parcel, tried string, why view.Reason) {
	c, _ := wall.Compartments.Get(t.State, tried)
	if courierRemoved(t) {
		t.Show(view.StepCourierReady, view.ReasonNone)
		return
	}
	t.Visit.Excluded = append(t.Visit.Excluded, tried)
	if why == view.ReasonTooBig {
		t.Visit.Above = max(t.Visit.Above, c.Inner.Volume())
	}
	p, _ := Parcels.Get(t.State, parcel)
	take(t, p)
	if t.Visit.Step == view.StepCourierReady && t.Visit.Reason == view.ReasonTooLarge {
		t.Visit.Reason = view.ReasonNoDoor // it was announced as something that fits
	}
}

// courierRemoved reports whether the courier who is here may not come in any more.
func courierRemoved(t *visit.Turn) bool {
	id, ok := strings.CutPrefix(t.Visit.Actor, "courier:")
	if !ok {
		return false
	}
	r, _ := people.Couriers.Get(t.State, id)
	return r.Removed
}

// dismiss ends the visit of a courier who has been removed, as soon as no door
// opened for this visit is under way. Until then no other door is opened for it.
func dismiss(t *visit.Turn) {
	if t.Page().Clock == visit.WaitDoor || !courierRemoved(t) {
		return
	}
	switch t.Visit.Step {
	case view.StepCourierNoOpen:
		leaveDoor(t, string(t.Visit.Reason))
	case view.StepCourierCheck:
		leaveDoor(t, "timeout") // nobody is asked any more
	}
	t.End("finished")
}

// leaveDoor gives up on the door that would not open.
func leaveDoor(t *visit.Turn, why string) {
	if t.Visit.Reason == view.ReasonUnknown {
		why = string(view.ReasonUnknown) // also when nobody is there any more
	}
	if o, ok := wall.Openings.Get(t.State, t.Visit.Opening); ok {
		endDeposit(t, o, why)
	}
}

// kept ends a deposit for which the door was opened and nothing was put in.
func kept(t *visit.Turn) {
	p, _ := Parcels.Get(t.State, t.Visit.Parcel)
	t.Emit(&DepositFailure{of(p), t.Visit.Compartment, "courier_cancel"})
	t.Emit(&wall.CompartmentFreed{
		OfDoor: wall.OfDoor{Compartment: t.Visit.Compartment}, Evidence: wall.ByHuman,
	})
	t.Show(view.StepCourierReady, view.ReasonNone)
}

// store completes a deposit: the door has closed on the parcel.
func store(t *visit.Turn, o wall.Opening, evidence wall.Evidence) {
	t.KeepCalendar()
	p, _ := Parcels.Get(t.State, o.Parcel)
	c, _ := wall.Compartments.Get(t.State, o.Compartment)
	r := recipientOf(t.State, p.ID)
	language := ""
	if r != nil {
		language = r.Language
	}
	fresh, tail, form := codesFor(t, p, t.Fresh)
	t.Emit(&ParcelStored{
		OfParcel: of(p), Compartment: o.Compartment, Size: c.Size, Evidence: evidence, Language: language,
		Deadline: settings(t.Policy).Hours.Add(t.Today(), hours(p.PickupHours)),
		Hashes:   StoredHashes{fresh.CodeHash, fresh.PINHash}, Clear: fresh, Tail: tail, PINForm: form,
		Valuable: p.Valuable, Rotating: p.Rotating,
	})
	if t.InVisit(o) {
		t.Visit.Count++
		t.Visit.Last, t.Visit.LastDoor = p.ID, o.Compartment
		t.Show(view.StepCourierReady, view.ReasonNone)
	}
}
