// Package soak plays visits to a running station, thousands if need be, in front
// of a simulated wall on which something is always wrong, and holds what the
// station says against what the wall has written down.
//
// It is everybody at the wall: couriers, customers, strangers, staff, vandals,
// and a checker that judges. The station is known by its socket alone; nothing of
// its code is in here but the client that others use as well. All people say the
// truth: what a station cannot know, it may be told.
package soak

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"sync"
	"time"

	"cubby/hardware/sim"
	"cubby/locker/people"
	"cubby/locker/view"
	"cubby/sync/client"
)

const (
	staffEvery = 5 // visits between two rounds of the staff
	// after which a visit that does not end is wrong: far above every time-out together
	visitPatience = 10 * time.Minute
	healing       = 2 * time.Minute // until every door must be known again once nothing is wrong any more
	coming        = time.Minute     // until the core must answer
)

// Config is what is played.
type Config struct {
	Wall   *sim.Site
	Core   string // the core's socket: "unix:PATH"
	Visits int
	Seed   uint64
	Calm   bool // nothing is broken
	Say    func(format string, args ...any)
}

// A soak is one play.
type soak struct {
	Config
	dice    *rand.Rand
	staff   *client.Client // at the core's socket
	centre  *client.Client // the same with a key that may read codes
	screen  *screen
	checker *checker
	reader  reader
	badge   string
	name    string // begins the ids of this play's parcels
	known   int    // parcels announced
	vandals []*sim.Vandal
	ends    map[string]int
	missed  int // parcels that were taken unseen, and of which staff were told
}

// Play plays all visits and reports on them. It fails when they cannot be
// played; what the station did wrong is in the report.
func Play(ctx context.Context, cfg Config) (*Report, error) {
	s := &soak{
		Config: cfg, dice: rand.New(rand.NewPCG(cfg.Seed, 1)), reader: reader{wall: cfg.Wall}, ends: map[string]int{},
	}
	ctx, end := context.WithCancel(ctx)
	var others sync.WaitGroup
	defer others.Wait()
	defer end()
	if err := s.meet(ctx, &others); err != nil {
		return nil, err
	}
	begun := time.Now()
	stop := s.vandalise(ctx)
	defer func() { stop() }()
	var early resources
	for n := range cfg.Visits {
		if n == cfg.Visits/5 {
			stop()
			var err error
			if early, err = s.rest(ctx); err != nil {
				return nil, err
			}
			stop = s.vandalise(ctx)
		}
		if n%staffEvery == staffEvery-1 {
			if err := s.round(ctx); err != nil {
				return nil, err
			}
		}
		if err := s.visit(ctx); err != nil {
			return nil, err
		}
		if n%100 == 99 {
			s.Say("%d visits, %s", n+1, time.Since(begun).Round(time.Second))
		}
	}
	took := time.Since(begun)
	stop()
	if err := s.evening(ctx); err != nil {
		return nil, err
	}
	late, err := s.settled(ctx, early)
	if err != nil {
		return nil, err
	}
	return s.report(took, early, late), nil
}

// meet waits for the core, and makes the key and the courier that are needed.
func (s *soak) meet(ctx context.Context, others *sync.WaitGroup) (err error) {
	if s.staff, err = client.New(s.Core, ""); err != nil {
		return err
	}
	wait, cancel := context.WithTimeout(ctx, coming)
	defer cancel()
	for s.staff.Ready(wait) != nil {
		select {
		case <-wait.Done():
			if ctx.Err() != nil {
				return ctx.Err()
			}
			return fmt.Errorf("no core has served at %s for %s: start cubbyd with the same configuration",
				s.Core, coming)
		case <-time.After(100 * time.Millisecond):
		}
	}
	s.name = "SOAK-" + strconv.FormatInt(time.Now().UnixMilli(), 36)
	token, err := s.staff.AddKey(ctx, people.Key{
		Name: s.name, Scopes: []string{"events:read", "codes:read"},
	})
	if err != nil {
		return err
	}
	if s.centre, err = client.New(s.Core, token); err != nil {
		return err
	}
	courier, err := s.staff.AddCourier(ctx, s.name, "")
	if err != nil {
		return err
	}
	s.badge = courier.Badge
	s.screen = watch(ctx, s.staff, others)
	s.checker = convene(s.Wall, s.centre)
	others.Go(func() { s.checker.look(ctx) })
	if err := s.checker.skip(ctx); err != nil {
		return err
	}
	for _, bus := range s.Wall.Plan().Buses {
		v, err := s.Wall.NewVandal(bus.Name, s.Seed)
		if err != nil {
			return err
		}
		s.vandals = append(s.vandals, v)
	}
	return s.allClosed(ctx)
}

