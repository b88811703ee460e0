package soak

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"cubby/hardware/sim"
	"cubby/locker/ledger"
	"cubby/locker/parcel"
	"cubby/locker/view"
	"cubby/locker/wall"
)

const (
	tries = 3 // how often people do the same thing again
	reach = 2 * time.Second
)

// A person does what the screen says.
type person interface {
	// sees looks at a page and does something, or waits. It is asked again when
	// the page has changed, or stays for long. gone: the visit is over.
	sees(ctx context.Context, v view.View) (gone bool, err error)
	end() string // what became of the visit, for the report
}

// leaver leaves whatever visit there is.
type leaver struct{ *soak }

func (p *leaver) end() string { return "left" }

func (p *leaver) sees(ctx context.Context, v view.View) (bool, error) {
	if v.Step == view.StepIdle {
		return true, nil
	}
	return false, p.leave(ctx, v)
}

// leave ends the visit: doors are shut, and what is asked is answered truly.
func (s *soak) leave(ctx context.Context, v view.View) error {
	if v.Door() != "" {
		if err := s.Wall.Do(v.Door(), sim.ActClose); err != nil {
			return err
		}
	}
	switch v.Step {
	case view.StepPickupCheck, view.StepCourierCheck:
		if s.checker.behind(v.Door()) == "" {
			s.act(ctx, v, view.ActTaken, view.ActBack, view.ActFinish)
		} else {
			s.act(ctx, v, view.ActInside, view.ActBack, view.ActFinish)
		}
	default:
		s.act(ctx, v, view.ActFinish, view.ActBack)
	}
	return nil
}

// stands waits a moment until a door has really opened, and pulls one that is
// ajar.
func (s *soak) stands(ctx context.Context, number string) bool {
	_ = s.Wall.Do(number, sim.ActOpen) // latched: then it waits
	ctx, cancel := context.WithTimeout(ctx, reach)
	defer cancel()
	return s.Wall.WaitDoor(ctx, number, sim.StateOpen) == nil
}

// dawdle is what people need between two movements.
func (s *soak) dawdle() {
	<-time.After(time.Duration(20+s.dice.IntN(400)) * time.Millisecond)
}

// A courier brings parcels.
type courier struct {
	*soak
	todo     []string // labels; the first is the one at hand
	scans    int      // of the one at hand
	badges   int
	put      int
	handed   bool // the one at hand is behind a door
	finished bool
}

func (s *soak) newCourier(ctx context.Context) (*courier, error) {
	c := &courier{soak: s}
	for range 1 + s.dice.IntN(4) {
		s.known++
		id := fmt.Sprintf("%s-%d", s.name, s.known)
		size := &wall.Dimensions{
			Length: 150 + 10*s.dice.IntN(30), Width: 100 + 10*s.dice.IntN(20), Height: 50 + 10*s.dice.IntN(12),
		}
		if err := insist(ctx, func() error {
			_, _, err := s.staff.Announce(ctx, id, parcel.Announcement{Dimensions: size}, ledger.Condition{})
			return err
		}); err != nil {
			return nil, err
		}
		c.todo = append(c.todo, id)
	}
	return c, nil
}

func (c *courier) end() string {
	if c.put > 0 {
		return "courier, something deposited"
	}
	return "courier, nothing deposited"
}

