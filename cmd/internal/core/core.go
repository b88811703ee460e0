// Package core puts a station together: store, rules, hardware and the local
// REST endpoint, as its configuration says. It is the only place where they
// meet; programs and tests use it the same way.
package core

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"runtime/debug"
	"sync"
	"time"

	"cubby/cmd/internal/config"
	"cubby/hardware"
	"cubby/hardware/climate"
	usb "cubby/hardware/device"
	"cubby/locker/health"
	"cubby/locker/station"
	"cubby/locker/store"
	"cubby/sync/api"
	"cubby/sync/rest"
)

// Core is a station that runs. Make it with Open, let it work with Run, and
// Close it.
type Core struct {
	store   *store.Store
	station *station.Station
	devices *usb.Watcher
	site    *hardware.Site
	rest    *rest.Server
	tcp     *lent
	unix    *lent
	papers  *papers
	sensors []*climate.Sensor
	health  *health.Registry
	log     *slog.Logger

	rules *shopRules // by which goods come back

	keyInPlace func() error // nil as long as the key file holds the key in use

	front *front // of which tcp and unix are lent
	owned bool   // the front is the core's own

	desk     *deskWork
	line     *line
	back     *returning
	messages *messages
	hooks    *hooks
	offers   offers
	selling  *selling
	kept     keeping            // what the endpoint keeps over restarts
	stopping context.CancelFunc // ends what the core works at in its own time

	stop    context.CancelFunc
	running sync.WaitGroup
	ended   chan error // the first thing that ends the core by itself
}

// Open opens everything and begins to serve. Nothing is left open when it
// fails. No door is opened by it.
func Open(ctx context.Context, cfg *config.Config, log *slog.Logger) (*Core, error) {
	return openAt(ctx, cfg, log, nil, store.Opening{Create: true})
}

// openAt opens a core that serves at the addresses of a front; nil: at its own.
func openAt(ctx context.Context, cfg *config.Config, log *slog.Logger, at *front,
	how store.Opening) (*Core, error) {
	c := &Core{log: log, health: new(health.Registry), front: at, ended: make(chan error, 4)}
	if at == nil {
		c.front, c.owned = new(front), true
	}
	if err := c.open(ctx, cfg, how); err != nil {
		return nil, errors.Join(err, c.Close())
	}
	return c, nil
}

