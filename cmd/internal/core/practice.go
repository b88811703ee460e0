package core

import (
	"cmp"
	"context"
	"crypto/rand"
	"log/slog"
	"maps"
	"os"
	"sync"
	"time"

	"cubby/locker/desk"
	"cubby/locker/door"
	"cubby/locker/health"
	"cubby/locker/ledger"
	"cubby/locker/people"
	"cubby/locker/secret"
	"cubby/locker/station"
	"cubby/locker/store"
	"cubby/locker/view"
	"cubby/locker/visit"
	"cubby/locker/wall"
)

// A practice is a made-up station at one terminal: the same rules and pages, doors that
// open by themselves, and a log of its own that is thrown away. Nothing of it reaches
// the station's log, its feed, or a lock.
type practice struct {
	visit   string // of whoever practises, at the real station
	station *station.Station
	close   func()
	ended   chan struct{} // closes when the terminal goes back to the real station
}

// practices are the terminals that practise.
type practices struct {
	mu      sync.Mutex // guards what follows
	all     map[string]*practice
	changed chan struct{} // closes when one begins or ends
}

func (p *practices) at(terminal string) (*practice, <-chan struct{}) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.changed == nil {
		p.changed = make(chan struct{})
	}
	return p.all[cmp.Or(terminal, visit.Kiosk)], p.changed
}

func (p *practices) begin(terminal string, one *practice) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.all == nil {
		p.all = map[string]*practice{}
	}
	p.all[terminal] = one
	p.tell()
}

// end takes the terminal back, unless it shows another one by now.
func (p *practices) end(terminal string, one *practice) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.all[terminal] == one {
		delete(p.all, terminal)
		p.tell()
	}
}

func (p *practices) tell() {
	if p.changed != nil {
		close(p.changed)
	}
	p.changed = make(chan struct{})
}

// rehearsal is what a made-up station is made like.
type rehearsal struct {
	dir          string // for the made-up logs; empty again after each
	name         string
	wall         view.Wall
	compartments []wall.Compartment
	policy       visit.Policy
	terminals    []station.Terminal
}

// practise begins a made-up station at a terminal. It ends when whoever practises has
// signed out of it, which signs out here too, has ended it on its menu, or is not at the
// real station any more.
func (w *deskWork) practise(ctx context.Context, e desk.Practise) {
	if w.over != nil { // it is a made-up one already, and is to end
		w.over()
		return
	}
	one, err := w.open(ctx, e)
	if err != nil {
		w.log.Error("practice cannot begin", "error", err)
		w.station.Tell(e.Terminal, desk.EndPractice{Terminal: e.Terminal, Visit: e.Visit, Failed: true})
		return
	}
	if w.station.View(e.Terminal).Visit != e.Visit { // the person has gone meanwhile
		one.close()
		return
	}
	w.practices.begin(e.Terminal, one)
	w.working.Go(func() {
		left := w.watch(e.Terminal, one)
		w.station.Tell(e.Terminal, desk.EndPractice{Terminal: e.Terminal, Visit: e.Visit, Left: left})
		w.practices.end(e.Terminal, one)
		w.station.Renew(e.Terminal)
		one.close()
	})
}

// watch waits until the practice is over. left: the person has gone from there.
func (w *deskWork) watch(terminal string, one *practice) (left bool) {
	ctx, cancel := context.WithCancel(w.ctx)
	defer cancel()
	there, here := one.station.Views(ctx, terminal), w.station.Views(ctx, terminal)
	for {
		select {
		case <-one.ended:
			return false
		case v, ok := <-there:
			if !ok || v.Visit == "" && v.Reason != view.ReasonStarting {
				return true
			}
		case v, ok := <-here:
			if !ok || v.Visit != one.visit {
				return true
			}
		}
	}
}

