package feed

import (
	"math"
	"testing"

	"pgregory.net/rapid"

	"cubby/locker"
)

func TestACursorComesBackAsItWasGiven(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := Cursor{
			Seq:      rapid.Int64Range(0, math.MaxInt64).Draw(t, "seq"),
			Complete: rapid.Bool().Draw(t, "complete"),
		}
		epoch := rapid.String().Draw(t, "epoch")
		text := want.Text(epoch)
		got, same, err := Parse(text, epoch)
		if err != nil || !same || got != want {
			t.Fatalf("%+v became %+v, same epoch %v, %v", want, got, same, err)
		}
		if _, same, err := Parse(text, epoch+"'"); err != nil || same {
			t.Fatalf("another epoch was not noticed: %v", err)
		}
	})
}

func TestADamagedCursorIsRefused(t *testing.T) {
	good := Cursor{Seq: 4711}.Text("e")
	rapid.Check(t, func(t *rapid.T) {
		text := []byte(good)
		at := rapid.IntRange(0, len(text)-1).Draw(t, "at")
		text[at] = rapid.Byte().Filter(func(b byte) bool { return b != text[at] }).Draw(t, "byte")
		if c, _, err := Parse(string(text), "e"); locker.CodeOf(err) != locker.Invalid {
			t.Fatalf("%q was read as %+v, %v", text, c, err)
		}
	})
}

func FuzzParseNeverPanics(f *testing.F) {
	f.Add("", "e")
	f.Add(Cursor{Seq: 1}.Text("e"), "e")
	f.Fuzz(func(t *testing.T, text, epoch string) {
		c, same, err := Parse(text, epoch)
		if err == nil && same && c.Text(epoch) != text {
			t.Fatalf("%q and %q are the same cursor", text, c.Text(epoch))
		}
	})
}
