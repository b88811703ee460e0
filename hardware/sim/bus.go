package sim

import "time"

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
	for {
		r, used, ok := cutRequest(l.pending)
		if ok {
			length := 5 + len(r.data)
			r.at = l.first[used-length]
			s.junk(l, used-length)
		} else {
			s.junk(l, used)
		}
		l.pending, l.first = l.pending[used:], l.first[used:]
		if !ok {
			return
		}
		s.reply(l, r, tx)
	}
}

func (s *Site) junk(l *line, n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	l.stats.Junk += n
}

func (s *Site) reply(l *line, r request, tx *sender) {
	s.mu.Lock()
	l.stats.Requests++
	replies := s.answer(l.name, r)
	l.stats.Replies += len(replies)
	var sendings []sending
	if s.busFault(l.name).echo {
		sendings = append(sendings, sending{data: seal(append([]byte{frameStart, r.address, r.command}, append(r.data, frameEnd)...)...)})
	}
	for _, reply := range replies {
		sendings = append(sendings, s.disturb(l, reply))
	}
	s.mu.Unlock()
	for _, out := range sendings {
		time.Sleep(turnaround)
		if tx.send(out.data, out.pauses, nil) != nil {
			return // unplugged in the middle; the reader notices as well
		}
	}
}

// sending is one reply as it goes over the wire, with the pauses in it.
type sending struct {
	data   []byte
	pauses map[int]time.Duration
}

// disturb does to a reply what the line's faults do. Callers hold mu.
func (s *Site) disturb(l *line, reply []byte) sending {
	f := s.busFault(l.name)
	out := sending{data: reply}
	if f.noise > 0 {
		if s.rng.Float64() < f.noise {
			i := s.rng.IntN(len(reply))
			out.data = append([]byte(nil), reply...)
			out.data[i] ^= 1 << s.rng.IntN(8)
		}
		if s.rng.Float64() < f.noise {
			out.data = append(s.strayBytes(), out.data...)
		}
		if s.rng.Float64() < f.noise {
			out.data = append(append([]byte(nil), out.data...), s.strayBytes()...)
		}
	}
	if f.split {
		out.pauses = map[int]time.Duration{}
		gap := func() time.Duration { return time.Duration(1+s.rng.IntN(15)) * time.Millisecond }
		if s.rng.IntN(2) == 0 {
			out.pauses[1+s.rng.IntN(len(out.data)-1)] = gap() + 25*time.Millisecond
		} else {
			for i := range out.data[1:] {
				out.pauses[i+1] = gap() / 2
			}
		}
	}
	return out
}

// strayBytes are what a line without a good bias picks up.
func (s *Site) strayBytes() []byte {
	stray := []byte{0x00, 0xFF, frameStart}
	out := make([]byte, 1+s.rng.IntN(3))
	for i := range out {
		out[i] = stray[s.rng.IntN(len(stray))]
	}
	return out
}
