package people

import (
	"cubby/locker/ledger"
)

// The tables of people.
var (
	Couriers       = ledger.NewTable("couriers", "id", ledger.InMemory[CourierRecord]())
	couriersByHash = ledger.NewIndex(Couriers, "hash", func(_ string, r CourierRecord) []string {
		return []string{r.BadgeHash, r.PINHash, r.CardHash}
	})

	// Staff are the accounts of the store's staff.
	Staff       = ledger.NewTable("staff", "id", ledger.InMemory[EmployeeRecord]())
	staffByHash = ledger.NewIndex(Staff, "hash", func(_ string, e EmployeeRecord) []string {
		return []string{e.BadgeHash, e.PINHash, e.CardHash}
	})

	// Keys of the REST endpoint by their names.
	Keys = ledger.NewTable("keys", "name", ledger.InMemory[KeyRecord](), ledger.WithColumns(
		ledger.Column[KeyRecord]{Name: "sha256", Of: func(k KeyRecord) any { return k.SHA256 }}))

	PINGuard = ledger.NewSingle[Guards]("guard")
)

// CourierByHash reads whom a badge, PIN or card belongs to; the one not removed,
// if there are several.
func CourierByHash(s *ledger.State, hash string) (found CourierRecord, ok bool) {
	for _, r := range couriersByHash.Find(s, hash) {
		if !ok || !r.Removed {
			found, ok = r, true
		}
	}
	return found, ok
}
