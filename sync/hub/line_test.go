package hub

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"cubby/locker/ledger"
	"cubby/sync/db"
	"cubby/sync/db/dbtest"
	"cubby/sync/protocol"
)

// page reads changes as their ids.
func (w *world) page(station, cursor string, limit int) (ids string, next string, more bool) {
	w.t.Helper()
	p, err := w.Changes(w.t.Context(), station, cursor, limit)
	w.must(err)
	var all []string
	for _, c := range p.Changes {
		id := c.Collection + "/" + c.ID
		if c.Deleted {
			id = "-" + id
		}
		all = append(all, id)
	}
	return strings.Join(all, " "), p.Next, p.More
}

func announcement(order string) json.RawMessage {
	return json.RawMessage(
		`{"order_id":"` + order + `","recipient":{"name":"Marker Name","email":"marker@example.org"}}`,
	)
}

func TestChangesAreGivenInOrderOfTheNewestOfEachThing(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, at string) {
		w, ctx := open(t, at), t.Context()
		a, b := w.join("A"), w.join("B")
		_, start, _ := w.page(a, "", 100)
		told := w.Told()
		for _, id := range []string{"1", "2", "3", "1"} {
			w.must(w.Announce(ctx, by, a, "P-"+id, announcement("SO-"+id)))
		}
		select {
		case <-told:
		default:
			t.Error("nobody was woken")
		}
		w.must(w.Announce(ctx, by, a, "P-1", announcement("SO-9")))
		w.must(w.PutText(ctx, by, "help", map[string]string{"en": "Ask at the desk"}))
		w.must(w.CancelParcel(ctx, by, a, "P-2"))
		ids, next, more := w.page(a, start, 2)
		if ids != "parcels/P-3 parcels/P-1" || !more {
			t.Errorf("the first page has %s, more: %t", ids, more)
		}
		if ids, _, more = w.page(a, next, 2); ids != "texts/help -parcels/P-2" || more {
			t.Errorf("the second page has %s, more: %t", ids, more)
		}
		if again, _, _ := w.page(a, start, 2); again != "parcels/P-3 parcels/P-1" {
			t.Errorf("the first page has %s the second time", again)
		}
		if ids, _, _ = w.page(b, "", 100); ids != "keys/list settings/station texts/help" {
			t.Errorf("the other station is told %s", ids)
		}
		p, err := w.Changes(ctx, a, start, 100)
		w.must(err)
		revs := map[string]int64{}
		for _, c := range p.Changes {
			revs[c.ID] = c.Rev
		}
		w.must(w.Announce(ctx, by, a, "P-3", announcement("SO-3"))) // says nothing new
		if ids, _, _ := w.page(a, p.Next, 100); ids != "" {
			t.Errorf("it is told %s", ids)
		}
		w.must(w.HoldParcel(ctx, by, a, "P-3", "", "unpaid"))
		p, err = w.Changes(ctx, a, p.Next, 100)
		w.must(err)
		var doc protocol.ParcelDoc
		w.must(json.Unmarshal(p.Changes[0].Doc, &doc))
		if len(p.Changes) != 1 || p.Changes[0].Rev <= revs["P-3"] || !doc.Held || doc.Reason != "unpaid" ||
			string(doc.Announcement) != string(announcement("SO-3")) {
			t.Errorf("it is told %+v", p.Changes)
		}
	})
}

