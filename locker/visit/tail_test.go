package visit

import (
	"testing"
	"time"
)

// The values of RFC 6238, appendix B, for SHA-1, of which six digits are shown here.
func TestTailsAreThoseOfTheStandard(t *testing.T) {
	key := []byte("12345678901234567890")
	for at, want := range map[int64]string{
		59: "287082", 1111111109: "081804", 1111111111: "050471", 1234567890: "005924", 2000000000: "279037",
		20000000000: "353130",
	} {
		if got := TailOf(key, at/30); got != want {
			t.Errorf("at %d the tail is %s, want %s", at, got, want)
		}
	}
}

func TestATailIsTakenAStepEarlyAndAStepLate(t *testing.T) {
	k := &Tail{Key: []byte("12345678901234567890")}
	k.Digits = TailOf(k.Key, 1000)
	for off, want := range map[time.Duration]int64{
		-2 * TailStep: 0, -TailStep: 1000, 0: 1000, TailStep - time.Second: 1000, TailStep: 1000,
		2*TailStep - time.Second: 1000, 2 * TailStep: 0,
	} {
		if got := k.Step(time.Unix(1000*30, 0).Add(off)); got != want {
			t.Errorf("%v off, the step is %d, want %d", off, got, want)
		}
	}
}
