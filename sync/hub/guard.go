package hub

import (
	"sync"
	"time"
)

// Tries that fail, after which every further one has to wait.
const (
	freeTries = 5
	firstWait = 2 * time.Second
	mostWait  = 5 * time.Minute
	enrolWait = 5 * time.Second // an invitation has 60 bits: nobody shall lock others out
	forgetsIn = time.Hour
	mostNames = 10_000 // that are remembered
)

// A guard keeps those waiting who guess. The zero value is ready. It forgets with the
// process, and a try after the wait takes nothing back.
type guard struct {
	most  time.Duration // longest wait; 0: mostWait
	mu    sync.Mutex
	tries map[string]tries
}

type tries struct {
	failed int
	last   time.Time
}

// wait is how long a name has to wait before its next try.
func (g *guard) wait(name string, now time.Time) time.Duration {
	g.mu.Lock()
	defer g.mu.Unlock()
	t := g.tries[name]
	if t.failed < freeTries || now.Sub(t.last) >= forgetsIn {
		return 0
	}
	most := mostWait
	if g.most > 0 {
		most = g.most
	}
	wait := firstWait << min(t.failed-freeTries, 10)
	return max(0, t.last.Add(min(wait, most)).Sub(now))
}

// failed counts a try that was wrong.
func (g *guard) failed(name string, now time.Time) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.tries == nil {
		g.tries = map[string]tries{}
	}
	t := g.tries[name]
	if now.Sub(t.last) >= forgetsIn {
		t.failed = 0
	}
	g.tries[name] = tries{t.failed + 1, now}
	if len(g.tries) <= mostNames {
		return
	}
	for other, t := range g.tries {
		if now.Sub(t.last) >= forgetsIn || len(g.tries) > mostNames && other != name {
			delete(g.tries, other)
		}
	}
}

// passed forgets the failures of a name.
func (g *guard) passed(name string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	delete(g.tries, name)
}
