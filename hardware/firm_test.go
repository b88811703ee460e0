package hardware

import (
	"testing"
	"time"
)

func TestAFirmPulseStaysWithinWhatTheSupplyAllows(t *testing.T) {
	for _, c := range []struct {
		pulseMS int
		gap     time.Duration
		want    time.Duration
	}{
		{0, 1100 * time.Millisecond, time.Second},
		{200, 600 * time.Millisecond, 500 * time.Millisecond},
		{500, 600 * time.Millisecond, 500 * time.Millisecond},
		{500, 5 * time.Second, time.Second},
		{1500, 1600 * time.Millisecond, 1500 * time.Millisecond}, // never shorter than the usual one
		{200, 650 * time.Millisecond, 500 * time.Millisecond},
	} {
		b := &bus{cfg: Bus{PulseMS: c.pulseMS, PulseGap: c.gap}}
		if got := b.firmPulse(); got != c.want {
			t.Errorf("with %d ms and a gap of %v it is %v, want %v", c.pulseMS, c.gap, got, c.want)
		}
		now := time.Unix(0, 0)
		if off := b.firmly(&opening{}, now, now); !off.Equal(now) {
			t.Errorf("an order that is not firm is off at %v", off)
		}
	}
}
