package commission

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"time"

	"cubby/hardware/device"
	"cubby/hardware/wire"
	"cubby/locker/door/commissioning"
)

// A Plan is what a Work needs.
type Plan struct {
	Known   Known
	Finder  *device.Finder
	Foreign []string // ports of scanners, printers and the like, which are not asked
	Limit   Limit
	Log     *slog.Logger
	// Drive makes a pulse durable before it is given; an error, which is why that
	// was not possible, keeps it from being given. Opened is told each door that
	// somebody says has opened, and each with a parcel whose contact changed after
	// a pulse. Both may be nil where there is no log of a station.
	Drive  func(ctx context.Context, line string, board, lock int) error
	Opened func(ctx context.Context, number string)
	// Pulsed tells when the locks of doors were driven before, by the number of the
	// door: a coil that is hot knows of no new beginning.
	Pulsed map[string][]time.Time
	// Write makes the outcome the configuration. It is called once, when a
	// person has said so.
	Write func(lines []Line, wall *Wall, doors []Door) error
}

// A Work runs a Session on the lines, which nobody else may have open. Its
// methods may be called from any goroutine.
type Work struct {
	plan    Plan
	ctx     context.Context
	cancel  context.CancelFunc
	running sync.WaitGroup
	rest    rest // of the one job under way

	mu      sync.Mutex // guards what follows
	session *Session
	changed chan struct{} // closed and replaced when the state changes
}

// Begin begins commissioning with a look at all lines.
func Begin(plan Plan) *Work {
	w := &Work{plan: plan, changed: make(chan struct{}), rest: rest{}}
	w.ctx, w.cancel = context.WithCancel(context.Background())
	w.rest.remember(plan.Known, plan.Pulsed, time.Now())
	if plan.Opened == nil {
		w.plan.Opened = func(context.Context, string) {}
	}
	session, job := NewSession(plan.Known)
	w.session = session
	if job != nil {
		w.start(*job)
	}
	return w
}

// State is what to show now.
func (w *Work) State() commissioning.State {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.session.State()
}

// Answer takes an answer; what it refuses changes nothing.
func (w *Work) Answer(a commissioning.Answer) (commissioning.State, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	job, err := w.session.Answer(a)
	if said := w.session.Said(); err == nil && said != "" {
		w.plan.Opened(w.ctx, said)
	}
	if err != nil {
		return w.session.State(), err
	}
	if job != nil {
		w.start(*job)
	}
	w.tell()
	return w.session.State(), nil
}

// Changed is the state with a channel that is closed at the next change of it.
func (w *Work) Changed() (commissioning.State, <-chan struct{}) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.session.State(), w.changed
}

// Settled waits until there is a question, the end, or ctx is over.
func (w *Work) Settled(ctx context.Context) commissioning.State {
	for {
		w.mu.Lock()
		state, changed := w.session.State(), w.changed
		w.mu.Unlock()
		if state.Step != commissioning.StepWorking {
			return state
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return state
		}
	}
}

// Close ends commissioning; what was not written is forgotten.
func (w *Work) Close() {
	w.cancel()
	w.running.Wait()
}

func (w *Work) tell() {
	close(w.changed)
	w.changed = make(chan struct{})
}

func (w *Work) start(j Job) {
	w.running.Go(func() {
		r := w.do(j)
		w.mu.Lock()
		defer w.mu.Unlock()
		for _, number := range w.session.Seen(j, r) {
			w.plan.Opened(w.ctx, number)
		}
		w.session.Done(j, r)
		w.tell()
	})
}

func (w *Work) do(j Job) (r Result) {
	switch j.Kind {
	case JobProbe:
		r.Found = w.probe(j.Ports)
	case JobRead, JobPulse:
		r.Err = w.onLine(j, &r)
	case JobWrite:
		w.mu.Lock()
		lines, wall, doors := w.session.Outcome()
		w.mu.Unlock()
		r.Err = w.plan.Write(lines, wall, doors)
	}
	return r
}

// probe asks the ports of the configuration, those a person named, and every
// USB adapter that is none of them.
func (w *Work) probe(named []string) (all []Found) {
	type port struct{ name, label string }
	var ports []port
	asked := map[string]bool{} // by what it resolves to
	for _, p := range w.plan.Foreign {
		if path, err := w.plan.Finder.Resolve(p); err == nil {
			asked[device.Real(path)] = true
		}
	}
	for _, l := range w.plan.Known.Lines {
		ports = append(ports, port{name: l.Port})
	}
	for _, n := range named {
		ports = append(ports, port{name: n})
	}
	adapters, err := w.plan.Finder.List()
	if err != nil {
		all = append(all, Found{Problem: err})
	}
	for _, a := range adapters {
		if a.Path != "" {
			ports = append(ports, port{w.nameOf(a), a.Label})
		}
	}
	for _, p := range ports {
		if w.ctx.Err() != nil {
			return all
		}
		path, err := w.plan.Finder.Resolve(p.name)
		if err != nil {
			found := Found{Port: p.name, Problem: err}
			all = append(all, found)
			w.heard(found)
			continue
		}
		if asked[device.Real(path)] {
			continue
		}
		asked[device.Real(path)] = true
		found := w.probeKnown(p.name, path)
		found.Label = p.label
		w.plan.Log.Info("commissioning: a line was asked", "port", p.name, "path", path, "found", found.Sentence())
		all = append(all, found)
		w.heard(found)
	}
	return all
}

