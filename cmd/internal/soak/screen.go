package soak

import (
	"context"
	"errors"
	"net/http"
	"sync"
	"time"

	"cubby/hardware/sim"
	"cubby/locker/view"
	"cubby/sync/client"
	"cubby/sync/problem"
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

// insist asks again while the station says that it cannot answer now, as it does
// when its disk stands still.
func insist(ctx context.Context, ask func() error) error {
	ctx, cancel := context.WithTimeout(ctx, healing)
	defer cancel()
	for {
		err := ask()
		var p *problem.Problem
		if !errors.As(err, &p) || p.Status != http.StatusServiceUnavailable {
			return err
		}
		select {
		case <-ctx.Done():
			return err
		case <-time.After(200 * time.Millisecond):
		}
	}
}

// sameCode is how long a code must have been out of sight before a reader tells
// of it again, and a little more. unheard is after how long people hold a code
// before the reader again that has led to nothing: more than a machine stands
// still.
const (
	sameCode = 1700 * time.Millisecond
	unheard  = time.Minute
)

// A reader is the code reader, as somebody holds codes before it.
type reader struct {
	wall *sim.Site
	last string
	at   time.Time
	owed bool // nothing has come yet of what was read at the idle page
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
	err := r.wall.Scan([]byte(code), false)
	r.last, r.at, r.owed = code, time.Now(), true
	return err
}

// under reports whether what was read at the idle page is still on its way.
// Whoever left now, or came next, would be taken for who has shown it.
func (r *reader) under(step view.Step) bool {
	r.owed = r.owed && step == view.StepIdle
	return r.owed && time.Since(r.at) < unheard
}
