package commission

import (
	"slices"

	"cubby/locker/door/commissioning"
)

func (s *Session) askWall() {
	var offers []commissioning.Choice
	if err := s.keepable(); err == nil {
		offers = append(offers, offer("keep", "wall.keep"))
	} else if len(s.known.Doors) > 0 {
		s.note("wall_differs", "List", []sentence{err.(sentence)})
	}
	if s.known.Touch {
		offers = append(offers, offer("draw", "wall.draw"))
	}
	s.ask(commissioning.StepWall, layoutForm, append(offers, offer(stop, "stop")), "wall")
}

// keepable says why the wall cannot stay as it was.
func (s *Session) keepable() error {
	if len(s.known.Doors) == 0 {
		return say("no_doors")
	}
	locks := everyLock(s.lines)
	for _, d := range s.known.Doors {
		if !slices.Contains(locks, d.At) {
			return say("lock_not_found", "Door", d.Number, "Lock", d.At)
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
		s.wall, s.plan, s.draft = nil, slices.Clone(s.known.Doors), nil
	case "draw":
		s.beginDraft()
		return nil, nil
	default:
		w, err := readWall(text, s.lines, slices.Clone(s.known.Sizes), s.doors)
		if err != nil {
			return nil, err
		}
		return nil, s.takeWall(w)
	}
	s.beginWalk()
	return nil, nil
}

// takeWall makes a wall the one to be written, and goes on to prove it.
func (s *Session) takeWall(w *Wall) error {
	if err := s.keepsParcels(w.doors()); err != nil {
		return err
	}
	s.wall, s.plan, s.draft = w, w.doors(), nil
	s.beginWalk()
	return nil
}

func (s *Session) beginWalk() {
	s.walk = nil
	for _, d := range s.plan {
		if s.doors[d.At] == "" && !slices.Contains(s.known.Occupied, d.Number) {
			s.walk = append(s.walk, d)
		}
	}
	s.askWalk()
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
			return say("parcel_stays", "Door", old.Number, "Lock", old.At, "Size", old.Size)
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
	s.ask(commissioning.StepWalk, "",
		[]commissioning.Choice{
			offer("open", "walk.open", "Door", d.Number), offer(skip, "walk.skip", "Door", d.Number),
			offer("enough", "walk.enough"), offer(stop, "stop"),
		},
		"walk", "Count", len(s.walk), "Door", d.Number, "Lock", d.At)
	s.state.Door = d.Number
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
		l, b := s.find(d.At)
		if number := s.parcelNear(l, b, d.At.Lock); number != "" && !s.numbered(l, b) {
			return nil, say("parcel_near", "Door", number)
		}
		s.walked = &d
		j := s.work(Job{Kind: JobPulse, Line: l, Board: b, Lock: d.At.Lock}, "opening", "Door", d.Number)
		s.state.Door = d.Number
		return j, nil
	default:
		return nil, say("not_a_choice")
	}
	return nil, nil
}

// numbered reports whether a door has shown which lock a request to the board
// drives. A CU48 may read the two bytes of one the other way round, which shows
// where they differ, at a door that opened as the configuration says.
func (s *Session) numbered(l Line, b Board) bool {
	return b.Proven && (l.Dialect != "kerong-cu48" || slices.ContainsFunc(s.known.Doors, func(d Door) bool {
		return s.doors[d.At] == d.Number && d.At.Line == l.Name && d.At.Address == b.Address && d.At.Lock-1 != b.Address
	}))
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
		s.note("no_change")
	case len(m) > 1 || m[0].Lock != d.At.Lock || m[0].Address != d.At.Address:
		s.note("other_changed", "Lock", d.At)
	}
	s.ask(commissioning.StepWalk, "the number painted on the door that opened",
		[]commissioning.Choice{offer("yes", "walked.yes", "Door", d.Number), offer("none", "moved.none")}, "walked",
		"Door", d.Number)
	s.state.Door, s.state.Answer = d.Number, commissioning.ADoor
}

// onWalked takes which door has really opened. When it was another than
// planned the two change their locks.
func (s *Session) onWalked(text string) error {
	d := *s.walked
	switch {
	case text == "none":
		s.note("did_not_open", "Door", d.Number)
	case slices.Contains(s.known.Occupied, text):
		return s.parcelOpened(text)
	case text == "yes" || text == d.Number:
		s.said = d.Number
		if m := s.result.Moves; len(m) == 1 && m[0].Lock == d.At.Lock && m[0].Address == d.At.Address {
			s.doors[d.At] = d.Number
		} else {
			s.note("not_said", "Door", d.Number)
		}
	case isNumber(text):
		if err := s.exchange(d, text); err != nil {
			return err
		}
		s.said = text
	default:
		return say("not_a_choice")
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
		return say("no_such_door", "Door", opened)
	case s.doors[s.plan[i].At] == opened && s.doubt != opened:
		s.doubt = opened
		return say("seen_before", "Door", opened, "Lock", s.plan[i].At)
	}
	s.plan[i].At, s.plan[j].At = s.plan[j].At, s.plan[i].At
	s.sawOn(s.plan[i].At, opened)
	s.note("changed_places", "Door", opened, "Other", planned.Number)
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
			s.note("board", "Line", l.Name, "Board", b.Address, "Locks", b.Channels, "List", b.facts())
		}
	}
	s.note("proven", "Count", len(s.plan), "Seen", len(s.doors))
	s.ask(commissioning.StepWrite, "", []commissioning.Choice{offer("write", "write.ok"), offer(stop, "stop")}, "write")
}

// facts are what is to be written of a board.
func (b Board) facts() (facts []sentence) {
	for _, f := range []struct {
		is bool
		id string
	}{
		{b.InvertHook, "board.inverted"}, {b.Presence, "board.sensors"}, {b.InvertPresence, "board.sensors_inv"},
		{b.LowFirst, "board.low_first"}, {b.LockByte == 1, "board.byte_1"}, {b.FromZero, "board.from_zero"},
		{b.Each, "board.each"}, {!b.Proven, "board.unproven"},
	} {
		if f.is {
			facts = append(facts, say(f.id))
		}
	}
	if len(facts) == 0 {
		facts = []sentence{say("board.usual")}
	}
	return facts
}

func (s *Session) onWrite(text string) (*Job, error) {
	switch text {
	case stop:
		s.end()
		return nil, nil
	case "write":
		return s.work(Job{Kind: JobWrite}, "writing"), nil
	}
	return nil, say("not_a_choice")
}

// Outcome is what is to be written: the lines with their boards, and the wall,
// whose doors are nil where it stays as it was but for their locks.
func (s *Session) Outcome() (lines []Line, wall *Wall, doors []Door) {
	return slices.Clone(s.lines), s.wall, slices.Clone(s.plan)
}
