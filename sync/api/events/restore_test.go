package events_test

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"hash/crc32"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"testing/synctest"

	"pgregory.net/rapid"

	"cubby/locker/ledger"
	"cubby/locker/parcel"
	"cubby/locker/people"
	"cubby/locker/secret"
	"cubby/locker/store"
	"cubby/locker/visit"
	"cubby/locker/wall"
	"cubby/sync/api/apitest"
)

// A site is a station's folder. Every start makes a store and a server, as a core
// does.
type site struct {
	t     *testing.T
	dir   string
	store *store.Store
	*apitest.Bench
	deposits  int    // so far, in whatever log; each has its own number
	cursorKey []byte // may be empty
}

func newSite(t *testing.T) *site {
	s := &site{t: t, dir: t.TempDir()}
	s.start()
	s.apply(&people.KeyAdded{Name: "all", Scopes: []string{"events:read", "codes:read"}})
	return s
}

// apply changes the tables by facts about keys, which are in no log here.
func (s *site) apply(facts ...ledger.Fact) {
	s.t.Helper()
	tx, err := s.store.Begin()
	if err != nil {
		s.t.Fatal(err)
	}
	state := ledger.NewState(s.store.Rows())
	for _, f := range facts {
		f.Apply(state, someTime)
	}
	tx.Save(state.Changes())
	if err := tx.Commit(); err != nil {
		s.t.Fatal(err)
	}
}

func (s *site) start() {
	s.t.Helper()
	keys, err := secret.Derive(make([]byte, 32))
	if err == nil {
		s.store, err = store.Open(s.t.Context(), s.dir, "test", keys)
	}
	if err != nil {
		s.t.Fatal(err)
	}
	s.Bench = apitest.New(s.t,
		func(c *apitest.Setup) {
			c.Reader, c.CursorKey = logged{s.store, c.Reader.(*apitest.Core)}, s.cursorKey
		})
}

// forgetKeys has the server look every key up anew: it does so whenever staff revoke one.
func (s *site) forgetKeys() { s.Staff().Do("DELETE", "/v1/keys/nobody", "") }

func (s *site) stop() {
	s.t.Helper()
	s.Server.Close()
	if err := s.store.Close(); err != nil {
		s.t.Fatal(err)
	}
}

func (s *site) restart() {
	s.t.Helper()
	s.stop()
	s.start()
}

// copy stops the site, copies its folder and starts it.
func (s *site) copy() (folder string) {
	s.t.Helper()
	s.stop()
	defer s.start()
	return s.copied(s.dir)
}

// restore goes on from a copy.
func (s *site) restore(folder string) {
	s.t.Helper()
	s.stop()
	s.dir = s.copied(folder)
	s.start()
}

func (s *site) copied(folder string) (to string) {
	s.t.Helper()
	to = filepath.Join(s.t.TempDir(), "data")
	if err := os.CopyFS(to, os.DirFS(folder)); err != nil {
		s.t.Fatal(err)
	}
	return to
}

// deposit commits n parcels, each with a code and followed by a fact that is not told.
func (s *site) deposit(n int) (parcels []string) {
	s.t.Helper()
	tx, err := s.store.Begin()
	if err != nil {
		s.t.Fatal(err)
	}
	for range n {
		s.deposits++
		id := fmt.Sprintf("P-%d", s.deposits)
		parcels = append(parcels, id)
		tx.Append([]ledger.Fact{&parcel.ParcelStored{
			OfParcel: parcel.OfParcel{
				ParcelID: id,
				Label:    id,
			}, Compartment: "1", Size: "M", Deadline: someTime, Evidence: wall.BySensor,
			Clear: &visit.Secret{Code: "CODE-" + id, PIN: "12345678"},
		}, &people.GuardChanged{}}, store.Circumstances{At: someTime, Actor: "hardware", Cause: "door"})
	}
	if err := tx.Commit(); err != nil {
		s.t.Fatal(err)
	}
	return parcels
}

// A page is what a reader got.
type page struct {
	parcels []string
	coded   []bool // came with their codes
	cursor  string
}

func (s *site) page(answer *http.Response) (p page) {
	s.t.Helper()
	var events []struct {
		Data struct {
			ParcelID string `json:"parcel_id"`
			Code     string
		}
	}
	if err := json.Unmarshal([]byte(apitest.Want(s.t, answer, 200, "")), &events); err != nil {
		s.t.Fatal(err)
	}
	for _, e := range events {
		p.parcels, p.coded = append(p.parcels, e.Data.ParcelID), append(
			p.coded, e.Data.Code == "CODE-"+e.Data.ParcelID,
		)
	}
	p.cursor = answer.Header.Get("Cubby-Next-Cursor")
	return p
}

// from reads the page behind a cursor.
func (s *site) from(cursor string) page {
	s.t.Helper()
	return s.page(s.Do("GET", "/v1/events?cursor="+cursor, ""))
}

