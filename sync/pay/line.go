package pay

import "time"

// A line is the way to one provider. After failures in a row it is left alone for longer
// and longer, but for one question that finds out.
type line struct {
	trouble Trouble
	fails   int
	until   time.Time // nobody is asked before
	probing bool      // one is asked, after that
}

const (
	failsInARow  = 5
	firstPause   = 2 * time.Second
	longestPause = time.Minute
)

// free is when something that is due may be asked.
func (l *line) free(due time.Time) time.Time {
	if l.until.After(due) {
		return l.until
	}
	return due
}

// take reports whether a question may be asked now.
func (l *line) take() bool {
	if l.fails < failsInARow {
		return true
	}
	if l.probing {
		return false
	}
	l.probing = true
	return true
}

// heard is the end of a question, with nil for an answer. It reports whether the provider
// has begun or ceased to be in trouble.
func (l *line) heard(f *Failure, now time.Time) (changed bool) {
	l.probing = false
	trouble := Working
	switch {
	case f == nil, f.Trouble == "":
		l.fails, l.until = 0, time.Time{}
	default:
		l.fails++
		if over := l.fails - failsInARow; over >= 0 {
			l.until = now.Add(min(firstPause<<min(over, 10), longestPause))
		}
		trouble = f.Trouble
	}
	if f != nil && f.After > 0 {
		l.until = later(l.until, now.Add(f.After))
	}
	if trouble == Unreachable && l.fails < failsInARow {
		return false
	}
	changed = l.trouble != trouble && (l.trouble != "" || trouble != Working)
	l.trouble = trouble
	return changed
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}
