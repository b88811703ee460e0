package wire

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// allowed says for each dialect which frames its encoders may make. The opcodes
// that open several locks, hold power, set the baud or an address, or speak to
// every board are in none of them.
var allowed = map[string]func(b []byte, locks int) bool{
	"kerong-cu16": func(b []byte, _ int) bool {
		return slices.Contains([]byte{0x30, 0x31, 0x37}, b[2]) && b[1]>>4 != 15
	},
	"kerong-cu48": func(b []byte, locks int) bool {
		return len(b) == 6 && (b[3] == 0x60 || b[3] == 0x61) && b[1] < 48 && b[2] < 48
	},
	"xor-8a80": func(b []byte, locks int) bool {
		return len(b) == 5 && b[1] >= 1 && b[1] <= 32 &&
			(b[0] == 0x8A && b[2] >= 1 && int(b[2]) <= locks && b[3] == 0x11 ||
				b[0] == 0x80 && int(b[2]) <= locks && b[3] == 0x33)
	},
	"waveshare-modbus": func(b []byte, locks int) bool {
		off := b[1] == 5 && b[2] == 0 && b[3] == 0xFF && b[4] == 0 && b[5] == 0
		flash := b[1] == 5 && b[2] == 2 && int(b[3]) < locks && b[4] < 0x80 && (b[4] != 0 || b[5] != 0)
		return len(b) == 8 && b[0] >= 1 && b[0] <= 247 && (off || flash || b[1] == 2)
	},
	"wkly": func(b []byte, locks int) bool {
		one := len(b) == 9 && (b[6] == 0x82 || b[6] == 0x83) && int(b[7]) <= locks
		return b[5] <= 31 && (one || len(b) == 8 && b[6] == 0x84)
	},
}

func TestNoEncoderCanOpenEverything(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		name := rapid.SampledFrom(Names()).Draw(t, "dialect")
		d, err := Named(name)
		if err != nil {
			t.Fatal(err)
		}
		may, known := allowed[name]
		if !known {
			t.Fatalf("say here which opcodes %s may emit", name)
		}
		b := Board{
			Address:  rapid.IntRange(-2, 300).Draw(t, "board"),
			Channels: rapid.SampledFrom([]int{0, 0, 1, 8, 16, 50, 64, -1}).Draw(t, "channels"),
			LockByte: rapid.SampledFrom([]int{0, 0, 1, 2, 3}).Draw(t, "lock byte"),
			LowFirst: rapid.IntRange(0, 3).Draw(t, "low first") == 0,
			FromZero: rapid.IntRange(0, 3).Draw(t, "from zero") == 0,
			Each:     rapid.IntRange(0, 3).Draw(t, "each") == 0,
		}
		lock := rapid.IntRange(-2, 300).Draw(t, "lock")
		pulse := time.Duration(rapid.IntRange(-1, 400).Draw(t, "pulse")) * 100 * time.Millisecond
		var made []Request
		add := func(all []Request, err error) {
			if err == nil {
				made = append(made, all...)
			}
		}
		add(d.Status(b))
		add(d.Greet(b, pulse))
		if w, ok := d.(Waker); ok {
			wake, err := w.Wake(b)
			add([]Request{wake}, err)
		}
		one, err := d.Unlock(b, lock, pulse)
		add([]Request{one}, err)
		for _, r := range made {
			if !may(r.Bytes, d.Locks(b)) {
				t.Fatalf("% X must never be sent", r.Bytes)
			}
			if r.Board != b.Address {
				t.Fatalf("% X says it is for board %d", r.Bytes, r.Board)
			}
		}
	})
}

// No two locks of a line share a frame, and every lock has one.
func TestEveryUnlockFrameNamesOneLock(t *testing.T) {
	for _, name := range Names() {
		d := named(t, name)
		for _, option := range []Board{{}, {LockByte: 1}, {FromZero: true}} {
			meant := map[string][2]int{}
			for address := range 248 {
				b := option
				b.Address = address
				if d.Check(b) != nil {
					continue
				}
				for lock := 1; lock <= d.Locks(b); lock++ {
					r, err := d.Unlock(b, lock, 0)
					if err != nil {
						t.Fatal(err)
					}
					if other, double := meant[string(r.Bytes)]; double {
						t.Fatalf("%s: board %d lock %d has the frame of board %d lock %d", name, address, lock,
							other[0], other[1])
					}
					meant[string(r.Bytes)] = [2]int{address, lock}
				}
			}
		}
	}
}
