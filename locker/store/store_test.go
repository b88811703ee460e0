package store

import (
	"database/sql"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"cubby/locker/ledger"
	"cubby/locker/parcel"
	"cubby/locker/people"
	"cubby/locker/secret"
	"cubby/locker/visit"
	"cubby/locker/wall"
)

func testKeys(t testing.TB) *secret.Keys {
	t.Helper()
	k, err := secret.Derive(make([]byte, 32))
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func open(t testing.TB, dir string) *Store {
	t.Helper()
	s, err := Open(t.Context(), dir, "test", testKeys(t))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

var at = Circumstances{At: time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC), Mono: 7, Actor: "key:x", Cause: "test"}

// commit appends facts and saves parcels in one transaction.
func commit(t testing.TB, s *Store, facts []ledger.Fact, parcels ...parcel.Parcel) {
	t.Helper()
	tx, err := s.Begin()
	if err != nil {
		t.Fatal(err)
	}
	tx.Append(facts, at)
	ch := ledger.NewState(nil)
	for _, p := range parcels {
		parcel.Parcels.Put(ch, p.ID, p)
	}
	tx.Save(ch.Changes())
	if err := tx.Commit(); err != nil {
		t.Fatal(err)
	}
}

func announced(id string) *parcel.ParcelAnnounced {
	return &parcel.ParcelAnnounced{OfParcel: parcel.OfParcel{ParcelID: id, Label: id}, PickupHours: 1}
}

func stored(id string) *parcel.ParcelStored {
	return &parcel.ParcelStored{OfParcel: parcel.OfParcel{ParcelID: id}, Compartment: "1", Deadline: at.At,
		Hashes: parcel.StoredHashes{Code: "h-" + id, PIN: "p-" + id}, Clear: &visit.Secret{
			Code: "CODE" + id, PIN: "12345678",
		}}
}

func TestWhatWasCommittedIsThereAfterReopening(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir)
	epoch := s.epoch
	commit(t, s, []ledger.Fact{announced("a")}, parcel.Parcel{ID: "a", State: parcel.Announced, Label: "a"})
	s.Close()
	s = open(t, dir)
	if p, _, err := s.Parcel(t.Context(), "a"); err != nil || p.State != parcel.Announced {
		t.Errorf("parcel %+v, %v", p, err)
	}
	if s.Head() != 1 || s.FeedHead() != 1 || s.epoch != epoch {
		t.Errorf("head %d, feed %d, epoch kept: %t", s.Head(), s.FeedHead(), s.epoch == epoch)
	}
}

func TestWhatWasRolledBackLeavesNoGap(t *testing.T) {
	s := open(t, t.TempDir())
	tx, err := s.Begin()
	if err != nil {
		t.Fatal(err)
	}
	tx.Append([]ledger.Fact{announced("a")}, at)
	tx.Rollback()
	commit(t, s, []ledger.Fact{announced("b")})
	page, err := s.Feed(t.Context(), 0, 10, false)
	if err != nil || page.Count != 1 || !strings.Contains(string(page.Events), `"sequence":"00000000000000000001"`) {
		t.Errorf("%d events, %v: %s", page.Count, err, page.Events)
	}
	if n, err := s.Verify(t.Context()); n != 1 || err != nil {
		t.Errorf("verified %d, %v", n, err)
	}
}

// verified opens the database of a folder and checks all of it.
func verified(t *testing.T, dir string) (events int64, err error) {
	t.Helper()
	s, err := Open(t.Context(), dir, "test", testKeys(t))
	if err != nil {
		return 0, err
	}
	defer s.Close()
	return s.Verify(t.Context())
}

func TestAnAlteredCutOrReorderedLogIsNoticed(t *testing.T) {
	for name, harm := range map[string]string{
		"altered":         `UPDATE events SET ce = replace(ce, '"b"', '"x"') WHERE seq = 2`,
		"private altered": `UPDATE events SET private = 'x' WHERE seq = 2`,
		"cut":             `DELETE FROM events WHERE seq = 2`,
		"reordered": `UPDATE events SET seq = CASE seq WHEN 2 THEN -3 ELSE -2 END WHERE seq > 1; UPDATE ` +
			`events SET seq = -seq WHERE seq < 0`,
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			s := open(t, dir)
			commit(t, s, []ledger.Fact{announced("a"), announced("b"), announced("c")})
			s.Close()
			db, err := sql.Open("sqlite", filepath.Join(dir, "station.db"))
			if err != nil {
				t.Fatal(err)
			}
			if _, err := db.Exec(harm); err != nil {
				t.Fatal(err)
			}
			db.Close()
			if n, err := verified(t, dir); err == nil {
				t.Errorf("%d events pass as sound", n)
			}
		})
	}
}

