package parcel

import (
	"time"

	"cubby/locker/door"
	"cubby/locker/ledger"
	"cubby/locker/visit"
	"cubby/locker/wall"
)

// Reopened: shortly after it was collected its bearer has the door opened once more, behind
// which nothing else has been put.
type Reopened struct {
	OfParcel
	Compartment string         `json:"compartment"`
	Credential  CredentialKind `json:"credential"`
}

// Type is the fact's name.
func (Reopened) Type() string { return "parcel.reopened" }

// Apply changes nothing: the opening that follows does.
func (*Reopened) Apply(*ledger.State, time.Time) {}

// graceOf is until when the code of a parcel that was just collected opens its door once
// more, and which; zero: it does not. Nothing else may lie there, or have been put in since:
// the last opening of the door was this parcel's.
func graceOf(s *ledger.State, env visit.Env, id string) (number string, until time.Time) {
	p, ok := Parcels.Get(s, id)
	grace := settings(env.Policy).ReopenGrace
	if !ok || p.State != Collected || p.EndedAt == nil || grace <= 0 {
		return "", until
	}
	if ago := env.Now.Sub(*p.EndedAt); ago < 0 || ago >= grace {
		return "", until // with a clock that was set back nobody can tell how long ago it was
	}
	for _, n := range wall.Compartments.Keys(s) {
		all := wall.OpeningsOf(s, n)
		if len(all) == 0 || all[0].Parcel != p.ID || all[0].State != wall.Done && all[0].Purpose != wall.ForReopen {
			continue
		}
		if c, _ := wall.Compartments.Get(s, n); c.Parcel == "" && c.Allocation == wall.Free && !c.Forced &&
			c.Door == door.Closed && c.Contents == wall.ContentsEmpty && c.Presence != door.Present {
			return n, p.EndedAt.Add(grace)
		}
	}
	return "", until
}

// reopen opens the door once more for whoever shows the credential that was just used for
// it.
func reopen(t *visit.Turn, r Right) (ok bool) {
	number, until := graceOf(t.State, t.Env, r.Parcel)
	if until.IsZero() {
		return false
	}
	if _, busy := t.Blocked(number); busy {
		return false
	}
	p, _ := Parcels.Get(t.State, r.Parcel)
	t.BeginAnew(PickupVisit)
	t.Visit.Actor = "bearer"
	t.Emit(&Reopened{of(p), number, r.By})
	t.Intend(wall.ForReopen, number, p.ID, 1)
	return true
}
