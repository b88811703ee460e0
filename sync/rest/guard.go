package rest

import (
	"net/netip"
	"sync"
	"time"
)

// What one remote address may fail before it is told to wait.
const (
	failuresAtOnce  = 10
	failureForgiven = 6 * time.Second // each
	maxRemotes      = 4096
)

// A guard counts failed key checks per remote address, as a leaky bucket. It
// only ever answers for failures: a valid key is served whatever it counts.
// IPv6 addresses count by their /64, which is what one line is given.
type guard struct {
	mu      sync.Mutex                 // guards what follows
	remotes map[netip.Prefix]time.Time // when the last failure will be forgiven
}

// failed notes a failure and returns how long to wait, 0 while within bounds.
func (g *guard) failed(remote string, now time.Time) time.Duration {
	at, err := netip.ParseAddrPort(remote)
	if err != nil {
		return 0 // not a network: the Unix socket
	}
	addr := at.Addr().Unmap()
	bits := 32
	if addr.Is6() {
		bits = 64
	}
	line, _ := addr.WithZone("").Prefix(bits)

	g.mu.Lock()
	defer g.mu.Unlock()
	if g.remotes == nil {
		g.remotes = map[netip.Prefix]time.Time{}
	}
	clear := g.remotes[line]
	if clear.Before(now) {
		clear = now
	}
	const full = failuresAtOnce * failureForgiven
	if wait := clear.Add(failureForgiven).Sub(now) - full; wait > 0 {
		return wait
	}
	if len(g.remotes) >= maxRemotes {
		g.sweep(now)
	}
	g.remotes[line] = clear.Add(failureForgiven)
	return 0
}

// sweep makes room: the forgiven go first, then whoever comes to hand.
func (g *guard) sweep(now time.Time) {
	for line, clear := range g.remotes {
		if clear.Before(now) {
			delete(g.remotes, line)
		}
	}
	for line := range g.remotes {
		if len(g.remotes) < maxRemotes*3/4 {
			return
		}
		delete(g.remotes, line)
	}
}
