package wall

import "time"

// OpeningState is how far one opening has come.
type OpeningState string

const (
	Intended    OpeningState = "intended"    // committed; the pulse may have gone out
	Interrupted OpeningState = "interrupted" // the core stopped before its outcome was known
	IsOpen      OpeningState = "open"        // the door was seen open
	DidNotOpen  OpeningState = "did_not_open"
	ToCheck     OpeningState = "to_check" // nobody can say what happened; staff must look
	Done        OpeningState = "done"     // opened and closed again
)

// An Opening is one decision to open one door: at most one pulse, ever.
type Opening struct {
	ID          string       `json:"id"`
	Compartment string       `json:"compartment"`
	Parcel      string       `json:"parcel,omitempty"`
	Visit       string       `json:"visit,omitempty"`
	Actor       string       `json:"actor"`
	Purpose     Purpose      `json:"purpose"`
	Attempt     int          `json:"attempt"` // 1, 2 for the automatic repeat, then further ones
	State       OpeningState `json:"state"`
	Abandoned   bool         `json:"abandoned,omitempty"` // its visit ended while the door stood open
	Reminded    bool         `json:"reminded,omitempty"`  // somebody was told that the door stands open
	// its door was seen closed before it opened, for somebody who was here
	WasClosed bool      `json:"was_closed"`
	At        time.Time `json:"at"`
	NotAfter  time.Time `json:"not_after"`
	Since     time.Time `json:"since"` // when it entered its state
	// Unseen: its lock may have been driven, for it or for one before it, and the
	// door was not read closed since.
	Unseen   bool      `json:"unseen,omitempty"`
	Undriven bool      `json:"undriven,omitempty"` // it ended, and its lock was surely not driven
	OpenedAt time.Time `json:"opened_at,omitzero"` // when the hardware saw its door open; zero: not at all
}

// StandsOpen is how long a door may stand open that somebody at no terminal has opened,
// before others are asked to close it.
const StandsOpen = 2 * time.Minute

// UnderWay reports whether the opening still waits for an outcome or for its
// door to close.
func (o Opening) UnderWay() bool {
	return o.State == Intended || o.State == Interrupted || o.State == IsOpen
}

// How long after a failed opening a door that springs open is still taken for
// that opening and not for a forced door, although it has been read closed since.
// Stiff latches let go up to 1.5 s late, and a board nobody uses is read every
// 3.5 s at most; while the same person is still here and pulls at the door it may
// be a minute.
const (
	LateAlone = 5 * time.Second
	LateHere  = 60 * time.Second
)

// Failed reports whether the opening ended without a door that was seen open.
func (o Opening) Failed() bool { return o.State == DidNotOpen || o.State == ToCheck }

// MayOpenLate reports whether a door seen open now may be this opening's doing:
// it was driven and nobody has read it closed since, however long ago that is;
// or it was, so short a time ago that the latch may have let go after that. An
// opening that failed later than now was before the clock was set back: no one
// can tell how long ago.
func (o Opening) MayOpenLate(now time.Time, here bool) bool {
	within := LateAlone
	if here {
		within = LateHere
	}
	ago := now.Sub(o.Since)
	return o.Failed() && (o.Unseen || !o.Undriven && ago >= 0 && ago <= within)
}

// TooBrief is how long a door stands open at least when somebody reaches into
// it. A contact that reads open for less may belong to a lock whose pulse was
// longer than it was thought to be, or to one that rattles.
const TooBrief = 1500 * time.Millisecond

// Flickered reports whether a door has closed sooner than anybody can have
// reached into it, or may have. Only the hardware's times count: a commit may
// be slow, and what came in meanwhile is decided all at once. With a clock that
// was set back, or a door that was not seen to open, it may have.
func (o Opening) Flickered(closed time.Time) bool {
	return o.OpenedAt.IsZero() || closed.Sub(o.OpenedAt) < TooBrief
}

// SettleAfter is how long a restarted core waits for the first reading of a
// door before it calls an interrupted opening one that must be checked; and how
// long past its last moment an order may go without an answer.
const SettleAfter = 8 * time.Second
