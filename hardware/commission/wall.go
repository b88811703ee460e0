package commission

import (
	"fmt"
	"slices"
	"strings"

	"cubby/locker/door/fitting"
)

func (s *Session) askWall() {
	offers := choices(stop, "Stop; nothing is changed")
	if err := s.keepable(); err == nil {
		offers = append(choices("keep", "The wall is as the configuration has it"), offers...)
	} else if len(s.known.Doors) > 0 {
		s.note("The wall of the configuration does not fit any more: %v.", err)
	}
	s.ask(fitting.StepWall, layoutForm, offers, "Which doors are there? Write the wall as it stands before you.")
}

// keepable says why the wall cannot stay as it was.
func (s *Session) keepable() error {
	if len(s.known.Doors) == 0 {
		return fmt.Errorf("it has no door")
	}
	locks := everyLock(s.lines)
	for _, d := range s.known.Doors {
		if !slices.Contains(locks, d.At) {
			return fmt.Errorf("door %s is on lock %s, which was not found", d.Number, d.At)
		}
	}
	return agrees(s.known.Doors, s.doors)
}

func (s *Session) onWall(text string) (*Job, error) {
	switch text {
	case stop:
		s.end()
		return nil, nil
	case "keep":
		if err := s.keepable(); err != nil {
			return nil, err
		}
		s.wall, s.plan = nil, slices.Clone(s.known.Doors)
	default:
		w, err := readWall(text, s.lines, slices.Clone(s.known.Sizes), s.doors)
		if err != nil {
			return nil, err
		}
		if err := s.keepsParcels(w.doors()); err != nil {
			return nil, err
		}
		s.wall, s.plan = w, w.doors()
	}
	s.walk = nil
	for _, d := range s.plan {
		if s.doors[d.At] == "" && !slices.Contains(s.known.Occupied, d.Number) {
			s.walk = append(s.walk, d)
		}
	}
	s.askWalk()
	return nil, nil
}

// keepsParcels refuses a wall on which a door with a parcel is gone or on
// another lock: its code would open another door, or none.
func (s *Session) keepsParcels(doors []Door) error {
	for _, old := range s.known.Doors {
		if !slices.Contains(s.known.Occupied, old.Number) {
			continue
		}
		i := slices.IndexFunc(doors, func(d Door) bool { return d.Number == old.Number })
		if i < 0 || doors[i].At != old.At {
			return fmt.Errorf("door %s keeps a parcel and has to stay on lock %s: write %s:%s@%s, or take the parcel out first", old.Number, old.At, old.Number, old.Size, old.At)
		}
	}
	return nil
}

func (s *Session) askWalk() {
	s.walked = nil
	if len(s.walk) == 0 {
		s.askWrite()
		return
	}
	d := s.walk[0]
	s.ask(fitting.StepWalk, "", choices("open", "Open door "+d.Number, skip, "Leave door "+d.Number+" out", "enough", "Prove no more doors", stop, "Stop; nothing is changed"),
		"%d doors are not proven yet. Close every door. Shall door %s (%s) be opened, to see that it is the right one?", len(s.walk), d.Number, d.At)
}

func (s *Session) onWalk(text string) (*Job, error) {
	if s.walked != nil {
		return nil, s.onWalked(text)
	}
	switch text {
	case stop:
		s.end()
	case "enough":
		s.walk = nil
		s.askWrite()
	case skip:
		s.walk = s.walk[1:]
		s.askWalk()
	case "open":
		d := s.walk[0]
		s.walked = &d
		l, b := s.find(d.At)
		return s.work("Opening door "+d.Number+".", Job{Kind: JobPulse, Line: l, Board: b, Lock: d.At.Lock}), nil
	default:
		return nil, fmt.Errorf("answer open, skip, enough or stop")
	}
	return nil, nil
}

func (s *Session) find(at At) (Line, Board) {
	for _, l := range s.lines {
		for _, b := range l.Boards {
			if l.Name == at.Line && b.Address == at.Address {
				return l, b
			}
		}
	}
	return Line{}, Board{}
}

func (s *Session) askWalked() {
	d := s.walked
	switch m := s.result.Moves; {
	case len(m) == 0:
		s.note("No contact changed.")
	case len(m) > 1 || m[0].Lock != d.At.Lock || m[0].Address != d.At.Address:
		s.note("Other contacts changed than that of lock %s: its cable is plugged in at another place than the lock's.", d.At)
	}
	s.ask(fitting.StepWalk, "the number painted on the door that opened", choices("yes", "Door "+d.Number+" opened", "none", "No door opened"), "Did door %s open? If it was another, which?", d.Number)
}

