package core

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"slices"
	"sync"
	"time"

	"cubby/cmd/internal/config"
	"cubby/locker/secret"
	"cubby/locker/station"
	"cubby/locker/store"
	"cubby/locker/upkeep"
	"cubby/locker/visit"
	"cubby/locker/wall"
)

// Logbook keeps the station's log while its site is commissioned: every pulse
// is committed before it is given, and so is what people say about doors. It
// holds the database, so that no core and no second commissioning can begin
// beside it. A station that has no database yet gets one with its first pulse.
//
// Its methods may be called from any goroutine.
type Logbook struct {
	cfg   *config.Config
	actor string
	log   *slog.Logger

	mu      sync.Mutex // guards what follows
	keys    *secret.Keys
	store   *store.Store
	station *station.Station
	unsaid  []visit.Command // what could not be committed yet
}

// OpenLogbook opens the station's database if it has one. The actor is named
// in what it commits.
func OpenLogbook(ctx context.Context, cfg *config.Config, actor string, log *slog.Logger) (*Logbook, error) {
	c := &Logbook{cfg: cfg, actor: actor, log: log}
	_, noKey := os.Stat(KeyFile(cfg))
	if there, err := store.Exists(cfg.Station.DataDir); err == nil && !there && errors.Is(noKey, fs.ErrNotExist) {
		return c, store.Leftovers(cfg.Station.DataDir)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	return c, c.open(ctx, store.Opening{})
}

// open is called with the lock held.
func (c *Logbook) open(ctx context.Context, how store.Opening) (err error) {
	if c.store != nil {
		return nil
	}
	if c.keys, c.store, err = OpenData(ctx, c.cfg, how); err != nil {
		c.store = nil
		return err
	}
	if c.station, err = c.as(ctx, c.cfg); err != nil {
		return errors.Join(err, c.close())
	}
	return nil
}

// as is the station of this database with a configuration. It is called with the
// lock held.
func (c *Logbook) as(ctx context.Context, cfg *config.Config) (*station.Station, error) {
	return station.New(ctx, station.Config{
		Name: cfg.Station.Name, Store: c.store, Keys: c.keys, Doors: new(lateDoors), Policy: policy(cfg, nil),
		Wall: cfg.Wall(), Compartments: compartments(cfg), Terminals: terminals(cfg), Version: Version(), Log: c.log,
	})
}

// Fits says why the station could not go on with a configuration that is to be
// written: somebody may have changed the file since it was read.
func (c *Logbook) Fits(ctx context.Context, fresh *config.Config) error {
	if now, then := c.cfg.Station, fresh.Station; now.ID != then.ID || now.DataDir != then.DataDir {
		return fmt.Errorf("the file has been changed: it names station %s with its data in %s, and this is station "+
			"%s with its data in %s", then.ID, then.DataDir, now.ID, now.DataDir)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.store == nil {
		return nil
	}
	_, err := c.as(ctx, fresh)
	return err
}

// Occupied names the doors behind which parcels lie.
func (c *Logbook) Occupied(ctx context.Context) ([]string, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.store == nil {
		return nil, nil
	}
	wall, err := store.All(ctx, c.store, wall.Compartments)
	if err != nil {
		return nil, fmt.Errorf("read where parcels lie: %w", err)
	}
	return Occupied(wall), nil
}

// Pulsed tells when locks were driven lately, by their doors; none where there is
// no database yet.
func (c *Logbook) Pulsed(ctx context.Context) (map[string][]time.Time, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.store == nil {
		return nil, nil
	}
	return c.store.Driven(ctx, time.Now().Add(-coilMemory))
}

// Drive commits a pulse that is to be given. It must not be given when this
// fails; the error is the log's.
func (c *Logbook) Drive(ctx context.Context, line string, board, lock int) error {
	drive := upkeep.DriveLock{Line: line, Board: board, Lock: lock}
	all := c.cfg.Compartments()
	if i := slices.IndexFunc(all, func(d config.Compartment) bool {
		return d.Bus == line && d.Board == board && d.Lock == lock
	}); i >= 0 {
		drive.Compartment = all[i].Number
	}
	return c.note(ctx, drive)
}

// Opened commits that somebody says which door has opened, or that a contact did.
// When that fails it is committed before the next pulse, or at the end.
func (c *Logbook) Opened(ctx context.Context, number string) {
	said := upkeep.SayOpened{Compartment: number}
	if err := c.note(ctx, said); err != nil {
		c.log.Error("commissioning: what was said about a door could not be committed; it is tried again", "door",
			number, "error", err)
		c.mu.Lock()
		c.unsaid = append(c.unsaid, said)
		c.mu.Unlock()
	}
}

// note commits what is left over, and then a command.
func (c *Logbook) note(ctx context.Context, command visit.Command) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if err := c.catchUp(ctx); err != nil {
		return err
	}
	return c.commit(ctx, command)
}

// catchUp commits what is left over. It is called with the lock held.
func (c *Logbook) catchUp(ctx context.Context) error {
	for len(c.unsaid) > 0 {
		if err := c.commit(ctx, c.unsaid[0]); err != nil {
			return err
		}
		c.unsaid = c.unsaid[1:]
	}
	return nil
}

// commit is called with the lock held. After an error the file is read anew.
func (c *Logbook) commit(ctx context.Context, command visit.Command) error {
	if err := c.open(ctx, store.Opening{Create: true}); err != nil {
		return err
	}
	if err := c.station.Note(ctx, command, c.actor); err != nil {
		return errors.Join(err, c.close())
	}
	return nil
}

// Close gives the database back.
func (c *Logbook) Close(ctx context.Context) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return errors.Join(c.catchUp(ctx), c.close())
}

func (c *Logbook) close() error {
	if c.store == nil {
		return nil
	}
	err := c.store.Close()
	c.store, c.station = nil, nil
	return err
}
