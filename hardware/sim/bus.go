package sim

import (
	"bytes"
	"math/rand/v2"
	"time"
)

// A board turns the line round this long after the last byte of a request.
const turnaround = time.Millisecond

// Bytes of a frame that come further apart than this do not belong together.
const frameGap = 20 * time.Millisecond

// hearBus takes what came over a bus, lets the boards act and sends their
// replies. It runs on the line's goroutine.
func (s *Site) hearBus(l *line, c chunk, tx *sender) {
	if !l.lastAt.IsZero() && c.at.Sub(l.lastAt) > frameGap {
		s.junk(l, len(l.pending))
		l.pending, l.first = nil, nil
	}
	l.lastAt = c.at
	l.pending = append(l.pending, c.data...)
	for range c.data {
		l.first = append(l.first, c.ns)
	}
	if s.breaks(l, "request") {
		return
	}
	for {
		frame, used := l.talk.cut(l.pending)
		s.junk(l, used-len(frame))
		if frame == nil {
			l.pending, l.first = l.pending[used:], l.first[used:]
			return
		}
		at := l.first[used-len(frame)]
		frame = bytes.Clone(frame)
		l.pending, l.first = l.pending[used:], l.first[used:]
		s.reply(l, frame, at, tx)
	}
}

func (s *Site) junk(l *line, n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	l.stats.Junk += n
}

func (s *Site) reply(l *line, frame []byte, at int64, tx *sender) {
	s.mu.Lock()
	l.stats.Requests++
	unlocks := s.journal.unlocks
	replies := l.talk.hear(s, l, frame, at)
	out := s.echo(l, frame)
	if b := s.anyBoard(l.name); b != nil && s.is("interject", l.name) {
		s.pushOne(b)
	}
	for _, r := range replies {
		late, isLate := s.span("late-reply", l.name)
		if r.after == 0 && !isLate {
			out = append(out, s.due(l, r)...)
			continue
		}
		s.later(r.after+late, func() {
			for _, sending := range s.due(l, r) {
				tx.queue(sending)
			}
		})
	}
	broken := s.journal.unlocks > unlocks && s.word("break-off", l.name) == "unlock"
	s.mu.Unlock()
	if broken {
		s.breakOff(l)
		return
	}
	for _, sending := range out {
		time.Sleep(turnaround)
		if tx.put(sending) != nil {
			return // unplugged in the middle; the reader notices as well
		}
		if sending.last {
			time.Sleep(frameGap) // a hung-up terminal loses what was not read
			s.breakOff(l)
			return
		}
	}
}

// due puts a reply together and lets the line's faults at it.
func (s *Site) due(l *line, r reply) []sending {
	data := r.bytes()
	if data == nil || s.is("silent-board", r.from.name()) {
		return nil
	}
	l.stats.Replies++
	if s.is("twin", r.from.name()) {
		data = s.mixed(l, r.from, data)
	}
	if s.is("wrong-address", l.name) && len(data) > l.talk.addressAt+l.talk.tail {
		data = bytes.Clone(data)
		data[l.talk.addressAt] += l.talk.step
		data = l.talk.seal(data[:len(data)-l.talk.tail]...)
	}
	if s.is("bad-sum", l.name) {
		data = bytes.Clone(data)
		data[len(data)-1] ^= 1 << s.diceOf(l.name).IntN(8)
	}
	return s.disturb(l, data)
}

// mixed is what the host reads when a second board of the same address answers
// at the same time, all of whose doors are open: a dominant 0 wins, and the
// second begins up to one byte later.
func (s *Site) mixed(l *line, b *board, data []byte) []byte {
	twin := bytes.Clone(data)
	for i := l.talk.addressAt + 2; i < len(twin)-l.talk.tail-1; i++ {
		twin[i] = 0
	}
	twin = l.talk.seal(twin[:len(twin)-l.talk.tail]...)
	shift := s.diceOf(b.bus).IntN(2)
	out := make([]byte, len(data)+shift)
	for i := range out {
		out[i] = 0xff
		if i < len(data) {
			out[i] &= data[i]
		}
		if i >= shift {
			out[i] &= twin[i-shift]
		}
	}
	return out
}

// breaks unplugs the adapter when its time has come, and reports whether it did.
func (s *Site) breaks(l *line, when string) bool {
	s.mu.Lock()
	now := s.word("break-off", l.name) == when
	s.mu.Unlock()
	if now {
		s.breakOff(l)
	}
	return now
}

