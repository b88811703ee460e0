package store

import (
	"crypto/sha256"
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"cubby/locker/ledger"
	"cubby/locker/people"
)

// copied is a copy of a folder.
func copied(t testing.TB, dir string) string {
	t.Helper()
	to := filepath.Join(t.TempDir(), "copy")
	if err := os.CopyFS(to, os.DirFS(dir)); err != nil {
		t.Fatal(err)
	}
	return to
}

// further opens the database in dir, appends events up to seq one by one, and
// closes it again.
func further(t testing.TB, dir string, seq int64) {
	t.Helper()
	s := open(t, dir)
	for s.Head() < seq {
		commit(t, s, []ledger.Fact{announced(fmt.Sprint(s.Head()))})
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
}

// marks are those of all sequences from 0 on, as a new opening of dir tells them.
func marks(t testing.TB, dir string) (list [][8]byte) {
	t.Helper()
	s := open(t, dir)
	defer s.Close()
	for seq := range s.Head() + 1 {
		list = append(list, s.Incarnation(seq))
	}
	return list
}

func TestALogThatGoesOnFromACopyBearsOtherMarksBehindIt(t *testing.T) {
	const end = 5 // of the copy
	dir := t.TempDir()
	further(t, dir, 3)
	further(t, dir, end)
	restored := []string{copied(t, dir), copied(t, dir)} // the second shows that it is not the folder
	further(t, dir, 9)
	for _, other := range restored {
		further(t, other, 12)
	}
	for _, pair := range [][2]string{{dir, restored[0]}, {dir, restored[1]}, {restored[0], restored[1]}} {
		a, b := marks(t, pair[0]), marks(t, pair[1])
		for seq := range min(len(a), len(b)) {
			if same := a[seq] == b[seq]; same != (seq <= end) {
				t.Errorf("event %d bears %x and %x; both logs have the first %d events", seq, a[seq], b[seq], end)
			}
		}
	}
}

func TestAMarkNeverChanges(t *testing.T) {
	dir := t.TempDir()
	var before [][8]byte
	for _, seq := range []int64{1, 4, 4, 5} { // nothing is appended by the third
		further(t, dir, seq)
		now := marks(t, dir)
		for i, id := range before {
			if now[i] != id {
				t.Errorf("up to %d, the id of %d was %x and is %x", seq, i, id, now[i])
			}
		}
		before = now
	}
	begun := map[[8]byte]int{}
	for _, id := range before {
		begun[id]++
	}
	if len(begun) != 4 { // the place before the first event, and three openings
		t.Errorf("%d incarnations: %x", len(begun), before)
	}
}

// What is rolled back begins no incarnation, and what is not committed is known to nobody.
func TestALifeBeginsWithACommit(t *testing.T) {
	s := open(t, t.TempDir())
	first := s.Incarnation(0)
	for range 2 {
		tx, err := s.Begin()
		if err != nil {
			t.Fatal(err)
		}
		tx.Append([]ledger.Fact{announced("a")}, at)
		if s.Incarnation(1) != first {
			t.Error("an incarnation is known before its commit")
		}
		tx.Rollback()
	}
	commit(t, s, []ledger.Fact{&people.GuardChanged{}, announced("a")}) // not only what is published
	commit(t, s, []ledger.Fact{announced("b")})
	row, err := s.conn.once("SELECT hash FROM events WHERE seq = 1")
	if err != nil {
		t.Fatal(err)
	}
	if id := s.Incarnation(1); id != [8]byte(row[0].([]byte)) || id != s.Incarnation(2) || id != s.Incarnation(3) ||
		s.Incarnation(0) != first {
		t.Errorf("the first event has the hash %x; ids: %x, then %x %x %x", row[0], s.Incarnation(0), id,
			s.Incarnation(2), s.Incarnation(3))
	}
}

// A reader who sees the end of the feed takes the id of the incarnation it lies in.
func TestTheEndOfTheFeedIsNotToldBeforeItsLife(t *testing.T) {
	s := open(t, t.TempDir())
	type seen struct {
		seq int64
		id  [8]byte
	}
	done, all := make(chan struct{}), make(chan []seen)
	go func() {
		var list []seen
		for {
			select {
			case <-done:
				all <- list
				return
			default:
			}
			seq := s.FeedHead()
			if now := (seen{seq, s.Incarnation(seq)}); len(list) == 0 || list[len(list)-1] != now {
				list = append(list, now)
			}
		}
	}()
	for n := range 1000 {
		s.incarnated = false // as if opened anew
		commit(t, s, []ledger.Fact{announced(fmt.Sprint(n))})
	}
	close(done)
	for _, r := range <-all {
		if r.id != s.Incarnation(r.seq) {
			t.Errorf("event %d was told with the id %x of another incarnation, its own is %x", r.seq, r.id,
				s.Incarnation(r.seq))
		}
	}
}

// A database of the schema before there were incarnations, with as many events.
func beforeLives(t testing.TB, epoch string, events int64) (dir string) {
	t.Helper()
	dir = t.TempDir()
	c, err := openConn(dsn(filepath.Join(dir, "station.db"), ""), testKeys(t))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"0001_station", "0002_label_keys", "0003_parcels_by_arrival"} {
		body, err := migrations.ReadFile("migrations/" + name + ".sql")
		if err == nil {
			err = c.script(string(body))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := c.script("PRAGMA user_version = 3; INSERT INTO singles VALUES ('station', 'test'), ('epoch', '" + epoch +
		"')"); err != nil {
		t.Fatal(err)
	}
	var last [32]byte
	s := Store{station: "test", epoch: epoch}
	for seq := range events {
		ce, err := s.envelope(announced("a"), at, fmt.Sprint(seq), seq+1)
		if err != nil {
			t.Fatal(err)
		}
		last = chain(last, ce, "", at.Mono)
		if _, err := c.once("INSERT INTO events VALUES (?, 1, ?, '', ?, ?)", seq+1, string(ce), at.Mono,
			last[:]); err != nil {
			t.Fatal(err)
		}
	}
	if err := c.close(nil); err != nil {
		t.Fatal(err)
	}
	return dir
}

func TestEventsFromBeforeThereWereLivesBearTheMarkOfTheEpoch(t *testing.T) {
	dir := beforeLives(t, "an-epoch", 3)
	other := copied(t, dir)
	further(t, dir, 5)
	further(t, other, 5)
	hash := sha256.Sum256([]byte("an-epoch"))
	a, b := marks(t, dir), marks(t, other)
	for seq := range a {
		if old := seq <= 3; (a[seq] == [8]byte(hash[:])) != old || (a[seq] == b[seq]) != old {
			t.Errorf("event %d bears %x and %x", seq, a[seq], b[seq])
		}
	}
	if n, err := open(t, dir).Verify(t.Context()); n != 5 || err != nil {
		t.Errorf("verified %d events, %v", n, err)
	}
}

func TestAlteredLivesAreNoticed(t *testing.T) {
	for name, c := range map[string]struct{ harm, told string }{
		"nothing": {"", ""},
		"another id": {"UPDATE incarnations SET id = x'0102030405060708' WHERE seq = 3",
			"begins with event 3"},
		"of another event":     {"UPDATE incarnations SET seq = 2 WHERE seq = 3", "begins with event 2"},
		"of none":              {"UPDATE incarnations SET seq = 9 WHERE seq = 3", "event 9, which is missing"},
		"the end has been cut": {"DELETE FROM events WHERE seq > 2", "ends with event 2, and had 4"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			further(t, dir, 2)
			further(t, dir, 4)
			db, err := sql.Open("sqlite", filepath.Join(dir, "station.db"))
			if err != nil {
				t.Fatal(err)
			}
			if _, err := db.Exec(c.harm); err != nil {
				t.Fatal(err)
			}
			db.Close()
			if _, err := verified(t, dir); (err == nil) != (c.told == "") ||
				err != nil && !strings.Contains(err.Error(), c.told) {
				t.Errorf("verifying tells %v", err)
			}
		})
	}
}

// Whoever looks while an incarnation begins finds no fault with it.
func TestALogIsSoundWhileItGrows(t *testing.T) {
	dir := t.TempDir()
	further(t, dir, 300)
	for range 20 {
		s := open(t, dir)
		done := make(chan error, 1)
		go func() {
			_, err := s.Verify(t.Context())
			done <- err
		}()
		var err error
		for looking := true; looking; {
			commit(t, s, []ledger.Fact{announced("a")})
			select {
			case err = <-done:
				looking = false
			default:
			}
		}
		if s.Close(); err != nil {
			t.Fatal(err)
		}
	}
}
