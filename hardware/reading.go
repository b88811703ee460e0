package hardware

import (
	"fmt"
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

// poll reads one board and makes of it what there is to make.
func (b *bus) poll(board *board) (answered bool, err error) {
	request, err := b.dialect.Status(board.address)
	if err != nil {
		return false, err
	}
	b.stats.count(func(s *BusStats) { s.Polls++ })
	junk, before, asked := b.noise.Junk, board.asked, time.Now()
	board.asked = asked
	frame, answered, err := b.ask(request)
	if err != nil {
		return false, err
	}
	now := time.Now()
	if answered {
		if board.missed > 0 {
			asked = before // it may be the late reply to the request before
		}
		err = b.understand(board, reading{frame, asked, now})
	} else {
		b.miss(board, b.noise.Junk > junk, now)
	}
	board.next = time.Now().Add(b.pause(board, now))
	return answered, err
}

// understand takes a reading: doors that moved, openings that are thereby
// confirmed, a board that is back.
func (b *bus) understand(board *board, r reading) error {
	b.heard = true
	board.answered, board.missed = r.asked, 0
	suspect := board.doors.suspect
	seen, believed := board.doors.apply(r, b.isDriven)
	b.see(seen)
	b.giveUp(board, r)
	if believed {
		b.confirm(board, r)
	} else {
		b.stats.count(func(s *BusStats) { s.Spikes++ })
	}
	if !board.working {
		board.working = true
		return b.greet(board)
	}
	if board.doors.suspect != suspect {
		b.fares(board)
	}
	return nil
}

// fares reports how a board that answers does.
func (b *bus) fares(board *board) {
	if board.doors.suspect {
		b.site.report(board.device, Suspect, "all contacts read open at once: check the sensor cable or supply of this board")
	} else {
		b.site.report(board.device, Working, board.detail)
	}
}

// greet sets the pulse of a board that was not heard before, which may have
// forgotten it, and reports it.
func (b *bus) greet(board *board) error {
	board.pulse, board.detail = 0, "answers"
	if b.cfg.PulseMS != 0 {
		pulse := time.Duration(b.cfg.PulseMS) * time.Millisecond
		request, err := b.dialect.Pulse(board.address, pulse)
		if err != nil {
			return err
		}
		_, answered, err := b.ask(request)
		if err != nil {
			return err
		}
		if answered {
			board.pulse = pulse
		} else {
			board.detail = fmt.Sprintf("answers, but did not confirm a pulse of %d ms; check it at the lock", b.cfg.PulseMS)
		}
	}
	b.fares(board)
	return nil
}

// miss counts a reading without an answer; at the third the board is silent.
func (b *bus) miss(board *board, junk bool, now time.Time) {
	board.missed++
	if board.missed != missesAllowed {
		return
	}
	detail := "does not answer; check its power, its cable and its address switch"
	if junk {
		detail = "answers with garbage; look for a second board with its address, a loose cable or a missing terminator"
	}
	board.working = false
	b.site.report(board.device, Silent, detail)
	b.see(board.doors.forget(now))
	b.doubt(now)
}

// pause tells how long to leave a board alone after a reading.
func (b *bus) pause(board *board, now time.Time) time.Duration {
	switch {
	case b.hasDriven(board):
		return b.cfg.ActivePoll / 2
	case board.missed >= missesAllowed:
		return min(b.cfg.IdlePoll<<min(board.missed-missesAllowed, 10), max(silentPollMax, b.cfg.IdlePoll))
	case board.missed > 0 || board.doors.busy(now):
		return b.cfg.ActivePoll
	default:
		// Many boards share the line: readings nobody needs now must leave it
		// free for orders most of the time.
		return b.cfg.IdlePoll * time.Duration(max(len(b.boards), boardsAtIdlePoll)) / boardsAtIdlePoll
	}
}
