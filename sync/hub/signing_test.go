package hub

import (
	"crypto/ed25519"
	"encoding/base64"
	"encoding/json"
	"os"
	"testing"
	"time"

	"cubby/locker/secret/token"
	"cubby/sync/db"
	"cubby/sync/db/dbtest"
	"cubby/sync/protocol"
)

const day = 24 * time.Hour

// list is the list of keys as a station has it, read with the root keys of its enrolment.
func (w *world) list(station string) (l token.List, rev int64) {
	w.t.Helper()
	var public string
	w.must(w.db.QueryRow(w.t.Context(), "SELECT public FROM root_keys").Scan(&public))
	root, err := base64.StdEncoding.DecodeString(public)
	w.must(err)
	p, err := w.Changes(w.t.Context(), station, "", 100)
	w.must(err)
	for _, c := range p.Changes {
		if c.Collection == protocol.Keys && c.ID == "list" {
			var doc protocol.KeysDoc
			w.must(json.Unmarshal(c.Doc, &doc))
			l, err := token.ReadList(doc.Signed, []ed25519.PublicKey{root})
			w.must(err)
			return l, c.Rev
		}
	}
	w.t.Fatal("it is told no list")
	return l, 0
}

// signs is the id of the key that signs, which the list has to hold.
func (w *world) signsWith(station string, purpose token.Purpose) string {
	w.t.Helper()
	var id []byte
	w.must(w.db.Write(w.t.Context(), func(tx *db.Tx) (err error) {
		var key ed25519.PrivateKey
		if id, key, err = w.signing(tx, purpose); err != nil {
			return err
		}
		l, err := w.signedList(tx)
		if err != nil {
			return err
		}
		if got := l.Key(purpose, id, w.time, 0); !got.Equal(key.Public()) {
			w.t.Errorf("at %s, %x signs, and stations do not know it", w.time, id)
		}
		return nil
	}))
	return string(id)
}

// signedList is the list that was told last.
func (w *world) signedList(tx *db.Tx) (l token.List, err error) {
	var sealed []byte
	if err := tx.QueryRow("SELECT sealed FROM changes WHERE collection = 'keys'").Scan(&sealed); err != nil {
		return l, err
	}
	text, err := w.vault.unseal(sealed)
	if err != nil {
		return l, err
	}
	var doc protocol.KeysDoc
	if err := json.Unmarshal(text, &doc); err != nil {
		return l, err
	}
	return token.KeptList(doc.Signed)
}

func TestStationsKnowAKeyLongBeforeItSignsAndLongAfter(t *testing.T) {
	w := open(t, dbtest.SQLite(t))
	s := w.join("A")
	since := map[string]time.Time{} // since when a key is told
	signed := map[string]time.Time{}
	var order []string
	start := w.time
	for number := int64(0); w.time.Before(start.Add(400 * day)); w.time = w.time.Add(12 * time.Hour) {
		w.must(w.Tidy(t.Context()))
		l, _ := w.list(s)
		if l.Number < number || w.time.Sub(l.Issued) > listAge || len(l.Keys) > 6 {
			t.Fatalf("at %s the list is %d of %s with %d keys", w.time, l.Number, l.Issued, len(l.Keys))
		}
		number = l.Number
		for _, k := range l.Keys {
			if _, ok := since[string(k.ID)]; !ok {
				since[string(k.ID)] = w.time
			}
		}
		id := w.signsWith(s, token.Pickup)
		w.signsWith(s, token.Command)
		if _, ok := signed[id]; !ok {
			order = append(order, id)
			if told := w.time.Sub(since[id]); len(order) > 1 && told < keyTold {
				t.Errorf("key %d signs after it was told for %s", len(order), told)
			}
		}
		signed[id] = w.time
		for id, last := range signed { // what it signed last is good for 30 days
			if w.time.Before(last.Add(30*day)) && l.Key(token.Pickup, []byte(id), w.time, 0) == nil {
				t.Errorf("at %s, what was signed at %s is not taken any more", w.time, last)
			}
		}
	}
	if len(order) != 5 {
		t.Errorf("%d keys signed in 400 days", len(order))
	}
}

