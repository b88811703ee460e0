package sim

import (
	"fmt"
	"slices"
	"sort"
	"time"
)

// historyLength bounds what is remembered of one door.
const historyLength = 10_000

// A Change is a door that has moved.
type Change struct {
	At    time.Time `json:"at"`
	NS    int64     `json:"ns"` // CLOCK_MONOTONIC
	State State     `json:"state"`
}

// remember writes down where the door is now. Callers hold mu.
func (s *Site) remember(d *door) {
	if len(d.history) >= historyLength {
		d.history = slices.Delete(d.history, 1, historyLength/10) // the first stands for all before
	}
	d.history = append(d.history, Change{time.Now(), monotonicNS(), d.state})
}

// History returns how a door has really moved, oldest first. The first entry is
// how it was at the start.
func (s *Site) History(number string) ([]Change, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	d := s.doors[number]
	if d == nil {
		return nil, fmt.Errorf("door %s: %w", number, ErrUnknown)
	}
	return slices.Clone(d.history), nil
}

// StateAt tells where a door really was at a moment. Moments before the start
// count as the start.
func (s *Site) StateAt(number string, at time.Time) (State, error) {
	changes, err := s.History(number)
	if err != nil {
		return "", err
	}
	after := sort.Search(len(changes), func(i int) bool { return changes[i].At.After(at) })
	return changes[max(after-1, 0)].State, nil
}

// WasOpen reports whether a door was not latched at some moment from one time to
// another, both included.
func (s *Site) WasOpen(number string, from, to time.Time) (bool, error) {
	at, err := s.StateAt(number, from)
	if err != nil {
		return false, err
	}
	changes, err := s.History(number)
	return at != StateClosed || slices.ContainsFunc(changes, func(c Change) bool {
		return c.State != StateClosed && !c.At.Before(from) && !c.At.After(to)
	}), err
}