func (c *Core) open(ctx context.Context, cfg *config.Config, how store.Opening) (err error) {
	if c.rules, err = loadRules(cfg, c.log); err != nil {
		return err
	}
	keys, db, err := OpenData(ctx, cfg, how)
	if err != nil {
		return err
	}
	c.store = db
	c.keyInPlace = func() error { return sameKey(KeyFile(cfg), keys) }
	if db.Unwitnessed {
		c.log.Warn("station.head is missing: nobody can say whether the newest events of the log are there")
	}
	doors := new(lateDoors)
	if c.papers, err = newPapers(cfg); err != nil {
		return err
	}
	var receipts station.Printer // nil: none fitted
	if cfg.Printer.Port != "" {
		receipts = c.papers
	}
	running, stop := context.WithCancel(context.WithoutCancel(ctx))
	c.stopping = stop
	c.desk = &deskWork{
		store: c.store, health: c.health, log: c.log, ctx: running,
		like: rehearsal{
			filepath.Join(cfg.Station.DataDir, "practice"), cfg.Station.Name, cfg.Wall(), compartments(cfg),
			policy(cfg, nil), terminals(cfg),
		},
	}
	if err = os.RemoveAll(c.desk.like.dir); err != nil { // what a run before has left
		return err
	}
	if c.back, err = newReturning(running, cfg, keys, c.papers, c.health, c.log); err != nil {
		return err
	}
	c.offers = openOffers(cfg, c.log)
	if c.selling, err = newSelling(cfg, c.offers, c.store, c.log); err != nil {
		return err
	}
	c.station, err = station.New(ctx, station.Config{
		Name: cfg.Station.Name, Store: c.store, Keys: keys, Doors: doors, Printer: receipts,
		Policy: c.exchange(nil), Exchange: c.exchange, CentreStays: cfg.Returns.CentreStays,
		Effects: c.effects(), Join: c.desk.join, Wishes: c.followWishes,
		Wall: cfg.Wall(), Compartments: compartments(cfg), Terminals: terminals(cfg), Version: Version(), Log: c.log,
		Status: func(device, state, detail string, at time.Time) {
			sink{c.station, c.health, c.log}.note(device, state, detail, at)
		},
	})
	if err != nil {
		return err
	}
	c.desk.station, c.selling.station = c.station, c.station
	if c.tcp, err = c.front.listenTCP(cfg); err != nil {
		return fmt.Errorf("listen on %s: %w (rest.listen in %s)", cfg.Rest.Listen, err, cfg.Path)
	}
	c.line = &line{
		station: c.station, store: c.store, keys: keys, health: c.health, cfg: cfg, log: c.log, ctx: running,
		rules: c.rules, offers: c.offers.store,
		note: sink{c.station, c.health, c.log}.note,
	}
	c.messages = &messages{
		cfg: cfg, store: c.store, station: c.station, log: c.log, note: sink{c.station, c.health, c.log}.note,
	}
	people := staff{c.station, c.store, c.papers, doors, c.health, cfg.BadgeReaders(), keys, &c.desk.practices,
		c.back.photos, c.line, c.rules, c.messages}
	c.line.devices = people.Devices
	c.desk.line, c.desk.everything, c.desk.known = c.line.seen, people.CustomerEverything, c.printKnown
	committed := reader{c.store, c.station}
	c.hooks = &hooks{cfg: cfg, store: c.store, log: c.log, note: c.line.note}
	c.hooks.open(ctx, keys)
	if err = c.kept.open(ctx, cfg, keys, c.station); err != nil {
		return err
	}
	c.rest, err = rest.New(rest.Config{
		Families: api.Families(api.Site{
			Name: cfg.Station.ID, Station: people, Reader: committed, Webhooks: c.hooks,
			Commission: newGate(c, cfg), Configuration: people.configuration(cfg), Notices: c.selling.notices(cfg),
			CursorKey: keys.Cursor(), Zone: cfg.Station.Zone(), Catalogue: c.offers.store, Prices: c.selling.list(cfg),
		}),
		Keys: committed, Badges: badges{c.store, keys}, Log: c.log, Hosts: append([]string{}, cfg.Rest.Hosts...),
		AllowedOrigins: cfg.Rest.AllowedOrigins, Kept: c.kept.store, PerMinute: cfg.Rest.PerMinute,
	})
	if err != nil {
		return err
	}
	wires := cfg.Hardware()
	if wires.Pulsed, err = c.store.Driven(ctx, time.Now().Add(-coilMemory)); err != nil {
		return err
	}
	if c.unix, err = c.front.listenUnix(cfg); err != nil {
		return err
	}
	c.devices = usb.At(cfg.Devices.Folder).Watch()
	wires.Devices = c.devices
	if c.site, err = hardware.Open(wires, sink{c.station, c.health, c.log}); err != nil {
		return err
	}
	doors.site.Store(c.site)
	if err = c.messages.open(ctx, keys); err != nil {
		return err
	}
	if err = c.papers.open(keys, c.devices, printSink{sink{c.station, c.health, c.log}, c.back}); err != nil {
		return err
	}
	if err = c.back.open(sink{c.station, c.health, c.log}); err != nil {
		return err
	}
	for _, one := range cfg.Sensors() {
		one.Devices = c.devices
		sensor, err := climate.Open(one, sink{c.station, c.health, c.log})
		if err != nil {
			return err
		}
		c.sensors = append(c.sensors, sensor)
	}
	if err = c.rest.Register(collector{
		c.station, c.store, c.site, c.log, c.line, c.messages, c.hooks,
	}, statuses{people, c.sensors}); err != nil {
		return err
	}

	c.stop = stop
	c.front.there()
	c.start("station", func() error { return c.station.Run(running) })
	c.start("rest on "+cfg.Rest.Listen, func() error { return c.rest.ServeTCP(running, c.tcp) })
	c.start("rest on the Unix socket", func() error { return c.rest.ServeUnix(running, c.unix) })
	if err := c.line.open(); err != nil {
		return err
	}
	c.start("what returns wait for", func() error { return c.back.watch(running) })
	c.start("payments", func() error { return c.selling.run(running) })
	c.start("messages to customers", func() error { return c.messages.run(running) })
	c.start("webhooks", func() error { return c.hooks.run(running) })
	c.start("the station's files", func() error { return c.watch(running) })
	if !how.Examine {
		c.start("the database", func() error { return c.examine(running) })
	}
	c.log.Info("core is serving", "station", cfg.Station.ID, "rest", c.Address(), "socket",
		cfg.Rest.Socket, "doors", len(cfg.Compartments()))
	return nil
}

// coilMemory is how far back a start looks for pulses. A lock may be driven three
// times in half a minute, and a coil does not know of restarts. A door that was
// driven may stand open for much longer; where the contacts of its board are the
// other way round it is the only one that reads closed.
const coilMemory = 24 * time.Hour