// vandalise lets the vandals of all lines go on, until stop is called or ctx
// ends. When stop returns they break nothing more; what is broken stays so.
func (s *soak) vandalise(ctx context.Context) (stop func()) {
	if s.Calm {
		return func() {}
	}
	ctx, end := context.WithCancel(ctx)
	var band sync.WaitGroup
	for _, v := range s.vandals {
		band.Go(func() {
			if err := v.Run(ctx); err != nil {
				s.checker.wrong("a vandal: %v", err)
			}
		})
	}
	return func() {
		end()
		band.Wait()
	}
}

// visit plays one visit of somebody.
func (s *soak) visit(ctx context.Context) error {
	var p person
	stored := s.checker.stored()
	switch chance := s.dice.IntN(10); {
	case chance == 0:
		p = s.newStranger()
	case len(stored) > 0 && (chance < 6 || 2*len(stored) > len(s.Wall.Doors())):
		p = s.newCustomer(stored[s.dice.IntN(len(stored))])
	default:
		courier, err := s.newCourier(ctx)
		if err != nil {
			return err
		}
		p = courier
	}
	if err := s.attend(ctx, p); err != nil {
		return err
	}
	s.ends[p.end()]++
	if err := s.shutAll(); err != nil {
		return err
	}
	return s.checker.check(ctx)
}

// attend has a person do what the screen says, until the visit is over.
func (s *soak) attend(ctx context.Context, p person) error {
	type page struct {
		step        view.Step
		reason      view.Reason
		door, other string
		last        string
		leftOpen    int
	}
	var shown page
	patience := time.NewTimer(visitPatience)
	defer patience.Stop()
	again := time.NewTimer(0)
	defer again.Stop()
	for {
		v, news := s.screen.now()
		now := page{v.Step, v.Reason, v.Door(), v.OpenDoor(), v.OfCourier().Last, v.LeftOpen()}
		if now != shown {
			again.Reset(0)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-patience.C:
			s.checker.wrong("a visit does not end; the screen stays on %s %s, door %q", v.Step, v.Reason, v.Door())
			return nil
		case <-again.C: // the page is new, or nothing has come of what was done
			shown = now
			if s.reader.under(v.Step) {
				again.Reset(3 * time.Second)
				continue
			}
			gone, err := p.sees(ctx, v)
			if gone || err != nil {
				return err
			}
			again.Reset(3 * time.Second)
		case <-news:
		}
	}
}

// act touches the first of these buttons that is there. A page that has just
// changed takes none; then the person looks again.
func (s *soak) act(ctx context.Context, v view.View, names ...view.ActionName) {
	for _, name := range names {
		if v.Allows(name) {
			_ = s.staff.Act(ctx, view.Action{Visit: v.Visit, Name: name})
			return
		}
	}
}

// evening empties what has to be looked at, once everything is mended, and
// compares what the station believes with what is there.
func (s *soak) evening(ctx context.Context) error {
	if err := s.mend(ctx); err != nil {
		return err
	}
	if err := s.round(ctx); err != nil {
		return err
	}
	if err := s.checker.check(ctx); err != nil {
		return err
	}
	return s.inventory(ctx)
}

// mend repairs everything, the vandals being away, sees off whoever is at the
// screen, shuts all doors and waits until the station knows them.
func (s *soak) mend(ctx context.Context) error {
	if err := s.Wall.Calm(ctx); err != nil {
		return err
	}
	if err := s.attend(ctx, &leaver{s}); err != nil {
		return err
	}
	if err := s.shutAll(); err != nil {
		return err
	}
	return s.allClosed(ctx)
}

// shutAll has somebody who passes by push all doors shut.
func (s *soak) shutAll() error {
	var errs []error
	for _, d := range s.Wall.Doors() {
		if d.State != sim.StateClosed {
			errs = append(errs, s.Wall.Do(d.Number, sim.ActClose))
		}
	}
	return errors.Join(errs...)
}

// random draws one of several.
func random[T any](dice *rand.Rand, all []T) T { return all[dice.IntN(len(all))] }

// present reports whether a door's compartment has a sensor.
func (s *soak) present(number string) bool {
	d, err := s.Wall.Door(number)
	return err == nil && slices.ContainsFunc(s.Wall.Plan().Buses, func(bus sim.Bus) bool {
		return bus.Name == d.Bus && slices.ContainsFunc(bus.Boards,
			func(b sim.Board) bool { return b.Address == d.Board && b.Presence })
	})
}
