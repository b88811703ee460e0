package feed

import (
	"math"
	"testing"

	"pgregory.net/rapid"

	"cubby/locker/ledger"
)

func TestACursorComesBackAsItWasGiven(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := Cursor{
			Seq:         rapid.Int64Range(0, math.MaxInt64).Draw(t, "seq"),
			Incarnation: [8]byte(rapid.SliceOfN(rapid.Byte(), 8, 8).Draw(t, "mark")),
			Complete:    rapid.Bool().Draw(t, "complete"),
		}
		if got, err := Parse(want.Text()); err != nil || got != want {
			t.Fatalf("%+v became %+v, %v", want, got, err)
		}
	})
}

func TestADamagedCursorIsRefused(t *testing.T) {
	good := Cursor{Seq: 4711}.Text()
	rapid.Check(t, func(t *rapid.T) {
		text := []byte(good)
		at := rapid.IntRange(0, len(text)-1).Draw(t, "at")
		text[at] = rapid.Byte().Filter(func(b byte) bool { return b != text[at] }).Draw(t, "byte")
		if c, err := Parse(string(text)); ledger.CodeOf(err) != ledger.Invalid {
			t.Fatalf("%q was read as %+v, %v", text, c, err)
		}
	})
}

func FuzzParseNeverPanics(f *testing.F) {
	f.Add("")
	f.Add(Cursor{Seq: 1}.Text())
	f.Fuzz(func(t *testing.T, text string) {
		if c, err := Parse(text); err == nil && c.Text() != text {
			t.Fatalf("%q and %q are the same cursor", text, c.Text())
		}
	})
}
