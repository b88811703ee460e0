package core

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"time"

	"cubby/cmd/internal/config"
	"cubby/hardware/commission"
	usb "cubby/hardware/device"
	"cubby/locker/door/commissioning"
	"cubby/locker/ledger"
	"cubby/locker/people"
	"cubby/sync/api"
	"cubby/sync/rest"
)

// While a site is commissioned its core is closed: no rules, no hardware site,
// no TCP door. The store is held by Logbook, which commits every pulse. On the
// Unix socket stands a fitting that asks and answers, and shows screens that nobody
// is served. A process that dies meanwhile starts again as a station, with the
// configuration as it was.

const (
	deskPatience = 30 * time.Minute // without an answer at a terminal the station comes back
	doneStays    = 20 * time.Second // for whoever began it to read how it ended
)

// commissioningWanted ends a core so that its site can be commissioned.
type commissioningWanted struct {
	start    commissioning.Start
	occupied []string
}

func (commissioningWanted) Error() string { return "the site is to be commissioned" }

var errNotCommissioning = ledger.Refuse(ledger.NotFound, "not-commissioning",
	"the station is not being commissioned; begin with POST /v1/commission")

// A gate is the Commissioner of a core that serves: all it can do is begin.
type gate struct {
	core  *Core
	cfg   *config.Config
	begun chan struct{} // takes one who begins
}

func newGate(c *Core, cfg *config.Config) gate { return gate{c, cfg, make(chan struct{}, 1)} }

// Begin checks that nobody is here and that every parcel is known of, and ends
// the core.
func (g gate) Begin(_ context.Context, s commissioning.Start) (commissioning.State, error) {
	if !g.core.station.Alone() {
		return commissioning.State{}, ledger.Refuse(ledger.Conflict, "somebody-is-here",
			"somebody is at the station: wait until the idle page is back")
	}
	occupied := Occupied(g.core.station.Compartments())
	if !s.Screen { // which asks for every door before anything else
		if err := CheckInside(occupied, s.ParcelsInside); err != nil {
			return commissioning.State{}, err
		}
	}
	shut, err := StayShut(g.cfg, occupied, s.ParcelsInside)
	if err != nil {
		return commissioning.State{}, err
	}
	if err := config.Replaceable(g.cfg.Path); err != nil {
		return commissioning.State{}, ledger.Refuse(ledger.Conflict, "not-writable",
			"what is found out could not be kept: %v", err)
	}
	closing := ledger.Refuse(ledger.Unavailable, "closing", "the station is closing already")
	select {
	case g.begun <- struct{}{}:
	default:
		return commissioning.State{}, closing
	}
	select {
	case g.core.ended <- commissioningWanted{s, shut}:
	default:
		return commissioning.State{}, closing
	}
	return commissioning.State{Step: commissioning.StepWorking, Text: "The station is closing."}, nil
}

// State says that there is nothing to tell.
func (gate) State(context.Context, time.Duration) (commissioning.State, error) {
	return commissioning.State{}, errNotCommissioning
}

// Answer refuses: nothing was asked.
func (gate) Answer(context.Context, commissioning.Answer) (commissioning.State, error) {
	return commissioning.State{}, errNotCommissioning
}

// End refuses: there is nothing to end.
func (gate) End(context.Context) error { return errNotCommissioning }

// A fitting is the Commissioner while the site is being commissioned.
type fitting struct {
	cfg    *config.Config
	work   *commission.Work
	log    *slog.Logger
	screen bool          // the touchscreen asks
	over   chan struct{} // closed when it is to end
	once   sync.Once

	mu   sync.Mutex // guards what follows
	last time.Time  // when somebody answered
	page page
}

// Begin refuses: it has begun.
func (d *fitting) Begin(context.Context, commissioning.Start) (commissioning.State, error) {
	return commissioning.State{}, ledger.Refuse(ledger.Conflict, "commissioning",
		"the station is being commissioned already; GET /v1/commission shows the question, DELETE ends it")
}

// State waits for a question.
func (d *fitting) State(ctx context.Context, wait time.Duration) (commissioning.State, error) {
	ctx, cancel := context.WithTimeout(ctx, wait)
	defer cancel()
	return d.work.Settled(ctx), nil
}

// Answer passes an answer on.
func (d *fitting) Answer(_ context.Context, a commissioning.Answer) (commissioning.State, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.page.abandoned {
		return commissioning.State{}, ledger.Refuse(ledger.Conflict, "commission-answer",
			"nobody has touched the screen for five minutes: commissioning has ended, and nothing was changed")
	}
	state, err := d.work.Answer(a)
	d.touched()
	d.page.refused = refusalOf(err)
	d.turned()
	if err != nil {
		return state, ledger.Refuse(ledger.Conflict, "commission-answer", "%v", err)
	}
	return state, nil
}

