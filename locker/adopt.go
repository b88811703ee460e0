package locker

import (
	"cubby/locker/door"
	"cubby/locker/view"
)

// A lock that was driven may open its door when nobody looks: its board fell
// silent with the pulse, the core died, the latch was stiff. Such a door belongs
// to its opening until it has been read closed once after the pulse. From then
// on, and with the time of a stiff latch over, whoever opens it uses force.

// late finds the opening that failed and whose doing it may be that a door is
// seen open now: the newest, or the one somebody stands before.
func (t *turn) late(compartment string) (Opening, bool) {
	waited, ok := t.Opening(t.visit.Opening)
	here := ok && waited.Compartment == compartment && waited.Failed() && t.waitsFor(waited)
	for _, o := range t.OpeningsOf(compartment) {
		switch {
		case !o.mayOpenLate(t.Now, here):
		case here:
			return waited, true
		default:
			return o, true
		}
	}
	return Opening{}, false
}

// waitsFor reports whether somebody still stands on the page that says that this
// opening failed, so that its door opens before their eyes.
func (t *turn) waitsFor(o Opening) bool {
	switch t.visit.Step {
	case view.StepNoOpen, view.StepToCheck, view.StepCourierNoOpen:
		return t.inVisit(o)
	}
	return false
}

// isUnseen reports whether a reading of this door as closed would tell that it
// has not been opened by what drove its lock last.
func (t *turn) isUnseen(compartment string) bool {
	for _, o := range t.OpeningsOf(compartment) {
		if o.Unseen {
			return true
		}
	}
	return false
}

// adopt takes a door that stands open for an opening whose outcome was not
// known, or was given up.
func (t *turn) adopt(o Opening) {
	t.emit(&OpeningAdopted{OfDoor{o.Compartment, o.ID}})
	if o.Failed() && t.waitsFor(o) {
		purposes[o.Purpose].resumed(t, o)
	}
	t.doorOpen(o)
}

// unattended leaves a door to staff that opened when nobody waited for it any more.
// Its compartment is offered to nobody, what is in it may be gone, and the screen
// asks whoever comes next to close it.
func (t *turn) unattended(o Opening) {
	t.emit(&OpeningAbandoned{OfDoor{o.Compartment, o.ID}, true})
	t.emit(&DoorLeftOpen{OfDoor{o.Compartment, o.ID}, len(leftOpenStages) + 1})
	box, _ := t.Compartment(o.Compartment)
	if p, ok := t.Parcel(box.Parcel); ok && p.Compartment == box.Number && p.State.Inside() && !p.ToCheck {
		t.emit(&ParcelToCheck{of(p), box.Number, "unknown"})
	}
	if box.Allocation == Free || box.Allocation == Reserved && box.Parcel == "" {
		why := "its door opened when nobody waited for it any more"
		t.emit(&CompartmentQuarantined{OfDoor{Compartment: box.Number}, why, ContentsUnknown})
	}
}

// intended notes that an opening inherits the doubt of those before it: its own
// order may end without a pulse.
func (a applying) intended(f *OpeningIntended) {
	unseen := false
	for _, o := range a.w.OpeningsOf(f.Compartment) {
		unseen = unseen || o.Unseen
	}
	a.putOpening(Opening{
		ID: f.Opening, Compartment: f.Compartment, Parcel: f.Parcel, Visit: f.Visit, Actor: f.Actor,
		Purpose: f.Purpose, Attempt: f.Attempt, State: Intended, At: a.at, NotAfter: f.NotAfter, Since: a.at,
		WasClosed: f.WasClosed, Unseen: unseen,
	})
	a.compartment(f.Compartment, func(c *Compartment) {
		c.Lock = LockPulsing
		if f.Purpose == ForReopen {
			c.Allocation, c.Reason = Reserved, "looked into again after a pickup"
		}
	})
}

// toCheck notes an opening nobody can tell the outcome of. Its door was read
// closed since when that is what is known of it.
func (a applying) toCheck(f *OpeningToCheck) {
	c, _ := a.w.Compartment(f.Compartment)
	a.change(f.Opening, func(o *Opening) { o.Unseen = c.Door != door.Closed })
	a.opening(f.Opening, ToCheck)
	a.compartment(f.Compartment, func(c *Compartment) { c.Lock = LockIdle })
}

// seenClosed takes the doubt off a door that is read closed.
func (a applying) seenClosed(compartment string) {
	for _, o := range a.w.OpeningsOf(compartment) {
		if o.Unseen {
			a.change(o.ID, func(o *Opening) { o.Unseen = false })
		}
	}
}
