package core

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"cubby/cmd/internal/config"
	"cubby/locker/remote"
	"cubby/locker/secret"
	"cubby/locker/store"
	"cubby/locker/upkeep"
)

// firstKey is the name of a key until its database has been made. A start that was cut
// short between the two is begun anew; a key that has its own name once had a database.
func firstKey(cfg *config.Config) string { return KeyFile(cfg) + ".first" }

// OpenData opens key and database of a station. Both are made when there is neither and
// they may be made; one without the other is refused.
func OpenData(ctx context.Context, cfg *config.Config, how store.Opening) (*secret.Keys, *store.Store, error) {
	dir := cfg.Station.DataDir
	if how.Create {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return nil, nil, err
		}
	}
	_, err := os.Stat(KeyFile(cfg))
	if err == nil {
		if there, err := store.Exists(dir); err != nil {
			return nil, nil, err
		} else if !there {
			return nil, nil, store.Lost{What: "station.db is missing in " + dir + ", and station.key is there"}
		}
		how.Create = false
		return openWith(ctx, cfg, KeyFile(cfg), how)
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return nil, nil, fmt.Errorf("station key: %w", err)
	}
	there, err := store.Exists(dir)
	if err != nil {
		return nil, nil, err
	}
	_, unfinished := os.Stat(firstKey(cfg))
	if unfinished != nil && (there || !how.Create) {
		_, err := secret.Open(KeyFile(cfg), false) // says what to do without it
		return nil, nil, err
	}
	keys, db, err := openWith(ctx, cfg, firstKey(cfg), how)
	if err != nil {
		return nil, nil, err
	}
	if err := errors.Join(os.Rename(firstKey(cfg), KeyFile(cfg)), syncFolder(dir)); err != nil {
		return nil, nil, errors.Join(err, db.Close())
	}
	return keys, db, nil
}

func openWith(ctx context.Context, cfg *config.Config, key string, how store.Opening) (*secret.Keys,
	*store.Store, error) {
	keys, err := secret.Open(key, how.Create)
	if err != nil {
		return nil, nil, err
	}
	db, err := store.OpenAs(ctx, cfg.Station.DataDir, cfg.Station.ID, keys, how)
	return keys, db, err
}

// NewData makes a database for a station that has lost its own: nobody knows what lies
// behind its doors. A key that is there is kept. Until all of it is written the station
// has no database, and does not start.
func NewData(ctx context.Context, cfg *config.Config) (err error) {
	dir := cfg.Station.DataDir
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	lock, err := store.Hold(dir)
	if err != nil {
		return err
	}
	defer lock.Close()
	if err := store.ClearForNew(dir, time.Now()); err != nil {
		return err
	}
	making := *cfg
	making.Station.DataDir = filepath.Join(dir, "new")
	if err := os.RemoveAll(making.Station.DataDir); err != nil {
		return err
	}
	if err := os.MkdirAll(making.Station.DataDir, 0o700); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(making.Station.DataDir)) }()
	raw, err := os.ReadFile(KeyFile(cfg))
	if err == nil {
		_, err = secret.Open(KeyFile(cfg), false) // says what is wrong with it
	}
	switch {
	case err == nil:
		err = os.WriteFile(firstKey(&making), raw, 0o600)
	case errors.Is(err, fs.ErrNotExist):
		err = nil
	}
	if err != nil {
		return err
	}
	if err := lookInside(ctx, &making, store.Opening{Create: true}, "the station's database was lost"); err != nil {
		return err
	}
	for _, name := range []string{"station.key", "station.head", "station.db"} { // a station by the last of them
		if err := os.Rename(filepath.Join(making.Station.DataDir, name), filepath.Join(dir, name)); err != nil {
			return err
		}
	}
	return syncFolder(dir)
}

// AcceptOlder has a station go on from an older copy of its database.
func AcceptOlder(ctx context.Context, cfg *config.Config) error {
	return lookInside(ctx, cfg, store.Opening{AcceptOlder: true},
		"an older copy of the station's database was put back")
}

// lookInside writes down that every compartment is to be looked into, and that commands of
// before are used up.
func lookInside(ctx context.Context, cfg *config.Config, how store.Opening, why string) error {
	c := &Logbook{cfg: cfg, actor: "staff:files", log: slog.New(slog.DiscardHandler)}
	c.mu.Lock()
	err := c.open(ctx, how)
	c.mu.Unlock()
	if err != nil {
		return err
	}
	return errors.Join(c.note(ctx, upkeep.LookInside{Why: why}), c.note(ctx, remote.ForgetPast{}), c.Close(ctx))
}

func syncFolder(dir string) error {
	f, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}
