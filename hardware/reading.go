package hardware

import (
	"bytes"
	"fmt"
	"slices"
	"time"

	"cubby/hardware/wire"
)

// A reading is what a board answered about its contacts. It shows them as they
// were at some moment between the two times.
type reading struct {
	wire.Frame
	asked time.Time // before the request was written that may be answered here
	at    time.Time // when the reply had come
}

// poll reads one board and makes of it what there is to make. A board that is
// asked for one lock after the other is left when an order comes, unless the
// order itself waits for the reading. A query that was not answered is repeated
// once, as long as the board is known to be there.
func (b *bus) poll(board *board, ordered bool) (answered bool, err error) {
	junk, before, asked := b.noise.Junk, board.asked, time.Now()
	board.asked = asked
	var whole wire.Frame
	for i, request := range b.questions(board) {
		if i > 0 && !ordered && b.inbox.filled() {
			return false, nil
		}
		b.stats.count(func(s *BusStats) { s.Polls++ })
		frame, answered, err := b.ask(request)
		if err == nil && !answered && board.missed == 0 {
			frame, answered, err = b.ask(request)
		}
		if err != nil {
			return false, err
		}
		if answered && frame.Refused && frame.Untried && b.narrow(board) {
			board.next = time.Now()
			return false, nil
		}
		if !answered || frame.Refused {
			now := time.Now()
			b.miss(board, frame.Refused, b.noise.Junk > junk, now)
			board.next = time.Now().Add(b.pause(board, now))
			return false, b.wake(board)
		}
		whole = joined(whole, frame, i == 0)
	}
	now := time.Now()
	if board.missed > 0 {
		asked = before // it may be the late reply to the request before
	}
	err = b.understand(board, reading{whole, asked, now})
	board.next = time.Now().Add(b.pause(board, now))
	return true, err
}

// wake asks a board that has not answered since one of its locks was driven
// something else, if its dialect knows boards that need it.
func (b *bus) wake(board *board) error {
	waker, ok := b.dialect.(wire.Waker)
	if !ok || !b.hasDriven(board) || board.missed >= missesAllowed {
		return nil
	}
	request, err := waker.Wake(board.wire)
	if err == nil {
		_, _, err = b.ask(request)
	}
	return err
}

// questions are the status requests that a reading of the board takes now. One
// that is asked for every lock by itself is asked for those being opened only.
func (b *bus) questions(board *board) []wire.Request {
	if len(board.status) == 1 || !b.hasDriven(board) {
		return board.status
	}
	var some []wire.Request
	for _, request := range board.status {
		if slices.ContainsFunc(board.doors.locks, func(l *lock) bool {
			return request.Locks == l.bit() && b.isDriven(l)
		}) {
			some = append(some, request)
		}
	}
	return some
}

// joined puts the answers about single locks together.
func joined(whole, part wire.Frame, first bool) wire.Frame {
	if first {
		return part
	}
	whole.Locks |= part.Locks
	whole.Other = max(whole.Other, part.Other)
	whole.Closed |= part.Closed
	whole.Present |= part.Present
	whole.Blank = whole.Blank && part.Blank
	return whole
}

// presence is a question that the board with this address answers, if it is
// there, whether it belongs to this line or not.
func (b *bus) presence(address int) (wire.Request, error) {
	for _, board := range b.boards {
		if board.wire.Address == address {
			return board.status[0], nil
		}
	}
	status, err := b.dialect.Status(wire.Board{Address: address})
	if err != nil {
		return wire.Request{}, err
	}
	return status[0], nil
}

// understand takes a reading: doors that moved, openings that are thereby
// confirmed, a board that is back.
func (b *bus) understand(board *board, r reading) error {
	b.heard = true
	board.answered, board.missed = r.asked, 0
	suspect, other := board.doors.suspect, board.other
	board.other = r.Other
	b.watch(board, r)
	seen, believed := board.doors.apply(r, b.isDriven)
	b.see(seen)
	b.giveUp(board, r)
	if believed {
		b.confirm(board, r)
		b.weigh(board, r.at)
		b.believe(board, r)
	} else {
		b.stats.count(func(s *BusStats) { s.Spikes++ })
	}
	if !board.working {
		board.working = true
		return b.greet(board)
	}
	if board.doors.suspect != suspect || board.other != other {
		b.status(board)
	}
	return nil
}