func TestTheListIsToldAnewDailyAndWithAHigherNumber(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, at string) {
		w, ctx := open(t, at), t.Context()
		s := w.join("A")
		first, rev := w.list(s)
		w.again() // a command beside the hub
		if l, again := w.list(s); l.Number != first.Number || again != rev {
			t.Errorf("told again: %d after %d", l.Number, first.Number)
		}
		w.must(w.Tidy(ctx)) // the hub begins
		second, _ := w.list(s)
		w.must(w.Tidy(ctx))
		if l, _ := w.list(s); second.Number != first.Number+1 || l.Number != second.Number {
			t.Errorf("numbers %d, %d, %d", first.Number, second.Number, l.Number)
		}
		w.time = w.time.Add(25 * time.Hour)
		w.must(w.Tidy(ctx))
		if l, _ := w.list(s); l.Number != w.time.Unix() || !l.Issued.Equal(w.time) {
			t.Errorf("a day later the list is %d of %s", l.Number, l.Issued)
		}
		// An older hub's database has no keys.
		w.must(w.db.Write(ctx, func(tx *db.Tx) error {
			for _, table := range []string{"signing_keys", "key_list", "changes"} {
				if _, err := tx.Exec("DELETE FROM " + table); err != nil {
					return err
				}
			}
			return nil
		}))
		w.again()
		if l, _ := w.list(s); len(l.Keys) != 2 || l.Number != w.time.Unix() {
			t.Errorf("an older database is told %+v", l)
		}
	})
}

// An older copy of the database is put back: what it tells then counts at stations that have
// newer lists.
func TestAListOfARestoredCopyIsHigherThanAnyBefore(t *testing.T) {
	at := dbtest.SQLite(t)
	w, ctx := open(t, at), t.Context()
	s := w.join("A")
	w.must(w.Close())
	copied, err := os.ReadFile(at)
	w.must(err)
	w.begin()
	for range 50 {
		made, _ := w.token(s, NewToken{Label: "L"})
		w.must(w.DenyToken(ctx, by, s, made.ID))
	}
	before, _ := w.list(s)
	w.must(w.Close())
	for _, more := range []string{"-wal", "-shm"} {
		if err := os.Remove(at + more); err != nil && !os.IsNotExist(err) {
			t.Fatal(err)
		}
	}
	w.must(os.WriteFile(at, copied, 0o600))
	w.begin()
	w.time = w.time.Add(time.Minute)
	w.must(w.Tidy(ctx))
	if after, _ := w.list(s); after.Number <= before.Number {
		t.Errorf("the copy tells list %d, and the station has %d", after.Number, before.Number)
	}
}

func TestARotationByHandTellsTheKeyADayAhead(t *testing.T) {
	w, ctx := open(t, dbtest.SQLite(t)), t.Context()
	s := w.join("A")
	first := w.signsWith(s, token.Pickup)
	other := w.signsWith(s, token.Command)
	from, err := w.RotateSigningKey(ctx, by, token.Pickup)
	w.must(err)
	if l, _ := w.list(s); len(l.Keys) != 3 || w.signsWith(s, token.Pickup) != first {
		t.Errorf("at once, the list has %d keys, and another signs", len(l.Keys))
	}
	w.time = from
	second := w.signsWith(s, token.Pickup)
	if second == first || w.signsWith(s, token.Command) != other {
		t.Error("a day later the old one signs, or that of commands is another")
	}
	w.time = from.Add(token.Lag - time.Hour)
	w.must(w.Tidy(ctx))
	if l, _ := w.list(s); l.Key(token.Pickup, []byte(first), w.time, 0) == nil {
		t.Error("the old one is not known any more")
	}
	w.time = from.Add(token.Lag + 2*day)
	w.must(w.Tidy(ctx))
	if l, _ := w.list(s); len(l.Keys) != 2 {
		t.Errorf("the list has %d keys", len(l.Keys))
	}
	_, err = w.RotateSigningKey(ctx, by, "open everything")
	refused(t, err, "no-such-purpose")
	for range 2 * mostSigns {
		if _, err = w.RotateSigningKey(ctx, by, token.Pickup); err != nil {
			break
		}
		w.time = w.time.Add(day)
	}
	refused(t, err, "too-many-signing-keys")
	w.signsWith(s, token.Pickup)
}

func TestAClockThatWasWrongLeavesNoHubWithoutAKey(t *testing.T) {
	w := open(t, dbtest.SQLite(t))
	s := w.join("A")
	start := w.time
	for _, away := range []time.Duration{4000 * day, 0, 200 * day, -4000 * day, 0} {
		w.time = start.Add(away)
		w.signsWith(s, token.Pickup)
		w.signsWith(s, token.Command)
		w.must(w.Tidy(t.Context()))
		if l, _ := w.list(s); l.Number <= 0 || len(l.Keys) > 8 {
			t.Errorf("with a clock %s away: %+v", away, l)
		}
	}
}