func TestTheFeedJoinsCodesForThoseWhoMayHaveThemUntilAcknowledged(t *testing.T) {
	s := open(t, t.TempDir())
	consumers(t, s, "shop")
	commit(t, s, []ledger.Fact{announced("a"), stored("a"), &people.GuardChanged{}, stored("b")})
	code := func(withCodes bool) string {
		t.Helper()
		page, err := s.Feed(t.Context(), 0, 100, withCodes)
		if err != nil {
			t.Fatal(err)
		}
		var events []struct {
			Type string
			Data struct{ Code, PIN string }
		}
		if err := json.Unmarshal([]byte("["+string(page.Events)+"]"), &events); err != nil {
			t.Fatalf("the feed is not JSON: %v\n%s", err, page.Events)
		}
		if page.Count != 3 || len(events) != 3 || page.Last != 4 {
			t.Fatalf("%d events, last %d: bookkeeping facts must not be told", page.Count, page.Last)
		}
		return events[1].Data.Code + "/" + events[1].Data.PIN + " " + events[2].Data.Code
	}
	if got := code(true); got != "CODEa/12345678 CODEb" {
		t.Errorf("with codes: %q", got)
	}
	if got := code(false); got != "/ " {
		t.Errorf("without codes: %q", got)
	}
	tx, _ := s.Begin()
	acknowledge(tx, "shop", 2)
	if err := tx.Commit(); err != nil {
		t.Fatal(err)
	}
	if got := code(true); got != "/ CODEb" {
		t.Errorf("after the first was acknowledged: %q", got)
	}
	commit(t, s, []ledger.Fact{&parcel.ParcelCollected{OfParcel: parcel.OfParcel{ParcelID: "b"}}})
	if n := s.CodesWaiting(); n != 0 {
		t.Errorf("%d codes wait although the parcel is gone", n)
	}
}

func TestAClearCodeIsNowhereInTheFiles(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir)
	commit(t, s, []ledger.Fact{stored("MARKER")})
	s.Close()
	files, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		b, err := os.ReadFile(filepath.Join(dir, f.Name()))
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(b), "CODEMARKER") {
			t.Errorf("%s holds a code in clear", f.Name())
		}
	}
}

func TestPagesOfTheFeedAndOfParcelsFollowEachOther(t *testing.T) {
	s := open(t, t.TempDir())
	for i := range 25 {
		id := fmt.Sprintf("p%02d", i)
		commit(t, s, []ledger.Fact{announced(id), &people.GuardChanged{}}, parcel.Parcel{
			ID: id, State: parcel.Announced, Label: id, OrderID: fmt.Sprint(i % 2),
		})
	}
	seen, after := 0, int64(0)
	for {
		page, err := s.Feed(t.Context(), after, 10, false)
		if err != nil {
			t.Fatal(err)
		}
		if page.Count == 0 {
			break
		}
		seen, after = seen+page.Count, page.Last
	}
	if seen != 25 {
		t.Errorf("the feed told %d of 25", seen)
	}
	ids, next := 0, ""
	for {
		page, more, err := s.Parcels(t.Context(), parcel.Filter{
			OrderID: "1", State: parcel.Announced, After: next, Limit: 5,
		})
		if err != nil {
			t.Fatal(err)
		}
		ids += len(page)
		if next = more; next == "" {
			break
		}
	}
	if ids != 12 {
		t.Errorf("%d parcels of order 1, want 12", ids)
	}
}

