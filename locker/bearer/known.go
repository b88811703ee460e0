package bearer

import (
	"cubby/locker/ledger"
	"cubby/locker/members"
	"cubby/locker/parcel"
	"cubby/locker/visit"
)

// mayAsk: what is known of somebody is for who has their code, and not for who collects
// for them.
func mayAsk(s *ledger.State, p parcel.Parcel, r parcel.Right, env visit.Env) bool {
	return !r.Narrow && members.MayAsk(s, p.ID, env)
}

// askKnown shows what is known of whom the parcel is for, or asks whether they want to be remembered.
func askKnown(t *visit.Turn, p parcel.Parcel, _ parcel.Right) { members.Known(t, p.ID) }
