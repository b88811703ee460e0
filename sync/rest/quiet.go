package rest

import (
	"sync"
	"time"
)

// How many lines about refused requests the log takes from one caller: some at once,
// then one in a while. What is left out is counted, in the next line and in /metrics.
const (
	refusedAtOnce = 20
	refusedEvery  = time.Second
)

// A brake bounds the lines about refused requests by the key's name; all that come
// without a valid key have one share between them, so that there are never more shares
// than keys.
type brake struct {
	mu     sync.Mutex // guards what follows
	shares map[string]*lines
}

// lines is what is left of one caller's share.
type lines struct {
	clear time.Time // when the whole share is there again
	left  int64     // out since the last line
}

// allow reports whether a line may be written now, and how many were left out before.
func (b *brake) allow(caller string, now time.Time) (ok bool, before int64) {
	b.mu.Lock()
	defer b.mu.Unlock()
	l := b.shares[caller]
	if l == nil {
		if b.shares == nil {
			b.shares = map[string]*lines{}
		}
		l = new(lines)
		b.shares[caller] = l
	}
	if l.clear.Before(now) {
		l.clear = now
	}
	next := l.clear.Add(refusedEvery)
	if next.Sub(now) > refusedAtOnce*refusedEvery {
		l.left++
		return false, 0
	}
	l.clear = next
	before, l.left = l.left, 0
	return true, before
}
