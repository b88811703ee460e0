package rest

import (
	"sync"
)

// fairFrom is from how many places on they are shared out; fewer go to whoever comes.
const fairFrom = 8

// shares keep one key from taking all places there are: a key may hold another only
// while more are free than it holds. One greedy key gets half of them, two get a third
// each, and whoever holds none always finds some (Choudhury and Hahne, "Dynamic
// queue length thresholds", 1998). Those without a key share like one.
type shares struct {
	mu   sync.Mutex // guards what follows
	held map[[32]byte]int
}

// take reports whether the key with this hash may hold one more of the places, of which
// it has taken one already. If so give must follow.
func (s *shares) take(key [32]byte, places chan struct{}) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	free := cap(places) - len(places)
	if cap(places) >= fairFrom && s.held[key] > free {
		return false
	}
	if s.held == nil {
		s.held = map[[32]byte]int{}
	}
	s.held[key]++
	return true
}

func (s *shares) give(key [32]byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.held[key]--; s.held[key] == 0 {
		delete(s.held, key)
	}
}

// seat takes a place among the requests under way for as long as this one is answered,
// or until it is parked.
func (x *Exchange) seat() bool {
	select {
	case x.surface.requests <- struct{}{}:
		x.placed = true
	default:
	}
	return x.placed
}

// share counts the place against the caller's share. Staff on the socket are one
// another's neighbours: they share nothing out.
func (x *Exchange) share() bool {
	if x.surface.socket && x.who.hash == ([32]byte{}) {
		return true
	}
	x.shared = x.surface.requestShares.take(x.who.hash, x.surface.requests)
	return x.shared
}

// unseat gives the place back.
func (x *Exchange) unseat() {
	if x.shared {
		x.shared = false
		x.surface.requestShares.give(x.who.hash)
	}
	if x.placed {
		x.placed = false
		<-x.surface.requests
	}
}
