package sim

import "time"

// bootTime is how long a board that was reset reads nothing but zeros.
const bootTime = 300 * time.Millisecond

type board struct {
	bus   string
	plan  Board
	talk  *speech
	pulse time.Duration // how long it drives a lock, where it decides that itself
	coils []coil        // by lock, from lock 1 at 0

	booting time.Time   // until when it reads zeros
	sleepy  time.Time   // until when it answers no status
	opened  []time.Time // what a cool-down remembers
}

func newBoard(bus string, talk *speech, plan Board) *board {
	if plan.Pulse == 0 {
		plan.Pulse = factoryPulse
	}
	return &board{bus: bus, plan: plan, talk: talk, pulse: plan.Pulse, coils: make([]coil, plan.locks(talk))}
}

func (b *board) locks() int { return len(b.coils) }

func (b *board) has(lock int) bool { return lock >= 1 && lock <= b.locks() }

// name is how faults call a board.
func (b *board) name() string { return boardName(b.bus, b.plan.Address) }

// board finds a board that can hear. Callers hold mu.
func (s *Site) board(bus string, address int) *board {
	b := s.boards[boardID{bus, address}]
	if b == nil || s.is("silent-board", b.name()) {
		return nil
	}
	return b
}

// hook is one contact as the board's input reads it: true where it is made.
// Nothing is made where no lock is wired, where the cable has come off and
// while the board starts.
func (s *Site) hook(b *board, lock int) bool {
	d := s.doors[b.plan.Locks[lock]]
	if d == nil || s.is("cable-off", b.name()) || b.booting.After(time.Now()) {
		return false
	}
	inverted := b.plan.InvertHook != b.talk.activeOpen
	return s.latched(d) != (inverted != s.is("inverted", d.number))
}

// sensor is one infrared input as the board reads it.
func (s *Site) sensor(b *board, lock int) bool {
	d := s.doors[b.plan.Locks[lock]]
	if d == nil || !b.plan.Presence || b.booting.After(time.Now()) {
		return false
	}
	sees := d.inside || s.is("dirty", d.number)
	if late, ok := s.span("sensor-late", d.number); ok && time.Since(d.reached) < late {
		sees = !d.inside
	}
	if s.is("flicker", d.number) {
		sees = !sees
	}
	return sees != b.plan.InvertPresence
}

// hooks packs the contacts of all locks, lock 1 in bit 0 of the first byte.
func (s *Site) hooks(b *board, bytes int) []byte {
	return pack(b, bytes, func(lock int) bool { return s.hook(b, lock) })
}

// sensors packs what the infrared inputs read, in the same order.
func (s *Site) sensors(b *board, bytes int) []byte {
	return pack(b, bytes, func(lock int) bool { return s.sensor(b, lock) })
}

func pack(b *board, bytes int, is func(lock int) bool) []byte {
	out := make([]byte, bytes)
	for lock := 1; lock <= min(b.locks(), 8*bytes); lock++ {
		if is(lock) {
			out[(lock-1)/8] |= 1 << ((lock - 1) % 8)
		}
	}
	return out
}

// awake reports whether the board answers a status request; any other command
// wakes it.
func (b *board) awake() bool { return !b.sleepy.After(time.Now()) }

// reset is what a dip of the supply does to a board.
func (s *Site) reset(b *board) {
	b.booting = time.Now().Add(bootTime)
	b.pulse = b.plan.Pulse
	s.tell("bus %s board %d: the supply dipped, the board starts again", b.bus, b.plan.Address)
	if s.is("banner", b.name()) {
		s.sendUnasked(s.lines[b.bus], []byte("\r\nLOCK CTRL V2.07 boot ok\r\n"))
	}
	s.later(bootTime, func() { s.pushAll(b) })
}

// pushAll tells every contact of a board that tells them unasked.
func (s *Site) pushAll(b *board) {
	for lock := range b.plan.Locks {
		s.pushContact(b, lock)
	}
}

// pushContact tells one contact, where the board does that at all.
func (s *Site) pushContact(b *board, lock int) {
	how := s.word("push", b.name())
	if how == "" {
		how = b.talk.pushes
	}
	if b.talk.push == nil || how == "never" || s.is("silent-board", b.name()) {
		return
	}
	s.sendUnasked(s.lines[b.bus], b.talk.push(s, b, lock, how))
}