// End brings the station back.
func (d *fitting) End(context.Context) error {
	d.once.Do(func() { close(d.over) })
	return nil
}

// wait returns when commissioning is over, one way or another.
func (d *fitting) wait(ctx context.Context) {
	look := time.NewTicker(time.Second)
	defer look.Stop()
	var done time.Time
	for {
		select {
		case <-ctx.Done():
			return
		case <-d.over:
			return
		case now := <-look.C:
			switch d.look(now) {
			case stays:
			case ended:
				if done.IsZero() {
					done = now
				}
				if now.Sub(done) > doneStays {
					return
				}
			case unanswered:
				d.log.Warn("commissioning: nobody has answered for half an hour; the station comes back as it was")
				return
			}
		}
	}
}

// What a look at the clock comes to.
type verdict int

const (
	stays      verdict = iota
	ended              // for whoever reads how it ended
	unanswered         // nobody is there to read anything
)

// look does what has become due. Work that takes minutes is nobody's absence.
func (d *fitting) look(now time.Time) verdict {
	step := d.work.State().Step
	d.mu.Lock()
	defer d.mu.Unlock()
	switch {
	case step == commissioning.StepDone || d.page.abandoned:
		return ended
	case step == commissioning.StepWorking:
		d.last = now
	case !d.screen && now.Sub(d.last) > deskPatience:
		return unanswered
	default:
		d.away(now)
	}
	return stays
}

// commissionSite runs a fitting until commissioning is over, and returns the
// configuration to go on with.
func commissionSite(ctx context.Context, cfg *config.Config, wanted commissioningWanted,
	log *slog.Logger) (_ *config.Config, err error) {
	log.Warn("the site is being commissioned; nobody is served", "parcels_inside", wanted.occupied)
	d := &fitting{
		cfg: cfg, log: log, screen: wanted.start.Screen, over: make(chan struct{}), last: time.Now(),
		page: newPage(cfg),
	}
	actor := people.Tools.Actor()
	if d.screen {
		actor = "staff:screen"
	}
	logbook, err := OpenLogbook(ctx, cfg, actor, log)
	if err != nil {
		return cfg, err
	}
	defer func() { err = errors.Join(err, logbook.Close(context.WithoutCancel(ctx))) }()
	inside, err := logbook.Occupied(ctx) // now that nobody is served any more
	if err == nil {
		err = CheckInside(inside, wanted.occupied)
	}
	if err != nil {
		return cfg, err
	}
	pulsed, err := logbook.Pulsed(ctx)
	if err != nil {
		return cfg, err
	}
	known := Wiring(cfg, wanted.occupied)
	if known.Touch = d.screen; d.screen {
		known.Unnamed = unnamed(wanted.occupied, wanted.start.ParcelsInside)
	}
	d.work = commission.Begin(commission.Plan{
		Known: known, Finder: usb.At(cfg.Devices.Folder), Foreign: OtherPorts(cfg),
		Limit: commission.Limit{Complete: wanted.start.Complete}, Log: log, Drive: logbook.Drive,
		Opened: logbook.Opened, Pulsed: pulsed,
		Write: func(lines []commission.Line, wall *commission.Wall, doors []commission.Door) error {
			return WriteWiring(cfg.Path, "", lines, wall, doors,
				func(fresh *config.Config) error { return logbook.Fits(ctx, fresh) })
		},
	})
	defer d.work.Close()
	server, err := rest.New(rest.Config{
		Families: api.Families(api.Site{Name: cfg.Station.ID, Station: closedStation{desk: d}, Commission: d}),
		Keys:     noKeys{}, Log: log,
		Closed: "the station is being commissioned and serves nobody until that is over",
	})
	if err != nil {
		return cfg, err
	}
	if err := os.MkdirAll(filepath.Dir(cfg.Rest.Socket), 0o755); err != nil {
		return cfg, err
	}
	socket, err := rest.ListenUnix(cfg.Rest.Socket)
	if err != nil {
		return cfg, err
	}
	serving := make(chan error, 1)
	go func() { serving <- server.ServeUnix(ctx, socket) }()
	d.wait(ctx)
	server.Close()
	err = <-serving
	d.work.Close() // the file may be being written
	written := d.work.State().Written
	log.Warn("commissioning is over", "written", written)
	if !written {
		return cfg, err
	}
	fresh, loading := config.Load(cfg.Path)
	if loading != nil {
		return cfg, errors.Join(err, fmt.Errorf("the new configuration: %w", loading))
	}
	return fresh, err
}

// Ready says why the station does not serve.
func (closedStation) Ready() error {
	return errors.New("the station is being commissioned")
}
