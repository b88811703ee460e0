package hub

import "sync"

// A signal wakes all who wait for something to happen. The zero value is ready.
type signal struct {
	mu   sync.Mutex
	next chan struct{}
}

// wait gives a channel that is closed when it happens the next time.
func (s *signal) wait() <-chan struct{} {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.next == nil {
		s.next = make(chan struct{})
	}
	return s.next
}

// happen wakes them. Call it after the commit.
func (s *signal) happen() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.next != nil {
		close(s.next)
		s.next = nil
	}
}
