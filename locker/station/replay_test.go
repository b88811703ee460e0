package station

import (
	"context"
	"database/sql"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"cubby/locker/people"
	"cubby/locker/secret"
	"cubby/locker/store"
	"cubby/locker/view"
)

// lived leaves the database of a station at which people have been: p1 was
// collected, p2 lies behind a door, a key was made.
func lived(t *testing.T) (dir string) {
	dir = t.TempDir()
	r := start(t, dir)
	r.closed()
	code, _ := r.deposit("p1")
	r.deposit("p2")
	r.Scanned("", []byte(code))
	o := r.opens()
	r.until(view.StepPickupOpen)
	r.closes(o)
	r.until(view.StepPickupDone)
	if _, err := r.AddKey(t.Context(), people.Key{Name: "shop", Scopes: []string{"parcels:read"}},
		"staff"); err != nil {
		t.Fatal(err)
	}
	for name, readsOnly := range map[string]bool{"mail": false, "till": true} {
		if _, err := r.AddKey(t.Context(), people.Key{
			Name: name, Scopes: []string{"events:read", "codes:read"}, ReadsOnly: readsOnly,
		}, "staff"); err != nil {
			t.Fatal(err)
		}
	}
	if err := r.Acknowledge(t.Context(), "mail", r.cfg.Store.FeedHead()); err != nil {
		t.Fatal(err)
	}
	if n := r.cfg.Store.CodesWaiting(); n != 0 {
		t.Fatalf("%d codes wait", n)
	}
	if err := r.stop(); err != nil {
		t.Fatal(err)
	}
	return dir
}

// replay opens the database and compares its tables with its log.
func replay(t *testing.T, dir string) error {
	t.Helper()
	keys, err := secret.Derive(make([]byte, 32))
	if err != nil {
		t.Fatal(err)
	}
	s, err := store.Open(context.Background(), dir, "test", keys)
	if err != nil {
		return err
	}
	defer s.Close()
	if _, err := s.Verify(t.Context()); err != nil {
		return err
	}
	return s.Replay(t.Context())
}

// sign gives every row the sum that this station would have given it.
func sign(t *testing.T, db *sql.DB) {
	t.Helper()
	keys, err := secret.Derive(make([]byte, 32))
	if err != nil {
		t.Fatal(err)
	}
	for table, columns := range map[string]string{
		"parcels": "id, doc", "credentials": "hash, kind, parcel, state", "compartments": "number, doc",
		"couriers": "id, doc",
		"keys":     "name, doc", "consumers": "name, doc", "singles": "name, doc",
	} {
		rows, err := db.Query("SELECT " + columns + " FROM " + table)
		if err != nil {
			t.Fatal(err)
		}
		n := strings.Count(columns, ",") + 1
		sums := map[string][]byte{}
		for rows.Next() {
			text, into := make([]string, n), make([]any, n)
			for i := range text {
				into[i] = &text[i]
			}
			if err := rows.Scan(into...); err != nil {
				t.Fatal(err)
			}
			sums[text[0]] = keys.Sum(append([]string{table}, text...)...)
		}
		rows.Close()
		key, _, _ := strings.Cut(columns, ",")
		for id, sum := range sums {
			if _, err := db.Exec("UPDATE "+table+" SET sum=? WHERE "+key+"=?", sum, id); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// Whoever has the station's key can change what no event says, and so can a fault
// of this program. The log is whole then, and the tables do not follow from it.
func TestTablesThatDoNotFollowFromTheLogAreNamed(t *testing.T) {
	dir := lived(t)
	if err := replay(t, dir); err != nil {
		t.Fatalf("an honest station: %v", err)
	}
	for name, c := range map[string]struct{ change, says string }{
		"a code that was used is live again": {`UPDATE credentials SET state='live' WHERE parcel='p1' AND kind='code'`,
			"credentials"},
		"a code opens another parcel's door": {`UPDATE credentials SET parcel='p2' WHERE parcel='p1' AND kind='pin'`,
			"credentials"},
		"a code nobody issued": {`INSERT INTO credentials VALUES ('00', 'code', 'p2', 'live', NULL)`,
			"it has been added"},
		"a code that is gone": {`DELETE FROM credentials WHERE parcel='p2' AND kind='code'`,
			"a code of parcel"},
		"a scope more": {`UPDATE keys SET doc=json_set(doc, '$.scopes[1]', 'codes:read')
			WHERE name='shop'`, `keys "shop"`},
		"a client for which no code waits": {`DELETE FROM consumers`, `consumer of key "mail"`},
		"a client that delivers, unasked": {`UPDATE keys SET doc=json_remove(doc, '$.reads_only') WHERE name='till';
			INSERT INTO consumers SELECT 'till', json_set(doc, '$.name', 'till'), sum FROM consumers`, `keys "till"`},
		"another token": {`UPDATE keys SET sha256='ab' WHERE name='shop'`, `key "shop"`},
		"a door that is free with a parcel": {`UPDATE compartments
			SET doc=json_set(doc, '$.allocation', 'free', '$.parcel', '') WHERE doc->>'parcel'='p2'`,
			"behind which parcel"},
		"a parcel behind another door": {`UPDATE parcels SET doc=json_set(doc, '$.compartment', '3')
			WHERE id='p2'`, "door"},
		"a parcel that is listed as another": {`UPDATE parcels SET state='collected' WHERE id='p2'`, `"p2"`},
		"a parcel that stays longer": {`UPDATE parcels SET doc=json_set(doc, '$.deadline', '2099-01-01T00:00:00Z')
			WHERE id='p2'`, `parcels "p2"`},
		"a courier with another badge": {`UPDATE couriers SET doc=json_set(doc, '$.badge_hash', '00')`,
			"couriers"},
		"a courier who comes back": {`INSERT INTO couriers
			SELECT 'x', json_set(doc, '$.id', 'x'), sum FROM couriers LIMIT 1`, `couriers "x"`},
		"no wait for PINs, where none was told": {`INSERT OR REPLACE INTO singles
			VALUES ('guard', '{"customer":{"failures":-1000}}', NULL)`, "guard"},
	} {
		t.Run(name, func(t *testing.T) {
			copied := t.TempDir()
			for _, file := range []string{"station.db", "station.db-wal", "station.head"} {
				b, err := os.ReadFile(filepath.Join(dir, file))
				if err != nil && file == "station.db" {
					t.Fatal(err)
				}
				if err == nil {
					if err := os.WriteFile(filepath.Join(copied, file), b, 0o600); err != nil {
						t.Fatal(err)
					}
				}
			}
			db, err := sql.Open("sqlite", filepath.Join(copied, "station.db"))
			if err != nil {
				t.Fatal(err)
			}
			done, err := db.Exec(c.change)
			if err != nil {
				t.Fatal(err)
			}
			if n, _ := done.RowsAffected(); n == 0 {
				t.Fatal("nothing was changed")
			}
			sign(t, db)
			db.Close()
			if err := replay(t, copied); err == nil || !strings.Contains(err.Error(), c.says) {
				t.Errorf("%v, want a word of %s", err, c.says)
			}
		})
	}
}
