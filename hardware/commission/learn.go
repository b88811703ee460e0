package commission

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"cubby/locker/door/commissioning"
)

// next goes to the board after this one, or to the wall after the last.
func (s *Session) next() {
	s.board++
	s.passed = 0
	for s.line < len(s.lines) && s.board >= len(s.lines[s.line].Boards) {
		s.line, s.board = s.line+1, 0
	}
	if s.line >= len(s.lines) {
		s.askWall()
		return
	}
	s.askClose()
}

func (s *Session) askClose() {
	l := s.lines[s.line]
	s.ask(commissioning.StepClose, "", []commissioning.Choice{offer(yes, "close.ok"), offer(skip, "skip_board"),
		offer(stop, "stop")},
		"close", "Board", s.at().Address, "Line", l.Name, "Port", l.Port, "Dialect", l.Dialect)
}

func (s *Session) onClose(text string) (*Job, error) {
	switch text {
	case stop:
		s.end()
	case skip:
		if !s.at().Proven {
			s.note("not_proven", "Board", s.at().Address, "Line", s.lines[s.line].Name)
		}
		s.next()
	case yes:
		return s.work(Job{Kind: JobRead, Line: s.lines[s.line], Board: *s.at()}, "reading"), nil
	default:
		return nil, say("not_a_choice")
	}
	return nil, nil
}

// askPulse proposes a lock: the first whose neighbours keep no parcel.
func (s *Session) askPulse() {
	lock := s.propose()
	if lock == 0 {
		s.note("all_parcels", "Board", s.at().Address)
		s.next()
		return
	}
	s.ask(commissioning.StepPulse, "the number of another lock on this board",
		[]commissioning.Choice{
			offer(strconv.Itoa(lock), "pulse.drive", "Lock", lock), offer("other", "pulse.other"),
			offer(skip, "skip_board"), offer(stop, "stop"),
		},
		"pulse", "Lock", lock, "Board", s.at().Address, "Line", s.lines[s.line].Name)
}

// propose returns the lock to drive, 0 when every one might open a door with a
// parcel. A CU48 is asked for its second lock once the first is understood:
// only then the place of the lock in the request is known. Each time another
// lock is preferred, the one after it is proposed.
func (s *Session) propose() int {
	from := 1
	if s.lines[s.line].Dialect == "kerong-cu48" && s.at().Proven {
		from = 2
	}
	var all []int
	for lock := from; lock <= s.locks(); lock++ {
		if s.parcelNear(s.lines[s.line], *s.at(), lock) == "" {
			all = append(all, lock)
		}
	}
	if len(all) == 0 {
		return 0
	}
	return all[s.passed%len(all)]
}

func (s *Session) locks() int {
	if n := s.at().Channels; n > 0 {
		return n
	}
	return 16
}

// parcelNear names a door with a parcel that might open instead of this lock's,
// as long as numbering and request are not proven.
func (s *Session) parcelNear(l Line, b Board, lock int) string {
	for _, d := range s.known.Doors {
		away := !s.isFound(d.At)
		if !slices.Contains(s.known.Occupied, d.Number) || d.At.Line != l.Name && !away {
			continue
		}
		same := d.At.Address == b.Address || away && !s.isConfigured(l, b)
		if same && d.At.Lock >= lock-1 && d.At.Lock <= lock+1 {
			return d.Number
		}
		// A board that reads the two bytes of a CU48's request the other way
		// round drives the lock numbered like the address asked.
		if l.Dialect == "kerong-cu48" && d.At.Lock == b.Address+1 && d.At.Address == lock-1 {
			return d.Number
		}
	}
	return ""
}

// isConfigured reports whether the configuration has this board on this line.
func (s *Session) isConfigured(l Line, b Board) bool {
	return slices.ContainsFunc(s.known.Lines, func(k Line) bool {
		return k.Name == l.Name && slices.ContainsFunc(k.Boards,
			func(has Board) bool { return has.Address == b.Address })
	})
}

// isFound reports whether a board answers where the configuration has this lock.
// One that does not may be on any line, where its adapter is in another socket,
// or be one that is new, where its selector was turned.
func (s *Session) isFound(at At) bool {
	return slices.ContainsFunc(s.lines, func(l Line) bool {
		return l.Name == at.Line && slices.ContainsFunc(l.Boards, func(b Board) bool { return b.Address == at.Address })
	})
}

func (s *Session) onPulse(text string) (*Job, error) {
	switch text {
	case stop:
		s.end()
		return nil, nil
	case skip:
		s.next()
		return nil, nil
	case "other":
		s.passed++
		s.askPulse()
		return nil, nil
	}
	lock, err := strconv.Atoi(text)
	if err != nil || lock < 1 || lock > s.locks() {
		return nil, say("no_lock", "Text", strconv.Quote(text), "Count", s.locks())
	}
	if number := s.parcelNear(s.lines[s.line], *s.at(), lock); number != "" {
		return nil, say("parcel_near", "Door", number)
	}
	s.asked = lock
	return s.work(Job{Kind: JobPulse, Line: s.lines[s.line], Board: *s.at(), Lock: lock}, "driving", "Lock", lock), nil
}

func (s *Session) askMoved() {
	for _, m := range s.result.Moves {
		s.note("changed", "Lock", m.Lock, "Board", m.Address)
	}
	if len(s.result.Moves) == 0 {
		s.note("no_change")
	}
	s.ask(commissioning.StepMoved, "the number painted on the door that opened",
		[]commissioning.Choice{offer("none", "moved.none"), offer("several", "moved.several")}, "moved")
	s.state.Answer = commissioning.ADoor
}

