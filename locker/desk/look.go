package desk

import (
	"cubby/locker/door"
	"cubby/locker/ledger"
	"cubby/locker/parcel"
	"cubby/locker/people"
	"cubby/locker/plain"
	"cubby/locker/view"
	"cubby/locker/visit"
	"cubby/locker/wall"
)

// OpenDoor opens a door for somebody who is at no terminal: at the endpoint, or at the
// command line. A door with a parcel takes a second person.
type OpenDoor struct {
	By          people.Doer
	Second      string // hash of the badge of the second person; empty: nobody
	Compartment string
	Reason      string
	Opening     *string // set to the id of the opening
}

func (c OpenDoor) Decide(t *visit.Turn) error {
	if err := plain.Check(c.Reason, 200, "reason", "/reason"); err != nil {
		return err
	}
	second, err := secondOf(t.State, c.By, c.Second)
	if err != nil {
		return err
	}
	box, err := mayOpen(t, c.By, second, c.Compartment)
	if err != nil {
		return err
	}
	allow(t, box, c.By, second, c.Reason)
	*c.Opening = t.IntendFor(wall.ForInspection, box.Number, box.Parcel, c.By.Actor())
	return nil
}

// secondOf is who vouches beside the first person.
func secondOf(s *ledger.State, first people.Doer, hash string) (people.Doer, error) {
	if hash == "" {
		return people.Doer{}, nil
	}
	e, ok := people.EmployeeWith(s, hash)
	second := people.Doer{ID: e.ID}
	switch {
	case !ok:
		return second, ledger.Refuse(ledger.NotAllowed, "unknown-badge",
			"the badge of the second person belongs to nobody of the staff").At("/second")
	case second == first:
		return second, ledger.Refuse(ledger.NotAllowed, "same-person",
			"the second person has to be somebody else").At("/second")
	}
	return second, second.Must(s, people.BeSecond)
}

// mayOpen refuses a door that must not be opened now, or not by these people.
func mayOpen(t *visit.Turn, by, second people.Doer, number string) (wall.Compartment, error) {
	box, ok := wall.Compartments.Get(t.State, number)
	if !ok {
		return box, ledger.Refuse(ledger.NotFound, "no-such-compartment",
			"there is no compartment with this number")
	}
	if err := by.Must(t.State, opening(box)); err != nil {
		return box, err
	}
	if second != (people.Doer{}) {
		if err := second.Must(t.State, people.BeSecond); err != nil {
			return box, err
		}
	}
	if opening(box) == people.OpenOccupied && second == (people.Doer{}) {
		return box, ledger.Refuse(ledger.NotAllowed, "second-person",
			"there is a parcel behind door %s, as far as is known: a second person has to show a badge",
			number)
	}
	p, _ := parcel.Parcels.Get(t.State, box.Parcel)
	return box, atRest(t, number, p)
}

// atRest refuses a door that somebody uses, or that another of its bank keeps shut.
func atRest(t *visit.Turn, number string, p parcel.Parcel) error {
	atWork := p.State == parcel.Booked || p.State == parcel.Depositing || p.State == parcel.Collecting
	if _, busy := t.UnderWay(number); busy || atWork {
		return ledger.Refuse(ledger.Conflict, "door-in-use",
			"door %s is in use; wait until it is closed", number)
	}
	if other, busy := t.OtherOpenDoor(number); busy {
		return ledger.Refuse(ledger.Conflict, "door-open",
			"door %s of the same bank is in use; close it first, or wait", other)
	}
	return nil
}

// opening is what one has to be allowed for to open a door.
func opening(c wall.Compartment) people.Action {
	if c.MayHoldParcel() {
		return people.OpenOccupied
	}
	return people.OpenEmpty
}

// holds reports whether a parcel is bound to a door.
func holds(c wall.Compartment) bool { return c.Parcel != "" }

// allow tells who opens a door and why, before it is opened.
func allow(t *visit.Turn, box wall.Compartment, by, second people.Doer, reason string) {
	p, _ := parcel.Parcels.Get(t.State, box.Parcel)
	t.Emit(&OpeningAllowed{
		OfDoor: wall.OfDoor{Compartment: box.Number}, Parcel: box.Parcel, Order: p.OrderID,
		Reason: reason, By: by.ID,
		Second: second.ID,
	})
}

// looking is what staff open doors for: what is behind one is for them to say.
type looking struct{}

func (looking) Pages() visit.DoorPages {
	return visit.DoorPages{Opening: view.StepStaffOpening, NotOpened: view.StepStaffNoOpen}
}
func (looking) Opened(*visit.Turn, wall.Opening)          {}
func (looking) Resumed(*visit.Turn, wall.Opening)         {}
func (looking) StillMeant(*visit.Turn, wall.Opening) bool { return true }
func (looking) ShowOpen(t *visit.Turn)                    { t.Show(view.StepStaffOpen, view.ReasonNone) }

// ShowInterrupted is for nobody: a restart has signed everybody out.
func (looking) ShowInterrupted(t *visit.Turn) { t.Show(view.StepStaffNoOpen, view.ReasonUnknown) }

func (looking) Closed(t *visit.Turn, o wall.Opening, _ door.Seen, here bool) {
	if here {
		t.Show(view.StepStaffLooked, view.ReasonNone)
		return
	}
	unsaid(t, o.Compartment, o.Parcel)
}

func (looking) NotOpened(t *visit.Turn, o wall.Opening, why view.Reason, _ bool) {
	switch box, _ := wall.Compartments.Get(t.State, o.Compartment); {
	case why == view.ReasonUnknown:
		unsaid(t, o.Compartment, o.Parcel)
	case box.Allocation == wall.Reserved && !holds(box):
		t.Emit(&wall.CompartmentFreed{
			OfDoor: wall.OfDoor{Compartment: o.Compartment}, Evidence: wall.ByInference,
		})
	}
}

func (looking) Interrupted(t *visit.Turn, o wall.Opening) { unsaid(t, o.Compartment, o.Parcel) }

// unsaid is for a door that was opened, or may have been, while nobody says what is
// behind it: the parcel that was there is to be looked after, and an empty one is offered
// to nobody. What has come or gone since is known by what brought or took it.
func unsaid(t *visit.Turn, number, was string) {
	box, _ := wall.Compartments.Get(t.State, number)
	switch {
	case box.Parcel != was:
	case holds(box):
		t.Doubt(box, "inspection")
	case box.Allocation == wall.Free, box.Allocation == wall.Reserved:
		t.Emit(&wall.CompartmentQuarantined{
			OfDoor: wall.OfDoor{Compartment: number}, Reason: "nobody said what was behind it after a look",
			Contents: wall.ContentsUnknown,
		})
	}
}

// owesAnswer reports whether the person has looked behind a door and has not said yet what
// was there: on the page that asks for it, and on those that an answer leads to.
func owesAnswer(v visit.Visit) bool {
	switch v.Step {
	case view.StepStaffLooked, view.StepStaffReason, view.StepStaffWhy, view.StepStaffConfirm:
		return v.Compartment != ""
	}
	return false
}

// abandonLook is for somebody who goes without saying what was behind the door.
func abandonLook(t *visit.Turn) {
	if owesAnswer(t.Visit) {
		unsaid(t, t.Visit.Compartment, t.Visit.Parcel)
	}
}