func TestACursorThatCannotBeGoneOnFromAsksForASnapshot(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, at string) {
		w, ctx := open(t, at), t.Context()
		s := w.join("A")
		other := open(t, dbtest.SQLite(t))
		_, foreign, _ := other.page(other.join("A"), "", 100)
		w.must(w.Announce(ctx, by, s, "P-1", announcement("SO-1")))
		_, cursor, _ := w.page(s, "", 100)
		gone := func(name, cursor string) {
			t.Helper()
			_, err := w.Changes(ctx, s, cursor, 1)
			if ledger.CodeOf(err) != ledger.Gone {
				t.Errorf("%s: %v", name, err)
			}
		}
		gone("of another database", foreign)
		gone("garbage", "garbage!")
		gone("cut", cursor[:len(cursor)-3])
		text, _ := base64.RawURLEncoding.DecodeString(cursor)
		gone("made up", base64.RawURLEncoding.EncodeToString(append(text[:len(text)-1], 'x')))
		w.again()
		if ids, _, _ := w.page(s, cursor, 100); ids != "" {
			t.Errorf("after a start it is told %s", ids)
		}
		// The copy that the hub goes on from has less than the cursor has seen.
		w.must(w.Announce(ctx, by, s, "P-2", announcement("SO-2")))
		_, cursor, _ = w.page(s, "", 100)
		w.must(w.db.Write(ctx, func(tx *db.Tx) error {
			if _, err := tx.Exec("DELETE FROM changes WHERE id = 'P-2'"); err != nil {
				return err
			}
			_, err := tx.Exec("UPDATE counters SET value = value - 1 WHERE name = 'changes'")
			return err
		}))
		w.again()
		gone("ahead of a restored copy", cursor)
		w.must(w.Rename(ctx, by, s, "B"))
		w.must(w.Rename(ctx, by, s, "C"))
		gone("ahead of a restored copy that has gone on", cursor)

		_, cursor, _ = w.page(s, "", 100)
		w.must(w.CancelParcel(ctx, by, s, "P-1"))
		_, newest, _ := w.page(s, cursor, 100)
		w.time = w.time.Add(Kept + time.Minute)
		w.must(w.Tidy(ctx))
		gone("older than what is forgotten", cursor)
		gone("from the beginning", "")
		if ids, _, _ := w.page(s, newest, 100); ids != "keys/list" {
			t.Errorf("behind it, it is told %s", ids)
		}
		// A thing that was forgotten comes again with a later revision.
		w.must(w.Announce(ctx, by, s, "P-1", announcement("SO-1")))
		if ids, _, _ := w.page(s, newest, 100); ids != "keys/list parcels/P-1" {
			t.Errorf("it is told %s", ids)
		}
	})
}

func TestASnapshotHasEverythingAndTheSameBytes(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, at string) {
		w, ctx := open(t, at), t.Context()
		s := w.join("A")
		for n := range 250 {
			w.must(w.Announce(ctx, by, s, fmt.Sprint("P-", n), announcement(fmt.Sprint("SO-", n))))
		}
		w.must(w.PutText(ctx, by, "help", map[string]string{"en": "Ask"}))
		w.must(w.CancelParcel(ctx, by, s, "P-7"))
		cursor, gz, sum, err := w.Snapshot(ctx, s)
		w.must(err)
		if hash := sha256.Sum256(gz); hex.EncodeToString(hash[:]) != sum {
			t.Error("the sum is another")
		}
		w.shots.made = nil
		if _, again, sum2, err := w.Snapshot(ctx, s); err != nil || !bytes.Equal(again, gz) || sum2 != sum {
			t.Errorf("made again it is another: %v", err)
		}
		r, err := gzip.NewReader(bytes.NewReader(gz))
		w.must(err)
		lines := bufio.NewScanner(r)
		var last protocol.Change
		count := 0
		for lines.Scan() {
			last = protocol.Change{}
			w.must(json.Unmarshal(lines.Bytes(), &last))
			count++
		}
		if count != 253 || last.ID != "P-7" || !last.Deleted {
			t.Errorf("%d lines, the last is %+v", count, last)
		}
		w.must(w.Announce(ctx, by, s, "P-7", announcement("SO-7")))
		if ids, _, _ := w.page(s, cursor, 100); ids != "parcels/P-7" {
			t.Errorf("behind it come %s", ids)
		}
		if _, changed, _, err := w.Snapshot(ctx, s); err != nil || bytes.Equal(changed, gz) {
			t.Errorf("it did not change: %v", err)
		}
	})
}

