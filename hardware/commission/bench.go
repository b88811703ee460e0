// Package commission finds out what is bolted to the wall: which lines there
// are, which boards answer on them, how their contacts are wired and which door
// hangs on which lock.
//
// It looks with queries that move nothing. Where a door has to move it drives
// one lock once, when a person has said so, and asks which door it was. It
// never drives a lock by itself, twice for one answer, or one that is known to
// keep a parcel.
//
// A Bench owns one open line and belongs to one goroutine. A Session is pure
// rules: no clock, no port; a Work runs a session on benches. Nothing is kept:
// after a crash commissioning begins anew, and the configuration is as it was.
package commission

import (
	"context"
	"slices"
	"time"

	"cubby/hardware/line"
	"cubby/hardware/wire"
)

const (
	writeWait    = 500 * time.Millisecond
	replyWait    = 150 * time.Millisecond  // on a serial line
	bridgeWait   = 500 * time.Millisecond  // through a network
	pulseRest    = 3 * time.Second         // between two pulses on one line
	watchFor     = 4 * time.Second         // how long after a pulse a contact may take to move
	heldFor      = 1200 * time.Millisecond // a coil may hold its latch open for so long without the door
	lookEvery    = 100 * time.Millisecond
	steadyLooks  = 3  // equal readings in a row that count as one
	leastLooks   = 12 // before contacts are said not to come to rest
	settleWithin = 3 * time.Second
)

// A Bench is one line that nobody else uses. Its methods return an error when
// the line has failed; a board that does not answer is none.
type Bench struct {
	line    *line.Line
	dialect wire.Dialect
	wait    time.Duration
	bit     time.Duration // one character on the wire
	parser  wire.Parser
	noise   wire.Noise
	echoes  bool          // a request was heard back
	torn    bool          // something came in reply to the last question, and no answer
	took    time.Duration // how long the last answer took to begin
}

// OpenBench opens a port, as package device resolved it, for boards of a dialect.
func OpenBench(port, dialect string, baud int) (*Bench, error) {
	d, err := wire.Named(dialect)
	if err != nil {
		return nil, err
	}
	l, err := line.OpenMode(port, line.Mode{Baud: baud, Lowered: true})
	if err != nil {
		return nil, err
	}
	b := &Bench{line: l, wait: replyWait, bit: 10 * time.Second / time.Duration(baud)}
	if !isSerial(port) {
		b.wait = bridgeWait
	}
	b.Speak(d, nil)
	return b, nil
}

// Speak changes the dialect spoken, and tells the boards that are known.
func (b *Bench) Speak(d wire.Dialect, boards []wire.Board) {
	b.dialect, b.parser, b.noise = d, d.NewParser(boards, wire.FindOut), wire.Noise{}
}

// Wait sets how long an answer is waited for, as long as nothing else is said.
func (b *Bench) Wait(d time.Duration) { b.wait = d }

// Took is how long after its question the last answer began.
func (b *Bench) Took() time.Duration { return b.took }

// Read asks a board for its contacts. Junk counts bytes that were no frame.
func (b *Bench) Read(board wire.Board) (f wire.Frame, answered bool, junk int, err error) {
	requests, err := b.dialect.Status(board)
	if err != nil {
		return f, false, 0, err
	}
	for i, r := range requests {
		part, ok, bad, err := b.ask(r)
		junk += bad
		if err != nil || !ok {
			return f, false, junk, err
		}
		if i == 0 {
			f = part
			continue
		}
		f.Locks |= part.Locks
		f.Closed |= part.Closed
		f.Present |= part.Present
		f.Refused = f.Refused || part.Refused
	}
	return f, true, junk, nil
}

// Pulse drives one lock once. What a board says about it proves nothing and is
// left for the next reading to skip. Its caller keeps locks and supply rested.
func (b *Bench) Pulse(board wire.Board, lock int) error {
	r, err := b.dialect.Unlock(board, lock, 0)
	if err != nil {
		return err
	}
	_, _, _, err = b.ask(r)
	return err
}

// Close gives the port back.
func (b *Bench) Close() error { return b.line.Close() }