func (s *Session) onMoved(text string) (*Job, error) {
	switch {
	case text == "several":
		s.note("several")
		s.askClose()
	case text == "none":
		s.nothingMoved()
	case !isNumber(text):
		return nil, say("no_number", "Text", strconv.Quote(text))
	case slices.Contains(s.known.Occupied, text):
		return nil, s.parcelOpened(text)
	case s.isStrange(text) && s.doubt != text:
		s.doubt = text
		return nil, say("strange_door", "Door", text)
	case s.seenOn(text) != nil && s.doubt != text:
		s.doubt = text
		return nil, say("seen_before", "Door", text, "Lock", *s.seenOn(text))
	default:
		s.said = text
		s.learn(text)
	}
	return nil, nil
}

// nothingMoved says what it may mean that no door opened.
func (s *Session) nothingMoved() {
	b := s.at()
	switch {
	case s.lines[s.line].Dialect == "kerong-cu48" && b.Proven && s.asked > 1 && len(s.result.Moves) == 0:
		b.LockByte = otherByte(b.LockByte)
		s.note("other_byte", "Lock", s.asked, "Byte", b.LockByte)
	case len(s.result.Moves) > 0:
		s.note("stuck")
	default:
		s.note("nothing")
	}
	s.askClose()
}

// learn takes what the opening of a door has shown.
func (s *Session) learn(number string) {
	l := deduce(s.lines[s.line].Dialect, *s.at(), s.asked, s.result.Moves)
	for _, learned := range l.learn {
		s.tell(learned)
	}
	*s.at() = l.board
	if !l.clear {
		s.askClose()
		return
	}
	s.at().Proven = true
	s.asked, s.moved = l.lock, number
	s.sawOn(At{s.lines[s.line].Name, s.at().Address, l.lock}, number)
	s.ask(commissioning.StepHand, "", []commissioning.Choice{offer(yes, "hand.ok"), offer(skip, "hand.skip")}, "hand",
		"Door", number)
	s.state.Door = number
}

func (s *Session) onHand(text string) (*Job, error) {
	switch text {
	case skip:
		s.at().Presence, s.at().InvertPresence = false, false
		s.askShut()
	case yes:
		return s.work(Job{Kind: JobRead, Line: s.lines[s.line], Board: *s.at()}, "reading_sensors"), nil
	default:
		return nil, say("not_a_choice")
	}
	return nil, nil
}

// learnPresence compares the sensor with and without something inside.
func (s *Session) learnPresence(r Result) {
	b := s.at()
	was, is := s.result.After[b.Address], r.Before[b.Address]
	bit := uint64(1) << (s.asked - 1)
	switch {
	case !is.Sensors || (was.Present^is.Present)&bit == 0:
		b.Presence, b.InvertPresence = false, false
		s.note("no_sensor")
	default:
		b.Presence, b.InvertPresence = true, is.Present&bit == 0
		s.note(map[bool]string{false: "sensors", true: "sensors_inverted"}[b.InvertPresence])
	}
	s.askShut()
}

func (s *Session) askShut() {
	s.ask(commissioning.StepShut, "", []commissioning.Choice{offer(yes, "shut.ok"), offer(skip, "shut.skip")}, "shut",
		"Door", s.moved)
	s.state.Door = s.moved
}

func (s *Session) onShut(text string) (*Job, error) {
	switch text {
	case skip:
		s.note("not_seen_close", "Door", s.moved)
		s.boardDone()
	case yes:
		return s.work(Job{Kind: JobRead, Line: s.lines[s.line], Board: *s.at()}, "reading"), nil
	default:
		return nil, say("not_a_choice")
	}
	return nil, nil
}

// checkShut believes a door only when its contact says so.
func (s *Session) checkShut(r Result) {
	b := s.at()
	if closed := r.Before[b.Address].Closed&(1<<(s.asked-1)) != 0; closed == b.InvertHook {
		s.note("still_open", "Door", s.moved)
		s.askShut()
		return
	}
	s.boardDone()
}

// boardDone goes on, with the second question to a CU48.
func (s *Session) boardDone() {
	if s.lines[s.line].Dialect == "kerong-cu48" && s.asked == 1 {
		s.note("second_lock")
		s.askClose()
		return
	}
	s.next()
}

// seenOn is the other lock that the door was said to have opened on; nil: none.
func (s *Session) seenOn(number string) *At {
	for at, seen := range s.doors {
		if seen == number && at != (At{s.lines[s.line].Name, s.at().Address, s.asked}) {
			return &at
		}
	}
	return nil
}

// sawOn notes which door a lock has opened, and no other lock any more.
func (s *Session) sawOn(at At, number string) {
	maps.DeleteFunc(s.doors, func(_ At, seen string) bool { return seen == number })
	s.doors[at] = number
}

// isStrange reports whether there is a wall and the door is not on it: a slip of
// the finger, or a door that has been added.
func (s *Session) isStrange(number string) bool {
	return len(s.known.Doors) > 0 && !slices.ContainsFunc(s.known.Doors,
		func(d Door) bool { return d.Number == number })
}

// answers are words that say something else where a door may be named.
var answers = []string{
	yes, stop, skip, "yes", "no", "none", "several", "other", "again", "back", "draw", "keep", "open",
	"enough", "write",
}

// isNumber reports whether a text can be painted on a door.
func isNumber(text string) bool {
	if slices.Contains(answers, strings.ToLower(text)) || len(text) < 1 || len(text) > 8 ||
		strings.HasPrefix(text, "-") || strings.HasSuffix(text, "-") || strings.Contains(text, "--") {
		return false
	}
	return !strings.ContainsFunc(text, func(r rune) bool {
		return r != '-' && (r < '0' || r > '9') && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z')
	})
}
