package locker

import (
	"cubby/locker/door"
	"cubby/locker/view"
)

// Purpose names what a door is opened for.
type Purpose string

const (
	ForDeposit Purpose = "deposit"
	ForPickup  Purpose = "pickup"
	ForUndo    Purpose = "undo"   // the courier takes the parcel deposited last back
	ForReopen  Purpose = "reopen" // the customer looks again after collecting
)

// A doorPurpose says what an opening means for the things it is for. The facts of
// the door itself are told already when its methods are called.
type doorPurpose interface {
	// pages are the pages that every opening of this purpose leads to.
	pages() doorPages

	// opened: its door was seen open, perhaps late and when nobody waits for it.
	opened(t *turn, o Opening)
	// resumed comes before opened when the opening had been given up and the
	// person still stands before the page that says so.
	resumed(t *turn, o Opening)
	// stillMeant reports whether that person is still to use the open door.
	stillMeant(t *turn, o Opening) bool
	// showOpen shows the page of the open door to the person who is here.
	showOpen(t *turn)

	// closed: its door has closed again. here: the person is still there.
	closed(t *turn, o Opening, seen door.Seen, here bool)
	// notOpened: it led to no open door, or to one that nobody can tell of.
	notOpened(t *turn, o Opening, why view.Reason, here bool)
	// interrupted: nobody can say what became of it.
	interrupted(t *turn, o Opening)
	// showInterrupted shows that to the person who is here.
	showInterrupted(t *turn)
}

// doorPages are the pages of an opening that do not depend on what it is for.
type doorPages struct{ opening, notOpened view.Step }

var (
	customerPages = doorPages{view.StepPickupOpening, view.StepNoOpen}
	courierPages  = doorPages{view.StepCourierOpening, view.StepCourierNoOpen}
)

// purposes are all that a door is opened for.
var purposes = map[Purpose]doorPurpose{ForDeposit: depositing{}, ForPickup: collecting{}, ForUndo: undoing{}, ForReopen: reopening{}}
