package printer

import (
	"time"

	"cubby/hardware/line"
	"cubby/hardware/printer/zpl"
)

const (
	firstReply = 500 * time.Millisecond // patience with a printer that has never answered
	piece      = 512                    // bytes written at once
	writeWait  = 10 * time.Second       // beyond the wire time of a piece
	drainFor   = 30 * time.Millisecond
)

// A wire is the open port as the goroutine uses it.
type wire struct {
	l       port
	stop    chan struct{}
	reply   time.Duration
	unasked bool // the printer has said something that no question waited for
}

// A port is what a wire needs of a line.Line.
type port interface {
	Chunks() <-chan line.Chunk
	Write(b []byte, within time.Duration) error
	Err() error
}

// idle lets time pass, or until there is a job; what the printer says meanwhile
// was not asked for.
func (w *wire) idle(d time.Duration, wake <-chan struct{}) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	for {
		select {
		case _, ok := <-w.l.Chunks():
			if !ok {
				return w.l.Err()
			}
			w.unasked = true
		case <-wake:
			return nil
		case <-timer.C:
			return nil
		case <-w.stop:
			return errStopped
		}
	}
}

// write sends all bytes, in pieces so that it can be stopped.
func (w *wire) write(b []byte, baud int) error {
	for len(b) > 0 {
		select {
		case <-w.stop:
			return errStopped
		default:
		}
		n := min(piece, len(b))
		within := writeWait + time.Duration(wireTime(n, baud)*float64(time.Second))
		if err := w.l.Write(b[:n], within); err != nil {
			return err
		}
		b = b[n:]
	}
	return nil
}

// ask writes a question and gives what comes to take, until take is content or
// the patience is over. What came before the question is thrown away.
func (w *wire) ask(question []byte, patience time.Duration, take func([]byte) bool) (answered bool, err error) {
	if err := w.idle(drainFor, nil); err != nil {
		return false, err
	}
	if err := w.l.Write(question, writeWait); err != nil {
		return false, err
	}
	timer := time.NewTimer(patience)
	defer timer.Stop()
	for {
		select {
		case chunk, ok := <-w.l.Chunks():
			if !ok {
				return false, w.l.Err()
			}
			if take(chunk.Bytes) {
				return true, nil
			}
		case <-timer.C:
			return false, nil
		case <-w.stop:
			return false, errStopped
		}
	}
}

// hearing is what is kept of the looks before, also while the port is away.
type hearing struct {
	heard  bool // it has answered before
	missed int  // looks in a row without an answer
	owing  bool // an answer that was given up may still come
}

func (h *hearing) answered() { h.heard, h.missed = true, 0 }

// unanswered counts a look without an answer. It reports whether that is still
// to be borne: a printer at work, or with a full buffer, answers late.
func (h *hearing) unanswered(p *Printer) (before health, borne bool) {
	p.count(func(s *Stats) { s.Unanswers++ })
	h.missed++
	h.owing = true
	return p.asBefore(), h.heard && h.missed < missesMost
}

// asBefore is a look that has found out nothing.
func (p *Printer) asBefore() health {
	last := p.State()
	return health{state: last.State, detail: last.Detail, stale: true}
}

// sure reports whether the answers of the look just made are its own. Answers
// come in the order of the questions and do not say which one they are for: when
// one that was given up comes after all, it is taken for that of the next
// question, and so on. Then the last question's own answer is still to come.
func (h *hearing) sure(w *wire) (bool, error) {
	if !h.owing {
		return true, nil
	}
	if err := w.idle(w.reply, nil); err != nil {
		return false, err
	}
	h.owing = false
	return !w.unasked, nil
}

// receipts is an ESC/POS printer on its port.
type receipts struct {
	*wire
	*hearing
	printer *Printer
}

// missesMost is how many looks may go without an answer before a printer that
// used to answer counts as silent: a full buffer delays answers.
const missesMost = 2

func (r *receipts) look() (health, error) {
	var s Status
	r.unasked = false
	patience := r.reply
	if !r.heard {
		patience = min(patience, firstReply)
	}
	for n := askPrinter; n <= askPaper; n++ {
		var in answers
		answered, err := r.ask(ask(n), patience, func(b []byte) bool {
			got := in.feed(b)
			if len(got) == 0 {
				return false
			}
			// One question is out at a time; after a miss the whole look is given up.
			s.note(n, got[len(got)-1], r.printer.cfg.BlackMarks)
			return true
		})
		if err != nil {
			return health{}, err
		}
		if !answered {
			return r.silence(), nil
		}
	}
	if sure, err := r.sure(r.wire); err != nil || !sure {
		return r.printer.asBefore(), err
	}
	s.Answered = true
	r.answered()
	state, detail := s.judge()
	return health{state: state, detail: detail}, nil
}

func (r *receipts) silence() health {
	before, borne := r.unanswered(r.printer)
	switch {
	case borne:
		return before
	case !r.heard && !r.printer.cfg.MustAnswer:
		return health{
			state: Mute, detail: "port " + r.printer.cfg.Port + " is open; the printer does not say how it is",
		}
	}
	return health{state: Silent, detail: "it does not answer: check its power, its cable and its speed"}
}

// judge is what a Status comes down to, the worst first.
func (s Status) judge() (State, string) {
	switch {
	case !s.Answered:
		return Mute, "it does not say how it is"
	case s.CoverOpen:
		return Cover, "the cover is open"
	case s.PaperOut:
		return Empty, "the paper has run out"
	case s.Fault:
		return Faulty, "it reports a fault: look at the cutter and for a paper jam, then switch it off and on"
	case s.Hot:
		return Resting, "its head is too hot; it goes on by itself"
	case s.Offline:
		return Offline, "it is offline and does not say why: press its feed button, or switch it off and on"
	case s.PaperLow:
		return Low, "the paper roll is near its end"
	}
	return Ready, "it answers and is ready"
}

// labels is a ZPL printer on its port.
type labels struct {
	*wire
	*hearing
	printer *Printer
}

func (l *labels) look() (health, error) {
	var in zpl.Reader
	l.unasked = false
	answered, err := l.ask(zpl.AskStatus, l.reply, in.Feed)
	if err != nil {
		return health{}, err
	}
	s, damaged := zpl.ParseStatus(in.Lines())
	if !answered || damaged != nil {
		before, borne := l.unanswered(l.printer)
		switch {
		case borne:
			return before, nil
		case answered:
			return health{
				state: Silent, detail: "what it answers is no status of a ZPL printer: check that it is set to ZPL",
			}, nil
		}
		return health{
			state: Silent, detail: "it does not answer: labels or ribbon have run out, the head is open, it is too " +
				"hot, or it is switched off",
		}, nil
	}
	if sure, err := l.sure(l.wire); err != nil || !sure {
		return l.printer.asBefore(), err
	}
	l.answered()
	state, detail := judgeLabels(s)
	return health{state: state, detail: detail, busy: s.Waiting + s.BatchToCome}, nil
}

func judgeLabels(s zpl.Status) (State, string) {
	switch {
	case s.HeadOpen:
		return Cover, "the print head is open"
	case s.PaperOut:
		return Empty, "the labels have run out"
	case s.RibbonOut:
		return Ribbon, "the ribbon has run out"
	case s.TooHot || s.TooCold:
		return Resting, "its head is too hot or too cold; it goes on by itself"
	case s.Paused:
		return Offline, "it is paused: press its pause button"
	}
	return Ready, "it answers and is ready"
}