func TestADigestThatDiffersIsATroubleUntilOneAgrees(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, at string) {
		w, ctx := open(t, at), t.Context()
		s := w.join("A")
		w.push(
			s,
			"one",
			0,
			one(1),
			one(2),
			one(3),
			ofParcel(4, "stored", "P-1", "compartment", "9"),
			ofParcel(
				5,
				"stored",
				"P-2",
				"compartment",
				"10",
			),
			ofParcel(6, "counter_held", "P-2", "compartment", "10",
				"keeps_code", true, "reason", "x"),
		)
		count, sum := protocol.Sum([]protocol.Custody{{ID: "P-2", State: "counter_held"},
			{ID: "P-1", State: "stored", Door: "9"}})
		d := protocol.Digest{Through: 6, Count: count, SHA256: strings.ToUpper(sum)}
		if a, err := w.Digest(ctx, s, d); err != nil || !a.Agrees || a.Custody != nil || w.troubles(s) != "" {
			t.Errorf("%+v, %v", a, err)
		}
		for _, differs := range []protocol.Digest{{Through: 6, Count: 2, SHA256: strings.Repeat("0", 64)},
			{Through: 6, Count: 1, SHA256: sum}} {
			a, err := w.Digest(ctx, s, differs)
			if err != nil || a.Agrees || a.Count != 2 || len(a.Custody) != 2 {
				t.Errorf("%+v, %v", a, err)
			}
			if w.troubles(s) != "drift" {
				t.Errorf("troubles are %s", w.troubles(s))
			}
		}
		_, err := w.Digest(ctx, s, protocol.Digest{Through: 5})
		refused(t, err, "not-at-that-fact")
		if _, err := w.Digest(ctx, s, d); err != nil || w.troubles(s) != "" {
			t.Errorf("they agree again: %s, %v", w.troubles(s), err)
		}
	})
}

func TestWhatAStationSaysOfItselfIsShown(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, at string) {
		w, ctx := open(t, at), t.Context()
		s := w.join("A")
		oldest := w.time.Add(-2 * time.Hour)
		about := protocol.About{
			ID:        "site",
			Name:      "n",
			Version:   "v1",
			Zone:      "Europe/Berlin",
			Languages: []string{"en", "de"},
			Wall: json.RawMessage(
				`{"width_mm":100,"height_mm":200,"doors":[{"number":"1"},{"number":"2"}]}`,
			),
			Outbox: protocol.Outbox{Waiting: 7, Oldest: &oldest},
			Health: json.RawMessage(`{"devices":[{"name":"printer","kind":"printer","state":"paper_out",` +
				`"severity":"warning","title":"No paper","what_to_do":"Put some in","since":"2026-03-01T09:00:00Z"},` +
				`{"name":"door 1","kind":"door","state":"working","severity":"ok"}]}`),
		}
		w.must(w.About(ctx, s, about))
		is, err := w.Station(ctx, s)
		if err != nil || is.Site != "site" || is.Version != "v1" || is.Zone != "Europe/Berlin" ||
			len(is.Languages) != 2 || is.Wall == nil || is.Wall.WidthMM != 100 || is.Waiting != 7 ||
			!is.OldestWaiting.Equal(oldest) || is.Doors.Total != 2 || is.Doors.Free != 2 || is.Name != "A" {
			t.Errorf("%+v, %v", is, err)
		}
		if w.troubles(s) != "old_outbox device" {
			t.Errorf("troubles are %s", w.troubles(s))
		}
		devices, err := w.Devices(ctx, s)
		if err != nil || len(devices) != 1 || devices[0].WhatToDo != "Put some in" ||
			devices[0].State != "paper_out" {
			t.Errorf("%+v, %v", devices, err)
		}
		doors, err := w.Doors(ctx, s)
		if err != nil || len(doors) != 2 || doors[0].Door != "closed" || doors[1].Door != "unknown" {
			t.Errorf("%+v, %v", doors, err)
		}
		w.push(s, "one", 0, fact(1, "device.changed", "devices/printer", map[string]any{
			"device": "printer", "condition": "working", "kind": "printer", "severity": "ok"}))
		about.Wall, about.Health, about.Outbox = json.RawMessage(
			`{"doors":[{"number":"2"},{"number":"3"}]}`,
		), nil,
			protocol.Outbox{}
		w.must(w.About(ctx, s, about))
		if is, err = w.Station(ctx, s); err != nil || is.Doors.Total != 2 || w.troubles(s) != "" {
			t.Errorf("%+v, %s, %v", is, w.troubles(s), err)
		}
		// What its program was too old for is told anew to the next one.
		_, cursor, _ := w.page(s, "", 100)
		w.push(s, "one", 1, fact(2, "centre.change_refused", "settings/station", map[string]any{
			"collection": "settings", "id": "station", "rev": 99, "slug": "unknown-collection", "reason": "x"}))
		about.Version = "v1"
		w.must(w.About(ctx, s, about))
		if ids, _, _ := w.page(s, cursor, 100); ids != "" || w.troubles(s) != "refused" {
			t.Errorf("it is told %q, troubles are %s", ids, w.troubles(s))
		}
		about.Version = "v2"
		w.must(w.About(ctx, s, about))
		if ids, _, _ := w.page(s, cursor, 100); ids != "settings/station" || w.troubles(s) != "" {
			t.Errorf("it is told %q, troubles are %s", ids, w.troubles(s))
		}
		w.time = w.time.Add(SilentAfter + time.Minute)
		if w.troubles(s) != "silent" {
			t.Errorf("troubles are %s", w.troubles(s))
		}
		w.Seen(s)
		if w.troubles(s) != "" {
			t.Errorf("troubles are %s", w.troubles(s))
		}
		refused(t, w.About(ctx, s, protocol.About{Wall: json.RawMessage(`[1]`)}), "wall")
		refused(t, w.About(ctx, s, protocol.About{Health: json.RawMessage(`"x"`)}), "health")
		refused(t, w.About(ctx, s, protocol.About{Version: "a\x00"}), "about")
		refused(t, w.About(ctx, "s-other", protocol.About{}), "no-such-station")
	})
}

