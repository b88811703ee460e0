package visit

import (
	"cubby/locker/door"
	"cubby/locker/view"
	"cubby/locker/wall"
)

// A DoorPurpose says what an opening means for the things it is for. The facts of
// the door itself are told already when its methods are called.
type DoorPurpose interface {
	// Pages are the pages that every opening of this purpose leads to.
	Pages() DoorPages

	// Opened: its door was seen open, perhaps late and when nobody waits for it.
	Opened(t *Turn, o wall.Opening)
	// Resumed comes before opened when the opening had been given up and the
	// person still stands before the page that says so.
	Resumed(t *Turn, o wall.Opening)
	// StillMeant reports whether that person is still to use the open door.
	StillMeant(t *Turn, o wall.Opening) bool
	// ShowOpen shows the page of the open door to the person who is here.
	ShowOpen(t *Turn)

	// Closed: its door has closed again. here: the person is still there.
	Closed(t *Turn, o wall.Opening, seen door.Seen, here bool)
	// NotOpened: it led to no open door, or to one that nobody can tell of.
	NotOpened(t *Turn, o wall.Opening, why view.Reason, here bool)
	// Interrupted: nobody can say what became of it.
	Interrupted(t *Turn, o wall.Opening)
	// ShowInterrupted shows that to the person who is here.
	ShowInterrupted(t *Turn)
}

// A Helper is a DoorPurpose that helps the person whose door did not open, step by step,
// instead of showing one page. It is asked after NotOpened; shown: it has shown a page.
type Helper interface {
	Help(t *Turn, o wall.Opening, why view.Reason) (shown bool)
}

// DoorPages are the pages of an opening that do not depend on how it goes.
type DoorPages struct{ Opening, NotOpened view.Step }