func TestStoresThatMustNotBeOpenedAreRefused(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir)
	if _, err := Open(t.Context(), dir, "test", testKeys(t)); err == nil ||
		!strings.Contains(err.Error(), "another core") {
		t.Errorf("a second core: %v", err)
	}
	s.Close()
	if _, err := Open(t.Context(), dir, "other", testKeys(t)); err == nil ||
		!strings.Contains(err.Error(), `belongs to station "test"`) {
		t.Errorf("another station: %v", err)
	}
	journal := filepath.Join(dir, "station.db-journal")
	if err := os.WriteFile(journal, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(t.Context(), dir, "test", testKeys(t)); err == nil || !strings.Contains(err.Error(), "-journal") {
		t.Errorf("a rollback journal: %v", err)
	}
	os.Remove(journal)
	newer, err := sql.Open("sqlite", filepath.Join(dir, "station.db"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := newer.Exec("PRAGMA user_version = 99"); err != nil {
		t.Fatal(err)
	}
	newer.Close()
	if _, err := Open(t.Context(), dir, "test", testKeys(t)); err == nil ||
		!strings.Contains(err.Error(), "newer version") {
		t.Errorf("a newer schema: %v", err)
	}
}

func TestAFirstStartThatWasCutShortIsBegunAnew(t *testing.T) {
	for name, size := range map[string]int{"an empty file": 0, "a page that is not in WAL mode": 4096} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			path := filepath.Join(dir, "station.db")
			if size > 0 { // as SQLite leaves it before the switch
				db, err := sql.Open("sqlite", path)
				if err != nil {
					t.Fatal(err)
				}
				if _, err := db.Exec("PRAGMA user_version = 0; CREATE TABLE x(y); DROP TABLE x"); err != nil {
					t.Fatal(err)
				}
				db.Close()
			} else if err := os.WriteFile(path, nil, 0o600); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path+"-journal", nil, 0o600); err != nil {
				t.Fatal(err)
			}
			s := open(t, dir)
			commit(t, s, []ledger.Fact{announced("a")})
		})
	}
}

func TestTheFolderMayHaveAnyName(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "da?ta&x=1%41#é")
	s := open(t, dir)
	commit(t, s, []ledger.Fact{announced("a")})
	info, err := os.Stat(filepath.Join(dir, "station.db"))
	if err != nil {
		t.Fatal(err)
	}
	if info.Mode().Perm() != 0o600 {
		t.Errorf("others may read it: %o", info.Mode().Perm())
	}
}

func TestTheVersionGateKnowsWhichSQLiteCorrupts(t *testing.T) {
	for version, want := range map[string]bool{
		"3.51.2": false, "3.7.0": false, "3.51.3": true, "3.54.1": true, "4.0.0": true, "nonsense": false,
	} {
		if got := newEnough(version); got != want {
			t.Errorf("%s passes: %t, want %t", version, got, want)
		}
	}
}

func TestErasedTextIsGoneFromTheFile(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir)
	save := func(r parcel.Recipient) {
		t.Helper()
		tx, err := s.Begin()
		if err != nil {
			t.Fatal(err)
		}
		ch := ledger.NewState(nil)
		if parcel.Recipients.Put(ch, "a", r); r == (parcel.Recipient{}) {
			parcel.Recipients.Delete(ch, "a")
		}
		tx.Save(ch.Changes())
		if err := tx.Commit(); err != nil {
			t.Fatal(err)
		}
	}
	save(parcel.Recipient{Name: "PLANTED-NAME"})
	save(parcel.Recipient{})
	if done, err := s.Fold(); err != nil || !done {
		t.Fatal(done, err)
	}
	for _, name := range []string{"station.db", "station.db-wal"} {
		b, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(b), "PLANTED-NAME") {
			t.Errorf("the erased name is still in %s", name)
		}
	}
}

// The two figures of one run: what the log costs beside a bare SQLite commit.
func BenchmarkCommit(b *testing.B) {
	b.Run("raw SQLite row, WAL, FULL", func(b *testing.B) {
		s := open(b, b.TempDir())
		insert, err := s.conn.prepare("INSERT INTO singles(name, doc) VALUES (?, 'x')")
		if err != nil {
			b.Fatal(err)
		}
		s.statements.all = append(s.statements.all, insert)
		for i := 0; b.Loop(); i++ {
			if _, err := insert.exec(fmt.Sprint("bench", i)); err != nil {
				b.Fatal(err)
			}
		}
	})
	for _, n := range []int{1, 8, 64} {
		b.Run(fmt.Sprintf("announcements, %d in a commit", n), func(b *testing.B) {
			s := open(b, b.TempDir())
			for i := 0; b.Loop(); i++ {
				tx, err := s.Begin()
				if err != nil {
					b.Fatal(err)
				}
				for j := range n {
					id := fmt.Sprintf("p%d-%d", i, j)
					parcel.KnownAs(ledger.NewState(s.Rows()), id, []string{id})
					tx.Append([]ledger.Fact{announced(id)}, at)
					ch := ledger.NewState(nil)
					parcel.Parcels.Put(ch, id, parcel.Parcel{ID: id, State: parcel.Announced, Label: id, Rev: 1})
					tx.Save(ch.Changes())
				}
				if err := tx.Commit(); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.N*n)/b.Elapsed().Seconds(), "rows/s")
		})
	}
}

