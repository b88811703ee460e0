package store

import "sync"

// signal wakes everybody who waits for the feed to grow.
type signal struct {
	mu sync.Mutex // guards ch
	ch chan struct{}
}

func (s *signal) init() { s.ch = make(chan struct{}) }

// wait returns a channel that is closed at the next raise.
func (s *signal) wait() <-chan struct{} {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.ch
}

func (s *signal) raise() {
	s.mu.Lock()
	defer s.mu.Unlock()
	close(s.ch)
	s.ch = make(chan struct{})
}
