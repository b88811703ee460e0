package hardware

import (
	"slices"
	"sync"
	"time"

	"cubby/locker/door"
)

// Fitness is how a lock has fared lately, so that it can be mended before it
// keeps somebody's parcel.
type Fitness string

// A lock's fitness, from its last 20 openings. Only openings count that say
// something about the lock: its board answered, the door was known to be closed
// before, and it was then read open or closed; or its board said that it did
// not drive it.
const (
	Unused      Fitness = ""             // not opened since the start
	Good        Fitness = "good"         //
	GettingSlow Fitness = "getting slow" // one did not open, or three took longer than a second
	Refusing    Fitness = "refusing"     // its board would not drive it the last two times, or three of them
	Failing     Fitness = "failing"      // the last two did not open, or three of them
)

const (
	fitnessOver = 20          // openings
	slowOpening = time.Second // from the unlock frame
	slowMost    = 3           // slow ones that make a lock slow
	failedMost  = 3           // failed ones that make it fail, or refused ones that make it one that is refused
)

// OpeningBounds are the upper bounds of the buckets of DoorHealth.TimeToOpen;
// the last bucket has none.
var OpeningBounds = [...]time.Duration{
	100 * time.Millisecond, 200 * time.Millisecond, 300 * time.Millisecond, 500 * time.Millisecond,
	700 * time.Millisecond,
	time.Second, 1500 * time.Millisecond, 2 * time.Second, 3 * time.Second,
}

// DoorHealth is what the openings of one door since the start tell about it.
type DoorHealth struct {
	Compartment string
	Openings    uint64 // unlock frames written
	Failed      uint64 // of them: the lock was driven and the door stayed closed
	// of them: the board said that it did not drive the lock, and the door stayed closed
	Refused uint64
	// from the unlock frame to the first reading that shows the door open; not cumulative
	TimeToOpen [len(OpeningBounds) + 1]uint64
	TimeSum    time.Duration // of all that are in TimeToOpen
	Fitness    Fitness
	Suspect    string // why its contact is not believed, for staff; empty when it is
}

// DoorHealth returns what is known of every door, in the order of the
// configuration.
func (s *Site) DoorHealth() (all []DoorHealth) {
	for _, b := range s.buses {
		all = append(all, b.wear.read()...)
	}
	return all
}

// wear keeps the health of the doors of one bus.
type wear struct {
	mu    sync.Mutex // guards what follows
	order []string
	doors map[string]*worn
}

type worn struct {
	DoorHealth
	// how long the last openings took, oldest first; never for one that failed, denied for one that was
	// refused
	last []time.Duration
}

const (
	never  = time.Duration(-1)
	denied = time.Duration(-2)
)

func (w *wear) add(compartment string) {
	if w.doors == nil {
		w.doors = map[string]*worn{}
	}
	w.order = append(w.order, compartment)
	w.doors[compartment] = &worn{DoorHealth: DoorHealth{Compartment: compartment}}
}

func (w *wear) read() (all []DoorHealth) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, compartment := range w.order {
		all = append(all, w.doors[compartment].DoorHealth)
	}
	return all
}

func (w *wear) doubt(compartment, why string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.doors[compartment].Suspect = why
}

// note takes in how an opening ended.
func (w *wear) note(o *opening, result door.Result) {
	if o.driven.IsZero() {
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	d := w.doors[o.Compartment]
	d.Openings++
	switch {
	case result == door.Stuck:
		d.Failed++
		d.took(never)
	case result == door.Refused:
		d.Refused++
		d.took(denied)
	case result == door.ConfirmedOpen && o.shut && !o.sprang.IsZero():
		d.took(o.sprang.Sub(o.driven))
	}
}

func (d *worn) took(t time.Duration) {
	if t >= 0 {
		i := 0
		for i < len(OpeningBounds) && t > OpeningBounds[i] {
			i++
		}
		d.TimeToOpen[i]++
		d.TimeSum += t
	}
	d.last = append(d.last, t)
	if len(d.last) > fitnessOver {
		d.last = d.last[1:]
	}
	d.Fitness = fitness(d.last)
}

// fitness judges the last openings, oldest first.
func fitness(last []time.Duration) Fitness {
	failed, refused, slow := 0, 0, 0
	for _, t := range last {
		switch {
		case t == never:
			failed++
		case t == denied:
			refused++
		case t > slowOpening:
			slow++
		}
	}
	twice := func(end time.Duration) bool {
		n := len(last)
		return n >= 2 && last[n-1] == end && last[n-2] == end
	}
	switch {
	case failed >= failedMost || twice(never):
		return Failing
	case refused >= failedMost || twice(denied):
		return Refusing
	case refused == len(last):
		return Unused
	case failed > 0 || slow >= slowMost:
		return GettingSlow
	}
	return Good
}

// watch notes when the doors of openings under way are first read open. What a
// reading shows during the pulse counts when those after it say the same.
func (b *bus) watch(board *board, r reading) {
	for _, o := range slices.Clone(b.driven) {
		on, l := b.find(o.Compartment)
		if on != board || r.Locks&l.bit() == 0 || r.asked.Before(o.driven) {
			continue
		}
		if board.doors.state(r.Frame, l) == door.Closed {
			o.sprang = time.Time{}
		} else if o.sprang.IsZero() {
			o.sprang = r.at
		}
	}
}
