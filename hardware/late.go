package hardware

import (
	"fmt"
	"time"

	"cubby/hardware/wire"
)

const (
	questionsKept = 4 // whose replies may still come
	// a reply that comes later than this belongs to nothing: the longest time-out and a second
	latestReply = 6 * time.Second
	lateTwice   = 2           // replies that make a board one that answers late
	lateForget  = time.Minute // without one, after which that is forgotten
	lateSteps   = 50          // what is advised as a time-out is a multiple of so many milliseconds
)

// lateness is what is known of the replies of a board that came when nobody
// waited for them any more.
type lateness struct {
	asked [questionsKept]question // the last questions about its contacts, oldest first
	most  time.Duration           // the longest one of its replies has taken
	count int
	last  time.Time // when the last one came
}

type question struct {
	at   time.Time
	lost bool // it was given up
}

// asks notes a question.
func (l *lateness) asks(at time.Time) {
	copy(l.asked[:], l.asked[1:])
	l.asked[questionsKept-1] = question{at: at}
}

// gaveUp notes that the last question has not been answered in time.
func (l *lateness) gaveUp() { l.asked[questionsKept-1].lost = true }

// came takes a reply that nobody waits for, and reports whether it is a late one
// and how long it has taken at least. A board that has answered in time and says
// something once more is not late.
func (l *lateness) came(at time.Time, wait time.Duration) (took time.Duration, late bool) {
	for i := questionsKept - 1; i >= 0; i-- {
		q := l.asked[i]
		took = at.Sub(q.at)
		if q.at.IsZero() || took > latestReply {
			return 0, false
		}
		if took <= wait {
			continue
		}
		if i < questionsKept-1 && !q.lost {
			return 0, false
		}
		if at.Sub(l.last) > lateForget {
			l.most, l.count = 0, 0
		}
		l.most, l.count, l.last = max(l.most, took), l.count+1, at
		return took, true
	}
	return 0, false
}

// known reports whether the board is known to answer late.
func (l *lateness) known(now time.Time) bool {
	return l.count >= lateTwice && now.Sub(l.last) <= lateForget
}

// detail says how late the board answers and what helps, for staff.
func (l *lateness) detail(wait time.Duration) string {
	return fmt.Sprintf("answers after up to %d ms, and %d ms are waited: set reply_timeout_ms = %d for its line",
		l.most.Milliseconds(), wait.Milliseconds(), EnoughTimeout(l.most).Milliseconds())
}

// EnoughTimeout is the time-out to advise for boards that take so long.
func EnoughTimeout(took time.Duration) time.Duration {
	const step = lateSteps * time.Millisecond
	return min((took*3/2+step-1)/step*step, replyMost)
}

// noted finds the board of this line with an address.
func (b *bus) noted(address int) *board {
	for _, board := range b.boards {
		if board.wire.Address == address {
			return board
		}
	}
	return nil
}

// tooLate reports whether a frame is the reply of one of our boards to a
// question that was given up.
func (b *bus) tooLate(f wire.Frame) bool {
	board := b.noted(f.Board)
	if board == nil || f.Kind != wire.Status {
		return false
	}
	now, most := time.Now(), board.late.most
	took, late := board.late.came(now, b.cfg.ReplyTimeout)
	if !late {
		return false
	}
	b.stats.count(func(s *BusStats) { s.Latest = max(s.Latest, took) })
	if board.missed >= missesAllowed && board.late.known(now) &&
		(board.late.count == lateTwice || board.late.most != most) {
		b.site.report(board.device, Late, board.late.detail(b.cfg.ReplyTimeout)) // it was said to be silent
	}
	return true
}

// anyLate is a board of the line that is known to answer late; nil for none.
func (b *bus) anyLate(now time.Time) *board {
	for _, board := range b.boards {
		if board.late.known(now) {
			return board
		}
	}
	return nil
}
