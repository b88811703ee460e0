package core

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"cubby/cmd/internal/config"
	"cubby/locker/ledger"
	"cubby/locker/parcel"
	"cubby/locker/secret"
	"cubby/locker/store"
	"cubby/locker/visit"
	"cubby/locker/wall"
)

// in names a file of the station's data folder.
func in(cfg *config.Config, name string) string { return filepath.Join(cfg.Station.DataDir, name) }

// used is a station that was made, has a parcel behind door 1, and does not run.
func used(t *testing.T) *config.Config {
	t.Helper()
	cfg := demo(t)
	c := &Logbook{cfg: cfg, actor: "test", log: quiet}
	c.mu.Lock()
	err := c.open(t.Context(), store.Opening{Create: true})
	c.mu.Unlock()
	if err != nil {
		t.Fatal(err)
	}
	for _, doc := range []visit.Command{parcel.Announce{ID: "p"}, parcel.Announce{ID: "q"}} {
		if err := c.note(t.Context(), doc); err != nil {
			t.Fatal(err)
		}
	}
	fresh := c.keys.NewPickup()
	deposit(t, c.store, "p", "1", fresh)
	if err := c.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	return cfg
}

// deposit puts a parcel that was announced behind a door.
func deposit(t *testing.T, s *store.Store, id, number string, fresh *visit.Secret) {
	t.Helper()
	tx, err := s.Begin()
	if err != nil {
		t.Fatal(err)
	}
	p, ok := parcel.Parcels.Get(ledger.NewState(s.Rows()), id)
	if !ok {
		t.Fatal("no parcel", id)
	}
	deadline := p.AnnouncedAt.Add(72 * 3600e9)
	p.State, p.Compartment, p.Deadline = parcel.Stored, number, &deadline
	tx.Append([]ledger.Fact{&parcel.ParcelStored{OfParcel: parcel.OfParcel{ParcelID: id}, Compartment: number,
		Deadline: deadline,
		Hashes:   parcel.StoredHashes{Code: fresh.CodeHash, PIN: fresh.PINHash}, Clear: fresh}},
		store.Circumstances{At: p.AnnouncedAt, Actor: "test", Cause: "test"})
	ch := ledger.NewState(nil)
	parcel.Parcels.Put(ch, id, p)
	wall.Compartments.Put(ch, number, wall.Compartment{Number: number, Allocation: wall.Occupied, Parcel: id,
		Contents: wall.ContentsPresent, Lock: wall.LockIdle})
	for hash, kind := range map[string]parcel.CredentialKind{
		fresh.CodeHash: parcel.ByCode, fresh.PINHash: parcel.ByPIN,
	} {
		parcel.Credentials.Put(ch, hash, parcel.Credential{Hash: hash, Kind: kind, Parcel: id, State: parcel.Live})
	}
	tx.Save(ch.Changes())
	if err := tx.Commit(); err != nil {
		t.Fatal(err)
	}
}

// openedData opens key and database of a station that may be made, as a core does.
func openedData(t *testing.T, cfg *config.Config) error {
	t.Helper()
	_, db, err := OpenData(t.Context(), cfg, store.Opening{Create: true})
	if err != nil {
		return err
	}
	return db.Close()
}

func TestAStationThatHasLostSomethingDoesNotBeginAnew(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		lose func(cfg *config.Config) error
		want string
	}{
		{"nothing", func(*config.Config) error { return nil }, ""},
		{"the database", func(cfg *config.Config) error { return os.Remove(in(cfg, "station.db")) }, "init --new"},
		{"the database, and its head", func(cfg *config.Config) error {
			return errors.Join(os.Remove(in(cfg, "station.db")), os.Remove(in(cfg, "station.head")))
		}, "init --new"},
		{"what is in the database", func(cfg *config.Config) error { return os.Truncate(in(cfg, "station.db"), 0) },
			"init --new"},
		{"most of the database", func(cfg *config.Config) error { return os.Truncate(in(cfg, "station.db"), 4096) },
			"damaged"},
		{"the end of the database", func(cfg *config.Config) error { return os.Truncate(in(cfg, "station.db"), 65536) },
			"damaged"},
		{"the database for a folder", func(cfg *config.Config) error {
			return errors.Join(os.Remove(in(cfg, "station.db")), os.Mkdir(in(cfg, "station.db"), 0o700))
		}, "station.db"},
		{"the database for that of another station", func(cfg *config.Config) error {
			other := *cfg
			other.Station.DataDir += "-other"
			return errors.Join(openedData(t, &other), os.Rename(in(&other, "station.db"), in(cfg, "station.db")))
		}, "station.key is not the key"},
		{"database and key", func(cfg *config.Config) error {
			return errors.Join(os.Remove(in(cfg, "station.db")), os.Remove(KeyFile(cfg)))
		}, "init --new"},
		{"the key", func(cfg *config.Config) error { return os.Remove(KeyFile(cfg)) }, "restore it from the backup"},
		{"the right key", func(cfg *config.Config) error {
			return os.WriteFile(KeyFile(cfg), []byte(strings.Repeat("k", 32)), 0o600)
		}, "station.key is not the key"},
		{"half of the key", func(cfg *config.Config) error { return os.Truncate(KeyFile(cfg), 16) }, "16 bytes"},
		{"the head", func(cfg *config.Config) error { return os.Remove(in(cfg, "station.head")) }, ""},
		{"what is in the head", func(cfg *config.Config) error { return os.Truncate(in(cfg, "station.head"), 0) },
			"init --accept-older"},
	} {
		t.Run(c.name, func(t *testing.T) {
			cfg := used(t)
			if err := c.lose(cfg); err != nil {
				t.Fatal(err)
			}
			for range 2 { // the first try makes nothing that a second finds
				err := openedData(t, cfg)
				if c.want == "" && err != nil || c.want != "" &&
					(err == nil || !strings.Contains(err.Error(), c.want)) {
					t.Errorf("it opens with %v, want %q", err, c.want)
				}
			}
			if _, err := Open(t.Context(), cfg, quiet); c.want != "" && err == nil {
				t.Error("a core serves")
			}
			if _, err := OpenLogbook(t.Context(), cfg, "test", quiet); c.want != "" && err == nil {
				t.Error("its site can be commissioned")
			}
		})
	}
}