// breakOff unplugs an adapter from the goroutine that serves it, once.
func (s *Site) breakOff(l *line) {
	s.mu.Lock()
	delete(s.troubles, faultKey{"break-off", l.name})
	delete(s.troubles, faultKey{"break-off", "*"})
	s.mu.Unlock()
	// a device that is there can be unplugged
	go func() { _ = s.SetFault(Fault{Kind: "unplug", Target: l.name, Value: "on"}) }()
}

// echo is the host's own request, as an adapter gives it back whose receiver
// stays on.
func (s *Site) echo(l *line, frame []byte) []sending {
	switch s.word("echo", l.name) {
	case "on":
		return []sending{{data: frame}}
	case "short":
		return []sending{{data: frame[1:]}}
	case "partial":
		return []sending{{data: frame[:1+s.diceOf(l.name).IntN(len(frame)-1)]}}
	}
	return nil
}

// sending is one reply as it goes over the wire, with the pauses in it.
type sending struct {
	data   []byte
	pauses map[int]time.Duration
	burst  bool // all bytes at once
	last   bool // nothing comes after it: the adapter is unplugged
}

// disturb does to a reply what the line's faults do. Callers hold mu.
func (s *Site) disturb(l *line, reply []byte) []sending {
	out := sending{data: reply}
	dice := s.diceOf(l.name)
	if noise := s.troubles[faultKey{"noise", l.name}]; noise != nil {
		if dice.Float64() < noise.chance {
			out.data = bytes.Clone(reply)
			out.data[dice.IntN(len(reply))] ^= 1 << dice.IntN(8)
		}
		if dice.Float64() < noise.chance {
			out.data = append(strayBytes(l, dice), out.data...)
		}
		if dice.Float64() < noise.chance {
			out.data = append(bytes.Clone(out.data), strayBytes(l, dice)...)
		}
	}
	if s.is("stray", l.name) {
		out.data = append(strayBytes(l, dice), out.data...)
	}
	if s.is("stray", l.name) {
		out.data = append(bytes.Clone(out.data), strayBytes(l, dice)...)
	}
	if s.is("text", l.name) {
		text := foreignTexts[dice.IntN(len(foreignTexts))]
		out.data = append([]byte(text), out.data...)
	}
	if s.is("split", l.name) && len(out.data) > 1 {
		out.pauses = map[int]time.Duration{}
		gap := func() time.Duration { return time.Duration(1+dice.IntN(15)) * time.Millisecond }
		if dice.IntN(2) == 0 {
			out.pauses[1+dice.IntN(len(out.data)-1)] = gap() + 25*time.Millisecond
		} else {
			for i := range out.data[1:] {
				out.pauses[i+1] = gap() / 2
			}
		}
	}
	if apart, ok := s.span("drip", l.name); ok {
		out.pauses = map[int]time.Duration{}
		for i := range out.data {
			out.pauses[i] = apart
		}
	}
	if held, ok := s.span("latency", l.name); ok {
		out.burst, out.pauses = true, map[int]time.Duration{0: held}
	}
	if s.word("break-off", l.name) == "reply" {
		out.data, out.last = out.data[:(len(out.data)+1)/2], true
	}
	return []sending{out}
}

// foreignTexts are what other programs and boards say on a line.
var foreignTexts = []string{"AT\r", "ATE0\r\n", "AT+GCAP\r", "\r\nRDY\r\n", "LOCK CTRL V2.07\r\n"}

// strayBytes are what a line without a good bias picks up.
func strayBytes(l *line, dice *rand.Rand) []byte {
	stray := append([]byte{0x00, 0xFF}, l.talk.heads...)
	out := make([]byte, 1+dice.IntN(3))
	for i := range out {
		out[i] = stray[dice.IntN(len(stray))]
	}
	return out
}

// anyBoard picks a board of a bus.
func (s *Site) anyBoard(bus string) *board {
	for _, b := range s.plan.Buses {
		if b.Name == bus && len(b.Boards) > 0 {
			return s.boards[boardID{bus, b.Boards[s.diceOf(bus).IntN(len(b.Boards))].Address}]
		}
	}
	return nil
}

// pushOne has a board tell one of its contacts unasked.
func (s *Site) pushOne(b *board) {
	for lock := 1; lock <= b.locks(); lock++ {
		if b.plan.Locks[lock] != "" {
			s.pushContact(b, lock)
			return
		}
	}
}

// sendUnasked sends what nobody has asked for. Callers hold mu.
func (s *Site) sendUnasked(l *line, data []byte) {
	if l == nil || data == nil {
		return
	}
	if tx, err := l.sender(); err == nil {
		for _, sending := range s.disturb(l, data) {
			tx.queue(sending)
		}
	}
}
