package soak

import (
	"context"
	"sync"
	"time"

	"cubby/hardware/sim"
	"cubby/locker/view"
	"cubby/sync/client"
)

// A screen follows what the touchscreen shows.
type screen struct {
	mu   sync.Mutex // guards what follows
	view view.View
	news chan struct{} // closed and replaced with every view
}

func watch(ctx context.Context, core *client.Client, others *sync.WaitGroup) *screen {
	s := &screen{news: make(chan struct{})}
	others.Go(func() {
		for v := range core.Views(ctx) {
			s.mu.Lock()
			s.view = v
			close(s.news)
			s.news = make(chan struct{})
			s.mu.Unlock()
		}
	})
	return s
}

// now is what is shown, and a channel that closes when there is more to see.
func (s *screen) now() (view.View, <-chan struct{}) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.view, s.news
}

// sameCode is how long a code must have been out of sight before a reader tells
// of it again, and a little more.
const sameCode = 1700 * time.Millisecond

// A reader is the code reader, as somebody holds codes before it.
type reader struct {
	wall *sim.Site
	last string
	at   time.Time
}

// read holds a code before the reader, the same one only after a while.
func (r *reader) read(ctx context.Context, code string) error {
	if code == r.last {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(time.Until(r.at.Add(sameCode))):
		}
	}
	r.last, r.at = code, time.Now()
	return r.wall.Scan([]byte(code), false)
}
