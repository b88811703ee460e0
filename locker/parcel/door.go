package parcel

import (
	"slices"
	"time"

	"cubby/locker/ledger"
	"cubby/locker/people"
	"cubby/locker/visit"
	"cubby/locker/wall"
)

// doubt marks the parcel behind a door as to be looked after by staff.
func doubt(t *visit.Turn, c wall.Compartment, why string) {
	if p, ok := Parcels.Get(t.State, c.Parcel); ok && p.Compartment == c.Number &&
		p.State.Inside() && !p.ToCheck {
		t.Emit(&ParcelToCheck{of(p), c.Number, why})
	}
}

// restore answers staff who want a door back in use that has a parcel bound to it.
// One that has expired is with them from then on.
func restore(t *visit.Turn, c wall.Compartment, reason, by string) (done bool, err error) {
	p, ok := Parcels.Get(t.State, c.Parcel)
	switch {
	case !ok:
		return false, nil
	case p.State == Expired:
		if err := (people.Doer{ID: by}).Must(t.State, people.TakeToCounter); err != nil {
			return false, err
		}
		t.Emit(&ParcelCounterHeld{
			OfParcel: of(p), Compartment: c.Number, Reason: reason, KeepsCode: true, By: by,
		})
		t.Emit(&wall.DoorRestored{OfDoor: wall.OfDoor{Compartment: c.Number}, Reason: reason, By: by})
		return true, nil
	case p.Compartment != c.Number:
		return false, nil
	case c.Forced:
		t.Emit(&wall.DoorAlarmCleared{OfDoor: wall.OfDoor{Compartment: c.Number}, Reason: reason, By: by})
		return true, nil
	}
	return false, ledger.Refuse(ledger.Conflict, "parcel-inside",
		"parcel %s is bound to this door; take it to the counter or write it off first", p.ID)
}

func hours(n int) time.Duration { return time.Duration(n) * time.Hour }

// wishFor is what a parcel asks of a compartment.
func wishFor(p Parcel) wall.Wish {
	return wall.Wish{Dimensions: p.Dimensions, KeepUpright: p.KeepUpright, Accessible: p.Accessible}
}

// wishNow adds what whoever it is for wishes. A need that no door here can ever meet for
// this parcel is no reason to turn it away.
func wishNow(t *visit.Turn, p Parcel) wall.Wish {
	wish := wishFor(p)
	wish.KeptFree = t.Policy.AccessibleKeptFree
	needs, prefers := t.Reach(p.ID)
	wish.Reach = needs || prefers
	if needs {
		within := wish
		within.Accessible = true
		wish.Accessible = wish.Accessible || slices.ContainsFunc(wall.Compartments.All(t.State), within.Suits)
	}
	return wish
}
