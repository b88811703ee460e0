package soak

import (
	"context"
	"testing"
	"testing/synctest"
	"time"
)

// What was sent before a machine stood still is read after it, next to what is
// sent then.
func TestALockIsNotDrivenTooSoonByAMachineThatStoodStill(t *testing.T) {
	begun := time.Now()
	second := func(n float64) time.Time { return begun.Add(time.Duration(n * float64(time.Second))) }
	for _, c := range []struct {
		name   string
		still  []still
		pulses []float64 // seconds, as they were read
		wrong  int
	}{
		{"it has rested", nil, []float64{1, 3.1}, 0},
		{"it has not", nil, []float64{1, 2}, 1},
		{"the first was read late", []still{{second(1), second(6)}}, []float64{6.01, 6.1}, 0},
		{"the machine stood still before", []still{{second(1), second(6)}}, []float64{8, 8.2}, 1},
		{"four in half a minute", nil, []float64{1, 5, 9, 13}, 1},
		{"also when one was read late", []still{{second(1), second(4)}}, []float64{4.1, 8, 12, 16}, 1},
	} {
		checker := &checker{still: c.still, pulses: map[string][]time.Time{}}
		for _, at := range c.pulses {
			checker.budget("1", second(at))
		}
		if got := checker.verdicts(); len(got) != c.wrong {
			t.Errorf("%s: %q, want %d verdicts", c.name, got, c.wrong)
		}
	}
}

func TestACourtOnAMachineThatRunsSeesNoneStandStill(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, end := context.WithCancel(t.Context())
		checker := &checker{}
		done := make(chan struct{})
		go func() { defer close(done); checker.look(ctx) }()
		time.Sleep(time.Minute)
		end()
		<-done
		if len(checker.still) > 0 {
			t.Errorf("it was not run at %v", checker.still)
		}
	})
}
