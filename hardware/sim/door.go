package sim

import (
	"context"
	"fmt"
	"time"
)

// State is where a door's leaf is. Only StateClosed is latched; the hook contact
// cannot tell the other two apart.
type State string

const (
	StateClosed State = "closed" // shut and latched
	StateAjar   State = "ajar"   // pushed to, but the latch has not caught
	StateOpen   State = "open"
)

const (
	mechanicalDelay = 80 * time.Millisecond  // from the coil's pulse to the leaf's movement
	springBack      = 150 * time.Millisecond // a door that does not catch comes open again
	factoryPulse    = 500 * time.Millisecond // of a board nobody has set
)

type door struct {
	number string
	bus    string
	board  int
	lock   int

	state   State
	inside  bool      // something is in the compartment
	reached time.Time // when something was put in or taken out last
	held    bool      // the coil holds the latch of a door that does not move
	shaking bool      // the contact reads the wrong way while it bounces
	moves   int       // grows with every change of state
	history []Change
}

// A Door is one door as an onlooker sees it.
type Door struct {
	Number string `json:"number"`
	Size   string `json:"size"`
	State  State  `json:"state"`
	Inside bool   `json:"inside"`
	Pulses int    `json:"pulses"` // how often its coil was driven
	Bus    string `json:"bus"`
	Board  int    `json:"board"`
	Lock   int    `json:"lock"` // from 1
}

// An Act is what a person does to a door.
type Act string

const (
	ActClose Act = "close"         // push it until it catches
	ActPush  Act = "push"          // push it to, not far enough to catch
	ActOpen  Act = "open"          // pull a door that is not latched
	ActForce Act = "open-by-force" // break a latched door open
	ActPut   Act = "put"           // put something in
	ActTake  Act = "take"          // take it out
)

// Do lets a person do something to a door.
func (s *Site) Do(number string, act Act) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	d := s.doors[number]
	if d == nil {
		return fmt.Errorf("door %s: %w", number, ErrUnknown)
	}
	switch act {
	case ActClose:
		s.pushShut(d)
	case ActPush:
		if d.state == StateOpen {
			s.move(d, StateAjar, "pushed to, not latched")
		}
	case ActOpen:
		if d.state == StateClosed {
			return fmt.Errorf("door %s is latched: only its lock or force can open it: %w", number, ErrCannot)
		}
		s.move(d, StateOpen, "pulled open")
	case ActForce:
		s.move(d, StateOpen, "forced open")
	case ActPut, ActTake:
		if d.state != StateOpen {
			return fmt.Errorf("door %s is not open: nobody can reach inside: %w", number, ErrCannot)
		}
		s.reachIn(d, act == ActPut)
	default:
		return fmt.Errorf("%q is nothing people do to a door: %w (close, push, open, open-by-force, put, take)",
			act, ErrUnknown)
	}
	return nil
}

func (s *Site) reachIn(d *door, inside bool) {
	if d.inside == inside {
		return
	}
	d.inside, d.reached = inside, time.Now()
	if inside {
		s.tell("door %s: something was put in", d.number)
	} else {
		s.tell("door %s: emptied", d.number)
	}
	s.announce(d)
}

func (s *Site) pushShut(d *door) {
	if d.state == StateClosed {
		return
	}
	if s.is("no-catch", d.number) {
		s.move(d, StateAjar, "pushed shut, does not catch")
		return
	}
	if !s.is("left-open", d.number) {
		s.move(d, StateClosed, "closed")
		return
	}
	s.move(d, StateAjar, "pushed shut, does not catch")
	moves := d.moves
	s.later(springBack, func() {
		if d.moves == moves {
			s.move(d, StateOpen, "sprang open again")
		}
	})
}

// latched is what the contact at a door's latch says. It cannot tell a door
// that is pushed to from an open one, nor a latch that the coil holds.
func (s *Site) latched(d *door) bool {
	return (d.state == StateClosed && !d.held) != d.shaking
}

// pullLatch is what a coil does to its latch when the current comes.
func (s *Site) pullLatch(d *door) {
	if d.state == StateOpen || s.is("stuck", d.number) {
		return
	}
	if s.is("no-spring", d.number) {
		if d.state == StateClosed && !d.held {
			d.held = true
			s.contactChanged(d)
		}
		return
	}
	delay := mechanicalDelay
	if slow, ok := s.span("slow", d.number); ok {
		delay = slow
	}
	moves := d.moves
	s.later(delay, func() {
		if d.moves == moves {
			s.move(d, StateOpen, "sprang open")
		}
	})
}

