package core

import (
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"cubby/cmd/internal/config"
	"cubby/locker"
	"cubby/locker/ledger"
	"cubby/locker/parcel"
	"cubby/locker/people"
	"cubby/locker/store"
	"cubby/locker/upkeep"
	"cubby/locker/visit"
)

// populated is a station with couriers, keys, doors in every state, parcels before,
// behind and after their doors, and a log that is longer than what a start walks.
func populated(t *testing.T) (cfg *config.Config, killed string) {
	t.Helper()
	cfg = demo(t)
	c := &Logbook{cfg: cfg, actor: "test", log: quiet}
	c.mu.Lock()
	err := c.open(t.Context(), store.Opening{Create: true})
	c.mu.Unlock()
	if err != nil {
		t.Fatal(err)
	}
	note := func(command visit.Command) {
		t.Helper()
		if err := c.note(t.Context(), command); err != nil {
			t.Fatal(err)
		}
	}
	for i := range 3 {
		badge, pin := fmt.Sprint("badge", i), fmt.Sprint("pin", i)
		note(people.AddCourier{Record: people.CourierRecord{
			Courier: people.Courier{ID: fmt.Sprint("k", i), Name: "North"}, BadgeHash: badge, PINHash: pin,
		}})
		note(people.AddKey{Record: people.KeyRecord{
			Key: people.Key{
				Name: fmt.Sprint("key", i), Scopes: []string{"parcels:read"},
			}, SHA256: fmt.Sprintf("%064d", i),
		}})
	}
	for i := range 40 {
		note(parcel.Announce{
			ID: fmt.Sprint("p", i), Announcement: parcel.Announcement{Recipient: &parcel.Recipient{
				Name: "Ana", Phone: "1",
			}},
		})
	}
	for i := range 12 {
		deposit(t, c.store, fmt.Sprint("p", i), fmt.Sprint(i+1), c.keys.NewPickup())
	}
	for i := 30; i < 40; i++ {
		note(parcel.Cancel{ID: fmt.Sprint("p", i)})
	}
	note(upkeep.TakeOutOfService{Compartment: "20", Reason: "hinge"})
	for i := range 1100 {
		note(upkeep.SayOpened{Compartment: fmt.Sprint(13 + i%3)})
	}
	eventually(t, "the end of the log is written down", func() error {
		var head struct{ Seq int64 }
		text, err := os.ReadFile(in(cfg, "station.head"))
		if err == nil {
			err = json.Unmarshal(text, &head)
		}
		if err == nil && head.Seq != c.store.Head() {
			err = fmt.Errorf("it is %d, not %d", head.Seq, c.store.Head())
		}
		return err
	})
	killed = filepath.Join(t.TempDir(), "data") // with its write-ahead log, as a power cut leaves it
	if err := os.CopyFS(killed, os.DirFS(cfg.Station.DataDir)); err != nil {
		t.Fatal(err)
	}
	if err := c.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	return cfg, killed
}

// deciding are the rows that decide about doors and codes, as a station reads them.
func deciding(t *testing.T, db *store.Store) map[string][]ledger.Row {
	t.Helper()
	all := map[string][]ledger.Row{}
	for _, spec := range locker.Ledger.Tables() {
		rows, err := db.Load(t.Context(), spec)
		if err != nil {
			return map[string][]ledger.Row{"error": {{Key: err.Error()}}}
		}
		all[spec.Name()] = rows
	}
	return all
}

// A bit of the file may turn over anywhere. Whatever start serves then decides by the
// rows that were written; the others refuse.
func TestNoStartDecidesByADamagedRow(t *testing.T) {
	t.Parallel()
	flips := 400 // of each file
	if testing.Short() {
		flips = 40
	}
	cfg, killed := populated(t)
	for _, c := range []struct{ how, dir, file string }{
		{"after an orderly end", cfg.Station.DataDir, "station.db"},
		{"after a power cut", killed, "station.db-wal"},
	} {
		t.Run(c.how+" "+c.file, func(t *testing.T) {
			t.Parallel()
			random := rand.New(rand.NewPCG(1, 2))
			whole, err := os.ReadFile(filepath.Join(c.dir, c.file))
			if err != nil {
				t.Fatal(err)
			}
			open := func(dir string) (*store.Store, error) {
				at := *cfg
				at.Station.DataDir = dir
				_, db, err := OpenData(t.Context(), &at, store.Opening{Create: true})
				return db, err
			}
			var want map[string][]ledger.Row
			refused, later, harmless := 0, 0, 0
			for i := -1; i < flips; i++ { // the first without a flip
				dir := filepath.Join(t.TempDir(), "data")
				if err := errors.Join(os.CopyFS(dir, os.DirFS(c.dir)),
					os.Chmod(filepath.Join(dir, "station.key"), 0o600)); err != nil {
					t.Fatal(err)
				}
				at, bit := random.IntN(len(whole)), random.IntN(8)
				if i >= 0 {
					harmed := append([]byte(nil), whole...)
					harmed[at] ^= 1 << bit
					if err := os.WriteFile(filepath.Join(dir, c.file), harmed, 0o600); err != nil {
						t.Fatal(err)
					}
				}
				db, err := open(dir)
				if err != nil {
					if refused++; i < 0 {
						t.Fatal(err)
					}
					continue
				}
				got := deciding(t, db)
				examined := db.Examine(t.Context())
				switch {
				case i < 0:
					want = got
				case examined != nil: // and the doors stop
					later++
				default:
					harmless++
				}
				for table, rows := range got {
					if table != "recipients" && table != "error" && !reflect.DeepEqual(rows, want[table]) {
						t.Errorf("bit %d of byte %d: a start decides by other %s", bit, at, table)
					}
				}
				if got["error"] != nil && examined == nil {
					t.Errorf("bit %d of byte %d: %s, and nothing says so", bit, at, got["error"][0].Key)
				}
				db.Close()
				os.RemoveAll(dir)
			}
			t.Logf("of %d flips %d starts were refused, %d found the damage while they served, %d met nothing "+
				"that is read", flips, refused, later, harmless)
		})
	}
}

// What no start reads is read beside the service: then the doors stop, and stay so.
func TestDamageThatIsFoundWhileTheStationServesStopsIt(t *testing.T) {
	t.Parallel()
	cfg := used(t)
	cfg.Rest.Listen = atAPort(t).Rest.Listen
	_, db, err := OpenData(t.Context(), cfg, store.Opening{})
	if err != nil {
		t.Fatal(err)
	}
	tx, err := db.Begin()
	if err != nil {
		t.Fatal(err)
	}
	tx.Save(ledger.Changes{parcel.Parcels.Spec: {"q": parcel.Parcel{
		ID: "q", State: parcel.Collected, Label: "q", Rev: 9,
	}}})
	if err := errors.Join(tx.Commit(), db.Close()); err != nil {
		t.Fatal(err)
	}
	file, err := sql.Open("sqlite", in(cfg, "station.db"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := file.Exec(`UPDATE parcels SET doc = replace(doc, '"rev":9', '"rev":8') WHERE id = 'q'`); err != nil {
		t.Fatal(err)
	}
	if err := file.Close(); err != nil {
		t.Fatal(err)
	}
	served(t, cfg) // it starts: nothing that decides is damaged
	s := &asking{t: t, cfg: cfg}
	for text := ""; !strings.Contains(text, "table parcels was altered"); {
		_, text = s.ask("GET", "/readyz", "")
	}
	for range 100 {
		if status, text := s.ask("GET", "/readyz", ""); status != http.StatusServiceUnavailable {
			t.Fatalf("it serves again: %d %s", status, text)
		}
	}
}