// heard shows a line as soon as it was asked; the others may take a while.
func (w *Work) heard(f Found) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.session.Heard(f)
	w.tell()
}

// probeKnown asks a line first as the configuration has it.
func (w *Work) probeKnown(port, path string) Found {
	for _, l := range w.plan.Known.Lines {
		if l.Port != port {
			continue
		}
		limit := Limit{Dialect: l.Dialect, Baud: l.Baud}
		for _, b := range l.Boards {
			limit.Expected = append(limit.Expected, b.Address)
		}
		if found := Probe(w.ctx, port, path, limit); found.Dialect != "" || found.Problem != nil {
			return found
		}
	}
	return Probe(w.ctx, port, path, w.plan.Limit)
}

// nameOf names an adapter by its serial number where that says enough, or else
// by its socket.
func (w *Work) nameOf(a device.Adapter) string {
	if a.Serial != "" {
		name := fmt.Sprintf("usb:%s:%s:%s", a.Vendor, a.Product, a.Serial)
		if path, err := w.plan.Finder.Resolve(name); err == nil && path == a.TTY {
			return name
		}
	}
	if path, err := w.plan.Finder.Resolve(a.Where()); err == nil && path == a.TTY {
		return a.Where()
	}
	return a.Line()
}

// onLine reads the boards of a line, and drives one lock if the job says so.
func (w *Work) onLine(j Job, r *Result) error {
	gone := func(why error) error { return say("line_gone", "Line", j.Line.Name, "List", because(why)) }
	path, err := w.plan.Finder.Resolve(j.Line.Port)
	if err != nil {
		return gone(err)
	}
	bench, err := OpenBench(path, j.Line.Dialect, j.Line.Baud)
	if err != nil {
		return gone(err)
	}
	err = w.onBench(bench, j, r)
	if failed := bench.line.Err(); failed != nil && err != nil {
		err = gone(failed)
	}
	if closing := bench.Close(); err == nil {
		err = closing
	}
	return err
}

func (w *Work) onBench(bench *Bench, j Job, r *Result) (err error) {
	var boards []wire.Board
	for _, b := range j.Line.Boards {
		boards = append(boards, b.Wire())
	}
	bench.Speak(bench.dialect, boards)
	if r.Before, err = bench.Steady(w.ctx, boards); err != nil || j.Kind == JobRead {
		return err
	}
	i := slices.IndexFunc(boards, func(b wire.Board) bool { return b.Address == j.Board.Address })
	if i < 0 {
		return fmt.Errorf("board %d is not on line %s", j.Board.Address, j.Line.Name)
	}
	if err := w.rest.wait(w.ctx, j); err != nil {
		return err
	}
	if w.plan.Drive != nil {
		if err := w.plan.Drive(w.ctx, j.Line.Name, j.Board.Address, j.Lock); err != nil {
			return say("not_driven", "List", because(err))
		}
	}
	w.rest.note(j)
	w.plan.Log.Warn("commissioning: one lock is driven once", "line", j.Line.Name, "port", j.Line.Port, "board",
		j.Board.Address, "lock", j.Lock)
	if err := bench.Pulse(boards[i], j.Lock); err != nil {
		return err
	}
	if r.After, err = bench.Watch(w.ctx, boards, r.Before); err != nil {
		return err
	}
	for _, b := range boards {
		r.Moves = append(r.Moves, moves(b.Address, r.Before[b.Address], r.After[b.Address])...)
	}
	return nil
}

const (
	supplyRest = 3 * time.Second // between two pulses on one line
	lockWindow = 30 * time.Second
	lockPulses = 3 // of one lock in that time
)

// rest remembers when locks were driven, by the port of their line.
type rest map[string][]driven

type driven struct {
	board, lock int
	at          time.Time
}

// wait lets the supply rest, and refuses a lock that is too hot.
func (r rest) wait(ctx context.Context, j Job) error {
	now, pulses := time.Now(), 0
	var last time.Time
	for _, d := range r[j.Line.Port] {
		if d.at.After(last) {
			last = d.at
		}
		if d.board == j.Board.Address && d.lock == j.Lock && now.Sub(d.at) < lockWindow {
			pulses++
		}
	}
	if pulses >= lockPulses {
		return say("hot", "Lock", j.Lock, "Count", pulses)
	}
	return pause(ctx, supplyRest-now.Sub(last))
}

// note takes down a pulse that is given now.
func (r rest) note(j Job) {
	r[j.Line.Port] = append(r[j.Line.Port], driven{j.Board.Address, j.Lock, time.Now()})
}

// remember takes over pulses from before, but none of a clock that was set back
// since.
func (r rest) remember(known Known, pulsed map[string][]time.Time, now time.Time) {
	for _, d := range known.Doors {
		for _, l := range known.Lines {
			for _, at := range pulsed[d.Number] {
				if l.Name == d.At.Line && !at.After(now) {
					r[l.Port] = append(r[l.Port], driven{d.At.Address, d.At.Lock, at})
				}
			}
		}
	}
}
