package desk

import (
	"time"

	"cubby/locker/door"
	"cubby/locker/ledger"
	"cubby/locker/people"
	"cubby/locker/view"
	"cubby/locker/visit"
	"cubby/locker/wall"
)

// open opens the door of the page, with whoever vouches beside the person.
func open(t *visit.Turn, second people.Doer) error {
	n, by := noteOf(t.Visit), who(t.Visit)
	box, err := mayOpen(t, by, second, n.at().Door)
	if err == nil && box.Parcel != n.Parcel {
		err = behindItNow()
	}
	if err != nil {
		return refused(t, err)
	}
	if n.Second != second.ID {
		n.Second, n.Since = second.ID, t.Now
	}
	if n.Op == view.OpLeavingNext {
		n.Round = vouched{n.Second, n.Since}
	}
	t.Keep(n)
	allow(t, box, by, second, n.Reason)
	t.Intend(wall.ForInspection, box.Number, box.Parcel, 1)
	return nil
}

// vouchedFor is how long a second person is taken to stand there still, when a door that
// did not open is tried again. Later that person, or another, is asked for anew.
const vouchedFor = 2 * time.Minute

// openAgain opens the same door once more, by the same people as long as both are there.
func openAgain(t *visit.Turn) {
	n := noteOf(t.Visit)
	if inRound(t.State, t.Visit) {
		_ = openRound(t, t.Visit.Compartment) // what is refused is said
		return
	}
	second := people.Doer{ID: n.Second}
	passed := t.Now.Sub(n.Since) // by the wall clock, which may be set back
	if n.Second != "" && (passed < 0 || passed >= vouchedFor || second.Must(t.State, people.BeSecond) != nil) {
		n.Second = ""
		t.Visit.Opening, t.Visit.Compartment, t.Visit.Parcel = "", "", ""
		question(t, view.StepStaffSecond, n)
		return
	}
	if err := open(t, second); err != nil {
		t.Heard = view.HeardBusy
	}
}

// mayOpenAgain: the lock has rested.
func mayOpenAgain(s *ledger.State, v visit.Visit, env visit.Env) bool {
	c, ok := wall.Compartments.Get(s, v.Compartment)
	return ok && c.Door != door.Open && !v.Waits(env)
}
