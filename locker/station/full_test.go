package station

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"golang.org/x/sys/unix"

	"cubby/locker/ledger"
	"cubby/locker/parcel"
)

// filled gives the folder a database of a few megabytes.
func filled(t *testing.T, dir string) {
	t.Helper()
	start(t, dir).stop()
	db, err := sql.Open("sqlite", filepath.Join(dir, "station.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Exec("CREATE TABLE filler(b); INSERT INTO filler VALUES (zeroblob(16 << 20))"); err != nil {
		t.Fatal(err)
	}
}

// full lets no file of this process grow beyond the size of the database, as a disk
// does that is full. end gives the room back.
func full(t *testing.T, dir string) (end func()) {
	t.Helper()
	file, err := os.Stat(filepath.Join(dir, "station.db"))
	if err != nil {
		t.Fatal(err)
	}
	var before unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_FSIZE, &before); err != nil {
		t.Fatal(err)
	}
	if err := unix.Setrlimit(unix.RLIMIT_FSIZE, &unix.Rlimit{Cur: uint64(file.Size()), Max: before.Max}); err != nil {
		t.Fatal(err)
	}
	end = func() { unix.Setrlimit(unix.RLIMIT_FSIZE, &before) }
	t.Cleanup(end)
	return end
}

// As long as the write-ahead log has room the station serves, also when the file
// behind it has none.
func TestAFullDiskEndsNoServiceBeforeACommitFails(t *testing.T) {
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		filled(t, dir)
		r := start(t, dir)
		end := full(t, dir)
		announce := func(id string) error {
			_, _, err := r.Announce(context.Background(), id, parcel.Announcement{}, ledger.Condition{}, "key:test")
			return err
		}
		for i := range 300 {
			if err := announce(fmt.Sprint("p", i)); err != nil {
				t.Fatal(i, err)
			}
			if r.store.Untidy() {
				time.Sleep(tidyWhen)
				synctest.Wait()
			}
		}
		end()
		if err := r.stop(); err != nil {
			t.Error(err)
		}
	})
}
