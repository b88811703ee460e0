package sim

import (
	"math"
	"testing"
	"time"
)

// The board ends a pulse by its own clock, also while the machine that plays the
// board stands still.
func TestACoilIsNotHeatedByAMachineThatStandsStill(t *testing.T) {
	begun := time.Now()
	c := coil{since: begun, until: begun.Add(500 * time.Millisecond), at: begun}
	for _, look := range []struct {
		after time.Duration
		want  float64 // seconds of current
		over  bool
	}{
		{300 * time.Millisecond, 0.3, false},
		{500 * time.Millisecond, 0.5, true},
		{500*time.Millisecond + coolingTime, 0.5 / math.E, true},
	} {
		now := begun.Add(look.after)
		if got := c.warmth(now); math.Abs(got-look.want) > 1e-9 || c.over(now) != look.over {
			t.Errorf("after %v: %.3f s of current, over %v; want %.3f, %v", look.after, got, c.over(now),
				look.want, look.over)
		}
	}
	forever := coil{since: begun, at: begun}
	if got := forever.warmth(begun.Add(time.Minute)); got != 60 {
		t.Errorf("a current that nothing ends has flowed for %.1f s after a minute", got)
	}
}
