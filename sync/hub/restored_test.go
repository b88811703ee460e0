package hub

import (
	"fmt"
	"os"
	"testing"

	"cubby/locker/ledger"
	"cubby/sync/db/dbtest"
)

// An older copy of the hub's database is put back: what it lacks is pushed again, and a
// station that has heard more than it knows takes a snapshot.
func TestAHubThatGoesOnFromACopyLosesNoFact(t *testing.T) {
	at := dbtest.SQLite(t)
	w, ctx := open(t, at), t.Context()
	s := w.join("A")
	w.push(s, "one", 0, one(1), one(2), one(3))
	w.must(w.Close()) // folds its log into the file
	copied, err := os.ReadFile(at)
	w.must(err)
	w.begin()
	w.push(s, "one", 3, one(4), ofParcel(5, "stored", "P-4", "compartment", "1"))
	w.must(w.Announce(ctx, by, s, "P-9", announcement("SO-9")))
	_, cursor, _ := w.page(s, "", 100)
	w.must(w.Close())
	for _, more := range []string{"-wal", "-shm"} {
		if err := os.Remove(at + more); err != nil && !os.IsNotExist(err) {
			t.Fatal(err)
		}
	}
	w.must(os.WriteFile(at, copied, 0o600))
	w.begin()
	_, err = w.Push(ctx, s, "one", 5, nil)
	w.gap(err, "gap", 3)
	w.push(s, "one", 3, one(4), ofParcel(5, "stored", "P-4", "compartment", "1"), one(6))
	if got := fmt.Sprint(w.sequences(s)); got != "[1 2 3 4 5 6]" {
		t.Errorf("it has %s", got)
	}
	if p, err := w.Parcel(ctx, s, "P-4"); err != nil || p.State != "stored" {
		t.Errorf("%+v, %v", p, err)
	}
	for range 3 { // also when it has gone on past the cursor
		if _, err := w.Changes(ctx, s, cursor, 1); ledger.CodeOf(err) != ledger.Gone {
			t.Errorf("the cursor of the lost changes: %v", err)
		}
		w.must(w.Announce(ctx, by, s, "P-8", announcement(random(4))))
	}
}