func (c *courier) sees(ctx context.Context, v view.View) (bool, error) {
	switch v.Step {
	case view.StepIdle, view.StepCourierEnter, view.StepCourierRefused:
		if len(c.todo) == 0 || c.finished || c.badges == tries {
			return v.Step == view.StepIdle, c.leave(ctx, v)
		}
		c.badges++
		return false, c.reader.read(ctx, c.badge)
	case view.StepCourierReady:
		return false, c.next(ctx, v)
	case view.StepCourierOpening:
		return false, nil
	case view.StepCourierOpen:
		return false, c.deposit(ctx, v)
	case view.StepCourierRetake:
		if c.stands(ctx, v.Door()) && c.handed && c.checker.behind(v.Door()) == c.todo[0] {
			c.handed = false
			if err := c.checker.take(v.Door()); err != nil {
				return false, err
			}
		}
		return false, c.Wall.Do(v.Door(), sim.ActClose)
	case view.StepCourierCheck:
		if c.checker.behind(v.Door()) != "" {
			c.act(ctx, v, view.ActInside)
		} else {
			c.act(ctx, v, random(c.dice, []view.ActionName{view.ActOpenAgain, view.ActBack}), view.ActBack)
		}
		return false, nil
	case view.StepCourierNoOpen:
		if err := c.Wall.Do(v.Door(), sim.ActClose); err != nil {
			return false, err
		}
		c.act(ctx, v, random(c.dice, []view.ActionName{view.ActOtherDoor, view.ActTryAgain, view.ActBack}),
			view.ActBack, view.ActFinish)
		return false, nil
	}
	return false, c.leave(ctx, v)
}

// next scans the next label, or signs out.
func (c *courier) next(ctx context.Context, v view.View) error {
	if err := c.checker.check(ctx); err != nil {
		return err
	}
	if len(c.todo) > 0 && (c.checker.isStored(c.todo[0]) || c.handed || c.scans == tries) {
		if c.handed {
			c.put++
		}
		c.todo, c.scans, c.handed = c.todo[1:], 0, false
	}
	if len(c.todo) == 0 || v.Reason == view.ReasonNoDoor {
		c.finished = true
		c.act(ctx, v, view.ActFinish)
		return nil
	}
	c.scans++
	return c.reader.read(ctx, c.todo[0])
}

// deposit is what couriers do at an open door.
func (c *courier) deposit(ctx context.Context, v view.View) error {
	if !c.stands(ctx, v.Door()) {
		return c.Wall.Do(v.Door(), sim.ActClose) // ajar, or closed already: it is on the screen still
	}
	switch there := c.checker.behind(v.Door()); {
	case there != "" && there != c.todo[0]:
		c.checker.wrong("a courier was sent to door %s, and %s is behind it", v.Door(), there)
		c.act(ctx, v, view.ActOccupied)
		return nil
	case there == "" && !c.handed && c.dice.IntN(20) == 0:
		c.act(ctx, v, random(c.dice, []view.ActionName{view.ActTooBig, view.ActBroken, view.ActOccupied}))
		return nil
	case there == "" && c.Calm && c.dice.IntN(10) == 0 && c.present(v.Door()):
		// closes the door with nothing in it, and will be asked by a sensor that can be believed
	case there == "":
		c.dawdle()
		if err := c.checker.put(v.Door(), c.todo[0]); err != nil {
			return err
		}
		c.handed = true
	}
	c.dawdle()
	if c.dice.IntN(20) == 0 {
		return c.Wall.Do(v.Door(), sim.ActPush) // not far enough: the screen will say so
	}
	return c.Wall.Do(v.Door(), sim.ActClose)
}

// A customer collects a parcel.
type customer struct {
	*soak
	parcel, code string
	scans, opens int
	took, over   bool
	refused      bool
}

func (s *soak) newCustomer(parcel string) *customer {
	return &customer{soak: s, parcel: parcel, code: s.checker.codes[parcel]}
}

func (c *customer) end() string {
	switch {
	case c.took:
		return "customer, with the parcel"
	case c.refused:
		return "customer, refused"
	}
	return "customer, without the parcel"
}

