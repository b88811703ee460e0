package station

import (
	"os"
	"path/filepath"
	"testing"

	"cubby/locker/parcel"
	"cubby/locker/secret"
	"cubby/locker/store"
)

// testdata/before-terminals is the data folder of a demo station as the program
// left it that had one visit, one table of facts and rows without sums: three
// deposits, a pickup, a lock that stuck, a door out of service, a key revoked.
func TestADatabaseOfTheProgramBeforeOpensAndFollowsFromItsLog(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"station.db", "station.key"} {
		text, err := os.ReadFile(filepath.Join("testdata", "before-terminals", name))
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	keys, err := secret.Open(filepath.Join(dir, "station.key"), false)
	if err != nil {
		t.Fatal(err)
	}
	s, err := store.Open(t.Context(), dir, "demo", keys)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if n, err := s.Verify(t.Context()); err != nil || n != 126 {
		t.Errorf("%d events, %v", n, err)
	}
	if err := s.Replay(t.Context()); err != nil {
		t.Error(err)
	}
	for id, want := range map[string]parcel.State{
		"demo-1001": parcel.Collected, "demo-1002": parcel.Stored, "demo-1003": parcel.Stored,
		"demo-1004": parcel.Announced,
	} {
		if p, _, err := s.Parcel(t.Context(), id); err != nil || p.State != want {
			t.Errorf("%s is %s, %v, want %s", id, p.State, err, want)
		}
	}
}
