package desk

import (
	"slices"

	"cubby/locker/ledger"
	"cubby/locker/view"
	"cubby/locker/visit"
	"cubby/locker/wall"
)

// reasons are the usual ones for each operation. "other" is typed.
var reasons = map[string][]string{
	view.OpOpen:         {"to_check", "customer_asks", "expired", "door_stuck", "cleaning"},
	view.OpRestore:      {"looked_empty", "repaired", "cleaned"},
	view.OpOutOfService: {"broken", "dirty", "maintenance"},
	view.OpEndAlarm:     {"looked_into", "own_staff", "maintenance"},
	view.OpToCounter:    {"expired", "customer_asks", "door_stuck", "found"},
	view.OpWriteOff:     {"not_there", "damaged", "stolen"},
	view.OpHandKnown:    {"identity_shown", "phone_lost"},
	view.OpNewCode:      {"phone_lost", "code_seen"},
	view.OpHold:         {"shop_asks", "disputed"},
	view.OpRelease:      {"shop_asks", "settled"},
	view.OpCloseCase:    {"settled", "not_there", "found", "repaired"},
}

// aboutParcels are the reasons that an empty door is not opened for, aboutDoors those that
// one with a parcel is not.
var (
	aboutParcels = []string{"to_check", "customer_asks", "expired"}
	aboutDoors   = []string{"cleaning"}
)

// reasonsFor are those that a page offers.
func reasonsFor(s *ledger.State, v visit.Visit) []string {
	n := noteOf(v)
	all := slices.Clone(reasons[n.Op])
	if n.Op == view.OpOpen {
		unfit := aboutParcels
		if c, _ := wall.Compartments.Get(s, n.at().Door); holds(c) {
			unfit = aboutDoors
		}
		all = slices.DeleteFunc(all, func(r string) bool { return slices.Contains(unfit, r) })
	}
	return append(all, other)
}

// other is picked where none of the reasons fits.
const other = "other"

// pickReason takes one of the reasons.
func pickReason(t *visit.Turn, value string) error {
	n := noteOf(t.Visit)
	switch {
	case value == other:
		question(t, view.StepStaffWhy, n)
		return nil
	case !slices.Contains(reasons[n.Op], value):
		return ledger.Refuse(ledger.Invalid, "reason", "pick one of the reasons of the page").At("/value")
	}
	return withReason(t, n, value)
}