func (c *customer) sees(ctx context.Context, v view.View) (bool, error) {
	switch v.Step {
	case view.StepIdle, view.StepPickupEnter:
		if c.took || c.over || c.scans == tries {
			return v.Step == view.StepIdle, c.leave(ctx, v)
		}
		c.scans++
		return false, c.reader.read(ctx, c.code)
	case view.StepPickupRefused:
		wrong := v.Reason == view.ReasonNotValid || v.Reason == view.ReasonCollected ||
			v.Reason == view.ReasonNotHere || v.Reason == view.ReasonReplaced
		if wrong && c.checker.isStored(c.parcel) {
			c.checker.wrong("the code of %s was refused", c.parcel)
		}
		c.refused, c.over = true, true
		c.act(ctx, v, view.ActBack, view.ActFinish)
		return false, nil
	case view.StepPickupOpening:
		return false, nil
	case view.StepPickupOpen:
		return false, c.collect(ctx, v)
	case view.StepPickupCheck:
		switch {
		case c.checker.behind(v.Door()) == "":
			c.act(ctx, v, view.ActTaken)
		case c.opens < tries:
			c.opens++
			c.act(ctx, v, view.ActOpenAgain, view.ActBack)
		default:
			c.act(ctx, v, view.ActBack, view.ActFinish)
		}
		return false, nil
	case view.StepNoOpen, view.StepToCheck:
		if d, err := c.Wall.Door(v.Door()); err != nil || d.State == sim.StateOpen {
			return false, c.collect(ctx, v) // late, but open
		}
		if c.opens++; c.opens < tries && !c.took {
			c.act(ctx, v, view.ActTryAgain, view.ActFinish, view.ActBack)
		} else {
			c.over = true
			c.act(ctx, v, view.ActFinish, view.ActBack)
		}
		return false, nil
	}
	c.over = true
	return false, c.leave(ctx, v)
}

// collect is what customers do at an open door.
func (c *customer) collect(ctx context.Context, v view.View) error {
	if !c.stands(ctx, v.Door()) {
		return c.Wall.Do(v.Door(), sim.ActClose)
	}
	switch there := c.checker.behind(v.Door()); {
	case there == c.parcel && c.Calm && c.dice.IntN(10) == 0 && c.present(v.Door()):
		// forgets it, and will be asked
	case there == c.parcel:
		c.dawdle()
		if err := c.checker.take(v.Door()); err != nil {
			return err
		}
		c.took = true
	case there != "":
		c.checker.wrong("the code of %s opened door %s, behind which is %s", c.parcel, v.Door(), there)
	}
	c.dawdle()
	if c.dice.IntN(20) == 0 {
		return c.Wall.Do(v.Door(), sim.ActPush)
	}
	return c.Wall.Do(v.Door(), sim.ActClose)
}

// A stranger tries what opens nothing.
type stranger struct {
	*soak
	code   string
	driven int // locks, when the visit began
	scans  int
}

func (s *soak) newStranger() *stranger {
	p := &stranger{soak: s, driven: s.checker.frames}
	candidates := []string{
		fmt.Sprintf("NOTHING-%d", s.dice.Uint64()), strings.Repeat("A", 26), strings.Repeat("7", 26),
		"B:" + strings.Repeat("Q", 26),
		strings.Repeat("X", 600), "\x00\x01\x02\xff", "12345678", "'; DROP TABLE parcels; --",
		"https://example.org/?code=" + strings.Repeat("B", 26),
	}
	if used := s.checker.used(); len(used) > 0 {
		candidates = append(candidates, random(s.dice, used))
	}
	if stored := s.checker.stored(); len(stored) > 0 {
		code := s.checker.codes[random(s.dice, stored)]
		candidates = append(candidates, strings.ToLower(code), code[1:], code+"A", random(s.dice, stored))
	}
	p.code = random(s.dice, candidates)
	return p
}

func (p *stranger) end() string { return "stranger" }

func (p *stranger) sees(ctx context.Context, v view.View) (bool, error) {
	if v.Step == view.StepIdle {
		if p.scans == 1 {
			return true, p.nothing(ctx)
		}
		p.scans++
		return false, p.reader.read(ctx, p.code)
	}
	if !slices.Contains([]view.Step{
		view.StepPickupRefused, view.StepPickupEnter, view.StepCourierRefused, view.StepCourierEnter,
		view.StepUnavailable,
	}, v.Step) {
		p.checker.wrong("what a stranger held before the reader led to %s", v.Step)
	}
	p.act(ctx, v, view.ActFinish, view.ActBack)
	return false, nil
}

// nothing makes sure that no lock was driven.
func (p *stranger) nothing(ctx context.Context) error {
	if err := p.checker.check(ctx); err != nil {
		return err
	}
	if p.checker.frames != p.driven {
		p.checker.wrong("a lock was driven while a stranger was here")
	}
	return nil
}