func (c *Core) start(name string, run func() error) {
	c.running.Go(func() {
		if err := run(); err != nil {
			c.ended <- fmt.Errorf("%s: %w", name, err)
		}
	})
}

// ErrRestart ends a core that the centre has had restarted: whoever started the program
// starts it again.
var ErrRestart = errors.New("the centre has ordered a restart")

// Run waits until ctx ends (nil) or a part of the core fails (why). The Core
// must be closed afterwards; after a failure a new one may be opened.
func (c *Core) Run(ctx context.Context) error {
	select {
	case <-ctx.Done():
		return nil
	case err := <-c.ended:
		return err
	}
}

// Address is where the REST endpoint listens, for example "127.0.0.1:8470".
func (c *Core) Address() string { return c.tcp.Addr().String() }

// Close stops everything in the order in which it depends on each other.
func (c *Core) Close() error {
	var errs []error
	if c.rest != nil {
		c.rest.Close()
	}
	if c.site != nil {
		errs = append(errs, c.site.Close())
	}
	if c.papers != nil {
		errs = append(errs, c.papers.close())
	}
	for _, s := range c.sensors {
		errs = append(errs, s.Close())
	}
	if c.devices != nil {
		errs = append(errs, c.devices.Close())
	}
	if c.stop != nil {
		c.stop()
	} else { // not served yet
		for _, l := range []*lent{c.tcp, c.unix} {
			if l != nil {
				errs = append(errs, l.Close())
			}
		}
	}
	if c.stopping != nil {
		c.stopping()
		c.desk.working.Wait()
		if c.line != nil {
			c.line.working.Wait()
		}
	}
	if c.back != nil {
		errs = append(errs, c.back.close())
	}
	c.running.Wait()
	errs = append(errs, c.messages.close(), c.hooks.close(), c.kept.close(), c.offers.close())
	if c.store != nil {
		errs = append(errs, c.store.Close())
	}
	if c.owned {
		c.front.close()
	}
	return errors.Join(errs...)
}

const (
	firstPause = time.Second
	wellAfter  = time.Minute // a core that served for so long was well
)

// Serve keeps a core running until ctx ends, opening it anew after a failure
// of the store with a pause that grows to half a minute. A configuration from
// commissioning with which no core can be opened, though one can with that before,
// makes room for it again, in the file as well. Serve returns what makes the
// first start impossible, and ErrRestart.
func Serve(ctx context.Context, cfg *config.Config, log *slog.Logger, up func()) error {
	pause := firstPause
	at := new(front)
	defer at.close()
	how := store.Opening{Create: true}
	var before *config.Config // of a configuration that no core was opened with yet
	for first := true; ; first = false {
		begun := time.Now()
		c, err := openAt(ctx, cfg, log, at, how)
		if err != nil && before != nil {
			fault := err
			if c, err = openAt(ctx, before, log, at, how); err == nil {
				kept, failed := before.PutBack(time.Now())
				log.Error("no core can be opened with the new configuration; that before is back, and the new one "+
					"is kept beside it", "error", fault, "kept", kept, "not_put_back", failed)
				cfg = before
			} else {
				err = errors.Join(fault, err) // it is something else
			}
		}
		switch {
		case err != nil && first:
			return err
		case err == nil:
			before = nil
			how = store.Opening{} // whose files are gone from now on has lost them
			if first && up != nil {
				up()
			}
			err = c.Run(ctx)
			if err != nil {
				rested(c.tcp, c.unix)
			}
			err = errors.Join(err, c.Close())
		}
		if time.Since(begun) > wellAfter {
			pause = firstPause
		}
		if ctx.Err() != nil {
			return nil
		}
		if errors.Is(err, ErrRestart) {
			log.Info("the core has ended, to be started again", "why", err)
			return err
		}
		if wanted := (commissioningWanted{}); errors.As(err, &wanted) {
			at.close()
			fresh, err := commissionSite(ctx, cfg, wanted, log)
			if err != nil {
				log.Error("commissioning", "error", err)
			}
			if fresh != cfg {
				cfg, before = fresh, cfg
			}
			continue
		}
		how.Examine = how.Examine || store.IsDamage(err)
		at.away(cfg, err, log)
		log.Error("the core has stopped and starts again", "error", err, "pause", pause)
		select {
		case <-time.After(pause):
		case <-ctx.Done():
			return nil
		}
		pause = min(2*pause, 30*time.Second)
	}
}

// KeyFile is where the station's key is.
func KeyFile(cfg *config.Config) string { return filepath.Join(cfg.Station.DataDir, "station.key") }

// Version is the version of the program as the build recorded it.
func Version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" && len(s.Value) >= 12 {
			return s.Value[:12]
		}
	}
	return info.Main.Version
}
