package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"sync"
	"time"

	"cubby/app/sample"
	"cubby/locker/view"
)

// A script plays the core. It knows the order of pages and nothing else: any PIN
// but 00000000 opens door 14, any door is closed again after a few seconds.
type script struct {
	mu       sync.Mutex // guards what follows
	now      view.View
	visit    int
	language string
	changed  chan struct{} // closed and replaced at every change
	still    bool          // stays on one page
}

func newScript(page string) (*script, error) {
	s := &script{language: "en", changed: make(chan struct{})}
	if page == "" {
		s.now = named("idle")
		return s, nil
	}
	for _, p := range sample.All() {
		if p.Name == page {
			s.now, s.still = p.View, true
			return s, nil
		}
	}
	return nil, fmt.Errorf("there is no page %q in the gallery", page)
}

// named is a sample's view.
func named(name string) view.View {
	all := sample.All()
	i := slices.IndexFunc(all, func(s sample.Sample) bool { return s.Name == name })
	return all[i].View
}

// Views delivers the present view and every change.
func (s *script) Views(ctx context.Context) <-chan view.View {
	out := make(chan view.View)
	go func() {
		defer close(out)
		for {
			s.mu.Lock()
			v, changed := s.now, s.changed
			s.mu.Unlock()
			select {
			case out <- v:
			case <-ctx.Done():
				return
			}
			select {
			case <-changed:
			case <-ctx.Done():
				return
			}
		}
	}()
	return out
}

// Act moves the visit and tells on standard output what was touched.
func (s *script) Act(_ context.Context, a view.Action) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	fmt.Fprintf(os.Stdout, "%s %s\n", a.Name, a.Value)
	if a.Visit != s.now.Visit {
		return errors.New("the page has changed")
	}
	switch a.Name {
	case view.ActLanguage:
		s.language = a.Value
		fallthrough
	case view.ActMoreTime:
		s.set(s.now)
		return nil
	}
	if s.still {
		return nil
	}
	s.move(a)
	return nil
}

func (s *script) move(a view.Action) {
	switch a.Name {
	case view.ActStartPickup:
		s.visit++
		s.goTo("pickup_enter")
	case view.ActStartCourier:
		s.visit++
		s.goTo("courier_enter")
	case view.ActPIN:
		switch {
		case a.Value == "00000000":
			s.goTo("pickup_refused-not_valid")
		case s.now.Step == view.StepCourierEnter:
			s.goTo("courier_ready-first")
			s.later(4*time.Second, "courier_opening", "courier_open-0", "courier_ready")
		default:
			s.goTo("pickup_opening")
			s.later(2*time.Second, "pickup_open-0", "pickup_open-1", "pickup_done", "idle")
		}
	case view.ActTryAgain:
		s.goTo("pickup_enter")
	case view.ActReceipt:
		s.goTo("courier_receipt")
	case view.ActFinish, view.ActBack:
		s.goTo("idle")
	}
}

// goTo shows a page. The caller holds mu.
func (s *script) goTo(name string) {
	v := named(name)
	if v.Step == view.StepIdle {
		s.language = "en"
	} else {
		v.Visit = fmt.Sprintf("visit %d", s.visit)
	}
	if v.WarnInMs > 0 {
		v.TimeoutInMs, v.WarnInMs = 30_000, 8_000
	}
	s.set(v)
}

func (s *script) set(v view.View) {
	v.Rev = s.now.Rev + 1
	v.Language = s.language
	s.now = v
	close(s.changed)
	s.changed = make(chan struct{})
}

// later shows pages one after another, unless the visit has moved meanwhile.
func (s *script) later(in time.Duration, names ...string) {
	if len(names) == 0 {
		return
	}
	rev := s.now.Rev
	time.AfterFunc(in, func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		if s.now.Rev == rev {
			s.goTo(names[0])
			s.later(4*time.Second, names[1:]...)
		}
	})
}