// ask writes a request and waits for its answer.
func (b *Bench) ask(r wire.Request) (f wire.Frame, answered bool, junk int, err error) {
	b.drain()
	b.torn = false
	b.parser.Sent(r)
	if err := b.line.Write(r.Bytes, writeWait); err != nil {
		return f, false, 0, err
	}
	sent, begun := time.Now(), time.Time{}
	wait := b.wait + r.Slow + b.bit*time.Duration(len(r.Bytes))
	limit := time.NewTimer(wait)
	defer limit.Stop()
	patience := wire.NewPatience(time.Now().Add(wait), b.parser)
	for late := false; !late; {
		var frames []wire.Frame
		select {
		case c, ok := <-b.line.Chunks():
			if !ok {
				return f, false, 0, b.line.Err()
			}
			patience.Heard(len(c.Bytes))
			if !b.parser.Begun() {
				begun = c.At
			}
			frames = b.parser.Feed(c.Bytes)
			b.torn = true
		case <-limit.C:
			if more := patience.More(time.Now(), b.parser.Begun(), len(b.line.Chunks()) > 0); more > 0 {
				limit.Reset(more)
				continue
			}
			late = true
			frames = b.parser.Quiet()
		}
		if r.Expect == wire.None {
			continue
		}
		if i := slices.IndexFunc(frames, r.AnsweredBy); i >= 0 {
			b.torn = false
			b.took = max(0, begun.Sub(sent)-b.bit*time.Duration(len(r.Bytes)))
			return frames[i], true, b.junk(), nil
		}
	}
	return f, false, b.junk(), nil
}

// drain reads what has arrived since the last request. It waits for the end of a
// late reply, however slow: a reply that is cut in two makes the next one
// unreadable, too.
func (b *Bench) drain() {
	limit := time.Now().Add(b.wait)
	patience := wire.NewPatience(limit, b.parser)
	for more := time.Duration(1); more > 0 && (len(b.line.Chunks()) > 0 || b.torn || b.parser.Begun()); {
		select {
		case c, ok := <-b.line.Chunks():
			if !ok {
				return
			}
			patience.Heard(len(c.Bytes))
			b.parser.Feed(c.Bytes)
		case <-time.After(wire.Gap):
			more = 0 // nothing follows
		}
		if now := time.Now(); more > 0 && now.After(limit) {
			more = patience.More(now, true, false)
			limit = now.Add(more)
		}
	}
	b.parser.Quiet()
	b.junk()
}

// junk tells how much was no frame since it was last asked.
func (b *Bench) junk() int {
	now := b.parser.Noise()
	n := int(now.Junk - b.noise.Junk)
	b.echoes = b.echoes || now.Echoes > 0
	b.noise = now
	return n
}

// Echoes reports whether the line heard its own requests.
func (b *Bench) Echoes() bool { return b.echoes }

// Steady reads boards until their contacts say the same three times in a row.
func (b *Bench) Steady(ctx context.Context, boards []wire.Board) (map[int]wire.Frame, error) {
	var last map[int]wire.Frame
	same := 0
	// The time alone says nothing: the machine may have stood still for all of it.
	looks := 0
	for end := time.Now().Add(settleWithin); looks < leastLooks || time.Now().Before(end); looks++ {
		now, silent, err := b.readAll(boards)
		switch {
		case err != nil:
			return nil, err
		case silent != nil:
			last, same = nil, 0
		case last != nil && alike(last, now):
			same++
		default:
			last, same = now, 1
		}
		if same >= steadyLooks {
			return last, nil
		}
		if err := pause(ctx, lookEvery/2); err != nil {
			return nil, err
		}
	}
	if last == nil {
		return nil, say("not_all")
	}
	return nil, say("restless")
}

// Watch reads boards after a pulse until some contact has changed for good, or
// none has for four seconds.
func (b *Bench) Watch(ctx context.Context, boards []wire.Board,
	before map[int]wire.Frame) (after map[int]wire.Frame, err error) {
	begun, same := time.Now(), 0
	for after == nil || time.Since(begun) < watchFor {
		now, silent, err := b.readAll(boards)
		switch {
		case err != nil:
			return nil, err
		case silent != nil:
			after, same = nil, 0 // a board may reset when its supply dips
		case after != nil && alike(after, now):
			same++
		default:
			after, same = now, 1
		}
		if same >= steadyLooks && time.Since(begun) > heldFor && !alike(before, after) {
			return after, nil
		}
		if time.Since(begun) > 2*watchFor {
			return nil, say("none_since")
		}
		if err := pause(ctx, lookEvery); err != nil {
			return nil, err
		}
	}
	return after, nil
}

// readAll reads boards once; silent is the first that did not answer.
func (b *Bench) readAll(boards []wire.Board) (all map[int]wire.Frame, silent *wire.Board, err error) {
	all = map[int]wire.Frame{}
	for i, board := range boards {
		f, answered, _, err := b.Read(board)
		if err != nil {
			return nil, nil, err
		}
		if !answered {
			return nil, &boards[i], nil
		}
		all[board.Address] = f
	}
	return all, nil, nil
}

func alike(a, b map[int]wire.Frame) bool {
	for address, f := range a {
		if g := b[address]; f.Closed != g.Closed || f.Present != g.Present {
			return false
		}
	}
	return len(a) == len(b)
}

func pause(ctx context.Context, d time.Duration) error {
	select {
	case <-time.After(d):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