// dropLatch lets the latch catch again what has not moved.
func (s *Site) dropLatch(d *door) {
	if d.held {
		d.held = false
		if d.state == StateClosed {
			s.contactChanged(d)
		}
	}
}

// move changes a leaf's place. Callers hold mu.
func (s *Site) move(d *door, to State, how string) {
	if d.state == to {
		return
	}
	contact := s.latched(d)
	d.state = to
	d.held = d.held && to == StateClosed
	d.moves++
	s.remember(d)
	s.tell("door %s: %s", d.number, how)
	s.announce(d)
	if s.latched(d) != contact {
		s.contactChanged(d)
		if s.is("bounce", d.number) {
			s.bounce(d)
		}
	}
	if to == StateOpen && s.auto.On {
		s.visitor(d)
	}
}

// contactChanged lets the board tell it that tells such things unasked.
func (s *Site) contactChanged(d *door) {
	s.pushContact(s.boards[boardID{d.bus, d.board}], d.lock)
}

// bounce makes three to five changes of one within 200 ms.
func (s *Site) bounce(d *door) { s.shake(d, d.moves, 2+2*s.diceOf(d.bus).IntN(2)) }

// shake turns the contact round and back, one change after the other however
// busy the machine is; the last one leaves it as it is.
func (s *Site) shake(d *door, moves, left int) {
	if left == 0 {
		return
	}
	s.later(time.Duration(5+s.diceOf(d.bus).IntN(40))*time.Millisecond, func() {
		d.shaking = d.moves == moves && left%2 == 0
		s.contactChanged(d)
		s.shake(d, moves, left-1)
	})
}

// later runs f with mu held, unless the site has closed.
func (s *Site) later(after time.Duration, f func()) {
	time.AfterFunc(after, func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		if !s.closed {
			f()
		}
	})
}

type auto struct {
	On    bool
	After time.Duration
}

// SetAuto lets a virtual person stand by. After the given time at an open door
// that person takes out what is inside, or puts something in, and closes it.
func (s *Site) SetAuto(on bool, after time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.auto.On = on
	if after > 0 {
		s.auto.After = after
	}
	if on {
		s.tell("a virtual person closes doors after %s", s.auto.After)
		for _, number := range s.order {
			if d := s.doors[number]; d.state == StateOpen {
				s.visitor(d)
			}
		}
	} else {
		s.tell("the virtual person has left")
	}
	s.event(Event{Kind: "auto"})
}

// Auto tells whether the virtual person stands by, and how long that person takes.
func (s *Site) Auto() (on bool, after time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.auto.On, s.auto.After
}

func (s *Site) visitor(d *door) {
	moves := d.moves
	s.later(s.auto.After, func() {
		if s.auto.On && d.moves == moves {
			s.reachIn(d, !d.inside)
			s.pushShut(d)
		}
	})
}

// Doors lists all doors in the order of the wall.
func (s *Site) Doors() []Door {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := make([]Door, len(s.order))
	for i, number := range s.order {
		out[i] = s.look(s.doors[number])
	}
	return out
}

// Door looks at one door.
func (s *Site) Door(number string) (Door, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	d := s.doors[number]
	if d == nil {
		return Door{}, fmt.Errorf("door %s: %w", number, ErrUnknown)
	}
	return s.look(d), nil
}

func (s *Site) look(d *door) Door {
	return Door{
		Number: d.number, Size: s.plan.Sizes[d.number], State: d.state, Inside: d.inside,
		Pulses: s.journal.pulses[d.number], Bus: d.bus, Board: d.board, Lock: d.lock,
	}
}

// WaitDoor waits until the door is in the state, or the context ends.
func (s *Site) WaitDoor(ctx context.Context, number string, want State) error {
	for {
		s.mu.Lock()
		changed := s.changed
		s.mu.Unlock()
		d, err := s.Door(number)
		if err != nil {
			return err
		}
		if d.State == want {
			return nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return fmt.Errorf("door %s is %s, not %s: %w", number, d.State, want, ctx.Err())
		}
	}
}
