package store

import (
	"encoding/json"
	"fmt"
	"testing"

	"cubby/locker"
)

// An event is what these tests read of one.
type told struct {
	Type string
	Data struct{ Code string }
}

func events(t testing.TB, page locker.FeedPage) (list []told) {
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
	commit(t, s, []locker.Fact{announced("a")})
	tx, err := s.Begin()
	if err != nil {
		t.Fatal(err)
	}
	tx.Append([]locker.Fact{stored("a")}, at)
	if _, err := s.statements.commit.exec(); err != nil {
		t.Fatal(err)
	}
	for _, withCodes := range []bool{true, false} {
		page, err := s.Feed(t.Context(), 0, 100, withCodes)
		if err != nil {
			t.Fatal(err)
		}
		if list := events(t, page); len(list) != 1 || page.Count != 1 || page.Last != s.FeedHead() {
			t.Errorf("with codes %v: %d events up to %d, although the feed ends at %d: %+v", withCodes, len(list), page.Last, s.FeedHead(), list)
		}
	}
}

func TestAReaderWhoFollowsTheWriterMissesNoCode(t *testing.T) {
	const deposits = 300
	s := open(t, t.TempDir())
	read := make(chan int64) // each deposit, when its event was read
	failed := make(chan error, 1)
	go func() {
		defer close(failed)
		for n := range deposits {
			id := fmt.Sprint(n)
			for _, work := range []func(*Tx){
				func(tx *Tx) { tx.Append([]locker.Fact{announced(id)}, at) },
				func(tx *Tx) { tx.Append([]locker.Fact{stored(id)}, at) },
				func(tx *Tx) { tx.Acknowledge(<-read) }, // no code waits now
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
