package core

import (
	"context"
	"fmt"
	"path/filepath"
	"time"

	"cubby/cmd/internal/config"
	"cubby/locker/secret"
	"cubby/locker/station"
	"cubby/sync/db"
	"cubby/sync/rest/kept"
)

// keeping is what the endpoint keeps over restarts.
type keeping struct {
	db    *db.Database
	store *kept.Store
}

// open opens its file. It goes by the station's calendar, which a clock that jumps does not
// move.
func (k *keeping) open(ctx context.Context, cfg *config.Config, keys *secret.Keys,
	s *station.Station) (err error) {
	k.db, err = db.Open(ctx, filepath.Join(cfg.Station.DataDir, "endpoint.db"), kept.Schema)
	if err != nil {
		return fmt.Errorf("endpoint.db: %w (it may be moved away: then a request that was sent with an "+
			"Idempotency-Key before is done a second time when it comes again)", err)
	}
	k.store, err = kept.New(k.db, keys.Repeats(), func() time.Time { return s.Clock().Calendar })
	return err
}

func (k *keeping) close() error {
	if k.db == nil {
		return nil
	}
	return k.db.Close()
}
