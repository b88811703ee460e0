package visit

import (
	"time"

	"cubby/locker/door"
	"cubby/locker/view"
	"cubby/locker/wall"
)

// orderLife is how long after its commit an order may still drive a lock.
const orderLife = 10 * time.Second

// firmFrom is the attempt from which on a lock is driven as hard as its board can be told to:
// the usual pulse has failed three times.
const firmFrom = 4

// Intend commits to one opening and orders it from the hardware. Whoever is here
// waits for it.
func (t *Turn) Intend(purpose wall.Purpose, compartment, parcel string, attempt int) {
	id := t.NewID()
	t.intend(id, purpose, compartment, parcel, attempt, t.Visit.ID, t.Visit.Actor)
	t.Visit.Opening, t.Visit.Compartment, t.Visit.Parcel = id, compartment, parcel
	t.Show(t.rules.purposes[purpose].Pages().Opening, view.ReasonNone)
}

// IntendFor is the same for somebody who is at no terminal, and returns the id of the
// opening.
func (t *Turn) IntendFor(purpose wall.Purpose, compartment, parcel, actor string) string {
	id := t.NewID()
	t.IntendAs(id, purpose, compartment, parcel, actor)
	return id
}

// IntendAs is IntendFor with an id that was told before.
func (t *Turn) IntendAs(id string, purpose wall.Purpose, compartment, parcel, actor string) {
	t.intend(id, purpose, compartment, parcel, 1, "", actor)
}

func (t *Turn) intend(id string, purpose wall.Purpose, compartment, parcel string, attempt int,
	visit, actor string) {
	box, _ := wall.Compartments.Get(t.State, compartment)
	notAfter := t.Now.Add(orderLife)
	t.Emit(&wall.OpeningIntended{OfDoor: wall.OfDoor{
		Compartment: compartment, Opening: id,
	}, Parcel: parcel, Purpose: purpose, Attempt: attempt,
		NotAfter: notAfter, WasClosed: box.Door == door.Closed, Visit: visit, Actor: actor})
	t.Order(door.Order{
		Opening: id, Compartment: compartment, NotAfter: notAfter, Firm: attempt >= firmFrom,
	})
}

// InVisit reports whether the opening belongs to the visit that is here now.
func (t *Turn) InVisit(o wall.Opening) bool { return t.Visit.ID != "" && t.Visit.Opening == o.ID }

func (c EndOpening) Decide(t *Turn) error {
	o, ok := wall.Openings.Get(t.State, c.Opening)
	if !ok || o.State != wall.Intended {
		return nil // told twice, or settled by the door meanwhile
	}
	t.attendOpening(o.ID)
	t.Emit(&wall.OpeningEnded{
		OfDoor: wall.OfDoor{Compartment: o.Compartment, Opening: o.ID}, Result: c.Result, Pulsed: c.Pulsed,
	})
	switch c.Result {
	case door.ConfirmedOpen:
		if box, _ := wall.Compartments.Get(t.State, o.Compartment); box.Door != door.Open {
			t.Emit(&wall.DoorOpened{OfDoor: wall.OfDoor{Compartment: o.Compartment, Opening: o.ID}, At: c.At})
		}
		t.doorOpen(o)
	case door.Stuck:
		// Somebody may have come back meanwhile to a door of the bank that was left open.
		if _, busy := t.OtherOpenDoor(o.Compartment); o.Attempt == 1 && t.InVisit(o) && !t.barred() && !busy {
			// The door is known to be closed, so a second pulse is not a blind one.
			t.Intend(o.Purpose, o.Compartment, o.Parcel, 2)
			return nil
		}
		t.noOpen(o, view.ReasonStuck)
	case door.Unanswered:
		if c.Pulsed { // it fell silent with the pulse: the door may have opened, and closed again, unseen
			t.noOpen(o, view.ReasonUnknown)
		} else {
			t.noOpen(o, view.ReasonUnanswered)
		}
	case door.Refused:
		if c.Rest > 0 {
			t.noOpen(o, view.ReasonRest)
			if t.InVisit(o) {
				t.Visit.RetryAt = t.Now.Add(c.Rest)
			}
		} else {
			t.noOpen(o, view.ReasonUnanswered)
		}
	default:
		t.noOpen(o, view.ReasonUnknown)
	}
	return nil
}