// open makes the station of a practice.
func (w *deskWork) open(within context.Context, e desk.Practise) (*practice, error) {
	if err := os.MkdirAll(w.like.dir, 0o700); err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp(w.like.dir, "at-")
	if err != nil {
		return nil, err
	}
	raw := make([]byte, 32)
	rand.Read(raw) // never fails
	keys, err := secret.Derive(raw)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancel(w.ctx)
	made, err := store.OpenAs(ctx, dir, "practice", keys, store.Opening{Create: true})
	if err != nil {
		cancel()
		os.RemoveAll(dir)
		return nil, err
	}
	log := slog.New(slog.DiscardHandler)
	doors := &madeUpDoors{ctx: ctx}
	ended := make(chan struct{})
	work := &deskWork{
		store: made, health: new(health.Registry), log: log, ctx: ctx,
		over: sync.OnceFunc(func() { close(ended) }),
	}
	_, pin, hashes := keys.NewEmployee()
	scene := desk.Scene{
		Terminal: e.Terminal, Person: e.By, Language: e.Language,
		Second: people.EmployeeRecord{
			Employee:  people.Employee{ID: "second", Name: "Practice colleague", Role: people.Manager},
			BadgeHash: hashes.Badge, PINHash: hashes.PIN,
		},
	}
	for range desk.MostRehearsed {
		scene.Parcels = append(scene.Parcels, *keys.NewPickup())
	}
	st, err := station.New(ctx, station.Config{
		Name: w.like.name, Store: made, Keys: keys, Doors: doors, Policy: w.like.policy, Wall: w.like.wall,
		Terminals: w.like.terminals, Compartments: w.like.compartments, Log: log,
		Effects: work.practiceEffects(),
		Join: func(v *view.View) {
			work.join(v)
			mark(v, pin, scene.Parcels[desk.Counter].PIN)
		},
	})
	if err != nil {
		cancel()
		made.Close()
		os.RemoveAll(dir)
		return nil, err
	}
	work.station, doors.station = st, st
	one := &practice{visit: e.Visit, station: st, ended: ended}
	run := make(chan struct{})
	go func() {
		defer close(run)
		defer cancel() // a made-up station that fails ends the practice, and nothing else
		defer func() {
			if fault := recover(); fault != nil {
				w.log.Error("practice has failed", "fault", fault)
			}
		}()
		_ = st.Run(ctx)
	}()
	one.close = func() {
		cancel()
		<-run
		doors.working.Wait()
		work.working.Wait()
		made.Close()
		os.RemoveAll(dir)
	}
	for _, c := range w.like.compartments {
		st.DoorSeen(door.Seen{Compartment: c.Number, State: door.Closed, At: time.Now()})
	}
	if err := st.Do(within, e.Terminal, scene); err != nil {
		one.close()
		return nil, err
	}
	return one, nil
}

// practiceEffects are those of a made-up station.
func (w *deskWork) practiceEffects() map[string]func(ledger.Effect) {
	all := w.effects()
	maps.Copy(all, idleReturns(func(terminal string, c visit.Command) { w.station.Tell(terminal, c) }))
	return all
}

// mark marks a page as practice, and tells what a made-up person would show or type.
func mark(v *view.View, second, customer string) {
	v.Staff.Practice = true
	tell := func(name, pin string) {
		v.Staff.Facts = append(v.Staff.Facts, view.StaffFact{Name: name, Value: &view.Message{Text: pin}})
	}
	switch v.Step {
	case view.StepStaffMenu:
		for i, item := range v.Staff.Items {
			if item.Value == "practice" {
				v.Staff.Items[i].Title.ID = "menu.end_practice"
			}
		}
	case view.StepStaffSecond:
		tell("practice_second", second)
	case view.StepStaffCounter:
		tell("practice_pin", customer)
	}
}

// madeUpDoors open when they are told to, and close by themselves.
type madeUpDoors struct {
	ctx     context.Context // ends with the practice
	station *station.Station
	working sync.WaitGroup
}

// How long a made-up door takes to open, and stands open.
const (
	madeUpPulse = 400 * time.Millisecond
	madeUpStay  = 6 * time.Second
)

// Order opens a made-up door.
func (d *madeUpDoors) Order(o door.Order) {
	d.working.Go(func() {
		if !d.waits(madeUpPulse) {
			return
		}
		d.station.DoorSeen(door.Seen{Compartment: o.Compartment, State: door.Open, At: time.Now()})
		d.station.OpeningEnded(door.Ended{
			Opening: o.Opening, Compartment: o.Compartment, Result: door.ConfirmedOpen, Pulsed: true,
			At: time.Now(),
		})
		if d.waits(madeUpStay) {
			d.station.DoorSeen(door.Seen{Compartment: o.Compartment, State: door.Closed, At: time.Now()})
		}
	})
}

// waits reports whether the practice still goes on after a while.
func (d *madeUpDoors) waits(how time.Duration) bool {
	select {
	case <-time.After(how):
		return true
	case <-d.ctx.Done():
		return false
	}
}

// View is what the screen of a terminal shows now, be it of a practice.
func (s staff) View(terminal string) view.View {
	if one, _ := s.practices.at(terminal); one != nil {
		return one.station.View(terminal)
	}
	return s.Station.View(terminal)
}

// Act does what a person touched, in a practice where there is one.
func (s staff) Act(ctx context.Context, a view.Action) error {
	if one, _ := s.practices.at(a.Terminal); one != nil {
		return one.station.Act(ctx, a)
	}
	return s.Station.Act(ctx, a)
}

// Views delivers the views of a terminal, of a practice while there is one.
func (s staff) Views(ctx context.Context, terminal string) <-chan view.View {
	out := make(chan view.View)
	go func() {
		defer close(out)
		for ctx.Err() == nil {
			one, changed := s.practices.at(terminal)
			from := s.Station
			if one != nil {
				from = one.station
			}
			pass(ctx, from, terminal, changed, out)
		}
	}()
	return out
}

// pass hands views on until the terminal shows another station.
func pass(ctx context.Context, from *station.Station, terminal string, changed <-chan struct{},
	out chan<- view.View) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	views := from.Views(ctx, terminal)
	for {
		select {
		case v, ok := <-views:
			if !ok {
				return
			}
			select {
			case out <- v:
			case <-changed:
				return
			case <-ctx.Done():
				return
			}
		case <-changed:
			return
		}
	}
}
