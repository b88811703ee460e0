package rest

import (
	"fmt"
	"net/http"
	"sync"
	"time"

	"cubby/sync/problem"
)

// burstOf is for how long a key may send what it may in a minute on average, at once: a
// client that was away sends what it has gathered.
const burstOf = 10 * time.Second

// leastBurst is how many requests a key may send at once however few it may in a minute.
const leastBurst = 10

// mostLimited bounds the keys that are counted; only valid keys are.
const mostLimited = 4096

// limits count the requests of each key, as token buckets do. Shares keep one key from
// having all places at one moment; these keep it from taking all that is answered in the
// end, and give a client that runs wild its pace.
type limits struct {
	mu   sync.Mutex           // guards what follows
	full map[string]time.Time // when the bucket of a key will be full again
}

// take takes one request out of the bucket of a key, or says how long to wait for it.
func (l *limits) take(name string, perMinute int, now time.Time) (wait time.Duration) {
	each := time.Minute / time.Duration(perMinute)
	size := max(burstOf, leastBurst*each)
	l.mu.Lock()
	defer l.mu.Unlock()
	full, known := l.full[name]
	if full.Before(now) {
		full = now
	}
	if wait = full.Add(each).Sub(now) - size; wait > 0 {
		return wait
	}
	if !known && len(l.full) >= mostLimited {
		for other, full := range l.full { // those that are full need no row
			if !full.After(now) {
				delete(l.full, other)
			}
		}
	}
	if l.full == nil {
		l.full = map[string]time.Time{}
	}
	l.full[name] = full.Add(each)
	return 0
}

// limit refuses what comes faster than the key may. The socket is not limited, and so is
// what everybody may ask without a key.
func (s *Server) limit(x *Exchange) error {
	perMinute := s.PerMinute
	if own := x.who.perMinute; own > 0 {
		perMinute = own
	}
	if perMinute <= 0 || x.surface.socket {
		return nil
	}
	wait := s.limits.take(x.who.name, perMinute, time.Now())
	if wait <= 0 {
		return nil
	}
	s.metrics.limited.Inc()
	return problem.New(http.StatusTooManyRequests, "too-many-requests", fmt.Sprintf(
		"this key may send %d requests in a minute; wait as long as Retry-After says, then go on more slowly",
		perMinute)).Again(int(wait/time.Second) + 1)
}
