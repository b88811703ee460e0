package commission

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"cubby/locker/door/fitting"
)

// next goes to the board after this one, or to the wall after the last.
func (s *Session) next() {
	s.board++
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
	s.ask(fitting.StepClose, "", choices(yes, "They are closed", skip, "Leave this board as it is", stop, "Stop; nothing is changed"),
		"Close every door of board %d on line %s (%s, %s).", s.at().Address, l.Name, l.Port, l.Dialect)
}

func (s *Session) onClose(text string) (*Job, error) {
	switch text {
	case stop:
		s.end()
	case skip:
		if !s.at().Proven {
			s.note("Board %d on line %s was not proven: its options are taken as they were.", s.at().Address, s.lines[s.line].Name)
		}
		s.next()
	case yes:
		return s.work("Reading the contacts.", Job{Kind: JobRead, Line: s.lines[s.line], Board: *s.at()}), nil
	default:
		return nil, fmt.Errorf("answer ok, skip or stop")
	}
	return nil, nil
}

// askPulse proposes a lock: the first whose neighbours keep no parcel.
func (s *Session) askPulse() {
	lock := s.propose()
	if lock == 0 {
		s.note("Every door of board %d may keep a parcel, so none is opened and the board stays as it was.", s.at().Address)
		s.next()
		return
	}
	s.ask(fitting.StepPulse, "the number of another lock on this board", choices(strconv.Itoa(lock), fmt.Sprintf("Drive lock %d", lock), skip, "Leave this board as it is", stop, "Stop; nothing is changed"),
		"Lock %d of board %d on line %s will be driven once. Stand in front of the wall and watch which door opens.", lock, s.at().Address, s.lines[s.line].Name)
}

// propose returns the lock to drive, 0 when every one might open a door with a
// parcel. A CU48 is asked for its second lock once the first is understood:
// only then the place of the lock in the request is known.
func (s *Session) propose() int {
	from := 1
	if s.lines[s.line].Dialect == "kerong-cu48" && s.at().Proven {
		from = 2
	}
	for lock := from; lock <= s.locks(); lock++ {
		if s.parcelNear(lock) == "" {
			return lock
		}
	}
	return 0
}

func (s *Session) locks() int {
	if n := s.at().Channels; n > 0 {
		return n
	}
	return 16
}

// parcelNear names a door with a parcel that might open instead of this lock's,
// as long as numbering and request are not proven.
func (s *Session) parcelNear(lock int) string {
	b, line := s.at(), s.lines[s.line].Name
	for _, d := range s.known.Doors {
		if !slices.Contains(s.known.Occupied, d.Number) || d.At.Line != line {
			continue
		}
		same := d.At.Address == b.Address
		if same && d.At.Lock >= lock-1 && d.At.Lock <= lock+1 {
			return d.Number
		}
		// A board that reads the two bytes of a CU48's request the other way
		// round drives the lock numbered like the address asked.
		if s.lines[s.line].Dialect == "kerong-cu48" && d.At.Lock == b.Address+1 && d.At.Address == lock-1 {
			return d.Number
		}
	}
	return ""
}

func (s *Session) onPulse(text string) (*Job, error) {
	switch text {
	case stop:
		s.end()
		return nil, nil
	case skip:
		s.next()
		return nil, nil
	}
	lock, err := strconv.Atoi(text)
	if err != nil || lock < 1 || lock > s.locks() {
		return nil, fmt.Errorf("%q is no lock of this board: 1 to %d", text, s.locks())
	}
	if number := s.parcelNear(lock); number != "" {
		return nil, fmt.Errorf("door %s keeps a parcel and might open: take another lock, or take the parcel out first", number)
	}
	s.asked = lock
	return s.work(fmt.Sprintf("Driving lock %d.", lock), Job{Kind: JobPulse, Line: s.lines[s.line], Board: *s.at(), Lock: lock}), nil
}

func (s *Session) askMoved() {
	for _, m := range s.result.Moves {
		s.note("Contact %d of board %d changed.", m.Lock, m.Address)
	}
	if len(s.result.Moves) == 0 {
		s.note("No contact changed.")
	}
	s.ask(fitting.StepMoved, "the number painted on the door that opened", choices("none", "No door opened", "several", "More than one opened"), "Which door has opened?")
}

