package visit

import "cubby/locker/wall"

// A lock that was driven may open its door when nobody looks: its board fell
// silent with the pulse, the core died, the latch was stiff. Such a door belongs
// to its opening until it has been read closed once after the pulse. From then
// on, and with the time of a stiff latch over, whoever opens it uses force.

// late finds the opening that failed and whose doing it may be that a door is
// seen open now: the newest, or the one somebody stands before.
func (t *Turn) late(compartment string) (wall.Opening, bool) {
	waited, ok := wall.Openings.Get(t.State, t.Visit.Opening)
	here := ok && waited.Compartment == compartment && waited.Failed() && t.waitsFor(waited)
	for _, o := range wall.OpeningsOf(t.State, compartment) {
		switch {
		case !o.MayOpenLate(t.Now, here):
		case here:
			return waited, true
		default:
			return o, true
		}
	}
	return wall.Opening{}, false
}

// waitsFor reports whether somebody still stands on the page that says that this
// opening failed, so that its door opens before their eyes.
func (t *Turn) waitsFor(o wall.Opening) bool {
	return t.Page().NotOpened && t.InVisit(o)
}

// isUnseen reports whether a reading of this door as closed would tell that it
// has not been opened by what drove its lock last.
func (t *Turn) isUnseen(compartment string) bool {
	for _, o := range wall.OpeningsOf(t.State, compartment) {
		if o.Unseen {
			return true
		}
	}
	return false
}

// adopt takes a door that stands open for an opening whose outcome was not
// known, or was given up.
func (t *Turn) adopt(o wall.Opening) {
	t.Emit(&wall.OpeningAdopted{OfDoor: wall.OfDoor{Compartment: o.Compartment, Opening: o.ID}})
	if o.Failed() && t.waitsFor(o) {
		t.rules.purposes[o.Purpose].Resumed(t, o)
	}
	t.doorOpen(o)
}

// elsewhere is for a door that somebody at no terminal has opened, who stands before it.
// Others are served meanwhile.
func (t *Turn) elsewhere(o wall.Opening) {
	t.Emit(&wall.OpeningAbandoned{
		OfDoor: wall.OfDoor{Compartment: o.Compartment, Opening: o.ID}, Elsewhere: true,
	})
}

// unattended leaves a door to staff that opened when nobody waited for it any more.
// Its compartment is offered to nobody, what is in it may be gone, and the screen
// asks whoever comes next to close it.
func (t *Turn) unattended(o wall.Opening) {
	t.Emit(&wall.OpeningAbandoned{
		OfDoor: wall.OfDoor{Compartment: o.Compartment, Opening: o.ID}, Unattended: true,
	})
	t.Emit(&wall.DoorLeftOpen{
		OfDoor: wall.OfDoor{Compartment: o.Compartment, Opening: o.ID}, Stage: len(leftOpenStages) + 1,
	})
	box, _ := wall.Compartments.Get(t.State, o.Compartment)
	t.Doubt(box, "unknown")
	if box.Allocation == wall.Free || box.Allocation == wall.Reserved && box.Parcel == "" {
		why := "its door opened when nobody waited for it any more"
		t.Emit(&wall.CompartmentQuarantined{
			OfDoor: wall.OfDoor{Compartment: box.Number}, Reason: why, Contents: wall.ContentsUnknown,
		})
	}
}