// cursors reads the feed event by event; the nth is the cursor behind n events.
func (s *site) cursors() (list []string) {
	s.t.Helper()
	list = append(list, s.Do("HEAD", "/v1/events", "").Header.Get("Cubby-Next-Cursor"))
	for {
		p := s.page(s.Do("GET", "/v1/events?limit=1&cursor="+list[len(list)-1], ""))
		if len(p.parcels) == 0 {
			return list
		}
		list = append(list, p.cursor)
	}
}

func TestACursorFromBehindTheCopyIsGoneWhereverTheRestoredLogEnds(t *testing.T) {
	s := newSite(t)
	defer func() { s.stop() }()
	s.deposit(3)
	folder := s.copy()
	s.deposit(3)
	cursors, now := s.cursors(), s.from("now").cursor
	for more := range 5 {
		s.restore(folder)
		parcels := s.deposit(more)
		for _, cursor := range append(cursors[4:], now) {
			apitest.Want(t, s.Do("GET", "/v1/events?cursor="+cursor, ""), 410, "cursor-gone")
		}
		if waiting := s.store.CodesWaiting(); waiting != int64(3+more) {
			t.Errorf("%d codes wait, %d were kept with the copy and %d came since", waiting, 3, more)
		}
		for n, cursor := range cursors[:4] {
			got, all := s.from(cursor), slices.Concat([]string{"P-1", "P-2", "P-3"}, parcels)
			if !slices.Equal(got.parcels, all[n:]) || slices.Contains(got.coded, false) {
				t.Errorf("with %d more, behind %d come %v, with codes %v; of %v", more, n, got.parcels,
					got.coded, all)
			}
		}
		if waiting := s.store.CodesWaiting(); waiting != int64(more) {
			t.Errorf("%d codes wait, of which the reader has not acknowledged %d", waiting, more)
		}
	}
}

func TestARestartTakesNoCursorAway(t *testing.T) {
	s := newSite(t)
	defer func() { s.stop() }()
	var all []string
	var given [][]string
	for n := range 4 { // the first start has nothing to tell
		all = append(all, s.deposit(n)...)
		given = append(given, s.cursors())
		s.restart()
	}
	given = append(given, s.cursors())
	for _, cursors := range given {
		for n, cursor := range cursors {
			if got := s.from(cursor); !slices.Equal(got.parcels, all[n:]) {
				t.Errorf("behind %d come %v of %v", n, got.parcels, all)
			}
			if cursor != given[len(given)-1][n] {
				t.Errorf("the cursor behind %d was %s and is %s", n, cursor, given[len(given)-1][n])
			}
		}
	}
}

// cursorOfOld is a cursor as it was before the log had incarnations.
func cursorOfOld(epoch string, seq uint64) string {
	mark := sha256.Sum256([]byte(epoch))
	b := append([]byte{1, 1}, mark[:8]...)
	b = binary.BigEndian.AppendUint64(b, seq)
	return base64.RawURLEncoding.EncodeToString(binary.BigEndian.AppendUint32(b, crc32.ChecksumIEEE(b)))
}

func TestCursorsFromBeforeTheLogHadLivesAreGood(t *testing.T) {
	s := newSite(t)
	defer func() { s.stop() }()
	all := s.deposit(3)
	s.stop()
	db, err := sql.Open("sqlite", filepath.Join(s.dir, "station.db"))
	if err != nil {
		t.Fatal(err)
	}
	var epoch string
	if err := db.QueryRow("SELECT doc FROM singles WHERE name = 'epoch'").Scan(&epoch); err != nil {
		t.Fatal(err)
	}
	before := "DROP TABLE incarnations; ALTER TABLE events RENAME COLUMN published TO told; DROP TABLE " +
		"spellings; " +
		"DROP TABLE visits; DROP TABLE consumers; DROP TABLE story_keys; DROP TABLE story_index; " +
		"DROP TABLE orders; DROP TABLE order_keys; DROP TABLE order_customers; PRAGMA " +
		"user_version = 3; DELETE FROM singles WHERE name = 'key'"
	for _, table := range []string{"parcels", "recipients", "credentials", "compartments", "openings",
		"couriers", "keys", "singles"} {
		before += "; ALTER TABLE " + table + " DROP COLUMN sum"
	}
	if _, err := db.Exec(before); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	s.start()
	all = append(all, s.deposit(2)...)
	for n, seq := range []uint64{0, 1, 3, 5} { // every second fact is not told
		if got := s.from(cursorOfOld(epoch, seq)); !slices.Equal(got.parcels, all[n:]) {
			t.Errorf("behind %d come %v of %v", n, got.parcels, all)
		}
	}
	// What the old version gave out behind the end of a copy that has gone on.
	apitest.Want(t, s.Do("GET", "/v1/events?cursor="+cursorOfOld(epoch, 7), ""), 410, "cursor-gone")
}