func (s *Session) onMoved(text string) (*Job, error) {
	switch {
	case text == "several":
		s.note("One lock was driven and several doors opened: do not use this wall before its wiring is put right. Close them.")
		s.askClose()
	case text == "none":
		s.nothingMoved()
	case !isNumber(text):
		return nil, fmt.Errorf("%q is no door number: 1 to 8 letters and digits, with hyphens between them", text)
	default:
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
		s.note("Lock 1 opened and lock %d did not: the board is taken to have its lock in byte %d of a request (lock_byte). Drive lock %d again to prove it, or leave the board.", s.asked, b.LockByte, s.asked)
	case len(s.result.Moves) > 0:
		s.note("A contact changed and no door opened: a door may be stuck. Close everything and try another lock.")
	default:
		s.note("Nothing happened: no lock is connected there, or it has no supply. Try another lock.")
	}
	s.askClose()
}

// learn takes what the opening of a door has shown.
func (s *Session) learn(number string) {
	l := deduce(s.lines[s.line].Dialect, *s.at(), s.asked, s.result.Moves)
	if l.learn != "" {
		s.note("%s", l.learn)
	}
	*s.at() = l.board
	if !l.clear {
		s.askClose()
		return
	}
	s.at().Proven = true
	s.asked, s.moved = l.lock, number
	s.doors[At{s.lines[s.line].Name, s.at().Address, l.lock}] = number
	s.ask(fitting.StepHand, "", choices(yes, "Something is held inside", skip, "There are no sensors inside"),
		"Hold a hand or a bag inside door %s, where a parcel would lie.", number)
}

func (s *Session) onHand(text string) (*Job, error) {
	switch text {
	case skip:
		s.at().Presence, s.at().InvertPresence = false, false
		s.askShut()
	case yes:
		return s.work("Reading the sensors.", Job{Kind: JobRead, Line: s.lines[s.line], Board: *s.at()}), nil
	default:
		return nil, fmt.Errorf("answer ok or skip")
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
		s.note("No sensor noticed it: the board is taken to have none.")
	default:
		b.Presence, b.InvertPresence = true, is.Present&bit == 0
		s.note("Learned: there are sensors inside (presence)%s.", map[bool]string{true: ", wired the other way round (invert_presence)"}[b.InvertPresence])
	}
	s.askShut()
}

func (s *Session) askShut() {
	s.ask(fitting.StepShut, "", choices(yes, "It is closed", skip, "It cannot be closed now"), "Take everything out and close door %s.", s.moved)
}

func (s *Session) onShut(text string) (*Job, error) {
	switch text {
	case skip:
		s.note("Nobody saw door %s close: have its latch looked at.", s.moved)
		s.boardDone()
	case yes:
		return s.work("Reading the contacts.", Job{Kind: JobRead, Line: s.lines[s.line], Board: *s.at()}), nil
	default:
		return nil, fmt.Errorf("answer ok or skip")
	}
	return nil, nil
}

// checkShut believes a door only when its contact says so.
func (s *Session) checkShut(r Result) {
	b := s.at()
	if closed := r.Before[b.Address].Closed&(1<<(s.asked-1)) != 0; closed == b.InvertHook {
		s.note("The contact of door %s still says open: press it until the latch catches.", s.moved)
		s.askShut()
		return
	}
	s.boardDone()
}

// boardDone goes on, with the second question to a CU48.
func (s *Session) boardDone() {
	if s.lines[s.line].Dialect == "kerong-cu48" && s.asked == 1 {
		s.note("One more lock has to be driven: only a second one shows where the board reads the lock in a request.")
		s.askClose()
		return
	}
	s.next()
}

// isNumber reports whether a text can be painted on a door.
func isNumber(text string) bool {
	if len(text) < 1 || len(text) > 8 || strings.HasPrefix(text, "-") || strings.HasSuffix(text, "-") || strings.Contains(text, "--") {
		return false
	}
	return !strings.ContainsFunc(text, func(r rune) bool {
		return r != '-' && (r < '0' || r > '9') && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z')
	})
}