// Nothing of a person and no code is in the file in clear, nor what is left of it when the
// parcel has ended.
func TestWhatIsPersonalIsSealedAndErasedWithItsParcel(t *testing.T) {
	at := dbtest.SQLite(t)
	w, ctx := open(t, at), t.Context()
	s := w.join("A")
	markers := []string{"Marker Name", "marker@example.org", "SECRETCODE", "12345678", "Courier Name"}
	look := func(when string) {
		t.Helper()
		_, err := w.db.Query(ctx, "PRAGMA wal_checkpoint(FULL)")
		w.must(err)
		for _, file := range []string{at, at + "-wal"} {
			text, err := os.ReadFile(file)
			w.must(err)
			for _, m := range markers {
				if bytes.Contains(text, []byte(m)) {
					t.Errorf("%s: %q is in clear in %s", when, m, file)
				}
			}
		}
	}
	w.must(w.Announce(ctx, by, s, "P-1", announcement("SO-1")))
	if _, _, _, err := w.AddCourier(ctx, by, "Courier Name", s); err != nil {
		t.Fatal(err)
	}
	w.push(
		s,
		"one",
		0,
		one(1),
		ofParcel(2, "stored", "P-1", "compartment", "1", "code", "SECRETCODE", "pin", "12345678"),
	)
	look("stored")
	w.push(s, "one", 2, ofParcel(3, "recipient_erased", "P-1", "reason", "request"))
	p, err := w.Changes(ctx, s, "", 100)
	w.must(err)
	all, _ := json.Marshal(p.Changes)
	if bytes.Contains(all, []byte("Marker Name")) || !bytes.Contains(all, []byte("SO-1")) {
		t.Errorf("when it was to be erased, it is told %s", all)
	}
	w.push(s, "one", 3, ofParcel(4, "collected", "P-1", "compartment", "1"))
	var kept int
	w.must(w.db.QueryRow(ctx, "SELECT (SELECT count(*) FROM codes) + (SELECT count(*) FROM announcements) + "+
		"(SELECT count(*) FROM changes WHERE collection = 'parcels' AND sealed IS NOT NULL)").Scan(&kept))
	if kept != 0 {
		t.Errorf("%d rows are kept of it", kept)
	}
	if strings.Contains(w.log.String(), "arker") || strings.Contains(w.log.String(), "SECRET") {
		t.Errorf("the log says %s", w.log.String())
	}
	if _, err := Open(context.Background(), Config{At: at, Key: bytes.Repeat([]byte{8}, 32)}); err == nil ||
		!strings.Contains(err.Error(), "another key") {
		t.Errorf("with another key: %v", err)
	}
}
