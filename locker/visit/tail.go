package visit

import (
	"crypto/hmac"
	"crypto/sha1"
	"crypto/subtle"
	"encoding/binary"
	"fmt"
	"time"
)

// A Tail is what stands behind a code that changes: the digits of RFC 6238 (TOTP) with
// SHA-1, 6 digits and steps of 30 s. Its key is made of the code with the station's key, so
// that a picture of the code tells nothing of it.
type Tail struct {
	Key    []byte
	Digits string
}

// TailStep is how long one tail is shown.
const TailStep = 30 * time.Second

// tailModulus leaves six digits.
const tailModulus = 1_000_000

// TailOf are the digits of a key in a step.
func TailOf(key []byte, step int64) string {
	var text [8]byte
	binary.BigEndian.PutUint64(text[:], uint64(step))
	m := hmac.New(sha1.New, key)
	m.Write(text[:])
	sum := m.Sum(nil)
	at := sum[len(sum)-1] & 0xf
	return fmt.Sprintf("%06d", binary.BigEndian.Uint32(sum[at:at+4])&0x7fffffff%tailModulus)
}

// Step is the step whose digits these are at a moment: its own, the one before, or the one
// after; 0: none. Clocks of telephones are off by some seconds.
func (k *Tail) Step(at time.Time) (step int64) {
	now := at.Unix() / int64(TailStep/time.Second)
	for _, s := range []int64{now + 1, now - 1, now} {
		if subtle.ConstantTimeCompare([]byte(TailOf(k.Key, s)), []byte(k.Digits)) == 1 {
			step = s
		}
	}
	return step
}

// WhyNotTail tells why the tail of a code is not good now; empty: it is, in this step.
// used is the newest step that was used. Where nobody knows what time it is, that is the
// reason ("clock_doubted").
func (t *Turn) WhyNotTail(k *Tail, used int64) (step int64, why string) {
	now := CalendarNow.Read(t.State).Follow(t.Clock)
	switch {
	case now.Doubted:
		return 0, "clock_doubted"
	case k == nil:
		return 0, "static"
	}
	switch step = k.Step(now.At); {
	case step == 0:
		return 0, "tail_wrong"
	case step <= used:
		return 0, "tail_used"
	}
	return step, ""
}
