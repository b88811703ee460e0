package printer

import (
	"errors"
	"fmt"
	"time"

	"cubby/hardware/device"
	"cubby/hardware/line"
)

// errStopped ends the goroutine: the printer is being closed.
var errStopped = errors.New("stopped")

// health is what a look at the printer has found.
type health struct {
	state  State
	detail string
	busy   int  // labels that are not out yet
	stale  bool // no answer came; the state is the one before
}

// A talk is one kind of printer on an open port.
type talk interface {
	// look asks how the printer is. The error is the port's, or errStopped.
	look() (health, error)
}

// run keeps the port open until the printer is closed.
func (p *Printer) run() {
	defer close(p.done)
	heard := new(hearing)
	keeper := device.Keeper[*line.Line]{
		Devices: p.cfg.Devices, Port: p.cfg.Port, Pauses: p.pauses, Stop: p.stop,
		Open: func(path string) (*line.Line, error) { return line.OpenMode(path, line.Mode{Baud: p.cfg.Baud}) },
		Serve: func(l *line.Line) error {
			p.count(func(s *Stats) { s.Opens++ })
			heard.missed = 0
			served := make(chan struct{})
			defer close(served)
			go func() { // a printer that takes no more bytes is not waited for
				select {
				case <-p.stop:
					l.Stop()
				case <-served:
				}
			}()
			return p.work(&wire{l: l, stop: p.stop, reply: p.cfg.Reply}, heard)
		},
		Gone: p.gone,
	}
	if err := keeper.Run(); err != nil {
		p.kept = fmt.Errorf("%s: %w", p.cfg.Device, err)
	}
}

func (p *Printer) gone(err error) {
	if errors.Is(err, line.ErrWedged) { // what a printer on USB does without paper
		p.report(Silent, "it takes no more bytes; check paper, cover and power")
		return
	}
	p.report(Gone, fmt.Sprintf("%v; check that the printer is switched on and connected at %s", err, p.cfg.Port))
}

func (p *Printer) work(w *wire, heard *hearing) error {
	var t talk = &receipts{wire: w, hearing: heard, printer: p}
	if p.cfg.Kind == Labels {
		t = &labels{wire: w, hearing: heard, printer: p}
	}
	if err := p.complete(w); err != nil {
		return err
	}
	for {
		seen, err := p.look(t)
		if err != nil {
			return err
		}
		if one, data := p.take(!seen.stale && seen.state.Prints()); one != nil {
			if err := p.send(w, t, one, data); err != nil {
				return err
			}
			continue // the next one at once
		}
		if err := w.idle(p.cfg.Poll, p.wake); err != nil {
			return err
		}
	}
}

// complete ends whatever a job that was cut off has left a receipt printer in the
// middle of: it would take the next job for the rest of a picture. Where nothing
// was cut off the zeros print nothing.
func (p *Printer) complete(w *wire) error {
	if err := w.write(make([]byte, p.torn), p.cfg.Baud); err != nil {
		return err
	}
	p.torn = 0
	return nil
}

func (p *Printer) look(t talk) (health, error) {
	h, err := t.look()
	if err == nil {
		p.report(h.state, h.detail)
	}
	return h, err
}

// take gives the next job when the printer prints.
func (p *Printer) take(prints bool) (one *job, data []byte) {
	for _, e := range p.jobs.late(time.Now()) {
		p.ended(e, GivenUp)
	}
	if !prints {
		return nil, nil
	}
	one, data, err := p.jobs.begin()
	if one != nil && one.Tries > 1 {
		p.count(func(s *Stats) { s.Again++ })
	}
	if err != nil {
		p.report(Faulty, err.Error()+"; see to the disk") // printed all the same: paper is what is wanted
	}
	return one, data
}

// send puts a job on paper and watches the printer until it must be done. A
// failed port leaves the job half printed.
func (p *Printer) send(w *wire, t talk, one *job, data []byte) error {
	err := w.write(data, p.cfg.Baud)
	var seen health
	if err == nil {
		seen, err = p.watch(w, t, len(data))
	}
	if err != nil && p.cfg.Kind == Receipts { // what the port had taken may be lost with it
		p.torn = len(data)
	}
	result := Result("")
	switch {
	case err == nil && (seen.state == Mute || seen.busy > 0):
		result = Sent
	case err == nil && seen.state.Prints():
		result = Printed
	}
	p.conclude(one, result)
	return err
}

// conclude ends a job, or lets it wait for its next try.
func (p *Printer) conclude(one *job, r Result) {
	stopped := false
	select {
	case <-p.stop:
		stopped = true
	default:
	}
	e, r, err := p.jobs.end(one, r, stopped)
	if err != nil {
		p.report(Faulty, err.Error()+"; see to the disk")
	}
	if r == Printed || r == Sent {
		p.count(func(s *Stats) { s.Jobs++ })
	}
	if r != "" {
		p.ended(e, r)
	}
}

const (
	lookEvery = 250 * time.Millisecond
	bandTime  = 20 * time.Second // beyond that
)

// watch looks at the printer until it has been well for Settle after the wire
// must have been empty, or is not well. A label that is not out by then is waited
// for no longer than bandTime: it may be one that somebody has to take off first.
func (p *Printer) watch(w *wire, t talk, bytes int) (health, error) {
	quiet := time.Duration(wireTime(bytes, p.cfg.Baud)*float64(time.Second)) + p.cfg.Settle
	begun := time.Now()
	for {
		if err := w.idle(lookEvery, nil); err != nil {
			return health{}, err
		}
		seen, err := p.look(t)
		if err != nil || !seen.state.Prints() {
			return seen, err
		}
		past := time.Since(begun)
		if past >= quiet && !seen.stale && (seen.busy == 0 || past >= quiet+bandTime) {
			return seen, nil
		}
	}
}
