package store

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"cubby/locker/ledger"
	"cubby/locker/parcel"
)

// size is that of one of the database's files, in bytes.
func size(t *testing.T, dir, name string) int64 {
	t.Helper()
	info, err := os.Stat(filepath.Join(dir, name))
	if err != nil {
		t.Fatal(err)
	}
	return info.Size()
}

func TestTidyingFoldsTheLogInBeforeACommitHasTo(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir)
	id := 0
	announce := func() {
		id++
		name := fmt.Sprint("p", id)
		commit(t, s, []ledger.Fact{announced(name)}, parcel.Parcel{ID: name, State: parcel.Announced, Label: name})
	}
	for !s.Untidy() {
		announce()
	}
	if id != tidyAfter {
		t.Errorf("the log is worth folding in after %d commits, not %d", id, tidyAfter)
	}
	file, first := size(t, dir, "station.db"), size(t, dir, "station.db-wal")
	for range 5 {
		if err := s.Tidy(); err != nil {
			t.Fatal(err)
		}
		if s.Untidy() {
			t.Error("there is something to do again at once")
		}
		for !s.Untidy() {
			announce()
		}
	}
	if now := size(t, dir, "station.db"); now <= file {
		t.Errorf("nothing came into the file: %d bytes, %d before", now, file)
	}
	if now := size(t, dir, "station.db-wal"); now > 2*first {
		t.Errorf("the log has grown from %d to %d bytes: it was not begun anew", first, now)
	}
	s.Close()
	if _, err := open(t, dir).Verify(t.Context()); err != nil {
		t.Error(err)
	}
}
