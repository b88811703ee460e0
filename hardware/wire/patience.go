package wire

import "time"

// Gap is the longest silence inside a frame that is believed to go on.
const Gap = 100 * time.Millisecond

const (
	// between two bytes where all come slowly: the latency timer of an FTDI adapter behind hubs makes 16 to
	// 40 ms
	slowByte  = 50 * time.Millisecond
	frameByte = slowByte * 3 / 2      // for each byte of a frame, on a machine that is busy as well
	notRun    = 20 * time.Millisecond // a timer that fires so late tells that the machine is busy
	babble    = 3                     // times its longest frame, after which a line does not answer but babbles
)

// A Patience decides for how long a frame is waited for: a reply, or the rest of
// one that was given up. One that has begun is given as long as its bytes keep
// coming, at most the time that the longest frame takes with slow bytes; a silent
// board and a babbling line are given nothing more. It keeps no clock: times are
// told to it. Its user is one goroutine.
type Patience struct {
	due, limit time.Time // when it is asked next; until when bytes that keep coming are waited for
	room       int       // bytes until the line babbles
	moved      bool      // bytes have come since it was last asked
	spared     bool      // the time this process was not run has been made up for
}

// NewPatience is that for one frame, which is due at a time, from a line with
// this parser.
func NewPatience(due time.Time, p Parser) *Patience {
	longest := p.Longest()
	return &Patience{due: due, limit: due.Add(time.Duration(longest) * frameByte), room: babble * longest}
}

// Heard says that n bytes have come.
func (p *Patience) Heard(n int) {
	p.room -= n
	p.moved = p.moved || n > 0
}

// More is asked when the time is over and tells how much longer to wait; 0 says
// that no frame comes. Begun is what the parser says; unread, that bytes have
// come which nobody has looked at yet.
func (p *Patience) More(now time.Time, begun, unread bool) time.Duration {
	if begun && p.moved && p.room >= 0 && now.Before(p.limit) {
		more := min(Gap, p.limit.Sub(now))
		p.moved, p.due = false, now.Add(more)
		return more
	}
	// What this process could not have seen, because it was not run itself, is
	// waited for as well.
	if !p.spared && (unread || now.Sub(p.due) > notRun) {
		p.spared = true
		return Gap
	}
	return 0
}
