package db_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"cubby/sync/db"
	"cubby/sync/db/dbtest"
)

func TestMain(m *testing.M) {
	defer dbtest.Stop()
	m.Run()
}

var things = db.Schema{Part: "things", Steps: []string{
	"CREATE TABLE things (n BIGINT PRIMARY KEY, name TEXT NOT NULL, body {blob})",
}}

func open(t *testing.T, at string, parts ...db.Schema) *db.Database {
	d, err := db.Open(t.Context(), at, parts...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close() })
	return d
}

func TestNumbersAreCommittedInTheirOrderByTwoHubsAtOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, at string) {
		hubs := []*db.Database{open(t, at, things), open(t, at, things)}
		var wg sync.WaitGroup
		for _, d := range append(hubs, hubs...) {
			wg.Go(func() {
				for range 50 {
					if err := d.Write(t.Context(), func(tx *db.Tx) error {
						n, err := tx.Next("things")
						if err != nil {
							return err
						}
						_, err = tx.Exec("INSERT INTO things (n, name, body) VALUES (?, ?, ?)", n, "thing",
							[]byte{1, 2})
						return err
					}); err != nil {
						t.Error(err)
					}
				}
			})
		}
		done := make(chan struct{})
		go func() { wg.Wait(); close(done) }()
		for more := true; more; {
			select {
			case <-done:
				more = false
			default:
			}
			var count, highest int64
			if err := hubs[0].QueryRow(t.Context(), "SELECT count(*), coalesce(max(n), 0) FROM things").
				Scan(&count, &highest); err != nil || count != highest {
				t.Fatalf("%d rows are there, the highest is %d: %v", count, highest, err)
			}
			if !more && count != 200 {
				t.Errorf("%d of 200 rows are there", count)
			}
		}
	})
}

func TestNothingOfATransactionThatFailsIsKept(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, at string) {
		d := open(t, at, things)
		broken := errors.New("broken")
		insert := func(tx *db.Tx) error {
			_, err := tx.Exec("INSERT INTO things (n, name) VALUES (?, ?)", 1, "is it 1, or 2")
			return err
		}
		for _, fails := range []func(tx *db.Tx) error{
			func(tx *db.Tx) error { return errors.Join(insert(tx), broken) },
			func(tx *db.Tx) error { return errors.Join(insert(tx), insert(tx)) },
		} {
			if err := d.Write(t.Context(), fails); err == nil {
				t.Error("it was committed")
			}
		}
		func() {
			defer func() { _ = recover() }()
			_ = d.Write(t.Context(), func(tx *db.Tx) error { panic(errors.Join(insert(tx), broken)) })
		}()
		var n int
		if err := d.QueryRow(t.Context(), "SELECT count(*) FROM things").Scan(&n); err != nil || n != 0 {
			t.Errorf("%d rows are there: %v", n, err)
		}
		if err := d.Write(t.Context(), insert); err != nil {
			t.Error(err)
		}
	})
}

func TestTablesAreBroughtUpToDateOnceAndNeverBack(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, at string) {
		open(t, at, things)
		later := db.Schema{Part: "things", Steps: append(things.Steps, "CREATE INDEX things_by_name ON things (name)")}
		for range 2 {
			open(t, at, later)
		}
		if _, err := db.Open(context.Background(), at, things); err == nil {
			t.Error("an earlier program opened the tables of a later one")
		}
	})
}

// There are customers in it, whatever umask the program has.
func TestAFileIsItsOwnersOnly(t *testing.T) {
	at := filepath.Join(t.TempDir(), "hub.db")
	if err := os.WriteFile(at, nil, 0o644); err != nil { // of a version before
		t.Fatal(err)
	}
	d := open(t, at, things)
	if err := d.Write(t.Context(), func(tx *db.Tx) error {
		_, err := tx.Exec("INSERT INTO things (n, name, body) VALUES (1, 'thing', NULL)")
		return err
	}); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{at, at + "-wal", at + "-shm"} {
		is, err := os.Stat(name)
		if err != nil || is.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v, %v", name, is, err)
		}
	}
}