// A first start may end anywhere: it left no parcel behind a door.
func TestAFirstStartThatWasCutShortBeginsAgain(t *testing.T) {
	t.Parallel()
	for name, cut := range map[string]func(cfg *config.Config) error{
		"after the key": func(cfg *config.Config) error { _, err := secret.Open(firstKey(cfg), true); return err },
		"with an empty database": func(cfg *config.Config) error {
			_, err := secret.Open(firstKey(cfg), true)
			return errors.Join(err, os.WriteFile(in(cfg, "station.db"), nil, 0o600))
		},
		"before the key had its name": func(cfg *config.Config) error {
			return errors.Join(openedData(t, cfg), os.Rename(KeyFile(cfg), firstKey(cfg)))
		},
	} {
		t.Run(name, func(t *testing.T) {
			cfg := demo(t)
			if err := os.MkdirAll(cfg.Station.DataDir, 0o700); err != nil {
				t.Fatal(err)
			}
			if err := cut(cfg); err != nil {
				t.Fatal(err)
			}
			for range 2 {
				if err := openedData(t, cfg); err != nil {
					t.Fatal(err)
				}
			}
			if _, err := os.Stat(firstKey(cfg)); err == nil {
				t.Error("the key has two names")
			}
		})
	}
}

// compartmentsOf are those of a station as a core has them.
func compartmentsOf(t *testing.T, cfg *config.Config) (all []wall.Compartment) {
	t.Helper()
	c, err := Open(t.Context(), cfg, quiet)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	for v := range c.station.Views(t.Context(), "") {
		if v.Step == "idle" {
			return c.station.Compartments()
		}
	}
	return nil
}

func TestANewDatabaseOffersNoDoorBeforeSomebodyHasLooked(t *testing.T) {
	t.Parallel()
	cfg := used(t)
	if err := NewData(t.Context(), cfg); err == nil || !strings.Contains(err.Error(), "there is a database") {
		t.Fatalf("a new database beside one that is there: %v", err)
	}
	key, err := os.ReadFile(KeyFile(cfg))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(in(cfg, "station.db")); err != nil {
		t.Fatal(err)
	}
	if err := NewData(t.Context(), cfg); err != nil {
		t.Fatal(err)
	}
	if now, err := os.ReadFile(KeyFile(cfg)); err != nil || string(now) != string(key) {
		t.Error("it has another key:", err)
	}
	all := compartmentsOf(t, cfg)
	if len(all) != len(cfg.Compartments()) {
		t.Fatalf("%d of %d doors", len(all), len(cfg.Compartments()))
	}
	for _, c := range all {
		if c.Allocation != wall.Quarantine || c.Contents != wall.ContentsUnknown || c.Offerable() {
			t.Errorf("door %s is %s, its contents %s", c.Number, c.Allocation, c.Contents)
		}
	}
}

func TestAnOlderCopyIsFoundAndAcceptedOnPurpose(t *testing.T) {
	t.Parallel()
	cfg := used(t)
	older, err := os.ReadFile(in(cfg, "station.db"))
	if err != nil {
		t.Fatal(err)
	}
	keys, db, err := OpenData(t.Context(), cfg, store.Opening{})
	if err != nil {
		t.Fatal(err)
	}
	deposit(t, db, "q", "2", keys.NewPickup())
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(in(cfg, "station.db"), older, 0o600); err != nil {
		t.Fatal(err)
	}
	for range 2 { // a refused start writes nothing
		if err := openedData(t, cfg); err == nil || !strings.Contains(err.Error(), "--accept-older") {
			t.Fatalf("it opens with %v", err)
		}
	}
	if err := AcceptOlder(t.Context(), cfg); err != nil {
		t.Fatal(err)
	}
	for _, c := range compartmentsOf(t, cfg) {
		if c.Number == "1" && (c.Allocation != wall.Occupied || c.Parcel != "p") ||
			c.Number != "1" && c.Allocation != wall.Quarantine {
			t.Errorf("door %s is %s", c.Number, c.Allocation)
		}
	}
	_, db, err = OpenData(context.Background(), cfg, store.Opening{})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if p, _, err := db.Parcel(t.Context(), "p"); err != nil || !p.ToCheck {
		t.Errorf("the parcel of the copy is %+v, %v", p, err)
	}
	if _, err := db.Verify(t.Context()); err != nil {
		t.Error(err)
	}
}