// Unseen keeps a compartment for staff whose door may have been opened.
func (t *Turn) Unseen(compartment string) {
	t.Emit(&wall.CompartmentQuarantined{
		OfDoor: wall.OfDoor{Compartment: compartment}, Reason: "nobody could see whether its door opened",
		Contents: wall.ContentsUnknown,
	})
}

// doorOpen moves on when the door of an opening has been seen open.
func (t *Turn) doorOpen(o wall.Opening) {
	purpose := t.rules.purposes[o.Purpose]
	purpose.Opened(t, o)
	if o.Visit == "" && !o.Failed() {
		t.elsewhere(o)
		return
	}
	if !t.InVisit(o) || o.Failed() && !(t.waitsFor(o) && purpose.StillMeant(t, o)) {
		t.unattended(o)
		return
	}
	purpose.ShowOpen(t)
	t.Visit.OpenSince = t.Now
}

// doorClosed moves on when the door of an opening has closed again.
func (t *Turn) doorClosed(o wall.Opening, seen door.Seen) {
	t.rules.purposes[o.Purpose].Closed(t, o, seen, t.InVisit(o))
}

// noOpen ends an attempt that led to no open door, or to one that nobody can
// tell of. Nothing changes hands, and what the person may do next depends on who
// it is. Where the door may have opened staff are told to look.
func (t *Turn) noOpen(o wall.Opening, why view.Reason) {
	purpose := t.rules.purposes[o.Purpose]
	purpose.NotOpened(t, o, why, t.InVisit(o))
	if !t.InVisit(o) {
		return
	}
	if helper, ok := purpose.(Helper); !ok || !helper.Help(t, o, why) {
		t.Show(purpose.Pages().NotOpened, why)
	}
}

// checkOpening settles an opening nobody can tell the outcome of: what it was for
// stays bound to its door, the door is given to nobody else, and staff are told
// to look.
func (t *Turn) checkOpening(o wall.Opening) {
	t.Emit(&wall.OpeningToCheck{
		OfDoor: wall.OfDoor{Compartment: o.Compartment, Opening: o.ID}, Parcel: o.Parcel,
	})
	purpose := t.rules.purposes[o.Purpose]
	purpose.Interrupted(t, o)
	if t.InVisit(o) {
		purpose.ShowInterrupted(t)
	}
}

// OpenAgain opens a door once more from the page that offers it, unless somebody has
// another one of its bank open meanwhile.
func (t *Turn) OpenAgain(purpose wall.Purpose, compartment, parcel string) bool {
	if _, busy := t.Blocked(compartment); busy {
		t.Heard = view.HeardBusy
		return false
	}
	t.Intend(purpose, compartment, parcel, 1)
	return true
}

// UnderWay returns the opening of a compartment that still waits for something.
func (t *Turn) UnderWay(compartment string) (wall.Opening, bool) {
	for _, o := range wall.OpeningsOf(t.State, compartment) {
		if o.UnderWay() {
			return o, true
		}
	}
	return wall.Opening{}, false
}

// Blocked finds the door that keeps one from being opened again by whoever is here:
// itself, when somebody else has it open, or another of its bank.
func (t *Turn) Blocked(compartment string) (string, bool) {
	if o, moving := t.UnderWay(compartment); moving && !t.InVisit(o) {
		return compartment, true
	}
	return t.OtherOpenDoor(compartment)
}

// OtherOpenDoor finds a door of the same bank that somebody has open. Doors
// whose visit has ended do not block the others: an alarm is out for them.
func (t *Turn) OtherOpenDoor(compartment string) (string, bool) {
	here, _ := wall.Compartments.Get(t.State, compartment)
	for _, n := range wall.Compartments.Keys(t.State) {
		c, _ := wall.Compartments.Get(t.State, n)
		if n == compartment || c.Bank != here.Bank {
			continue
		}
		if o, ok := t.UnderWay(n); ok && !o.Abandoned {
			return n, true
		}
	}
	return "", false
}
