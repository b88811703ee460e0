package store

import (
	"slices"
	"strings"
	"testing"
	"time"

	"cubby/locker/ledger"
	"cubby/locker/parcel"
	"cubby/locker/people"
)

// Recipients are looked for where a parcel is not behind a door any more, those first
// that were longest ago.
func TestRecipientsOfParcelsThatHaveLeftAreFound(t *testing.T) {
	s := open(t, t.TempDir())
	day := func(n int) *time.Time {
		at := time.Date(2026, 3, n, 9, 0, 0, n*1000, time.UTC)
		return &at
	}
	ch := ledger.NewState(ledger.NewMemory(nil))
	for id, p := range map[string]parcel.Parcel{
		"stored":    {State: parcel.Stored, Compartment: "1", Deadline: day(1)},
		"expired":   {State: parcel.Expired, Compartment: "2", Deadline: day(1)},
		"collected": {State: parcel.Collected, EndedAt: day(9)},
		"cancelled": {State: parcel.Cancelled, EndedAt: day(2)},
		"missing":   {State: parcel.Missing, EndedAt: day(5)},
		"elsewhere": {State: parcel.Redirected, EndedAt: day(6)},
		"returned":  {State: parcel.Returned, EndedAt: day(7)},
		"counter":   {State: parcel.CounterHeld, Deadline: day(1), CounterAt: day(4)},
		"held":      {State: parcel.CounterHeld, Deadline: day(3)},
		"forgotten": {State: parcel.Collected, EndedAt: day(1)},
	} {
		p.ID, p.Label, p.Rev = id, id, 1
		parcel.Parcels.Put(ch, id, p)
		if id != "forgotten" {
			parcel.Recipients.Put(ch, id, parcel.Recipient{Name: "N"})
		}
	}
	for id, state := range map[string]parcel.CredentialState{
		"cancelled": parcel.Revoked, "missing": parcel.Live, "returned": parcel.Revoked,
		"collected": parcel.Used,
		"expired":   parcel.Revoked,
		"counter":   parcel.Revoked,
	} {
		parcel.Credentials.Put(ch, "code "+id, parcel.Credential{
			Hash: "code " + id, Kind: parcel.ByCode, Parcel: id, State: state,
		})
	}
	inOne(t, s, func(tx *Tx) { tx.Save(ch.Changes()) })
	for before, want := range map[int]string{2: "", 3: "cancelled", 7: "cancelled", 9: "cancelled returned",
		10: "cancelled collected returned"} {
		ids, err := s.EndedWithCodes(t.Context(), day(before).Truncate(time.Hour))
		if slices.Sort(ids); err != nil || strings.Join(ids, " ") != want {
			t.Errorf("codes before day %d are kept of %v (%v), want %v", before, ids, err, want)
		}
	}
	ids, err := s.EndedWithRecipient(t.Context())
	want := []string{"cancelled", "missing", "elsewhere", "returned", "collected", "held", "counter"}
	if err != nil || !slices.Equal(ids, want) {
		t.Errorf("found %v (%v), want %v", ids, err, want)
	}
}

// The endpoint asks whose badge this is; nobody's who was removed.
func TestSomebodyOfTheStaffIsFoundByTheirBadge(t *testing.T) {
	s := open(t, t.TempDir())
	ch := ledger.NewState(ledger.NewMemory(nil))
	for id, removed := range map[string]bool{"s1": false, "s2": true} {
		people.Staff.Put(ch, id, people.EmployeeRecord{
			Employee:  people.Employee{ID: id, Name: "Ada", Role: people.Manager, Removed: removed},
			BadgeHash: "badge-" + id, PINHash: "pin-" + id,
		})
	}
	inOne(t, s, func(tx *Tx) { tx.Save(ch.Changes()) })
	for hash, want := range map[string]string{
		"badge-s1": "s1", "pin-s1": "s1", "badge-s2": "", "badge": "", "": "",
	} {
		if e, ok, err := s.EmployeeWith(t.Context(), hash); err != nil || e.ID != want || ok != (want != "") {
			t.Errorf("%q is of %q, %t: %v", hash, e.ID, ok, err)
		}
	}
}
