package hardware

import (
	"sync"
	"time"

	"cubby/hardware/line"
	"cubby/hardware/wire"
)

const (
	// a port that takes longer for a few bytes has hung; a machine can be this busy
	writeTimeout = 1500 * time.Millisecond
	gapBytes     = 4                      // silence between two frames, in characters of ten bits
	quietFor     = 250 * time.Millisecond // a scan and its order take less
	// half of the time at most: who comes second after a second still finds the line free
	quietEvery = 500 * time.Millisecond
)

// ask sends a request and waits for its reply. No reply is not an error: an
// error says that the line has failed or the site is being closed.
func (b *bus) ask(r wire.Request) (f wire.Frame, answered bool, err error) {
	if err := b.send(r); err != nil {
		return f, false, err
	}
	return b.await(r)
}

// send writes a request once the line is free.
func (b *bus) send(r wire.Request) error {
	if err := b.room(); err != nil {
		return err
	}
	b.parser.Sent(r)
	if err := b.line.Write(r.Bytes, writeTimeout); err != nil {
		return err
	}
	now := time.Now()
	b.free = now.Add(b.wireTime(len(r.Bytes) + gapBytes))
	if board := b.noted(r.Board); board != nil && r.Expect == wire.Status {
		board.late.asks(now)
	}
	if r.Expect == wire.None {
		b.free = b.free.Add(r.Slow)
	}
	return nil
}

// await waits for the reply to the request just sent, if one comes.
func (b *bus) await(r wire.Request) (f wire.Frame, answered bool, err error) {
	if r.Expect == wire.None {
		return f, true, nil
	}
	wait := b.cfg.ReplyTimeout + r.Slow + b.wireTime(len(r.Bytes))
	timeout := time.NewTimer(wait)
	defer timeout.Stop()
	b.waits = wire.NewPatience(time.Now().Add(wait), b.parser)
	for {
		var frames []wire.Frame
		late := false
		select {
		case chunk, ok := <-b.line.Chunks():
			if !ok {
				return f, false, b.line.Err()
			}
			frames = b.hear(chunk)
		case <-timeout.C:
			if more := b.waits.More(time.Now(), b.parser.Begun(), len(b.line.Chunks()) > 0); more > 0 {
				timeout.Reset(more)
				continue
			}
			late = true
			frames = b.parser.Quiet()
		case <-b.site.stop:
			return f, false, errStopped
		}
		b.countNoise()
		for _, got := range frames {
			if !answered && r.AnsweredBy(got) {
				f, answered = got, true
				continue
			}
			b.unasked(got, &r)
		}
		if answered {
			b.owed = false
			return f, true, nil
		}
		if late {
			b.owed = true
			if board := b.noted(r.Board); board != nil && r.Expect == wire.Status {
				board.late.gaveUp()
			}
			b.stats.count(func(s *BusStats) { s.Timeouts++ })
			return f, false, nil
		}
	}
}

// room waits until the line has been silent for long enough to begin a frame, and
// reads whatever still arrives. It waits for the end of a frame that has begun,
// however slow: a request sent into it would be lost, or its answer mixed with the
// frame's bytes. On a line that never falls silent it gives up after a while.
func (b *bus) room() error {
	limit := time.Now().Add(b.cfg.ReplyTimeout)
	b.waits = wire.NewPatience(limit, b.parser)
	for {
		now := time.Now()
		wait := later(b.free, b.still).Sub(now)
		done := wait <= 0 && len(b.line.Chunks()) == 0
		if !done && now.After(limit) {
			more := b.waits.More(now, b.owed || b.parser.Begun(), false)
			limit, done = now.Add(more), more == 0
		}
		if done {
			b.take(b.parser.Quiet())
			return b.line.Err()
		}
		if err := b.listen(max(wait, 0), nil); err != nil {
			return err
		}
	}
}

// idle waits until then, zero for ever, or until an order comes.
func (b *bus) idle(then time.Time) error {
	b.busy.Store(nil)
	return b.listen(time.Until(then), b.inbox.wake)
}

// listen takes in what comes unasked for some time, at most until wake.
func (b *bus) listen(wait time.Duration, wake <-chan struct{}) error {
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case chunk, ok := <-b.line.Chunks():
		if !ok {
			return b.line.Err()
		}
		b.take(b.hear(chunk))
	case <-timer.C:
	case <-wake:
	case <-b.site.stop:
		return errStopped
	}
	return nil
}

// hear takes in what has come. The line is free a gap after a whole frame; one
// that has begun, such as a change that a board tells, and the rest of a reply
// that was given up are given the time their bytes may take.
func (b *bus) hear(chunk line.Chunk) []wire.Frame {
	b.waits.Heard(len(chunk.Bytes))
	frames := b.parser.Feed(chunk.Bytes)
	gap := b.wireTime(gapBytes)
	if b.owed || b.parser.Begun() {
		gap = wire.Gap
	}
	b.still = chunk.At.Add(gap)
	return frames
}

func (b *bus) take(frames []wire.Frame) {
	b.countNoise()
	for _, f := range frames {
		b.unasked(f, nil)
	}
}

// unasked deals with a frame that is not the reply to the request under way.
// A reply that comes too late, or from a board that was not asked, changes
// nothing.
func (b *bus) unasked(f wire.Frame, asked *wire.Request) {
	if f.Kind == wire.Event {
		b.pushed(f)
		return
	}
	late := b.tooLate(f)
	b.stats.count(func(s *BusStats) {
		if !late && asked != nil && asked.Board != f.Board {
			s.WrongAddress++
		} else {
			s.Late++
		}
	})
}

// wireTime is how long n bytes take on the wire, ten bits each.
func (b *bus) wireTime(n int) time.Duration {
	return time.Duration(n) * 10 * time.Second / time.Duration(b.cfg.Baud)
}

func (b *bus) countNoise() {
	now := b.parser.Noise()
	if now == b.noise {
		return
	}
	b.stats.count(func(s *BusStats) {
		s.JunkBytes += now.Junk - b.noise.Junk
		s.Echoes += now.Echoes - b.noise.Echoes
	})
	b.noise = now
}

// A quietWindow keeps idle readings off a line for a moment, so that an order about to
// come finds it free. It is granted twice a second at most: a stream of scans
// cannot blind the doors.
type quietWindow struct {
	mu  sync.Mutex // guards what follows
	end time.Time
}

func (h *quietWindow) begin(now time.Time) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if now.Sub(h.end) >= quietEvery-quietFor {
		h.end = now.Add(quietFor)
	}
}

func (h *quietWindow) until() time.Time {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.end
}
