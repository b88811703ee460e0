package core

import (
	"context"
	"fmt"
	"path/filepath"
	"time"

	"cubby/cmd/internal/config"
	"cubby/locker/secret"
	"cubby/sync/db"
	"cubby/sync/rest/kept"
)

// openKept opens what the endpoint keeps over restarts. It goes by the station's calendar,
// which a clock that jumps does not move.
func (c *Core) openKept(ctx context.Context, cfg *config.Config, keys *secret.Keys) (*kept.Store, error) {
	var err error
	c.keptDB, err = db.Open(ctx, filepath.Join(cfg.Station.DataDir, "endpoint.db"), kept.Schema)
	if err != nil {
		return nil, fmt.Errorf("endpoint.db: %w (it may be moved away: then a request that was sent with an "+
			"Idempotency-Key before is done a second time when it comes again)", err)
	}
	return kept.New(c.keptDB, keys.Repeats(), func() time.Time { return c.station.Clock().Calendar })
}