// onWalked takes which door has really opened. When it was another than
// planned the two change their locks.
func (s *Session) onWalked(text string) error {
	d := *s.walked
	switch {
	case text == "none":
		s.note("Door %s did not open: have its lock looked at. It stays where the plan has it.", d.Number)
	case text == "yes" || text == d.Number:
		if m := s.result.Moves; len(m) == 1 && m[0].Lock == d.At.Lock && m[0].Address == d.At.Address {
			s.doors[d.At] = d.Number
		} else {
			s.note("Door %s opened and its contact did not say so: it is not proven.", d.Number)
		}
	case isNumber(text):
		if err := s.exchange(d, text); err != nil {
			return err
		}
	default:
		return fmt.Errorf("answer yes, none, or the number of the door that opened")
	}
	s.walk = s.walk[1:]
	s.askWalk()
	return nil
}

// exchange gives the lock just driven to the door that opened.
func (s *Session) exchange(planned Door, opened string) error {
	i := slices.IndexFunc(s.plan, func(d Door) bool { return d.Number == opened })
	j := slices.IndexFunc(s.plan, func(d Door) bool { return d.Number == planned.Number })
	switch {
	case i < 0:
		return fmt.Errorf("there is no door %s on this wall", opened)
	case s.doors[s.plan[i].At] == opened:
		return fmt.Errorf("door %s was seen to open on lock %s before: look again which door is open", opened, s.plan[i].At)
	case slices.Contains(s.known.Occupied, opened):
		return fmt.Errorf("door %s keeps a parcel and was not to be opened: close it, stop, and call for help", opened)
	}
	s.plan[i].At, s.plan[j].At = s.plan[j].At, s.plan[i].At
	s.doors[s.plan[i].At] = opened
	s.note("Doors %s and %s have changed their locks.", opened, planned.Number)
	s.walk = slices.DeleteFunc(s.walk[1:], func(d Door) bool { return d.Number == opened })
	s.walk = append([]Door{planned}, append(s.walk, s.plan[j])...) // the first is taken off by the caller
	if s.wall != nil {
		s.wall.place(s.plan)
	}
	return nil
}

// place gives the doors of a wall the locks of the plan.
func (w *Wall) place(plan []Door) {
	for _, c := range w.Columns {
		for k := range c {
			if i := slices.IndexFunc(plan, func(d Door) bool { return d.Number == c[k].Number }); i >= 0 {
				c[k].At = plan[i].At
			}
		}
	}
}

func (s *Session) askWrite() {
	for _, l := range s.lines {
		for _, b := range l.Boards {
			s.note("Line %s: %s", l.Name, b.sentence())
		}
	}
	s.note("%d doors, %d of them seen to open on their lock.", len(s.plan), len(s.doors))
	s.ask(fitting.StepWrite, "", choices("write", "Write the configuration", stop, "Stop; nothing is changed"), "Shall the configuration be written? The old one is kept beside it.")
}

func (b Board) sentence() string {
	var facts []string
	for _, f := range []struct {
		is   bool
		text string
	}{
		{b.InvertHook, "contacts the other way round"}, {b.Presence, "sensors inside"}, {b.InvertPresence, "sensors the other way round"},
		{b.LowFirst, "summary begins with the first locks"}, {b.LockByte == 1, "lock in byte 1"}, {b.FromZero, "first lock is number 0"},
		{b.Each, "every lock asked by itself"}, {!b.Proven, "not proven"},
	} {
		if f.is {
			facts = append(facts, f.text)
		}
	}
	if len(facts) == 0 {
		facts = []string{"wired as usual"}
	}
	return fmt.Sprintf("board %d with %d locks, %s", b.Address, b.Channels, strings.Join(facts, ", "))
}

func (s *Session) onWrite(text string) (*Job, error) {
	switch text {
	case stop:
		s.end()
		return nil, nil
	case "write":
		return s.work("Writing the configuration.", Job{Kind: JobWrite}), nil
	}
	return nil, fmt.Errorf("answer write or stop")
}

// Outcome is what is to be written: the lines with their boards, and the wall,
// whose doors are nil where it stays as it was but for their locks.
func (s *Session) Outcome() (lines []Line, wall *Wall, doors []Door) {
	return slices.Clone(s.lines), s.wall, slices.Clone(s.plan)
}
