package line

import (
	"testing"
	"testing/synctest"
	"time"
)

// On a machine that does not run this process for seconds a port has had no time
// to take its bytes, or to be given back: it is not told to hang.
func TestATimeInWhichThisProcessWasNotRunCountsLittle(t *testing.T) {
	for _, c := range []struct {
		name   string
		notRun time.Duration // at the beginning
		want   time.Duration // until the limit is over
	}{
		{"a machine that is not busy", 0, 2 * time.Second},
		{"one that stood still for as long", 2 * time.Second, 2*time.Second + 19*100*time.Millisecond},
		{"one that stood still for a minute", time.Minute, time.Minute + 19*100*time.Millisecond},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				begun := time.Now()
				limit := newLimit(2 * time.Second)
				defer limit.Stop()
				time.Sleep(c.notRun) // the bubble's clock: nobody looks at the limit meanwhile
				for !limit.over() {
					<-limit.C
					limit.looks--
				}
				if took := time.Since(begun); took != c.want {
					t.Errorf("over after %v, want %v", took, c.want)
				}
			})
		})
	}
}
