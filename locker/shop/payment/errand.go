package payment

import "time"

// Do is what is asked of a provider.
type Do string

// What is asked of providers.
const (
	DoCreate Do = "create" // the payment, by its id: twice is once
	DoGet    Do = "get"    // the payment object
	DoClose  Do = "close"  // so that it cannot be paid any more; answers with the object
	DoRefund Do = "refund" // by its id: twice is once
)

// An Errand is what the provider has to be asked about an attempt now. It follows from the
// attempt alone: whoever runs errands forgets them with the process, and is given those of
// all attempts again.
type Errand struct {
	Order   string
	Attempt Attempt
	Do      Do
	At      time.Time // not before; zero: at once
}

// checks are the moments after its end at which an attempt is looked at again: a provider
// may take money for what it has closed, or a second time for what was paid.
var checks = []time.Duration{time.Minute, 15 * time.Minute, 24 * time.Hour}

// Errand is what has to be asked of the provider, if anything.
func (a Attempt) Errand() (e Errand, ok bool) {
	e.Attempt = a
	switch {
	case a.Tender == Cash:
		return Errand{}, false
	case a.State.Waits() && a.Ending != NotEnding:
		e.Do = DoClose
	case a.State == Created:
		e.Do = DoCreate
	case a.State.Waits():
		e.Do = DoGet
	case a.refunding():
		e.Do = DoRefund
	case a.Checked < len(checks):
		e.Do, e.At = DoGet, a.Ended.Add(checks[a.Checked])
	default:
		return Errand{}, false
	}
	return e, true
}

const (
	firstWait   = 2 * time.Second
	longestWait = time.Minute
)

// Wait is how long after the try, counted from 1, an errand is run again. A customer who
// has a page open is looked after every 2 s; else it is 2, 4, 8 ... 60 s.
func (e Errand) Wait(try int, answered bool) time.Duration {
	if s := e.Attempt.State; e.Do == DoGet && answered && (s == Shown || s == Pending) {
		return firstWait
	}
	return min(firstWait<<min(max(try-1, 0), 10), longestWait)
}

// Deadline is when a Tick has to be given; zero: none.
func (a Attempt) Deadline() time.Time {
	switch {
	case a.State.Waits() && a.Ending == NotEnding:
		return a.Expires
	case a.State == Unknown && a.Tasked != LongUnknown:
		return a.Expires.Add(TellUnknown)
	case a.refunding() && a.Tender != Cash && a.Tasked != SlowRefund:
		return a.Refund.Since.Add(TellRefund)
	}
	return time.Time{}
}
