package soak

import (
	"context"
	"errors"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"cubby/locker/view"
	"cubby/sync/problem"
)

// Whoever has shown a code waits for what comes of it, however long the machine
// stands still: a stranger who had left made the next customer look refused.
func TestNobodyGoesWhileACodeIsOnItsWay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := reader{at: time.Now(), owed: true}
		time.Sleep(unheard - time.Second)
		if !r.under(view.StepIdle) {
			t.Error("the code is given up before anything came of it")
		}
		if r.under(view.StepPickupRefused) || r.under(view.StepIdle) {
			t.Error("the code has been answered, and is waited for")
		}
		r = reader{at: time.Now(), owed: true}
		time.Sleep(unheard)
		if r.under(view.StepIdle) {
			t.Error("a code that nobody has heard is waited for without end")
		}
	})
}

func TestAStationWhoseDiskStandsStillIsAskedAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		busy := problem.New(http.StatusServiceUnavailable, "busy", "not now")
		for _, c := range []struct {
			name    string
			answers []error
			want    error
		}{
			{"it answers at once", []error{nil}, nil},
			{"it answers in the end", []error{busy, busy, nil}, nil},
			{"it refuses", []error{busy, context.Canceled}, context.Canceled},
		} {
			left := c.answers
			err := insist(t.Context(), func() error {
				answer := left[0]
				left = left[1:]
				return answer
			})
			if !errors.Is(err, c.want) || len(left) > 0 {
				t.Errorf("%s: %v, %d answers are left", c.name, err, len(left))
			}
		}
		if err := insist(t.Context(), func() error { return busy }); !errors.Is(err, busy) {
			t.Errorf("one that never answers: %v", err)
		}
	})
}
