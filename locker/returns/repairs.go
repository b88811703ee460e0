package returns

import (
	"cubby/locker/ledger"
	"cubby/locker/returns/policy"
)

// repairsOf are the repairs of a line that were decided here. Whoever brings it back after
// one because of a fault says that it has failed.
func repairsOf(s *ledger.State, b Basis, line string) (all []policy.Repair) {
	for _, c := range casesOf.Find(s, b.Order.ID) {
		for _, i := range c.Items {
			if i.Line != line || i.Decision != Repair || c.ID == b.Own {
				continue
			}
			r := policy.Repair{Asked: c.Requested}
			if c.Ended != nil {
				r.Back, r.Failed = *c.Ended, true
			}
			all = append(all, r)
		}
	}
	return all
}
