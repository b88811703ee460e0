package core

import (
	"context"
	"errors"
	"log/slog"
	"path/filepath"
	"time"

	"cubby/cmd/internal/config"
	"cubby/hardware/camera"
	"cubby/locker/health"
	"cubby/locker/station"
)

// returning is what returns need of the outside: money, pictures and paper. Its methods do
// not block; what has become of something goes back to the station.
type returning struct {
	station *station.Station // set before there is anybody to ask
	health  *health.Registry
	papers  *papers
	log     *slog.Logger
	ctx     context.Context // ends with the core

	payments *payments
	photos   *photos
	cameras  map[string]*camera.Camera // by the name of the device
	cfg      *config.Config
}

func newReturning(ctx context.Context, cfg *config.Config, v vault, p *papers, h *health.Registry,
	log *slog.Logger) (*returning, error) {
	paid, err := newPayments(ctx, cfg, log)
	if err != nil {
		return nil, err
	}
	return &returning{
		health: h, papers: p, log: log, ctx: ctx, payments: paid, cfg: cfg, cameras: map[string]*camera.Camera{},
		photos: &photos{folder: filepath.Join(cfg.Station.DataDir, "photos"), vault: v},
	}, nil
}

// open begins to look after cameras and providers.
func (r *returning) open(told sink) error {
	r.station = told.station
	r.payments.note = told.note
	r.payments.open(r.cfg)
	for _, one := range r.cfg.Snapshots() {
		opened, err := camera.Open(one, told)
		if err != nil {
			return err
		}
		r.cameras[one.Device] = opened
	}
	return nil
}

// close waits for what is under way. The context has ended before.
func (r *returning) close() (err error) {
	for _, c := range r.cameras {
		err = errors.Join(err, c.Close())
	}
	r.payments.working.Wait()
	return err
}

// CameraChanged takes the status of a camera.
func (s sink) CameraChanged(c camera.Report) { s.note(c.Device, string(c.State), c.Detail, c.At) }

// photoKept is for how long a picture is kept that no return has yet: somebody may be
// describing what comes back.
const photoKept = time.Hour