func TestAStreamGoesOnOverRestartsAndEndsWithARestoredLog(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSite(t)
		defer func() { s.stop() }()
		all := s.deposit(2)
		folder := s.copy()
		all = append(all, s.deposit(2)...)
		s.restart()
		all = append(all, s.deposit(1)...)
		w, ended := s.Follow(t.Context(), "/v1/events")
		synctest.Wait()
		all = append(all, s.deposit(1)...)
		synctest.Wait()
		told := apitest.Messages(t, w)
		s.restart()
		<-ended
		cursors := s.cursors()
		if len(told) != len(all) || len(cursors) != len(all)+1 {
			t.Fatalf("%d deposits, streamed %d, told %d", len(all), len(told), len(cursors)-1)
		}
		for n, m := range told {
			if m.ID != cursors[n+1] {
				t.Errorf("the stream gives %s behind %d events, the page %s", m.ID, n+1, cursors[n+1])
			}
		}
		s.restore(folder)
		all = append(all[:2], s.deposit(6)...)
		for n, m := range told {
			ctx, leave := context.WithCancel(t.Context())
			w, ended := s.Follow(ctx, "/v1/events?cursor=now", "Last-Event-ID", m.ID)
			synctest.Wait()
			leave()
			<-ended
			if gone := n+1 > 2; gone {
				if w.Status() != 410 {
					t.Errorf("behind %d events of the log before comes %d %s", n+1, w.Status(), w)
				}
			} else if got := apitest.Messages(t, w); len(got) != len(all)-n-1 {
				t.Errorf("behind %d events come %d of %d", n+1, len(got), len(all))
			}
		}
	})
}

// A history is what a log, or a copy of it, ought to hold.
type history struct {
	folder       string // of a copy
	parcels      []string
	acknowledged int // whose codes are gone, from the first on
}

// A reader follows the feed in its own way.
type reader struct {
	token  string
	begins string // its first cursor
	codes  bool   // has the scope for them

	cursor string
	seen   []string // what it has, with what was there before its beginning
}

// complete reports whether the reader acknowledges codes.
func (r *reader) complete() bool { return r.codes && r.begins == "" }

// Whatever happens to the folder, a reader has exactly the events of the log it is
// reading, or is told that it has not; and no code goes before it was told.
func TestNoReaderMissesAnEventWithoutBeingTold(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		s := newSite(t)
		defer func() { s.stop() }()
		var log history
		var copies []history
		readers := []*reader{
			{token: s.Token, codes: true},
			{token: s.Token, codes: true, begins: "now"},
			{},
			{begins: "now"},
		}
		grant := func() { // every start begins with a core of its own
			plain := s.Core.Grant("plain", "events:read")
			for _, r := range readers[2:] {
				r.token = plain
			}
		}
		grant()
		reads := func(rt *rapid.T) {
			n := rapid.IntRange(0, len(readers)-1).Draw(rt, "reader")
			r, limit := readers[n], rapid.IntRange(1, 4).Draw(rt, "limit")
			if r.cursor == "" {
				r.cursor, r.seen = r.begins, nil
				if r.begins == "now" {
					r.seen = slices.Clone(log.parcels)
				}
			}
			right := len(r.seen) <= len(log.parcels) && slices.Equal(r.seen, log.parcels[:len(r.seen)])
			asked := httptest.NewRequest(
				"GET", fmt.Sprintf("/v1/events?limit=%d&cursor=%s", limit, r.cursor), nil)
			asked.Header.Set("Authorization", "Bearer "+r.token)
			w := httptest.NewRecorder()
			s.Door().ServeHTTP(w, asked) // the contract is held against these answers elsewhere
			answer := w.Result()
			if gone := answer.StatusCode == http.StatusGone; gone == right {
				rt.Fatalf("reader %d has %v, the log %v: got %d", n, r.seen, log.parcels, answer.StatusCode)
			}
			if !right {
				r.cursor = ""
				return
			}
			if r.complete() {
				log.acknowledged = max(log.acknowledged, len(r.seen))
			}
			p, rest := s.page(answer), log.parcels[len(r.seen):]
			if !slices.Equal(p.parcels, rest[:min(limit, len(rest))]) {
				rt.Fatalf("reader %d has %d, the log %v: got %v", n, len(r.seen), log.parcels, p.parcels)
			}
			for i, coded := range p.coded {
				if at := len(r.seen) + i; coded != (r.codes && at >= log.acknowledged) {
					rt.Fatalf("reader %d got event %d with a code: %v; acknowledged are %d", n, at+1, coded,
						log.acknowledged)
				}
			}
			r.cursor, r.seen = p.cursor, append(r.seen, p.parcels...)
		}
		rt.Repeat(map[string]func(*rapid.T){
			"read": reads, "read on": reads, "and on": reads,
			"deposit": func(rt *rapid.T) {
				log.parcels = append(log.parcels, s.deposit(rapid.IntRange(1, 3).Draw(rt, "deposits"))...)
			},
			"restart": func(rt *rapid.T) {
				folder := rapid.IntRange(-2, len(copies)-1).Draw(rt, "copy")
				switch {
				case folder >= 0:
					log = copies[folder]
					log.parcels = slices.Clone(log.parcels)
					s.restore(log.folder)
				case folder == -1:
					copies = append(copies, history{s.copy(), slices.Clone(log.parcels), log.acknowledged})
				default:
					s.restart()
				}
				grant()
			},
		})
	})
}