// A page of the feed as a reader gets it, beside reading the same rows one by one.
func BenchmarkFeed(b *testing.B) {
	s := open(b, b.TempDir())
	for i := range 50 {
		var facts []ledger.Fact
		for j := range 100 {
			facts = append(facts, announced(fmt.Sprintf("p%d-%d", i, j)))
		}
		commit(b, s, facts)
	}
	for name, withCodes := range map[string]bool{"one row a page": false, "row by row": true} {
		b.Run(name, func(b *testing.B) {
			s.codes.Store(0)
			if withCodes {
				s.codes.Store(1)
			}
			b.RunParallel(func(pb *testing.PB) {
				for i := int64(0); pb.Next(); i++ {
					if page, err := s.Feed(b.Context(), i*37%4900, 100, withCodes); err != nil || page.Count != 100 {
						b.Fatal(page.Count, err)
					}
				}
			})
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "pages/s")
		})
	}
}

func TestPulsesAreRememberedOverARestartAsLongAsACoilMayBeHot(t *testing.T) {
	s := open(t, t.TempDir())
	now := time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)
	tx, err := s.Begin()
	if err != nil {
		t.Fatal(err)
	}
	ch := ledger.NewState(nil)
	for id, o := range map[string]wall.Opening{
		"a": {ID: "a", Compartment: "1", State: wall.Done, At: now.Add(-10 * time.Second), Since: now},
		"b": {
			ID: "b", Compartment: "1", State: wall.DidNotOpen, At: now.Add(-20 * time.Second),
			Since: now.Add(-19 * time.Second),
		},
		"c": {ID: "c", Compartment: "2", State: wall.Done, At: now.Add(-2 * time.Minute), Since: now},
	} {
		wall.Openings.Put(ch, id, o)
	}
	tx.Save(ch.Changes())
	for number, ago := range map[string]time.Duration{"3": 5 * time.Second, "2": 2 * time.Minute, "": time.Second} {
		tx.Append([]ledger.Fact{&wall.LockDriven{Line: "main", Lock: 3, Compartment: number}},
			Circumstances{At: now.Add(-ago)})
	}
	if err := tx.Commit(); err != nil {
		t.Fatal(err)
	}
	driven, err := s.Driven(t.Context(), now.Add(-time.Minute))
	if err != nil {
		t.Fatal(err)
	}
	if in := driven["3"]; len(in) != 1 || !in[0].Equal(now.Add(-5*time.Second)) {
		t.Errorf("driven while the site was commissioned: %v", in)
	}
	if got := driven["1"]; len(driven) != 2 || len(got) != 2 || !got[0].Equal(now.Add(-20*time.Second)) ||
		!got[1].Equal(now.Add(-10*time.Second)) {
		t.Errorf("driven: %v", driven)
	}
}

// The writer may still be about to do its housekeeping when the store is closed.
func TestAClosedStoreRefusesEverythingTheWriterAsks(t *testing.T) {
	s := open(t, t.TempDir())
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Fold(); err == nil {
		t.Error("a closed store folds its log")
	}
	if _, err := s.Begin(); err == nil {
		t.Error("a closed store begins a commit")
	}
}

func TestADatabaseThatIsCutWhileItIsOpenTakesNothingIn(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir)
	commit(t, s, []ledger.Fact{announced("P1")})
	if err := s.Close(); err != nil { // all of it is folded into the file
		t.Fatal(err)
	}
	s = open(t, dir)
	if err := s.InPlace(); err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(filepath.Join(dir, "station.db"), 4096); err != nil {
		t.Fatal(err)
	}
	if err := s.InPlace(); !IsDamage(err) {
		t.Errorf("it is told to be in its place: %v", err)
	}
	if _, err := s.Begin(); !IsDamage(err) {
		t.Errorf("a commit begins: %v", err)
	}
}
