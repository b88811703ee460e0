package remote

import (
	"cubby/locker/door"
	"cubby/locker/view"
	"cubby/locker/visit"
	"cubby/locker/wall"
)

// fromAfar is what the centre has doors opened for. Who stands before the door, and what
// they take out or leave, nobody knows: staff are to look.
type fromAfar struct{}

// nobody is at a screen
func (fromAfar) Pages() visit.DoorPages                    { return visit.DoorPages{} }
func (fromAfar) Opened(*visit.Turn, wall.Opening)          {}
func (fromAfar) Resumed(*visit.Turn, wall.Opening)         {}
func (fromAfar) StillMeant(*visit.Turn, wall.Opening) bool { return false }
func (fromAfar) ShowOpen(*visit.Turn)                      {}
func (fromAfar) ShowInterrupted(*visit.Turn)               {}

func (fromAfar) Closed(t *visit.Turn, o wall.Opening, _ door.Seen, _ bool) { unsaid(t, o) }

func (fromAfar) NotOpened(t *visit.Turn, o wall.Opening, why view.Reason, _ bool) {
	switch box, _ := wall.Compartments.Get(t.State, o.Compartment); {
	case why == view.ReasonUnknown:
		unsaid(t, o)
	case box.Allocation == wall.Reserved && box.Parcel == "":
		t.Emit(&wall.CompartmentFreed{
			OfDoor: wall.OfDoor{Compartment: o.Compartment}, Evidence: wall.ByInference,
		})
	}
}

func (fromAfar) Interrupted(t *visit.Turn, o wall.Opening) { unsaid(t, o) }

// unsaid marks the parcel that was behind the door as to be looked after, and has an empty
// compartment be offered to nobody. What has come or gone since is known by what brought
// or took it.
func unsaid(t *visit.Turn, o wall.Opening) {
	box, _ := wall.Compartments.Get(t.State, o.Compartment)
	switch {
	case box.Parcel != o.Parcel:
	case box.Parcel != "":
		t.Doubt(box, "remote")
	case box.Allocation == wall.Free, box.Allocation == wall.Reserved:
		t.Emit(&wall.CompartmentQuarantined{
			OfDoor: wall.OfDoor{Compartment: o.Compartment}, Contents: wall.ContentsUnknown,
			Reason: "nobody said what was behind it after the centre had it opened",
		})
	}
}