// status reports how a board that answers does.
func (b *bus) status(board *board) {
	switch {
	case board.doors.suspect:
		b.site.report(board.device, Suspect,
			"all contacts read open at once: check the sensor cable or supply of this board")
	case board.other != 0:
		b.site.report(board.device, Differs,
			fmt.Sprintf("answers for %d locks, configured for %d", board.other, b.dialect.Locks(board.wire)))
	default:
		b.site.report(board.device, Working, board.detail)
	}
}

// narrow asks a board for eight locks fewer that has said that it has not so
// many as are configured, and reports whether it can be asked for fewer. The
// doors that are left out stay unknown.
func (b *bus) narrow(board *board) bool {
	fewer := board.wire
	now := board.asks
	if now == 0 {
		now = b.dialect.Locks(board.wire)
	}
	fewer.Channels = (now - 1) / 8 * 8
	if len(board.status) != 1 || fewer.Channels == 0 {
		return false
	}
	status, err := b.dialect.Status(fewer)
	if err != nil || len(status) != 1 || bytes.Equal(status[0].Bytes, board.status[0].Bytes) {
		return false
	}
	board.asks, board.status = fewer.Channels, status
	return true
}

// greet tells a board that was not heard before, and may have forgotten it,
// what its dialect wants it told, and reports the board.
func (b *bus) greet(board *board) error {
	board.pulse, board.detail = 0, "answers"
	pulse := b.pulse()
	requests, err := b.dialect.Greet(board.wire, pulse)
	if err != nil {
		return err
	}
	if len(requests) == 0 {
		board.pulse = pulse // such a board cannot be told: the configuration says what it does
	}
	for _, request := range requests {
		frame, answered, err := b.ask(request)
		if err != nil {
			return err
		}
		if answered && !frame.Refused {
			board.pulse = pulse
		} else {
			board.detail = fmt.Sprintf("answers, but did not confirm %s; check it at the lock", request.Purpose)
		}
	}
	b.status(board)
	return nil
}

// miss counts a reading without an answer; at the third the board is silent. One
// of which something came is not left alone for long: it may be back.
func (b *bus) miss(board *board, refused, junk bool, now time.Time) {
	board.missed++
	if junk {
		board.missed = min(board.missed, missesAllowed+1)
	}
	if board.missed != missesAllowed {
		return
	}
	condition, detail := Silent, "does not answer; check its power, its cable and its address switch; on a new wall "+
		"also its dialect, which cubbyctl commission finds"
	switch {
	case board.late.known(now):
		condition, detail = Late, board.late.detail(b.cfg.ReplyTimeout)
	case refused:
		detail = "answers, but its contacts cannot be read from it: it has no inputs, or other channels than " +
			"configured; if it has them, try query = \"each\""
	case junk:
		detail = "answers with garbage; look for a second board with its address, a loose cable or a missing terminator"
	}
	board.working = false
	b.site.report(board.device, condition, detail)
	b.see(board.doors.forget(now))
	b.doubt(now)
}

// pause tells how long to leave a board alone after a reading. One that has
// fallen silent is asked more and more rarely, unless a door of it is in use.
func (b *bus) pause(board *board, now time.Time) time.Duration {
	switch {
	case b.hasDriven(board):
		return b.cfg.ActivePoll / 2
	case board.missed >= missesAllowed && board.doors.drivenSince(now.Add(-inUse)):
		return b.cfg.IdlePoll // somebody may stand before its door
	case board.missed >= missesAllowed:
		return min(b.cfg.IdlePoll<<min(board.missed-missesAllowed, 10), max(silentPollMax, b.cfg.IdlePoll))
	case board.missed > 0 || board.doors.busy(now):
		return b.cfg.ActivePoll
	default:
		return b.idlePause()
	}
}

// idlePause is how long a board nobody uses is left alone. Where many share the
// line, readings nobody needs now must leave it free for orders most of the
// time, and still show a forced door soon.
func (b *bus) idlePause() time.Duration {
	share := b.cfg.IdlePoll * time.Duration(max(len(b.boards), boardsAtIdlePoll)) / boardsAtIdlePoll
	return min(share, max(b.cfg.IdlePoll, idlePollMost))
}
