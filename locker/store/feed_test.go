package store

import (
	"context"
	"encoding/json"
	"fmt"
	"sync"
	"testing"
	"time"

	"cubby/locker/ledger"
)

// An event is what these tests read of one.
type told struct {
	Type string
	Data struct{ Code string }
}

func events(t testing.TB, page ledger.FeedPage) (list []told) {
	t.Helper()
	if err := json.Unmarshal([]byte("["+string(page.Events)+"]"), &list); err != nil {
		t.Fatalf("the feed is not JSON: %v\n%s", err, page.Events)
	}
	return list
}

// SQLite shows a commit to readers a moment before the writer goes on. Nothing
// of it may be told in that moment: its code would be left out, and erased when
// the reader comes back for the next page.
func TestNothingIsToldBeforeItsCommitIsOver(t *testing.T) {
	s := open(t, t.TempDir())
	commit(t, s, []ledger.Fact{announced("a")})
	tx, err := s.Begin()
	if err != nil {
		t.Fatal(err)
	}
	tx.Append([]ledger.Fact{stored("a")}, at)
	if _, err := s.statements.commit.exec(); err != nil {
		t.Fatal(err)
	}
	for _, withCodes := range []bool{true, false} {
		page, err := s.Feed(t.Context(), 0, 100, withCodes)
		if err != nil {
			t.Fatal(err)
		}
		if list := events(t, page); len(list) != 1 || page.Count != 1 || page.Last != s.FeedHead() {
			t.Errorf("with codes %v: %d events up to %d, although the feed ends at %d: %+v", withCodes, len(list),
				page.Last, s.FeedHead(), list)
		}
	}
}

func TestAReaderWhoFollowsTheWriterMissesNoCode(t *testing.T) {
	const deposits = 300
	s := open(t, t.TempDir())
	consumers(t, s, "shop")
	read := make(chan int64) // each deposit, when its event was read
	failed := make(chan error, 1)
	go func() {
		defer close(failed)
		for n := range deposits {
			id := fmt.Sprint(n)
			for _, work := range []func(*Tx){
				func(tx *Tx) { tx.Append([]ledger.Fact{announced(id)}, at) },
				func(tx *Tx) { tx.Append([]ledger.Fact{stored(id)}, at) },
				func(tx *Tx) { acknowledge(tx, "shop", <-read) }, // no code waits now
			} {
				tx, err := s.Begin()
				if err == nil {
					work(tx)
					err = tx.Commit()
				}
				if err != nil {
					failed <- err
					return
				}
			}
		}
	}()
	for seen, after := 0, int64(0); seen < deposits; {
		select {
		case err := <-failed: // the writer has ended before its time
			t.Fatal(err)
		default:
		}
		page, err := s.Feed(t.Context(), after, 100, true)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range events(t, page) {
			if e.Type != "parcel.stored" {
				continue
			}
			if e.Data.Code == "" {
				t.Errorf("deposit %d was told without its code", seen)
			}
			seen++
			read <- page.Last
		}
		after = page.Last
	}
	if err := <-failed; err != nil {
		t.Error(err)
	}
}

// Callers leave at every moment, also between the last row and the end of a
// reading; none takes a connection with it.
func TestReadersWhoLeaveHurtNobody(t *testing.T) {
	s := open(t, t.TempDir())
	for n := range 100 {
		commit(t, s, []ledger.Fact{announced(fmt.Sprint(n))})
	}
	commit(t, s, []ledger.Fact{stored("1")})
	var readers sync.WaitGroup
	leaving, staying := 2500, 500
	if testing.Short() {
		leaving, staying = 250, 50
	}
	for g := range 4 {
		readers.Go(func() {
			for n := range leaving {
				ctx, leave := context.WithTimeout(t.Context(), time.Duration((37*n+11*g)%1500)*time.Microsecond)
				_, _ = s.Feed(ctx, 0, 100, n%2 == 0) // it was left, or not
				leave()
			}
		})
	}
	for range 2 {
		readers.Go(func() {
			for range staying {
				if page, err := s.Feed(t.Context(), 0, 100, true); err != nil || page.Count != 100 {
					t.Errorf("a reader who stays: %d events, %v", page.Count, err)
					return
				}
			}
		})
	}
	readers.Wait()
}

// The log is cut as soon as nobody reads, and the writer does not stand meanwhile.
func TestFoldingTheLogWaitsForNobody(t *testing.T) {
	s := open(t, t.TempDir())
	commit(t, s, []ledger.Fact{announced("a"), announced("b")})
	rows, err := s.read.QueryContext(t.Context(), "SELECT ce FROM events")
	if err != nil || !rows.Next() {
		t.Fatal(err)
	}
	commit(t, s, []ledger.Fact{announced("c")})
	if done, err := s.Fold(); done || err != nil {
		t.Errorf("beside a reader the log is folded: %t, %v", done, err)
	}
	if left, err := s.conn.text("PRAGMA busy_timeout"); left != busyTimeout || err != nil {
		t.Errorf("a statement now waits %s ms for a lock, %v", left, err)
	}
	if err := rows.Close(); err != nil {
		t.Fatal(err)
	}
	if done, err := s.Fold(); !done || err != nil {
		t.Errorf("with nobody reading the log is folded: %t, %v", done, err)
	}
}
